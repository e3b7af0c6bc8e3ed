"""Labels of groups: made, put on devices, and taken away again."""

from collections.abc import Callable

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import label_registry as lr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.people import person_device_identifier
from custom_components.cisco_unified_presence.roster import labels
from custom_components.cisco_unified_presence.roster.labels import GroupLabels
from custom_components.cisco_unified_presence.roster.record import LabelRecord
from tests.common.pauses import note_pauses


class Labelled:
    """Devices of people, and their labels by name."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.entry = MockConfigEntry(domain=DOMAIN)
        self.entry.add_to_hass(hass)
        self.record = LabelRecord()
        self.labels = GroupLabels(hass, self.entry, self.record)
        self.registry = lr.async_get(hass)
        self.devices = dr.async_get(hass)

    def add(self, key: str) -> dr.DeviceEntry:
        return self.devices.async_get_or_create(
            config_entry_id=self.entry.entry_id,
            identifiers={person_device_identifier(self.entry.entry_id, key)},
        )

    def of(self, key: str) -> set[str]:
        return self.add(key).labels

    async def apply(self, *, is_complete: bool = True, **groups: str) -> None:
        named = {key: tuple(names.split()) for key, names in groups.items()}
        await self.labels.async_apply(named, is_complete=is_complete)

    @property
    def existing(self) -> set[str]:
        return {label.label_id for label in self.registry.async_list_labels()}


@pytest.fixture
def labelled(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Labelled:
    monkeypatch.setattr(labels, "_DEVICES_PER_BATCH", 1)
    labelled = Labelled(hass)
    for key in ("anna", "ben"):
        labelled.add(key)
    return labelled


async def test_groups_become_labels(labelled: Labelled) -> None:
    await labelled.apply(anna="Sales Team", ben="Sales", clara="Sales")
    assert labelled.of("anna") == {"sales", "team"}
    assert labelled.of("ben") == {"sales"}
    assert labelled.record == LabelRecord(
        of_group={"Sales": "sales", "Team": "team"},
        created={"sales", "team"},
        assigned={"anna": frozenset({"sales", "team"}), "ben": frozenset({"sales"})},
    )


async def test_labels_of_groups_that_are_gone_are_deleted(labelled: Labelled) -> None:
    await labelled.apply(anna="Sales Team", ben="Team")
    await labelled.apply(anna="Sales")
    assert labelled.existing == {"sales"}
    assert labelled.of("ben") == set()
    assert labelled.record == LabelRecord(
        of_group={"Sales": "sales"}, created={"sales"}, assigned={"anna": frozenset({"sales"})}
    )


async def test_an_incomplete_list_takes_no_label_away_from_others(labelled: Labelled) -> None:
    await labelled.apply(anna="Sales", ben="Team")
    await labelled.apply(is_complete=False, anna="Team")
    assert labelled.of("anna") == labelled.of("ben") == {"team"}
    assert labelled.existing == {"sales", "team"}


def label_area(hass: HomeAssistant, _entry_id: str) -> None:
    areas = ar.async_get(hass)
    areas.async_update(areas.async_create("Desk").id, labels={"sales"})


def label_device(hass: HomeAssistant, entry_id: str) -> None:
    devices = dr.async_get(hass)
    identifiers = {("printers", "1")}
    device = devices.async_get_or_create(config_entry_id=entry_id, identifiers=identifiers)
    devices.async_update_device(device.id, labels={"sales"})


def label_entity(hass: HomeAssistant, _entry_id: str) -> None:
    entities = er.async_get(hass)
    lamp = entities.async_get_or_create("light", "demo", "lamp")
    entities.async_update_entity(lamp.entity_id, labels={"sales"})


@pytest.mark.parametrize("label", [label_area, label_device, label_entity])
async def test_a_label_that_something_else_has_stays(
    hass: HomeAssistant, labelled: Labelled, label: Callable[[HomeAssistant, str], None]
) -> None:
    await labelled.apply(anna="Sales Team")
    label(hass, labelled.entry.entry_id)
    await labelled.apply()
    assert labelled.existing == {"sales"}
    assert labelled.record == LabelRecord(created={"sales"})


async def test_a_label_that_was_there_before_is_not_deleted(labelled: Labelled) -> None:
    labelled.registry.async_create("Sales")
    await labelled.apply(anna="Sales")
    assert labelled.of("anna") == {"sales"}
    await labelled.apply()
    assert labelled.existing == {"sales"}


async def test_a_label_that_the_user_deletes_is_not_made_again(labelled: Labelled) -> None:
    await labelled.apply(anna="Sales")
    labelled.registry.async_delete("sales")
    await labelled.apply(anna="Sales")
    assert labelled.existing == set()
    await labelled.apply()
    assert labelled.record == LabelRecord()


async def test_what_was_put_there_is_taken_away_before_a_person_goes(labelled: Labelled) -> None:
    labelled.registry.async_create("Mine")
    labelled.devices.async_update_device(labelled.add("anna").id, labels={"mine"})
    await labelled.apply(anna="Sales")
    labelled.labels.async_take_away("anna")
    assert labelled.of("anna") == {"mine"}
    assert labelled.record.assigned == {}


async def test_others_have_their_turn_in_between(
    labelled: Labelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses = note_pauses(monkeypatch)
    await labelled.apply(anna="Sales", ben="Sales")
    assert pauses == [0, 0]


async def test_who_has_no_device_is_labelled_when_it_is_there(labelled: Labelled) -> None:
    labelled.record.assigned["clara"] = frozenset({"sales"})
    await labelled.apply(clara="Sales")
    assert labelled.record.assigned == {}
    labelled.add("clara")
    await labelled.apply(clara="Sales")
    assert labelled.of("clara") == {"sales"}
