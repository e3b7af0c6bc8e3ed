"""How a rule stands: for those who ask why, and for its entities."""

from dataclasses import dataclass
from datetime import datetime

from ..arbitration import RuleRequest
from .rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleEvaluation:
    """How a rule stands, for those who ask why.

    Attributes:
        rule: The rule's id.
        name: Its name.
        enabled: Whether it is switched on.
        holds: Whether it holds.
        since: Since when, None while it does not.
        failing: The conditions that do not hold, in words.
        request: What it requests, or would if it held.
    """

    rule: str
    name: str
    enabled: bool
    holds: bool
    since: datetime | None
    failing: tuple[str, ...]
    request: RuleRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStatus:
    """How a rule stands, with all for whom.

    Attributes:
        rule: The rule.
        enabled: Whether it is switched on.
        since: Since when it holds, None while it does not.
        until: When `at_most` ends it, None while it does not hold or when nothing does.
        people: The names of those whom it is about.
        wins_for: The names of those for whom it wins.
    """

    rule: Rule
    enabled: bool
    since: datetime | None
    until: datetime | None
    people: tuple[str, ...]
    wins_for: tuple[str, ...]
