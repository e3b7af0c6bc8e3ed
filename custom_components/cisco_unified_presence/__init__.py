"""Cisco Unified Presence: set-up and tear-down of an entry."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST, EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.typing import ConfigType
from homeassistant.loader import async_get_loaded_integration

from .background import async_in_full, async_note_loading, async_schedule_reload
from .board import async_end_feeds, async_register_commands, async_set_up_module
from .channel import OrphanStore
from .clock import Burst
from .const import CONF_CONTACT_SERVICE_FINGERPRINTS, DOMAIN, MINOR_VERSION
from .control import DecisionHistory, async_start_undoing, async_undo_removed
from .entities import (
    Preparation,
    async_clear_removed,
    async_show_yaml_rules,
    async_update_group_devices,
    async_update_people_devices,
    async_update_rule_devices,
    async_update_server_device,
    device_identifiers,
    group_device_identifiers,
    rule_device_identifiers,
)
from .error_messages import translated
from .issues import LASTING, Issue, async_clear_issues, async_clear_issues_of_person
from .presence_times import async_forget_presence_times
from .pws import CannotConnect, ConnectFailure, InvalidCredentials
from .roster import SyncStore, async_forget_seen
from .rules import (
    RULE_ENGINE,
    RuleEngine,
    YamlRules,
    async_rule_engine,
    async_show_problems_of_yaml,
    async_test_once_started,
)
from .runtime import CupConfigEntry, Runtime
from .services import async_setup_services
from .trust import NodeStore, with_pins
from .voice import async_remove_voice, async_start_voice

# A server may answer each request just in time. Home Assistant's start waits five minutes for an
# integration, and cancels what it does by then.
START_SECONDS: Final = 120

READ_EACH_TIME = frozenset({CONF_CONTACT_SERVICE_FINGERPRINTS})

OTHER_PLATFORMS = [Platform.BINARY_SENSOR, Platform.SELECT, Platform.SWITCH, Platform.TEXT]
PLATFORMS = [Platform.SENSOR, *OTHER_PLATFORMS]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what needs no entry: the actions, the rules in YAML, and the board."""
    async_setup_services(hass)
    await async_start_undoing(hass)
    yaml: YamlRules = config[DOMAIN]
    engine = hass.data[RULE_ENGINE] = RuleEngine(hass)
    await engine.async_load()
    async_show_yaml_rules(hass, config)
    async_show_problems_of_yaml(hass, yaml.problems)
    await engine.async_set_yaml_rules(yaml.rules, complete=yaml.has_all_rules)
    async_test_once_started(hass, yaml.tests)
    async_register_commands(hass)
    await async_set_up_module(hass)
    async_start_voice(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: CupConfigEntry) -> bool:
    """Connect to the server of an entry and set up its people."""
    return await async_in_full(hass, _async_set_up(hass, entry), "set up entry")


async def _async_set_up(hass: HomeAssistant, entry: CupConfigEntry) -> bool:
    async_note_loading(hass, entry)
    async_clear_removed(hass, entry)
    # They would be imported once the server has answered, and nothing happen meanwhile.
    integration = async_get_loaded_integration(hass, DOMAIN)
    hass.async_create_background_task(
        integration.async_get_platforms(PLATFORMS), f"{DOMAIN} import platforms"
    )
    updates = _EntryUpdates(hass, entry)
    engine = async_rule_engine(hass)
    # Unload callbacks run in reverse: the rules hold until the server has been left.
    entry.async_on_unload(partial(engine.async_remove_entry, entry))
    runtime = await Runtime.async_create(hass, entry)
    entry.async_on_unload(runtime.async_leave)
    try:
        await _async_start(hass, entry, runtime, updates)
    except BaseException:
        # Home Assistant may try again; what an earlier run published stays until then.
        await runtime.async_leave(keep_published=True)
        raise
    return True


async def _async_start(
    hass: HomeAssistant, entry: CupConfigEntry, runtime: Runtime, updates: _EntryUpdates
) -> None:
    own = runtime.reconciler.own_presences.of
    await async_rule_engine(hass).async_add_entry(entry, lambda: runtime.coordinator.people, own)
    preparation = Preparation(hass, entry, runtime)
    try:
        await _async_start_runtime(runtime, entry, preparation.async_begin)
    finally:
        await preparation.async_end()
    entry.runtime_data = runtime
    await updates.async_catch_up()

    async def leave(_event: Event) -> None:
        await runtime.async_leave(keep_published=True)

    # Home Assistant does not unload entries when it stops.
    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, leave))
    # Where Home Assistant's limit of entities is reached, presence comes first.
    await hass.config_entries.async_forward_entry_setups(entry, [Platform.SENSOR])
    await hass.config_entries.async_forward_entry_setups(entry, OTHER_PLATFORMS)
    entry.async_on_unload(entry.add_update_listener(updates.async_handle))
    updates.async_check()
    await runtime.roster.async_follow_contact_list(updates.async_note)


async def async_migrate_entry(hass: HomeAssistant, entry: CupConfigEntry) -> bool:
    """Migrate the data of an entry.

    1.2: a pin for each node in the place of a single fingerprint.
    """
    if entry.minor_version < MINOR_VERSION:
        hass.config_entries.async_update_entry(
            entry, data=with_pins(entry.data), minor_version=MINOR_VERSION
        )
    return True


async def async_unload_entry(hass: HomeAssistant, entry: CupConfigEntry) -> bool:
    """Unload an entry, and leave its server."""
    return await async_in_full(hass, _async_unload(hass, entry), "unload entry")


async def _async_unload(hass: HomeAssistant, entry: CupConfigEntry) -> bool:
    async_end_feeds(hass)
    async_clear_issues(hass, entry, *(set(Issue) - LASTING))
    for person in entry.runtime_data.coordinator.people.values():
        async_clear_issues_of_person(hass, entry, person)
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        # Not only by the unload callback: Home Assistant would break off waiting for that.
        await entry.runtime_data.async_leave()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: CupConfigEntry) -> None:
    """Delete what is stored for an entry, and have cleared what it has left published."""
    await async_in_full(hass, _async_remove(hass, entry), "remove entry")


async def _async_remove(hass: HomeAssistant, entry: CupConfigEntry) -> None:
    # Without an enabled entry the integration was not set up.
    if engine := hass.data.get(RULE_ENGINE):
        engine.async_forget_entry(entry)
    async_clear_issues(hass, entry)
    await async_undo_removed(hass, entry)
    await OrphanStore(hass, entry.entry_id).async_forget()
    await NodeStore(hass, entry.entry_id).async_forget()
    await SyncStore(hass, entry.entry_id).async_forget()
    await DecisionHistory(hass, entry.entry_id).async_remove()
    await async_forget_seen(hass, entry.entry_id)
    await async_forget_presence_times(hass, entry.entry_id)
    await async_remove_voice(hass, entry)


async def async_remove_config_entry_device(
    hass: HomeAssistant,  # noqa: ARG001 (fixed by Home Assistant)
    entry: CupConfigEntry,
    device: dr.DeviceEntry,
) -> bool:
    """Allow deleting the device of what the entry does not name any more."""
    named = device_identifiers(entry) | rule_device_identifiers(entry)
    return device.identifiers.isdisjoint(named | group_device_identifiers(entry))


async def _async_start_runtime(
    runtime: Runtime, entry: CupConfigEntry, on_logged_in: Callable[[], None]
) -> None:
    try:
        with translated(ConfigEntryNotReady):
            await _async_start_in_time(runtime, entry.data[CONF_HOST], on_logged_in)
    except ConfigEntryNotReady as error:
        if isinstance(error.__cause__, InvalidCredentials):
            raise ConfigEntryAuthFailed(
                translation_domain=DOMAIN,
                translation_key=error.translation_key,
                translation_placeholders=error.translation_placeholders,
            ) from error.__cause__
        raise


async def _async_start_in_time(
    runtime: Runtime, host: str, on_logged_in: Callable[[], None]
) -> None:
    try:
        async with asyncio.timeout(START_SECONDS):
            await runtime.async_start(on_logged_in)
    except TimeoutError as error:
        raise CannotConnect(ConnectFailure.TIMED_OUT, host) from error


class _EntryUpdates:
    """Takes over a changed title, options, people and rules; other data reload the entry."""

    def __init__(self, hass: HomeAssistant, entry: CupConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        self._settings = _settings_of(entry)
        self._modified_at = entry.modified_at
        self._burst = Burst(hass, self._async_apply_later)

    async def async_catch_up(self) -> None:
        """Take over people and rules that changed while the server was waited for.

        Home Assistant adds no entities of subentries that are gone.
        """
        if self._entry.modified_at != self._modified_at:
            await self._async_take_over(self._entry.runtime_data)

    @callback
    def async_check(self) -> None:
        """Note the changes during set-up."""
        if self._entry.modified_at != self._modified_at:
            self._burst.async_note()

    async def async_handle(self, _hass: HomeAssistant, _entry: CupConfigEntry) -> None:
        """Note a change; adding many people at once is a change for each of them."""
        self.async_note()

    @callback
    def async_note(self) -> None:
        self._burst.async_note()

    @callback
    def _async_apply_later(self) -> None:
        self._hass.async_create_task(self._async_apply(), f"{DOMAIN} update entry")

    async def _async_apply(self) -> None:
        hass, entry = self._hass, self._entry
        if entry.state is not ConfigEntryState.LOADED:
            return
        runtime = entry.runtime_data
        if runtime.roster.contact_list.is_changing:
            # It notes the end of its changes, which may be thousands.
            return
        if self._settings != _settings_of(entry):
            async_schedule_reload(hass, entry)
            return
        await self._async_take_over(runtime)
        if not runtime.is_in_use:
            return
        async_update_server_device(hass, entry)
        async_update_people_devices(hass, entry)
        async_update_rule_devices(hass, entry)
        async_update_group_devices(hass, entry)

    async def _async_take_over(self, runtime: Runtime) -> None:
        await runtime.async_options_changed()
        if not runtime.is_in_use:
            # Unloaded meanwhile: the next set-up takes the rest over.
            return
        await runtime.async_people_changed()
        await async_rule_engine(self._hass).async_people_changed(self._entry)


def _settings_of(entry: CupConfigEntry) -> dict[str, object]:
    # Each reading of the contact list takes its pins anew.
    return {key: each for key, each in entry.data.items() if key not in READ_EACH_TIME}
