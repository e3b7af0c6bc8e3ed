"""The report: which cases run, what they leave behind, what is printed."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from cup_simulator import Simulator
from cup_simulator.clock import ManualClock
from cup_simulator.faults import Fault, FaultKind

from . import __main__ as command
from .case import EVERY, REST_ONLY, Case, Differs, Needs, Spoken
from .running import Outcome, Result, Run
from .stage import Stage
from .table import CASES
from .target import SIMULATED, NotConfigured, Target

ENVIRONMENT = {
    "CUP_HOST": "cup.example.com",
    "CUP_HTTPS_PORT": "8083",
    "CUP_APPLICATION_USER": "hass",
    "CUP_PASSWORD": "secret",
    "CUP_WATCHER": "watcher",
    "CUP_PERSON": "anna",
    "CUP_DOMAIN": "example.com",
}


@pytest.fixture
async def simulator(socket_enabled: None, tls_dir: Path) -> AsyncGenerator[Simulator]:
    async with Simulator(SIMULATED, tls_dir=tls_dir, clock=ManualClock()) as running:
        yield running


@pytest.fixture
def target(simulator: Simulator, unused_tcp_port: int) -> Target:
    """The simulator as a real server, without control over it."""
    return replace(
        Target.of_simulator(simulator),
        callback_url=URL(f"http://127.0.0.1:{unused_tcp_port}/at/home"),
        patience=0.05,
    )


async def state(simulator: Simulator) -> dict[str, Any]:
    url = f"http://127.0.0.1:{simulator.ports.control}/control/state"
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        found: dict[str, Any] = await answer.json()
        return found


def differing(results: list[Result]) -> list[tuple[str, str]]:
    return [(each.case.label, each.detail) for each in results if each.outcome is Outcome.DIFFERS]


@pytest.mark.parametrize("spoken", [Spoken.REST, Spoken.SOAP_1_1])
async def test_nothing_is_left_behind_at_a_real_server(
    simulator: Simulator, target: Target, tmp_path: Path, spoken: Spoken
) -> None:
    before = await state(simulator)
    run = Run(tmp_path, target, disturb=True)

    results = [await run.result(case, spoken) for case in CASES]

    assert differing(results) == []
    assert await state(simulator) == before


async def test_people_are_not_disturbed_without_the_option(
    simulator: Simulator, target: Target, tmp_path: Path
) -> None:
    run = Run(tmp_path, target, disturb=False)

    results = [await run.result(case, Spoken.REST) for case in CASES]

    assert differing(results) == []
    assert not any(f"/users/{target.person}/session" in each.path for each in simulator.log)
    changed = [
        each.path
        for each in simulator.log
        if each.method == "PUT" and "/presence/" in each.path and each.status == 200
    ]
    assert changed == []
    forced = [each for each in simulator.log if each.path.endswith("/session")]
    assert {each.method for each in forced} == {"DELETE"}


async def passes(stage: Stage) -> None:
    await stage.application()


async def fails(stage: Stage) -> None:
    raise Differs(f"not as it is written, {stage.target.password}")


async def breaks(stage: Stage) -> None:
    raise ValueError("unheard of")


async def test_what_only_a_simulator_offers_is_skipped_with_the_reason(
    target: Target, tmp_path: Path
) -> None:
    case = Case(5, 6, "late", EVERY, disturbs=True, run=passes, needs=Needs.CLOCK)

    result = await Run(tmp_path, target, disturb=True).result(case, Spoken.REST)

    assert result.outcome is Outcome.SKIPPED
    assert result.detail == "needs a clock that can be moved, which only the simulator offers"


async def test_a_case_is_run_in_its_dialects_alone(tmp_path: Path) -> None:
    case = Case(3, None, "paths", REST_ONLY, disturbs=False, run=fails)

    result = await Run(tmp_path, None, disturb=False).result(case, Spoken.SOAP_1_2)

    assert result == Result(case, Spoken.SOAP_1_2, Outcome.NOT_APPLICABLE)


@pytest.mark.parametrize(
    ("run", "detail"),
    [
        (fails, "not as it is written, ***"),
        (breaks, "the case could not go on: ValueError: unheard of"),
    ],
)
async def test_a_difference_is_told_without_the_password(
    target: Target, tmp_path: Path, run: Any, detail: str
) -> None:
    case = Case(3, None, "differs", EVERY, disturbs=False, run=run)

    result = await Run(tmp_path, target, disturb=False).result(case, Spoken.REST)

    assert (result.outcome, result.detail) == (Outcome.DIFFERS, detail)


async def test_a_server_that_answers_otherwise_differs(
    simulator: Simulator, target: Target, tmp_path: Path
) -> None:
    simulator.faults.add(Fault(FaultKind.ERROR, code=120))
    run = Run(tmp_path, target, disturb=False)

    results = [await run.result(case, Spoken.REST) for case in CASES if case.rule == 101]

    assert len(differing(results)) == 1


@pytest.mark.parametrize(("run", "code"), [(passes, 0), (fails, 1)])
def test_the_command_tells_whether_something_differs(
    socket_enabled: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    run: Any,
    code: int,
) -> None:
    monkeypatch.delenv("CUP_HOST", raising=False)
    monkeypatch.setattr("sys.argv", ["conformance"])
    cases = (Case(5, 9, "of one's own", EVERY, disturbs=False, run=run),)
    monkeypatch.setattr(command, "CASES", cases)

    assert command.main() == code

    lines = capsys.readouterr().out.splitlines()
    word = "differs: not as it is written, made-up" if code else "pass"
    assert " ".join(lines[1].split()) == f"5.9 of one's own REST {word}"
    assert lines[-1].startswith("1 cases, 1 of them in both dialects, against a simulator: ")


def test_the_command_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CUP_HOST", "cup.example.com")
    monkeypatch.setattr("sys.argv", ["conformance"])

    assert command.main() == 2

    assert "CUP_PASSWORD" in capsys.readouterr().out


def test_the_environment_names_a_server() -> None:
    target = Target.of_environment(ENVIRONMENT)

    assert target.server.address == "cup.example.com:8083"
    assert ENVIRONMENT["CUP_PASSWORD"] not in repr(target)


@pytest.mark.parametrize(
    "change", [{"CUP_HTTPS_PORT": "x"}, {"CUP_HTTPS_PORT": ""}, {"CUP_FINGERPRINT": "12:34"}]
)
def test_an_environment_that_cannot_be_used_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(NotConfigured):
        Target.of_environment(ENVIRONMENT | change)
