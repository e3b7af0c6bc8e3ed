"""The report for an issue: what is in it, and that nothing of people and servers is."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from html import escape, unescape
from pathlib import Path
from urllib.parse import quote, unquote

from hypothesis import given
from hypothesis import strategies as st
import pytest
from yarl import URL

from cup_simulator import Simulator
from cup_simulator.clock import ManualClock
from cup_simulator.configuration import ApplicationUser, ConfiguredPerson
from cup_simulator.faults import Fault, FaultKind, Garbage
from custom_components.cisco_unified_presence.pws import (
    PinnedCertificate,
    PlainHttp,
    Server,
    read_certificate,
)

from . import __main__ as command
from .anonymous import LEFT_OUT, Anonymizer, inputs_of, known_words
from .case import EVERY, Case, Differs, Spoken
from .observing import observed
from .report import report
from .running import Outcome, Result, Run
from .stage import Stage
from .table import CASES
from .target import SIMULATED, Target

# Letters of several alphabets, and what stands in names, addresses and passwords.
CHARACTERS = st.one_of(
    st.sampled_from("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_.@:/&%+\u00fc\u00df\u0130\u03c3"),
    st.characters(categories=("L", "N")),
)
NAMES = st.text(CHARACTERS, min_size=3, max_size=20).filter(lambda t: any(map(str.isalnum, t)))
WAYS: list[Callable[[str], str]] = [str.upper, str.lower, str.title, repr, quote, escape]
SPELLINGS = st.sampled_from(WAYS)
SAID = st.sampled_from(
    [*sorted(known_words())[::7], "Bob", "10.0.0.7:8083", "ab:cd:ef", "'", '"', "=", "(", ">", "ü"]
)
JOINTS = st.sampled_from(["", " ", "  ", "@", "/", ", ", "\n"])


@given(st.data(), st.lists(NAMES, min_size=1, max_size=4))
def test_no_input_is_in_what_is_shown(data: st.DataObject, names: list[str]) -> None:
    pieces = []
    for _ in range(data.draw(st.integers(1, 8))):
        name = data.draw(SPELLINGS)(data.draw(st.sampled_from(names)))
        pieces += [data.draw(st.one_of(SAID, st.just(name))), data.draw(JOINTS)]

    shown = Anonymizer(names).text("".join(pieces))

    for name in names:
        for read in (shown, unquote(shown), unescape(shown)):
            assert name.casefold() not in read.casefold()


@given(st.text(max_size=200))
def test_only_words_of_the_suite_are_shown(text: str) -> None:
    shown = Anonymizer([]).text(text)

    assert shown.isascii()
    assert "\n" not in shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("code 121 expected, but: 113 Unknown user", "code 121 expected, but: 113 Unknown user"),
        ("the person is BUSY, not AWAY", "the person is BUSY, not AWAY"),
        ("No such user: kim.lee", f"No such user: {LEFT_OUT}"),
        ("no answer from 10.0.0.7:8083", f"no answer from {LEFT_OUT}"),
        ("no answer from 10.0.0.7.", f"no answer from {LEFT_OUT}"),
        ("no answer from fe80::1", f"no answer from {LEFT_OUT}"),
        ("SHA-256 ab12cd34, 00:11:22", f"{LEFT_OUT}, {LEFT_OUT}"),
        ("devices {'SEP001122334455', 'cisco-pws'}", f"devices {{'{LEFT_OUT}', 'cisco-pws'}}"),
        ("3f2504e0-4f89-11d3-9a0c-0305e82c3301", LEFT_OUT),
        ("the user's name is session", f"the {LEFT_OUT}'s name is session"),
    ],
)
def test_what_is_shown(said: str, shown: str) -> None:
    assert Anonymizer(["user"] if "'s name" in said else ["hass"]).text(said) == shown


@pytest.mark.parametrize("name", ["x" * 80, "a b", "kim", "forkim", "1a", "n\u00e4me", "a=b", ""])
def test_names_of_elements_that_are_not_shown(name: str) -> None:
    assert Anonymizer(["KIM"]).name(name) == LEFT_OUT


def test_names_of_elements_that_are_shown() -> None:
    assert Anonymizer(["hass"]).name("app-session-id") == "app-session-id"


SECRETS = {
    "application_user": "zork-integration",
    "password": 'Xyzzy&Plugh"4711',
    "watcher": "grue.watch",
    "person": "frobozz",
    "domain": "quendor.test",
    "federated": "dimwit@flathead.test",
}
CONFIGURATION = replace(
    SIMULATED,
    domain=SECRETS["domain"],
    application_users={SECRETS["application_user"]: ApplicationUser(SECRETS["password"])},
    people=tuple(ConfiguredPerson(SECRETS[key], "Lord Dimwit") for key in ("watcher", "person")),
    federated=(),
)


@pytest.fixture
async def simulator(socket_enabled: None, tls_dir: Path) -> AsyncGenerator[Simulator]:
    async with Simulator(CONFIGURATION, tls_dir=tls_dir, clock=ManualClock()) as running:
        yield running


async def target_of(simulator: Simulator, port: int) -> Target:
    """Return the simulator as a real server, with everything that can be given."""
    servers = [
        Server(
            host="127.0.0.1",
            port=each,
            security=PinnedCertificate(
                (await read_certificate("127.0.0.1", each, timeout=5)).sha256
            ),
        )
        for each in (simulator.ports.https, simulator.ports.epas)
    ]
    return Target(
        http=Server(host="127.0.0.1", port=simulator.ports.http, security=PlainHttp()),
        https=servers[0],
        contact_service=servers[1],
        callback_url=URL(f"http://127.0.0.1:{port}/plover"),
        patience=0.05,
        **SECRETS,
    )


async def test_a_report_of_a_server_that_tells_everything(
    simulator: Simulator, tmp_path: Path, unused_tcp_port: int
) -> None:
    target = await target_of(simulator, unused_tcp_port)
    run = Run(tmp_path, target, disturb=True)
    everything = " ".join([*SECRETS.values(), *inputs_of(target), "Lord Dimwit", "10.9.8.7"])
    anonymizer = Anonymizer(inputs_of(target))
    async with run.stage(Spoken.REST) as stage:
        key = (await stage.watcher()).key
        seen = await observed(stage, anonymizer)
    message = f"<description><code>120</code><message>{everything} {key}</message></description>"
    told = message.replace("&", "&amp;").replace('"', "&quot;")
    simulator.faults.add(
        Fault(FaultKind.GARBAGE, garbage=Garbage(told, 400, "text/xml; charset=utf-8"))
    )
    cases = [case for case in CASES if case.section in (2, 3, 9)]
    results = [await run.result(case, spoken) for case in cases for spoken in Spoken]

    text = report(results, seen, target, anonymizer, disturb=True)

    assert any(each.outcome is Outcome.DIFFERS for each in results)
    secrets = [*SECRETS.values(), *inputs_of(target), key, "Dimwit", "10.9.8.7", "plover"]
    assert [each for each in secrets if each.casefold() in text.casefold()] == []
    assert "- Given: HTTPS, HTTP, callback URL, federated contact, contact service" in text
    assert "unsubscribe: unsubscribe(unsubscribeRequest(subscriptionID, " in text
    assert "display-name" in text
    assert "  RSA, self-signed" in text
    assert "  ECDSA, self-signed" in text


async def fails(stage: Stage) -> None:
    raise Differs(f"the person is {stage.target.person}, not BUSY")


ONE = Case(5, 9, "an odd thing", EVERY, disturbs=False, run=fails)


@pytest.fixture
def one_case(socket_enabled: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A command with one case that differs; return the folder it is called from."""
    monkeypatch.delenv("CUP_HOST", raising=False)
    monkeypatch.setenv("CALLED_FROM", str(tmp_path))
    monkeypatch.setattr(command, "CASES", (ONE,))
    return tmp_path


def test_the_command_writes_it_where_it_was_called(
    one_case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["conformance", "--report", "out.md"])

    assert command.main() == 1

    text = (one_case / "out.md").read_text(encoding="utf-8")
    spoken = "REST, SOAP 1.1, SOAP 1.2"
    assert f"- 5.9 an odd thing ({spoken}): differs: the person is {LEFT_OUT}, not BUSY" in text
    assert "- Server: the simulator of this repository" in text
    names = ["anna", "watcher", "made-up", "example.com", "127.0.0.1"]
    assert [each for each in names if each in text] == []


def test_a_file_that_cannot_be_written_is_told_before_anything_runs(
    one_case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["conformance", "--report", "no/such/folder/out.md"])

    assert command.main() == 2

    said = capsys.readouterr().out
    assert said.startswith("conformance: the report cannot be written: ")
    assert "an odd thing" not in said


def test_differences_stand_first() -> None:
    ended = {Spoken.REST: Outcome.PASS, Spoken.SOAP_1_1: Outcome.DIFFERS}
    results = [Result(ONE, spoken, outcome) for spoken, outcome in ended.items()]

    text = report(results, [], None, Anonymizer([]), disturb=False)

    assert "- 5.9 an odd thing (SOAP 1.1): differs\n- 5.9 an odd thing (REST): pass\n" in text


def test_cases_that_do_not_apply_are_left_out() -> None:
    results = [
        Result(ONE, Spoken.REST, Outcome.NOT_APPLICABLE),
        Result(ONE, Spoken.REST, Outcome.PASS),
    ]

    text = report(results, [], None, Anonymizer([]), disturb=False)

    assert text.count("an odd thing") == 1
    assert "## Results: 1 pass, 0 differs, 0 skipped, 1 n/a" in text
