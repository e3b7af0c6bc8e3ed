"""What one rule does in a simulated world, from its beginning to its end."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Self, override

from homeassistant.core import HomeAssistant, split_entity_id

from ...arbitration import RequestedPresence
from ..condition_facts import ConditionFact
from ..rule import Rule
from ..rule_state import Prepared, RuleState
from ..status import RuleEvaluation
from ..store import InstanceRecord
from ..timing import TimingState, elapse, next_change
from ..truth import TruthValue
from .courses import SUN
from .leaf import SimulatedLeaf
from .times import next_minute
from .world import World

# Entities named in a sentence.
_MOST_NAMES: Final = 3
_KNOWN_AHEAD: Final = frozenset({"calendar", "schedule"})


@dataclass(frozen=True, slots=True)
class RuleMoment:
    """What a rule does from a moment on.

    Attributes:
        unknown: In words, why it may as well hold or not, None when that is known.
    """

    at: datetime
    evaluation: RuleEvaluation
    unknown: str | None = None

    def with_facts(self, facts: tuple[ConditionFact, ...], end: datetime | None) -> Self:
        """Return it with what the conditions are at that moment, and when they are to end."""
        evaluation = replace(self.evaluation, facts=lambda: facts, expected_end=lambda: end)
        return replace(self, evaluation=evaluation)

    def differs_from(self, other: RuleMoment | None) -> bool:
        return other is None or self.told != other.told

    @property
    def told(self) -> tuple[object, ...]:
        """Return all of it but for the time."""
        each = self.evaluation
        # While it does not hold, its request is one that would begin now.
        request = replace(each.request, since=each.since or _EVER)
        return self.unknown, each.holds, each.since, each.failing, each.presence, request


_EVER: Final = datetime.min.replace(tzinfo=UTC)


class SimulatedRule(RuleState):
    """The state of a rule in a simulated world, for one person or for all its people.

    Where a condition cannot be told at a time, the rule goes on as it was.

    Attributes:
        unknown: In words, why it may as well hold or not, None when that is known.
    """

    def __init__(self, rule: Rule, world: World, before: RuleState | None) -> None:
        """Initialize.

        Without a state before, conditions that are true have been so for long enough.
        """
        super().__init__(rule, InstanceRecord())
        if before is not None:
            self.take_over(before)
        self.unknown: str | None = None
        self._world = world
        self._is_new = before is None
        self._open_until: datetime | None = None

    def async_simulate(
        self, hass: HomeAssistant, prepared: Prepared, person: Mapping[str, Any] | None
    ) -> None:
        """Evaluate at the time that the world has reached."""
        self._world.begin_evaluation()
        self.async_evaluate(prepared, person, self._world.now)
        self._note_unknown(hass, prepared)

    def next_moment(self, prepared: Prepared) -> datetime | None:
        """Return when it may change next."""
        world, conditions = self._world, prepared.conditions
        moments = [
            conditions.async_next_moment(world.now),
            next_change(self.rule.times, self.timing),
            world.next_change_of(entities_of(prepared)),
            self._open_until,
        ]
        if world.asks_time or conditions.polled_each_minute:
            moments.append(next_minute(world.now))
        return min((each for each in moments if each and each > world.now), default=None)

    @override
    def _observe(
        self,
        value: TruthValue,
        until: datetime | None,
        requested: RequestedPresence | None,
        now: datetime,
    ) -> bool:
        if value is TruthValue.UNKNOWN and self._world.undecided:
            self.value = value
            return self._set_timing(elapse(self.rule.times, self.timing, now))
        if self._is_new:
            is_true = value is TruthValue.TRUE
            since = now - self.rule.times.before if is_true else None
            self.timing = TimingState(true_since=since)
        return super()._observe(value, until, requested, now)

    def _note_unknown(self, hass: HomeAssistant, prepared: Prepared) -> None:
        now = self._world.now
        if why := self._why_unknown(hass, prepared):
            self.unknown = why
            # What it may have begun by then goes on for so long.
            self._open_until = now + self.rule.times.after
        elif self._open_until is None or self._open_until <= now:
            self.unknown = self._open_until = None

    def _why_unknown(self, hass: HomeAssistant, prepared: Prepared) -> str | None:
        world, name = self._world, self.rule.name
        if self.value is TruthValue.UNKNOWN and world.undecided:
            return f"“{name}”: {world.undecided[0]}"
        if not world.assumed or self._is_false_for_certain(prepared):
            return None
        named = [_name_of(hass, each) for each in sorted(world.assumed)]
        more = ["…"] * (len(named) > _MOST_NAMES)
        return f"“{name}” depends on {', '.join(named[:_MOST_NAMES] + more)}"

    def _is_false_for_certain(self, prepared: Prepared) -> bool:
        """Return whether conditions that assume nothing keep it from holding."""
        leaves = [leaf for _, leaf in prepared.conditions.numbered_leaves]
        simulated = [leaf for leaf in leaves if isinstance(leaf, SimulatedLeaf)]
        in_leaves = set[str]().union(*(leaf.assumed for leaf in simulated))
        if self._world.assumed - in_leaves:
            return False
        self._world.certain_only = True
        try:
            return prepared.conditions.async_evaluate().value is TruthValue.FALSE
        finally:
            self._world.certain_only = False


def entities_of(prepared: Prepared) -> frozenset[str]:
    """Return the entities that the last evaluation depended on."""
    leaves = (leaf.inputs.entities for _, leaf in prepared.conditions.numbered_leaves)
    texts = prepared.texts.entities if prepared.texts else frozenset[str]()
    return texts.union(*leaves)


def to_read(prepared: Prepared, known: frozenset[str]) -> frozenset[str]:
    """Return the entities whose states are known ahead, and have not been read."""
    return frozenset(
        each
        for each in entities_of(prepared) - known
        if each == SUN or split_entity_id(each)[0] in _KNOWN_AHEAD
    )


def _name_of(hass: HomeAssistant, entity_id: str) -> str:
    state = hass.states.get(entity_id)
    return state.name if state else entity_id
