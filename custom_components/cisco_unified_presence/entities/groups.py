"""The base class of groups' entities, and what adds them as groups are added."""

from collections.abc import Callable
from typing import override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..const import DOMAIN, SUBENTRY_GROUP
from ..groups import Group
from ..runtime import CupConfigEntry
from .base import async_rename_device, async_server_device_id


class GroupEntity(Entity):
    """An entity of a group, updated only when the group or a member of it changes."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, subentry_id: str, group: Group, server_device_id: str, key: str) -> None:
        """Describe the entity; the key is its translation key and part of its unique id."""
        self._group = group
        self._attr_translation_key = key
        self._attr_unique_id = f"{_unique_id(subentry_id)}_{key}"
        self._attr_device_info = DeviceInfo(
            identifiers={_identifier(subentry_id)},
            entry_type=DeviceEntryType.SERVICE,
            model="Group",
            name=group.name,
            via_device_id=server_device_id,
        )

    @property
    @override
    def available(self) -> bool:
        return self._group.available

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(self._group.async_subscribe(self.async_write_ha_state))


type EntityOf = Callable[[str, Group, str], GroupEntity]


@callback
def async_add_groups(
    hass: HomeAssistant,
    entry: CupConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    *kinds: EntityOf,
) -> None:
    """Add entities of these kinds for each group of the entry, now and whenever one is added."""
    runtime = entry.runtime_data
    groups = runtime.groups
    server_device_id = async_server_device_id(hass, entry)
    shown: set[str] = set()

    @callback
    def add() -> None:
        nonlocal shown
        if not runtime.is_in_use:
            return
        known, shown = shown, {each for each in groups.all if each in entry.subentries}
        for subentry_id in shown - known:
            group = groups.all[subentry_id]
            async_add_entities(
                [kind(subentry_id, group, server_device_id) for kind in kinds],
                config_subentry_id=subentry_id,
            )

    add()
    entry.async_on_unload(groups.async_subscribe(add))


@callback
def async_update_group_devices(hass: HomeAssistant, entry: CupConfigEntry) -> None:
    """Rename the devices of groups that have another name now."""
    for subentry_id, group in entry.runtime_data.groups.all.items():
        async_rename_device(hass, entry, _identifier(subentry_id), group.name)


def group_device_identifiers(entry: CupConfigEntry) -> set[tuple[str, str]]:
    return {_identifier(each.subentry_id) for each in entry.get_subentries_of_type(SUBENTRY_GROUP)}


def _identifier(subentry_id: str) -> tuple[str, str]:
    return DOMAIN, _unique_id(subentry_id)


def _unique_id(subentry_id: str) -> str:
    return f"group_{subentry_id}"
