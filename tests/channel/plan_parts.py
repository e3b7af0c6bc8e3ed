"""Situations, states and actions of the channel's plan."""

from copy import replace
from dataclasses import dataclass
from datetime import timedelta

from custom_components.cisco_unified_presence.channel.intervals import Timer
from custom_components.cisco_unified_presence.channel.plan import next_step
from custom_components.cisco_unified_presence.channel.plan_input import (
    ChannelEvent,
    ChannelState,
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
from custom_components.cisco_unified_presence.settings import Intervals

SELF_TEST_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class Given:
    """A situation."""

    channel: Channel
    has_callback: bool
    callback_opens_later: bool
    is_open: bool
    has_unsubscribed: bool
    is_on_primary: bool
    has_left_out: bool
    news_expected: int
    timers: frozenset[Timer]
    intervals: Intervals


LIVE = Given(
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


SELF_TEST = StartTimer(Timer.SELF_TEST, SELF_TEST_SECONDS)


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


def running(*timers: Timer, situation: Given = LIVE) -> Given:
    return replace(situation, timers=frozenset(timers))


def fallback(issue: Issue, seconds: float, task: Enqueue = FETCH) -> tuple[Action, ...]:
    return (
        RaiseIssue(issue),
        SetChannel(Channel.POLLING),
        task,
        StartTimer(Timer.RETEST, seconds),
    )


def state_after(state: ChannelState, situation: Given, event: ChannelEvent) -> ChannelState:
    return next_step(state, situation, event).state
