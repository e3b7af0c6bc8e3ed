"""What a condition evaluates to, and what its templates may name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.util import dt as dt_util

from .truth import TruthValue


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """What a condition evaluates to, and in words why it is not true.

    Attributes:
        event: The calendar event by which it is true, as templates see it.
    """

    value: TruthValue
    words: str = ""
    event: Mapping[str, Any] | None = None


TRUE = ConditionResult(TruthValue.TRUE)


class Scope:
    """What the templates of conditions may name: the variables of a rule, and the person.

    Attributes:
        variables: Their values; replaced as a whole when one changes.
        links: The entities that belong to the person, by the name of the link.
    """

    def __init__(
        self,
        variables: Mapping[str, Any] | None = None,
        links: Mapping[str, str] | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self.variables: Mapping[str, Any] = variables or {}
        self.links: Mapping[str, str] = links or {}
        self._now = now

    def now(self) -> datetime:
        """Return the time for which conditions are evaluated."""
        return self._now() if self._now else dt_util.utcnow()
