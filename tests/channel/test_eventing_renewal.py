"""The live channel: renewal, and the full refresh."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.issues import Issue
from tests.common.live_channel import (
    ANNA,
    CHANNEL,
    CONTACT_POLLS,
    RETRIES,
    SUBSCRIPTIONS,
    issue_of,
    never_refresh,
    subscription_id,
)
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, settled


async def test_endpoint_and_subscription_are_renewed_at_three_quarters(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    never_refresh(loaded)
    (made,) = (await cup.state())["subscriptions"]
    assert made["expires_in"] == 3 * 3600

    for _ in range(2):
        before = cup.asked("PUT")
        await pass_time(freezer, cup, 8099)
        assert cup.asked("PUT") == before
        await pass_time(freezer, cup, 1)
        assert cup.asked("PUT") == before + 2
        state = await cup.state()
        (endpoint,), (subscription,) = state["endpoints"], state["subscriptions"]
        assert endpoint["expires_in"] == subscription["expires_in"] == 3 * 3600
        assert subscription["id"] == made["id"]


async def test_failed_renewal_is_repeated(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    never_refresh(loaded)
    made = subscription_id(cup)
    await cup.inject("error", code=200, method="PUT", count=1)
    await pass_time(freezer, cup, 8100)
    await pass_time(freezer, cup, RETRIES[0])

    (subscription,) = (await cup.state())["subscriptions"]
    assert subscription["expires_in"] == 3 * 3600
    assert subscription["id"] == made


async def test_issue_of_a_renewal_is_cleared_when_the_server_calls_back(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    never_refresh(loaded)
    await cup.inject("error", code=211, method="PUT", path=SUBSCRIPTIONS, count=1)
    await pass_time(freezer, cup, 3 * 3600 * 3 / 4)
    assert issue_of(hass, loaded, Issue.NO_FREE_SUBSCRIPTION)

    await cup.choose("anna", "DND")
    await settled(cup)

    assert shown(hass, CHANNEL) == "eventing"
    assert issue_of(hass, loaded, Issue.NO_FREE_SUBSCRIPTION) is None


@pytest.mark.parametrize("path", ["/presence/", CONTACT_POLLS])
async def test_busy_server_is_asked_again_with_growing_pauses(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    path: str,
) -> None:
    await settled(cup)
    await cup.inject("error", code=211, path=path)
    await pass_time(freezer, cup, 900)
    before = cup.asked()
    for _ in range(10):
        await pass_time(freezer, cup, 6)

    assert cup.asked() - before < 20
    await cup.choose("anna", "DND")
    await cup.heal()
    await pass_time(freezer, cup, 90)
    assert (shown(hass, ANNA), shown(hass, CHANNEL)) == ("do_not_disturb", "eventing")


async def test_renewal_of_a_lost_subscription_opens_the_channel_anew(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await pass_time(freezer, cup, 8099)
    await cup.inject("lose_endpoints")
    await pass_time(freezer, cup, 1)

    state = await cup.state()
    (endpoint,), (subscription,) = state["endpoints"], state["subscriptions"]
    assert subscription["endpoint"] == endpoint["id"]
    assert shown(hass, CHANNEL) == "eventing"


async def test_full_refresh_runs_at_its_interval_while_live(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    made = cup.asked("POST", SUBSCRIPTIONS)
    for refreshes in (1, 2):
        await pass_time(freezer, cup, 899)
        assert cup.asked("POST", SUBSCRIPTIONS) == made + refreshes - 1
        await pass_time(freezer, cup, 1)
        assert cup.asked("POST", SUBSCRIPTIONS) == made + refreshes
    assert cup.asked("GET", CONTACT_POLLS) == 0
    assert shown(hass, CHANNEL) == "eventing"


async def test_call_for_a_subscription_that_was_given_up_ends_no_polling(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    """The server goes on to call for one that it could not remove."""
    await settled(cup)
    await cup.inject("error", code=211, path=SUBSCRIPTIONS)
    person = next(each for each in loaded.subentries.values() if each.title == "Ben")
    hass.config_entries.async_remove_subentry(loaded, person.subentry_id)
    await settled(cup)
    assert shown(hass, CHANNEL) == "polling"
    await cup.heal()

    await cup.choose("anna", "AWAY")
    await settled(cup)
    assert shown(hass, CHANNEL) == "polling"

    await pass_time(freezer, cup, 60)
    assert shown(hass, CHANNEL) == "eventing"
    await cup.choose("anna", "DND")
    await settled(cup)
    assert shown(hass, ANNA) == "do_not_disturb"
