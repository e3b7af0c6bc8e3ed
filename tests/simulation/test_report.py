"""What diagnostics tell of decisions: nothing that names people, rules or entities."""

from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.control import Cause
from custom_components.cisco_unified_presence.simulation import report

TIMES = {
    "at": "now",
    "shown": "busy",
    "own": "available",
    "own_activities": ["on_the_phone"],
    "source": "rule",
    "wanted": "busy",
    "since": "since",
    "until": "until",
    "until_expected": "expected",
    "set_aside": False,
    "waiting_until": None,
    "follows_rules": True,
    "rules_paused": False,
    "paused_until": None,
    "situation": "rule",
}
NAMED = {
    "name": "Anna",
    "note": "At her desk",
    "reason": "Busy, because of the rule “Anna's desk”",
    "sentence": "Anna is busy.",
    "set_by": "Ben",
    "rule": "Anna's desk",
}
OF_RULE = {
    "on": True,
    "holds": True,
    "wins": True,
    "since": "since",
    "presence": "busy",
    "yields": False,
    "priority": 3,
    "paused": False,
}


def rule_told(rule_id: str, name: str, *not_true: str) -> dict[str, Any]:
    return {
        **OF_RULE,
        "id": rule_id,
        "name": name,
        "paused_until": None,
        "not_true": list(not_true),
        "if_it_held": "Busy",
    }


def forecast(*changes: dict[str, Any]) -> dict[str, Any]:
    rules = [
        rule_told("d1", "Anna's desk"),
        rule_told("c2", "Call", "state of binary_sensor.anna", "time"),
        rule_told("new", "New"),
    ]
    return {
        "name": "Anna",
        "now": {**TIMES, **NAMED, "rules": rules},
        "unknown": ["“Call” depends on Anna's phone"],
        "changes": list(changes),
    }


def change(rule: str | None, *unknown: str) -> dict[str, Any]:
    return {
        "at": "later",
        "shown": "away",
        "wanted": None,
        "note": "x",
        "source": "own",
        "rule": rule,
        "set_aside": True,
        "reason": "x",
        "until": None,
        "unknown": list(unknown),
    }


CHANGED = {
    "at": "later",
    "shown": "away",
    "source": "own",
    "wanted": None,
    "until": None,
    "set_aside": True,
}


async def test_what_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    people = [SimpleNamespace(key=f"k{number}", contact=f"c{number}") for number in range(30)]
    past = SimpleNamespace(cause=Cause.INPUT)
    runtime: Any = SimpleNamespace(
        coordinator=SimpleNamespace(controlled={each.key: each for each in people}),
        decision_log=SimpleNamespace(
            history=SimpleNamespace(of=lambda key: [past] if key == "k0" else [])
        ),
    )
    asked: list[Any] = []

    async def forecast_of(_hass: object, followed: list[Any]) -> dict[str, Any]:
        asked.extend(followed)
        changes = [change("Call", "?", "!"), change(None), change("gone")]
        return {each.person.contact: forecast(*changes) for each in followed}

    async def outcomes(_hass: object) -> list[Any]:
        return [SimpleNamespace(failures=each) for each in ((), ("Anna is not busy",))]

    def told(_hass: object, _runtime: object, person: Any) -> dict[str, Any]:
        decisions = [{**change("d1"), "cause": "Anna's lamp", "cause_entity": "light.anna"}]
        return {"name": "Anna", "decisions": decisions if person.key == "k0" else []}

    rules = [SimpleNamespace(id="d1", name="Anna's desk"), SimpleNamespace(id="c2", name="Call")]
    monkeypatch.setattr(report, "async_forecast", forecast_of)
    monkeypatch.setattr(report, "async_test_rules", outcomes)
    monkeypatch.setattr(report, "async_decisions", told)
    monkeypatch.setattr(report, "async_rule_engine", lambda _hass: SimpleNamespace(rules=rules))

    hass: Any = None
    found = await report.async_decisions_report(hass, "entry", runtime)

    assert found["rule_tests"] == [
        {"test": "test_1", "passed": True},
        {"test": "test_2", "passed": False},
    ]
    assert [(each.entry_id, each.runtime, each.person) for each in asked] == [
        ("entry", runtime, each) for each in people[:25]
    ]
    assert list(found["decisions"]) == [f"c{number}" for number in range(25)]
    first = {
        "now": {
            **TIMES,
            "rule": "rule_1",
            "rules": [
                {**OF_RULE, "rule": "rule_1", "not_true": 0},
                {**OF_RULE, "rule": "rule_2", "not_true": 2},
                {**OF_RULE, "rule": None, "not_true": 0},
            ],
        },
        "unknown": 1,
        "changes": [
            {**CHANGED, "rule": "rule_2", "unknown": 2},
            {**CHANGED, "rule": None, "unknown": 0},
            {**CHANGED, "rule": "rule_?", "unknown": 0},
        ],
        "past": [{**CHANGED, "rule": "rule_1", "cause": "input"}],
    }
    assert found["decisions"]["c0"] == first
    assert found["decisions"]["c24"] == {**first, "past": []}
