"""The plan of the channel: what follows a fetch."""

from copy import replace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.channel.intervals import Timer
from custom_components.cisco_unified_presence.channel.plan import next_step
from custom_components.cisco_unified_presence.channel.plan_input import (
    ChannelState,
    Event,
    Failed,
    Fetched,
)
from custom_components.cisco_unified_presence.channel.plan_output import Action, StartTimer
from custom_components.cisco_unified_presence.channel.work_queue import ChannelTask
from custom_components.cisco_unified_presence.pws import ServerFailed
from tests.channel.plan_parts import (
    CALLED_BACK,
    FETCH,
    FRESH,
    LIVE,
    POLL_LEFT_OUT,
    POLLING,
    REFRESH_ALL,
    SELF_TEST,
    SUCCEEDED,
    USED,
    Given,
    running,
    state_after,
)

EMPTY_FETCH_PAUSE_SECONDS = 1


EMPTY_FETCH_PAUSE = StartTimer(Timer.EMPTY_FETCH_PAUSE, EMPTY_FETCH_PAUSE_SECONDS)


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
    situation: Given, changes: dict[str, Any], expected: tuple[Action, ...]
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
        asked.append(step.actions[0])
        state = step.state.with_fetch_begun()
        state = state_after(state, LIVE, fetched(step.state, brought_news=False))
    assert asked == [FETCH] * 3 + [EMPTY_FETCH_PAUSE] * 2

    announced = state_after(state, LIVE, Event.NOTIFIED)
    state = state_after(announced, LIVE, fetched(announced))
    assert next_step(state, LIVE, Event.NOTIFIED).actions == (FETCH, CALLED_BACK)


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
