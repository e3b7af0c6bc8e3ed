"""Which rules run: where they come from, and their order."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules.rule_set import YAML, RuleSet
from tests.common.rules import AT_DESK, ELSEWHERE, desk, rule


@pytest.fixture
def changed() -> list[str]:
    """Return the ids of the rules that were reported as changed."""
    return []


@pytest.fixture
async def rules(hass: HomeAssistant, hass_storage: dict[str, Any], changed: list[str]) -> RuleSet:
    """Return a rule set that runs, while the desk is occupied."""
    await desk(hass, "on")
    rules = RuleSet(hass, lambda _: None, lambda rule_id, _: changed.append(rule_id))
    await rules.async_load()
    await rules.async_start()
    return rules


async def test_yaml_comes_first_then_entries_as_they_were_added(
    hass: HomeAssistant, rules: RuleSet
) -> None:
    entries = [MockConfigEntry(domain=DOMAIN), MockConfigEntry(domain=DOMAIN)]
    for entry in entries:
        entry.add_to_hass(hass)
    await rules.async_replace(entries[1].entry_id, [rule("D")])
    await rules.async_replace(entries[0].entry_id, [rule("C")])
    await rules.async_replace(YAML, [rule("A"), rule("B", when=[ELSEWHERE])])

    assert [each.name for each in rules.rules] == ["A", "B", "C", "D"]
    requests = rules.requests()
    assert {key: each[None].order if each else None for key, each in requests.items()} == {
        "a": 0,
        "b": None,
        "c": 2,
        "d": 3,
    }
    await rules.async_replace(YAML, [])
    assert [each.name for each in rules.rules] == ["C", "D"]


async def test_only_rules_that_run_are_reported(
    hass: HomeAssistant, rules: RuleSet, changed: list[str]
) -> None:
    await rules.async_replace(YAML, [rule()])
    assert changed == []
    await desk(hass, "off")
    assert changed == ["desk"]
    await rules.async_replace(YAML, [])
    await desk(hass, "on")
    assert changed == ["desk"]


async def test_a_stopped_rule_set_keeps_the_state_of_its_rules(
    hass: HomeAssistant, rules: RuleSet
) -> None:
    await rules.async_replace(YAML, [rule()])
    rules.async_stop()
    await desk(hass, "off")
    assert rules.request_of("desk", None)
    await rules.async_replace(YAML, [rule(when=[AT_DESK], priority=3)])
    request = rules.request_of("desk", None)
    assert request
    assert request.priority == 3


async def test_records_outlive_a_replacement_until_they_are_deleted(
    hass: HomeAssistant, rules: RuleSet
) -> None:
    await rules.async_replace(YAML, [rule()])
    runner = rules.runner_of("desk")
    assert runner
    await runner.async_set_enabled(enabled=False)
    for deleted in (False, True):
        await rules.async_replace(YAML, [])
        if deleted:
            rules.async_delete_records(YAML)
        await rules.async_replace(YAML, [rule()])
        assert rules.evaluation_of("desk", ("entry", "anna@example.com")).enabled is deleted
