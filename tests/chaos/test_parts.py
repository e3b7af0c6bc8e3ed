"""The parts of chaos: courses, proxies, and the eyes that must see what is wrong."""

import asyncio
import logging
from typing import cast as cast_to
from unittest.mock import Mock

import pytest

from bench.working_week.scenario import MONDAY
from bench.working_week.virtual_time import VirtualClock, VirtualLoop

from . import cast
from .course import Act, ActKind, Course, Fault, FaultKind, Shape
from .house import House
from .log_watch import PACKAGE, LogWatch
from .memory import OBJECTS_A_SPELL, SAMPLE, WARM, MemoryWatch
from .office import Office
from .people import Manual, People
from .planning import RECOVERY, STILLNESS, plan, plan_every_byte, plan_week
from .proxy import HOST, NotificationProxy, ServerProxy, ask
from .shrinking import shrink
from .trouble import Trouble

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"


@pytest.mark.parametrize("seed", range(20))
def test_a_seed_makes_one_course_which_can_be_written_down(seed: int) -> None:
    course = plan(seed)

    assert plan(seed) == course
    assert Course.from_lines(list(course.lines())) == course
    assert plan(seed + 1000) != course


@pytest.mark.parametrize("make", [plan, plan_week, plan_every_byte])
def test_everybody_is_still_and_nothing_is_wrong_before_it_is_looked(make: object) -> None:
    assert callable(make)
    course: Course = make(3)

    for check in course.checks:
        assert not [act for act in course.acts if check - STILLNESS < act.at <= check]
        begun = [fault.until for fault in course.faults if fault.at <= check]
        assert max(begun, default=0) <= check - RECOVERY


def test_short_courses_have_every_kind_of_fault() -> None:
    struck = {fault.kind for seed in range(200) for fault in plan(seed).faults}

    assert struck == set(FaultKind)


def test_a_course_is_shrunk_to_what_makes_it_fail() -> None:
    course = plan(1)
    culprits = {course.faults[2], course.acts[5]}

    smaller = shrink(course, lambda each: culprits <= set(each.steps), attempts=1000)

    assert set(smaller.steps) == culprits
    assert (smaller.seed, smaller.checks, smaller.shape) == (1, course.checks, course.shape)


def test_shrinking_ends_after_so_many_attempts() -> None:
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


async def test_a_port_that_is_shut_opens_again_as_the_same(socket_enabled: None) -> None:
    server = await asyncio.start_server(_answer, HOST, 0)
    port: int = server.sockets[0].getsockname()[1]
    async with server, ServerProxy(lambda: port) as proxy:
        before = proxy.port
        await proxy.shut()
        with pytest.raises(OSError, match="Connect call failed"):
            await ask(before, GET)
        await proxy.open()

        assert await ask(before, GET) == ANSWER


async def test_notifications_arrive_as_often_as_told(socket_enabled: None) -> None:
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(ANSWER)
        writer.close()

    server = await asyncio.start_server(hear, HOST, 0)
    port: int = server.sockets[0].getsockname()[1]
    async with server, NotificationProxy(lambda: port) as proxy:
        proxy.copies = 3

        assert await ask(proxy.port, GET) == ANSWER
        assert len(heard) == 3


class _SmallOffice:
    """An office of which only the certificate and the ways to it count."""

    def __init__(self, **proxies: ServerProxy) -> None:
        self.certificate = 0
        self.proxies = proxies
        self.notifications = NotificationProxy(lambda: 0)

    async def stop(self) -> None:
        """Have nothing to stop."""

    async def start(self) -> None:
        """Have nothing to start."""


def _trouble_in(office: _SmallOffice) -> Trouble:
    return Trouble(Mock(House), cast_to("Office", office), Mock(People), VirtualClock(MONDAY))


def test_certificates_that_change_at_the_same_time_all_go_back(socket_enabled: None) -> None:
    office = _SmallOffice()
    clock = VirtualClock(MONDAY)

    async def change() -> None:
        trouble = _trouble_in(office)
        for lasts in (10.0, 30.0, 5.0):
            trouble.begin(Fault(at=0.0, kind=FaultKind.CHANGE_CERTIFICATE, lasts=lasts))
            await asyncio.sleep(1)
            assert office.certificate == 1
        await trouble.ended()

    with asyncio.Runner(loop_factory=lambda: VirtualLoop(clock)) as runner:
        runner.run(change())

    assert office.certificate == 0


async def test_ways_that_open_at_the_same_time_open_once(socket_enabled: None) -> None:
    async with ServerProxy(lambda: 0) as proxy:
        office = _SmallOffice(alpha=proxy)
        trouble = _trouble_in(office)
        for _ in range(3):
            trouble.begin(Fault(at=0.0, kind=FaultKind.REFUSE, lasts=0.0))
        await trouble.ended()

        assert await ask(proxy.port, GET) == b""
        await office.notifications.shut()


def said(text: str, *, level: int = logging.INFO, path: str = PACKAGE) -> logging.LogRecord:
    return logging.LogRecord("some.where", level, path + "x.py", 1, text, None, None)


def test_secrets_are_found_in_what_is_logged() -> None:
    watch = LogWatch()
    watch.emit(said("harmless", level=logging.DEBUG))
    assert list(watch.search()) == []
    watch.secrets.add("a-session-key")

    watch.emit(said("with a-session-key", level=logging.DEBUG, path="elsewhere/"))
    watch.emit(said(f"with {cast.PASSWORD}", level=logging.DEBUG))

    assert len(list(watch.search())) == 2
    assert list(watch.search()) == []


def test_errors_are_found() -> None:
    watch = LogWatch()
    watch.emit(said("Task exception was never retrieved", level=logging.ERROR, path="asyncio/"))

    assert "never retrieved" in next(watch.search())


@pytest.mark.parametrize(("pause", "is_quiet"), [(70, True), (20, False)])
def test_lines_that_come_too_often_are_found(pause: float, *, is_quiet: bool) -> None:
    watch = LogWatch()

    async def say() -> None:
        for _ in range(10):
            watch.emit(said("again"))
            await asyncio.sleep(pause)

    clock = VirtualClock(MONDAY)
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(clock)) as runner:
        runner.run(say())

    assert (list(watch.repetitions()) == []) is is_quiet


@pytest.mark.parametrize(("leak", "is_found"), [(0, False), (2 * OBJECTS_A_SPELL, True)])
def test_memory_that_grows_is_found(leak: int, *, is_found: bool) -> None:
    watch, kept, home = MemoryWatch(), list[list[int]](), object()
    for _ in range(WARM + 3 * SAMPLE):
        kept += [[] for _ in range(leak)]
        watch.weigh(home)

    assert bool(list(watch.grown())) is is_found


def test_a_hold_ends_by_the_clock_on_the_wall_or_both_is_right() -> None:
    hold = Manual("BUSY", begun=100, lasts=60, ends_at=1060)

    assert hold.may_be(110, wall=1010, latest=1010) == {True}
    assert hold.may_be(170, wall=1070, latest=1070) == {False}
    # The clock was set back, or forward, or forward and back.
    assert hold.may_be(170, wall=500, latest=1010) == {True, False}
    assert hold.may_be(110, wall=9000, latest=1010) == {True, False}
    assert hold.may_be(110, wall=1010, latest=9000) == {True, False}


def test_nothing_is_said_of_a_step_but_what_it_is() -> None:
    course = Course(
        seed=1,
        shape=Shape(),
        faults=(Fault(at=2.0, kind=FaultKind.HANG, lasts=0.25),),
        acts=(Act(at=1.0, kind=ActKind.CLEAR, whom="clara"),),
    )

    _, first, second = course.lines()

    assert first == '{"at": 1.0, "kind": "clear", "whom": "clara"}'
    assert second.startswith('{"at": 2.0, "kind": "hang", "lasts": ')
