"""Walks through the form of a rule, as tests fill it in."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import SUBENTRY_RULE
from custom_components.cisco_unified_presence.flows.rule_form import AS_USUAL
from custom_components.cisco_unified_presence.rules import async_rule_engine
from tests.common.flows import Walk
from tests.common.rules import AT_DESK
from tests.common.texts import TEXTS

ANNA = "anna@example.com"
PEOPLE = [ANNA]
USUAL = {"priority": 0, "insist": False}


def form(**changes: Any) -> dict[str, Any]:
    """Return the form, filled in as briefly as it may be."""
    usual = {"name": "Desk", "people": PEOPLE, "when": [AT_DESK], "presence": "busy"}
    advanced = {**USUAL, "override": AS_USUAL, **changes.pop("advanced", {})}
    return {**usual, **changes, "advanced": advanced}


async def begin(hass: HomeAssistant, entry: MockConfigEntry) -> Walk:
    texts = TEXTS["config_subentries"][SUBENTRY_RULE]
    walk = Walk(hass.config_entries.subentries, texts)
    return await walk.begin((entry.entry_id, SUBENTRY_RULE), {"source": SOURCE_USER})


async def add(hass: HomeAssistant, entry: MockConfigEntry, **changes: Any) -> Walk:
    """Fill in the form, and save the rule unless there is an error."""
    walk = await begin(hass, entry)
    return await fill_in(hass, walk, **form(**changes))


async def fill_in(hass: HomeAssistant, walk: Walk, **fields: Any) -> Walk:
    await walk.fill_in("rule", **fields)
    if walk.step == "preview":
        await walk.choose("preview", "save")
    await hass.async_block_till_done()
    return walk


async def choose(hass: HomeAssistant, entry: MockConfigEntry, option: str, place: int = 0) -> Walk:
    """Choose what to do with a rule."""
    own = list(entry.get_subentries_of_type(SUBENTRY_RULE))[place]
    result = await entry.start_subentry_reconfigure_flow(hass, own.subentry_id)
    walk = Walk(hass.config_entries.subentries, TEXTS["config_subentries"][SUBENTRY_RULE])
    walk._take(result)
    await walk.choose("reconfigure", option)
    await hass.async_block_till_done()
    return walk


async def change(hass: HomeAssistant, entry: MockConfigEntry) -> Walk:
    """Begin to change the first rule."""
    return await choose(hass, entry, "change")


def requesting(hass: HomeAssistant, entry: MockConfigEntry) -> list[str]:
    return [each.name for each in async_rule_engine(hass).requests_for(entry.entry_id, ANNA)]
