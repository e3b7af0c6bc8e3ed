"""The state of a rule, as explanations and as entities show it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from ..arbitration import RuleRequest, RulesPause
from ..states import STATES
from .condition_facts import ConditionFact
from .condition_tree import ConditionReading
from .directory import PersonId
from .pause import PausesInForce
from .rule import Rule
from .timing import RuleTimes, TimingState

_RESTS: Final = "it rests, since it chased itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleEvaluation:
    """How a rule evaluates, for explanations.

    Attributes:
        rule_id: The rule's id.
        name: Its name.
        enabled: Whether it is switched on.
        holds: Whether it holds.
        since: Since when, None while it does not.
        failing: The conditions that are not true, in words.
        presence: The state that it requests or would request, `own`, or None while it depends.
        request: What it requests, or would request if it held.
        stopped: Whether it does not act for the person all the same: it is paused, or the person
            does not follow rules.
        pause: Its pause for the person.
        rests: Whether it rests for the person, since it has chased itself.
        times: Its durations.
        timing: Since when its conditions have which value.
        facts: Returns what decides whether its conditions are true.
        expected_end: Returns when it ends by time, if all else stays as it is.
    """

    rule_id: str
    name: str
    enabled: bool
    holds: bool
    since: datetime | None
    failing: tuple[str, ...]
    presence: str | None
    request: RuleRequest
    stopped: bool = False
    pause: RulesPause | None = None
    rests: bool = False
    times: RuleTimes = field(default_factory=RuleTimes)
    timing: TimingState = field(default_factory=TimingState)
    facts: Callable[[], tuple[ConditionFact, ...]] = field(default=lambda: (), compare=False)
    expected_end: Callable[[], datetime | None] = field(default=lambda: None, compare=False)

    def for_person(self, person: PersonId, pauses: PausesInForce, *, rests: bool) -> RuleEvaluation:
        """Return it for one person, with what keeps the rule from acting all the same."""
        told = replace(
            self,
            stopped=pauses.stop(person, self.rule_id),
            pause=pauses.of(person, self.rule_id),
        )
        if not rests:
            return told
        return replace(told, holds=False, rests=True, failing=(_RESTS,))

    @property
    def acts(self) -> bool:
        """Return whether it holds, and decides for the person if it wins."""
        return self.holds and not self.stopped


@dataclass(frozen=True, slots=True)
class RuleReading:
    """What the conditions of a rule were found to be.

    Attributes:
        person: For whom, None for all the people of the rule together.
        since: Since when it holds, None while it does not.
        conditions: Its conditions; none before they run, and while it is switched off.
    """

    person: PersonId | None
    since: datetime | None
    conditions: tuple[ConditionReading, ...]


class RuleActivity(StrEnum):
    """What a rule does now."""

    ON_AND_WINS = "on_and_wins"
    HOLDS = "holds"
    DOES_NOT_HOLD = "does_not_hold"
    PAUSED = "paused"
    OFF = "off"
    RESTING = "resting"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStatus:
    """The state of a rule and the people concerned, for its entities.

    Attributes:
        rule: The rule.
        enabled: Whether it is switched on.
        since: Since when it holds, None while it does not.
        until: When `at_most` ends it, None while it does not hold or has no limit.
        pause: Its pause for everybody.
        rests_for: The names of the people for whom it rests, since it has chased itself.
        about: The people whom it is about.
        winning_for: The people for whom it wins.
        names_of: Returns the names of people, sorted.
    """

    rule: Rule
    enabled: bool
    since: datetime | None
    until: datetime | None
    about: frozenset[PersonId]
    winning_for: frozenset[PersonId]
    # A rule may be about thousands, and most of what reads a status needs no names.
    names_of: Callable[[frozenset[PersonId]], tuple[str, ...]] = field(compare=False, repr=False)
    pause: RulesPause | None = None
    rests_for: tuple[str, ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        """Return the names of the people whom it is about."""
        return self.names_of(self.about)

    @property
    def wins_for(self) -> tuple[str, ...]:
        """Return the names of the people for whom it wins."""
        return self.names_of(self.winning_for)

    @property
    def presence(self) -> str | None:
        """Return what the rule requests, None where that depends on its inputs."""
        if self.rule.requested is not None:
            return STATES[self.rule.requested.presence]
        return self.rule.presence.word

    @property
    def activity(self) -> RuleActivity:
        if not self.enabled:
            return RuleActivity.OFF
        if self.pause is not None:
            return RuleActivity.PAUSED
        if self.rests_for:
            return RuleActivity.RESTING
        if self.since is None:
            return RuleActivity.DOES_NOT_HOLD
        return RuleActivity.ON_AND_WINS if self.winning_for else RuleActivity.HOLDS
