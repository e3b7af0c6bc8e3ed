"""Groups: who is in them, how many show which presence, and whom changes are told."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.groups import Group, Groups
from custom_components.cisco_unified_presence.people import Person
from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    ConnectFailure,
    ContactPresence,
    Presence,
)

from .common.entry import group, person
from .common.people import people

ANNA, BEN, CLARA = "anna@x", "ben@x", "clara@x"
BUSY, AWAY, UNKNOWN = Presence.BUSY, Presence.AWAY, Presence.UNKNOWN
DOWN = CannotConnect(ConnectFailure.REFUSED)


class Counted:
    """A group of Anna and Ben, and how often it has told of changes."""

    def __init__(self) -> None:
        self.coordinator = PresenceCoordinator("cup", people(ANNA, BEN, CLARA))
        self.group = Group("Team", self.coordinator)
        self.told = 0
        self.group.async_subscribe(self._note)
        self.set(BEN, ANNA)

    def _note(self) -> None:
        self.told += 1

    def set(self, *keys: str, name: str = "Team") -> None:
        self.group.async_set(name, [self.coordinator.people[key] for key in keys])

    def show(self, key: str, presence: Presence) -> int:
        """Return how often a change was told."""
        before = self.told
        self.coordinator.async_merge_fetch([ContactPresence(key, presence)])
        return self.told - before


@pytest.fixture
def counted() -> Counted:
    return Counted()


def test_members_are_counted_by_presence(counted: Counted) -> None:
    found = counted.group
    assert [each.key for each in found.members] == [ANNA, BEN]
    assert (found.count(BUSY), found.count(UNKNOWN)) == (0, 2)
    assert (found.anyone_known, found.all_known, found.available) == (False, False, True)
    assert counted.show(ANNA, BUSY) == 1
    assert (found.anyone_known, found.all_known) == (True, False)
    assert counted.show(BEN, AWAY) == 1
    assert (found.anyone_known, found.all_known) == (True, True)
    assert (found.count(BUSY), found.count(AWAY), found.count(BUSY, AWAY)) == (1, 1, 2)
    assert [each.key for each in found.who_is(BUSY)] == [ANNA]
    assert counted.show(ANNA, AWAY) == 1
    assert (found.count(BUSY), found.count(AWAY)) == (0, 2)
    assert counted.show(CLARA, BUSY) == 0
    # Another document with the same word is no change of the group.
    assert counted.show(ANNA, AWAY) == 0


def test_a_server_that_is_away_is_told(counted: Counted) -> None:
    before = counted.told
    counted.coordinator.async_set_unreachable(DOWN)
    assert counted.told == before + 1
    assert not counted.group.available
    counted.coordinator.async_set_reachable()
    assert counted.told == before + 2
    assert counted.group.available


def test_others_become_members(counted: Counted) -> None:
    counted.show(ANNA, BUSY)
    counted.show(CLARA, BUSY)
    before, mark = counted.told, counted.group.mark
    counted.set(ANNA, BEN)
    assert counted.told == before
    counted.set(CLARA)
    assert counted.told == before + 1
    assert [each.key for each in counted.group.who_is(BUSY)] == [CLARA]
    assert counted.group.count(BUSY) == 1
    assert counted.group.mark != mark
    assert len(mark) == 16
    assert counted.show(ANNA, AWAY) == 0
    assert counted.show(CLARA, AWAY) == 1
    counted.set(BEN, ANNA)
    assert counted.group.mark == mark
    before = counted.told
    counted.set(BEN, ANNA, name="Staff")
    assert (counted.group.name, counted.told) == ("Staff", before + 1)
    # The server is listened to once.
    counted.coordinator.async_set_unreachable(DOWN)
    assert counted.told == before + 2


def test_a_group_of_nobody(counted: Counted) -> None:
    counted.set()
    found = counted.group
    assert (found.available, found.anyone_known, found.all_known) == (False, False, False)
    assert found.count(*Presence) == 0


def test_members_are_in_the_order_of_their_names(counted: Counted) -> None:
    known = counted.coordinator.people
    renamed = [
        replace(known[ANNA], name="zoe"),
        replace(known[BEN], name="Ben"),
        replace(known[CLARA], name="ben"),
    ]
    counted.group.async_set("Team", renamed)
    assert [each.key for each in counted.group.members] == [BEN, CLARA, ANNA]


def test_a_group_that_is_stopped_tells_nothing(counted: Counted) -> None:
    counted.group.async_stop()
    assert counted.show(ANNA, BUSY) == 0


def test_the_groups_of_an_entry(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(
        domain=DOMAIN,
        subentries_data=[person("anna"), group("Sales", "anna"), group("Support", "ben")],
    )
    entry.add_to_hass(hass)
    _, sales, support = entry.subentries.values()
    coordinator = PresenceCoordinator("cup", people(ANNA, BEN))
    resolved: list[list[str]] = []

    def resolve(
        among: Mapping[str, Person], groups: Iterable[ConfigSubentry]
    ) -> Mapping[str, Iterable[str]]:
        assert among is coordinator.people
        found = {each.subentry_id: [*each.data["people"]] for each in groups}
        resolved.append(list(found))
        return {key: [f"{user}@x" for user in (*users, "gone")] for key, users in found.items()}

    groups, told = Groups(entry, coordinator, resolve), [0]

    def note() -> None:
        told[0] += 1

    groups.async_subscribe(note)
    groups.async_update()
    assert resolved == [[sales.subentry_id, support.subentry_id]]
    assert told == [1]
    assert {each.name: [one.key for one in each.members] for each in groups.all.values()} == {
        "Sales": [ANNA],
        "Support": [BEN],
    }
    first = groups.get(sales.subentry_id)
    assert first is not None
    hass.config_entries.async_update_subentry(entry, sales, title="Sellers")
    groups.async_update()
    assert groups.get(sales.subentry_id) is first
    assert first.name == "Sellers"
    hass.config_entries.async_remove_subentry(entry, sales.subentry_id)
    groups.async_update()
    assert groups.get(sales.subentry_id) is None
    assert told == [3]
    hass.config_entries.async_remove_subentry(entry, support.subentry_id)
    groups.async_update()
    assert groups.all == {}
    # Without groups nothing is to be resolved.
    assert len(resolved) == 3


def test_groups_that_are_stopped_tell_nothing(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(domain=DOMAIN, subentries_data=[group("Sales", "anna")])
    coordinator = PresenceCoordinator("cup", people(ANNA))
    groups = Groups(
        entry, coordinator, lambda _people, found: {each.subentry_id: [ANNA] for each in found}
    )
    groups.async_update()
    (sales,) = groups.all.values()
    told: list[bool] = []
    sales.async_subscribe(lambda: told.append(True))
    groups.async_stop()
    coordinator.async_merge_fetch([ContactPresence(ANNA, BUSY)])
    assert told == []
