"""Switches: do not disturb and follow rules for each controlled person, and each rule."""

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

from .arbitration import Source
from .background import async_detached
from .entities import (
    ControlledEntity,
    RuleEntity,
    async_add_controlled,
    async_add_rules_of_entry,
    async_add_yaml_rules,
)
from .people import Person
from .pws import Presence
from .requested_presence import request_presence
from .rules import Rule, RuleEngine
from .runtime import CupConfigEntry

# The reconciler handles one request of a person at a time, and the client limits its requests.
PARALLEL_UPDATES = 0

DO_NOT_DISTURB = "do_not_disturb"
FOLLOW_RULES = "follow_rules"
RULE = "rule"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: CupConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    async_add_rules_of_entry(hass, entry, async_add_entities, RuleSwitch)
    kinds = {DO_NOT_DISTURB: DoNotDisturbSwitch, FOLLOW_RULES: FollowRulesSwitch}
    await async_add_controlled(hass, entry, async_add_entities, kinds)


async def async_setup_platform(
    hass: HomeAssistant,
    config: ConfigType,  # noqa: ARG001 (fixed by Home Assistant)
    async_add_entities: AddEntitiesCallback,
    discovery_info: DiscoveryInfoType | None = None,
) -> None:
    """Add the rules in YAML, for which async_setup loads the platform by discovery."""
    if discovery_info is not None:
        await async_add_yaml_rules(hass, async_add_entities, RuleSwitch)


class DoNotDisturbSwitch(ControlledEntity, SwitchEntity):
    """Whether do not disturb is set manually; a rule that requests it does not turn this on."""

    def __init__(self, entry: CupConfigEntry, person: Person) -> None:
        super().__init__(entry, person, DO_NOT_DISTURB)

    @property
    @override
    def is_on(self) -> bool:
        decision = self._decision
        manual = decision.source is Source.MANUAL and decision.requested
        return bool(manual and manual.presence is Presence.DND)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        requested = request_presence(Presence.DND, override=True, note=None)
        await self._async_set_manual(requested)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        if not self.is_on:
            return
        await self._async_clear_manual()


class FollowRulesSwitch(ControlledEntity, SwitchEntity):
    """Whether rules decide for a person; what is set manually does in any case."""

    _attr_entity_category = EntityCategory.CONFIG

    def __init__(self, entry: CupConfigEntry, person: Person) -> None:
        super().__init__(entry, person, FOLLOW_RULES)

    @property
    @override
    def available(self) -> bool:
        # The server has no part in it.
        return True

    @property
    @override
    def is_on(self) -> bool:
        return self._pauses.follows_rules(self._person_id)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self._async_set(follows=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self._async_set(follows=False)

    async def _async_set(self, *, follows: bool) -> None:
        if follows != self.is_on:
            self._pauses.async_set_follows_rules(self._person_id, follows=follows)
        await self._pauses.async_stored()


class RuleSwitch(RuleEntity, SwitchEntity):
    """Whether a rule is enabled."""

    _attr_entity_category = EntityCategory.CONFIG

    def __init__(self, engine: RuleEngine, rule: Rule, device: DeviceInfo | None) -> None:
        super().__init__(engine, rule, RULE, device)

    @property
    @override
    def is_on(self) -> bool | None:
        return self._status.enabled if self._status else None

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self._async_set_enabled(enabled=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self._async_set_enabled(enabled=False)

    async def _async_set_enabled(self, *, enabled: bool) -> None:
        switch = self._engine.async_set_enabled(self._rule_id, enabled=enabled)
        await async_detached(self.hass, switch, "switch rule")
