"""Which inputs of a rule show what this integration sets."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from .directory import PersonId
from .input_check import inputs_of
from .runner import RuleRunner


@callback
def async_entities_of(
    hass: HomeAssistant, runner: RuleRunner, people: Iterable[PersonId]
) -> frozenset[str]:
    """Return which entities of these people a rule reads."""
    read = {entity_id for entity_id, _ in inputs_of(runner.instances.values())}
    ours = [each for each in read if is_ours(hass, each)]
    if not ours:
        return frozenset()
    registry = er.async_get(hass)
    prefixes = tuple(f"{entry_id}_{key}_" for entry_id, key in people)
    entries = (registry.async_get(entity_id) for entity_id in ours)
    return frozenset(
        each.entity_id for each in entries if each and each.unique_id.startswith(prefixes)
    )


@callback
def is_ours(hass: HomeAssistant, entity_id: str) -> bool:
    entry = er.async_get(hass).async_get(entity_id)
    return entry is not None and entry.platform == DOMAIN
