"""Inputs of rules that do not exist, and templates that fail: when they are named."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from tests.common.rules import DESK, ELSEWHERE, desk, issues, open_engine, pass_by, rule, shut

pytestmark = pytest.mark.usefixtures("at_noon")

CHECK = timedelta(minutes=5, seconds=1)
TABLE = "binary_sensor.table"
RENAMED = f"{DOMAIN}.renamed_entities"


@pytest.fixture
def entry_data() -> dict[str, Any]:
    """No server is needed."""
    return {}


async def test_an_issue_goes_at_once_with_another_version_of_the_rule(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    other = rule("Other", id="other", when=[ELSEWHERE])
    engine = await open_engine(hass, rule(), other, entry=entry)
    await pass_by(hass, freezer, CHECK)
    assert set(issues(hass)) == {"rule_entity_missing_desk", "rule_entity_missing_other"}
    await engine.async_set_yaml_rules([rule(priority=1), other])
    assert set(issues(hass)) == {"rule_entity_missing_other"}


async def test_an_entity_that_is_known_and_has_no_state_yet_is_not_missing(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    er.async_get(hass).async_get_or_create("binary_sensor", "test", "x", suggested_object_id="desk")
    await open_engine(hass, rule(), entry=entry)
    await pass_by(hass, freezer, CHECK)
    assert issues(hass) == {}


async def test_texts_of_a_rule_are_checked_too(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await desk(hass, "on")
    texts = {"note": f"{{{{ states('{TABLE}') }}}}", "until": "{{ 1 / 0 }}"}
    await open_engine(hass, rule(**texts), entry=entry)
    await pass_by(hass, freezer, CHECK)
    found = issues(hass)
    assert found["rule_entity_missing_desk"] == {
        "rule": "Desk",
        "entity": TABLE,
        "where": "its texts",
    }
    template = found["rule_template_desk"]
    assert template
    assert template["where"] == "until"
    hass.states.async_set(TABLE, "on")
    await pass_by(hass, freezer, CHECK)
    assert set(issues(hass)) == {"rule_template_desk"}


async def test_nothing_is_checked_once_home_assistant_stops(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await open_engine(hass, rule(), entry=entry)
    await shut(hass)
    await pass_by(hass, freezer, CHECK)
    assert issues(hass) == {}


async def test_what_is_missing_stays_told_when_home_assistant_stops(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await open_engine(hass, rule(), entry=entry)
    await pass_by(hass, freezer, CHECK)
    told = issues(hass)
    assert set(told) == {"rule_entity_missing_desk"}
    await shut(hass)
    await pass_by(hass, freezer, CHECK)
    assert issues(hass) == told


async def test_new_names_are_remembered_over_a_restart(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    await open_engine(hass, entry=entry)
    registry = er.async_get(hass)
    registry.async_get_or_create("binary_sensor", "test", "x", suggested_object_id="desk")
    registry.async_update_entity(DESK, name="Renamed in another way")
    registry.async_update_entity(DESK, new_entity_id=TABLE)
    await hass.async_block_till_done()
    assert hass_storage[RENAMED]["data"] == {DESK: TABLE}

    await open_engine(hass, rule(), entry=entry)
    await pass_by(hass, freezer, CHECK)
    assert issues(hass) == {
        "rule_entity_renamed_yaml_desk": {
            "rule": "Desk",
            "entity": DESK,
            "renamed": TABLE,
            "where": "condition 1",
        }
    }


async def test_a_name_that_is_taken_back_is_forgotten(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    await open_engine(hass, entry=entry)
    registry = er.async_get(hass)
    registry.async_get_or_create("binary_sensor", "test", "x", suggested_object_id="desk")
    registry.async_update_entity(DESK, new_entity_id=TABLE)
    registry.async_update_entity(TABLE, new_entity_id=DESK)
    await hass.async_block_till_done()
    assert hass_storage[RENAMED]["data"] == {TABLE: DESK}


async def test_an_entity_that_is_renamed_twice_is_known_by_its_last_name(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    await open_engine(hass, entry=entry)
    registry = er.async_get(hass)
    registry.async_get_or_create("binary_sensor", "test", "x", suggested_object_id="desk")
    registry.async_update_entity(DESK, new_entity_id="binary_sensor.chair")
    registry.async_update_entity("binary_sensor.chair", new_entity_id=TABLE)
    await hass.async_block_till_done()
    assert hass_storage[RENAMED]["data"] == {DESK: TABLE, "binary_sensor.chair": TABLE}
