"""What is remembered of rules over a restart: their switches and their times."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from .rule import Rule
from .timing import TimingState

STORAGE_VERSION = 1
# Several rules change together. What is due is written at once when Home Assistant stops.
SAVE_DELAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRecord:
    """What is remembered of a rule.

    Attributes:
        entry_id: The entry that the rule belongs to, None for a rule in YAML.
        conditions: What tells the rule's conditions from others.
        enabled: Whether it is switched on.
        timing: How long its conditions were what.
    """

    entry_id: str | None
    conditions: str
    enabled: bool = True
    timing: TimingState = field(default_factory=TimingState)

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        """Return the record that as_storage made."""
        return cls(
            entry_id=stored["entry_id"],
            conditions=stored["conditions"],
            enabled=stored["enabled"],
            timing=TimingState.from_storage(stored["stretch"]),
        )

    def as_storage(self) -> dict[str, Any]:
        """Return the record as plain JSON."""
        return {
            "entry_id": self.entry_id,
            "conditions": self.conditions,
            "enabled": self.enabled,
            "stretch": self.timing.as_storage(),
        }


class RuleStore:
    """Keeps what is remembered of every rule, of those as well that do not run just now."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Name the file; nothing is read yet."""
        self._store: Store[dict[str, Any]] = Store(
            hass, STORAGE_VERSION, f"{DOMAIN}.rules", private=True
        )
        self._records: dict[str, RuleRecord] = {}

    async def async_load(self) -> None:
        """Read the file."""
        stored = await self._store.async_load() or {}
        self._records = {
            rule_id: RuleRecord.from_storage(record) for rule_id, record in stored.items()
        }

    def recall(self, rule: Rule, entry_id: str | None) -> RuleRecord:
        """Return what is known of a rule; its times are those of its conditions."""
        record = self._records.get(rule.id)
        if record and record.conditions == rule.fingerprint:
            return record
        return RuleRecord(
            entry_id=entry_id,
            conditions=rule.fingerprint,
            enabled=record.enabled if record else True,
        )

    @callback
    def async_remember(self, rule_id: str, record: RuleRecord) -> None:
        """Write down how a rule stands, soon."""
        if self._records.get(rule_id) != record:
            self._records[rule_id] = record
            self._save()

    @callback
    def async_forget(self, is_gone: Callable[[str, RuleRecord], bool]) -> None:
        """Forget the rules that are gone for good."""
        kept = {
            rule_id: record
            for rule_id, record in self._records.items()
            if not is_gone(rule_id, record)
        }
        if kept != self._records:
            self._records = kept
            self._save()

    def _save(self) -> None:
        self._store.async_delay_save(self._as_storage, SAVE_DELAY)

    def _as_storage(self) -> dict[str, Any]:
        return {rule_id: record.as_storage() for rule_id, record in self._records.items()}
