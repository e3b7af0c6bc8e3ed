"""Evaluates rules that do not run, among those that do."""

from collections.abc import Callable, Sequence

from homeassistant.core import HomeAssistant

from ..people import Person
from .directory import PersonId
from .pauses import Pauses
from .preview import PreviewedRule
from .rule import Rule
from .rule_set import RuleSet
from .status import RuleEvaluation
from .targets import RuleTargets
from .trial import RuleTrial

type EvaluationsFor = Callable[[str, str], tuple[RuleEvaluation, ...]]


class RuleTrials:
    """Tells what a rule would do that is not saved yet, or is changed."""

    def __init__(
        self,
        hass: HomeAssistant,
        rules: RuleSet,
        targets: RuleTargets,
        pauses: Pauses,
        evaluations_for: EvaluationsFor,
    ) -> None:
        self._hass = hass
        self._rules = rules
        self._targets = targets
        self._pauses = pauses
        self._evaluations_for = evaluations_for

    def people_meant_by(self, rule: Rule) -> list[tuple[PersonId, Person]]:
        """Return whom a rule would be about, sorted by name."""
        found = self._targets.people_meant_by(rule)
        people = [(each, person) for each in found if (person := self._targets.person(each))]
        return sorted(people, key=lambda each: (each[1].name.casefold(), each[0]))

    async def async_preview(
        self, rule: Rule, entry_id: str, people: Sequence[PersonId]
    ) -> dict[PersonId, PreviewedRule]:
        """Return how a rule of an entry would evaluate for people.

        Raises:
            ConditionsInvalid: A rule cannot use its conditions.
        """
        record = self._rules.record_for(rule, entry_id)
        order = self._rules.order_of(rule, entry_id)
        trial = RuleTrial(self._hass, rule, record, order, self._targets.view_of)
        previews: dict[PersonId, PreviewedRule] = {}
        async for person, result in trial.async_evaluate(people):
            evaluations = self._evaluations_for(*person)
            previews[person] = PreviewedRule(
                trial=result,
                stopped=self._pauses.stop(person, rule.id),
                others=tuple(each for each in evaluations if each.rule_id != rule.id),
                gate=self._pauses.gate_of(person),
            )
        return previews
