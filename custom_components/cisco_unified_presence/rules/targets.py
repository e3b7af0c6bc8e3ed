"""Whom each rule is about now."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, callback

from ..people import Person, listed
from .directory import PeopleDirectory, PersonId, ResolvedPeople
from .issues import RuleIssue, async_clear_rule_issue, async_raise_rule_issue
from .person_view import OwnProvider, async_person_view, nothing_known
from .rule import Rule

type PeopleProvider = Callable[[], Mapping[str, Person]]

_NONE = ResolvedPeople(frozenset())


class RuleTargets:
    """Resolves whom rules name, and raises an issue for names that match no person."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._people: dict[str, PeopleProvider] = {}
        self._own: dict[str, OwnProvider] = {}
        self._resolved: dict[str, ResolvedPeople] = {}
        self._rules_about: dict[PersonId, tuple[str, ...]] = {}
        self._directory: PeopleDirectory | None = None

    @callback
    def async_add_people(
        self, entry_id: str, people: PeopleProvider, own: OwnProvider = nothing_known
    ) -> None:
        """Let rules be about the people of an entry from the next async_resolve on."""
        self._people[entry_id] = people
        self._own[entry_id] = own

    @callback
    def async_remove_people(self, entry_id: str) -> None:
        self._people.pop(entry_id, None)
        self._own.pop(entry_id, None)

    def view_of(self, person: PersonId) -> Mapping[str, Any] | None:
        """Return what templates may know of a person, None when that person is gone."""
        entry_id, key = person
        people = self._people.get(entry_id)
        found = people().get(key) if people else None
        if found is None:
            return None
        return async_person_view(self._hass, entry_id, found, self._own[entry_id](key))

    def has_people_of(self, entry_id: str) -> bool:
        return entry_id in self._people

    def of(self, rule_id: str) -> frozenset[PersonId]:
        return self._resolved.get(rule_id, _NONE).people

    def rules_about(self, person: PersonId) -> tuple[str, ...]:
        return self._rules_about.get(person, ())

    def names_of(self, people: Iterable[PersonId]) -> tuple[str, ...]:
        """Return the sorted names of those who are still there."""
        listed = list(people)
        loaded = {
            entry_id: self._people[entry_id]()
            for entry_id in {each[0] for each in listed} & self._people.keys()
        }
        found = (loaded[entry_id].get(key) for entry_id, key in listed if entry_id in loaded)
        return tuple(sorted(person.name for person in found if person))

    def shown_by(self, entity_id: str) -> frozenset[PersonId]:
        """Return the controlled people of whom an entity of this integration tells."""
        directory = self._directory
        return frozenset((directory and directory.by_id(ATTR_ENTITY_ID, entity_id)) or ())

    def people_meant_by(self, rule: Rule) -> frozenset[PersonId]:
        """Return whom a rule would be about that does not run."""
        loaded = {entry_id: people() for entry_id, people in self._people.items()}
        return _resolved(rule, PeopleDirectory(self._hass, loaded)).people

    def person(self, person: PersonId) -> Person | None:
        people = self._people.get(person[0])
        return people().get(person[1]) if people else None

    @callback
    def async_resolve(self, rules: Sequence[Rule]) -> dict[str, frozenset[PersonId]]:
        """Resolve whom these rules, and no others, are about.

        Returns:
            By the id of each rule that is about others than before: who was added or removed.
        """
        loaded = {entry_id: people() for entry_id, people in self._people.items()}
        directory = self._directory = PeopleDirectory(self._hass, loaded)
        before = self._resolved
        self._resolved = {rule.id: _resolved(rule, directory) for rule in rules}
        about: defaultdict[PersonId, list[str]] = defaultdict(list)
        for rule in rules:
            resolved = self._resolved[rule.id]
            self._report(rule, resolved)
            for person in resolved.people:
                about[person].append(rule.id)
        self._rules_about = {person: tuple(rule_ids) for person, rule_ids in about.items()}
        for rule_id in before.keys() - self._resolved.keys():
            async_clear_rule_issue(self._hass, RuleIssue.RULE_PEOPLE, rule_id)
        changed = {
            rule_id: before.get(rule_id, _NONE).people ^ self.of(rule_id)
            for rule_id in before.keys() | self._resolved.keys()
        }
        return {rule_id: people for rule_id, people in changed.items() if people}

    def _report(self, rule: Rule, resolved: ResolvedPeople) -> None:
        if not resolved.unmatched:
            async_clear_rule_issue(self._hass, RuleIssue.RULE_PEOPLE, rule.id)
            return
        async_raise_rule_issue(
            self._hass,
            RuleIssue.RULE_PEOPLE,
            rule.id,
            rule=rule.name,
            words=listed(resolved.unmatched),
        )


def _resolved(rule: Rule, directory: PeopleDirectory) -> ResolvedPeople:
    return rule.people.resolve(directory).without(rule.left_out.resolve(directory))
