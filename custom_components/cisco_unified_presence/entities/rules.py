"""The base class of rules' entities, and what adds and removes them as rules change.

Each rule of an entry has a device. Rules in YAML have none, since devices belong to entries.
"""

import asyncio
from collections.abc import Callable
from itertools import batched
from typing import Final, override

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import discovery
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import (
    AddConfigEntryEntitiesCallback,
    AddEntitiesCallback,
)
from homeassistant.helpers.typing import ConfigType

from ..const import DOMAIN, SUBENTRY_RULE
from ..rules import YAML, Rule, RuleEngine, RuleStatus, async_rule_engine
from ..runtime import CupConfigEntry
from .base import async_rename_device, async_server_device_id

RULE_PLATFORMS = (Platform.BINARY_SENSOR, Platform.SENSOR, Platform.SWITCH)

# Of the unique ids of a rule's entities.
STATUS, WINS, TIME_WON = "_status", "_wins", "_time_won"
SUFFIXES = ("", STATUS, WINS, TIME_WON)

# Adding the entity of one takes a millisecond.
RULES_PER_BATCH: Final = 20

# Removing one takes Home Assistant a tenth of a millisecond.
ENTITIES_PER_BATCH: Final = 50

_YAML_PREFIX = "yaml_"


class RuleEntity(Entity):
    """An entity of a rule."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self,
        engine: RuleEngine,
        rule: Rule,
        key: str,
        device: DeviceInfo | None,
        *,
        suffix: str = "",
    ) -> None:
        """Describe the entity.

        Args:
            engine: Runs the rule.
            rule: The rule.
            key: The translation key, prefixed for a rule in YAML.
            device: The rule's device, None for a rule in YAML.
            suffix: Tells the rule's entities of one platform apart, one of SUFFIXES.
        """
        self._engine = engine
        self._rule_id = rule.id
        self._attr_unique_id = f"{_unique_id(rule.id)}{suffix}"
        if device is None:
            self._attr_translation_key = f"{_YAML_PREFIX}{key}"
            self._attr_translation_placeholders = {"rule": rule.name}
        else:
            self._attr_translation_key = key
            self._attr_device_info = device

    @property
    @override
    def available(self) -> bool:
        # The status of one for thousands of people takes a while.
        return self._engine.has_rule(self._rule_id)

    @property
    def _status(self) -> RuleStatus | None:
        return self._engine.status_of(self._rule_id)

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(
            self._engine.async_subscribe_rule(self._rule_id, self.async_write_ha_state)
        )


type EntityOf = Callable[[RuleEngine, Rule, DeviceInfo | None], RuleEntity]


@callback
def async_add_rules_of_entry(
    hass: HomeAssistant,
    entry: CupConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    entity_of: EntityOf,
) -> None:
    """Add an entity for each rule of the entry, now and whenever rules change."""
    engine, runtime = async_rule_engine(hass), entry.runtime_data
    server_device_id = async_server_device_id(hass, entry)
    shown: set[str] = set()

    @callback
    def add() -> None:
        nonlocal shown
        if not runtime.is_in_use:
            return
        # The engine learns a moment later of a rule that was removed.
        rules = [rule for rule in engine.rules_from(entry.entry_id) if rule.id in entry.subentries]
        known, shown = shown, {rule.id for rule in rules}
        for rule in rules:
            if rule.id not in known:
                device = _rule_device(rule, server_device_id)
                async_add_entities([entity_of(engine, rule, device)], config_subentry_id=rule.id)

    add()
    entry.async_on_unload(engine.async_subscribe_rules(add))


@callback
def async_update_rule_devices(hass: HomeAssistant, entry: CupConfigEntry) -> None:
    """Rename the devices of rules that have another name now."""
    for rule in async_rule_engine(hass).rules_from(entry.entry_id):
        async_rename_device(hass, entry, _identifier(rule.id), rule.name)


def rule_device_identifiers(entry: CupConfigEntry) -> set[tuple[str, str]]:
    return {_identifier(each.subentry_id) for each in entry.get_subentries_of_type(SUBENTRY_RULE)}


@callback
def async_show_yaml_rules(hass: HomeAssistant, config: ConfigType) -> None:
    """Load the platforms once there are rules in YAML, and remove the entities of removed rules.

    Args:
        hass: Home Assistant.
        config: The configuration that platforms are loaded with.
    """
    engine = async_rule_engine(hass)
    loaded = False

    @callback
    def show() -> None:
        nonlocal loaded
        if engine.yaml_is_complete:
            hass.async_create_task(_async_remove_gone(hass, engine), f"{DOMAIN} rules gone")
        if loaded or not engine.rules_from(YAML):
            return
        loaded = True
        for platform in RULE_PLATFORMS:
            hass.async_create_task(
                discovery.async_load_platform(hass, platform, DOMAIN, {}, config),
                f"{DOMAIN} rules {platform}",
            )

    engine.async_subscribe_rules(show)


async def async_add_yaml_rules(
    hass: HomeAssistant, async_add_entities: AddEntitiesCallback, entity_of: EntityOf
) -> None:
    """Add an entity for each rule in YAML, now and whenever the rules are reloaded."""
    engine = async_rule_engine(hass)
    shown: dict[tuple[str, str], RuleEntity] = {}
    lock = asyncio.Lock()

    async def exchange() -> None:
        """Add and remove entities; a renamed rule gets a new one, which carries its name."""
        async with lock:
            rules = {(rule.id, rule.name): rule for rule in engine.rules_from(YAML)}
            gone = shown.keys() - rules.keys()
            for some in batched(gone, ENTITIES_PER_BATCH, strict=False):
                for key in some:
                    await shown.pop(key).async_remove(force_remove=True)
                await asyncio.sleep(0)
            added = {
                key: entity_of(engine, rule, None)
                for key, rule in rules.items()
                if key not in shown
            }
            shown.update(added)
            for batch in batched(added.values(), RULES_PER_BATCH, strict=False):
                async_add_entities(batch)
                await asyncio.sleep(0)

    @callback
    def changed() -> None:
        hass.async_create_task(exchange(), f"{DOMAIN} rules changed")

    await exchange()
    engine.async_subscribe_rules(changed)


async def _async_remove_gone(hass: HomeAssistant, engine: RuleEngine) -> None:
    """Remove the entities of rules that are not in YAML any more, some at a time."""
    registry = er.async_get(hass)
    current = _unique_ids(engine)
    gone = [
        entity
        for entity in registry.entities.values()
        if entity.platform == DOMAIN
        and entity.config_entry_id is None
        and entity.unique_id not in current
    ]
    for batch in batched(gone, ENTITIES_PER_BATCH, strict=False):
        # They may have come back meanwhile, and been removed.
        current = _unique_ids(engine)
        for entity in batch:
            if entity.unique_id not in current and entity.entity_id in registry.entities:
                registry.async_remove(entity.entity_id)
        await asyncio.sleep(0)


def _unique_ids(engine: RuleEngine) -> set[str]:
    rules = engine.rules_from(YAML)
    return {f"{_unique_id(rule.id)}{suffix}" for rule in rules for suffix in SUFFIXES}


def _rule_device(rule: Rule, server_device_id: str) -> DeviceInfo:
    return DeviceInfo(
        identifiers={_identifier(rule.id)},
        entry_type=DeviceEntryType.SERVICE,
        model="Rule",
        name=rule.name,
        via_device_id=server_device_id,
    )


def _identifier(rule_id: str) -> tuple[str, str]:
    return DOMAIN, _unique_id(rule_id)


def _unique_id(rule_id: str) -> str:
    return f"rule_{rule_id}"
