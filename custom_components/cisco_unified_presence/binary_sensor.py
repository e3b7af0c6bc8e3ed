"""Binary sensors: the connection, rich presence (on the phone, in a meeting), groups, and rules."""

from dataclasses import dataclass
from functools import partial
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import (
    AddConfigEntryEntitiesCallback,
    AddEntitiesCallback,
)
from homeassistant.helpers.typing import ConfigType, DiscoveryInfoType

from .const import TargetFeature
from .entities import (
    GroupEntity,
    PersonEntity,
    RuleEntity,
    ServerEntity,
    async_add_groups,
    async_add_rich,
    async_add_rules_of_entry,
    async_add_yaml_rules,
)
from .error_messages import async_sentence
from .groups import Group
from .people import Person
from .pws import Activity, Presence
from .rules import Rule, RuleEngine
from .runtime import CupConfigEntry

PARALLEL_UPDATES = 0

ON_THE_PHONE = "on_the_phone"
IN_A_MEETING = "in_a_meeting"

ALL_BUSY = "all_busy"
ANYONE_AVAILABLE = "anyone_available"

CONNECTED = "connected"
RULE_HOLDS = "rule_holds"

ATTR_PAUSED = "paused"
ATTR_PAUSED_UNTIL = "paused_until"
ATTR_PEOPLE = "people"
ATTR_PRESENCE = "presence"
ATTR_REASON = "reason"
ATTR_RESTS_FOR = "rests_for"
ATTR_SINCE = "since"
ATTR_UNTIL = "until"
ATTR_WINS_FOR = "wins_for"


@dataclass(frozen=True, kw_only=True)
class ActivityDescription(BinarySensorEntityDescription):
    """Describes a binary sensor that is on during an activity."""

    activity: Activity
    target_feature: TargetFeature


ACTIVITIES = (
    ActivityDescription(
        key=ON_THE_PHONE, activity=Activity.ON_THE_PHONE, target_feature=TargetFeature.PHONE
    ),
    ActivityDescription(
        key=IN_A_MEETING,
        activity=Activity.MEETING,
        target_feature=TargetFeature.MEETING,
        entity_registry_enabled_default=False,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: CupConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    async_add_entities([ConnectedSensor(entry)])
    async_add_rules_of_entry(hass, entry, async_add_entities, RuleHoldsSensor)
    async_add_groups(hass, entry, async_add_entities, AnyoneAvailableSensor, AllBusySensor)
    kinds = {each.key: partial(ActivitySensor, each) for each in ACTIVITIES}
    await async_add_rich(hass, entry, async_add_entities, kinds)


async def async_setup_platform(
    hass: HomeAssistant,
    config: ConfigType,  # noqa: ARG001 (fixed by Home Assistant)
    async_add_entities: AddEntitiesCallback,
    discovery_info: DiscoveryInfoType | None = None,
) -> None:
    """Add the rules in YAML, for which async_setup loads the platform by discovery."""
    if discovery_info is not None:
        await async_add_yaml_rules(hass, async_add_entities, RuleHoldsSensor)


class ConnectedSensor(ServerEntity, BinarySensorEntity):
    """Whether the server answers. Unlike the other entities it stays available when it does not."""

    _attr_device_class = BinarySensorDeviceClass.CONNECTIVITY
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _unrecorded_attributes = frozenset({ATTR_REASON})

    def __init__(self, entry: CupConfigEntry) -> None:
        super().__init__(entry, CONNECTED)

    @property
    @override
    def is_on(self) -> bool:
        return self._coordinator.reachable

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        failure = self._coordinator.failure
        return {ATTR_REASON: async_sentence(self.hass, failure) if failure else None}


class ActivitySensor(PersonEntity, BinarySensorEntity):
    """Whether a person is in one activity."""

    entity_description: ActivityDescription

    def __init__(
        self, description: ActivityDescription, entry: CupConfigEntry, person: Person
    ) -> None:
        super().__init__(entry, person, description.key)
        self.entity_description = description
        self._attr_supported_features = description.target_feature

    @property
    @override
    def is_on(self) -> bool | None:
        if self._rich is None:
            return None
        return self.entity_description.activity in self._rich.reported_activities


class AnyoneAvailableSensor(GroupEntity, BinarySensorEntity):
    """Whether anyone of a group is available, unknown while nobody's presence is known."""

    # It stands for the members.
    _attr_supported_features = TargetFeature.PHONE | TargetFeature.MEETING

    def __init__(self, subentry_id: str, group: Group, server_device_id: str) -> None:
        super().__init__(subentry_id, group, server_device_id, ANYONE_AVAILABLE)

    @property
    @override
    def is_on(self) -> bool | None:
        return self._group.count(Presence.AVAILABLE) > 0 if self._group.anyone_known else None


class AllBusySensor(GroupEntity, BinarySensorEntity):
    """Whether all of a group are busy or not to be disturbed, unknown while one is not known."""

    def __init__(self, subentry_id: str, group: Group, server_device_id: str) -> None:
        super().__init__(subentry_id, group, server_device_id, ALL_BUSY)

    @property
    @override
    def is_on(self) -> bool | None:
        if not self._group.all_known:
            return None
        return self._group.count(Presence.BUSY, Presence.DND) == len(self._group.members)


class RuleHoldsSensor(RuleEntity, BinarySensorEntity):
    """Whether a rule holds, and for whom it wins."""

    # Lists of people grow beyond what the recorder takes; times are new with each change.
    _unrecorded_attributes = frozenset(
        {ATTR_PEOPLE, ATTR_RESTS_FOR, ATTR_WINS_FOR, ATTR_SINCE, ATTR_PAUSED_UNTIL, ATTR_UNTIL}
    )

    def __init__(self, engine: RuleEngine, rule: Rule, device: DeviceInfo | None) -> None:
        super().__init__(engine, rule, RULE_HOLDS, device)

    @property
    @override
    def is_on(self) -> bool | None:
        return self._status.since is not None if self._status else None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        status = self._status
        if status is None:
            return None
        return {
            ATTR_PRESENCE: status.presence,
            ATTR_PEOPLE: list(status.people),
            ATTR_RESTS_FOR: list(status.rests_for),
            ATTR_WINS_FOR: list(status.wins_for),
            ATTR_SINCE: status.since,
            ATTR_UNTIL: status.until,
            ATTR_PAUSED: status.pause is not None,
            ATTR_PAUSED_UNTIL: status.pause.until if status.pause else None,
        }
