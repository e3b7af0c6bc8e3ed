"""The people whom a simulation is about, and what is decided for them."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util

from ..arbitration import Decision, OwnPresence
from ..explanation import (
    Circumstances,
    async_circumstances,
    async_system_texts,
    full_explanation,
)
from ..people import Person, answer_keys
from ..pws import in_turns
from ..rules import (
    ConditionsInvalid,
    PersonId,
    RuleEngine,
    RuleMoment,
    SimulatedRules,
    World,
    async_rule_engine,
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
    def decision(self) -> Decision:
        """Return what has been decided for the person in reality."""
        return self.runtime.reconciler.decision_of(self.person)

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
        self._hass = hass
        # It may be the moment at which it was asked for.
        self._end = end = max(end, now)
        self._engine: RuleEngine = async_rule_engine(hass)
        self._world = World(now, now, given or {})
        self._rules = SimulatedRules(hass, self._world, end, self._engine.view_of)

    async def async_follow(
        self, people: Iterable[SimulatedPerson]
    ) -> AsyncIterator[tuple[str, SimulatedPerson, list[PersonMoment]]]:
        """Yield for each person what is decided at each moment at which something may change.

        Before the person comes the key of the person in an answer.
        """
        followed = list(people)
        keys = answer_keys(self._hass, ((each.entry_id, each.person) for each in followed))
        for person in followed:
            await asyncio.sleep(0)
            snapshots = self._engine.requests.snapshots_for(person.id)
            courses: dict[str, list[RuleMoment]] = {}
            for snapshot in snapshots:
                try:
                    courses[snapshot.rule.id] = list(await self._rules.async_course_of(snapshot))
                except ConditionsInvalid:
                    # Its repair issue says so; it does not run either.
                    continue
            resting = frozenset(each.rule.id for each in snapshots if each.rests)
            yield (
                keys[person.id],
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
        return full_explanation(
            self._circumstances(person, moment),
            person.person,
            async_system_texts(self._hass),
            manual=person.standing.manual,
            overruled=moment.overruled,
        )

    def _circumstances(self, person: SimulatedPerson, moment: PersonMoment) -> Circumstances:
        own, decision = person.own, moment.decision
        around = Circumstances(
            person=person.person.name,
            decision=decision,
            now=moment.at,
            shown=shown_by(decision, own),
            own=own,
            evaluations=moment.evaluations(person.id),
            gate=moment.gate,
            published=decision.requested,
        )
        if moment.at > self.began or decision != person.decision:
            return around
        # It is as it is, and so is what the server has of it.
        real = async_circumstances(self._hass, person.runtime, person.person)
        return replace(real, evaluations=around.evaluations, now=moment.at)


def shown_by(decision: Decision, own: OwnPresence) -> str | None:
    """Return the state that the server shows once it has what was decided."""
    return STATES[decision.requested.presence] if decision.requested else own.presence
