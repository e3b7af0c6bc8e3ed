"""The plan of the channel: for each event, the actions and the state that follow."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.channel.intervals import Timer, varied
from custom_components.cisco_unified_presence.channel.plan import next_step
from custom_components.cisco_unified_presence.channel.plan_input import (
    ChannelEvent,
    ChannelState,
    Event,
    Failed,
    Fetched,
    Situation,
    Subscribed,
    TimerFired,
)
from custom_components.cisco_unified_presence.channel.plan_output import (
    Action,
    CancelTimers,
    ClearIssues,
    Command,
    Enqueue,
    RaiseIssue,
    SetChannel,
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
from custom_components.cisco_unified_presence.settings import Intervals

BURST_PAUSE_SECONDS = 0.25
EMPTY_FETCH_PAUSE_SECONDS = 1
LONGEST_RETEST_SECONDS = 900
LONGEST_RETRY_SECONDS = 60
REFUSED_LOGIN_SECONDS = 900
RENEW_AFTER = 8100
SELF_TEST_SECONDS = 10

SUBSCRIBING_ISSUES = (Issue.ENDPOINT_REFUSED, Issue.NO_FREE_ENDPOINT, Issue.NO_FREE_SUBSCRIPTION)

LIVE = Situation(
    channel=Channel.EVENTING,
    has_callback=True,
    callback_opens_later=False,
    is_open=True,
    has_unsubscribed=False,
    is_on_primary=True,
    has_left_out=False,
    news_expected=0,
    timers=frozenset(),
    intervals=Intervals(timedelta(seconds=60), timedelta(seconds=900)),
)
POLLING = replace(LIVE, channel=Channel.POLLING)
WITHOUT_CALLBACK = replace(POLLING, has_callback=False, is_open=False)
UNSUBSCRIBED = replace(LIVE, has_unsubscribed=True)

POLL = StartTimer(Timer.POLL, 60)
FULL_REFRESH = StartTimer(Timer.FULL_REFRESH, 900)
RENEW = StartTimer(Timer.RENEW, RENEW_AFTER)
SELF_TEST = StartTimer(Timer.SELF_TEST, SELF_TEST_SECONDS)
EMPTY_FETCH_PAUSE = StartTimer(Timer.EMPTY_FETCH_PAUSE, EMPTY_FETCH_PAUSE_SECONDS)
REFUSED_LOGIN = StartTimer(Timer.REFUSED_LOGIN, REFUSED_LOGIN_SECONDS)
RESUBSCRIBE_LATER = StartTimer(Timer.RESUBSCRIBE, LONGEST_RETEST_SECONDS)

OPEN, RESUBSCRIBE, CHANGE, FETCH, REFRESH_ALL, POLL_ALL, POLL_UNSUBSCRIBED, POLL_LEFT_OUT = (
    Enqueue(task)
    for task in (
        ChannelTask.OPEN,
        ChannelTask.RESUBSCRIBE,
        ChannelTask.CHANGE,
        ChannelTask.FETCH,
        ChannelTask.REFRESH_ALL,
        ChannelTask.POLL_ALL,
        ChannelTask.POLL_UNSUBSCRIBED,
        ChannelTask.POLL_LEFT_OUT,
    )
)
SUCCEEDED = (Command.SET_REACHABLE, ClearIssues((Issue.CERTIFICATE_CHANGED,)))
CALLED_BACK = CancelTimers((Timer.SELF_TEST, Timer.RETEST))
SELF_TEST_OVER = CancelTimers((Timer.SELF_TEST,))
CLEAR_SUBSCRIBING = ClearIssues(SUBSCRIBING_ISSUES)
CLEAR_UNREACHABLE = ClearIssues((Issue.CALLBACK_UNREACHABLE,))
BACK_TO_EVENTING = (CLEAR_UNREACHABLE, CLEAR_SUBSCRIBING, SetChannel(Channel.EVENTING))
NO_SUBSCRIPTION_LEFT = (
    RaiseIssue(Issue.NO_FREE_SUBSCRIPTION),
    POLL_UNSUBSCRIBED,
    RESUBSCRIBE_LATER,
)
ANOTHER_CALLBACK = (
    CancelTimers((Timer.SELF_TEST, Timer.RETEST, Timer.RESUBSCRIBE, Timer.RENEW)),
    ClearIssues((Issue.CALLBACK_UNREACHABLE, *SUBSCRIBING_ISSUES)),
    SetChannel(Channel.POLLING),
)

FRESH = ChannelState()
# One in which all is different.
USED = ChannelState(
    failures=2,
    retests=3,
    notifications=7,
    empty_fetches=2,
    announced=True,
    news_may_be_lost=True,
    failed_tasks=frozenset({ChannelTask.RENEW}),
)


def running(*timers: Timer, situation: Situation = LIVE) -> Situation:
    return replace(situation, timers=frozenset(timers))


def fallback(issue: Issue, seconds: float, task: Enqueue = FETCH) -> tuple[Action, ...]:
    return (
        RaiseIssue(issue),
        SetChannel(Channel.POLLING),
        task,
        StartTimer(Timer.RETEST, seconds),
    )


def state_after(state: ChannelState, situation: Situation, event: ChannelEvent) -> ChannelState:
    return next_step(state, situation, event).state


@pytest.mark.parametrize(
    ("situation", "event", "expected"),
    [
        pytest.param(LIVE, Event.STARTED, (POLL, FULL_REFRESH), id="start"),
        pytest.param(
            WITHOUT_CALLBACK,
            Event.STARTED,
            (POLL_ALL, POLL, FULL_REFRESH),
            id="start without callback",
        ),
        pytest.param(LIVE, Event.PEOPLE_CHANGED, (CHANGE,), id="people changed"),
        pytest.param(
            WITHOUT_CALLBACK,
            Event.PEOPLE_CHANGED,
            (POLL_ALL,),
            id="people changed without callback",
        ),
        pytest.param(LIVE, Event.NODE_CHANGED, (OPEN,), id="node changed"),
        pytest.param(
            WITHOUT_CALLBACK, Event.NODE_CHANGED, (POLL_ALL,), id="node changed without callback"
        ),
        pytest.param(LIVE, Event.HOME_ASSISTANT_STARTED, (RESUBSCRIBE,), id="started"),
        pytest.param(LIVE, Event.NOTIFIED, (CALLED_BACK, FETCH), id="notified"),
        pytest.param(
            POLLING, Event.NOTIFIED, (CALLED_BACK, *BACK_TO_EVENTING, FETCH), id="back to eventing"
        ),
        pytest.param(
            replace(POLLING, has_unsubscribed=True),
            Event.NOTIFIED,
            (CALLED_BACK, CLEAR_UNREACHABLE, SetChannel(Channel.EVENTING), FETCH),
            id="back to eventing, contacts unsubscribed",
        ),
        pytest.param(
            running(Timer.EMPTY_FETCH_PAUSE),
            Event.NOTIFIED,
            (CALLED_BACK,),
            id="notified in the pause after empty fetches",
        ),
        pytest.param(
            replace(LIVE, news_expected=3), Event.NOTIFIED, (CALLED_BACK, FETCH), id="a few writes"
        ),
        pytest.param(
            replace(LIVE, news_expected=4),
            Event.NOTIFIED,
            (CALLED_BACK, StartTimer(Timer.BURST_PAUSE, BURST_PAUSE_SECONDS)),
            id="notified while many are written",
        ),
        pytest.param(
            running(Timer.BURST_PAUSE, situation=replace(LIVE, news_expected=4)),
            Event.NOTIFIED,
            (CALLED_BACK,),
            id="notified in the pause while many are written",
        ),
        pytest.param(LIVE, Event.SUBSCRIPTION_CHANGED, (), id="all subscribed"),
        pytest.param(
            UNSUBSCRIBED, Event.SUBSCRIPTION_CHANGED, NO_SUBSCRIPTION_LEFT, id="some unsubscribed"
        ),
        pytest.param(LIVE, Event.RENEWED, (RENEW, *SUCCEEDED), id="renewed"),
        pytest.param(LIVE, Event.POLLED, SUCCEEDED, id="polled"),
        pytest.param(LIVE, Event.CALLED_BACK, (CALLED_BACK,), id="called for what is fetched next"),
        pytest.param(LIVE, Event.READING_CHANGED, (REFRESH_ALL,), id="read in another way"),
        pytest.param(
            WITHOUT_CALLBACK,
            Event.READING_CHANGED,
            (POLL_ALL,),
            id="polled in another way",
        ),
        pytest.param(LIVE, Event.INTERVALS_CHANGED, (POLL, FULL_REFRESH), id="other intervals"),
        pytest.param(
            LIVE, Event.CALLBACK_CHANGED, (*ANOTHER_CALLBACK, OPEN), id="called at another place"
        ),
        pytest.param(
            WITHOUT_CALLBACK,
            Event.CALLBACK_CHANGED,
            (*ANOTHER_CALLBACK, Enqueue(ChannelTask.CLOSE), POLL_ALL),
            id="not called any more",
        ),
        pytest.param(
            LIVE,
            Subscribed(called_back=True),
            (CLEAR_SUBSCRIBING, RENEW, SELF_TEST_OVER, CALLED_BACK),
            id="subscribed and called back",
        ),
        pytest.param(
            running(Timer.SELF_TEST, situation=POLLING),
            Subscribed(called_back=False),
            (CLEAR_SUBSCRIBING, RENEW, SELF_TEST_OVER, SELF_TEST),
            id="subscribed, self-test anew",
        ),
        pytest.param(
            replace(POLLING, callback_opens_later=True),
            Subscribed(called_back=False),
            (CLEAR_SUBSCRIBING, RENEW, SELF_TEST_OVER, Command.AWAIT_HOME_ASSISTANT),
            id="subscribed before Home Assistant has started",
        ),
        pytest.param(
            replace(POLLING, has_callback=False),
            Subscribed(called_back=False),
            (CLEAR_SUBSCRIBING, RENEW, SELF_TEST_OVER),
            id="subscribed without callback",
        ),
        pytest.param(
            UNSUBSCRIBED,
            Subscribed(called_back=True),
            (CLEAR_SUBSCRIBING, *NO_SUBSCRIPTION_LEFT, RENEW, SELF_TEST_OVER, CALLED_BACK),
            id="subscribed in part",
        ),
    ],
)
def test_actions_after_an_event(
    situation: Situation, event: ChannelEvent, expected: tuple[Action, ...]
) -> None:
    assert next_step(FRESH, situation, event).actions == expected


@pytest.mark.parametrize(
    ("situation", "timer", "expected"),
    [
        (LIVE, Timer.POLL, (POLL, FETCH)),
        (POLLING, Timer.POLL, (POLL, FETCH)),
        (replace(LIVE, is_open=False), Timer.POLL, (POLL,)),
        (WITHOUT_CALLBACK, Timer.POLL, (POLL, POLL_ALL)),
        (UNSUBSCRIBED, Timer.POLL, (POLL, FETCH, POLL_UNSUBSCRIBED)),
        (
            replace(LIVE, is_on_primary=False),
            Timer.POLL,
            (POLL, Enqueue(ChannelTask.FAIL_BACK), FETCH),
        ),
        (LIVE, Timer.FULL_REFRESH, (FULL_REFRESH, REFRESH_ALL)),
        (POLLING, Timer.FULL_REFRESH, (FULL_REFRESH, REFRESH_ALL)),
        (WITHOUT_CALLBACK, Timer.FULL_REFRESH, (FULL_REFRESH, POLL_ALL)),
        (LIVE, Timer.RENEW, (Enqueue(ChannelTask.RENEW),)),
        (LIVE, Timer.SELF_TEST, fallback(Issue.CALLBACK_UNREACHABLE, 30)),
        (POLLING, Timer.RETEST, (RESUBSCRIBE,)),
        (UNSUBSCRIBED, Timer.RESUBSCRIBE, (RESUBSCRIBE,)),
        (LIVE, Timer.EMPTY_FETCH_PAUSE, (FETCH,)),
        (LIVE, Timer.BURST_PAUSE, (FETCH,)),
        (LIVE, Timer.REFUSED_LOGIN, (OPEN, POLL, FULL_REFRESH)),
        (WITHOUT_CALLBACK, Timer.REFUSED_LOGIN, (POLL_ALL, POLL, FULL_REFRESH)),
        (LIVE, Timer.RETRY, ()),
    ],
)
def test_actions_after_a_timer(
    situation: Situation, timer: Timer, expected: tuple[Action, ...]
) -> None:
    assert next_step(FRESH, situation, TimerFired(timer)).actions == expected


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
    assert next_step(FRESH, WITHOUT_CALLBACK, failed).actions == expected


SUCCESS: dict[str, Any] = {"failures": 0, "news_may_be_lost": False}
CALL: dict[str, Any] = {"notifications": 8, "retests": 0}


@pytest.mark.parametrize(
    ("event", "changes"),
    [
        (Event.NOTIFIED, CALL),
        (Event.CALLED_BACK, CALL),
        (Event.RENEWED, SUCCESS),
        (Event.POLLED, SUCCESS),
        (Event.CALLBACK_CHANGED, {"retests": 0}),
        (Subscribed(called_back=True), CALL),
        (TimerFired(Timer.SELF_TEST), {"retests": 4}),
        (TimerFired(Timer.RETRY), {"failed_tasks": frozenset()}),
        (Fetched(brought_news=True, begun_in=USED), {**SUCCESS, "empty_fetches": 0}),
        (Fetched(brought_news=False, begun_in=USED), {**SUCCESS, "empty_fetches": 3}),
        (Fetched(brought_news=True, begun_in=FRESH), SUCCESS),
        (
            Fetched(brought_news=True, begun_in=FRESH, follows_subscribing=True),
            {**SUCCESS, "empty_fetches": 0},
        ),
        (
            Failed(ChannelTask.POLL_ALL, ServerFailed()),
            {"failures": 3, "failed_tasks": frozenset({ChannelTask.RENEW, ChannelTask.POLL_ALL})},
        ),
        (Failed(ChannelTask.OPEN, NoFreeEndpoint()), {"retests": 4}),
        (Failed(ChannelTask.FETCH, InvalidCredentials()), {"failed_tasks": frozenset()}),
        (Failed(ChannelTask.FETCH, NoSuchSubscription()), {}),
        (Failed(ChannelTask.REFRESH_ALL, NoFreeSubscription()), {}),
        (Event.STARTED, {}),
        (Event.PEOPLE_CHANGED, {}),
        (Event.NODE_CHANGED, {}),
        (Event.HOME_ASSISTANT_STARTED, {}),
        (Event.SUBSCRIPTION_CHANGED, {}),
        (Event.INTERVALS_CHANGED, {}),
        (Event.READING_CHANGED, {}),
        (Subscribed(called_back=False), {}),
        *(
            (TimerFired(timer), {})
            for timer in Timer
            if timer not in {Timer.SELF_TEST, Timer.RETRY}
        ),
    ],
)
def test_state_after_an_event(event: ChannelEvent, changes: dict[str, Any]) -> None:
    assert state_after(USED, LIVE, event) == replace(USED, **changes)


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (Event.NOTIFIED, ChannelState(notifications=1, announced=True)),
        (Event.CALLED_BACK, ChannelState(notifications=1)),
        (
            Failed(ChannelTask.CHANGE, NoSuchSubscription()),
            ChannelState(announced=True, news_may_be_lost=True),
        ),
        (Failed(ChannelTask.RENEW, NoSuchSubscription()), FRESH),
        (
            Failed(ChannelTask.OPEN, ServerFailed()),
            ChannelState(failures=1, failed_tasks=frozenset({ChannelTask.OPEN})),
        ),
        (Failed(ChannelTask.OPEN, EndpointRefused()), ChannelState(retests=1)),
    ],
)
def test_first_change_of_a_state(event: ChannelEvent, state: ChannelState) -> None:
    assert state_after(FRESH, LIVE, event) == state


# Failures and retries


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
    failures: int, task: ChannelTask, situation: Situation, *, unreachable: bool
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


def test_call_of_the_server_shortens_the_next_retest() -> None:
    assert state_after(ChannelState(retests=5), POLLING, Event.NOTIFIED).retests == 0


def test_calls_of_the_server_are_counted() -> None:
    state = state_after(FRESH, LIVE, Event.NOTIFIED)
    assert state.notifications == 1
    assert state_after(state, LIVE, Subscribed(called_back=True)).notifications == 2


def test_success_forgets_failures() -> None:
    assert state_after(ChannelState(failures=2), LIVE, Event.POLLED).failures == 0


# Fetches


def fetched(state: ChannelState, **changes: Any) -> Fetched:
    return replace(Fetched(brought_news=True, begun_in=state), **changes)


@pytest.mark.parametrize(
    ("situation", "changes", "expected"),
    [
        pytest.param(LIVE, {}, (SELF_TEST,), id="news without a call"),
        pytest.param(LIVE, {"brought_news": False}, (), id="no news"),
        pytest.param(LIVE, {"follows_subscribing": True}, (), id="the first picture"),
        pytest.param(LIVE, {"begun_in": ChannelState(announced=True)}, (), id="announced"),
        pytest.param(
            LIVE, {"begun_in": ChannelState(notifications=-1)}, (), id="called in the meantime"
        ),
        pytest.param(POLLING, {}, (), id="polling"),
        pytest.param(running(Timer.SELF_TEST), {}, (), id="self-test under way"),
    ],
)
def test_news_that_the_server_did_not_announce_starts_a_self_test(
    situation: Situation, changes: dict[str, Any], expected: tuple[Action, ...]
) -> None:
    step = next_step(FRESH, situation, fetched(FRESH, **changes))
    assert step.actions == (*SUCCEEDED, *expected)


def test_fetch_brings_what_was_announced_before_it() -> None:
    assert USED.announced
    assert USED.with_fetch_begun() == replace(USED, announced=False)


def test_announced_fetches_without_news_are_slowed_down_until_one_brings_news() -> None:
    state = FRESH
    asked = []
    for _ in range(5):
        step = next_step(state, LIVE, Event.NOTIFIED)
        asked.append(step.actions[-1])
        state = step.state.with_fetch_begun()
        state = state_after(state, LIVE, fetched(step.state, brought_news=False))
    assert asked == [FETCH] * 3 + [EMPTY_FETCH_PAUSE] * 2

    announced = state_after(state, LIVE, Event.NOTIFIED)
    state = state_after(announced, LIVE, fetched(announced))
    assert next_step(state, LIVE, Event.NOTIFIED).actions == (CALLED_BACK, FETCH)


@pytest.mark.parametrize("task", [ChannelTask.FETCH, ChannelTask.CHANGE])
def test_failed_fetch_is_followed_by_one_full_refresh(task: ChannelTask) -> None:
    state = state_after(FRESH, LIVE, Failed(task, ServerFailed()))
    step = next_step(state, LIVE, fetched(state))
    assert step.actions == (*SUCCEEDED, REFRESH_ALL)
    assert next_step(step.state, LIVE, Event.POLLED).actions == SUCCEEDED


def test_contacts_left_out_by_a_first_fetch_are_polled_once() -> None:
    situation = replace(LIVE, has_left_out=True)
    first = fetched(FRESH, follows_subscribing=True)
    assert next_step(FRESH, situation, first).actions == (*SUCCEEDED, POLL_LEFT_OUT)
    later = fetched(FRESH, brought_news=False)
    assert next_step(FRESH, situation, later).actions == SUCCEEDED


def test_late_calls_of_refreshes_do_not_slow_down_fetches() -> None:
    state = ChannelState(empty_fetches=3)
    assert state_after(state, LIVE, fetched(FRESH, follows_subscribing=True)).empty_fetches == 0


def test_news_of_a_contact_that_is_not_named_is_found_by_a_full_refresh() -> None:
    step = next_step(FRESH, POLLING, fetched(FRESH, has_unnamed=True))
    assert step.actions == (*SUCCEEDED, REFRESH_ALL)


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
    Situation,
    channel=st.sampled_from(Channel),
    timers=st.frozensets(st.sampled_from(Timer)),
    intervals=st.just(LIVE.intervals),
)


@given(states, situations, st.sampled_from(ChannelTask), errors)
def test_every_failure_leads_to_another_try(
    state: ChannelState, situation: Situation, task: ChannelTask, error: PresenceServiceError
) -> None:
    actions = next_step(state, situation, Failed(task, error)).actions
    assert any(isinstance(action, Enqueue | StartTimer) for action in actions)


@given(states, situations, st.sampled_from(Timer))
def test_every_timer_is_answered(state: ChannelState, situation: Situation, timer: Timer) -> None:
    actions = next_step(state, situation, TimerFired(timer)).actions
    assert actions or (timer is Timer.RETRY and not state.failed_tasks)
    pauses = [action.seconds for action in actions if isinstance(action, StartTimer)]
    assert all(pause > 0 for pause in pauses)


def test_another_callback_begins_its_tests_anew() -> None:
    assert state_after(ChannelState(retests=5), POLLING, Event.CALLBACK_CHANGED).retests == 0


def test_pauses_are_varied_by_up_to_a_quarter() -> None:
    pauses = [varied(100) for _ in range(1000)]
    assert 75 <= min(pauses) < 85
    assert 115 < max(pauses) <= 125
