"""The plan of the channel: the state that follows an event."""

from copy import replace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.channel.intervals import Timer
from custom_components.cisco_unified_presence.channel.plan_input import (
    ChannelEvent,
    ChannelState,
    Event,
    Failed,
    Fetched,
    Subscribed,
    TimerFired,
)
from custom_components.cisco_unified_presence.channel.work_queue import ChannelTask
from custom_components.cisco_unified_presence.pws import (
    EndpointRefused,
    InvalidCredentials,
    NoFreeEndpoint,
    NoFreeSubscription,
    NoSuchSubscription,
    ServerFailed,
)
from tests.channel.plan_parts import FRESH, LIVE, POLLING, USED, state_after

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


def test_call_of_the_server_shortens_the_next_retest() -> None:
    assert state_after(ChannelState(retests=5), POLLING, Event.NOTIFIED).retests == 0


def test_calls_of_the_server_are_counted() -> None:
    state = state_after(FRESH, LIVE, Event.NOTIFIED)
    assert state.notifications == 1
    assert state_after(state, LIVE, Subscribed(called_back=True)).notifications == 2


def test_success_forgets_failures() -> None:
    assert state_after(ChannelState(failures=2), LIVE, Event.POLLED).failures == 0


def test_another_callback_begins_its_tests_anew() -> None:
    assert state_after(ChannelState(retests=5), POLLING, Event.CALLBACK_CHANGED).retests == 0
