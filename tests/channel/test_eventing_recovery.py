"""The live channel: failures and recovery."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.channel.plan_input import ChannelState
from custom_components.cisco_unified_presence.channel.work_queue import ChannelTask
from custom_components.cisco_unified_presence.issues import Issue
from tests.common.live_channel import (
    ANNA,
    CHANNEL,
    CONTACT_POLLS,
    FETCHES,
    POLL,
    RETRIES,
    SELF_TEST,
    SUBSCRIPTIONS,
    issue_of,
)
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, settled, until


async def test_failed_fetch_is_repeated_and_followed_by_a_full_refresh(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("error", code=200, path=FETCHES, count=2)
    before = cup.asked("GET", FETCHES)
    await cup.choose("anna", "DND")
    await settled(cup)
    assert cup.asked("GET", FETCHES) == before + 1

    await pass_time(freezer, cup, RETRIES[0])
    assert cup.asked("GET", FETCHES) == before + 2
    made = cup.asked("POST", SUBSCRIPTIONS)
    await pass_time(freezer, cup, 2.9)
    assert cup.asked("GET", FETCHES) == before + 2
    await pass_time(freezer, cup, RETRIES[1] - 2.9)

    assert cup.asked("POST", SUBSCRIPTIONS) == made + 1
    assert shown(hass, ANNA) == "do_not_disturb"
    assert cup.asked("GET", CONTACT_POLLS) == 0


async def test_news_of_a_repeated_fetch_starts_no_self_test(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("error", code=200, path=FETCHES, count=1)
    await cup.choose("anna", "DND")
    await settled(cup)
    await pass_time(freezer, cup, RETRIES[0])
    assert shown(hass, ANNA) == "do_not_disturb"

    await pass_time(freezer, cup, SELF_TEST)

    assert shown(hass, CHANNEL) == "eventing"
    assert issue_of(hass, loaded, Issue.CALLBACK_UNREACHABLE) is None


async def test_lost_news_is_found_by_a_full_refresh(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("truncate", path=FETCHES, count=1)
    await cup.choose("anna", "DND")
    await settled(cup)
    assert shown(hass, ANNA) == "available"

    await pass_time(freezer, cup, RETRIES[0])

    assert shown(hass, ANNA) == "do_not_disturb"


async def test_server_is_unreachable_after_three_failures_and_comes_back(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("refuse_connections")
    await pass_time(freezer, cup, POLL)
    assert shown(hass, ANNA) == "available"
    await pass_time(freezer, cup, RETRIES[0])
    assert shown(hass, ANNA) == "available"
    await pass_time(freezer, cup, RETRIES[1])
    assert shown(hass, ANNA) == STATE_UNAVAILABLE

    await cup.heal()
    await pass_time(freezer, cup, RETRIES[2])

    assert shown(hass, ANNA) == "available"
    assert shown(hass, CHANNEL) == "eventing"


async def test_contact_whose_poll_always_fails_does_not_make_the_server_unreachable(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("error", code=200, path="/contacts/ben")
    loaded.runtime_data.eventing._polls.async_enqueue(ChannelTask.POLL_ALL)
    for pause in (2.5, 5, 10, 20):
        await pass_time(freezer, cup, pause)
        assert shown(hass, ANNA) == "available"


async def test_retries_go_on_for_weeks_and_never_pause_longer_than_a_minute(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    loaded.runtime_data.eventing._state = ChannelState(failures=100_000)
    await cup.inject("refuse_connections")
    await pass_time(freezer, cup, POLL)
    assert shown(hass, ANNA) == STATE_UNAVAILABLE

    await cup.heal()
    await pass_time(freezer, cup, 75)

    assert shown(hass, ANNA) == "available"


async def test_failed_refresh_is_repeated(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("error", code=200, path=SUBSCRIPTIONS, method="POST")
    await pass_time(freezer, cup, 900)
    made = cup.asked("POST", SUBSCRIPTIONS)
    await cup.heal()

    await pass_time(freezer, cup, RETRIES[0])

    assert cup.asked("POST", SUBSCRIPTIONS) == made + 1


@pytest.mark.parametrize("lost", ["lose_subscriptions", "lose_sessions"])
async def test_lost_subscription_is_made_anew(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    lost: str,
) -> None:
    await settled(cup)
    await cup.inject(lost)
    await cup.choose("anna", "DND")

    await pass_time(freezer, cup, POLL)

    assert shown(hass, ANNA) == "do_not_disturb"
    state = await cup.state()
    assert len(state["endpoints"]) == len(state["subscriptions"]) == 1
    await cup.choose("anna", "AWAY")
    await until(lambda: shown(hass, ANNA) == "away")
    await pass_time(freezer, cup, SELF_TEST)
    assert shown(hass, CHANNEL) == "eventing"


async def test_lost_endpoint_is_made_anew(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("lose_endpoints")
    await cup.choose("anna", "DND")
    await pass_time(freezer, cup, POLL)
    assert shown(hass, ANNA) == "do_not_disturb"
    await pass_time(freezer, cup, SELF_TEST)
    assert shown(hass, CHANNEL) == "polling"

    await pass_time(freezer, cup, 30)

    assert shown(hass, CHANNEL) == "eventing"
    assert len((await cup.state())["endpoints"]) == 1
    await cup.choose("anna", "AWAY")
    await until(lambda: shown(hass, ANNA) == "away")


async def test_opening_anew_is_repeated_until_it_succeeds(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("lose_subscriptions")
    await cup.inject("error", code=200, path="/endpoints", count=2)
    await pass_time(freezer, cup, POLL)
    # The old endpoint could be neither taken away nor followed by a new one.
    assert len((await cup.state())["subscriptions"]) == 0

    await pass_time(freezer, cup, RETRIES[0])

    state = await cup.state()
    assert len(state["endpoints"]) == len(state["subscriptions"]) == 1
    assert shown(hass, CHANNEL) == "eventing"


async def test_bug_is_logged_and_the_entry_is_reloaded(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cup: Cup,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await settled(cup)
    before = loaded.runtime_data

    async def fail() -> bool:
        raise LookupError("not foreseen")

    monkeypatch.setattr(before.eventing._subscription, "async_fetch", fail)
    await cup.choose("anna", "DND")
    await until(lambda: loaded.state is ConfigEntryState.LOADED and loaded.runtime_data != before)

    assert "cisco_unified_presence work ended unexpectedly" in caplog.text
    await until(lambda: shown(hass, ANNA) == "do_not_disturb")
    await cup.choose("anna", "AVAILABLE")
    await until(lambda: shown(hass, ANNA) == "available")


async def test_opening_again_removes_what_was_open(loaded: MockConfigEntry, cup: Cup) -> None:
    await settled(cup)
    endpoints, subscriptions = await made_at(cup)

    await loaded.runtime_data.eventing.async_open_now()
    await settled(cup)

    again, subscribed_again = await made_at(cup)
    assert len(endpoints) == len(again) == 1
    assert len(subscriptions) == len(subscribed_again) == 1
    assert endpoints != again
    assert subscriptions != subscribed_again


async def made_at(cup: Cup) -> tuple[list[int], list[int]]:
    """Return the ids of the endpoints and subscriptions at the server."""
    state = await cup.state()
    return [each["id"] for each in state["endpoints"]], [
        each["id"] for each in state["subscriptions"]
    ]
