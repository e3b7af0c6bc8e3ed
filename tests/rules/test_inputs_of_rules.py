"""Which inputs of rules are missing, have another name, or fail, and where."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.rules import input_check as module
from custom_components.cisco_unified_presence.rules.input_check import (
    CHECK_EACH,
    InputCheck,
    inputs_of,
)
from custom_components.cisco_unified_presence.rules.issues import Renamed, RuleIssue
from custom_components.cisco_unified_presence.rules.schema import EVENT_IN_CONDITION

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MISSING, RENAMED = RuleIssue.RULE_ENTITY_MISSING, RuleIssue.RULE_ENTITY_RENAMED
TEMPLATE = RuleIssue.RULE_TEMPLATE
NOT_RUNNING: Any = SimpleNamespace(running=None)


def condition(*entities: str, error: str | None = None) -> Any:
    return SimpleNamespace(inputs=SimpleNamespace(entities=frozenset(entities)), error=error)


def instance(*conditions: Any, texts: Any = None) -> Any:
    numbered = list(enumerate(conditions, 1))
    running = SimpleNamespace(conditions=SimpleNamespace(numbered_leaves=numbered), texts=texts)
    return SimpleNamespace(running=running)


def texts_of(*entities: str, **errors: str) -> Any:
    return SimpleNamespace(entities=frozenset(entities), errors=errors)


class Around:
    """Rules, each evaluated for some people, and what is raised about their inputs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rules: dict[str, list[Any]] = {}
        self.states: dict[str, str] = {}
        self.known: dict[str, str] = {}
        self.stored: dict[str, Any] = {}
        self.saved: list[dict[str, Any]] = []
        self.issues: dict[tuple[str, str], Any] = {}
        self.told: list[object] = []
        self.listening: tuple[Any, ...] = ()
        self.again: Any = None
        monkeypatch.setattr(module, "async_raise_rule_issue", self._raise)
        monkeypatch.setattr(module, "async_raise_renamed", self._raise_renamed)
        monkeypatch.setattr(module, "async_withdraw_rule_issue", self._withdraw)
        monkeypatch.setattr(module, "async_track_time_interval", self._track)
        monkeypatch.setattr(module, "HintStore", self._store)
        monkeypatch.setattr(
            "homeassistant.helpers.entity_registry.async_get",
            lambda _: SimpleNamespace(async_get=self.known.get),
        )
        hass: Any = SimpleNamespace(
            states=SimpleNamespace(get=self.states.get),
            bus=SimpleNamespace(async_listen=self._listen),
            async_create_task=lambda task, _name: self._run(task),
        )
        self.check = InputCheck(hass, self._runners)

    def _runners(self) -> list[Any]:
        return [
            SimpleNamespace(
                rule=SimpleNamespace(id=name.lower(), name=name),
                entry_id=f"entry of {name}",
                instances=dict(enumerate(instances)),
            )
            for name, instances in self.rules.items()
        ]

    def _store(self, _hass: object, key: str) -> Any:
        assert key == "cisco_unified_presence.renamed_entities"

        async def load() -> dict[str, Any]:
            return self.stored

        async def save(data: dict[str, Any]) -> None:
            self.saved.append(data)

        return SimpleNamespace(async_load=load, async_save=save)

    @staticmethod
    def _run(task: Any) -> None:
        with pytest.raises(StopIteration):
            task.send(None)

    def _listen(self, *listening: object) -> None:
        self.listening = listening

    def _track(self, _hass: object, action: Any, interval: timedelta, **how: object) -> Any:
        assert (interval, how) == (timedelta(minutes=5), {"cancel_on_shutdown": True})
        self.again = action

        def stop() -> None:
            self.again = None
            self.told.append("stopped")

        return stop

    def _raise(self, _hass: object, issue: RuleIssue, rule_id: str, **said: str) -> None:
        self.issues[issue, rule_id] = said

    def _raise_renamed(self, _hass: object, rule: Any, entry_id: str, entity: Renamed) -> RuleIssue:
        self.issues[RENAMED, rule.id] = (entry_id, entity)
        return RENAMED

    def _withdraw(self, _hass: object, issue: RuleIssue, rule_id: str) -> None:
        self.told.append((issue, rule_id))
        self.issues.pop((issue, rule_id), None)

    def found(self) -> dict[tuple[str, str], Any]:
        self.again(NOW)
        return dict(self.issues)

    def rename(self, before: str, now: str) -> None:
        data = {"action": "update", "old_entity_id": before, "entity_id": now}
        event = SimpleNamespace(data=data)
        _, listener, is_meant = self.listening
        assert is_meant(data)
        listener(event)


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> Around:
    return Around(monkeypatch)


def test_what_a_rule_asks_for() -> None:
    assert timedelta(minutes=5) == CHECK_EACH
    found = inputs_of(
        [
            NOT_RUNNING,
            instance(condition("light.b", "light.a"), condition("light.c")),
            instance(texts=texts_of("sensor.y", "sensor.x")),
        ]
    )
    assert list(found) == [
        ("light.a", "condition 1"),
        ("light.b", "condition 1"),
        ("light.c", "condition 2"),
        ("sensor.x", "its texts"),
        ("sensor.y", "its texts"),
    ]


def test_the_first_that_is_missing_is_named(around: Around) -> None:
    around.states["light.on"] = "on"
    around.known["light.known"] = "entry"
    around.rules["Desk"] = [
        NOT_RUNNING,
        instance(condition("light.on", "light.known"), condition("light.x", "light.y")),
        instance(condition("light.z")),
    ]
    around.rules["Call"] = [instance(condition("light.on"), texts=texts_of("light.gone"))]
    around.check.async_start()
    assert around.issues == {}
    assert around.found() == {
        (MISSING, "desk"): {"rule": "Desk", "entity": "light.x", "where": "condition 2"},
        (MISSING, "call"): {"rule": "Call", "entity": "light.gone", "where": "its texts"},
    }
    around.states |= {"light.x": "on", "light.gone": "on"}
    assert around.found() == {
        (MISSING, "desk"): {"rule": "Desk", "entity": "light.y", "where": "condition 2"}
    }
    assert around.told == [(MISSING, "call")]


def test_what_has_another_name_is_named_before_what_is_missing(around: Around) -> None:
    around.check._renamed = {"light.old": "light.new", "light.older": "light.newer"}
    around.rules["Desk"] = [instance(condition("light.x"), condition("light.old", "light.older"))]
    around.check.async_start()
    renamed = Renamed("light.old", "light.new", "condition 2")
    assert around.found() == {(RENAMED, "desk"): ("entry of Desk", renamed)}
    around.rules["Desk"] = [instance(condition("light.x"))]
    assert list(around.found()) == [(MISSING, "desk")]
    del around.rules["Desk"]
    assert around.found() == {}


def test_the_first_template_that_fails_is_named(around: Around) -> None:
    around.rules["Desk"] = [
        NOT_RUNNING,
        instance(condition(), condition(error="it fails"), condition(error="it fails too")),
    ]
    around.rules["Call"] = [instance(condition(), texts=texts_of(note="no note", until="no end"))]
    around.rules["Well"] = [instance(condition()), instance(texts=texts_of())]
    around.rules["Both"] = [instance(condition("light.x"), condition(error="it fails"))]
    around.check.async_start()
    missing = {"rule": "Both", "entity": "light.x", "where": "condition 1"}
    assert around.found() == {
        (TEMPLATE, "desk"): {"rule": "Desk", "where": "condition 2", "problem": "it fails"},
        (TEMPLATE, "call"): {"rule": "Call", "where": "note", "problem": "no note"},
        (TEMPLATE, "both"): {"rule": "Both", "where": "condition 2", "problem": "it fails"},
        (MISSING, "both"): missing,
    }
    around.rules = {"Desk": [instance(condition(error="'event' is undefined"))]}
    problem = f"'event' is undefined: {EVENT_IN_CONDITION}"
    assert around.found() == {
        (TEMPLATE, "desk"): {"rule": "Desk", "where": "condition 1", "problem": problem}
    }


def test_issues_of_a_rule_that_is_another_one_are_withdrawn(around: Around) -> None:
    around.rules = {
        "Desk": [instance(condition("light.x", error="it fails"))],
        "Call": [instance(condition("light.x"))],
    }
    around.check.async_start()
    around.check.async_clear("desk")
    assert around.told == []
    assert len(around.found()) == 3
    around.check.async_clear("desk")
    assert list(around.issues) == [(MISSING, "call")]
    assert len(around.found()) == 3


def test_nothing_is_checked_after_the_stop(around: Around) -> None:
    around.check.async_stop()
    around.check.async_start()
    around.check.async_stop()
    around.check.async_stop()
    assert (around.told, around.again) == (["stopped"], None)


async def test_other_names_are_stored(around: Around) -> None:
    around.stored = {"light.a": "light.b"}
    await around.check.async_load()
    event_type, _, is_meant = around.listening
    assert event_type == "entity_registry_updated"
    assert not is_meant({"action": "update", "changes": {}})
    assert not is_meant({"action": "create"})
    assert not is_meant({"action": "remove"})
    around.rename("light.b", "light.c")
    around.rename("light.x", "light.y")
    around.rename("light.y", "light.x")
    assert around.saved == [
        {"light.a": "light.c", "light.b": "light.c"},
        {"light.a": "light.c", "light.b": "light.c", "light.x": "light.y"},
        {"light.a": "light.c", "light.b": "light.c", "light.y": "light.x"},
    ]
    around.rules["Desk"] = [instance(condition("light.a"))]
    around.check.async_start()
    renamed = Renamed("light.a", "light.c", "condition 1")
    assert around.found() == {(RENAMED, "desk"): ("entry of Desk", renamed)}
