"""The last decisions of each person with what caused them, stored over restarts."""

from collections import defaultdict, deque
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import NoneType
from typing import Any, Final, Self

from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN, LOGGER
from ..storage import RecordStore, Stored, of_type, stored_time

DECISIONS_PER_PERSON: Final = 50

# A kill may cost the decisions of the last minute.
SAVE_WITHIN: Final = 60.0


class Cause(StrEnum):
    """What made the decision another one."""

    INPUT = "input"
    TIME = "time"
    SET = "set"
    CLEARED = "cleared"
    SETTING_ENDED = "setting_ended"
    CHANGED_BY_HAND = "changed_by_hand"
    OWN = "own"
    RULES = "rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDecision:
    """A decision that was news, and its cause.

    Attributes:
        at: When it was made.
        source: What the presence followed from then on.
        wanted: The state that was requested, None for none.
        rule: The name of the rule that won, overruled or not.
        overruled: Whether the person had overruled the winner.
        set_by: Who has set it.
        until: When it was to end.
        cause: What made it another one.
        entity_id: The input that caused it.
        name: The friendly name of the input.
        state: The state that the input took.
        before: The name of the rule that won before.
        before_ended: Whether that rule did not hold any more.
    """

    at: datetime
    source: str
    wanted: str | None = None
    rule: str | None = None
    overruled: bool = False
    set_by: str | None = None
    until: datetime | None = None
    cause: Cause
    entity_id: str | None = None
    name: str | None = None
    state: str | None = None
    before: str | None = None
    before_ended: bool = False

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError for what cannot be read."""
        texts = {key: of_type(stored.get(key), str, NoneType) for key in _TEXTS}
        until = stored.get("until")
        return cls(
            at=stored_time(stored["at"]),
            source=of_type(stored["source"], str),
            overruled=of_type(stored.get("overruled", False), bool),
            until=stored_time(until) if until is not None else None,
            cause=Cause(stored["cause"]),
            before_ended=of_type(stored.get("before_ended", False), bool),
            **texts,
        )

    def as_storage(self) -> Stored:
        texts = {key: getattr(self, key) for key in _TEXTS}
        told = {
            **texts,
            "until": self.until.isoformat() if self.until else None,
            "overruled": self.overruled,
            "before_ended": self.before_ended,
        }
        return {
            "at": self.at.isoformat(),
            "source": self.source,
            "cause": self.cause.value,
            **{key: value for key, value in told.items() if value},
        }


_TEXTS: Final = ("wanted", "rule", "set_by", "entity_id", "name", "state", "before")


class DecisionHistory:
    """The last decisions of each person of an entry, by key."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        key = f"{DOMAIN}.{entry_id}.decisions"
        self._store = RecordStore(hass, key, self._snapshot, within=SAVE_WITHIN, encode=_as_storage)
        self._decisions: defaultdict[str, deque[PastDecision]] = defaultdict(
            lambda: deque(maxlen=DECISIONS_PER_PERSON)
        )

    async def async_load(self, keys: Container[str]) -> None:
        """Load what was stored of people with these keys.

        What cannot be read of a person costs that person's history.
        """
        loaded = await self._store.async_load(_from_storage)
        if not loaded.complete:
            LOGGER.warning("The history of some people's decisions is not readable and was dropped")
        for key, decisions in loaded.records.items():
            if key in keys:
                self._decisions[key].extend(decisions)

    async def async_save(self) -> None:
        await self._store.async_stored()

    async def async_remove(self) -> None:
        await self._store.async_remove()

    @callback
    def async_note(self, key: str, decision: PastDecision) -> None:
        self._decisions[key].append(decision)
        self._store.async_note_change()

    @callback
    def async_forget(self, key: str) -> None:
        if self._decisions.pop(key, None):
            self._store.async_note_change()

    def of(self, key: str) -> tuple[PastDecision, ...]:
        """Return a person's decisions, the newest first."""
        return tuple(reversed(self._decisions.get(key, ())))

    def last_rule_of(self, key: str) -> str | None:
        """Return the name of the rule that won last."""
        decisions = self._decisions.get(key)
        return decisions[-1].rule if decisions else None

    def _snapshot(self) -> dict[str, Any]:
        return {key: tuple(decisions) for key, decisions in self._decisions.items()}


def _as_storage(snapshot: Mapping[str, Iterable[PastDecision]]) -> Stored:
    return {
        key: {"decisions": [each.as_storage() for each in decisions]}
        for key, decisions in snapshot.items()
    }


def _from_storage(stored: dict[str, Any]) -> list[PastDecision]:
    listed = of_type(stored["decisions"], list)[-DECISIONS_PER_PERSON:]
    return [PastDecision.from_storage(each) for each in listed]
