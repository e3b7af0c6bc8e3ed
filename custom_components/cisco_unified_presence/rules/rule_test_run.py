"""Runs the tests beside rules: which expectation fails, what comes out in its place, and why.

A test knows no other states than those it gives, and no other settings, so it comes out the same
whenever and wherever it is run.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..arbitration import NOT_KNOWN, OwnPresence, RulesGate, decide
from ..const import DOMAIN, SUBENTRY_RULE
from ..decision_words import in_words, local_iso
from ..people import Person, answer_keys, people_of
from ..states import STATES
from .conditions import ConditionsInvalid
from .directory import PeopleDirectory, PersonId
from .explanation import explanation_of
from .given import states_given
from .person_view import async_person_view
from .presence_choice import OWN
from .rule import Rule
from .rule_test import RuleTest
from .simulated import SimulatedRules, World
from .snapshot import RuleSnapshot
from .status import RuleEvaluation

# Given states have stood for so long, so that durations are over.
STOOD_FOR: Final = timedelta(days=1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonOutcome:
    """What a test has found for one person.

    Attributes:
        key: The person's key in an answer.
        explained: The decision, as explanations have it.
    """

    person: Person
    key: str
    expected: str
    came_out: str
    explained: Mapping[str, Any]
    why: str

    @property
    def passed(self) -> bool:
        return self.came_out == self.expected

    @property
    def sentence(self) -> str:
        name = self.person.name
        return f"{name}: {self.expected} expected, {self.came_out} in its place ({self.why})"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTestOutcome:
    """What a test has found.

    Attributes:
        unmatched: The words for people that match nobody.
    """

    test: RuleTest
    people: tuple[PersonOutcome, ...]
    unmatched: tuple[str, ...] = ()

    @property
    def failures(self) -> tuple[str, ...]:
        """Return a sentence for each expectation that fails."""
        name = self.test.name
        nobody = (f"{name}: nobody is known as {word}" for word in self.unmatched)
        others = (f"{name}: {each.sentence}" for each in self.people if not each.passed)
        return (*nobody, *others)

    @property
    def as_answer(self) -> dict[str, Any]:
        return {
            "name": self.test.name,
            "passed": not self.failures,
            "failures": list(self.failures),
            "people": {
                each.key: {
                    **each.explained,
                    "expected": each.expected,
                    "passed": each.passed,
                }
                for each in self.people
            },
        }


async def async_run_tests(
    hass: HomeAssistant, yaml_rules: Sequence[Rule], tests: Iterable[RuleTest]
) -> list[RuleTestOutcome]:
    """Run tests on these rules of YAML, with those of the interface beside them."""
    listed = list(tests)
    if not listed:
        return []
    run = _Run(hass, [*yaml_rules, *_rules_of_interface(hass)])
    return [await run.async_test(test) for test in listed]


def _rules_of_interface(hass: HomeAssistant) -> Iterable[Rule]:
    for entry in hass.config_entries.async_entries(DOMAIN):
        for subentry in entry.get_subentries_of_type(SUBENTRY_RULE):
            yield Rule.from_subentry(subentry)


class _Run:
    """Runs tests, one after the other."""

    def __init__(self, hass: HomeAssistant, rules: Sequence[Rule]) -> None:
        self._hass = hass
        entries = hass.config_entries.async_entries(DOMAIN)
        self._people = {entry.entry_id: people_of(entry) for entry in entries}
        self._directory = PeopleDirectory(hass, self._people)
        every = (
            (each, found) for each, people in self._people.items() for found in people.values()
        )
        self._keys = answer_keys(hass, every)
        self._rules = [(rule, self._targets_of(rule)) for rule in rules]

    def _targets_of(self, rule: Rule) -> frozenset[PersonId]:
        left_out = rule.left_out.resolve(self._directory)
        return rule.people.resolve(self._directory).without(left_out).people

    async def async_test(self, test: RuleTest) -> RuleTestOutcome:
        now = test.at.after(dt_util.utcnow())
        given = states_given(test.given, lambda _: None, now - STOOD_FOR)
        own: dict[PersonId, OwnPresence] = {}
        for word, each in test.own.items():
            own |= dict.fromkeys(self._directory.by_word(word) or (), each)

        def view_of(person: PersonId) -> Mapping[str, Any] | None:
            of_person = self._people[person[0]][person[1]]
            of_own = own.get(person, NOT_KNOWN)
            return async_person_view(self._hass, person[0], of_person, of_own)

        world = World(now, now, given, only_given=True)
        simulated = SimulatedRules(self._hass, world, now, view_of)
        people: list[PersonOutcome] = []
        words = (*test.own, *test.expect)
        unmatched = [word for word in words if not self._directory.by_word(word)]
        for word, expected in test.expect.items():
            for person in sorted(self._directory.by_word(word) or ()):
                evaluations = await self._async_evaluations(simulated, person)
                outcome = self._outcome(
                    person, expected, evaluations, own.get(person, NOT_KNOWN), world
                )
                people.append(outcome)
        return RuleTestOutcome(test=test, people=tuple(people), unmatched=tuple(unmatched))

    async def _async_evaluations(
        self, simulated: SimulatedRules, person: PersonId
    ) -> tuple[RuleEvaluation, ...]:
        evaluations = []
        for order, (rule, targets) in enumerate(self._rules):
            if person not in targets:
                continue
            concerned = person if rule.is_personal else None
            snapshot = RuleSnapshot(rule=rule, order=order, concerned=concerned)
            try:
                course = await simulated.async_course_of(snapshot)
            except ConditionsInvalid:
                # It has a problem of its own, which is told elsewhere.
                continue
            evaluations.append(course[-1].evaluation)
        return tuple(evaluations)

    def _outcome(
        self,
        person_id: PersonId,
        expected: str,
        evaluations: tuple[RuleEvaluation, ...],
        own: OwnPresence,
        world: World,
    ) -> PersonOutcome:
        person = self._people[person_id[0]][person_id[1]]
        requests = [each.request for each in evaluations if each.holds]
        decision = decide(None, requests, None, world.began, own)
        came_out = STATES[decision.requested.presence] if decision.requested else OWN
        shown = came_out if decision.requested else own.presence
        explained = explanation_of(
            person,
            shown,
            evaluations,
            RulesGate(),
            manual=None,
            overruled=None,
            own=own,
            waiting_until=None,
            refused_until=None,
            now=world.began,
        )
        return PersonOutcome(
            person=person,
            key=self._keys[person_id],
            expected=expected,
            came_out=came_out,
            explained={**explained, "at": local_iso(world.began)},
            why="; ".join([in_words(decision), *_not_true(evaluations, expected)]),
        )


def _not_true(evaluations: Iterable[RuleEvaluation], expected: str) -> Iterable[str]:
    """Say of rules that would give what is expected why they do not hold."""
    for each in evaluations:
        if not each.holds and each.presence in (expected, None) and each.failing:
            yield f"“{each.name}” does not hold: {', '.join(each.failing)}"
