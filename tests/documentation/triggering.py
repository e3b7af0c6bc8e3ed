"""Makes the conditions of an automation true and fires its trigger."""

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
from tests.common.waiting import settled


async def make_true(prepared_hass: HomeAssistant, cup: Cup, condition: dict[str, Any]) -> None:
    """Make a condition true. Conditions that nothing is so are true from the beginning."""
    for user in _users(prepared_hass, condition.get("target")):
        if condition["condition"] == f"{DOMAIN}.is_on_the_phone":
            await choose(cup, user, "BUSY", activities=["on-the-phone"])
        else:
            await choose(cup, user, _word(condition))


async def fire(prepared_hass: HomeAssistant, cup: Cup, trigger: dict[str, Any]) -> None:
    if trigger["trigger"] == "state":
        await _change(prepared_hass, cup, trigger)
        return
    for user in _users(prepared_hass, trigger["target"]):
        if trigger["trigger"] == f"{DOMAIN}.became_available_again":
            await choose(cup, user, "BUSY")
            await choose(cup, user, "AVAILABLE")
        else:
            await choose(cup, user, _word(trigger))


def seconds_until_fired(trigger: dict[str, Any]) -> float:
    """Return how many seconds the state has to last before the trigger fires."""
    waiting: float = cv.time_period(trigger.get("options", {}).get(CONF_FOR, 0)).total_seconds()
    return waiting


async def _change(prepared_hass: HomeAssistant, cup: Cup, trigger: dict[str, Any]) -> None:
    entity_id = trigger["entity_id"]
    if user := _user_of(prepared_hass, entity_id):
        await choose(cup, user, "BUSY")
        return
    prepared_hass.states.async_set(entity_id, trigger.get("to", "another"))
    await settled(cup)


def _word(options_of: dict[str, Any]) -> str:
    """Return the first presence in the options, as the server spells it."""
    return PRESENCES[options_of["options"]["presence"][0]].value


def _users(prepared_hass: HomeAssistant, target: dict[str, Any] | None) -> list[str]:
    selected = async_extract_referenced_entity_ids(prepared_hass, TargetSelection(target or {}))
    entity_ids = selected.referenced | selected.indirectly_referenced
    return sorted({user for each in entity_ids if (user := _user_of(prepared_hass, each))})


def _user_of(prepared_hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the user that an entity belongs to, None for entities without a person."""
    entity = er.async_get(prepared_hass).async_get(entity_id)
    if entity is None or entity.platform != DOMAIN or entity.config_subentry_id is None:
        return None
    return entity_id.partition(".")[2].partition("_")[0]
