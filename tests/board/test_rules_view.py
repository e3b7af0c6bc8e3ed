"""What the board says of a rule to users who may see and control some of its entities."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest

from custom_components.cisco_unified_presence.board.rules import RulesView
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.explanation import async_texts
from tests.common.rules import written

SWITCH, HOLDS = "switch.rule_desk", "binary_sensor.rule_desk_active"
NOTHING: frozenset[tuple[str, str]] = frozenset()
RULE = "own_id"


@pytest.fixture(autouse=True)
async def _a_rule_in_yaml(hass: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    config = {DOMAIN: {"rules": [written(id=RULE)]}}
    assert await async_setup_component(hass, DOMAIN, config)
    await hass.async_block_till_done()
    assert hass.states.get(SWITCH)
    assert hass.states.get(HOLDS)


async def view_of(
    hass: HomeAssistant, allowed: frozenset[tuple[str, str]], *, is_admin: bool = False
) -> RulesView:
    texts = await async_texts(hass, "en")
    return RulesView(hass, lambda *asked: asked in allowed, texts, is_admin=is_admin)


@pytest.mark.parametrize(
    ("allowed", "is_admin", "registered", "sees"),
    [
        ({(SWITCH, "read")}, False, True, True),
        ({(HOLDS, "read")}, False, True, True),
        ({(SWITCH, "control"), (HOLDS, "control")}, True, True, False),
        (set(), False, False, False),
        (set(), True, False, True),
    ],
)
async def test_who_sees_a_rule(
    hass: HomeAssistant,
    allowed: set[tuple[str, str]],
    *,
    is_admin: bool,
    registered: bool,
    sees: bool,
) -> None:
    if not registered:
        for entity_id in (SWITCH, HOLDS):
            er.async_get(hass).async_remove(entity_id)
    view = await view_of(hass, frozenset(allowed), is_admin=is_admin)
    assert view.may_see(RULE) is sees


async def told(view: RulesView) -> tuple[object, object]:
    rule = view.rule(RULE, None, 3, lambda people: [str(len(list(people)))])
    assert rule
    assert (rule["order"], rule["people"], rule["wins_for"]) == (3, ["0"], ["0"])
    assert (rule["entry_id"], rule["subentry_id"], rule["edit_url"]) == (None, None, None)
    return rule["may_control"], rule["switch_entity"]


async def test_who_controls_a_rule(hass: HomeAssistant) -> None:
    controls = frozenset({(SWITCH, "control")})
    assert await told(await view_of(hass, controls)) == (True, SWITCH)
    assert await told(await view_of(hass, NOTHING, is_admin=True)) == (False, SWITCH)
    registry = er.async_get(hass)
    registry.async_update_entity(SWITCH, disabled_by=er.RegistryEntryDisabler.USER)
    assert await told(await view_of(hass, controls)) == (True, None)
    registry.async_remove(SWITCH)
    assert await told(await view_of(hass, controls)) == (False, None)
    assert await told(await view_of(hass, NOTHING, is_admin=True)) == (True, None)


async def test_a_rule_that_has_just_gone_is_not_told(hass: HomeAssistant) -> None:
    assert (await view_of(hass, NOTHING)).rule("gone", None, 0, lambda _: []) is None
