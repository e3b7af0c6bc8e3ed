"""The inputs of a condition: the entities that it depends on, and whether one says nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
import re
from typing import Any

from homeassistant.const import (
    CONF_ABOVE,
    CONF_ATTRIBUTE,
    CONF_BELOW,
    CONF_CONDITION,
    CONF_ENTITY_ID,
    CONF_FOR,
    CONF_OPTIONS,
    CONF_STATE,
    CONF_TARGET,
    CONF_VALUE_TEMPLATE,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant, callback, valid_entity_id
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.condition import (
    ConditionChecker,
    EntityConditionBase,
    async_extract_entities,
    async_get_all_descriptions,
)
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.helpers.template import Template
from homeassistant.helpers.template.render_info import RenderInfo
from homeassistant.helpers.typing import ConfigType, TemplateVarsType

_SAYS_NOTHING = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})
_NAMES_A_STATE = re.compile(r"""["'](unavailable|unknown)["']""")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What one condition depends on.

    Attributes:
        entities: The entities whose states it checks, whether or not they exist.
        asked_for: Of the states `unavailable` and `unknown`, those that it checks for itself.
        uses_time: Whether a template in it depends on the time.
    """

    entities: frozenset[str] = frozenset()
    asked_for: frozenset[str] = frozenset()
    uses_time: bool = False

    @callback
    def async_why_unknown(self, hass: HomeAssistant) -> str | None:
        """Return which input says nothing and why, None when all say something."""
        for entity_id in sorted(self.entities):
            state = hass.states.get(entity_id)
            if state is None:
                return f"{entity_id} is missing"
            if state.state in _SAYS_NOTHING - self.asked_for:
                return f"{entity_id} is {state.state}"
        return None


async def async_targets_primary_entities_only(hass: HomeAssistant, config: ConfigType) -> bool:
    """Return whether a condition leaves configuration and diagnostic entities of its target out.

    Its description says so, from which Home Assistant's own target search takes it too.
    """
    if CONF_TARGET not in config:
        return True
    description = (await async_get_all_descriptions(hass)).get(config[CONF_CONDITION]) or {}
    primary_entities_only: bool = description.get("target", {}).get("primary_entities_only", True)
    return primary_entities_only


@callback
def async_inputs(
    hass: HomeAssistant,
    config: ConfigType,
    checker: ConditionChecker,
    *,
    primary_entities_only: bool,
) -> Inputs:
    """Return the inputs that a condition other than `and`, `or` and `not` has now."""
    match config[CONF_CONDITION]:
        case "state":
            return _of_state(config)
        case "numeric_state":
            return _of_numeric_state(hass, config)
        case "template":
            return _of_template(config[CONF_VALUE_TEMPLATE])
        case "device":
            return Inputs(_of_device(hass, config))
        case _:
            return Inputs(
                frozenset(async_extract_entities(config))
                | _of_target(hass, config, checker, primary_entities_only=primary_entities_only)
                | _of_thresholds(config)
            )


def _of_state(config: ConfigType) -> Inputs:
    states = listed(config[CONF_STATE])
    asked_for = frozenset() if CONF_ATTRIBUTE in config else _SAYS_NOTHING.intersection(states)
    named = {state for state in states if _is_input_entity(state)}
    rendered = [_rendered(template) for template in templates_in(config.get(CONF_FOR))]
    return Inputs(
        frozenset(config[CONF_ENTITY_ID]).union(named, *(info.entities for info in rendered)),
        asked_for,
        any(info.has_time for info in rendered),
    )


def _of_numeric_state(hass: HomeAssistant, config: ConfigType) -> Inputs:
    bounds = {
        bound for key in (CONF_ABOVE, CONF_BELOW) if isinstance(bound := config.get(key), str)
    }
    template: Template | None = config.get(CONF_VALUE_TEMPLATE)
    states = [hass.states.get(entity_id) for entity_id in config[CONF_ENTITY_ID]]
    rendered = [
        _rendered(template, {"state": state}) for state in states if template and state is not None
    ]
    return Inputs(
        frozenset(config[CONF_ENTITY_ID]).union(bounds, *(info.entities for info in rendered)),
        uses_time=any(info.has_time for info in rendered),
    )


def _of_template(template: Template) -> Inputs:
    info = _rendered(template)
    asked_for = _NAMES_A_STATE.findall(template.template)
    if "has_value" in template.template:
        asked_for = [*_SAYS_NOTHING]
    return Inputs(frozenset(info.entities), frozenset(asked_for), info.has_time)


def _of_device(hass: HomeAssistant, config: ConfigType) -> frozenset[str]:
    entity_id = config.get(CONF_ENTITY_ID)
    if entity_id is None:
        return frozenset()
    return frozenset({er.async_resolve_entity_id(er.async_get(hass), entity_id) or entity_id})


def _of_target(
    hass: HomeAssistant,
    config: ConfigType,
    checker: ConditionChecker,
    *,
    primary_entities_only: bool,
) -> frozenset[str]:
    """Return the entities that a target means now, as far as the condition checks them."""
    target = config.get(CONF_TARGET)
    if not target or not isinstance(checker, EntityConditionBase):
        return frozenset()
    selected = async_extract_referenced_entity_ids(
        hass, TargetSelection(target), primary_entities_only=primary_entities_only
    )
    return frozenset(checker.entity_filter(selected.indirectly_referenced))


def _of_thresholds(config: ConfigType) -> frozenset[str]:
    threshold = (config.get(CONF_OPTIONS) or {}).get("threshold")
    bounds = threshold.values() if isinstance(threshold, dict) else ()
    named = (bound.get("entity") for bound in bounds if isinstance(bound, dict))
    return frozenset(entity for entity in named if entity and valid_entity_id(entity))


def templates_in(value: object) -> Iterable[Template]:
    """Return the templates of a duration, each part of which may be one."""
    if isinstance(value, Template):
        return [value]
    if isinstance(value, dict):
        return [template for part in value.values() for template in templates_in(part)]
    return []


def listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_input_entity(state: object) -> bool:
    return isinstance(state, str) and cv.INPUT_ENTITY_ID.match(state) is not None


def _rendered(template: Template, variables: TemplateVarsType = None) -> RenderInfo:
    """Render a template for its inputs; warnings are logged when the condition is checked."""
    return template.async_render_to_info(variables, parse_result=False, log_fn=quiet)


def quiet(_level: int, _message: str) -> None:
    """Log no warning: the check of the condition renders the same template, and logs it."""
