"""The entities of groups: who counts, what is unknown, and who is told of a change."""

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import Event, EventStateChangedData, HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.entities import async_add_groups
from custom_components.cisco_unified_presence.groups import Group
from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    ConnectFailure,
    ContactPresence,
    Presence,
)
from custom_components.cisco_unified_presence.sensor import GroupAvailableSensor, enumerate_names
from tests.common.automations import show
from tests.common.entry import add_group, group, person
from tests.common.people import people
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import settled

COUNT = "sensor.desk_team_available"
NAMES = "sensor.desk_team_available_people"
ANYONE = "binary_sensor.desk_team_anyone_available"
BUSY = "binary_sensor.desk_team_all_busy"
STATES = (COUNT, NAMES, ANYONE, BUSY)


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    """Anna, who is controlled, and Ben, who is only watched, are the desk team."""
    return [
        person("anna", controlled=True),
        person("ben"),
        person("clara"),
        group("Desk team", {"entity_id": ["sensor.anna_presence", "sensor.ben_presence"]}),
    ]


def states(hass: HomeAssistant) -> tuple[str, ...]:
    return tuple(shown(hass, each) for each in STATES)


@pytest.mark.parametrize(
    ("anna", "ben", "expected"),
    [
        ("AVAILABLE", "AVAILABLE", ("2", "Anna, Ben", "on", "off")),
        ("AVAILABLE", "BUSY", ("1", "Anna", "on", "off")),
        ("BUSY", "DND", ("0", "", "off", "on")),
        ("BUSY", "AWAY", ("0", "", "off", "off")),
        ("UNKNOWN", "AVAILABLE", ("1", "Ben", "on", STATE_UNKNOWN)),
        ("UNKNOWN", "BUSY", ("0", "", "off", STATE_UNKNOWN)),
        ("UNKNOWN", "UNKNOWN", (STATE_UNKNOWN,) * 4),
    ],
)
async def test_group_shows_who_is_available(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    anna: str,
    ben: str,
    expected: tuple[str, ...],
) -> None:
    show(loaded, "anna", Presence(anna))
    show(loaded, "ben", Presence(ben))
    await hass.async_block_till_done()
    assert states(hass) == expected


async def test_group_is_unavailable_without_the_server_and_without_members(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    coordinator = loaded.runtime_data.coordinator
    coordinator.async_set_unreachable(CannotConnect(ConnectFailure.REFUSED))
    assert set(states(hass)) == {STATE_UNAVAILABLE}
    coordinator.async_set_reachable()
    assert STATE_UNAVAILABLE not in states(hass)

    add_group(hass, loaded, "Nobody", {"label_id": ["nobody"]})
    await hass.async_block_till_done()
    assert shown(hass, "sensor.nobody_available") == STATE_UNAVAILABLE


async def test_a_mark_of_the_members_is_stored_in_the_registry(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    registry = er.async_get(hass)

    def stored() -> object:
        entity = registry.async_get(COUNT)
        assert entity
        return entity.options[DOMAIN]

    (group,) = loaded.runtime_data.groups.all.values()
    both = group.mark
    assert stored() == {"members": both}
    anna = next(each for each in loaded.subentries.values() if each.title == "Anna")
    hass.config_entries.async_remove_subentry(loaded, anna.subentry_id)
    await hass.async_block_till_done()
    assert group.mark != both
    assert stored() == {"members": group.mark}


async def test_the_mark_is_there_as_soon_as_the_entity_is(hass: HomeAssistant) -> None:
    """Triggers and conditions may have found out before whom the group means."""
    registered = er.async_get(hass).async_get_or_create("sensor", DOMAIN, "group_team")
    coordinator = PresenceCoordinator("cup", people("anna@x"))
    team = Group("Team", coordinator)
    team.async_set("Team", coordinator.people.values())
    sensor = GroupAvailableSensor("team", team, "device")
    sensor.hass, sensor.entity_id = hass, registered.entity_id
    await sensor.async_added_to_hass()
    known = er.async_get(hass).async_get(registered.entity_id)
    assert known
    assert known.options[DOMAIN] == {"members": team.mark}


async def test_change_on_the_server_reaches_the_group(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    assert states(hass) == ("1", "Anna", "on", "off")
    await cup.choose("ben", "AVAILABLE")
    await settled(cup)
    assert states(hass) == ("2", "Anna, Ben", "on", "off")


async def test_change_of_a_person_outside_writes_no_state_of_the_group(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    reported: list[str] = []

    def note(event: Event[EventStateChangedData]) -> None:
        reported.append(event.data["entity_id"])

    async_track_state_change_event(hass, STATES, note)
    show(loaded, "clara", Presence.DND)
    await hass.async_block_till_done()
    assert reported == []
    show(loaded, "ben", Presence.AVAILABLE)
    await hass.async_block_till_done()
    assert sorted(reported) == [COUNT, NAMES]


# Who is in a group


async def test_group_of_an_area_follows_the_area(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    area = ar.async_get(hass).async_create("Lab")
    add_group(hass, loaded, "Lab team", {"area_id": [area.id]})
    await hass.async_block_till_done()
    assert shown(hass, "sensor.lab_team_available") == STATE_UNAVAILABLE

    entity = er.async_get(hass).async_get("sensor.anna_presence")
    assert entity
    assert entity.device_id
    dr.async_get(hass).async_update_device(entity.device_id, area_id=area.id)
    await hass.async_block_till_done()

    state = hass.states.get("sensor.lab_team_available")
    assert state
    assert (state.state, state.attributes["members"]) == ("1", 1)


async def test_group_takes_words_and_other_groups(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    add_group(hass, loaded, "Everybody", "desk team", "clara@example.com")
    add_group(hass, loaded, "Wider", {"entity_id": "sensor.everybody_available"})
    await hass.async_block_till_done()
    await hass.async_block_till_done()
    for each in ("everybody", "wider"):
        state = hass.states.get(f"sensor.{each}_available")
        assert state
        assert state.attributes["members"] == 3


async def test_groups_that_name_each_other_end(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    add_group(hass, loaded, "One", "two", "anna")
    add_group(hass, loaded, "Two", "one", "ben")
    await hass.async_block_till_done()
    groups = loaded.runtime_data.groups.all.values()
    found = {each.name: [member.user for member in each.members] for each in groups}
    assert found["One"] == found["Two"] == ["anna", "ben"]


async def test_person_and_group_come_and_go(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    anna = next(each for each in loaded.subentries.values() if each.title == "Anna")
    hass.config_entries.async_remove_subentry(loaded, anna.subentry_id)
    await hass.async_block_till_done()
    assert states(hass) == ("0", "", "off", "on")

    team = next(each for each in loaded.subentries.values() if each.title == "Desk team")
    hass.config_entries.async_update_subentry(loaded, team, title="Front desk")
    await hass.async_block_till_done()
    entity = er.async_get(hass).async_get(COUNT)
    assert entity
    device = dr.async_get(hass).async_get(entity.device_id or "")
    assert device
    assert device.name == "Front desk"

    hass.config_entries.async_remove_subentry(loaded, team.subentry_id)
    await hass.async_block_till_done()
    assert hass.states.get(COUNT) is None
    show(loaded, "ben", Presence.AVAILABLE)
    await hass.async_block_till_done()


async def test_a_group_that_was_removed_just_now_gets_no_entities(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    team = next(each for each in loaded.subentries.values() if each.title == "Desk team")
    hass.config_entries.async_remove_subentry(loaded, team.subentry_id)
    assert team.subentry_id in loaded.runtime_data.groups.all
    add = Mock()
    async_add_groups(hass, loaded, add, GroupAvailableSensor)
    await hass.async_block_till_done()
    assert add.mock_calls == []


@pytest.mark.parametrize(("state", "adds"), [("UNLOAD_IN_PROGRESS", 0), ("LOADED", 1)])
async def test_an_entry_that_is_being_unloaded_gets_no_entities_of_groups(
    hass: HomeAssistant, loaded: MockConfigEntry, state: str, adds: int
) -> None:
    add = Mock()
    loaded.mock_state(hass, ConfigEntryState[state])
    async_add_groups(hass, loaded, add, GroupAvailableSensor)
    loaded.mock_state(hass, ConfigEntryState.LOADED)
    assert len(add.mock_calls) == adds


async def test_group_outlives_a_reload(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await settled(cup)
    assert states(hass) == ("1", "Anna", "on", "off")


# Many people


def test_one_change_among_many_people_is_one_call_of_their_groups() -> None:
    contacts = [f"user{number}@example.com" for number in range(5000)]
    coordinator = PresenceCoordinator("cup", people(*contacts))
    members = coordinator.people.values()
    calls: list[str] = []

    def noting(name: str) -> Callable[[], None]:
        return lambda: calls.append(name)

    for name, some in (("all", list(members)), ("ten", list(members)[:10])):
        made = Group(name, coordinator)
        made.async_set(name, some)
        made.async_subscribe(noting(name))

    coordinator.async_merge_fetch([ContactPresence(contacts[5], Presence.AVAILABLE)])
    assert calls == ["all", "ten"]
    coordinator.async_merge_fetch([ContactPresence(contacts[4999], Presence.AVAILABLE)])
    assert calls == ["all", "ten", "all"]


@pytest.mark.parametrize(
    ("names", "line"),
    [
        ([], ""),
        (["Anna", "Ben"], "Anna, Ben"),
        (["x" * 300], "x" * 254 + "…"),
        (["x" * 247, "Ben"], "x" * 247 + ", Ben"),
        (["x" * 248, "Ben"], "x" * 248 + ", …"),
        (["x" * 250, "Ben"], "x" * 250 + ", …"),
    ],
)
def test_names_fit_into_a_state(names: list[str], line: str) -> None:
    assert enumerate_names(names) == line
    assert len(enumerate_names(names)) <= 255


def test_many_names_fit_into_a_state() -> None:
    line = enumerate_names(f"Person {number}" for number in range(5000))
    assert len(line) <= 255
    assert line.endswith(", …")
