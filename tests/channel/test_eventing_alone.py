"""The live channel without a server: what its tasks ask for, and what follows from the answers."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import cast

from homeassistant.core import CoreState, HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.cisco_unified_presence.channel import Callback
from custom_components.cisco_unified_presence.channel import eventing as module
from custom_components.cisco_unified_presence.const import Channel
from custom_components.cisco_unified_presence.issues import Issue
from custom_components.cisco_unified_presence.pws import (
    EndpointRefused,
    InvalidCredentials,
    NoFreeEndpoint,
    NoFreeSubscription,
    PresenceServiceError,
    ServerFailed,
)
from tests.channel.eventing_parts import INTERVALS, Channelled, Place


async def test_the_channel_is_opened_and_left(channelled: Channelled) -> None:
    assert await channelled.start(Place()) == ["open", "fetch"]
    coordinator = channelled.coordinator
    assert (coordinator.channel, coordinator.reachable) == (Channel.EVENTING, True)
    assert channelled.eventing.subscription_counts == {"subscribed": 3}
    await channelled.eventing.async_stop()
    assert await channelled.after(1000) == ["close"]


async def test_without_a_callback_all_are_polled(channelled: Channelled) -> None:
    assert await channelled.start() == ["poll all", "check nodes"]
    assert channelled.channel() is Channel.POLLING
    assert channelled.coordinator.reachable
    assert await channelled.after(61) == ["poll all", "check nodes"]
    # Refreshes poll as well.
    await channelled.eventing.async_refresh_now()
    assert await channelled.after() == ["poll all", "check nodes"]
    channelled.eventing.async_reading_changed()
    assert await channelled.after() == ["poll all", "check nodes"]
    channelled.eventing.async_people_changed()
    assert await channelled.after() == ["poll all", "check nodes"]
    await channelled.eventing._async_fetch()
    assert await channelled.after() == []


@pytest.mark.parametrize(
    ("error", "issue"),
    [
        (EndpointRefused(), Issue.ENDPOINT_REFUSED),
        (NoFreeEndpoint(), Issue.NO_FREE_ENDPOINT),
        (NoFreeSubscription(), Issue.NO_FREE_SUBSCRIPTION),
    ],
)
async def test_a_channel_that_is_refused_at_the_start_is_told_and_polled(
    channelled: Channelled, error: PresenceServiceError, issue: Issue
) -> None:
    channelled.subscription.failures["open"] = error
    assert await channelled.start(Place()) == ["open", "poll all", "check nodes"]
    assert channelled.issues == {issue: {"title": "CUP", "url": Place.url}}
    channelled.subscription.failures.clear()
    assert await channelled.after(31) == ["resubscribe", "fetch"]
    assert channelled.issues == {}


async def test_any_other_failure_of_the_start_is_raised(channelled: Channelled) -> None:
    channelled.subscription.failures["open"] = ServerFailed()
    with pytest.raises(ServerFailed):
        await channelled.start(Place())


async def test_notifications_are_fetched_and_others_are_not(live: Channelled) -> None:
    heard = live.coordinator.last_notification
    assert not live.eventing.async_handle_notification(9)
    assert await live.after(1) == []
    assert live.coordinator.last_notification == heard
    assert live.eventing.async_handle_notification(7)
    assert live.coordinator.last_notification == dt_util.utcnow()
    assert await live.after() == ["fetch"]
    # The call after subscribing announces what is fetched anyway.
    assert live.eventing.async_handle_notification(8)
    assert await live.after() == []


async def test_while_many_are_set_their_news_is_fetched_together(live: Channelled) -> None:
    live.news_expected = 4
    live.eventing.async_handle_notification(7)
    for _ in range(10):
        await asyncio.sleep(0)
    assert live.subscription.asked == []
    assert await live.after(1) == ["fetch"]


async def test_news_that_no_call_has_announced_tests_the_callback(live: Channelled) -> None:
    live.eventing.async_handle_notification(7)
    assert await live.after() == ["fetch"]
    live.subscription.has_news = True
    live.subscription.calls_back = False
    assert await live.after(61) == ["fetch"]
    live.subscription.has_news = False
    assert await live.after(11) == ["fetch"]
    assert live.channel() is Channel.POLLING
    assert live.issues == {Issue.CALLBACK_UNREACHABLE: {"title": "CUP", "url": Place.url}}
    assert await live.after(31) == ["resubscribe", "fetch"]
    live.eventing.async_handle_notification(7)
    await live.after()
    assert live.channel() is Channel.EVENTING
    assert live.issues == {}


async def test_news_that_a_call_announces_during_the_fetch_tests_nothing(
    live: Channelled,
) -> None:
    live.subscription.has_news = True
    live.eventing.async_handle_notification(7)
    await live.after()
    assert await live.after(30) == []
    assert live.channel() is Channel.EVENTING


async def test_a_refresh_of_all(live: Channelled) -> None:
    await live.eventing.async_refresh_now()
    assert await live.after() == ["refresh", "check nodes"]
    live.coordinator.async_set_channel(Channel.POLLING)
    await live.eventing.async_refresh_now()
    assert live.channel() is Channel.EVENTING
    live.coordinator.async_set_channel(Channel.POLLING)
    live.subscription.calls_back = False
    live.subscription.without_first_picture = ["anna@x"]
    await live.eventing.async_refresh_now()
    assert live.channel() is Channel.POLLING
    assert await live.after() == ["refresh", "check nodes"] * 2 + [("poll", ["anna@x"])]


async def test_news_of_a_contact_that_is_not_named_is_found_by_a_refresh(
    live: Channelled,
) -> None:
    live.subscription.has_news_of_unnamed = True
    live.eventing.async_handle_notification(7)
    assert await live.after() == ["fetch", "refresh", "check nodes"]


@pytest.mark.parametrize("can_change", [True, False])
async def test_changed_people(live: Channelled, *, can_change: bool) -> None:
    live.subscription.can_change = can_change
    live.eventing.async_people_changed()
    steps = ["change", "fetch"] if can_change else ["change", "resubscribe", "fetch"]
    assert await live.after() == steps


async def test_who_has_no_subscription_is_polled_and_told(live: Channelled) -> None:
    live.subscription.unsubscribed = ["anna@x"]
    live.eventing.async_people_changed()
    asked = await live.after()
    assert asked[:2] == ["change", "fetch"] or ("poll", ["anna@x"]) in asked[:2]
    assert sorted(map(str, asked)) == ["('poll', ['anna@x'])", "change", "fetch"]
    assert Issue.NO_FREE_SUBSCRIPTION in live.issues
    assert sorted(map(str, await live.after(61))) == ["('poll', ['anna@x'])", "fetch"]


async def test_another_node_or_callback_opens_the_channel_anew(live: Channelled) -> None:
    live.eventing.async_node_changed()
    assert await live.after() == ["open", "fetch"]
    live.eventing.async_set_callback(None)
    assert live.channel() is Channel.POLLING
    asked = await live.after()
    assert sorted(asked) == ["check nodes", "close", "poll all"]
    live.eventing.async_set_callback(cast("Callback", Place()))
    assert await live.after() == ["open", "fetch"]
    await live.eventing.async_open_now()
    assert await live.after() == ["open", "fetch"]
    live.subscription.is_on_primary = False
    assert await live.after(61) == ["fail back", "fetch"]


async def test_the_subscription_is_renewed_and_polled_at_its_intervals(live: Channelled) -> None:
    intervals = replace(INTERVALS, poll=timedelta(days=1), full_refresh=timedelta(days=1))
    live.eventing.async_set_intervals(intervals)
    assert await live.after(8090) == []
    assert await live.after(11) == ["renew"]
    assert await live.after(8101) == ["renew"]
    live.eventing.async_set_intervals(INTERVALS)
    assert await live.after(61) == ["fetch"]


async def test_a_task_that_fails_is_repeated_after_a_varied_pause(
    live: Channelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "varied", lambda pause: pause + 5)
    live.subscription.failures["fetch"] = ServerFailed()
    live.eventing.async_handle_notification(7)
    assert await live.after() == ["fetch"]
    assert await live.after(6) == []
    live.subscription.failures.clear()
    # What the failed fetch may have lost is found.
    assert await live.after(2) == ["fetch", "refresh", "check nodes"]


async def test_three_failures_make_the_server_unreachable(
    live: Channelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "varied", lambda _pause: 1)
    error = live.subscription.failures["fetch"] = ServerFailed()
    live.eventing.async_handle_notification(7)
    for failures in range(1, 4):
        assert await live.after(0 if failures == 1 else 2) == ["fetch"]
        assert live.coordinator.failure is (error if failures == 3 else None)
    live.subscription.failures.clear()
    await live.after(2)
    assert live.coordinator.reachable


async def test_a_refused_login_ends_all_work_for_a_quarter_of_an_hour(
    live: Channelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[HomeAssistant] = []
    monkeypatch.setattr(live.entry, "async_start_reauth", asked.append, raising=False)
    error = live.subscription.failures["fetch"] = InvalidCredentials()
    live.eventing.async_handle_notification(7)
    assert await live.after() == ["fetch"]
    assert asked == [live.hass]
    assert live.coordinator.failure is error
    live.subscription.failures.clear()
    assert await live.after(890) == []
    # What the refused fetch may have lost is found.
    assert await live.after(11) == ["open", "fetch", "refresh", "check nodes"]


async def test_a_webhook_is_tested_once_home_assistant_runs(
    channelled: Channelled, hass: HomeAssistant
) -> None:
    hass.set_state(CoreState.starting)
    channelled.subscription.calls_back = False
    assert await channelled.start(Place(needs_running=True)) == ["open", "fetch"]
    assert await channelled.after(30) == []
    assert channelled.issues == {}
    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    assert await channelled.after() == ["resubscribe", "fetch"]
    assert await channelled.after(11) == ["fetch"]
    assert list(channelled.issues) == [Issue.CALLBACK_UNREACHABLE]


async def test_a_port_of_its_own_is_tested_at_once(
    channelled: Channelled, hass: HomeAssistant
) -> None:
    hass.set_state(CoreState.starting)
    channelled.subscription.calls_back = False
    await channelled.start(Place())
    assert await channelled.after(11) == ["fetch"]
    assert list(channelled.issues) == [Issue.CALLBACK_UNREACHABLE]
    hass.set_state(CoreState.running)
