"""Evaluates a rule that does not run, to show what it would do."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from homeassistant.core import HomeAssistant

from .calendars import CalendarsInUse
from .condition_facts import ConditionFact
from .directory import PersonId
from .instance import RuleInstance
from .rule import Rule
from .runner import stored_key
from .status import RuleEvaluation
from .store import InstanceRecord, RuleRecord
from .timing import next_change

type ViewOf = Callable[[PersonId], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class TrialResult:
    """How a rule evaluates.

    Attributes:
        begins_at: When it begins to hold if its conditions stay true, None if it does not wait.
        facts: The conditions that are not as the rule needs them.
        has_ended: Whether `at_most` or `until` has ended it while its conditions are still true.
    """

    evaluation: RuleEvaluation
    begins_at: datetime | None
    facts: tuple[ConditionFact, ...]
    has_ended: bool


class RuleTrial:
    """One evaluation of a rule; nothing is stored, and nothing goes on to be tracked."""

    def __init__(
        self, hass: HomeAssistant, rule: Rule, record: RuleRecord, order: int, view_of: ViewOf
    ) -> None:
        self._hass = hass
        self._rule = rule
        self._record = record
        self._order = order
        self._view_of = view_of
        self._calendars = CalendarsInUse(hass)

    async def async_evaluate(
        self, people: Sequence[PersonId]
    ) -> AsyncIterator[tuple[PersonId, TrialResult]]:
        """Yield how the rule evaluates for each of the people.

        Raises:
            ConditionsInvalid: A rule cannot use its conditions.
        """
        try:
            if self._rule.is_personal:
                for person in people:
                    record = self._record.people.get(stored_key(person), InstanceRecord())
                    view = partial(self._view_of, person)
                    yield person, await self._async_evaluate(record, view)
                return
            shared = await self._async_evaluate(self._record.shared, _no_view)
            for person in people:
                yield person, shared
        finally:
            self._calendars.async_release()

    async def _async_evaluate(
        self, record: InstanceRecord, view: Callable[[], Mapping[str, Any] | None]
    ) -> TrialResult:
        instance = RuleInstance(self._hass, self._rule, record, view, _ignore)
        try:
            if self._record.enabled:
                prepared = await instance.async_prepare(self._rule)
                instance.async_use(prepared)
                await self._calendars.async_read(prepared.conditions.calendars)
            timing = instance.timing
            is_true = timing.true_since is not None and timing.unknown_since is None
            waits = is_true and not timing.holds and not timing.spent
            evaluation = instance.evaluation(self._order, enabled=self._record.enabled)
            return TrialResult(
                evaluation,
                next_change(self._rule.times, timing) if waits else None,
                tuple(fact for fact in evaluation.facts() if not fact.as_needed),
                has_ended=is_true and timing.spent,
            )
        finally:
            instance.async_release()


def _ignore() -> None:
    """Do nothing about a change: the instance is released at once."""


def _no_view() -> None:
    return None
