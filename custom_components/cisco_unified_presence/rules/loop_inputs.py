"""Which inputs of a rule show what this integration sets."""

from collections.abc import Iterable, Iterator

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from .calendar_leaf import CalendarLeaf
from .directory import PersonId
from .runner import RuleRunner


@callback
def async_entities_of(
    hass: HomeAssistant, runner: RuleRunner, people: Iterable[PersonId]
) -> frozenset[str]:
    """Return which entities of these people a rule reads, apart from their own presence."""
    ours = [each for each in set(_read_by(runner)) if is_ours(hass, each)]
    if not ours:
        return frozenset()
    registry = er.async_get(hass)
    prefixes = tuple(f"{entry_id}_{key}_" for entry_id, key in people)
    entries = (registry.async_get(entity_id) for entity_id in ours)
    return frozenset(
        each.entity_id for each in entries if each and each.unique_id.startswith(prefixes)
    )


def _read_by(runner: RuleRunner) -> Iterator[str]:
    running = [each.running for each in runner.instances.values() if each.running]
    for each in running:
        for _, leaf in each.conditions.numbered_leaves:
            if isinstance(leaf, CalendarLeaf) or not leaf.reads_own_presence:
                yield from leaf.inputs.entities
        if each.texts:
            yield from each.texts.entities


@callback
def is_ours(hass: HomeAssistant, entity_id: str) -> bool:
    entry = er.async_get(hass).async_get(entity_id)
    return entry is not None and entry.platform == DOMAIN
