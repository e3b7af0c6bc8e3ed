"""The people whom a simulation is about, and what is decided for them."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util

from ..arbitration import Decision, OwnPresence
from ..people import Person
from ..pws import in_turns
from ..rules import (
    ConditionsInvalid,
    PersonId,
    RuleEngine,
    RuleMoment,
    SimulatedRules,
    World,
    async_rule_engine,
    explanation_of,
)
from ..runtime import Runtime
from ..states import STATES
from .person_course import PersonMoment, Standing, follow


@dataclass(frozen=True, slots=True)
class SimulatedPerson:
    """A controlled person of a running entry."""

    entry_id: str
    runtime: Runtime
    person: Person

    @property
    def id(self) -> PersonId:
        return self.entry_id, self.person.key

    @property
    def shown(self) -> str | None:
        """Return the state that the server shows now."""
        seen = self.runtime.coordinator.presence_of(self.person.key)
        return STATES.get(seen.presence) if seen else None

    @property
    def own(self) -> OwnPresence:
        return self.runtime.reconciler.own_presences.of(self.person.key)

    @property
    def standing(self) -> Standing:
        record = self.runtime.reconciler.record_of(self.person)
        return Standing(
            person=self.id, manual=record.manual, overruled=record.overruled, own=self.own
        )


class Simulation:
    """Follows the rules about people from now on, one person after the other."""

    def __init__(
        self, hass: HomeAssistant, end: datetime, given: Mapping[str, State] | None = None
    ) -> None:
        """Initialize; given are states that are assumed in the place of the real ones."""
        now = dt_util.utcnow()
        self.began = now
        self._end = end
        self._engine: RuleEngine = async_rule_engine(hass)
        self._world = World(now, now, given or {})
        self._rules = SimulatedRules(hass, self._world, end, self._engine.view_of)

    async def async_follow(
        self, people: Iterable[SimulatedPerson]
    ) -> AsyncIterator[tuple[SimulatedPerson, list[PersonMoment]]]:
        """Yield for each person what is decided at each moment at which something may change."""
        for person in people:
            snapshots = self._engine.snapshots_for(*person.id)
            courses: dict[str, list[RuleMoment]] = {}
            for snapshot in snapshots:
                try:
                    courses[snapshot.rule.id] = list(await self._rules.async_course_of(snapshot))
                except ConditionsInvalid:
                    # Its repair issue says so; it does not run either.
                    continue
            resting = frozenset(each.rule.id for each in snapshots if each.rests)
            yield (
                person,
                await in_turns(
                    follow(
                        person.standing,
                        courses,
                        self._engine.pauses,
                        self.began,
                        self._end,
                        resting,
                    )
                ),
            )

    def explain(self, person: SimulatedPerson, moment: PersonMoment) -> dict[str, Any]:
        """Return a decision with every rule, as explanations have it."""
        resting = frozenset(
            each.rule.id for each in self._engine.snapshots_for(*person.id) if each.rests
        )
        standing, is_now = person.standing, moment.at == self.began
        reconciler = person.runtime.reconciler
        explained = explanation_of(
            person.person,
            person.runtime.coordinator.presence_of(person.person.key),
            moment.evaluations(person.id, resting),
            moment.pauses.gate_of(person.id),
            manual=standing.manual,
            overruled=moment.overruled,
            own=standing.own,
            waiting_until=reconciler.waiting_until(person.person) if is_now else None,
            now=moment.at,
        )
        is_real = is_now and moment.decision == reconciler.decision_of(person.person)
        shown = person.shown if is_real else shown_by(moment.decision, standing.own)
        return {**explained, "shown": shown}


def shown_by(decision: Decision, own: OwnPresence) -> str | None:
    """Return the state that the server shows once it has what was decided."""
    return STATES[decision.requested.presence] if decision.requested else own.presence
