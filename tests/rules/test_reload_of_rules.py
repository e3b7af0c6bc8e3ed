"""A reload takes all rules or none, and tells what fails."""

import asyncio
from types import SimpleNamespace
from typing import Any

from homeassistant.exceptions import HomeAssistantError
import pytest
import voluptuous as vol

from custom_components.cisco_unified_presence.rules import reload as module
from custom_components.cisco_unified_presence.rules.conditions import ConditionsInvalid
from custom_components.cisco_unified_presence.rules.reload import (
    YAML_TESTS,
    async_problems_of,
    async_reload_rules,
    async_test_once_started,
    async_test_rules,
)
from custom_components.cisco_unified_presence.rules.yaml_config import WrittenRule, YamlRules


def written(name: str, index: int = 0) -> WrittenRule:
    rule: Any = SimpleNamespace(name=name, when=f"when of {name}")
    return WrittenRule(rule, ["key", "rules", index])


class Around:
    """A configuration with rules and tests."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read = YamlRules((), ())
        self.config: Any = {"the": "configuration"}
        self.failures: list[tuple[str, ...]] = []
        self.refused: dict[str, str] = {}
        self.told: list[object] = []
        self.started: list[Any] = []
        self.hass: Any = SimpleNamespace(
            data={},
            async_create_task=lambda work, _name: asyncio.get_running_loop().create_task(work),
        )
        engine = SimpleNamespace(
            async_set_yaml_rules=self._set_rules, rules_from=lambda source: f"rules of {source}"
        )
        monkeypatch.setattr(module, "async_hass_config_yaml", self._config)
        monkeypatch.setattr(module, "read_rules", self._read)
        monkeypatch.setattr(module, "async_run_tests", self._run)
        monkeypatch.setattr(module, "async_rule_engine", lambda _: engine)
        monkeypatch.setattr(module, "async_at_started", lambda _, run: self.started.append(run))
        monkeypatch.setattr(module, "format_schema_error", self._format)
        monkeypatch.setattr(
            module, "WatchedConditions", SimpleNamespace(async_create=self._conditions)
        )
        for name in ("async_show_problems_of_yaml", "async_show_failing_tests"):
            monkeypatch.setattr(
                module, name, lambda _, said, name=name: self.told.append((name, said))
            )

    async def _config(self, _hass: object) -> Any:
        if isinstance(self.config, Exception):
            raise self.config
        return self.config

    def _read(self, _hass: object, config: object) -> YamlRules:
        assert config == self.config
        return self.read

    async def _run(self, _hass: object, rules: object, tests: object) -> list[Any]:
        self.told.append(("ran", rules, tests))
        return [SimpleNamespace(failures=each) for each in self.failures]

    async def _set_rules(self, rules: object) -> None:
        self.told.append(("set", rules))

    async def _conditions(self, _hass: object, when: object, name: str) -> Any:
        assert when == f"when of {name}"
        if problem := self.refused.get(name):
            raise ConditionsInvalid(problem)
        return SimpleNamespace(async_stop=lambda: self.told.append(("stopped", name)))

    def _format(self, _hass: object, error: vol.Invalid, domain: str, config: object) -> str:
        assert (domain, config) == ("cisco_unified_presence", self.config)
        return f"{error.error_message} at {error.path}"

    def taken(self) -> list[object]:
        taken = [*self.told]
        self.told.clear()
        return taken


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> Around:
    return Around(monkeypatch)


TESTS: Any = ("test 1", "test 2")


async def refused(around: Around) -> tuple[str | None, Any]:
    with pytest.raises(HomeAssistantError) as raised:
        await async_reload_rules(around.hass)
    assert raised.value.translation_domain == "cisco_unified_presence"
    return raised.value.translation_key, raised.value.translation_placeholders


async def test_sound_rules_are_taken(around: Around) -> None:
    around.read = YamlRules((written("Desk"), written("Call")), (), TESTS)
    around.failures = [(), ()]
    await async_reload_rules(around.hass)
    rules = around.read.rules
    assert around.taken() == [
        ("stopped", "Desk"),
        ("stopped", "Call"),
        ("ran", rules, TESTS),
        ("async_show_problems_of_yaml", ()),
        ("async_show_failing_tests", ()),
        ("set", rules),
    ]
    assert around.hass.data == {YAML_TESTS: TESTS}


async def test_a_configuration_that_cannot_be_read(around: Around) -> None:
    around.config = HomeAssistantError("line 3")
    assert await refused(around) == ("rules_not_reloaded", {"problems": "line 3"})
    assert around.taken() == []


async def test_problems_are_listed(around: Around) -> None:
    around.read = YamlRules((written("Desk"), written("Call", 1)), ("line 1", "line 2"))
    around.refused = {"Call": "no such device"}
    problems = "line 1\nline 2\nno such device at ['key', 'rules', 1, 'when']"
    assert await refused(around) == ("rules_not_reloaded", {"problems": problems})
    assert around.taken() == [("stopped", "Desk")]
    assert around.hass.data == {}
    around.read = YamlRules((written("Desk"),), ())
    assert await async_problems_of(around.hass, around.config, around.read) == ()


async def test_failing_tests_are_listed(around: Around) -> None:
    around.read = YamlRules((), (), TESTS)
    around.failures = [("one",), (), ("two", "three")]
    failures = "- one\n- two\n- three"
    assert await refused(around) == ("rules_not_reloaded_for_tests", {"failures": failures})
    assert around.taken() == [("ran", (), TESTS)]
    assert around.hass.data == {}


async def test_tests_run_once_home_assistant_has_started(around: Around) -> None:
    async_test_once_started(around.hass, ())
    assert (around.taken(), around.started) == ([("async_show_failing_tests", ())], [])
    assert around.hass.data == {YAML_TESTS: ()}
    async_test_once_started(around.hass, TESTS)
    assert around.taken() == []
    around.failures = [("one",), ("two",)]
    (run,) = around.started
    await run(around.hass)
    assert around.taken() == [
        ("ran", "rules of None", TESTS),
        ("async_show_failing_tests", ("one", "two")),
    ]
    outcomes = await async_test_rules(around.hass)
    assert [each.failures for each in outcomes] == [("one",), ("two",)]
