"""A rule about a person as it is, to be followed in a simulation."""

from dataclasses import dataclass

from .directory import PersonId
from .rule import Rule
from .rule_state import RuleState


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSnapshot:
    """A rule about a person, as it is.

    Attributes:
        order: Its place among others.
        concerned: For whom it is evaluated, None for all its people together.
        state: Its state, None for that of a rule whose conditions are true for long enough.
        runs: Whether its conditions are evaluated.
        rests: Whether it rests for the person, since it has chased itself.
    """

    rule: Rule
    order: int
    concerned: PersonId | None
    state: RuleState | None = None
    enabled: bool = True
    runs: bool = True
    rests: bool = False
