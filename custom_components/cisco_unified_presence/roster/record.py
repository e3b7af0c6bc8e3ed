"""What is stored of the contact list between readings and over restarts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from homeassistant.core import HomeAssistant

from ..const import DOMAIN
from ..storage import HintStore, Stored, stored_time
from .plan import SyncRecord


@dataclass(slots=True)
class LabelRecord:
    """The labels that were made of groups.

    Attributes:
        of_group: The ids of labels, by the name of the group.
        created: The ids of those that did not exist before.
        assigned: The ids of the labels that were put on a person's device, by contact key.
    """

    of_group: dict[str, str] = field(default_factory=dict)
    created: set[str] = field(default_factory=set)
    assigned: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass(slots=True)
class StoredSync:
    """All that is stored for an entry."""

    record: SyncRecord = field(default_factory=SyncRecord)
    labels: LabelRecord = field(default_factory=LabelRecord)

    def as_storage(self) -> Stored:
        missing = {key: since.isoformat() for key, since in self.record.missing.items()}
        return {
            "present": sorted(self.record.present),
            "missing": missing,
            "labels": {
                "of_group": dict(self.labels.of_group),
                "created": sorted(self.labels.created),
                "assigned": {key: sorted(ids) for key, ids in self.labels.assigned.items()},
            },
        }

    @classmethod
    def from_storage(cls, stored: Mapping[str, Any]) -> Self:
        """Return what can be read."""
        missing = {key: _time(value) for key, value in _mapping(stored.get("missing")).items()}
        labels = _mapping(stored.get("labels"))
        assigned = _mapping(labels.get("assigned"))
        return cls(
            SyncRecord(
                present=frozenset(_texts(stored.get("present"))),
                missing={key: since for key, since in missing.items() if since},
            ),
            LabelRecord(
                of_group={
                    key: value
                    for key, value in _mapping(labels.get("of_group")).items()
                    if isinstance(value, str)
                },
                created=set(_texts(labels.get("created"))),
                assigned={key: frozenset(_texts(value)) for key, value in assigned.items()},
            ),
        )


class SyncStore:
    """Stores what is known of the contact list of an entry."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._store = HintStore(hass, f"{DOMAIN}.{entry_id}.contact_list")
        self._saved: Stored = {}

    async def async_load(self) -> StoredSync:
        stored = StoredSync.from_storage(await self._store.async_load())
        self._saved = stored.as_storage()
        return stored

    async def async_save(self, stored: StoredSync) -> None:
        """Save unless nothing has changed."""
        if (data := stored.as_storage()) != self._saved:
            await self._store.async_save(data)
            self._saved = data

    async def async_forget(self) -> None:
        await self._store.async_remove()


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> Iterable[str]:
    return (each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def _time(value: object) -> datetime | None:
    try:
        return stored_time(value)
    except TypeError, ValueError:
        return None
