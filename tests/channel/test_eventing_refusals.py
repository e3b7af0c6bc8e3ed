"""The live channel: what the server refuses."""

from types import MappingProxyType

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH, ConfigSubentry
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import ApplicationUser
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import Issue
from tests.common.live_channel import (
    ANNA,
    CHANNEL,
    FETCHES,
    POLL,
    SUBSCRIPTIONS,
    issue_of,
    subscription_id,
)
from tests.common.server import PASSWORD, Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, settled, until


@pytest.mark.parametrize(
    ("code", "path", "issue"),
    [
        (138, "/endpoints", Issue.NO_FREE_ENDPOINT),
        (139, SUBSCRIPTIONS, Issue.NO_FREE_SUBSCRIPTION),
        (142, "/endpoints", Issue.ENDPOINT_REFUSED),
    ],
)
async def test_contacts_are_polled_while_the_channel_is_refused_and_it_is_tried_again(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
    code: int,
    path: str,
    issue: Issue,
) -> None:
    await cup.inject("error", code=code, path=path, method="POST", count=1)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settled(cup)
    assert issue_of(hass, entry, issue) is not None
    assert shown(hass, CHANNEL) == "polling"
    assert shown(hass, ANNA) == "available"

    await pass_time(freezer, cup, 30)

    assert issue_of(hass, entry, issue) is None
    assert shown(hass, CHANNEL) == "eventing"
    state = await cup.state()
    assert len(state["endpoints"]) == len(state["subscriptions"]) == 1


async def test_refused_channel_polls_at_the_interval(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
) -> None:
    await cup.inject("error", code=138, path="/endpoints", method="POST")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settled(cup)
    await cup.choose("anna", "DND")

    await pass_time(freezer, cup, POLL)

    assert shown(hass, ANNA) == "do_not_disturb"
    assert cup.asked("GET", FETCHES) == 0


async def test_password_that_is_refused_later_starts_reauthentication(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    cup.accounts["hass"] = ApplicationUser("another")
    await cup.inject("lose_sessions")

    await pass_time(freezer, cup, POLL)

    assert shown(hass, ANNA) == STATE_UNAVAILABLE
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert flow["context"]["entry_id"] == loaded.entry_id


async def test_refused_login_is_tried_again_after_a_long_pause(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    """Many refused logins in a row may lock the account."""
    await settled(cup)
    cup.accounts["hass"] = ApplicationUser("another")
    await cup.inject("lose_sessions")
    await pass_time(freezer, cup, POLL)
    assert shown(hass, ANNA) == STATE_UNAVAILABLE
    logins = cup.asked("POST", "/hass/sessions")
    for _ in range(14):
        await pass_time(freezer, cup, POLL)
    assert cup.asked("POST", "/hass/sessions") == logins

    cup.accounts["hass"] = ApplicationUser(PASSWORD)
    await pass_time(freezer, cup, POLL)
    assert shown(hass, ANNA) == "available"
    await cup.choose("anna", "AWAY")
    await until(lambda: shown(hass, ANNA) == "away")
    asked = cup.asked()
    await pass_time(freezer, cup, POLL)
    assert cup.asked() == asked + 1


async def test_contact_that_the_server_refuses_is_left_out_of_the_subscription(
    hass: HomeAssistant, web_server: str, entry: MockConfigEntry, cup: Cup
) -> None:
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType({"user": "x", "contact": "x@y@example.com", "controlled": False}),
            subentry_type="person",
            title="Xaver",
            unique_id="person_x",
        ),
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: shown(hass, ANNA) == "available")
    assert shown(hass, CHANNEL) == "eventing"
    (subscription,) = (await cup.state())["subscriptions"]
    assert sorted(subscription["contacts"]) == [
        "anna@example.com",
        "ben@example.com",
        "clara@example.com",
    ]
    await hass.config_entries.async_unload(entry.entry_id)


async def test_without_a_subscription_nothing_is_fetched_or_renewed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    for _ in range(6):
        loaded.runtime_data.eventing.async_handle_notification(subscription_id(cup))
        await settled(cup)
    # The pause after empty fetches runs while the server refuses to subscribe anew.
    await cup.inject("error", code=139, path=SUBSCRIPTIONS, method="POST")
    ben = next(each for each in loaded.subentries.values() if each.title == "Ben")
    hass.config_entries.async_remove_subentry(loaded, ben.subentry_id)
    await settled(cup)
    assert issue_of(hass, loaded, Issue.NO_FREE_SUBSCRIPTION) is not None
    fetches = cup.asked("GET", FETCHES)

    await pass_time(freezer, cup, 1)
    assert cup.asked("GET", FETCHES) == fetches
    await pass_time(freezer, cup, 8100)
    assert cup.asked("PUT") == 0
    assert not await loaded.runtime_data.eventing._subscription.async_fetch()
    assert cup.asked("GET", FETCHES) == fetches


@pytest.mark.parametrize("entry_options", [{"poll_interval": 6}])
async def test_more_news_without_notification_does_not_prolong_the_self_test(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("drop_notifications")
    for presence in ("DND", "AWAY"):
        await cup.choose("anna", presence)
        await pass_time(freezer, cup, 6)
    assert shown(hass, ANNA) == "away"
    assert shown(hass, CHANNEL) == "eventing"

    await pass_time(freezer, cup, 4)

    assert shown(hass, CHANNEL) == "polling"
