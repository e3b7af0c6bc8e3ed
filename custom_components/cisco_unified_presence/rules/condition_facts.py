"""What the conditions of a rule are now, as values that are told in any language."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from homeassistant.const import (
    CONF_ABOVE,
    CONF_ATTRIBUTE,
    CONF_BELOW,
    CONF_CONDITION,
    CONF_ENTITY_ID,
    CONF_OPTIONS,
    CONF_STATE,
    CONF_TARGET,
    CONF_ZONE,
)
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers.typing import ConfigType

from .condition_inputs import Inputs
from .condition_members import listed
from .truth import TruthValue

MISSING: Final = "missing"

# Names of more members than these make no sentence.
MOST_NAMES: Final = 3


class FactKind(StrEnum):
    """What a condition is about."""

    STATE = "state"
    ATTRIBUTE = "attribute"
    NUMBER = "number"
    ZONE = "zone"
    EVENT = "event"
    TIME = "time"
    TEMPLATE = "template"
    NAMED = "named"
    TARGET = "target"
    UNLINKED = "unlinked"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionFact:
    """What one condition is now.

    Attributes:
        kind: What it is about.
        value: Whether it is true.
        name: What it checks: a friendly name, its alias, or the kind of condition.
        names: The friendly names of the entities that it targets.
        state: The state that is checked, `missing` without an entity; None where none is.
        expected: The states, bounds or zones for which it is true.
        attribute: The attribute that is checked.
        since: Since when that state is as it is.
        until: When a calendar's event ends.
        negated: Whether the rule needs it not to be true.
    """

    kind: FactKind
    value: TruthValue
    name: str = ""
    names: tuple[str, ...] = ()
    state: str | None = None
    expected: tuple[str, ...] = ()
    attribute: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    negated: bool = False

    @property
    def as_needed(self) -> bool:
        """Return whether it is as the rule needs it."""
        needed = TruthValue.FALSE if self.negated else TruthValue.TRUE
        return self.value is needed


def negated(facts: Iterable[ConditionFact]) -> tuple[ConditionFact, ...]:
    return tuple(replace(fact, negated=not fact.negated) for fact in facts)


@callback
def async_fact_of(
    hass: HomeAssistant, config: ConfigType, inputs: Inputs, value: TruthValue
) -> ConditionFact:
    """Return what a validated condition over at most one entity, or over a target, is now."""
    match config[CONF_CONDITION]:
        case "state":
            return _of_state(hass, config, value)
        case "numeric_state":
            return _of_number(hass, config, value)
        case "zone":
            return _of_zone(hass, config, value)
        case "time":
            return ConditionFact(kind=FactKind.TIME, value=value)
        case "template":
            return ConditionFact(kind=FactKind.TEMPLATE, value=value)
        case kind:
            return _of_target(hass, kind, config, inputs, value)


def _of_state(hass: HomeAssistant, config: ConfigType, value: TruthValue) -> ConditionFact:
    entity_id, attribute = config[CONF_ENTITY_ID][0], config.get(CONF_ATTRIBUTE)
    state = hass.states.get(entity_id)
    shown = _shown(state) if attribute is None else _attribute(state, attribute)
    return ConditionFact(
        kind=FactKind.STATE if attribute is None else FactKind.ATTRIBUTE,
        value=value,
        name=name_of(hass, entity_id),
        state=shown,
        expected=tuple(str(each) for each in listed(config[CONF_STATE])),
        attribute=attribute,
        since=state.last_changed if state and attribute is None else None,
    )


def _of_number(hass: HomeAssistant, config: ConfigType, value: TruthValue) -> ConditionFact:
    entity_id = config[CONF_ENTITY_ID][0]
    bounds = ((key, config[key]) for key in (CONF_ABOVE, CONF_BELOW) if key in config)
    # The number itself changes often; whether it is within its bounds does not.
    return ConditionFact(
        kind=FactKind.NUMBER,
        value=value,
        name=name_of(hass, entity_id),
        state=_shown(hass.states.get(entity_id)) if value is TruthValue.UNKNOWN else None,
        expected=tuple(f"{key} {_bound(hass, bound)}" for key, bound in bounds),
        attribute=config.get(CONF_ATTRIBUTE),
    )


def _bound(hass: HomeAssistant, bound: float | str) -> str:
    return name_of(hass, bound) if isinstance(bound, str) else f"{bound:g}"


def _of_zone(hass: HomeAssistant, config: ConfigType, value: TruthValue) -> ConditionFact:
    options = config[CONF_OPTIONS]
    entity_id = options[CONF_ENTITY_ID][0]
    return ConditionFact(
        kind=FactKind.ZONE,
        value=value,
        name=name_of(hass, entity_id),
        expected=tuple(name_of(hass, zone) for zone in options[CONF_ZONE]),
    )


def _of_target(
    hass: HomeAssistant, kind: str, config: ConfigType, inputs: Inputs, value: TruthValue
) -> ConditionFact:
    entities = sorted(inputs.members or inputs.entities)
    names = tuple(name_of(hass, each) for each in entities)
    only = hass.states.get(entities[0]) if len(entities) == 1 else None
    return ConditionFact(
        kind=FactKind.TARGET if CONF_TARGET in config or names else FactKind.NAMED,
        value=value,
        name=kind,
        names=names if len(names) <= MOST_NAMES else (*names[:MOST_NAMES], "…"),
        since=only.last_changed if only else None,
    )


@callback
def name_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the friendly name of an entity, its id without one."""
    state = hass.states.get(entity_id)
    return state.name if state else entity_id


def _shown(state: State | None) -> str:
    return state.state if state else MISSING


def _attribute(state: State | None, name: str) -> str:
    return str(state.attributes.get(name)) if state else MISSING
