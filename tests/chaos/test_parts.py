"""The parts of chaos: courses, proxies, and what detects failures."""

import asyncio
from collections import deque
from contextlib import nullcontext
import json
import logging
from pathlib import Path
from typing import cast
from unittest.mock import Mock

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from bench.loop_clock import LoopClock
from bench.working_week.scenario import MONDAY
from bench.working_week.virtual_time import VirtualClock, VirtualLoop, virtual_time
from cup_simulator.deployment import Deployment
from cup_simulator.model import Device, Presence, Status
from cup_simulator.server import Simulator
from tests.common import ports

from . import __main__ as command
from . import scenario, storage
from .clear_watch import MARGIN, ClearWatch
from .course import Act, ActKind, Course, Ending, Fault, FaultKind, Shape
from .faults import FaultInjector
from .home_assistant import RestartableHomeAssistant
from .log_watch import PACKAGE, LogWatch
from .memory import OBJECTS_PER_ROUND, SAMPLE, WARM, MemoryWatch
from .planning import (
    RECOVERY,
    STILLNESS,
    plan,
    plan_every_byte,
    plan_removals,
    plan_storage,
    plan_week,
)
from .proxy import HOST, NotificationProxy, ServerProxy, ask
from .server import RestartableServer, _configuration
from .settings import ManualSetting
from .shrinking import shrink
from .storage import DAMAGES, MISSING
from .test_requested import FakeHome, workday_of
from .workday import Workday

# It belongs to a plan of its own.
UNFINISHED = {FaultKind.RESTORE_STORAGE}

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"


@pytest.mark.parametrize("seed", range(20))
def test_a_seed_determines_a_course_that_can_be_written_to_a_file(seed: int) -> None:
    course = plan(seed)

    assert plan(seed) == course
    assert Course.from_lines(list(course.lines())) == course
    assert plan(seed + 1000) != course


def test_a_course_that_failed_is_kept_as_a_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "FOUND", tmp_path / "found")
    course = plan(7)

    kept = command.keep(course, "--plan course --seed 7")

    assert kept.name == "course-7.course"
    assert Course.from_lines(kept.read_text().splitlines()) == course


@pytest.mark.parametrize("make", [plan, plan_week, plan_every_byte])
def test_before_a_check_there_are_no_acts_and_no_faults(make: object) -> None:
    assert callable(make)
    course: Course = make(3)

    for check in course.checks:
        assert not [act for act in course.acts if check - STILLNESS < act.at <= check]
        begun = [fault.until for fault in course.faults if fault.at <= check]
        assert max(begun, default=0) <= check - RECOVERY


def test_short_courses_have_every_kind_of_fault_and_act() -> None:
    courses = [plan(seed) for seed in range(200)]

    assert {fault.kind for each in courses for fault in each.faults} == set(FaultKind) - UNFINISHED
    assert {act.kind for each in courses for act in each.acts} == set(ActKind)


def test_further_plans_have_the_other_faults_and_every_ending() -> None:
    injected = {fault.kind for seed in range(50) for fault in plan_storage(seed).faults}

    assert injected >= UNFINISHED
    assert {plan_removals(seed).ending for seed in range(50)} == set(Ending)


def test_a_course_of_before_endings_were_written_unloads_the_entry() -> None:
    head = '{"seed": 1, "checks": [1.0], "scheme": "http", "dialect": "rest", "callback": "port"'

    course = Course.from_lines([head + ', "rich": false, "cluster": false}'])

    assert course.ending is Ending.UNLOAD


def test_a_course_is_reduced_to_the_steps_that_make_it_fail() -> None:
    course = plan(1)
    culprits = {course.faults[2], course.acts[5]}

    smaller = shrink(course, lambda each: culprits <= set(each.steps), attempts=1000)

    assert set(smaller.steps) == culprits
    assert (smaller.seed, smaller.checks, smaller.shape) == (1, course.checks, course.shape)


def test_shrinking_ends_after_the_attempts() -> None:
    tried: list[Course] = []

    def fails(course: Course) -> bool:
        tried.append(course)
        return True

    shrink(plan(1), fails, attempts=7)

    assert len(tried) <= 7


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(ANSWER)
    writer.close()


@pytest.mark.parametrize("offset", [0, 1, 17, len(ANSWER) - 1, len(ANSWER), 10_000])
async def test_an_answer_breaks_off_at_the_byte(socket_enabled: None, offset: int) -> None:
    server = await asyncio.start_server(_answer, HOST, 0)
    port: int = server.sockets[0].getsockname()[1]
    async with server, ServerProxy(lambda: port) as proxy:
        proxy.cut_at = offset

        assert await ask(proxy.port, GET) == ANSWER[:offset]
        assert proxy.cuts == (offset < len(ANSWER))


async def test_a_closed_port_opens_with_the_same_number(socket_enabled: None) -> None:
    server = await asyncio.start_server(_answer, HOST, 0)
    port: int = server.sockets[0].getsockname()[1]
    async with server, ServerProxy(lambda: port) as proxy:
        before = proxy.port
        await proxy.shut()
        with pytest.raises(OSError, match="Connect call failed"):
            await ask(before, GET)
        await proxy.open()

        assert await ask(before, GET) == ANSWER


def test_no_port_is_handed_out_twice(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A course listens at some of them later only."""
    monkeypatch.setattr(ports, "PORTS", [*range(20000, 20050)])
    monkeypatch.setattr(ports, "_handed_out", deque[int](maxlen=100))
    handed_out = [ports.unused_port() for _ in range(20)]
    assert len({*handed_out}) == len(handed_out)


async def test_notifications_are_repeated(socket_enabled: None) -> None:
    received: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(ANSWER)
        writer.close()

    server = await asyncio.start_server(hear, HOST, 0)
    port: int = server.sockets[0].getsockname()[1]
    async with server, NotificationProxy(lambda: port) as proxy:
        proxy.copies = 3

        assert await ask(proxy.port, GET) == ANSWER
        assert len(received) == 3


class _FakeServer:
    """An server of which only the certificate and the ways to it count."""

    def __init__(self, **proxies: ServerProxy) -> None:
        self.certificate = 0
        self.proxies = proxies
        self.notifications = NotificationProxy(lambda: 0)

    async def stop(self) -> None:
        """Do nothing."""

    async def start(self) -> None:
        """Do nothing."""


def _injector_for(server: _FakeServer) -> FaultInjector:
    return FaultInjector(
        Mock(RestartableHomeAssistant),
        cast("RestartableServer", server),
        Mock(Workday),
        Mock(ClearWatch),
        VirtualClock(MONDAY),
    )


def test_simultaneous_changes_of_certificates_are_all_undone(socket_enabled: None) -> None:
    server = _FakeServer()
    clock = VirtualClock(MONDAY)

    async def change() -> None:
        injector = _injector_for(server)
        for lasts in (10.0, 30.0, 5.0):
            injector.begin(Fault(at=0.0, kind=FaultKind.CHANGE_CERTIFICATE, lasts=lasts))
            await asyncio.sleep(1)
            assert server.certificate == 1
        await injector.ended()

    with asyncio.Runner(loop_factory=lambda: VirtualLoop(clock)) as runner:
        runner.run(change())

    assert server.certificate == 0


async def test_proxies_opened_by_simultaneous_faults_open_once(socket_enabled: None) -> None:
    async with ServerProxy(lambda: 0) as proxy:
        server = _FakeServer(alpha=proxy)
        injector = _injector_for(server)
        for _ in range(3):
            injector.begin(Fault(at=0.0, kind=FaultKind.REFUSE, lasts=0.0))
        await injector.ended()

        assert await ask(proxy.port, GET) == b""
        await server.notifications.shut()


def record(text: str, *, level: int = logging.INFO, path: str = PACKAGE) -> logging.LogRecord:
    return logging.LogRecord("some.where", level, path + "x.py", 1, text, None, None)


def test_logged_secrets_are_found() -> None:
    watch = LogWatch()
    watch.emit(record("harmless", level=logging.DEBUG))
    assert list(watch.search()) == []
    watch.secrets.add("a-session-key")

    watch.emit(record("with a-session-key", level=logging.DEBUG, path="elsewhere/"))
    watch.emit(record(f"with {scenario.PASSWORD}", level=logging.DEBUG))

    assert len(list(watch.search())) == 2
    assert list(watch.search()) == []


def test_logged_errors_are_found() -> None:
    watch = LogWatch()
    watch.emit(record("Task exception was never retrieved", level=logging.ERROR, path="asyncio/"))

    assert "never retrieved" in next(watch.search())


@pytest.mark.parametrize(("pause", "is_quiet"), [(70, True), (20, False)])
def test_frequent_lines_are_found(pause: float, *, is_quiet: bool) -> None:
    watch = LogWatch()

    async def log() -> None:
        for _ in range(10):
            watch.emit(record("again"))
            await asyncio.sleep(pause)

    clock = VirtualClock(MONDAY)
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(clock)) as runner:
        runner.run(log())

    assert (list(watch.repetitions()) == []) is is_quiet


def test_a_line_of_a_thread_counts_as_of_now() -> None:
    watch = LogWatch()

    async def log() -> None:
        for _ in range(10):
            watch.emit(record("of the loop", level=logging.DEBUG))
            await asyncio.to_thread(watch.emit, record("of a thread"))
            await asyncio.sleep(70)
        assert list(watch.repetitions()) == []

    clock = VirtualClock(MONDAY)
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(clock)) as runner:
        runner.run(log())


@pytest.mark.parametrize(("sentences", "is_quiet"), [(10, True), (1, False)])
def test_lines_without_a_wording_of_their_own_are_told_apart(
    sentences: int, *, is_quiet: bool
) -> None:
    watch = LogWatch()
    for number in range(10):
        each = record("%s")
        each.args = (f"sentence {number % sentences}",)
        watch.emit(each)

    assert (list(watch.repetitions()) == []) is is_quiet


@pytest.mark.parametrize(("leak", "is_found"), [(0, False), (2 * OBJECTS_PER_ROUND, True)])
def test_growing_memory_is_found(leak: int, *, is_found: bool) -> None:
    watch, leaked, home = MemoryWatch(), list[list[int]](), object()
    for _ in range(WARM + 3 * SAMPLE):
        leaked += [[] for _ in range(leak)]
        watch.measure(home)

    assert bool(list(watch.grown())) is is_found


def test_removed_entities_that_home_assistant_remembers_are_no_growth(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    # Records of the log that the test runner keeps would count.
    caplog.set_level(logging.WARNING)
    watch, registry = MemoryWatch(), er.async_get(hass)
    for measurement in range(WARM + 2 * SAMPLE):
        for number in range(OBJECTS_PER_ROUND):
            made = registry.async_get_or_create("sensor", "other", f"{measurement} {number}")
            registry.async_remove(made.entity_id)
        watch.measure(hass)

    assert watch.growth is not None
    assert watch.growth < OBJECTS_PER_ROUND / 2


def test_a_setting_ends_by_wall_clock_time_and_after_a_jump_both_are_right() -> None:
    setting = ManualSetting("BUSY", begun=100, lasts=60, ends_at=1060)

    assert setting.may_be(110, wall=1010, latest=1010) == {True}
    assert setting.may_be(170, wall=1070, latest=1070) == {False}
    # The clock was set back, or forward, or forward and back.
    assert setting.may_be(170, wall=500, latest=1010) == {True, False}
    assert setting.may_be(110, wall=9000, latest=1010) == {True, False}
    assert setting.may_be(110, wall=1010, latest=9000) == {True, False}


def test_a_step_is_written_without_its_empty_fields() -> None:
    course = Course(
        seed=1,
        shape=Shape(),
        faults=(Fault(at=2.0, kind=FaultKind.HANG, lasts=0.25),),
        acts=(Act(at=1.0, kind=ActKind.CLEAR, whom="clara"),),
    )

    _, first, second = course.lines()

    assert first == '{"at": 1.0, "kind": "clear", "whom": "clara"}'
    assert second.startswith('{"at": 2.0, "kind": "hang", "lasts": ')


@pytest.mark.parametrize("seconds", [MARGIN - 1, MARGIN + 1])
def test_a_clear_is_found_once_the_presence_has_been_requested_for_a_while(seconds: float) -> None:
    assert _is_clear_found(seconds) == (seconds > MARGIN)


def test_a_clear_by_a_person_is_not_found() -> None:
    assert not _is_clear_found(MARGIN + 1, excused=True)


def _is_clear_found(seconds: float, *, excused: bool = False) -> bool:
    """Return whether a clear is found that comes so long after the presence was requested."""
    clock = VirtualClock(MONDAY)

    async def clear() -> bool:
        deployment = Deployment(_configuration(Shape()), LoopClock(), Mock())
        workday = workday_of(FakeHome(), deployment)
        server = Mock(RestartableServer, simulator=Mock(Simulator, deployment=deployment))
        watch = ClearWatch(server, workday)
        clara = deployment.people["clara"]
        await workday.act(Act(at=0.0, kind=ActKind.ENTER, whom="binary_sensor.studio"))
        deployment.people.set_override(clara, Device("x", Status(Presence.DND)), 7200)
        await asyncio.sleep(seconds)
        with watch.excused() if excused else nullcontext():
            deployment.people.clear(clara)
        return bool(watch.take())

    with (
        virtual_time(clock),
        asyncio.Runner(loop_factory=lambda: VirtualLoop(clock)) as runner,
    ):
        return runner.run(clear())


@pytest.mark.parametrize("seconds", [MARGIN - 1, MARGIN + 1])
@pytest.mark.parametrize("word", [Presence.DND, Presence.BUSY])
def test_a_presence_is_found_that_has_not_been_requested_for_a_while(
    seconds: float, word: Presence
) -> None:
    clock = VirtualClock(MONDAY)

    async def set_presence() -> bool:
        deployment = Deployment(_configuration(Shape()), LoopClock(), Mock())
        workday = workday_of(FakeHome(), deployment)
        server = Mock(RestartableServer, simulator=Mock(Simulator, deployment=deployment))
        watch = ClearWatch(server, workday)
        await workday.act(Act(at=0.0, kind=ActKind.ENTER, whom="binary_sensor.studio"))
        await asyncio.sleep(seconds)
        clara = deployment.people["clara"]
        deployment.people.set_override(clara, Device("x", Status(word)), 7200)
        return bool(watch.take())

    with (
        virtual_time(clock),
        asyncio.Runner(loop_factory=lambda: VirtualLoop(clock)) as runner,
    ):
        assert runner.run(set_presence()) == (seconds > MARGIN and word is Presence.BUSY)


@pytest.mark.parametrize("how", [*DAMAGES, MISSING])
def test_damage_changes_one_file_and_restoring_undoes_it(tmp_path: Path, how: str) -> None:
    content = b'{"version": 1, "data": {"clara@example.com": {}, "dora@example.com": {}}}'
    records = tmp_path / "cisco_unified_presence.1.kept"
    rules, foreign = tmp_path / "cisco_unified_presence.rules", tmp_path / "core.config_entries"
    for file in (records, rules, foreign):
        file.write_bytes(content)
    snapshot = storage.save(tmp_path)

    storage.damage(tmp_path, how, storage.RECORDS)

    assert not records.exists() if how == MISSING else records.read_bytes() != content
    assert rules.read_bytes() == foreign.read_bytes() == content
    storage.restore(tmp_path, snapshot)
    assert records.read_bytes() == content


def test_one_record_is_broken(tmp_path: Path) -> None:
    records = tmp_path / "cisco_unified_presence.1.kept"
    records.write_text('{"version": 1, "data": {"clara@example.com": {}, "dora@example.com": {}}}')

    storage.break_record(tmp_path, "clara")

    data = json.loads(records.read_text())["data"]
    assert data == {"clara@example.com": storage.BROKEN, "dora@example.com": {}}
