"""A runner of a rule over instances that note what they are told."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.causes import RuleChange
from custom_components.cisco_unified_presence.rules import runner as module
from custom_components.cisco_unified_presence.rules.conditions import ConditionsInvalid
from custom_components.cisco_unified_presence.rules.rule import Rule
from custom_components.cisco_unified_presence.rules.runner import RuleRunner
from custom_components.cisco_unified_presence.rules.store import InstanceRecord, RuleRecord
from custom_components.cisco_unified_presence.rules.timing import TimingState
from tests.common.rules import rule

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


MINUTE = timedelta(minutes=1)


ANNA, BEN, CLARA = ("entry", "anna"), ("entry", "ben"), ("other", "clara")


def record_of(minutes: int) -> InstanceRecord:
    return InstanceRecord(TimingState(holds_since=NOW + minutes * MINUTE))


class Prepared:
    """Conditions that were prepared."""

    def __init__(self, who: str, rule: Rule) -> None:
        self.who, self.rule, self.stopped = who, rule, False

    def async_stop(self) -> None:
        self.stopped = True


class Instance:
    """A rule for one person, or for all, of which the calls are noted."""

    made: list[Instance]
    prepared: list[Prepared]
    refused: dict[str, str]

    def __init__(
        self, _hass: object, rule: Rule, record: InstanceRecord, view: Any, on_change: Any
    ) -> None:
        self.rule, self.record, self.view, self.on_change = rule, record, view, on_change
        self.state: Any = f"state of {self.who}"
        self.timing = record.timing
        self.calls: list[object] = []
        self.change: RuleChange | None = None
        self.until: datetime | None = None
        self.running: Any = None
        self.has_other_links = False
        Instance.made.append(self)

    @property
    def who(self) -> str:
        view = self.view()
        return view["name"] if view else "all"

    @property
    def is_running(self) -> bool:
        return self.running is not None

    async def async_prepare(self, rule: Rule) -> Prepared:
        if problem := Instance.refused.get(self.who):
            raise ConditionsInvalid(problem)
        Instance.prepared.append(Prepared(self.who, rule))
        return Instance.prepared[-1]

    def async_use(self, prepared: Prepared) -> None:
        self.running = prepared

    def async_release(self) -> None:
        self.running = None
        self.calls.append("release")

    def async_reset(self) -> None:
        self.timing = TimingState()
        self.record = InstanceRecord()
        self.calls.append("reset")

    def async_replace(self, rule: Rule) -> None:
        self.rule = rule
        self.calls.append(("replace", rule.name))

    def async_evaluate(self) -> None:
        self.calls.append("evaluate")

    def async_own_changed(self, *, follows: bool) -> None:
        self.calls.append(("own", follows))

    def request(self, order: int) -> Any:
        if not self.timing.holds:
            return None
        return SimpleNamespace(who=self.who, order=order, until=self.until)

    def evaluation(self, order: int, *, enabled: bool) -> Any:
        return self.who, order, enabled


class Around:
    """What is raised about rules."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Instance.made, Instance.prepared, Instance.refused = [], [], {}
        self.issues: dict[tuple[str, str], dict[str, str]] = {}
        monkeypatch.setattr(module, "RuleInstance", Instance)
        monkeypatch.setattr(module, "async_raise_rule_issue", self._raise)
        monkeypatch.setattr(module, "async_clear_rule_issue", self._clear)

    def _raise(self, _hass: object, issue: str, rule_id: str, **said: str) -> None:
        self.issues[issue, rule_id] = said

    def _clear(self, _hass: object, issue: str, rule_id: str) -> None:
        self.issues.pop((issue, rule_id), None)


def personal(name: str = "Desk", **changes: Any) -> Rule:
    """Return a rule that is evaluated for each person."""
    made = rule(name, **changes)
    object.__setattr__(made, "is_personal", True)
    return made


class Changes:
    """What a runner has reported."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, Any]] = []

    def __call__(self, rule_id: str, concerned: Any) -> None:
        self.noted.append((rule_id, concerned and concerned[1]))

    def taken(self) -> list[tuple[str, Any]]:
        taken, self.noted = self.noted, []
        return taken


def runner_of(of: Rule, changes: Changes | None = None, **record: Any) -> RuleRunner:
    hass: Any = None
    kept = RuleRecord(**{"entry_id": "entry", "conditions": of.fingerprint, **record})
    return RuleRunner(hass, of, kept, lambda person: {"name": person[1]}, changes or Changes())


def running(runner: RuleRunner) -> dict[str, bool]:
    return {
        concerned[1] if concerned else "all": each.is_running
        for concerned, each in runner.instances.items()
    }


def calls(runner: RuleRunner) -> list[list[object]]:
    return [each.calls for each in runner.instances.values()]  # type: ignore[attr-defined]
