"""The plan of the channel: failures, retries and pauses, whatever happens."""

from copy import replace

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.channel.intervals import Timer, varied
from custom_components.cisco_unified_presence.channel.plan import next_step
from custom_components.cisco_unified_presence.channel.plan_input import (
    ChannelState,
    Failed,
    TimerFired,
)
from custom_components.cisco_unified_presence.channel.plan_output import (
    Action,
    Command,
    Enqueue,
    SetUnreachable,
    StartTimer,
)
from custom_components.cisco_unified_presence.channel.work_queue import ChannelTask
from custom_components.cisco_unified_presence.const import Channel
from custom_components.cisco_unified_presence.issues import Issue
from custom_components.cisco_unified_presence.pws import (
    EndpointRefused,
    InvalidCredentials,
    NoFreeEndpoint,
    NoFreeSubscription,
    NoSuchEndpoint,
    NoSuchSubscription,
    PresenceServiceError,
    ServerFailed,
)
from tests.channel.plan_parts import (
    FETCH,
    FRESH,
    LIVE,
    OPEN,
    POLL_ALL,
    REFRESH_ALL,
    WITHOUT_CALLBACK,
    Given,
    fallback,
    running,
    state_after,
)

LONGEST_RETRY_SECONDS = 60


REFUSED_LOGIN_SECONDS = 900


REFUSED_LOGIN = StartTimer(Timer.REFUSED_LOGIN, REFUSED_LOGIN_SECONDS)


@pytest.mark.parametrize(
    ("task", "error", "expected"),
    [
        (ChannelTask.FETCH, NoSuchSubscription(), (OPEN,)),
        (ChannelTask.RENEW, NoSuchEndpoint(), (OPEN,)),
        (ChannelTask.OPEN, NoSuchEndpoint(), (StartTimer(Timer.RETRY, 2),)),
        (ChannelTask.OPEN, NoFreeEndpoint(), fallback(Issue.NO_FREE_ENDPOINT, 30)),
        (ChannelTask.OPEN, EndpointRefused(), fallback(Issue.ENDPOINT_REFUSED, 30)),
        (ChannelTask.RENEW, NoFreeSubscription(), fallback(Issue.NO_FREE_SUBSCRIPTION, 30)),
        (ChannelTask.FETCH, NoFreeSubscription(), (StartTimer(Timer.RETRY, 2),)),
        (ChannelTask.POLL_ALL, NoFreeSubscription(), (StartTimer(Timer.RETRY, 2),)),
        (ChannelTask.REFRESH_ALL, NoFreeSubscription(), (POLL_ALL,)),
        (ChannelTask.REFRESH_ALL, NoSuchSubscription(), (OPEN,)),
        (ChannelTask.REFRESH_ALL, NoSuchEndpoint(), (OPEN,)),
        (ChannelTask.REFRESH_ALL, ServerFailed(), (StartTimer(Timer.RETRY, 2),)),
        (ChannelTask.FETCH, ServerFailed(), (StartTimer(Timer.RETRY, 2),)),
    ],
)
def test_actions_after_a_failure(
    task: ChannelTask, error: PresenceServiceError, expected: tuple[Action, ...]
) -> None:
    assert next_step(FRESH, LIVE, Failed(task, error)).actions == expected


def test_refused_login_stops_all_work_for_a_while() -> None:
    error = InvalidCredentials()
    state = ChannelState(failed_tasks=frozenset({ChannelTask.FETCH}))
    step = next_step(state, LIVE, Failed(ChannelTask.RENEW, error))
    assert step.actions == (
        SetUnreachable(error),
        Command.START_REAUTH,
        Command.STOP_WORK,
        REFUSED_LOGIN,
    )
    assert step.state.failed_tasks == frozenset()


def test_failure_after_a_refused_login_leaves_its_timer_alone() -> None:
    """A refresh that was under way fails later; polling must begin again all the same."""
    situation = running(Timer.REFUSED_LOGIN)
    step = next_step(FRESH, situation, Failed(ChannelTask.REFRESH_ALL, ServerFailed()))
    assert step.actions == (StartTimer(Timer.RETRY, 2),)


def test_without_a_subscription_a_fallback_polls() -> None:
    failed = Failed(ChannelTask.OPEN, NoFreeEndpoint())
    expected = fallback(Issue.NO_FREE_ENDPOINT, 30, POLL_ALL)
    closed = replace(LIVE, is_open=False)
    assert next_step(FRESH, closed, failed).actions == expected


def test_without_a_callback_a_fallback_only_polls() -> None:
    failed = Failed(ChannelTask.OPEN, NoFreeEndpoint())
    step = next_step(FRESH, WITHOUT_CALLBACK, failed)
    assert (step.state, step.actions) == (FRESH, (POLL_ALL,))


@pytest.mark.parametrize(
    ("failures", "task", "situation", "unreachable"),
    [
        (0, ChannelTask.FETCH, LIVE, False),
        (1, ChannelTask.FETCH, LIVE, False),
        (2, ChannelTask.FETCH, LIVE, True),
        (9, ChannelTask.FETCH, LIVE, True),
        (9, ChannelTask.REFRESH_ALL, LIVE, False),
        (9, ChannelTask.POLL_LEFT_OUT, LIVE, False),
        (9, ChannelTask.POLL_ALL, WITHOUT_CALLBACK, True),
    ],
)
def test_failures_until_the_server_is_unreachable(
    failures: int, task: ChannelTask, situation: Given, *, unreachable: bool
) -> None:
    error = ServerFailed()
    step = next_step(ChannelState(failures=failures), situation, Failed(task, error))
    assert (SetUnreachable(error) in step.actions) is unreachable
    assert step.state.failures == failures + 1


def test_retry_runs_every_failed_task_once() -> None:
    state = FRESH
    for task in (ChannelTask.REFRESH_ALL, ChannelTask.FETCH, ChannelTask.REFRESH_ALL):
        state = state_after(state, LIVE, Failed(task, ServerFailed()))
    step = next_step(state, LIVE, TimerFired(Timer.RETRY))
    assert step.actions == (FETCH, REFRESH_ALL)
    assert next_step(step.state, LIVE, TimerFired(Timer.RETRY)).actions == ()


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 2), (1, 4), (4, 32), (5, LONGEST_RETRY_SECONDS), (100_000, LONGEST_RETRY_SECONDS)],
)
def test_pause_before_a_retry(failures: int, seconds: float) -> None:
    state = ChannelState(failures=failures)
    step = next_step(state, LIVE, Failed(ChannelTask.FETCH, ServerFailed()))
    assert step.actions[-1] == StartTimer(Timer.RETRY, seconds)


@pytest.mark.parametrize(
    ("retests", "seconds"), [(0, 30), (1, 60), (4, 480), (5, 900), (100_000, 900)]
)
def test_pause_before_a_retest(retests: int, seconds: float) -> None:
    step = next_step(ChannelState(retests=retests), LIVE, TimerFired(Timer.SELF_TEST))
    assert step.actions == fallback(Issue.CALLBACK_UNREACHABLE, seconds)
    assert step.state.retests == retests + 1


# Whatever happens

errors = st.sampled_from(
    [
        EndpointRefused(),
        InvalidCredentials(),
        NoFreeEndpoint(),
        NoFreeSubscription(),
        NoSuchEndpoint(),
        NoSuchSubscription(),
        ServerFailed(),
    ]
)


states = st.builds(
    ChannelState,
    failures=st.integers(0, 100_000),
    retests=st.integers(0, 100_000),
    empty_fetches=st.integers(0, 5),
    failed_tasks=st.frozensets(st.sampled_from(ChannelTask)),
)


situations = st.builds(
    Given,
    channel=st.sampled_from(Channel),
    timers=st.frozensets(st.sampled_from(Timer)),
    intervals=st.just(LIVE.intervals),
)


@given(states, situations, st.sampled_from(ChannelTask), errors)
def test_every_failure_leads_to_another_try(
    state: ChannelState, situation: Given, task: ChannelTask, error: PresenceServiceError
) -> None:
    actions = next_step(state, situation, Failed(task, error)).actions
    assert any(isinstance(action, Enqueue | StartTimer) for action in actions)


@given(states, situations, st.sampled_from(Timer))
def test_every_timer_is_answered(state: ChannelState, situation: Given, timer: Timer) -> None:
    actions = next_step(state, situation, TimerFired(timer)).actions
    assert actions or (timer is Timer.RETRY and not state.failed_tasks)
    pauses = [action.seconds for action in actions if isinstance(action, StartTimer)]
    assert all(pause > 0 for pause in pauses)


def test_pauses_are_varied_by_up_to_a_quarter() -> None:
    pauses = [varied(100) for _ in range(1000)]
    assert 75 <= min(pauses) < 85
    assert 115 < max(pauses) <= 125
