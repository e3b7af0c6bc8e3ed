"""Puts labels on the devices of people: one for each group of the contact list."""

import asyncio
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from itertools import batched
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import label_registry as lr

from ..people import person_device_identifier
from .plan import labels_after
from .record import LabelRecord

# Changing a device takes Home Assistant a fraction of a millisecond.
_DEVICES_PER_BATCH: Final = 25


class GroupLabels:
    """Makes labels of groups, and takes away again what it has made."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, record: LabelRecord) -> None:
        self._hass = hass
        self._entry = entry
        self._record = record
        self._registry = lr.async_get(hass)
        self._devices = dr.async_get(hass)

    async def async_apply(
        self, groups: Mapping[str, tuple[str, ...]], *, is_complete: bool = True
    ) -> None:
        """Make the devices of people agree with their groups, by contact key.

        Args:
            groups: The groups of people.
            is_complete: Whether all others are in no group; otherwise their labels stay.
        """
        others = self._record.assigned.keys() - groups.keys() if is_complete else ()
        keys = (*groups, *others)
        for batch in batched(keys, _DEVICES_PER_BATCH, strict=False):
            for key in batch:
                self._async_label(key, groups.get(key, ()))
            await asyncio.sleep(0)
        if is_complete:
            self._async_forget_all_but({name for names in groups.values() for name in names})

    @callback
    def async_take_away(self, key: str) -> None:
        """Take from a person what was put there, before the person is removed."""
        self._async_label(key, ())

    @callback
    def _async_label(self, key: str, names: tuple[str, ...]) -> None:
        identifier = person_device_identifier(self._entry.entry_id, key)
        device = self._devices.async_get_device_by_identifier(identifier, self._entry.entry_id)
        if device is None:
            # It is labelled when it is there.
            self._record.assigned.pop(key, None)
            return
        wanted = frozenset(filter(None, map(self._label_of, names)))
        ours = self._record.assigned.get(key, frozenset())
        labels, ours = labels_after(device.labels, ours, wanted)
        if labels != device.labels:
            self._devices.async_update_device(device.id, labels=set(labels))
        if ours:
            self._record.assigned[key] = ours
        else:
            self._record.assigned.pop(key, None)

    @callback
    def _label_of(self, name: str) -> str | None:
        """Return the id of a group's label, None when the user has deleted the label."""
        if (label_id := self._record.of_group.get(name)) is not None:
            return label_id if self._registry.async_get_label(label_id) else None
        label = self._registry.async_get_label_by_name(name)
        if label is None:
            label = self._registry.async_create(name)
            self._record.created.add(label.label_id)
        self._record.of_group[name] = label.label_id
        return label.label_id

    @callback
    def _async_forget_all_but(self, names: AbstractSet[str]) -> None:
        """Delete the labels that were created for other groups, unless something has them."""
        for name in self._record.of_group.keys() - names:
            label_id = self._record.of_group.pop(name)
            if label_id in self._record.created and not self._is_used(label_id):
                self._record.created.discard(label_id)
                if self._registry.async_get_label(label_id):
                    self._registry.async_delete(label_id)

    def _is_used(self, label_id: str) -> bool:
        return bool(
            dr.async_entries_for_label(self._devices, label_id)
            or er.async_entries_for_label(er.async_get(self._hass), label_id)
            or ar.async_entries_for_label(ar.async_get(self._hass), label_id)
        )
