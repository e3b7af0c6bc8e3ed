"""Which inputs of a rule show what this integration sets, and when the others changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from .directory import PersonId
from .input_check import inputs_of
from .runner import RuleRunner


@dataclass(frozen=True, slots=True)
class SplitInputs:
    """The entities that a rule reads: ours, and those of others."""

    ours: frozenset[str]
    foreign: frozenset[str]


@callback
def async_split_inputs(hass: HomeAssistant, runner: RuleRunner) -> SplitInputs:
    entities = frozenset(entity_id for entity_id, _ in inputs_of(runner.instances.values()))
    ours = frozenset(each for each in entities if _is_ours(hass, each))
    return SplitInputs(ours, entities - ours)


@callback
def async_changed_at(hass: HomeAssistant, entities: Iterable[str]) -> datetime | None:
    """Return when one of these entities changed last."""
    states = (hass.states.get(entity_id) for entity_id in entities)
    return max((state.last_updated for state in states if state), default=None)


@callback
def async_entities_of(
    hass: HomeAssistant, runner: RuleRunner, people: Iterable[PersonId]
) -> frozenset[str]:
    """Return which entities of these people a rule reads."""
    ours = async_split_inputs(hass, runner).ours
    if not ours:
        return frozenset()
    registry = er.async_get(hass)
    prefixes = tuple(f"{entry_id}_{key}_" for entry_id, key in people)
    entries = (registry.async_get(entity_id) for entity_id in ours)
    return frozenset(
        each.entity_id for each in entries if each and each.unique_id.startswith(prefixes)
    )


def _is_ours(hass: HomeAssistant, entity_id: str) -> bool:
    entry = er.async_get(hass).async_get(entity_id)
    return entry is not None and entry.platform == DOMAIN
