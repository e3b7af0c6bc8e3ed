"""Whom rules are about, and the issue for words that match nobody."""

from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.arbitration import NOT_KNOWN, OwnPresence
from custom_components.cisco_unified_presence.rules import targets as module
from custom_components.cisco_unified_presence.rules.directory import ResolvedPeople
from custom_components.cisco_unified_presence.rules.issues import RuleIssue
from custom_components.cisco_unified_presence.rules.rule import Rule
from custom_components.cisco_unified_presence.rules.targets import RuleTargets
from tests.common.rules import rule

ANNA, BEN, CLARA = ("entry", "anna"), ("entry", "ben"), ("other", "clara")
BY_WORD = {"anna": ANNA, "ben": BEN, "clara": CLARA}


class Directory:
    """People by words, and by entities."""

    def __init__(self, _hass: object, people: Any) -> None:
        self.people = people

    def by_id(self, kind: str, entity_id: str) -> Any:
        return {ANNA} if (kind, entity_id) == ("entity_id", "sensor.anna") else None


class Around:
    """People of two entries, and rules about them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.loaded = {
            "entry": {each: SimpleNamespace(name=each.title()) for each in ("anna", "ben")},
            "other": {"clara": SimpleNamespace(name="Clara")},
        }
        self.told: list[object] = []
        monkeypatch.setattr(module, "PeopleDirectory", Directory)
        monkeypatch.setattr(module, "async_raise_rule_issue", self._raise)
        monkeypatch.setattr(module, "async_clear_rule_issue", self._clear)
        monkeypatch.setattr(module, "async_person_view", lambda _hass, *of: of)
        monkeypatch.setattr(module, "_resolved", self._resolved)
        hass: Any = None
        self.targets = RuleTargets(hass)
        for entry_id in self.loaded:
            self.add(entry_id)

    def add(self, entry_id: str, *own: Any) -> None:
        people: Any = lambda: self.loaded[entry_id]  # noqa: E731
        self.targets.async_add_people(entry_id, people, *own)

    def _raise(self, _hass: object, *issue: object, **said: str) -> None:
        self.told.append((*issue, said))

    def _clear(self, _hass: object, *issue: object) -> None:
        self.told.append(issue)

    @staticmethod
    def _resolved(of: Rule, directory: Any) -> ResolvedPeople:
        known = {(entry_id, key) for entry_id, each in directory.people.items() for key in each}
        found = {BY_WORD[each] for each in of.people.words if each in BY_WORD} & known
        unmatched = tuple(each for each in of.people.words if BY_WORD.get(each) not in known)
        return ResolvedPeople(frozenset(found), unmatched)

    def taken(self) -> list[object]:
        taken, self.told = self.told, []
        return taken


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> Around:
    return Around(monkeypatch)


def test_whom_rules_are_about(around: Around) -> None:
    targets = around.targets
    desk, call = rule(people=["anna", "ben"]), rule("Call", people=["ben", "clara"])
    assert targets.of("desk") == frozenset()
    assert targets.async_resolve([desk, call]) == {"desk": {ANNA, BEN}, "call": {BEN, CLARA}}
    assert targets.of("desk") == {ANNA, BEN}
    assert targets.of("call") == {BEN, CLARA}
    about = [targets.rules_about(each) for each in (ANNA, BEN, CLARA, ("entry", "dora"))]
    assert about == [("desk",), ("desk", "call"), ("call",), ()]
    assert around.taken() == [(RuleIssue.RULE_PEOPLE, "desk"), (RuleIssue.RULE_PEOPLE, "call")]
    assert targets.async_resolve([desk, call]) == {}
    around.taken()

    # Who was added or removed.
    assert targets.async_resolve([rule(people=["anna"]), rule("New", people=["clara"])]) == {
        "desk": {BEN},
        "call": {BEN, CLARA},
        "new": {CLARA},
    }
    assert around.taken() == [
        (RuleIssue.RULE_PEOPLE, "desk"),
        (RuleIssue.RULE_PEOPLE, "new"),
        (RuleIssue.RULE_PEOPLE, "call"),
    ]
    assert targets.rules_about(BEN) == ()
    targets.async_remove_people("other")
    targets.async_remove_people("other")
    assert targets.async_resolve([rule("New", people=["clara", "zoe"])]) == {
        "desk": {ANNA},
        "new": {CLARA},
    }
    assert around.taken() == [
        (RuleIssue.RULE_PEOPLE, "new", {"rule": "New", "words": "clara, zoe"}),
        (RuleIssue.RULE_PEOPLE, "desk"),
    ]


def test_what_is_known_of_people(around: Around) -> None:
    targets = around.targets
    assert targets.has_people_of("entry")
    assert not targets.has_people_of("gone")
    anna: Any = targets.person(ANNA)
    assert anna.name == "Anna"
    for nobody in (("entry", "dora"), ("gone", "anna")):
        assert targets.person(nobody) is None
        assert targets.view_of(nobody) is None
    view: Any = targets.view_of(ANNA)
    assert view == ("entry", anna, NOT_KNOWN)
    around.add("entry", lambda key: OwnPresence(f"own of {key}"))
    view = targets.view_of(ANNA)
    assert view == ("entry", anna, OwnPresence("own of anna"))

    everyone = [CLARA, BEN, ANNA, ("entry", "dora"), ("gone", "anna")]
    assert targets.names_of(everyone) == ("Anna", "Ben", "Clara")
    assert targets.names_of(iter(everyone)) == ("Anna", "Ben", "Clara")
    assert targets.names_of([]) == ()
    targets.async_remove_people("entry")
    assert targets.names_of(everyone) == ("Clara",)
    assert targets.person(ANNA) is None
    assert not targets.has_people_of("entry")


def test_of_whom_an_entity_tells(around: Around) -> None:
    targets = around.targets
    assert targets.shown_by("sensor.anna") == frozenset()
    targets.async_resolve([])
    assert targets.shown_by("sensor.anna") == {ANNA}
    assert targets.shown_by("sensor.ben") == frozenset()


def test_whom_a_rule_would_be_about(around: Around) -> None:
    found = around.targets.people_meant_by(rule(people=["clara", "anna", "zoe"]))
    assert found == {ANNA, CLARA}
    assert around.taken() == []
