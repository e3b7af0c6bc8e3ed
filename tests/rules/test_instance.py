"""A rule as it is evaluated: what is reported, why it has changed, and when it is timed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from homeassistant.core import Context, State
import pytest

from custom_components.cisco_unified_presence.causes import RuleChange
from custom_components.cisco_unified_presence.rules import instance as module
from custom_components.cisco_unified_presence.rules.condition_facts import ConditionFact, FactKind
from custom_components.cisco_unified_presence.rules.instance import RuleInstance
from custom_components.cisco_unified_presence.rules.rule import Rule
from custom_components.cisco_unified_presence.rules.rule_state import Prepared
from custom_components.cisco_unified_presence.rules.store import InstanceRecord
from custom_components.cisco_unified_presence.rules.texts import TextsResult
from custom_components.cisco_unified_presence.rules.timing import TimingState
from custom_components.cisco_unified_presence.rules.truth import TruthValue
from tests.common.rules import rule

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DESK, LAMP, SENSOR = "binary_sensor.desk", "light.lamp", "sensor.anna_presence"
TRUE, FALSE = TruthValue.TRUE, TruthValue.FALSE


class Running:
    """A rule that runs, by a clock and timers of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, of: Rule | None = None) -> None:
        self.now = NOW
        self.value = TRUE
        self.mark: object = "mark"
        self.person: dict[str, Any] | None = None
        self.states: dict[str, State] = {}
        self.timers: list[tuple[datetime, Any]] = []
        self.noted: list[object] = []
        self.end: datetime | None = None
        hass: Any = SimpleNamespace(states=SimpleNamespace(get=self.states.get))
        monkeypatch.setattr("homeassistant.util.dt.utcnow", lambda: self.now)
        monkeypatch.setattr(module, "async_track_point_in_utc_time", self._track)
        self.rule = of or rule()
        self.instance = RuleInstance(
            hass,
            self.rule,
            InstanceRecord(),
            lambda: self.person,
            lambda: self.noted.append("changed"),
        )

    def _track(self, _hass: object, job: Any, moment: datetime) -> Callable[[], None]:
        timer = (moment, job)
        self.timers.append(timer)
        return lambda: self.timers.remove(timer)

    def prepared(self, *, has_texts: bool = False, links: Any = None) -> Prepared:
        conditions: Any = SimpleNamespace(
            async_evaluate=self._evaluate,
            async_set_variables=lambda _: None,
            async_cancel_timer=lambda: self.noted.append("cancelled"),
            async_stop=lambda: self.noted.append("stopped"),
            async_facts=lambda: (ConditionFact(kind=FactKind.TIME, value=TRUE),),
            async_expected_end=lambda _: self.end,
            mark=self.mark,
            entities=frozenset({DESK}),
        )
        texts: Any = SimpleNamespace(
            async_variables=self.persons.append if has_texts else None,
            async_render=lambda *_: TextsResult(TRUE, self.rule.requested),
            async_update_tracking=lambda: None,
            async_stop=lambda: None,
            entities=frozenset({LAMP}),
        )
        return Prepared(conditions, texts if has_texts else None, links or {})

    @property
    def persons(self) -> list[object]:
        return self.noted

    def _evaluate(self) -> Any:
        return SimpleNamespace(value=self.value, failing=(), event=None)

    def use(self, **prepared: Any) -> list[object]:
        made = self.prepared(**prepared)
        self.instance.async_use(made)
        return self.taken()

    def taken(self) -> list[object]:
        noted = [*self.noted]
        self.noted.clear()
        return noted

    def set(self, entity_id: str, seconds: float = 0) -> State:
        state = State(
            entity_id,
            "on",
            {"friendly_name": entity_id.title()},
            last_updated=self.now - timedelta(seconds=seconds),
            context=Context(),
        )
        self.states[entity_id] = state
        return state

    def fire(self) -> list[object]:
        """Let the time come that is waited for."""
        ((moment, job),) = self.timers
        self.timers.clear()
        self.now = moment
        job.target(moment)
        return self.taken()


def test_a_rule_is_evaluated_once_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    running = Running(monkeypatch)
    instance = running.instance
    assert (instance.change, instance.running, instance.is_running) == (None, None, False)
    instance.async_evaluate()
    assert running.taken() == []

    assert running.use() == ["changed"]
    assert instance.is_running
    assert instance.timing == TimingState(true_since=NOW, holds_since=NOW)
    assert instance.change == RuleChange(at=NOW)
    assert instance.record == InstanceRecord(instance.timing)
    request = instance.request(4)
    assert request
    assert (request.order, request.since) == (4, NOW)

    # The same once more is no change.
    running.now += MINUTE
    instance.async_evaluate()
    assert running.taken() == ["cancelled"]
    assert instance.change == RuleChange(at=NOW)

    assert running.use() == ["stopped"]
    instance.async_release()
    instance.async_release()
    assert running.taken() == ["stopped"]
    assert (instance.is_running, instance.timing.holds) == (False, True)
    instance.async_reset()
    assert instance.timing == TimingState()


def test_what_is_reported_though_it_holds_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    running = Running(monkeypatch)
    running.value = FALSE
    # It was not known before what its conditions are.
    assert running.use() == ["changed"]
    assert running.instance.change is None
    assert running.use() == ["stopped"]
    running.mark = "another"
    assert running.use() == ["stopped", "changed"]
    running.value = TruthValue.UNKNOWN
    running.instance.async_evaluate()
    assert running.taken() == ["cancelled", "changed"]
    assert running.instance.change is None


def test_what_is_told_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    running = Running(monkeypatch, rule(hold={"minutes": 5}))
    told = running.instance.evaluation(3, enabled=False)
    assert (told.request.order, told.enabled, told.holds) == (3, False, False)
    assert (told.facts(), told.expected_end()) == ((), None)
    running.use()
    running.end = NOW + MINUTE
    told = running.instance.evaluation(3, enabled=True)
    assert (told.holds, told.enabled) == (True, True)
    assert told.facts() == (ConditionFact(kind=FactKind.TIME, value=TRUE),)
    assert told.expected_end() == NOW + 6 * MINUTE
    assert running.instance.state.timing is running.instance.timing


def test_what_has_caused_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    running = Running(monkeypatch)
    running.set(LAMP)
    desk = running.set(DESK)
    running.use()
    expected = RuleChange(at=NOW, entity_id=DESK, name="Binary_Sensor.Desk", state="on")
    assert running.instance.change == expected
    assert running.instance.change.context is desk.context

    # What has changed long ago has not.
    running.now += MINUTE
    running.value = FALSE
    running.instance.async_evaluate()
    assert running.instance.change == RuleChange(at=NOW + MINUTE)
    other = running.set(SENSOR, seconds=99)
    running.value = TRUE
    running.instance.async_evaluate(other)
    assert running.instance.change == RuleChange(
        at=NOW + MINUTE, entity_id=SENSOR, name="Sensor.Anna_Presence", state="on"
    )
    running.set(DESK)
    running.value = FALSE
    running.instance.async_evaluate(other)
    assert running.instance.change.entity_id == DESK


def test_entities_of_texts_cause_changes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    running = Running(monkeypatch)
    running.set(DESK, seconds=0.5)
    running.set(LAMP)
    running.person = {"name": "Anna"}
    assert running.use(has_texts=True) == [{"name": "Anna"}, "changed"]
    assert running.instance.change
    assert running.instance.change.entity_id == LAMP


def test_the_own_presence_of_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    running = Running(monkeypatch)
    running.use()
    running.set(SENSOR, seconds=99)
    for person, follows, caused in (
        ({"entity_id": SENSOR}, True, SENSOR),
        ({"entity_id": SENSOR}, False, None),
        ({"entity_id": None}, True, None),
        (None, True, None),
        ({"entity_id": "sensor.gone"}, True, None),
    ):
        running.person = person
        running.value = FALSE if running.value is TRUE else TRUE
        running.instance.async_own_changed(follows=follows)
        assert running.taken() == ["cancelled", "changed"]
        assert running.instance.change
        assert running.instance.change.entity_id == caused


def test_times_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    running = Running(monkeypatch, rule(duration={"minutes": 2}, at_most={"minutes": 5}))
    assert running.use() == ["changed"]
    assert [moment for moment, _ in running.timers] == [NOW + 2 * MINUTE]
    assert running.timers[0][1].cancel_on_shutdown
    assert running.fire() == ["changed"]
    instance = running.instance
    assert (instance.timing.holds, instance.change) == (True, RuleChange(at=NOW + 2 * MINUTE))
    assert [moment for moment, _ in running.timers] == [NOW + 7 * MINUTE]

    # The clock was set back: too early, nothing has changed.
    ((_, job),) = running.timers
    running.timers.clear()
    running.now = NOW + 6 * MINUTE
    job.target(running.now)
    assert running.taken() == []
    assert instance.change == RuleChange(at=NOW + 2 * MINUTE)
    assert [moment for moment, _ in running.timers] == [NOW + 7 * MINUTE]
    assert running.fire() == ["changed"]
    assert (instance.timing.spent, running.timers) == (True, [])

    running.value = FALSE
    instance.async_evaluate()
    running.value = TRUE
    instance.async_evaluate()
    assert [moment for moment, _ in running.timers] == [NOW + 9 * MINUTE]
    instance.async_release()
    instance.async_release()
    assert running.timers == []


def test_with_texts_a_time_evaluates_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    running = Running(monkeypatch, rule(duration={"minutes": 2}))
    running.use(has_texts=True)
    assert running.fire() == [None, "changed"]
    assert running.instance.timing.holds


def test_another_version_counts_at_once_where_its_times_are_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    running = Running(monkeypatch)
    running.use()
    renamed = rule("Table", id="desk", priority=3)
    running.instance.async_replace(renamed)
    assert running.taken() == []
    request = running.instance.request(0)
    assert request
    assert (request.name, request.priority) == ("Table", 3)
    running.now += 2 * MINUTE
    running.instance.async_replace(rule(at_most={"minutes": 1}))
    assert running.taken() == ["cancelled", "changed"]
    assert running.instance.timing.spent


@pytest.mark.parametrize(
    ("person", "others"),
    [
        (None, False),
        ({"links": {"desk": DESK}}, False),
        ({"links": {"desk": LAMP}}, True),
        ({"links": {}}, True),
    ],
)
def test_whether_other_entities_are_linked(
    monkeypatch: pytest.MonkeyPatch, person: dict[str, Any] | None, *, others: bool
) -> None:
    running = Running(monkeypatch)
    running.person = person
    assert not running.instance.has_other_links
    running.use(links={"desk": DESK})
    assert running.instance.has_other_links is others
