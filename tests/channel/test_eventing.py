"""The live channel: from a change to a state, and changes of people."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.people import Person
from tests.common.entry import add_person
from tests.common.live_channel import (
    ANNA,
    BEN,
    CHANNEL,
    CONTACT_POLLS,
    FETCHES,
    POLL,
    SELF_TEST,
    SUBSCRIPTIONS,
    call_back,
    subscription_id,
)
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, settled, until

# From a change to a state


async def test_change_arrives_by_one_notification_and_one_fetch(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    before = cup.asked()

    await cup.choose("anna", "DND")
    await until(lambda: shown(hass, ANNA) == "do_not_disturb")
    await settled(cup)

    assert cup.asked() == before + 1
    assert cup.asked("GET", CONTACT_POLLS) == 0


class CountedPeople(dict[str, Person]):
    """Counts how often all people are iterated over; there may be thousands."""

    iterations = 0

    @override
    def __iter__(self) -> Iterator[str]:
        self.iterations += 1
        return super().__iter__()

    @override
    def values(self) -> Any:
        self.iterations += 1
        return super().values()

    @override
    def items(self) -> Any:
        self.iterations += 1
        return super().items()


async def test_change_of_one_person_does_not_take_all_people(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, monkeypatch: pytest.MonkeyPatch
) -> None:
    await settled(cup)
    coordinator = loaded.runtime_data.coordinator
    people = CountedPeople(coordinator.people)
    monkeypatch.setattr(coordinator, "people", people)

    await cup.choose("anna", "DND")
    await until(lambda: shown(hass, ANNA) == "do_not_disturb")
    await settled(cup)

    assert people.iterations == 0


async def test_notification_is_noted(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    coordinator = loaded.runtime_data.coordinator
    await settled(cup)
    first = coordinator.last_notification
    assert first is not None

    await pass_time(freezer, cup, 5)
    await cup.choose("anna", "DND")
    await settled(cup)

    assert coordinator.last_notification - first >= timedelta(seconds=5)


async def test_notification_during_a_fetch_makes_it_run_once_more(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    web_server: str,
) -> None:
    await settled(cup)
    await cup.inject("delay", delay=1, path=FETCHES, count=1)
    before = cup.asked("GET", FETCHES)
    await cup.choose("anna", "DND")
    await until(lambda: cup.asked("GET", FETCHES) == before + 1)

    for _ in range(5):
        await call_back(web_server, subscription_id(cup))
    await settled(cup)
    assert cup.asked("GET", FETCHES) == before + 1

    await pass_time(freezer, cup, 1)
    assert cup.asked("GET", FETCHES) == before + 2
    assert shown(hass, ANNA) == "do_not_disturb"


async def test_foreign_notification_costs_nothing(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    web_server: str,
) -> None:
    await settled(cup)
    before = cup.asked()
    heard = loaded.runtime_data.coordinator.last_notification
    freezer.tick(1)

    await call_back(web_server, subscription_id(cup) + 1)
    await settled(cup)

    assert cup.asked() == before
    assert loaded.runtime_data.coordinator.last_notification == heard


async def test_flood_of_notifications_costs_few_fetches(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    before = cup.asked("GET", FETCHES)

    for second in range(5):
        for _ in range(20):
            for _ in range(100):
                loaded.runtime_data.eventing.async_handle_notification(subscription_id(cup))
            await settled(cup)
        assert cup.asked("GET", FETCHES) <= before + 3 + second
        await pass_time(freezer, cup, 1)

    # News passes the flood, within its second.
    await cup.choose("anna", "DND")
    await settled(cup)
    await pass_time(freezer, cup, 1)
    assert shown(hass, ANNA) == "do_not_disturb"
    # A fetch with news ends the pause, so that the next one does not wait.
    await cup.choose("anna", "AWAY")
    await until(lambda: shown(hass, ANNA) == "away")


async def test_news_in_a_flood_that_a_poll_fetches_first_starts_no_self_test(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await pass_time(freezer, cup, POLL - 0.5)
    for _ in range(6):
        loaded.runtime_data.eventing.async_handle_notification(subscription_id(cup))
        await settled(cup)
    # The pause is on, and the poll comes first.
    await pass_time(freezer, cup, 0.5)
    await cup.choose("anna", "DND")
    await settled(cup)
    await pass_time(freezer, cup, 0.5)
    assert shown(hass, ANNA) == "do_not_disturb"

    await pass_time(freezer, cup, SELF_TEST)

    assert shown(hass, CHANNEL) == "eventing"


# Changes of people


async def test_person_added_while_running_is_watched(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    cup.simulator.service.people.add("dora", "Dora")
    await cup.choose("dora", "AWAY")
    made = cup.asked("POST", SUBSCRIPTIONS)
    add_person(hass, loaded, "dora")
    await until(lambda: hass.states.get("sensor.dora_presence") is not None)
    await until(lambda: shown(hass, "sensor.dora_presence") == "away")

    await settled(cup)
    (subscription,) = (await cup.state())["subscriptions"]
    assert "dora@example.com" in subscription["contacts"]
    assert cup.asked("POST", SUBSCRIPTIONS) == made
    await pass_time(freezer, cup, SELF_TEST)
    assert shown(hass, CHANNEL) == "eventing"
    await cup.choose("dora", "DND")
    await until(lambda: shown(hass, "sensor.dora_presence") == "do_not_disturb")


async def test_subscription_that_cannot_be_changed_is_made_anew(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    made = cup.asked("POST", SUBSCRIPTIONS)
    await cup.inject("error", code=145, path=SUBSCRIPTIONS, method="PUT")
    add_person(hass, loaded, "dora")
    await settled(cup)
    assert cup.asked("POST", SUBSCRIPTIONS) == made + 1
    (subscription,) = (await cup.state())["subscriptions"]
    assert "dora@example.com" in subscription["contacts"]
    assert shown(hass, CHANNEL) == "eventing"


async def test_person_removed_while_running_is_watched_no_longer(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    ben = next(each for each in loaded.subentries.values() if each.title == "Ben")
    hass.config_entries.async_remove_subentry(loaded, ben.subentry_id)
    await settled(cup)

    assert hass.states.get(BEN) is None
    assert er.async_get(hass).async_get(BEN) is None
    (subscription,) = (await cup.state())["subscriptions"]
    assert subscription["contacts"] == ["anna@example.com", "clara@example.com"]
    assert loaded.runtime_data.coordinator.presence_of("ben@example.com") is None


async def test_foreign_notifications_do_not_hide_the_servers_own(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    for number in range(100):
        loaded.runtime_data.eventing.async_handle_notification(1000 + number)
    ben = next(each for each in loaded.subentries.values() if each.title == "Ben")
    hass.config_entries.async_remove_subentry(loaded, ben.subentry_id)
    await settled(cup)

    await pass_time(freezer, cup, SELF_TEST)

    assert shown(hass, CHANNEL) == "eventing"


async def test_renaming_a_person_does_not_disturb_the_channel(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    before = cup.asked()
    ben = next(each for each in loaded.subentries.values() if each.title == "Ben")
    hass.config_entries.async_update_subentry(loaded, ben, title="Benjamin")
    await settled(cup)

    assert cup.asked() == before


async def test_without_people_the_watcher_subscribes_to_itself(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    for subentry_id in list(loaded.subentries):
        hass.config_entries.async_remove_subentry(loaded, subentry_id)
        await settled(cup)

    (subscription,) = (await cup.state())["subscriptions"]
    assert subscription["contacts"] == ["watcher@example.com"]
    await pass_time(freezer, cup, SELF_TEST)
    assert shown(hass, CHANNEL) == "eventing"
