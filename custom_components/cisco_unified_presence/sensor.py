"""Sensors: presence, its source and status message, groups, and the server's update channel."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any, Final, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorStateClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.entity_platform import (
    AddConfigEntryEntitiesCallback,
    AddEntitiesCallback,
)
from homeassistant.helpers.typing import ConfigType, DiscoveryInfoType

from .arbitration import Source
from .const import CONF_CONTACT, DOMAIN, LOGGER, Channel, TargetFeature
from .decision_words import in_words
from .entities import (
    ControlledEntity,
    EntityKinds,
    GroupEntity,
    PersonEntity,
    RuleStatusSensor,
    RuleTimeWonSensor,
    RuleWinsSensor,
    ServerEntity,
    async_add_controlled,
    async_add_groups,
    async_add_people,
    async_add_rich,
    async_add_rules_of_entry,
    async_add_yaml_rules,
)
from .explanation import Reasons
from .groups import Group
from .people import Person
from .pws import Presence
from .rules import async_rule_engine
from .runtime import CupConfigEntry
from .states import STATES

PARALLEL_UPDATES = 0

PRESENCE = "presence"
STATUS_MESSAGE = "status_message"
PRESENCE_SOURCE = "presence_source"
REASON = "reason"
GROUP_AVAILABLE = "group_available"
GROUP_AVAILABLE_PEOPLE = "group_available_people"
UPDATE_CHANNEL = "update_channel"
LAST_NOTIFICATION = "last_notification"

ATTR_MEMBERS = "members"
ATTR_NOTE = "note"
ATTR_DEVICES = "devices"
ATTR_FOLLOWS_RULES = "follows_rules"
ATTR_PAUSED_UNTIL = "paused_until"
ATTR_OWN = "own"
ATTR_OWN_ACTIVITIES = "own_activities"
ATTR_REASON = "reason"
ATTR_RULE = "rule"
ATTR_RULES_PAUSED = "rules_paused"
ATTR_SET_ASIDE = "set_aside"
ATTR_SET_BY = "set_by"
ATTR_SINCE = "since"
ATTR_UNTIL = "until"
ATTR_UNTIL_EXPECTED = "until_expected"
ATTR_WAITING_UNTIL = "waiting_until"
ATTR_WANTED = "wanted"

# Home Assistant refuses longer states.
MAX_STATE = 255
MORE = ", …"

OPTION_MEMBERS = "members"

RULE_SENSORS = (RuleStatusSensor, RuleWinsSensor, RuleTimeWonSensor)

# A busy server notifies several times a second; a state now and then is enough. Seconds.
NOTIFICATION_PAUSE: Final = 60.0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: CupConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    async_add_entities([UpdateChannelSensor(entry), LastNotificationSensor(entry)])
    await async_add_people(hass, entry, async_add_entities, {PRESENCE: PresenceSensor})
    await async_add_rich(hass, entry, async_add_entities, {STATUS_MESSAGE: StatusMessageSensor})
    async_add_groups(hass, entry, async_add_entities, GroupAvailableSensor, GroupPeopleSensor)
    reasons = Reasons(hass, entry.runtime_data)
    entry.async_on_unload(reasons.async_start())
    kinds: EntityKinds = {
        PRESENCE_SOURCE: PresenceSourceSensor,
        REASON: partial(ReasonSensor, reasons),
    }
    await async_add_controlled(hass, entry, async_add_entities, kinds)
    for sensor in RULE_SENSORS:
        async_add_rules_of_entry(hass, entry, async_add_entities, sensor)


async def async_setup_platform(
    hass: HomeAssistant,
    config: ConfigType,  # noqa: ARG001 (fixed by Home Assistant)
    async_add_entities: AddEntitiesCallback,
    discovery_info: DiscoveryInfoType | None = None,
) -> None:
    """Add the rules in YAML, for which async_setup loads the platform by discovery."""
    if discovery_info is not None:
        for sensor in RULE_SENSORS:
            await async_add_yaml_rules(hass, async_add_entities, sensor)


class PresenceSensor(PersonEntity, SensorEntity):
    """A person's presence, as the server shows it to others."""

    _attr_device_class = SensorDeviceClass.ENUM
    _attr_options = list(STATES.values())
    _attr_supported_features = TargetFeature.PRESENCE
    _unrecorded_attributes = frozenset({CONF_CONTACT, ATTR_NOTE, ATTR_DEVICES, ATTR_SINCE})

    def __init__(self, entry: CupConfigEntry, person: Person) -> None:
        super().__init__(entry, person, PRESENCE)

    @property
    @override
    def native_value(self) -> str | None:
        seen = self._presence
        return STATES.get(seen.presence) if seen else None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        attributes: dict[str, Any] = {
            CONF_CONTACT: self._person.contact,
            ATTR_SINCE: self._coordinator.since_of(self._person.key),
        }
        if (rich := self._rich) is None:
            return attributes
        devices = {device.id: STATES.get(device.presence) for device in rich.devices}
        return attributes | {ATTR_NOTE: self._note, ATTR_DEVICES: devices}


class StatusMessageSensor(PersonEntity, SensorEntity):
    """The note that a person has written, empty without one; an attribute of the presence too."""

    _attr_entity_registry_enabled_default = False

    def __init__(self, entry: CupConfigEntry, person: Person) -> None:
        super().__init__(entry, person, STATUS_MESSAGE)

    @property
    @override
    def native_value(self) -> str | None:
        if self._rich is None:
            return None
        return (self._note or "")[:MAX_STATE]


class PresenceSourceSensor(ControlledEntity, SensorEntity):
    """What decides a person's presence: the person's own choice, a rule, or a manual setting."""

    _attr_device_class = SensorDeviceClass.ENUM
    _attr_options = list(Source)
    # Texts and times are new with each change; without them, changes share their attributes.
    _unrecorded_attributes = frozenset(
        {
            ATTR_PAUSED_UNTIL,
            ATTR_REASON,
            ATTR_SINCE,
            ATTR_UNTIL,
            ATTR_UNTIL_EXPECTED,
            ATTR_WAITING_UNTIL,
        }
    )

    def __init__(self, entry: CupConfigEntry, person: Person) -> None:
        super().__init__(entry, person, PRESENCE_SOURCE)

    @property
    @override
    def native_value(self) -> Source:
        return self._decision.source

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        decision = self._decision
        waiting_until = self._reconciler.waiting_until(self._person)
        refused_until = self._reconciler.refused_until(self._person)
        gate = self._pauses.gate_of(self._person_id)
        own = self._reconciler.own_presences.of(self._person.key)
        return {
            ATTR_RULE: decision.rule_request.name if decision.rule_request else None,
            ATTR_REASON: in_words(
                decision, waiting_until=waiting_until, refused_until=refused_until, gate=gate
            ),
            ATTR_WANTED: STATES[decision.requested.presence] if decision.requested else None,
            ATTR_SINCE: decision.since,
            ATTR_UNTIL: decision.until,
            ATTR_UNTIL_EXPECTED: self._expected_end,
            ATTR_SET_ASIDE: decision.overruled,
            ATTR_SET_BY: decision.set_by,
            ATTR_WAITING_UNTIL: refused_until or waiting_until,
            ATTR_FOLLOWS_RULES: gate.follows,
            ATTR_RULES_PAUSED: gate.pause is not None,
            ATTR_PAUSED_UNTIL: gate.paused_until,
            ATTR_OWN: own.presence,
            ATTR_OWN_ACTIVITIES: sorted(own.activities),
        }

    @property
    def _expected_end(self) -> datetime | None:
        requests = async_rule_engine(self.hass).requests
        return requests.expected_end(self._person_id, self._decision)

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        engine = async_rule_engine(self.hass)
        for end in (
            engine.async_subscribe_evaluations(self._person_id, self._update_expected_end),
            engine.async_subscribe_rules(self._update_expected_end),
        ):
            self.async_on_remove(end)

    @callback
    def _update_expected_end(self) -> None:
        """Show another expected end: an event or a schedule moves while the decision stays."""
        state = self.hass.states.get(self.entity_id)
        if state and state.attributes.get(ATTR_UNTIL_EXPECTED) != self._expected_end:
            self.async_write_ha_state()


class ReasonSensor(PersonEntity, SensorEntity):
    """Why a person has the presence that they have, in one sentence."""

    def __init__(self, reasons: Reasons, entry: CupConfigEntry, person: Person) -> None:
        super().__init__(entry, person, REASON)
        self._reasons = reasons

    @property
    @override
    def available(self) -> bool:
        # That the server does not answer is a reason too.
        return True

    @property
    @override
    def native_value(self) -> str:
        return self._reasons.of(self._person)

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._reasons.async_subscribe(self._person, self.async_write_ha_state))


class GroupAvailableSensor(GroupEntity, SensorEntity):
    """How many of a group are available, unknown while nobody's presence is known."""

    _attr_state_class = SensorStateClass.MEASUREMENT
    # It stands for the members.
    _attr_supported_features = TargetFeature.PRESENCE

    def __init__(self, subentry_id: str, group: Group, server_device_id: str) -> None:
        super().__init__(subentry_id, group, server_device_id, GROUP_AVAILABLE)

    @property
    @override
    def native_value(self) -> int | None:
        return self._group.count(Presence.AVAILABLE) if self._group.anyone_known else None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        return {ATTR_MEMBERS: len(self._group.members)}

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._group.async_subscribe(self._store_members))
        self._store_members()

    @callback
    def _store_members(self) -> None:
        """Store a mark of who is in the group.

        Triggers and conditions find out anew whom a target means when the registry changes.
        """
        # Nothing changes in the registry where the same mark is stored.
        er.async_get(self.hass).async_update_entity_options(
            self.entity_id, DOMAIN, {OPTION_MEMBERS: self._group.mark}
        )


class GroupPeopleSensor(GroupEntity, SensorEntity):
    """The names of those of a group who are available, as many as fit; empty without any."""

    def __init__(self, subentry_id: str, group: Group, server_device_id: str) -> None:
        super().__init__(subentry_id, group, server_device_id, GROUP_AVAILABLE_PEOPLE)

    @property
    @override
    def native_value(self) -> str | None:
        if not self._group.anyone_known:
            return None
        return enumerate_names(each.name for each in self._group.who_is(Presence.AVAILABLE))


def enumerate_names(names: Iterable[str]) -> str:
    """Return names in one line, and dots for those that do not fit into a state."""
    line = ""
    for name in names:
        longer = f"{line}, {name}" if line else name
        if len(longer) > MAX_STATE - len(MORE):
            return f"{line}{MORE}" if line else name[: MAX_STATE - 1] + "…"
        line = longer
    return line


class UpdateChannelSensor(ServerEntity, SensorEntity):
    """How changes of presence arrive now; unavailable while the server does not answer."""

    _attr_device_class = SensorDeviceClass.ENUM
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_options = list(Channel)

    def __init__(self, entry: CupConfigEntry) -> None:
        super().__init__(entry, UPDATE_CHANNEL)

    @property
    @override
    def available(self) -> bool:
        return self._coordinator.reachable

    @property
    @override
    def native_value(self) -> Channel:
        return self._coordinator.channel


class LastNotificationSensor(ServerEntity, SensorEntity):
    """When the server last sent a notification, to about a minute."""

    _attr_device_class = SensorDeviceClass.TIMESTAMP
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_entity_registry_enabled_default = False

    def __init__(self, entry: CupConfigEntry) -> None:
        super().__init__(entry, LAST_NOTIFICATION)

    @property
    @override
    def native_value(self) -> datetime | None:
        return self._coordinator.last_notification

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        debouncer = Debouncer(
            self.hass,
            LOGGER,
            cooldown=NOTIFICATION_PAUSE,
            immediate=True,
            function=self.async_write_ha_state,
        )
        self.async_on_remove(debouncer.async_shutdown)
        self.async_on_remove(
            self._coordinator.async_subscribe_notifications(debouncer.async_schedule_call)
        )
