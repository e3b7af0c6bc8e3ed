"""The action reload: rules in YAML are taken anew, all of them or none."""

from pathlib import Path
import textwrap
from typing import Any

from homeassistant.auth.models import User
from homeassistant.const import SERVICE_RELOAD
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
import yaml

from custom_components.cisco_unified_presence.config import async_validate_config
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.entities import rules as rule_entities
from custom_components.cisco_unified_presence.rules import YAML, async_rule_engine
from tests.common.rules import rule, written
from tests.common.waiting import until


@pytest.fixture(autouse=True)
def _own_folder(hass: HomeAssistant, tmp_path: Path, hass_storage: dict[str, Any]) -> None:
    hass.config.config_dir = str(tmp_path)


def write(hass: HomeAssistant, *rules: dict[str, Any]) -> None:
    """Write a configuration with these rules, the first of which begins in line 3."""
    write_text(hass, textwrap.indent(yaml.safe_dump(list(rules), sort_keys=False), "    "))


def write_text(hass: HomeAssistant, rules: str) -> None:
    Path(hass.config.path("configuration.yaml")).write_text(f"{DOMAIN}:\n  rules:\n{rules}")


async def set_up(hass: HomeAssistant, *rules: dict[str, Any]) -> None:
    assert await async_setup_component(hass, DOMAIN, {DOMAIN: {"rules": list(rules)}})
    await hass.async_block_till_done()


async def reload(hass: HomeAssistant, **context: Any) -> None:
    await hass.services.async_call(DOMAIN, SERVICE_RELOAD, blocking=True, **context)
    await hass.async_block_till_done()


def names(hass: HomeAssistant) -> list[str]:
    return [rule.name for rule in async_rule_engine(hass).rules_from(YAML)]


async def test_rules_are_taken_as_they_now_stand(hass: HomeAssistant) -> None:
    await set_up(hass, written("A"), written("B"))
    write(hass, written("C"), written("A", priority=5))
    await reload(hass)
    assert names(hass) == ["C", "A"]
    assert async_rule_engine(hass).rules_from(YAML)[1].priority == 5
    write(hass)
    await reload(hass)
    assert names(hass) == []


async def test_entities_of_rules_that_are_gone_go_some_at_a_time(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But not those of a rule that is back before its turn comes."""
    monkeypatch.setattr(rule_entities, "ENTITIES_PER_BATCH", 1)
    await set_up(hass, written("A"), written("B"), written("C"))
    engine, registry = async_rule_engine(hass), er.async_get(hass)
    before = len(registry.entities)
    first, *_, last = engine.rules_from(YAML)

    await engine.async_set_yaml_rules([first])
    await until(lambda: len(registry.entities) < before)
    await engine.async_set_yaml_rules([first, last])
    await hass.async_block_till_done()

    assert len(registry.entities) == before * 2 / 3
    assert hass.states.get("switch.rule_c")
    assert hass.states.get("switch.rule_b") is None


async def test_entities_of_rules_come_some_at_a_time(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_entities, "RULES_PER_BATCH", 1)
    await set_up(hass, written("A"))
    engine = async_rule_engine(hass)
    await engine.async_set_yaml_rules([rule(name) for name in "ABCD"])
    await until(lambda: hass.states.get("switch.rule_b"))
    assert hass.states.get("switch.rule_d") is None
    await hass.async_block_till_done()
    assert hass.states.get("switch.rule_d")


async def test_one_bad_rule_keeps_all_the_old_ones_and_is_named(hass: HomeAssistant) -> None:
    await set_up(hass, written("A"))
    write(hass, written("B"), written("C", presence="gone"))
    with pytest.raises(HomeAssistantError) as raised:
        await reload(hass)
    assert raised.value.translation_key == "rules_not_reloaded"
    sentence = str(raised.value)
    assert sentence.startswith("The rules were not reloaded. The previous rules stay active.\n")
    assert "at configuration.yaml, line 17: " in sentence
    assert "got 'gone'" in sentence
    assert names(hass) == ["A"]


async def test_conditions_that_home_assistant_refuses_are_named(hass: HomeAssistant) -> None:
    await set_up(hass, written("A"))
    refused = {"condition": "device", "device_id": "nothing", "domain": "light"}
    write(hass, written("B", when=[refused]))
    with pytest.raises(HomeAssistantError) as raised:
        await reload(hass)
    assert "at configuration.yaml, line 6: " in str(raised.value)
    assert "“B”" in str(raised.value)
    assert names(hass) == ["A"]


async def test_a_file_that_cannot_be_read_keeps_the_old_rules(hass: HomeAssistant) -> None:
    await set_up(hass, written("A"))
    write_text(hass, "    - [\n")
    with pytest.raises(HomeAssistantError) as raised:
        await reload(hass)
    assert raised.value.translation_key == "rules_not_reloaded"
    assert "configuration.yaml" in str(raised.value)
    assert names(hass) == ["A"]


async def test_the_issue_of_the_start_goes_with_the_next_good_load(hass: HomeAssistant) -> None:
    await set_up(hass, written("A"), written("B", presence="gone"))
    issues = ir.async_get(hass).issues
    assert (DOMAIN, "rules_invalid") in issues
    write(hass, written("A"), written("B", presence="gone"))
    with pytest.raises(HomeAssistantError):
        await reload(hass)
    assert (DOMAIN, "rules_invalid") in issues
    write(hass, written("A"), written("B"))
    await reload(hass)
    assert (DOMAIN, "rules_invalid") not in issues
    assert names(hass) == ["A", "B"]


async def test_only_administrators_reload(hass: HomeAssistant, hass_read_only_user: User) -> None:
    await set_up(hass, written("A"))
    write(hass)
    with pytest.raises(Unauthorized):
        await reload(hass, context=Context(user_id=hass_read_only_user.id))
    assert names(hass) == ["A"]


async def test_checking_changes_nothing(hass: HomeAssistant) -> None:
    await set_up(hass, written("A"))
    await async_validate_config(hass, {DOMAIN: {"rules": [written("B")]}})
    assert names(hass) == ["A"]
