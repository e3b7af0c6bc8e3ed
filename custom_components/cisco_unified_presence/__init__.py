"""Cisco Unified Presence: set-up and tear-down of an entry."""

import asyncio
from functools import partial

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.typing import ConfigType

from .channel import OrphanStore
from .const import DOMAIN, MINOR_VERSION
from .control import control_store
from .entities import (
    async_show_yaml_rules,
    async_update_people_devices,
    async_update_rule_devices,
    device_identifiers,
    rule_device_identifiers,
    server_device,
)
from .error_messages import translated
from .issues import LASTING, Issue, async_clear_issues, async_clear_issues_of_person
from .pws import InvalidCredentials
from .rules import (
    RULE_ENGINE,
    RuleEngine,
    YamlRules,
    async_rule_engine,
    async_show_problems_of_yaml,
)
from .runtime import CupConfigEntry, Runtime
from .services import async_setup_services
from .trust import BackupStore, with_pins

PLATFORMS = [Platform.BINARY_SENSOR, Platform.SELECT, Platform.SENSOR, Platform.SWITCH]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up the actions and the rules in YAML, which are there without an entry too."""
    async_setup_services(hass)
    yaml: YamlRules = config[DOMAIN]
    engine = hass.data[RULE_ENGINE] = RuleEngine(hass)
    await engine.async_load()
    async_show_yaml_rules(hass, config)
    async_show_problems_of_yaml(hass, yaml.problems)
    await engine.async_set_yaml_rules(yaml.rules, complete=not yaml.problems)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: CupConfigEntry) -> bool:
    """Connect to the server of an entry and set up its people."""
    engine = async_rule_engine(hass)
    # What is noted first is done last: rules stand until the connection is left.
    entry.async_on_unload(partial(engine.async_remove_entry, entry))
    connection = await Runtime.async_create(hass, entry)
    entry.async_on_unload(connection.async_leave)
    await engine.async_add_entry(entry, lambda: connection.coordinator.people)
    await _async_start(connection)
    entry.runtime_data = connection

    async def leave(_event: Event) -> None:
        await connection.async_leave(keep_held=True)

    # Home Assistant does not unload entries when it stops.
    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, leave))
    dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, **server_device(entry))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(entry.add_update_listener(_EntryUpdates(entry).async_handle))
    return True


async def async_migrate_entry(hass: HomeAssistant, entry: CupConfigEntry) -> bool:
    """Bring the data of an entry into the form of now.

    1.2: a pin for each node in the place of a single fingerprint.
    """
    if entry.minor_version < MINOR_VERSION:
        hass.config_entries.async_update_entry(
            entry, data=with_pins(entry.data), minor_version=MINOR_VERSION
        )
    return True


async def async_unload_entry(hass: HomeAssistant, entry: CupConfigEntry) -> bool:
    """Unload an entry; the connection is left by what set-up has noted."""
    # What is wrong with a channel that is not there is of no interest.
    async_clear_issues(hass, entry, *(set(Issue) - LASTING))
    for person in entry.runtime_data.coordinator.people.values():
        async_clear_issues_of_person(hass, entry, person)
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: CupConfigEntry) -> None:
    """Forget what was stored for an entry."""
    if engine := hass.data.get(RULE_ENGINE):
        # There is none when no entry was enabled.
        engine.async_forget_entry(entry)
    async_clear_issues(hass, entry)
    await OrphanStore(hass, entry.entry_id).async_forget()
    await BackupStore(hass, entry.entry_id).async_forget()
    await control_store(hass, entry.entry_id).async_remove()


async def async_remove_config_entry_device(
    hass: HomeAssistant,  # noqa: ARG001 (fixed by Home Assistant)
    entry: CupConfigEntry,
    device: dr.DeviceEntry,
) -> bool:
    """Let the user delete the device of somebody, or of a rule, that the entry does not name."""
    return device.identifiers.isdisjoint(device_identifiers(entry) | rule_device_identifiers(entry))


async def _async_start(connection: Runtime) -> None:
    try:
        with translated(ConfigEntryNotReady):
            await connection.async_start()
    except ConfigEntryNotReady as error:
        # It is tried again soon; what an earlier run holds is not to drop in between.
        await connection.async_leave(keep_held=True)
        if isinstance(error.__cause__, InvalidCredentials):
            raise ConfigEntryAuthFailed(
                translation_domain=DOMAIN,
                translation_key=error.translation_key,
                translation_placeholders=error.translation_placeholders,
            ) from error.__cause__
        raise


class _EntryUpdates:
    """Tells a change of people, which is taken up while running, from a change of anything else."""

    def __init__(self, entry: CupConfigEntry) -> None:
        self._settings = _settings_of(entry)
        self._waiting = False

    async def async_handle(self, hass: HomeAssistant, entry: CupConfigEntry) -> None:
        """Take up what has changed, at once for all that changes in one go.

        Each of many people who are added together is a change of the entry.
        """
        if self._waiting:
            return
        self._waiting = True
        await asyncio.sleep(0)
        self._waiting = False
        if entry.state is not ConfigEntryState.LOADED:
            return
        if self._settings != _settings_of(entry):
            hass.config_entries.async_schedule_reload(entry.entry_id)
            return
        await entry.runtime_data.async_people_changed()
        await async_rule_engine(hass).async_people_changed(entry)
        async_update_people_devices(hass, entry)
        async_update_rule_devices(hass, entry)


def _settings_of(entry: CupConfigEntry) -> tuple[object, ...]:
    return dict(entry.data), dict(entry.options), entry.title
