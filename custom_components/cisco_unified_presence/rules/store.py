"""What is remembered of rules over a restart: their switches and their times."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from .rule import Rule
from .timing import Stretch

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
        stretch: How long its conditions were what.
    """

    entry_id: str | None
    conditions: str
    enabled: bool = True
    stretch: Stretch = field(default_factory=Stretch)

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        """Return the memory that as_storage wrote down."""
        return cls(
            entry_id=stored["entry_id"],
            conditions=stored["conditions"],
            enabled=stored["enabled"],
            stretch=Stretch.from_storage(stored["stretch"]),
        )

    def as_storage(self) -> dict[str, Any]:
        """Return the memory as plain JSON."""
        return {
            "entry_id": self.entry_id,
            "conditions": self.conditions,
            "enabled": self.enabled,
            "stretch": self.stretch.as_storage(),
        }


class RuleStore:
    """Keeps what is remembered of every rule, of those as well that do not run just now."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Name the file; nothing is read yet."""
        self._store: Store[dict[str, Any]] = Store(
            hass, STORAGE_VERSION, f"{DOMAIN}.rules", private=True
        )
        self._memories: dict[str, RuleRecord] = {}

    async def async_load(self) -> None:
        """Read the file."""
        stored = await self._store.async_load() or {}
        self._memories = {
            rule_id: RuleRecord.from_storage(memory) for rule_id, memory in stored.items()
        }

    def recall(self, rule: Rule, entry_id: str | None) -> RuleRecord:
        """Return what is known of a rule; its times are those of its conditions."""
        memory = self._memories.get(rule.id)
        if memory and memory.conditions == rule.fingerprint:
            return memory
        return RuleRecord(
            entry_id=entry_id,
            conditions=rule.fingerprint,
            enabled=memory.enabled if memory else True,
        )

    @callback
    def async_remember(self, rule_id: str, memory: RuleRecord) -> None:
        """Write down how a rule stands, soon."""
        if self._memories.get(rule_id) != memory:
            self._memories[rule_id] = memory
            self._save()

    @callback
    def async_forget(self, is_gone: Callable[[str, RuleRecord], bool]) -> None:
        """Forget the rules that are gone for good."""
        kept = {
            rule_id: memory
            for rule_id, memory in self._memories.items()
            if not is_gone(rule_id, memory)
        }
        if kept != self._memories:
            self._memories = kept
            self._save()

    def _save(self) -> None:
        self._store.async_delay_save(self._as_storage, SAVE_DELAY)

    def _as_storage(self) -> dict[str, Any]:
        return {rule_id: memory.as_storage() for rule_id, memory in self._memories.items()}
