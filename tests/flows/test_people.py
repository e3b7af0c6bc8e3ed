"""Adding people, one or many, and changing one."""

from typing import Any
from unittest.mock import AsyncMock, Mock

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.faults import Fault, FaultKind
from custom_components.cisco_unified_presence.const import DOMAIN, SUBENTRY_PERSON
from tests.common.flows import Walk
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import settled


@pytest.fixture
def newcomers(cup: Cup) -> None:
    """Add people to the server who are not among the entry's."""
    for user in ("dora", "emil", "finn"):
        cup.simulator.service.people.add(user, user.title(), None)


def people_in(entry: MockConfigEntry) -> dict[str, tuple[str, str, bool]]:
    return {
        each.data["user"]: (each.title, each.data["contact"], each.data["controlled"])
        for each in entry.get_subentries_of_type(SUBENTRY_PERSON)
    }


def subentry_of(entry: MockConfigEntry, user: str) -> str:
    people = entry.get_subentries_of_type(SUBENTRY_PERSON)
    return next(str(each.subentry_id) for each in people if each.data["user"] == user)


async def subscribed(cup: Cup) -> set[str]:
    [subscription] = (await cup.state())["subscriptions"]
    return set(subscription["contacts"])


@pytest.mark.usefixtures("newcomers")
async def test_one_person(hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry) -> None:
    walk = await Walk.people(hass, loaded.entry_id)
    assert "anna@example.com" in walk.sentence
    await walk.fill_in("user", people="dora", controlled=True)
    assert walk.result["title"] == "Dora"
    assert walk.message == "Added Dora."
    assert people_in(loaded)["dora"] == ("Dora", "dora@example.com", True)
    await hass.async_block_till_done()
    await settled(cup)
    assert shown(hass, "sensor.dora_presence") == "offline"
    assert "dora@example.com" in await subscribed(cup)


@pytest.mark.usefixtures("newcomers")
@pytest.mark.parametrize("entry_people", [[]])
@pytest.mark.parametrize(
    ("entry_options", "people", "description"),
    [
        ({}, "dora", "added_first_person"),
        ({}, "dora\nemil", "added_first_people"),
        ({"board": False}, "dora", "added_person"),
        ({"board": False}, "dora\nemil", "added_people"),
    ],
)
async def test_the_first_people_lead_to_the_board(
    hass: HomeAssistant, loaded: MockConfigEntry, people: str, description: str
) -> None:
    walk = await Walk.people(hass, loaded.entry_id)
    await walk.fill_in("user", people=people, controlled=False)
    assert walk.result["description"] == description
    assert "Dora" in walk.message
    await hass.async_block_till_done()
    # Those who follow are not the first.
    walk = await Walk.people(hass, loaded.entry_id)
    await walk.fill_in("user", people="finn", controlled=False)
    assert walk.result["description"] == "added_person"
    await hass.async_block_till_done()


async def test_several_lines_can_be_written(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    walk = await Walk.people(hass, loaded.entry_id)
    schema = walk.result["data_schema"]
    assert schema is not None
    assert schema.schema["people"].config["multiline"]


@pytest.mark.usefixtures("newcomers")
async def test_many_people_with_names_and_without_those_who_are_there(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    running = loaded.runtime_data
    walk = await Walk.people(hass, loaded.entry_id)
    lines = "dora, Dora Example\n\nANNA, Another Name\nemil@example.com\ndora\nfinn,Finn"
    await walk.fill_in("user", people=lines, controlled=False)
    assert walk.created["user"] == "finn"
    assert walk.message == "Added 3 people: Dora Example, Emil, Finn."
    people = people_in(loaded)
    assert list(people) == ["anna", "ben", "clara", "dora", "emil", "finn"]
    assert people["anna"] == ("Anna", "anna@example.com", True)
    assert people["dora"] == ("Dora Example", "dora@example.com", False)
    assert people["emil"] == ("Emil", "emil@example.com", False)
    assert people["finn"] == ("Finn", "finn@example.com", False)
    await hass.async_block_till_done()
    await settled(cup)
    assert loaded.runtime_data is running
    assert await subscribed(cup) == {contact for _, contact, _ in people.values()}
    assert shown(hass, "sensor.dora_example_presence") == "offline"


@pytest.mark.parametrize(
    ("people", "error", "words"),
    [
        ("anna\nBEN@example.com", "already_added", "already"),
        (" \n\n", "nobody", "at least one"),
        ("dora\ndora at home\nemil", "bad_person", "dora at home"),
        ("dora\x07", "bad_person", "dora"),
    ],
)
@pytest.mark.usefixtures("newcomers")
async def test_what_cannot_be_added_is_told_and_can_be_corrected(
    hass: HomeAssistant, loaded: MockConfigEntry, people: str, error: str, words: str
) -> None:
    before = people_in(loaded)
    walk = await Walk.people(hass, loaded.entry_id)
    await walk.fill_in("user", people=people, controlled=True)
    assert (walk.step, walk.error) == ("user", error)
    assert words in walk.sentence
    assert walk.suggested == {"people": people, "controlled": True}
    assert people_in(loaded) == before
    await walk.fill_in("user", people="dora", controlled=True)
    assert walk.created["user"] == "dora"


@pytest.mark.usefixtures("newcomers")
async def test_people_unknown_to_the_server_can_be_corrected(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    before = people_in(loaded)
    walk = await Walk.people(hass, loaded.entry_id)
    lines = "zoe\ndroa, Dora\nemil"
    await walk.fill_in("user", people=lines, controlled=True)
    assert walk.step == "unknown"
    assert "zoe@example.com, droa@example.com." in walk.sentence
    assert people_in(loaded) == before
    await walk.choose("unknown", "user")
    assert walk.suggested == {"people": lines, "controlled": True}
    await walk.fill_in("user", people="dora, Dora\nemil", controlled=True)
    assert list(people_in(loaded)) == [*before, "dora", "emil"]


async def test_people_unknown_to_the_server_can_be_added_all_the_same(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    walk = await Walk.people(hass, loaded.entry_id)
    await walk.fill_in("user", people="zoe\nyann", controlled=False)
    await walk.choose("unknown", "add")
    assert walk.created["user"] == "yann"
    await hass.async_block_till_done()
    await settled(cup)
    assert shown(hass, "sensor.zoe_presence") == "unknown"
    assert "zoe@example.com" in await subscribed(cup)


async def test_people_who_were_added_meanwhile_are_left_out(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    first = await Walk.people(hass, loaded.entry_id)
    await first.fill_in("user", people="zoe\nyann", controlled=False)
    second = await Walk.people(hass, loaded.entry_id)
    await second.fill_in("user", people="zoe", controlled=True)
    third = await Walk.people(hass, loaded.entry_id)
    await third.fill_in("user", people="zoe", controlled=False)
    await second.choose("unknown", "add")
    await first.choose("unknown", "add")
    assert people_in(loaded)["zoe"] == ("zoe", "zoe@example.com", True)
    assert people_in(loaded)["yann"] == ("yann", "yann@example.com", False)
    await third.choose("unknown", "add")
    assert third.aborted == "already_configured"


async def test_a_contact_that_the_server_refuses_cannot_be_added(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    walk = await Walk.people(hass, loaded.entry_id)
    cup.simulator.faults.add(Fault(FaultKind.ERROR, code=148, method="GET"))
    await walk.fill_in("user", people="zoe", controlled=False)
    assert walk.error == "bad_contact"
    assert "zoe@example.com" in walk.sentence
    cup.simulator.faults.clear()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(FaultKind.TRUNCATE, length=10), "cannot_connect_dropped"),
        (Fault(FaultKind.ERROR, code=203), "server_refused"),
    ],
)
async def test_a_server_that_fails_is_told_and_can_be_asked_again(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, fault: Fault, error: str
) -> None:
    walk = await Walk.people(hass, loaded.entry_id)
    cup.simulator.faults.add(fault)
    await walk.fill_in("user", people="watcher", controlled=False)
    assert (walk.step, walk.error) == ("user", error)
    cup.simulator.faults.clear()
    await walk.fill_in("user", people="watcher", controlled=False)
    assert walk.created["user"] == "watcher"


async def test_a_server_that_is_down_is_told(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    walk = await Walk.people(hass, loaded.entry_id)
    await cup.inject("refuse_connections")
    await walk.fill_in("user", people="watcher", controlled=False)
    assert walk.error in {"cannot_connect_refused", "cannot_connect_dropped"}
    await cup.heal()
    await walk.fill_in("user", people="watcher", controlled=False)
    assert walk.created["user"] == "watcher"


async def test_nobody_can_be_added_while_the_server_is_not_connected(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    walk = await Walk.people(hass, entry.entry_id)
    assert walk.aborted == "not_loaded"


async def test_a_form_left_open_while_the_server_goes_says_so(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    walk = await Walk.people(hass, loaded.entry_id)
    await hass.config_entries.async_unload(loaded.entry_id)
    await walk.fill_in("user", people="watcher", controlled=False)
    assert walk.aborted == "not_loaded"


async def change(hass: HomeAssistant, entry: MockConfigEntry, user: str) -> Walk:
    subentry = subentry_of(entry, user)
    return Walk.person(hass, await entry.start_subentry_reconfigure_flow(hass, subentry))


def device_of(hass: HomeAssistant, entry: MockConfigEntry, user: str) -> dr.DeviceEntry:
    identifier = (DOMAIN, f"{entry.entry_id}_{user}@example.com")
    device = dr.async_get(hass).async_get_device_by_identifier(identifier, entry.entry_id)
    assert device is not None
    return device


async def test_a_person_is_renamed_without_a_reload(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    running = loaded.runtime_data
    walk = await change(hass, loaded, "ben")
    assert walk.sentence == "ben@example.com"
    assert (walk.suggested["name"], walk.suggested["controlled"]) == ("Ben", False)
    await walk.fill_in("reconfigure", name=" Benjamin ", controlled=False)
    assert walk.aborted == "reconfigure_successful"
    await hass.async_block_till_done()
    assert people_in(loaded)["ben"] == ("Benjamin", "ben@example.com", False)
    assert device_of(hass, loaded, "ben").name == "Benjamin"
    assert loaded.runtime_data is running
    assert shown(hass, "sensor.ben_presence") == "busy"


async def test_a_name_that_is_blank_stays(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    walk = await change(hass, loaded, "ben")
    await walk.fill_in("reconfigure", name="  ", controlled=False)
    assert people_in(loaded)["ben"][0] == "Ben"


async def test_an_emptied_name_becomes_that_of_the_server(
    hass: HomeAssistant, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = AsyncMock(return_value={"ben@example.com": "Ben Ito"})
    monkeypatch.setattr(type(loaded.runtime_data.roster.names), "async_ask", ask)
    walk = await change(hass, loaded, "ben")
    await walk.fill_in("reconfigure", controlled=False)
    ask.assert_awaited_once_with(["ben@example.com"])
    ben = loaded.subentries[subentry_of(loaded, "ben")]
    assert (ben.title, ben.data["told_name"]) == ("Ben Ito", "Ben Ito")
    walk = await change(hass, loaded, "ben")
    await walk.fill_in("reconfigure", name="Ben Ito", controlled=False)
    assert loaded.subentries[ben.subentry_id].data["told_name"] == "Ben Ito"
    walk = await change(hass, loaded, "ben")
    await walk.fill_in("reconfigure", name="Benjamin", controlled=False)
    assert "told_name" not in loaded.subentries[ben.subentry_id].data
    # The server is not asked while it is not connected.
    await hass.config_entries.async_unload(loaded.entry_id)
    walk = await change(hass, loaded, "ben")
    await walk.fill_in("reconfigure", controlled=False)
    assert loaded.subentries[ben.subentry_id].title == "Benjamin"
    ask.assert_awaited_once()


@pytest.mark.usefixtures("newcomers")
async def test_names_are_asked_for_of_those_who_were_given_none(
    hass: HomeAssistant, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = AsyncMock(return_value={"emil@example.com": "Emil Ito"})
    monkeypatch.setattr(type(loaded.runtime_data.roster.names), "async_ask", ask)
    walk = await Walk.people(hass, loaded.entry_id)
    await walk.fill_in("user", people="dora, Dora D\nemil", controlled=False)
    ask.assert_awaited_once_with(["emil@example.com"])
    assert walk.message == "Added 2 people: Dora D, Emil Ito."
    await hass.async_block_till_done()
    assert [people_in(loaded)[each][0] for each in ("dora", "emil")] == ["Dora D", "Emil Ito"]


async def test_a_person_is_renamed_while_the_server_is_not_connected(
    hass: HomeAssistant, entry: MockConfigEntry, web_server: str
) -> None:
    walk = await change(hass, entry, "ben")
    await walk.fill_in("reconfigure", name="Benjamin", controlled=False)
    assert walk.aborted == "reconfigure_successful"
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert device_of(hass, entry, "ben").name == "Benjamin"


async def set_presence(hass: HomeAssistant, user: str) -> None:
    target: dict[str, Any] = {"entity_id": f"sensor.{user}_presence", "presence": "vacation"}
    await hass.services.async_call(DOMAIN, "set_presence", target, blocking=True)


async def test_control_is_switched_on_and_off(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    walk = await change(hass, loaded, "ben")
    await walk.fill_in("reconfigure", name="Ben", controlled=True)
    await hass.async_block_till_done()
    await set_presence(hass, "ben")
    assert await cup.presence_of("ben") == "VACATION"

    walk = await change(hass, loaded, "ben")
    await walk.fill_in("reconfigure", name="Ben", controlled=False)
    await hass.async_block_till_done()
    await settled(cup)
    assert await cup.presence_of("ben") == "BUSY"
    assert "ben" not in [each["user"] for each in (await cup.state())["sessions"]]


async def test_what_belongs_to_a_person_is_linked_and_unlinked(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    links = {"link_calendar": "calendar.ben", "link_desk": "binary_sensor.desk"}
    walk = await change(hass, loaded, "ben")
    await walk.fill_in("reconfigure", name="Ben", controlled=True, **links)
    await hass.async_block_till_done()
    ben = loaded.runtime_data.coordinator.people["ben@example.com"]
    assert ben.links == {"calendar": "calendar.ben", "desk": "binary_sensor.desk"}

    walk = await change(hass, loaded, "ben")
    assert links.items() <= walk.suggested.items()
    await walk.fill_in("reconfigure", name="Ben", controlled=True)
    await hass.async_block_till_done()
    assert loaded.runtime_data.coordinator.people["ben@example.com"].links == {}


async def test_two_hundred_people_at_once(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    users = [f"user{number}" for number in range(200)]
    for user in users:
        cup.simulator.service.people.add(user, user, None)
    listener = Mock()
    loaded.runtime_data.coordinator.async_subscribe_people(listener)
    before = cup.asked("POST", "/subscriptions") + cup.asked("PUT", "/subscriptions")
    walk = await Walk.people(hass, loaded.entry_id)
    await walk.fill_in("user", people="\n".join(users), controlled=False)
    await hass.async_block_till_done()
    await settled(cup)
    assert len(await subscribed(cup)) == 203
    after = cup.asked("POST", "/subscriptions") + cup.asked("PUT", "/subscriptions")
    assert after - before <= 2
    assert listener.call_count <= 2


async def test_an_entry_that_is_unloaded_right_after_a_change_takes_it_up_later(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    subentry = loaded.subentries[subentry_of(loaded, "ben")]
    hass.config_entries.async_update_subentry(loaded, subentry, title="Benjamin")
    await hass.config_entries.async_unload(loaded.entry_id)
    assert device_of(hass, loaded, "ben").name == "Ben"
    await hass.config_entries.async_setup(loaded.entry_id)
    assert device_of(hass, loaded, "ben").name == "Benjamin"
