"""What rules request for people, as of the last change of each."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from custom_components.cisco_unified_presence.arbitration import Decision, Source
from custom_components.cisco_unified_presence.causes import RuleChange
from custom_components.cisco_unified_presence.rules.pause import PausesInForce, Scope
from custom_components.cisco_unified_presence.rules.requests import RuleRequests

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ANNA, BEN = ("entry", "anna"), ("entry", "ben")


class Around:
    """Rules that request what a test says, and what keeps them from it."""

    def __init__(self) -> None:
        self.requested: dict[str, dict[Any, Any]] = {}
        self.about: dict[tuple[str, str], list[str]] = {ANNA: ["desk", "call"], BEN: ["call"]}
        self.resting: set[tuple[str, tuple[str, str]]] = set()
        self.stopped: set[tuple[tuple[str, str], str]] = set()
        self.changes: dict[str, RuleChange | None] = {}
        self.ends: dict[str, datetime | None] = {}
        rules: Any = SimpleNamespace(
            requests=lambda: {key: {**each} for key, each in self.requested.items()},
            request_of=lambda rule_id, concerned: self.requested[rule_id].get(concerned),
            evaluation_of=self._evaluation,
            snapshot_of=lambda *of, rests: (*of, rests),
            change_of=lambda rule_id, _: self.changes.get(rule_id),
            runner_of=self._runner,
        )
        targets: Any = SimpleNamespace(rules_about=lambda person: self.about.get(person, []))
        pauses: Any = SimpleNamespace(stop=lambda *of: of in self.stopped, in_force=PausesInForce())
        loops: Any = SimpleNamespace(
            rests=lambda *of: of in self.resting, async_note_call=self._note_call
        )
        self.called: list[tuple[object, ...]] = []
        self.requests = RuleRequests(rules, targets, pauses, loops)

    def _runner(self, rule_id: str) -> Any:
        return self.requested.get(rule_id)

    def _note_call(self, *call: object) -> None:
        self.called.append(call)

    def _evaluation(self, rule_id: str, person: tuple[str, str]) -> Any:
        def for_person(*of: object, rests: bool) -> tuple[object, ...]:
            return (rule_id, person, *of, rests)

        return SimpleNamespace(
            rule_id=rule_id,
            for_person=for_person,
            expected_end=lambda: self.ends.get(rule_id),
        )


def asked(rule_id: str, name: str = "") -> Any:
    return SimpleNamespace(rule_id=rule_id, name=name)


def test_what_is_requested_for_a_person() -> None:
    around = Around()
    desk, call = asked("desk"), asked("call", "of Ben")
    around.requested = {"desk": {None: desk}, "call": {BEN: call}}
    assert sorted(around.requests.async_renew()) == ["call", "desk"]
    assert around.requests.async_renew() == []
    assert around.requests.for_person(ANNA) == (desk,)
    assert around.requests.for_person(BEN) == (call,)
    assert around.requests.for_person(("entry", "clara")) == ()
    assert around.requests.holds_for(ANNA, "desk")
    assert not around.requests.holds_for(ANNA, "call")
    assert not around.requests.holds_for(BEN, "desk")

    around.resting = {("desk", ANNA)}
    assert around.requests.for_person(ANNA) == ()
    around.resting, around.stopped = {("call", ANNA), ("desk", BEN)}, {(BEN, "call")}
    assert around.requests.for_person(ANNA) == (desk,)
    assert around.requests.for_person(BEN) == ()


def test_requests_that_change() -> None:
    around = Around()
    desk, call = asked("desk"), asked("call")
    around.requested = {"desk": {}, "call": {ANNA: call}}
    around.requests.async_renew()
    assert not around.requests.async_update("desk", None)
    around.requested["desk"] = {None: desk}
    assert around.requests.async_update("desk", None)
    assert not around.requests.async_update("desk", None)
    assert around.requests.for_person(ANNA) == (desk, call)
    around.requested["desk"] = {None: asked("desk", "other")}
    assert around.requests.async_update("desk", None)
    around.requested["call"] = {}
    assert not around.requests.async_update("call", BEN)
    assert around.requests.async_update("call", ANNA)
    assert not around.requests.async_update("call", ANNA)
    assert not around.requests.is_requesting("call")
    assert around.requests.is_requesting("desk")
    around.requested["new"] = {ANNA: asked("new")}
    assert around.requests.async_update("new", ANNA)

    around.requested = {"desk": around.requested["desk"], "lunch": {}}
    assert sorted(around.requests.async_renew()) == ["call", "lunch", "new"]
    assert around.requests.rules_in(Scope()) == ["desk", "lunch"]
    assert around.requests.rules_in(Scope(rules=frozenset({"lunch", "gone"}))) == ["lunch"]


def test_what_is_told_of_every_rule_about_a_person() -> None:
    around = Around()
    around.requested = {"desk": {}, "call": {}}
    around.resting = {("call", ANNA)}
    in_force = PausesInForce()
    evaluations: Any = around.requests.evaluations_for(ANNA)
    assert evaluations == (
        ("desk", ANNA, ANNA, in_force, False),
        ("call", ANNA, ANNA, in_force, True),
    )
    snapshots: Any = around.requests.snapshots_for(ANNA)
    assert snapshots == (
        ("desk", ANNA, False),
        ("call", ANNA, True),
    )
    assert around.requests.evaluations_for(("entry", "clara")) == ()
    around.requests.async_note_call(ANNA, asked("context"))
    assert around.called == [(ANNA, asked("context"))]


def test_the_latest_change_of_rules() -> None:
    around = Around()
    first, second = (RuleChange(at=NOW + timedelta(minutes=each)) for each in (1, 2))
    around.changes = {"desk": second, "call": first, "lunch": None}
    assert around.requests.last_change_of(ANNA, ["call", "desk", "lunch", "gone"]) == second
    assert around.requests.last_change_of(ANNA, ["call"]) == first
    assert around.requests.last_change_of(ANNA, ["lunch"]) is None
    assert around.requests.last_change_of(ANNA, []) is None


def test_when_the_rule_that_wins_is_to_end() -> None:
    around = Around()
    around.requested = {"desk": {}, "call": {}}
    around.ends = {"desk": NOW, "call": NOW + timedelta(hours=1), "gone": NOW}

    def end(rule_id: str | None) -> datetime | None:
        request = asked(rule_id) if rule_id else None
        decision = Decision(source=Source.RULE, rule_request=request)
        return around.requests.expected_end(ANNA, decision)

    around.requested = {"desk": {None: 1}, "call": {None: 1}}
    assert (end("desk"), end("call")) == (NOW, NOW + timedelta(hours=1))
    assert (end("gone"), end(None)) == (None, None)
