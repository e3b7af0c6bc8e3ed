"""Inputs of rules that do not exist or are no presence: docs/rules.md."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.repair import RenamedEntityRepairFlow
from custom_components.cisco_unified_presence.repairs import async_create_fix_flow
from tests.common.conditions import set_state
from tests.common.rules import (
    ANNA,
    DESK,
    add_rule,
    issues,
    names,
    open_engine,
    pass_by,
    rule,
    settled,
)

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def entry_data() -> dict[str, Any]:
    """No server is needed."""
    return {}


async def test_a_missing_input_and_a_failing_template_are_named_after_five_minutes(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    conditions = ["{{ 1 / 0 }}", {"condition": "state", "entity_id": DESK, "state": "on"}]
    await open_engine(hass, rule(when=conditions), entry=entry)
    await pass_by(hass, freezer, timedelta(minutes=4))
    assert issues(hass) == {}
    await pass_by(hass, freezer, timedelta(minutes=1, seconds=1))
    found = issues(hass)
    assert found["rule_entity_missing_desk"] == {
        "rule": "Desk",
        "entity": DESK,
        "where": "condition 2",
    }
    template = found["rule_template_desk"]
    assert template
    assert template["where"] == "condition 1"
    assert "division by zero" in template["problem"]

    await set_state(hass, DESK, "on")
    await pass_by(hass, freezer, timedelta(minutes=5))
    assert "rule_entity_missing_desk" not in issues(hass)


async def test_a_stored_condition_that_asks_for_the_event_is_told_what_to_write(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    added = add_rule(hass, entry, when=["{{ event.summary == 'Review' }}"])
    await open_engine(hass, entry=entry)
    await pass_by(hass, freezer, timedelta(minutes=5, seconds=1))
    issue = issues(hass)[f"rule_template_{added.subentry_id}"]
    assert issue
    assert "'event' is undefined" in issue["problem"]
    assert "title, location, description and all_day" in issue["problem"]


@pytest.mark.parametrize(
    ("presence", "said", "is_error"),
    [
        ("{{ states('binary_sensor.desk') }}", "“on” is none; it has to be one of available", True),
        ("{{ is_state('binary_sensor.desk', 'on') }}", "“True” is none; it has to be one", True),
        ("{{ is_state('binary_sensor.desk', 'off') and 'busy' }}", "“False” is none; it", False),
        ("{{ 'lunch' }}", "“lunch” is none; it has to be one of available, busy", False),
        ("{{ '' }}", "it names none", False),
        ({"entity_id": DESK, "map": {"off": "away"}}, "“on” is not in the map", False),
    ],
)
async def test_what_is_no_presence_is_told_with_what_to_write(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    presence: Any,
    said: str,
    *,
    is_error: bool,
) -> None:
    await set_state(hass, DESK, "on")
    made = rule(when="{{ true }}", presence=presence)
    engine = await open_engine(hass, made, entry=entry)
    assert names(engine, entry) == []
    (evaluation,) = engine.evaluations_for(entry.entry_id, ANNA)
    assert evaluation.failing[0].startswith(f"presence: {said}")
    await pass_by(hass, freezer, timedelta(minutes=5, seconds=1))
    issue = issues(hass).get("rule_template_desk")
    assert (issue is not None) is is_error
    if issue:
        assert issue["where"] == "presence"
        assert issue["problem"].startswith(said)


async def test_a_new_name_is_offered_and_written_into_the_rule(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    registry = er.async_get(hass)
    registry.async_get_or_create("binary_sensor", "test", "x", suggested_object_id="desk")
    await set_state(hass, DESK, "on")
    template = f"{{{{ is_state('{DESK}', 'on') }}}}"
    added = add_rule(hass, entry, when=[rule().when[0], template])
    await open_engine(hass, entry=entry)
    registry.async_update_entity(DESK, new_entity_id="binary_sensor.table")
    hass.states.async_remove(DESK)
    await set_state(hass, "binary_sensor.table", "on")
    await pass_by(hass, freezer, timedelta(minutes=5, seconds=1))
    key = f"rule_entity_renamed_{added.subentry_id}"
    named = issues(hass)[key]
    assert named
    assert (named["entity"], named["renamed"]) == (DESK, "binary_sensor.table")

    issue = ir.async_get(hass).async_get_issue(DOMAIN, key)
    assert issue
    flow = await async_create_fix_flow(hass, key, issue.data)
    assert isinstance(flow, RenamedEntityRepairFlow)
    flow.hass, flow.data = hass, issue.data
    assert (await flow.async_step_init())["step_id"] == "confirm"
    await flow.async_step_confirm({})
    changed = entry.subentries[added.subentry_id].data["when"]
    assert changed[0]["entity_id"] == "binary_sensor.table"
    assert changed[1] == "{{ is_state('binary_sensor.table', 'on') }}"
    await settled(hass)
