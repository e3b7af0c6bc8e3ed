"""More people than fit into one subscription, and contacts that stay unsubscribed."""

from dataclasses import replace
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import Configuration
from custom_components.cisco_unified_presence.const import CONF_DIALECT, DOMAIN
from custom_components.cisco_unified_presence.issues import Issue
from custom_components.cisco_unified_presence.pws import DialectMode
from tests.common.entry import add_person, person
from tests.common.live_channel import (
    ANNA,
    BEN,
    CHANNEL,
    CONTACT_POLLS,
    POLL,
    RETRIES,
    SUBSCRIPTIONS,
    issue_of,
)
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, settled, until

CLARA = "sensor.clara_presence"
DORA = "sensor.dora_presence"

pytestmark = pytest.mark.usefixtures("two_to_a_subscription")


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


async def test_people_without_room_get_another_subscription(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    for user in ("dora", "emil"):
        cup.simulator.service.people.add(user, user.title())
        add_person(hass, loaded, user)
    await until(lambda: hass.states.get("sensor.emil_presence"))
    await settled(cup)
    assert await watched(cup) == [["anna", "ben"], ["clara", "dora"], ["emil"]]
    await cup.choose("emil", "DND")
    await until(lambda: shown(hass, "sensor.emil_presence") == "do_not_disturb")


class TestRemovedFromASubscription:
    """Over SOAP, people can be taken out of a subscription."""

    @pytest.fixture
    def entry_data(self, entry_data: dict[str, Any]) -> dict[str, Any]:
        """Choose the dialect."""
        return entry_data | {CONF_DIALECT: DialectMode.SOAP.value}

    async def test_person_who_is_removed_and_added_again_is_watched(
        self, hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
    ) -> None:
        await settled(cup)
        ben = next(each for each in loaded.subentries.values() if each.title == "Ben")
        hass.config_entries.async_remove_subentry(loaded, ben.subentry_id)
        await settled(cup)
        assert await watched(cup) == [["anna"], ["clara"]]

        add_person(hass, loaded, "ben")
        await settled(cup)

        assert await watched(cup) == [["anna", "ben"], ["clara"]]
        await cup.choose("ben", "AWAY")
        await until(lambda: shown(hass, BEN) == "away")


class TestRefusedContacts:
    """Two contacts, together in one batch, are none to the server."""

    @pytest.fixture
    def entry_people(self) -> list[dict[str, Any]]:
        """Return two good ones and two bad ones."""
        return [person(user) for user in ("anna", "ben", "x@y", "z@y")]

    @pytest.mark.usefixtures("loaded")
    async def test_batch_of_refused_contacts_is_left_out(
        self, hass: HomeAssistant, cup: Cup
    ) -> None:
        assert await watched(cup) == [["anna", "ben"]]
        assert shown(hass, CHANNEL) == "eventing"
        await cup.choose("ben", "AWAY")
        await until(lambda: shown(hass, BEN) == "away")

    async def test_refused_contacts_are_not_asked_for_again(
        self,
        hass: HomeAssistant,
        loaded: MockConfigEntry,
        cup: Cup,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        await settled(cup)
        said = [record.getMessage() for record in caplog.get_records("setup")]
        assert said.count("The server refuses the contacts x@y@example.com, z@y@example.com") == 1
        made = cup.asked("POST", SUBSCRIPTIONS)

        add_person(hass, loaded, "clara")
        await settled(cup)

        assert await watched(cup) == [["anna", "ben"], ["clara"]]
        assert cup.asked("POST", SUBSCRIPTIONS) == made + 1
        assert "refuses the contacts" not in caplog.text


async def test_refusal_of_contacts_that_are_good_one_by_one_is_repeated_later(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await settled(cup)
    await cup.inject("error", code=148, path=SUBSCRIPTIONS, method="POST", count=1)
    await cup.inject("lose_subscriptions")
    await pass_time(freezer, cup, POLL)
    assert await watched(cup) == []

    await pass_time(freezer, cup, RETRIES[0])

    assert await watched(cup) == [["anna", "ben"], ["clara"]]
    assert "refuses the contacts" not in caplog.text


class TestFullSubscription:
    """The one subscription that the server gives is full."""

    @pytest.fixture
    def cup_configuration(self, cup_configuration: Configuration) -> Configuration:
        """Limit the subscriptions."""
        return replace(cup_configuration, subscription_limit=1)

    @pytest.fixture
    def entry_people(self) -> list[dict[str, Any]]:
        """Return as many as have room."""
        return [person("anna"), person("ben")]

    async def test_person_added_is_polled_and_an_issue_tells_of_it(
        self,
        hass: HomeAssistant,
        freezer: FrozenDateTimeFactory,
        loaded: MockConfigEntry,
        cup: Cup,
    ) -> None:
        await settled(cup)
        assert issue_of(hass, loaded, Issue.NO_FREE_SUBSCRIPTION) is None
        polls = cup.asked("GET", f"{CONTACT_POLLS}clara")

        add_person(hass, loaded, "clara")
        await settled(cup)

        assert await watched(cup) == [["anna", "ben"]]
        assert issue_of(hass, loaded, Issue.NO_FREE_SUBSCRIPTION)
        assert cup.asked("GET", f"{CONTACT_POLLS}clara") == polls + 1
        cup.simulator.service.subscriptions._limit = None
        await pass_time(freezer, cup, 900)
        assert await watched(cup) == [["anna", "ben"], ["clara"]]


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
