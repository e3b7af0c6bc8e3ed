"""Checks of single conditions by Home Assistant's own functions."""

from collections.abc import Callable

from homeassistant.const import CONF_ATTRIBUTE, CONF_CONDITION, CONF_ENTITY_ID, CONF_FOR, CONF_STATE
from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import ConditionChecker, state
from homeassistant.helpers.typing import ConfigType, TemplateVarsType

type Check = Callable[[HomeAssistant, TemplateVarsType], bool | None]
"""Tells whether a condition is true; raises HomeAssistantError where it cannot be checked."""


def check_of(config: ConfigType, checker: ConditionChecker) -> Check:
    """Return the check of a validated condition, which if it is about states is about one entity.

    A checker traces each check, which for a `state` condition takes longer than the check itself.
    """
    if config[CONF_CONDITION] == "state":
        return _check_of_state(config)
    return lambda _hass, variables: checker.async_check(variables=variables)


def _check_of_state(config: ConfigType) -> Check:
    (entity_id,) = config[CONF_ENTITY_ID]
    states, attribute = config[CONF_STATE], config.get(CONF_ATTRIBUTE)
    duration = config.get(CONF_FOR)

    def check(hass: HomeAssistant, variables: TemplateVarsType) -> bool:
        return state(hass, entity_id, states, duration, attribute, variables)

    return check
