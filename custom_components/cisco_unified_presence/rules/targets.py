"""Whom each rule is about at the moment."""

from collections import defaultdict
from collections.abc import Sequence

from homeassistant.core import HomeAssistant, callback

from .directory import Found, PeopleDirectory, PersonId
from .issues import RuleIssue, async_clear_rule_issue, async_raise_rule_issue
from .rule import Rule

_NOBODY = Found(frozenset())


class RuleTargets:
    """Knows whom each rule is about, and says which of its words stand for nobody."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with no rules."""
        self._hass = hass
        self._found: dict[str, Found] = {}
        self._about: dict[PersonId, tuple[str, ...]] = {}

    def of(self, rule_id: str) -> frozenset[PersonId]:
        """Return whom a rule is about."""
        return self._found.get(rule_id, _NOBODY).people

    def rules_about(self, person: PersonId) -> tuple[str, ...]:
        """Return the rules that are about a person, in their order."""
        return self._about.get(person, ())

    @callback
    def async_resolve(
        self, rules: Sequence[Rule], directory: PeopleDirectory
    ) -> dict[str, frozenset[PersonId]]:
        """Find out anew whom these rules, and no others, are about.

        Returns:
            By the rules that are about others than before: those who have come or gone.
        """
        before, self._found = self._found, {rule.id: rule.people.find(directory) for rule in rules}
        about: defaultdict[PersonId, list[str]] = defaultdict(list)
        for rule in rules:
            found = self._found[rule.id]
            self._complain(rule, found)
            for person in found.people:
                about[person].append(rule.id)
        self._about = {person: tuple(rule_ids) for person, rule_ids in about.items()}
        for rule_id in before.keys() - self._found.keys():
            async_clear_rule_issue(self._hass, RuleIssue.RULE_PEOPLE, rule_id)
        moved = {
            rule_id: before.get(rule_id, _NOBODY).people ^ self.of(rule_id)
            for rule_id in before.keys() | self._found.keys()
        }
        return {rule_id: people for rule_id, people in moved.items() if people}

    def _complain(self, rule: Rule, found: Found) -> None:
        if not found.unmatched:
            async_clear_rule_issue(self._hass, RuleIssue.RULE_PEOPLE, rule.id)
            return
        async_raise_rule_issue(
            self._hass,
            RuleIssue.RULE_PEOPLE,
            rule.id,
            rule=rule.name,
            words=", ".join(found.unmatched),
        )
