"""What made a rule begin, end or request something else."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final, Protocol

from homeassistant.core import Context, State

# An input that has changed is evaluated in the same turn of the loop.
_JUST_NOW: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """The last change of a rule for a person.

    Attributes:
        at: When it was.
        entity_id: The input whose change has caused it, None where time has.
        name: The friendly name of the input.
        state: The state that the input took.
        context: The context of that state.
    """

    at: datetime
    entity_id: str | None = None
    name: str | None = None
    state: str | None = None
    context: Context | None = field(default=None, compare=False)


def change_by(inputs: Iterable[State], now: datetime) -> RuleChange:
    """Return a change by the input that has changed just now, by time where none has."""
    since = now - _JUST_NOW
    recent = [state for state in inputs if since < state.last_updated <= now]
    if not recent:
        return RuleChange(at=now)
    return change_of(max(recent, key=attrgetter("last_updated")), now)


def change_of(state: State, now: datetime) -> RuleChange:
    """Return a change by this input."""
    return RuleChange(
        at=now,
        entity_id=state.entity_id,
        name=state.name,
        state=state.state,
        context=state.context,
    )


class RuleCauses(Protocol):
    """Tells why rules changed."""

    def last_change_of(self, person: tuple[str, str], rule_ids: Iterable[str]) -> RuleChange | None:
        """Return the latest change of these rules for a person, by entry id and key."""

    def holds_for(self, person: tuple[str, str], rule_id: str) -> bool:
        """Tell whether a rule holds for a person, and may decide."""
