"""The devices of the server and its people, and the base classes of their entities."""

from typing import override

from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.util import dt as dt_util

from ..arbitration import Decision, ManualSetting, RequestedPresence, Source
from ..const import DOMAIN, ManualDuration
from ..control import DecisionLog, Reconciler
from ..coordinator import PresenceCoordinator
from ..error_messages import translated
from ..people import Person, people_of, person_device_identifier, person_unique_id
from ..pws import ContactPresence, RichPresence
from ..rules import Pauses, PersonId, async_rule_engine
from ..runtime import CupConfigEntry
from ..settings import ManualEnd
from .limit import async_entity_limit

MANUFACTURER = "Cisco"


def server_device(entry: CupConfigEntry) -> DeviceInfo:
    return DeviceInfo(
        identifiers={_server_identifier(entry)},
        entry_type=DeviceEntryType.SERVICE,
        manufacturer=MANUFACTURER,
        model="Unified Presence",
        name=entry.title,
    )


def device_identifiers(entry: CupConfigEntry) -> set[tuple[str, str]]:
    people = people_of(entry).values()
    return {_server_identifier(entry), *(person_identifier(entry, each) for each in people)}


@callback
def async_update_server_device(hass: HomeAssistant, entry: CupConfigEntry) -> None:
    """Rename the device of a server whose entry has another title now."""
    async_rename_device(hass, entry, _server_identifier(entry), entry.title)


@callback
def async_rename_device(
    hass: HomeAssistant, entry: CupConfigEntry, identifier: tuple[str, str], name: str
) -> None:
    """Rename a device of an entry, if it is there and has another name."""
    registry = dr.async_get(hass)
    device = registry.async_get_device_by_identifier(identifier, entry.entry_id)
    if device and device.name != name:
        registry.async_update_device(device.id, name=name)


@callback
def async_server_device_id(hass: HomeAssistant, entry: CupConfigEntry) -> str:
    return dr.async_get_device_id_by_identifier(
        hass, _server_identifier(entry), config_entry_id=entry.entry_id
    )


def _server_identifier(entry: CupConfigEntry) -> tuple[str, str]:
    return DOMAIN, entry.entry_id


def person_identifier(entry: CupConfigEntry, person: Person) -> tuple[str, str]:
    return person_device_identifier(entry.entry_id, person.key)


class ServerEntity(Entity):
    """An entity of the server itself."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, entry: CupConfigEntry, key: str) -> None:
        """Describe the entity; the key is its translation key and part of its unique id."""
        self._coordinator: PresenceCoordinator = entry.runtime_data.coordinator
        self._attr_translation_key = key
        self._attr_unique_id = f"{entry.entry_id}_{key}"
        self._attr_device_info = DeviceInfo(identifiers={_server_identifier(entry)})

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(self._coordinator.async_subscribe_server(self.async_write_ha_state))


class PersonEntity(Entity):
    """An entity of a person, updated only when this person's presence changes.

    Its device is created before, by PersonDevices.
    """

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, entry: CupConfigEntry, person: Person, key: str) -> None:
        """Describe the entity; the key is its translation key and part of its unique id."""
        self._coordinator: PresenceCoordinator = entry.runtime_data.coordinator
        self._entry = entry
        self._person = person
        self._unique_id = person_unique_id(entry.entry_id, person.key, key)
        self._attr_translation_key = key
        self._attr_unique_id = self._unique_id

    @property
    @override
    def available(self) -> bool:
        return self._coordinator.reachable

    @property
    def _presence(self) -> ContactPresence | None:
        return self._coordinator.presence_of(self._person.key)

    @property
    def _rich(self) -> RichPresence | None:
        seen = self._presence
        return seen.rich if seen else None

    @property
    def _note(self) -> str | None:
        rich = self._rich
        return rich.note_in(self.hass.config.language) if rich else None

    @callback
    @override
    def add_to_platform_abort(self) -> None:
        """Note an entity that is refused and not registered: it is one too many."""
        hass, platform = self.hass, self.platform
        super().add_to_platform_abort()
        registry = er.async_get(hass)
        if registry.async_get_entity_id(platform.domain, DOMAIN, self._unique_id) is None:
            async_entity_limit(hass, self._entry).async_refuse(self._unique_id, self._person)

    @override
    async def async_added_to_hass(self) -> None:
        async_entity_limit(self.hass, self._entry).async_accept(self._unique_id)
        self.async_on_remove(
            self._coordinator.async_subscribe(self._person.key, self.async_write_ha_state)
        )


class ControlledEntity(PersonEntity):
    """An entity of a controlled person, updated also when the decision changes."""

    def __init__(self, entry: CupConfigEntry, person: Person, key: str) -> None:
        super().__init__(entry, person, key)
        self._reconciler: Reconciler = entry.runtime_data.reconciler
        self._decision_log: DecisionLog = entry.runtime_data.decision_log
        self._durations: dict[str, ManualDuration] = entry.runtime_data.durations
        self._caller_id: str | None = None
        self._person_id: PersonId = (entry.entry_id, person.key)

    @callback
    @override
    def async_set_context(self, context: Context) -> None:
        super().async_set_context(context)
        self._caller_id = context.user_id
        self._decision_log.async_note_caller(self._person, context)

    async def _async_caller_name(self) -> str | None:
        """Return the name of the user who acts on the entity, None for an automation."""
        user_id = self._caller_id
        user = await self.hass.auth.async_get_user(user_id) if user_id else None
        return user.name if user else None

    async def _async_set_manual(
        self, requested: RequestedPresence, *, for_note: bool = False
    ) -> None:
        """Set the person's presence until the end that is chosen, or else usual.

        Raises:
            HomeAssistantError: The server refused or did not answer.
        """
        usual = ManualEnd.of(self._entry.options)
        end = usual.chosen(self._duration)
        if for_note:
            end = end.or_end_of_day
        with translated(HomeAssistantError):
            await self._reconciler.async_set_manual(
                self._person,
                requested,
                end.after(dt_util.utcnow()),
                ends_by_clock=end.is_by_clock,
                set_by=await self._async_caller_name(),
                for_note=for_note,
            )

    async def _async_clear_manual(self) -> None:
        """End what is set manually for the person.

        Raises:
            HomeAssistantError: The server refused or did not answer.
        """
        with translated(HomeAssistantError):
            await self._reconciler.async_clear_manual(self._person)

    @property
    def _manual(self) -> ManualSetting | None:
        """The manual setting, if it decides."""
        is_manual = self._decision.source is Source.MANUAL
        return self._reconciler.record_of(self._person).manual if is_manual else None

    @property
    def _duration(self) -> ManualDuration:
        return self._durations.get(self._person.key, ManualDuration.DEFAULT)

    @property
    def _decision(self) -> Decision:
        return self._reconciler.decision_of(self._person)

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(
            self._decision_log.async_subscribe(self._person, self.async_write_ha_state)
        )
        self.async_on_remove(
            self._pauses.async_subscribe(self._person_id, self.async_write_ha_state)
        )

    @property
    def _pauses(self) -> Pauses:
        return async_rule_engine(self.hass).pauses
