"""What has to happen in the office for an automation to run: its trigger, while conditions hold."""

from typing import Any

from homeassistant.const import CONF_FOR
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.states import PRESENCES
from tests.common.automations import choose
from tests.common.server import Cup


async def make_true(office: HomeAssistant, cup: Cup, condition: dict[str, Any]) -> None:
    """Let a condition hold; what says that nothing is so holds in the quiet office anyway."""
    for user in _users(office, condition.get("target")):
        if condition["condition"] == f"{DOMAIN}.is_on_the_phone":
            await choose(cup, user, "BUSY", activities=["on-the-phone"])
        else:
            await choose(cup, user, _word(condition))


async def fire(office: HomeAssistant, cup: Cup, trigger: dict[str, Any]) -> None:
    """Let happen what a trigger waits for."""
    if trigger["trigger"] == "state":
        await _change(office, cup, trigger)
        return
    for user in _users(office, trigger["target"]):
        if trigger["trigger"] == f"{DOMAIN}.became_available_again":
            await choose(cup, user, "BUSY")
            await choose(cup, user, "AVAILABLE")
        else:
            await choose(cup, user, _word(trigger))


def patience(trigger: dict[str, Any]) -> float:
    """Return for how many seconds it has to last before a trigger fires."""
    waiting: float = cv.time_period(trigger.get("options", {}).get(CONF_FOR, 0)).total_seconds()
    return waiting


async def _change(office: HomeAssistant, cup: Cup, trigger: dict[str, Any]) -> None:
    entity_id = trigger["entity_id"]
    if user := _user_of(office, entity_id):
        await choose(cup, user, "BUSY")
        return
    office.states.async_set(entity_id, trigger.get("to", "another"))
    await office.async_block_till_done()


def _word(asking: dict[str, Any]) -> str:
    """Return the first of the presences that are asked for, as the server has it."""
    return PRESENCES[asking["options"]["presence"][0]].value


def _users(office: HomeAssistant, target: dict[str, Any] | None) -> list[str]:
    selected = async_extract_referenced_entity_ids(office, TargetSelection(target or {}))
    everything = selected.referenced | selected.indirectly_referenced
    return sorted({user for each in everything if (user := _user_of(office, each))})


def _user_of(office: HomeAssistant, entity_id: str) -> str | None:
    """Return whose entity this is, None if it is nobody's."""
    entity = er.async_get(office).async_get(entity_id)
    if entity is None or entity.platform != DOMAIN or entity.config_subentry_id is None:
        return None
    return entity_id.partition(".")[2].partition("_")[0]
