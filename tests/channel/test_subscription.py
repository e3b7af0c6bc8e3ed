"""More people than fit into one subscription, and contacts that stay unsubscribed."""

from dataclasses import replace

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import Configuration
from custom_components.cisco_unified_presence.channel import subscription
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import Issue
from tests.common.entry import add_person
from tests.common.live_channel import (
    ANNA,
    BEN,
    CHANNEL,
    CONTACT_POLLS,
    POLL,
    SUBSCRIPTIONS,
    issue_of,
)
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, settled, until

CLARA = "sensor.clara_presence"
DORA = "sensor.dora_presence"


@pytest.fixture(autouse=True)
def _two_to_a_subscription(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscription, "MAX_CONTACTS", 2)


async def watched(cup: Cup) -> list[list[str]]:
    """Return whom each subscription watches."""
    return [
        sorted(contact.partition("@")[0] for contact in each["contacts"])
        for each in (await cup.state())["subscriptions"]
    ]


async def test_people_are_split_over_subscriptions(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    assert await watched(cup) == [["anna", "ben"], ["clara"]]
    assert shown(hass, CHANNEL) == "eventing"
    await cup.choose("anna", "DND")
    await until(lambda: shown(hass, ANNA) == "do_not_disturb")
    await cup.choose("clara", "DND")
    await until(lambda: shown(hass, CLARA) == "do_not_disturb")
    await settled(cup)
    polls = cup.asked("GET", CONTACT_POLLS)
    for _ in range(3):
        await pass_time(freezer, cup, POLL)
    assert shown(hass, CHANNEL) == "eventing"
    assert cup.asked("GET", CONTACT_POLLS) == polls

    await pass_time(freezer, cup, 8100)
    assert {each["expires_in"] for each in (await cup.state())["subscriptions"]} == {10800}
    await hass.config_entries.async_unload(loaded.entry_id)
    assert await watched(cup) == []


async def test_room_is_filled_before_a_subscription_is_added(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    cup.simulator.service.people.add("dora", "Dora")
    made = cup.asked("POST", SUBSCRIPTIONS)
    add_person(hass, loaded, "dora")
    await until(lambda: hass.states.get(DORA))
    await until(lambda: shown(hass, DORA) == "offline")
    await settled(cup)
    assert await watched(cup) == [["anna", "ben"], ["clara", "dora"]]
    assert cup.asked("POST", SUBSCRIPTIONS) == made


class TestUnsubscribedContacts:
    """The server has one subscription to give."""

    @pytest.fixture
    def cup_configuration(self, cup_configuration: Configuration) -> Configuration:
        """Limit the subscriptions."""
        return replace(cup_configuration, subscription_limit=1)

    async def test_unsubscribed_contact_is_polled(
        self,
        hass: HomeAssistant,
        freezer: FrozenDateTimeFactory,
        loaded: MockConfigEntry,
        cup: Cup,
    ) -> None:
        assert await watched(cup) == [["anna", "ben"]]
        assert issue_of(hass, loaded, Issue.NO_FREE_SUBSCRIPTION)
        assert shown(hass, CHANNEL) == "eventing"
        await until(lambda: shown(hass, CLARA) == "offline")
        await settled(cup)
        polls = cup.asked("GET", CONTACT_POLLS)
        await cup.choose("clara", "BUSY")
        await pass_time(freezer, cup, POLL)
        assert shown(hass, CLARA) == "busy"
        assert cup.asked("GET", CONTACT_POLLS) == polls + 1
        await cup.choose("ben", "AWAY")
        await until(lambda: shown(hass, BEN) == "away")

        cup.simulator.service.subscriptions._limit = None
        await pass_time(freezer, cup, 900)
        assert await watched(cup) == [["anna", "ben"], ["clara"]]
        assert not ir.async_get(hass).async_get_issue(
            DOMAIN, f"{Issue.NO_FREE_SUBSCRIPTION}_{loaded.entry_id}"
        )

    async def test_added_contact_without_subscription_is_polled(
        self, hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
    ) -> None:
        cup.simulator.service.people.add("dora", "Dora")
        add_person(hass, loaded, "dora")
        await until(lambda: hass.states.get(DORA))
        await until(lambda: shown(hass, DORA) == "offline")
        assert await watched(cup) == [["anna", "ben"]]
