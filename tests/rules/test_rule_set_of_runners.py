"""Which rules run, from where and in which order, and what is recorded of them."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.rules import rule_set as module
from custom_components.cisco_unified_presence.rules.rule import Rule
from custom_components.cisco_unified_presence.rules.rule_set import YAML, RuleSet
from custom_components.cisco_unified_presence.rules.store import RuleRecord
from tests.common.rules import ELSEWHERE, rule

ANNA = ("entry", "anna")


class Runner:
    """Runs a rule, and notes what is asked of it."""

    made: list[Runner]

    def __init__(
        self, _hass: object, rule: Rule, record: RuleRecord, view_of: object, on_change: Any
    ) -> None:
        self.rule, self.first_record, self.view_of = rule, record, view_of
        self.on_change = on_change
        self.enabled = True
        self.calls: list[Any] = []
        self.change: Any = f"change of {rule.name}"
        Runner.made.append(self)

    @property
    def record(self) -> RuleRecord:
        return RuleRecord(entry_id="entry", conditions=f"of {self.rule.name}")

    async def async_start(self) -> None:
        self.calls.append("start")

    def async_stop(self) -> None:
        self.calls.append("stop")

    def async_reevaluate(self) -> None:
        self.calls.append("evaluate")

    async def async_set_people(self, people: object, is_loaded: object) -> None:
        self.calls.append(("people", people, is_loaded))

    async def async_update_links(self) -> None:
        self.calls.append("links")

    async def async_prepare(self, rule: Rule) -> str:
        return f"prepared {rule.name} {rule.priority}"

    def async_replace(self, rule: Rule, prepared: object) -> None:
        self.rule = rule
        self.calls.append(prepared)

    def request_of(self, *of: object) -> object:
        return (self.rule.name, *of)

    requests = evaluation = evaluations = request_of

    def snapshot(self, *of: object, rests: bool) -> object:
        return (self.rule.name, *of, rests)

    def change_of(self, person: object) -> object:
        return (self.change, person)

    def taken(self) -> list[Any]:
        taken, self.calls = self.calls, []
        return taken


class Store:
    """The records of rules."""

    def __init__(self, _hass: object, running: Any) -> None:
        self.running = running
        self.records: dict[str, RuleRecord] = {}
        self.loaded = SimpleNamespace(unreadable_file=None, unreadable={})
        self.noted: list[str] = []

    async def async_load(self) -> Any:
        return self.loaded

    async def async_stored(self) -> None:
        self.noted.append("stored")

    def record_of(self, rule: Rule, source: str | None) -> Any:
        return rule.name, source

    def async_note_change(self) -> None:
        self.noted.append("changed")

    def async_set(self, rule_id: str, record: RuleRecord) -> None:
        self.records[rule_id] = record

    def async_delete(self, is_gone: Any) -> None:
        kept = {key: each for key, each in self.records.items() if not is_gone(key, each)}
        self.records = kept


class Around:
    """Rules of entries and of YAML."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Runner.made = []
        self.entries = [
            SimpleNamespace(entry_id=each, subentries=subentries)
            for each, subentries in (
                ("first", {"s1": SimpleNamespace(data={"name": "Desk"}, title="Rule Desk")}),
                ("second", {}),
            )
        ]
        self.told: list[object] = []
        self.changed: list[object] = []
        hass: Any = SimpleNamespace(
            config_entries=SimpleNamespace(async_entries=lambda _: self.entries)
        )
        monkeypatch.setattr(module, "RuleRunner", Runner)
        monkeypatch.setattr(module, "RuleStore", Store)
        for name in ("async_raise_file_lost", "async_raise_records_lost"):
            monkeypatch.setattr(
                module, name, lambda _hass, said, name=name: self.told.append((name, said))
            )
        view_of: Any = "view_of"
        self.set = RuleSet(hass, view_of, lambda *change: self.changed.append(change))
        self.store: Any = self.set._store

    def runner(self, rule_id: str) -> Runner:
        found = self.set.runner_of(rule_id)
        assert isinstance(found, Runner)
        return found


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> Around:
    return Around(monkeypatch)


def record(entry_id: str | None) -> RuleRecord:
    return RuleRecord(entry_id=entry_id, conditions="")


async def test_records_are_read_and_those_of_entries_that_are_gone_deleted(around: Around) -> None:
    around.store.records = {
        "a": record(None),
        "b": record("first"),
        "c": record("second"),
        "d": record("gone"),
    }
    await around.set.async_load()
    assert list(around.store.records) == ["a", "b", "c"]
    assert around.told == []
    around.store.loaded = SimpleNamespace(unreadable_file="/a/file", unreadable={"s1": 1, "x": 2})
    await around.set.async_load()
    assert around.told == [
        ("async_raise_file_lost", "/a/file"),
        ("async_raise_records_lost", ["Desk", "x"]),
    ]
    await around.set.async_stored()
    assert around.store.noted == ["stored"]


async def test_rules_of_several_sources(around: Around) -> None:
    await around.set.async_replace("second", [rule("D")])
    await around.set.async_replace(YAML, [rule("A"), rule("B")])
    await around.set.async_replace("first", [rule("C")])
    assert [each.name for each in around.set.rules] == ["A", "B", "C", "D"]
    assert [each.name for each in around.set.rules_from(YAML)] == ["A", "B"]
    assert around.set.rules_from("gone") == ()
    assert {each.rule.name for each in around.set.runners} == {"A", "B", "C", "D"}
    first: Any = Runner.made[0]
    assert (first.first_record, first.view_of) == (("D", "second"), "view_of")

    asked: Any = around.set
    assert asked.request_of("d", ANNA) == ("D", ANNA, 3)
    assert asked.requests() == {each: (each.upper(), n) for n, each in enumerate("abcd")}
    assert asked.evaluation_of("c", ANNA) == ("C", 2, ANNA)
    assert asked.evaluations_of("b") == ("B", 1)
    assert asked.evaluations_of("gone") == ()
    assert asked.snapshot_of("a", ANNA, rests=True) == ("A", 0, ANNA, True)
    assert asked.change_of("a", ANNA) == ("change of A", ANNA)
    assert asked.change_of("gone", ANNA) is None

    assert around.set.order_of(rule("B"), YAML) == 1
    orders = [around.set.order_of(rule("New"), each) for each in (YAML, "first", "second")]
    assert orders == [2, 3, 4]
    assert around.store.running() == {
        each: RuleRecord(entry_id="entry", conditions=f"of {each.upper()}") for each in "dabc"
    }


async def test_rules_are_started_and_stopped(around: Around) -> None:
    await around.set.async_replace(YAML, [rule("A")])
    assert around.runner("a").taken() == ["stop"]
    await around.set.async_start()
    assert around.runner("a").taken() == ["start"]
    await around.set.async_replace("first", [rule("B")])
    assert (around.runner("a").taken(), around.runner("b").taken()) == ([], ["start"])
    around.set.async_stop()
    assert (around.runner("a").taken(), around.runner("b").taken()) == (["stop"], ["stop"])
    await around.set.async_replace("first", [rule("B", priority=1)])
    assert around.runner("a").taken() == ["stop"]
    assert around.runner("b").taken() == ["prepared B 1", "stop"]


async def test_rules_of_a_source_are_exchanged(around: Around) -> None:
    await around.set.async_start()
    await around.set.async_replace(YAML, [rule("A"), rule("B")])
    gone, kept = around.runner("a"), around.runner("b")
    for each in (gone, kept):
        each.taken()
    await around.set.async_replace(YAML, [rule("C"), rule("B", priority=2)])
    assert gone.taken() == ["stop"]
    assert kept.taken() == ["prepared B 2"]
    assert around.runner("b") is kept
    assert around.runner("c").taken() == ["start"]
    assert around.set.runner_of("a") is None
    assert [each.name for each in around.set.rules] == ["C", "B"]
    assert around.store.records["a"].conditions == "of A"
    assert set(around.store.records) == {"a", "b", "c"}
    assert list(around.store.running()) == ["b", "c"]


async def test_only_rules_that_run_report_changes(around: Around) -> None:
    await around.set.async_replace(YAML, [rule("A")])
    runner = around.runner("a")
    runner.on_change("a", ANNA)
    runner.on_change("b", None)
    assert around.changed == [("a", ANNA)]
    assert around.store.noted == ["changed"]
    await around.set.async_replace(YAML, [])
    runner.on_change("a", None)
    assert len(around.changed) == 1


def personal(name: str, **changes: Any) -> Rule:
    """Return a rule that is evaluated for each person."""
    made = rule(name, **changes)
    object.__setattr__(made, "is_personal", True)
    return made


async def test_rules_for_each_person(around: Around) -> None:
    await around.set.async_start()
    await around.set.async_replace(YAML, [rule("A"), personal("B"), personal("C")])
    for each in Runner.made:
        each.taken()
    targets: Any = SimpleNamespace(of=lambda rule_id: f"people of {rule_id}", has_people_of="has")
    await around.set.async_set_people(targets)
    assert [each.taken() for each in Runner.made] == [
        [],
        [("people", "people of b", "has"), "links"],
        [("people", "people of c", "has"), "links"],
    ]
    around.set.async_reevaluate_personal()
    assert [each.taken() for each in Runner.made] == [[], ["evaluate"], ["evaluate"]]
    around.set.async_reevaluate()
    assert [each.taken() for each in Runner.made] == [["evaluate"]] * 3


async def test_with_which_record_a_rule_would_run(around: Around) -> None:
    await around.set.async_replace(YAML, [rule("A")])
    new = rule("New")
    expected = RuleRecord(entry_id="first", conditions=new.fingerprint)
    assert around.set.record_for(new, "first") == expected
    runner = around.runner("a")
    assert around.set.record_for(rule("A", priority=7), YAML) == runner.record
    for other in (rule("A", when=[ELSEWHERE]), personal("A")):
        for enabled in (True, False):
            runner.enabled = enabled
            assert around.set.record_for(other, "first") == RuleRecord(
                entry_id="first", conditions=other.fingerprint, enabled=enabled
            )


async def test_records_of_a_source_are_deleted(around: Around) -> None:
    around.store.records = {"a": record(None), "b": record("first"), "c": record("first")}
    around.set.async_delete_records("first", keep=["c"])
    assert list(around.store.records) == ["a", "c"]
    around.set.async_delete_records(YAML)
    assert list(around.store.records) == ["c"]


async def test_hundreds_of_rules_are_made_and_started_some_a_turn(
    around: Around, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[tuple[int, int]] = []
    sleep = asyncio.sleep

    async def counted(seconds: float) -> None:
        started = sum(each.calls == ["start"] for each in Runner.made)
        slept.append((len(Runner.made), started))
        await sleep(seconds)

    monkeypatch.setattr(asyncio, "sleep", counted)
    await around.set.async_start()
    slept.clear()
    await around.set.async_replace(YAML, [rule(f"R{number}") for number in range(101)])
    assert slept == [
        (50, 0),
        (100, 0),
        (101, 0),
        *((101, each) for each in (20, 40, 60, 80, 100, 101)),
    ]
