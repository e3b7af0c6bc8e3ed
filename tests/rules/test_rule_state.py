"""Whether a rule holds and what it requests, by what its conditions and texts say."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.arbitration import RequestedPresence, RuleRequest
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules.condition_facts import ConditionFact, FactKind
from custom_components.cisco_unified_presence.rules.rule import Rule
from custom_components.cisco_unified_presence.rules.rule_state import Prepared, RuleState
from custom_components.cisco_unified_presence.rules.status import RuleEvaluation
from custom_components.cisco_unified_presence.rules.store import InstanceRecord
from custom_components.cisco_unified_presence.rules.texts import TextsResult
from custom_components.cisco_unified_presence.rules.timing import TimingState
from custom_components.cisco_unified_presence.rules.truth import TruthValue
from tests.common.rules import rule

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
TRUE, FALSE, UNKNOWN = TruthValue.TRUE, TruthValue.FALSE, TruthValue.UNKNOWN
BUSY = RequestedPresence(Presence.BUSY, override=True)
AWAY = RequestedPresence(Presence.AWAY, override=True)


class Running:
    """Conditions and texts that say what a test wants."""

    def __init__(self, *, has_texts: bool = True) -> None:
        self.value = TRUE
        self.failing: tuple[str, ...] = ()
        self.event: Any = None
        self.said = TextsResult(TRUE, AWAY)
        self.facts: tuple[ConditionFact, ...] = ()
        self.end: datetime | None = None
        self.noted: list[tuple[object, ...]] = []
        conditions: Any = SimpleNamespace(
            async_evaluate=self._evaluate,
            async_set_variables=lambda variables: self.noted.append(("variables", variables)),
            async_facts=lambda: self.facts,
            async_expected_end=lambda _: self.end,
            async_stop=lambda: self.noted.append(("conditions stopped",)),
        )
        texts: Any = SimpleNamespace(
            async_variables=lambda person: {"person": person},
            async_render=self._render,
            async_update_tracking=lambda: self.noted.append(("tracked",)),
            async_stop=lambda: self.noted.append(("texts stopped",)),
        )
        self.prepared = Prepared(conditions, texts if has_texts else None, {})

    def _evaluate(self) -> Any:
        return SimpleNamespace(value=self.value, failing=self.failing, event=self.event)

    def _render(self, variables: object, event: object, after: datetime) -> TextsResult:
        self.noted.append(("rendered", variables, event, after))
        return self.said


def state_of(of: Rule | None = None, record: InstanceRecord | None = None) -> RuleState:
    return RuleState(of or rule(), record or InstanceRecord())


CHOICE: Any = {"entity_id": "select.mode"}


def test_what_a_rule_without_texts_requests() -> None:
    state, running = state_of(), Running(has_texts=False)
    assert (state.value, state.failing, state.requested) == (None, (), BUSY)
    assert state.request(3) is None
    assert state.async_evaluate(running.prepared, None, NOW)
    assert not state.async_evaluate(running.prepared, None, NOW)
    assert (state.value, state.timing.holds_since) == (TRUE, NOW)
    assert running.noted == []
    assert state.record == InstanceRecord(state.timing)

    running.value, running.failing = FALSE, ("condition 1",)
    assert state.async_evaluate(running.prepared, None, NOW + MINUTE)
    assert (state.value, state.failing, state.timing) == (FALSE, ("condition 1",), TimingState())


def test_all_of_a_request() -> None:
    made = rule(
        priority=7,
        insist=True,
        at_most={"hours": 1},
        beats_manual=True,
        overruled_for={"minutes": 5},
    )
    since = NOW - MINUTE
    holding = TimingState(true_since=since, holds_since=since)
    state = state_of(made, InstanceRecord(holding))
    expected = RuleRequest(
        rule_id="desk",
        name="Desk",
        requested=BUSY,
        priority=7,
        order=3,
        insist=True,
        since=since,
        until=since + HOUR,
        yields_to=frozenset(),
        beats_manual=True,
        overruled_for=5 * MINUTE,
    )
    assert state.request(3) == expected
    assert state.evaluation(3, NOW, enabled=True) == RuleEvaluation(
        rule_id="desk",
        name="Desk",
        enabled=True,
        holds=True,
        since=since,
        failing=(),
        presence="busy",
        request=expected,
        times=made.times,
        timing=holding,
    )
    state.reset()
    waiting = state.evaluation(4, NOW, enabled=False)
    assert (waiting.enabled, waiting.holds, waiting.since) == (False, False, None)
    assert (waiting.request.order, waiting.request.since, waiting.request.until) == (
        4,
        NOW,
        NOW + HOUR,
    )
    shy = state_of(rule()).request_if_it_held(0, NOW)
    assert shy.yields_to == {"do_not_disturb"}


@pytest.mark.parametrize(
    ("presence", "holds", "told"),
    [
        ("busy", False, "busy"),
        ("own", False, "own"),
        ("own", True, "own"),
        (CHOICE, False, None),
        (CHOICE, True, "own"),
    ],
)
def test_the_presence_that_is_told(presence: Any, told: str | None, *, holds: bool) -> None:
    timing = TimingState(true_since=NOW, holds_since=NOW) if holds else TimingState()
    state = state_of(rule(presence=presence), InstanceRecord(timing))
    assert state.evaluation(0, NOW, enabled=True).presence == told


def test_what_is_stored_of_a_choice_goes_on() -> None:
    chosen = rule(presence=CHOICE)
    assert state_of(chosen).requested is None
    record = InstanceRecord(TimingState(true_since=NOW), AWAY, has_requested=True)
    state = state_of(chosen, record)
    assert (state.requested, state.record) == (AWAY, record)
    own = InstanceRecord(TimingState(), None, has_requested=True)
    assert state_of(rule(), own).requested is None
    state.reset()
    assert (state.requested, state.timing, state.failing) == (None, TimingState(), ())
    state.requested = AWAY
    state.replace(rule(presence=CHOICE, priority=1))
    assert (state.requested, state.rule.priority) == (AWAY, 1)
    state.replace(rule())
    assert state.requested == BUSY


def test_texts_are_rendered_while_conditions_are_true() -> None:
    state, running = state_of(rule(presence=CHOICE, duration={"minutes": 5})), Running()
    running.event = {"summary": "Review"}
    assert state.async_evaluate(running.prepared, {"name": "Anna"}, NOW)
    variables = {"person": {"name": "Anna"}}
    # It will hold from five minutes later on.
    assert running.noted == [
        ("variables", variables),
        ("rendered", variables, {"summary": "Review"}, NOW + 5 * MINUTE),
        ("tracked",),
    ]
    running.noted.clear()
    assert state.async_evaluate(running.prepared, None, NOW + 5 * MINUTE)
    assert running.noted[1][-1] == NOW + 5 * MINUTE
    running.noted.clear()
    state.async_evaluate(running.prepared, None, NOW + 9 * MINUTE)
    assert running.noted[1][-1] == NOW + 5 * MINUTE
    assert (state.timing.holds_since, state.requested) == (NOW + 5 * MINUTE, AWAY)

    running.noted.clear()
    running.value, running.failing = FALSE, ("condition 1",)
    assert state.async_evaluate(running.prepared, None, NOW + 10 * MINUTE)
    assert [each[0] for each in running.noted] == ["variables", "tracked"]
    assert (state.failing, state.requested, state.timing.holds) == (("condition 1",), AWAY, False)


def test_another_request_is_a_change() -> None:
    state, running = state_of(rule(presence=CHOICE)), Running()
    assert state.async_evaluate(running.prepared, None, NOW)
    assert not state.async_evaluate(running.prepared, None, NOW)
    running.said = TextsResult(TRUE, RequestedPresence(Presence.AWAY, override=True))
    assert not state.async_evaluate(running.prepared, None, NOW)
    running.said = TextsResult(TRUE, BUSY)
    assert state.async_evaluate(running.prepared, None, NOW)
    assert state.requested == BUSY
    running.said = TextsResult(TRUE)
    assert state.async_evaluate(running.prepared, None, NOW)
    assert state.requested is None


def test_texts_may_say_no_presence() -> None:
    state, running = state_of(rule(presence=CHOICE)), Running()
    state.async_evaluate(running.prepared, None, NOW)
    running.said = TextsResult(UNKNOWN, BUSY, failing=("presence: it fails",))
    assert state.async_evaluate(running.prepared, None, NOW + MINUTE)
    assert (state.value, state.requested) == (UNKNOWN, AWAY)
    assert (state.failing, state.timing.unknown_since) == (
        ("presence: it fails",),
        NOW + MINUTE,
    )
    running.said = TextsResult(FALSE, failing=("presence: it names none",))
    assert state.async_evaluate(running.prepared, None, NOW + MINUTE)
    assert (state.value, state.requested, state.timing.holds) == (FALSE, AWAY, False)


def test_an_end_that_cannot_be_asked_stays() -> None:
    state, running = state_of(rule(presence=CHOICE)), Running()
    running.said = TextsResult(TRUE, AWAY, NOW + HOUR)
    state.async_evaluate(running.prepared, None, NOW)
    assert state.timing.until == NOW + HOUR
    running.said = TextsResult(TRUE, AWAY, is_end_known=False)
    assert not state.async_evaluate(running.prepared, None, NOW)
    assert state.timing.until == NOW + HOUR
    running.said = TextsResult(TRUE, AWAY)
    assert state.async_evaluate(running.prepared, None, NOW)
    assert state.timing.until is None


@pytest.mark.parametrize(
    ("event", "minutes", "begins"),
    [
        ({"summary": "Next"}, 61, True),
        ({"summary": "Next"}, 60, True),
        ({"summary": "First"}, 61, False),
        (None, 61, True),
    ],
)
def test_another_event_begins_anew_after_the_end_of_the_first(
    event: Any, minutes: int, *, begins: bool
) -> None:
    state, running = state_of(rule(presence=CHOICE)), Running()
    running.event, running.said = {"summary": "First"}, TextsResult(TRUE, AWAY, NOW + HOUR)
    state.async_evaluate(running.prepared, None, NOW)
    now = NOW + minutes * MINUTE
    running.event, running.said = event, TextsResult(TRUE, AWAY, NOW + 2 * HOUR)
    state.async_evaluate(running.prepared, None, now)
    assert state.timing.holds is begins
    if begins:
        assert (state.timing.true_since, state.timing.holds_since) == (now, now)


def test_what_at_most_has_ended_does_not_begin_with_another_event() -> None:
    state, running = state_of(rule(presence=CHOICE, at_most={"minutes": 5})), Running()
    running.event = {"summary": "First"}
    state.async_evaluate(running.prepared, None, NOW)
    running.event = {"summary": "Next"}
    state.async_evaluate(running.prepared, None, NOW + 6 * MINUTE)
    assert (state.timing.holds, state.timing.spent) == (False, True)


def test_time_passes() -> None:
    state, running = state_of(rule(at_most={"minutes": 5})), Running(has_texts=False)
    state.async_evaluate(running.prepared, None, NOW)
    assert not state.elapse(NOW + 4 * MINUTE)
    assert state.elapse(NOW + 5 * MINUTE)
    assert state.timing.spent


def test_a_state_is_taken_over() -> None:
    state, running = state_of(rule(presence=CHOICE)), Running()
    running.event, running.said = {"summary": "First"}, TextsResult(TRUE, AWAY, NOW + HOUR)
    state.async_evaluate(running.prepared, None, NOW)
    state.failing = ("condition 1",)
    other = RuleState.like(state)
    assert (other.rule, other.failing, other.timing, other.requested, other.value) == (
        state.rule,
        ("condition 1",),
        state.timing,
        AWAY,
        TRUE,
    )
    # It knows the event too.
    running.event, running.said = {"summary": "Next"}, TextsResult(TRUE, AWAY, NOW + 2 * HOUR)
    other.async_evaluate(running.prepared, None, NOW + HOUR)
    assert other.timing.holds


FACT = ConditionFact(kind=FactKind.TIME, value=TRUE)
NOT_SO = ConditionFact(kind=FactKind.TIME, value=FALSE)


@pytest.mark.parametrize(
    ("value", "facts", "expected"),
    [
        (None, (FACT,), (FACT,)),
        (TRUE, (FACT,), (FACT,)),
        (FALSE, (FACT, NOT_SO), (FACT, NOT_SO)),
        (FALSE, (FACT,), (ConditionFact(kind=FactKind.CHOICE, value=FALSE),)),
        (UNKNOWN, (FACT,), (ConditionFact(kind=FactKind.CHOICE, value=UNKNOWN),)),
        (UNKNOWN, (), (ConditionFact(kind=FactKind.CHOICE, value=UNKNOWN),)),
    ],
)
def test_what_decides(
    value: TruthValue | None,
    facts: tuple[ConditionFact, ...],
    expected: tuple[ConditionFact, ...],
) -> None:
    state, running = state_of(), Running()
    state.value, running.facts = value, facts
    assert state.facts(running.prepared) == expected


HOLDS = TimingState(true_since=NOW, holds_since=NOW)


@pytest.mark.parametrize(
    ("timing", "end", "expected"),
    [
        (TimingState(true_since=NOW), HOUR, None),
        (HOLDS, None, None),
        (HOLDS, HOUR, HOUR + 10 * MINUTE),
        (TimingState(true_since=NOW, unknown_since=NOW, holds_since=NOW), HOUR, None),
        (TimingState(false_since=NOW - MINUTE, holds_since=NOW), HOUR, 9 * MINUTE),
    ],
)
def test_when_it_is_expected_to_end(
    timing: TimingState, end: timedelta | None, expected: timedelta | None
) -> None:
    state = state_of(rule(hold={"minutes": 10}), InstanceRecord(timing))
    running = Running()
    running.end = NOW + end if end else None
    found = state.expected_end(running.prepared, NOW)
    assert found == (NOW + expected if expected else None)


def test_what_is_prepared_is_stopped() -> None:
    running = Running()
    running.prepared.async_stop()
    assert running.noted == [("conditions stopped",), ("texts stopped",)]
    running = Running(has_texts=False)
    running.prepared.async_stop()
    assert running.noted == [("conditions stopped",)]
