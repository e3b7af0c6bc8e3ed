"""The plan of the channel: the actions that follow an event, a timer and a failure."""

from copy import replace

import pytest

from custom_components.cisco_unified_presence.channel.intervals import Timer
from custom_components.cisco_unified_presence.channel.plan import next_step
from custom_components.cisco_unified_presence.channel.plan_input import (
    ChannelEvent,
    Event,
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
    StartTimer,
)
from custom_components.cisco_unified_presence.channel.work_queue import ChannelTask
from custom_components.cisco_unified_presence.const import Channel
from custom_components.cisco_unified_presence.issues import Issue
from tests.channel.plan_parts import (
    CALLED_BACK,
    CHANGE,
    FETCH,
    FRESH,
    LIVE,
    OPEN,
    POLL_ALL,
    POLL_UNSUBSCRIBED,
    POLLING,
    REFRESH_ALL,
    RESUBSCRIBE,
    SELF_TEST,
    SUCCEEDED,
    WITHOUT_CALLBACK,
    Given,
    fallback,
    running,
)

BURST_PAUSE_SECONDS = 0.25


LONGEST_RETEST_SECONDS = 900


RENEW_AFTER = 8100


SUBSCRIBING_ISSUES = (Issue.ENDPOINT_REFUSED, Issue.NO_FREE_ENDPOINT, Issue.NO_FREE_SUBSCRIPTION)


UNSUBSCRIBED = replace(LIVE, has_unsubscribed=True)


POLL = StartTimer(Timer.POLL, 60)


FULL_REFRESH = StartTimer(Timer.FULL_REFRESH, 900)


RENEW = StartTimer(Timer.RENEW, RENEW_AFTER)


RESUBSCRIBE_LATER = StartTimer(Timer.RESUBSCRIBE, LONGEST_RETEST_SECONDS)


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
        pytest.param(LIVE, Event.NOTIFIED, (FETCH, CALLED_BACK), id="notified"),
        pytest.param(
            POLLING, Event.NOTIFIED, (FETCH, CALLED_BACK, *BACK_TO_EVENTING), id="back to eventing"
        ),
        pytest.param(
            replace(POLLING, has_unsubscribed=True),
            Event.NOTIFIED,
            (FETCH, CALLED_BACK, CLEAR_UNREACHABLE, SetChannel(Channel.EVENTING)),
            id="back to eventing, contacts unsubscribed",
        ),
        pytest.param(
            running(Timer.EMPTY_FETCH_PAUSE),
            Event.NOTIFIED,
            (CALLED_BACK,),
            id="notified in the pause after empty fetches",
        ),
        pytest.param(
            replace(LIVE, news_expected=3), Event.NOTIFIED, (FETCH, CALLED_BACK), id="a few writes"
        ),
        pytest.param(
            replace(LIVE, news_expected=4),
            Event.NOTIFIED,
            (StartTimer(Timer.BURST_PAUSE, BURST_PAUSE_SECONDS), CALLED_BACK),
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
        pytest.param(
            replace(POLLING, is_open=False),
            Event.CALLED_BACK,
            (),
            id="called for a subscription that was given up",
        ),
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
    situation: Given, event: ChannelEvent, expected: tuple[Action, ...]
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
    situation: Given, timer: Timer, expected: tuple[Action, ...]
) -> None:
    assert next_step(FRESH, situation, TimerFired(timer)).actions == expected
