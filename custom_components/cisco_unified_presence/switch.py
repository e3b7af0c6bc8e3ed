"""Switches: each rule on and off."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import (
    AddConfigEntryEntitiesCallback,
    AddEntitiesCallback,
)
from homeassistant.helpers.typing import ConfigType, DiscoveryInfoType

from .data import CupConfigEntry
from .rule import Rule
from .rule_book import RuleBook
from .rule_entity import RuleEntity, async_add_rules_of_entry, async_add_yaml_rules

PARALLEL_UPDATES = 0

RULE = "rule"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: CupConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of the entry's rules."""
    async_add_rules_of_entry(hass, entry, async_add_entities, RuleSwitch)


async def async_setup_platform(
    hass: HomeAssistant,
    config: ConfigType,  # noqa: ARG001 (fixed by Home Assistant)
    async_add_entities: AddEntitiesCallback,
    discovery_info: DiscoveryInfoType | None = None,
) -> None:
    """Add the switches of the rules in YAML, which set-up has announced."""
    if discovery_info is not None:
        await async_add_yaml_rules(hass, async_add_entities, RuleSwitch)


class RuleSwitch(RuleEntity, SwitchEntity):
    """Whether a rule counts at all."""

    _attr_entity_category = EntityCategory.CONFIG

    def __init__(self, book: RuleBook, rule: Rule, device: DeviceInfo | None) -> None:
        """Switch this rule."""
        super().__init__(book, rule, RULE, device)

    @property
    @override
    def is_on(self) -> bool | None:
        return self._status.enabled if self._status else None

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self._book.async_set_enabled(self._rule_id, enabled=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self._book.async_set_enabled(self._rule_id, enabled=False)
