"""Waiting while the server is too busy."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from custom_components.cisco_unified_presence.pws import BadContact, CannotConnect, Throttled
from custom_components.cisco_unified_presence.pws.errors import ConnectFailure
from custom_components.cisco_unified_presence.pws.throttle import Throttle

from .conftest import Clock


def throttle(
    clock: Clock, *, patience: float = 60, parallel: int = 8, random: float = 1
) -> Throttle:
    """Return a gate on a test's clock."""
    return Throttle(
        patience=patience,
        parallel=parallel,
        clock=clock,
        sleep=clock.sleep,
        random=lambda: random,
    )


class Busy:
    """A server that is too busy a number of times, then answers with how often it was asked."""

    def __init__(self, times: int, *, error: Exception | None = None) -> None:
        """Be busy so many times; then fail, if there is an error to fail with."""
        self.left = times
        self.asked = 0
        self.error = error

    async def __call__(self) -> int:
        """Answer a request."""
        self.asked += 1
        await asyncio.sleep(0)
        if self.left > 0:
            self.left -= 1
            raise Throttled(210, "Max cpu utilization reached", "Wait", 503, user="anna")
        if self.error is not None:
            raise self.error
        return self.asked


async def test_pauses_grow_until_it_gets_through(clock: Clock) -> None:
    gate = throttle(clock)
    assert await gate.run(Busy(8)) == 9
    assert clock.pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 14.5]
    assert not gate.closed


async def test_pauses_start_anew_after_success(clock: Clock) -> None:
    gate = throttle(clock)
    await gate.run(Busy(3))
    clock.pauses.clear()
    await gate.run(Busy(1))
    assert clock.pauses == [0.5]


@pytest.mark.parametrize("random", [0.0, 0.25])
async def test_pauses_are_random(clock: Clock, random: float) -> None:
    await throttle(clock, random=random).run(Busy(3))
    assert clock.pauses == [0.5 * random, 1.0 * random, 2.0 * random]


async def test_patience_ends(clock: Clock) -> None:
    gate = throttle(clock, patience=10)
    server = Busy(1000)
    with pytest.raises(Throttled) as error:
        await gate.run(server)
    assert error.value.code == 210
    assert clock.pauses == [0.5, 1.0, 2.0, 4.0, 2.5]
    assert clock.now == 1010
    assert server.asked == 6
    assert gate.closed


async def test_without_patience_nothing_is_repeated(clock: Clock) -> None:
    server = Busy(1)
    with pytest.raises(Throttled):
        await throttle(clock, patience=0).run(server)
    assert (server.asked, clock.pauses) == (1, [])


async def test_after_patience_ended_the_next_one_starts_with_a_pause(clock: Clock) -> None:
    gate = throttle(clock, patience=1)
    server = Busy(3)
    with pytest.raises(Throttled):
        await gate.run(server)
    clock.pauses.clear()
    assert await gate.run(server) == 4
    assert clock.pauses == [1.0]


@pytest.mark.parametrize(
    "error", [BadContact(124), CannotConnect(ConnectFailure.REFUSED)], ids=["fault", "gone"]
)
async def test_any_other_failure_opens_the_gate(clock: Clock, error: Exception) -> None:
    gate = throttle(clock)
    with pytest.raises(type(error)):
        await gate.run(Busy(2, error=error))
    assert not gate.closed


async def test_a_node_that_does_not_answer_fails_all_that_wait_at_once(clock: Clock) -> None:
    gate = throttle(clock)
    server = Busy(0, error=CannotConnect(ConnectFailure.TIMED_OUT, "node"))
    results = await asyncio.gather(*(gate.run(server) for _ in range(50)), return_exceptions=True)
    assert server.asked == 2
    assert len({id(each) for each in results}) == 49
    assert {str(each) for each in results} == {str(server.error)}
    assert await gate.run(Busy(0)) == 1


@pytest.mark.parametrize("error", [None, BadContact(124)])
async def test_a_request_that_times_out_among_answers_fails_alone(
    clock: Clock, error: Exception | None
) -> None:
    gate, answered = throttle(clock), asyncio.Event()
    server = Busy(0, error=error)

    async def time_out() -> int:
        await answered.wait()
        raise CannotConnect(ConnectFailure.TIMED_OUT)

    async def answer() -> int:
        try:
            return await server()
        finally:
            answered.set()

    requests = (time_out, *[answer] * 9)
    results = await asyncio.gather(*(gate.run(each) for each in requests), return_exceptions=True)
    assert [isinstance(each, CannotConnect) for each in results] == [True] + 9 * [False]


@pytest.mark.parametrize(
    "reason", [each for each in ConnectFailure if each is not ConnectFailure.TIMED_OUT]
)
async def test_a_connection_that_fails_fails_alone(clock: Clock, reason: ConnectFailure) -> None:
    gate = throttle(clock)
    server = Busy(0, error=CannotConnect(reason))
    await asyncio.gather(*(gate.run(server) for _ in range(5)), return_exceptions=True)
    assert server.asked == 5


async def test_waiting_that_is_cancelled_as_it_fails_takes_no_slot(clock: Clock) -> None:
    gate = throttle(clock, parallel=1)
    failing = Busy(0, error=CannotConnect(ConnectFailure.TIMED_OUT))
    first, second = (asyncio.create_task(gate.run(failing)) for _ in range(2))
    first.add_done_callback(lambda _: second.cancel())
    await asyncio.gather(first, second, return_exceptions=True)
    under_way: list[int] = []

    async def send() -> int:
        under_way.append(len(under_way) + 1)
        await asyncio.sleep(0)
        return under_way.pop()

    assert await asyncio.gather(*(gate.run(send) for _ in range(3))) == [1, 1, 1]


async def test_while_one_is_throttled_the_others_wait(clock: Clock) -> None:
    """A thousand requests at a server that stays busy for a while."""
    gate = throttle(clock, patience=1000)
    server = Busy(20)
    await asyncio.gather(*(gate.run(server) for _ in range(1000)))
    # The first two were under way together; then one at a time, each after a pause.
    assert server.asked == 1020
    assert len(clock.pauses) == 20 - 2 + 1


async def test_a_busy_server_is_not_hammered_when_patience_ends(clock: Clock) -> None:
    gate = throttle(clock, patience=10)
    server = Busy(100_000)
    results = await asyncio.gather(*(gate.run(server) for _ in range(1000)), return_exceptions=True)
    assert all(isinstance(result, Throttled) for result in results)
    assert server.asked < 20
    # A request that was not sent raises the same, without a user.
    last = results[-1]
    assert isinstance(last, Throttled)
    assert (last.code, last.message, last.fix, last.status, last.user) == (
        210,
        "Max cpu utilization reached",
        "Wait",
        503,
        None,
    )


async def test_only_so_many_pass_side_by_side(clock: Clock) -> None:
    gate = throttle(clock, parallel=3)
    under_way = most = 0

    async def send() -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1

    await asyncio.gather(*(gate.run(send) for _ in range(50)))
    assert most == 3


async def test_one_that_is_cancelled_while_it_waits_does_not_block_the_others() -> None:
    waiting = asyncio.Event()

    async def forever(_: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    pause: Callable[[float], Awaitable[None]] = forever
    clock = Clock()

    async def sleep(seconds: float) -> None:
        await pause(seconds)

    gate = Throttle(patience=60, parallel=8, clock=clock, sleep=sleep, random=lambda: 1.0)
    server = Busy(1)
    first = asyncio.create_task(gate.run(server))
    await waiting.wait()
    second = asyncio.create_task(gate.run(server))
    await asyncio.sleep(0)
    pause = clock.sleep
    first.cancel()
    assert await second == 2
    with pytest.raises(asyncio.CancelledError):
        await first
    assert not gate.closed
