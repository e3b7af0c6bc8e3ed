"""One evaluation of a rule that does not run, and what a rule would do among others."""

from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.arbitration import RulesGate
from custom_components.cisco_unified_presence.rules import trial as module
from custom_components.cisco_unified_presence.rules.conditions import ConditionsInvalid
from custom_components.cisco_unified_presence.rules.rule import Rule
from custom_components.cisco_unified_presence.rules.store import InstanceRecord, RuleRecord
from custom_components.cisco_unified_presence.rules.timing import TimingState
from custom_components.cisco_unified_presence.rules.trial import RuleTrial
from custom_components.cisco_unified_presence.rules.trials import RuleTrials
from tests.common.rules import MINUTE, NOON, rule

ANNA, BEN = ("entry", "anna"), ("entry", "ben")
HOLDS = TimingState(true_since=NOON, holds_since=NOON)


class Instance:
    """A rule as it is evaluated once, by what its record says."""

    def __init__(
        self, _hass: object, rule: Rule, record: InstanceRecord, view: Any, _: Any
    ) -> None:
        Around.current.made.append(self)
        self.rule, self.timing, self.view = rule, record.timing, view()
        self.released = False
        self.used: object = None

    async def async_prepare(self, rule: Rule) -> Any:
        assert rule is self.rule
        if Around.current.refused:
            raise ConditionsInvalid("refused")
        return SimpleNamespace(conditions=SimpleNamespace(calendars={"calendar.room"}))

    def async_use(self, prepared: object) -> None:
        self.used = prepared
        self.timing = Around.current.becomes or self.timing

    def evaluation(self, order: int, *, enabled: bool) -> Any:
        facts = (
            SimpleNamespace(as_needed=True, name="as needed"),
            SimpleNamespace(as_needed=False, name="not as needed"),
        )
        return SimpleNamespace(
            order=order, enabled=enabled, facts=lambda: facts, view=self.view, timing=self.timing
        )

    def async_release(self) -> None:
        self.released = True


class Around:
    """What a trial evaluates, and which calendars it reads."""

    current: Around

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Around.current = self
        self.made: list[Instance] = []
        self.refused = False
        self.becomes: TimingState | None = None
        self.calendars: list[object] = []

        async def read(calendars: object) -> None:
            self.calendars.append(calendars)

        used = SimpleNamespace(
            async_read=read, async_release=lambda: self.calendars.append("released")
        )
        monkeypatch.setattr(module, "RuleInstance", Instance)
        monkeypatch.setattr(module, "CalendarsInUse", lambda _: used)


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> Around:
    return Around(monkeypatch)


def view_of(person: tuple[str, str]) -> dict[str, Any]:
    return {"name": person[1]}


async def tried(of: Rule, timing: TimingState | None = None, **record: Any) -> dict[str, Any]:
    """Return how a rule evaluates for Anna and Ben."""
    shared = InstanceRecord(timing or TimingState())
    kept = {"entry_id": None, "conditions": of.fingerprint, "shared": shared, **record}
    hass: Any = None
    trial = RuleTrial(hass, of, RuleRecord(**kept), 7, view_of)
    return {person[1]: result async for person, result in trial.async_evaluate([ANNA, BEN])}


async def test_a_rule_for_all_is_evaluated_once(around: Around) -> None:
    around.becomes = HOLDS
    found = await tried(rule())
    assert found["anna"] is found["ben"]
    result = found["anna"]
    assert (result.evaluation.order, result.evaluation.enabled) == (7, True)
    assert (result.evaluation.view, result.evaluation.timing) == (None, HOLDS)
    assert [each.name for each in result.facts] == ["not as needed"]
    (instance,) = around.made
    assert instance.released
    assert around.calendars == [{"calendar.room"}, "released"]


@pytest.mark.parametrize(
    ("timing", "begins", "ended"),
    [
        (TimingState(), None, False),
        (TimingState(true_since=NOON), 5, False),
        (TimingState(true_since=NOON, holds_since=NOON), None, False),
        (TimingState(true_since=NOON, unknown_since=NOON), None, False),
        (TimingState(true_since=NOON, spent=True), None, True),
        (TimingState(true_since=NOON, unknown_since=NOON, spent=True), None, False),
        (TimingState(false_since=NOON, spent=True), None, False),
        (TimingState(false_since=NOON, holds_since=NOON), None, False),
    ],
)
async def test_when_it_begins_and_whether_it_has_ended(
    around: Around, timing: TimingState, begins: int | None, *, ended: bool
) -> None:
    around.becomes = timing
    result = (await tried(rule(duration={"minutes": 5}, at_most={"hours": 1})))["anna"]
    assert result.begins_at == (None if begins is None else NOON + begins * MINUTE)
    assert result.has_ended is ended


async def test_a_rule_that_is_switched_off_is_not_evaluated(around: Around) -> None:
    around.becomes = HOLDS
    result = (await tried(rule(), TimingState(true_since=NOON), enabled=False))["anna"]
    assert (result.evaluation.enabled, result.evaluation.timing.holds) == (False, False)
    assert around.made[0].used is None
    assert around.made[0].released
    assert around.calendars == ["released"]


def personal() -> Rule:
    """Return a rule that is evaluated for each person."""
    made = rule()
    object.__setattr__(made, "is_personal", True)
    return made


async def test_a_rule_for_each_person(around: Around) -> None:
    found = await tried(personal(), HOLDS, people={"entry/anna": InstanceRecord(HOLDS)})
    views = {name: each.evaluation.view for name, each in found.items()}
    assert views == {"anna": {"name": "anna"}, "ben": {"name": "ben"}}
    timings = {name: each.evaluation.timing for name, each in found.items()}
    assert timings == {"anna": HOLDS, "ben": TimingState()}
    assert all(each.released for each in around.made)
    assert around.calendars == [{"calendar.room"}, {"calendar.room"}, "released"]


@pytest.mark.parametrize("made", [rule(), personal()])
async def test_conditions_that_are_refused(around: Around, made: Rule) -> None:
    around.refused = True
    with pytest.raises(ConditionsInvalid):
        await tried(made)
    assert around.made[0].released
    assert around.calendars == ["released"]


def trials_of(people: dict[tuple[str, str], str], **parts: Any) -> RuleTrials:
    hass: Any = None
    targets: Any = SimpleNamespace(
        people_meant_by=lambda _: {*people, ("entry", "gone")},
        person=lambda each: SimpleNamespace(name=people[each]) if each in people else None,
        view_of=view_of,
    )
    unused: Any = None
    made = {"rules": unused, "pauses": unused, "evaluations_for": unused, **parts}
    return RuleTrials(hass, targets=targets, **made)


def test_people_are_sorted_by_name() -> None:
    people = {
        ("b", "1"): "anna",
        ("a", "2"): "Anna",
        ("a", "1"): "Zoe",
        ("a", "0"): "ben",
    }
    found = trials_of(people).people_meant_by(rule())
    assert [(each, person.name) for each, person in found] == [
        (("a", "2"), "Anna"),
        (("b", "1"), "anna"),
        (("a", "0"), "ben"),
        (("a", "1"), "Zoe"),
    ]


async def test_a_rule_among_others(around: Around) -> None:
    around.becomes = HOLDS
    made = rule()
    asked: list[tuple[str, Rule, str]] = []

    def order_of(of: Rule, entry_id: str) -> int:
        asked.append(("order", of, entry_id))
        return 4

    def record_for(of: Rule, entry_id: str) -> RuleRecord:
        asked.append(("record", of, entry_id))
        return RuleRecord(entry_id=entry_id, conditions=of.fingerprint)

    def evaluations_for(_entry_id: str, key: str) -> tuple[Any, ...]:
        return tuple(SimpleNamespace(rule_id=each) for each in ("desk", f"of {key}", "call"))

    trials = trials_of(
        {},
        rules=SimpleNamespace(order_of=order_of, record_for=record_for),
        pauses=SimpleNamespace(
            stop=lambda person, rule_id: (person, rule_id) == (BEN, "desk"),
            gate_of=lambda person: RulesGate(follows=person == ANNA),
        ),
        evaluations_for=evaluations_for,
    )
    found = await trials.async_preview(made, "entry", [ANNA, BEN])
    assert asked == [("record", made, "entry"), ("order", made, "entry")]
    assert list(found) == [ANNA, BEN]
    assert {person: (each.stopped, each.gate.follows) for person, each in found.items()} == {
        ANNA: (False, True),
        BEN: (True, False),
    }
    assert {person: [other.rule_id for other in each.others] for person, each in found.items()} == {
        ANNA: ["of anna", "call"],
        BEN: ["of ben", "call"],
    }
    trials_found: list[Any] = [each.trial.evaluation for each in found.values()]
    assert [(each.order, each.timing) for each in trials_found] == [(4, HOLDS)] * 2
