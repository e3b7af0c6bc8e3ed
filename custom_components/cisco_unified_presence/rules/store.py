"""The records of rules that outlive a restart: their switches and their timing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import NoneType
from typing import Any, Self

from homeassistant.core import HomeAssistant, callback

from ..arbitration import RequestedPresence
from ..const import DOMAIN
from ..storage import LoadedRecords, RecordStore, of_type
from .rule import Rule
from .timing import TimingState

# Since when conditions are true is of use to the next run only; outcomes and switches are awaited.
SAVE_WITHIN = 5.0


@dataclass(frozen=True, slots=True)
class InstanceRecord:
    """What is stored of a rule as it is evaluated for one person, or for all.

    Attributes:
        timing: Since when its conditions have which value; stored as `stretch`.
        has_requested: Whether it is stored what it requests, since that depends on its inputs.
    """

    timing: TimingState = field(default_factory=TimingState)
    requested: RequestedPresence | None = None
    has_requested: bool = False

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        timing = TimingState.from_storage(stored["stretch"])
        if "want" not in stored:
            return cls(timing)
        want = stored["want"]
        requested = RequestedPresence.from_storage(want) if want else None
        return cls(timing, requested, has_requested=True)

    def as_storage(self) -> dict[str, Any]:
        stored: dict[str, Any] = {"stretch": self.timing.as_storage()}
        if self.has_requested:
            stored["want"] = self.requested.as_storage() if self.requested else None
        return stored


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRecord:
    """What is stored of a rule.

    Attributes:
        entry_id: The entry that the rule belongs to, None for a rule in YAML.
        conditions: The fingerprint of the conditions that the timing belongs to.
        enabled: Whether the rule is switched on.
        shared: Its state where it is evaluated for all people together.
        people: Its state for each person, where it is evaluated for each.
    """

    entry_id: str | None
    conditions: str
    enabled: bool = True
    shared: InstanceRecord = field(default_factory=InstanceRecord)
    people: dict[str, InstanceRecord] = field(default_factory=dict)

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        return cls(
            entry_id=of_type(stored["entry_id"], str, NoneType),
            conditions=of_type(stored["conditions"], str),
            enabled=of_type(stored["enabled"], bool),
            shared=InstanceRecord.from_storage(stored),
            people={
                of_type(person, str): InstanceRecord.from_storage(each)
                for person, each in stored.get("people", {}).items()
            },
        )

    def as_storage(self) -> dict[str, Any]:
        people = {person: each.as_storage() for person, each in self.people.items()}
        return {
            "entry_id": self.entry_id,
            "conditions": self.conditions,
            "enabled": self.enabled,
            **self.shared.as_storage(),
            **({"people": people} if people else {}),
        }


class RuleStore:
    """Stores the records of all rules, including those of entries that are not loaded."""

    def __init__(
        self, hass: HomeAssistant, running: Callable[[], Mapping[str, RuleRecord]]
    ) -> None:
        """Initialize; running returns the records of the rules that run, as they are now.

        It is called when records are saved, since one input may change hundreds of rules.
        """
        self._running = running
        self._store = RecordStore(hass, f"{DOMAIN}.rules", self._as_storage, within=SAVE_WITHIN)
        self._records: dict[str, RuleRecord] = {}

    async def async_load(self) -> LoadedRecords[RuleRecord]:
        """Read the records, and return with them what could not be read."""
        loaded = await self._store.async_load(RuleRecord.from_storage)
        self._records = dict(loaded.records)
        if loaded.unreadable:
            self._store.async_note_change()
        return loaded

    async def async_stored(self) -> None:
        """Return once all that has changed is on disk."""
        await self._store.async_stored()

    def record_of(self, rule: Rule, entry_id: str | None) -> RuleRecord:
        """Return the record of a rule; the timing of other conditions is left out."""
        record = self._records.get(rule.id)
        if record and record.conditions == rule.fingerprint:
            return record
        return RuleRecord(
            entry_id=entry_id,
            conditions=rule.fingerprint,
            enabled=record.enabled if record else True,
        )

    @callback
    def async_note_change(self) -> None:
        """Save in time the record of a rule that runs."""
        self._store.async_note_change()

    @callback
    def async_set(self, rule_id: str, record: RuleRecord) -> None:
        if self._records.get(rule_id) != record:
            self._records[rule_id] = record
            self._store.async_note_change()

    @callback
    def async_delete(self, is_gone: Callable[[str, RuleRecord], bool]) -> None:
        gone = [rule_id for rule_id, record in self._records.items() if is_gone(rule_id, record)]
        for rule_id in gone:
            del self._records[rule_id]
        if gone:
            self._store.async_note_change()

    def _as_storage(self) -> dict[str, Any]:
        records = {**self._records, **self._running()}
        return {rule_id: record.as_storage() for rule_id, record in records.items()}
