"""The inputs of a condition: the entities that it depends on, and whether one says nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

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

from .condition_members import listed, names_entity

_SAYS_NOTHING = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})


@dataclass(frozen=True, slots=True)
class Inputs:
    """What one condition depends on.

    Attributes:
        entities: The entities whose states it checks, whether or not they exist.
        needed: Of these, the ones without whose states it is unknown.
        members: Of these, the ones that it skips while they say nothing, unless all do.
        asked_for: Of the states `unavailable` and `unknown`, those that it checks for itself.
        uses_time: Whether a template in it depends on the time.
    """

    entities: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    asked_for: frozenset[str] = frozenset()
    uses_time: bool = False

    @callback
    def async_why_unknown(self, hass: HomeAssistant) -> str | None:
        """Return which input leaves the condition unknown and why, None when none does."""
        for entity_id in sorted(self.needed):
            if why := self._why_silent(hass, entity_id):
                return why
        if not self.members:
            return None
        silent = [self._why_silent(hass, entity_id) for entity_id in sorted(self.members)]
        return silent[0] if all(silent) else None

    def _why_silent(self, hass: HomeAssistant, entity_id: str) -> str | None:
        state = hass.states.get(entity_id)
        if state is None:
            return f"{entity_id} is missing"
        if state.state in _SAYS_NOTHING and state.state not in self.asked_for:
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


def fixed_inputs(config: ConfigType) -> Inputs | None:
    """Return the inputs of a condition whose inputs never change, None of any other."""
    if config[CONF_CONDITION] == "state" and not templates_in(config.get(CONF_FOR)):
        return _of_state(config, None)
    return None


@callback
def async_inputs(
    hass: HomeAssistant,
    config: ConfigType,
    checker: ConditionChecker,
    *,
    primary_entities_only: bool,
    variables: TemplateVarsType = None,
) -> Inputs:
    """Return the inputs that a condition has now; it is none of `and`, `or`, `not`, `template`."""
    match config[CONF_CONDITION]:
        case "state":
            return _of_state(config, variables)
        case "numeric_state":
            return _of_numeric_state(hass, config, variables)
        case "device":
            entities = _of_device(hass, config)
            return Inputs(entities, needed=entities)
        case _:
            return _of_others(hass, config, checker, primary_entities_only=primary_entities_only)


def _of_state(config: ConfigType, variables: TemplateVarsType) -> Inputs:
    states = listed(config[CONF_STATE])
    asked_for = frozenset() if CONF_ATTRIBUTE in config else _SAYS_NOTHING.intersection(states)
    named = {state for state in states if names_entity(state)}
    rendered = [rendered_for(each, variables) for each in templates_in(config.get(CONF_FOR))]
    needed = frozenset(config[CONF_ENTITY_ID]).union(named)
    return Inputs(
        needed.union(*(info.entities for info in rendered)),
        needed=needed,
        asked_for=asked_for,
        uses_time=any(info.has_time for info in rendered),
    )


def _of_numeric_state(
    hass: HomeAssistant, config: ConfigType, variables: TemplateVarsType
) -> Inputs:
    bounds = {
        bound for key in (CONF_ABOVE, CONF_BELOW) if isinstance(bound := config.get(key), str)
    }
    template: Template | None = config.get(CONF_VALUE_TEMPLATE)
    states = [hass.states.get(entity_id) for entity_id in config[CONF_ENTITY_ID]]
    rendered = [
        rendered_for(template, {**(variables or {}), "state": state})
        for state in states
        if template and state is not None
    ]
    needed = frozenset(config[CONF_ENTITY_ID]).union(bounds)
    return Inputs(
        needed.union(*(info.entities for info in rendered)),
        needed=needed,
        uses_time=any(info.has_time for info in rendered),
    )


def _of_others(
    hass: HomeAssistant,
    config: ConfigType,
    checker: ConditionChecker,
    *,
    primary_entities_only: bool,
) -> Inputs:
    named = frozenset(async_extract_entities(config)) | _of_thresholds(config)
    if not isinstance(checker, EntityConditionBase):
        return Inputs(named, needed=named)
    selected = async_extract_referenced_entity_ids(
        hass, TargetSelection(config[CONF_TARGET]), primary_entities_only=primary_entities_only
    )
    meant = selected.referenced | selected.indirectly_referenced
    members = frozenset(checker.entity_filter(meant))
    return Inputs(members | named, needed=named - selected.referenced, members=members)


def _of_device(hass: HomeAssistant, config: ConfigType) -> frozenset[str]:
    entity_id = config.get(CONF_ENTITY_ID)
    if entity_id is None:
        return frozenset()
    return frozenset({er.async_resolve_entity_id(er.async_get(hass), entity_id) or entity_id})


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


def rendered_for(template: Template, variables: TemplateVarsType) -> RenderInfo:
    """Render a template for its inputs; warnings are logged when the condition is checked."""
    return template.async_render_to_info(variables, parse_result=False, log_fn=quiet)


def quiet(_level: int, _message: str) -> None:
    """Log no warning: the check of the condition renders the same template, and logs it."""
