"""The rules about people in a simulated world."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType

from ..calendars import CALENDARS
from ..condition_result import Scope
from ..conditions import WatchedConditions, async_validated
from ..directory import PersonId
from ..rule import Rule
from ..rule_state import Prepared, RuleState
from ..snapshot import RuleSnapshot
from ..texts import RuleTexts
from .courses import SimulatedCalendars, async_read_courses, event_of
from .hass_view import hass_view
from .leaf import SimulatedLeaf
from .rule_course import RuleMoment, SimulatedRule, to_read
from .world import World

# A rule that changes more often is followed no further.
MOST_STEPS: Final = 3000
_STEPS_PER_TURN: Final = 10


class SimulatedRules:
    """Follows rules in a simulated world, one after the other, up to an end.

    Its coroutines must not run at the same time.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        world: World,
        end: datetime,
        view_of: Callable[[PersonId], Mapping[str, Any] | None],
    ) -> None:
        """Initialize; view_of returns what templates may know of a person."""
        self._hass = hass
        self._world = world
        self._end = end
        self._view_of = view_of
        self._view = hass_view(hass, world)
        self._calendars = SimulatedCalendars()
        self._view.data[CALENDARS] = self._calendars
        for entity_id, state in world.given.items():
            if entity_id.startswith("calendar."):
                event = event_of(state, world.began)
                self._calendars.events[entity_id] = (event,) if event else ()
        self._validated: dict[str, list[ConfigType]] = {}
        self._shared: dict[str, list[RuleMoment]] = {}

    async def async_course_of(self, snapshot: RuleSnapshot) -> Sequence[RuleMoment]:
        """Return what a rule does, from the beginning on.

        Raises:
            ConditionsInvalid: A rule cannot use its conditions.
        """
        rule_id = snapshot.rule.id
        if snapshot.concerned is not None:
            return await self._async_follow(snapshot)
        if rule_id not in self._shared:
            self._shared[rule_id] = await self._async_follow(snapshot)
        return self._shared[rule_id]

    async def _async_follow(self, snapshot: RuleSnapshot) -> list[RuleMoment]:
        # Preparing and evaluating a rule takes some milliseconds, and waits for nothing else.
        await asyncio.sleep(0)
        world, rule = self._world, SimulatedRule(snapshot.rule, self._world, snapshot.state)
        world.now = world.began
        if not snapshot.runs:
            return [_moment(rule, snapshot, world.now)]
        concerned = snapshot.concerned
        person = self._view_of(concerned) if concerned else None
        prepared = await self._async_prepare(snapshot.rule, person)
        try:
            return await self._async_steps(rule, snapshot, prepared, person)
        finally:
            prepared.async_stop()

    async def _async_steps(
        self,
        rule: SimulatedRule,
        snapshot: RuleSnapshot,
        prepared: Prepared,
        person: Mapping[str, Any] | None,
    ) -> list[RuleMoment]:
        world = self._world
        course: list[RuleMoment] = []
        for step in range(MOST_STEPS):
            if step % _STEPS_PER_TURN == _STEPS_PER_TURN - 1:
                await asyncio.sleep(0)
            await self._async_evaluate(rule, prepared, person)
            moment = _moment(rule, snapshot, world.now)
            if world.now in (world.began, self._end):
                end = rule.expected_end(prepared, world.now)
                moment = moment.with_facts(rule.facts(prepared), end)
            is_last = world.now == self._end
            if is_last or moment.differs_from(course[-1] if course else None):
                course.append(moment)
            if is_last:
                return course
            # At the next moment, states may be others than now.
            soon = world.began + timedelta.resolution if step == 0 else None
            world.now = min(soon or rule.next_moment(prepared) or self._end, self._end)
        unknown = f"“{rule.rule.name}” changes too often to be followed"
        return [*course, RuleMoment(world.now, course[-1].evaluation, unknown)]

    async def _async_evaluate(
        self, rule: SimulatedRule, prepared: Prepared, person: Mapping[str, Any] | None
    ) -> None:
        world, before = self._world, RuleState.like(rule)
        rule.async_simulate(self._hass, prepared, person)
        known = frozenset(self._calendars.events) | world.courses.keys() | world.given.keys()
        if world.only_given or not (unread := to_read(prepared, known)):
            return
        now = world.now
        await async_read_courses(self._hass, world, self._calendars, unread, self._end)
        world.now = now
        rule.take_over(before)
        rule.async_simulate(self._hass, prepared, person)

    async def _async_prepare(self, rule: Rule, person: Mapping[str, Any] | None) -> Prepared:
        links = person["links"] if person else {}
        texts = RuleTexts(self._view, rule) if rule.is_personal or rule.has_texts else None
        variables = texts.async_variables(person) if texts else None
        scope = Scope(variables, links, lambda: self._world.now)
        if rule.id not in self._validated:
            self._validated[rule.id] = await async_validated(self._view, rule.when, rule.name)
        make_leaf = partial(SimulatedLeaf.async_of, self._world)
        conditions = await WatchedConditions.async_build(
            self._view, self._validated[rule.id], rule.name, scope, make_leaf
        )
        return Prepared(conditions, texts, links)


def _moment(rule: SimulatedRule, snapshot: RuleSnapshot, now: datetime) -> RuleMoment:
    evaluation = rule.evaluation(snapshot.order, now, enabled=snapshot.enabled)
    return RuleMoment(now, evaluation, rule.unknown)
