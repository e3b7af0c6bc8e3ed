"""Binary sensors: rich presence (on the phone, in a meeting), and each rule while it holds."""

from collections.abc import Iterable
from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import (
    AddConfigEntryEntitiesCallback,
    AddEntitiesCallback,
)
from homeassistant.helpers.typing import ConfigType, DiscoveryInfoType

from .data import CupConfigEntry, is_rich
from .entity import PersonEntity, async_add_people, async_server_device_id
from .people import Person
from .pws import Activity
from .rule import Rule
from .rule_book import RuleBook
from .rule_entity import RuleEntity, async_add_rules_of_entry, async_add_yaml_rules
from .states import STATES

PARALLEL_UPDATES = 0

ON_THE_PHONE = "on_the_phone"
IN_A_MEETING = "in_a_meeting"

ACTIVITIES = {ON_THE_PHONE: Activity.ON_THE_PHONE, IN_A_MEETING: Activity.MEETING}

RULE_HOLDS = "rule_holds"

ATTR_PEOPLE = "people"
ATTR_PRESENCE = "presence"
ATTR_SINCE = "since"
ATTR_UNTIL = "until"
ATTR_WINS_FOR = "wins_for"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: CupConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the entry's rules, and the activities of its people where they are asked for."""
    async_add_rules_of_entry(hass, entry, async_add_entities, RuleHoldsSensor)
    if not is_rich(entry):
        return
    server_device_id = async_server_device_id(hass, entry)

    def activities_of(person: Person) -> Iterable[PersonEntity]:
        return [ActivitySensor(entry, person, server_device_id, key) for key in ACTIVITIES]

    await async_add_people(hass, entry, async_add_entities, activities_of)


async def async_setup_platform(
    hass: HomeAssistant,
    config: ConfigType,  # noqa: ARG001 (fixed by Home Assistant)
    async_add_entities: AddEntitiesCallback,
    discovery_info: DiscoveryInfoType | None = None,
) -> None:
    """Add the rules in YAML, which set-up has announced."""
    if discovery_info is not None:
        await async_add_yaml_rules(hass, async_add_entities, RuleHoldsSensor)


class ActivitySensor(PersonEntity, BinarySensorEntity):
    """Whether a person does something just now."""

    def __init__(
        self, entry: CupConfigEntry, person: Person, server_device_id: str, key: str
    ) -> None:
        """Show one of the activities."""
        super().__init__(entry, person, server_device_id, key)
        self._activity = ACTIVITIES[key]

    @property
    @override
    def is_on(self) -> bool | None:
        return self._activity in self._rich.activities if self._rich else None


class RuleHoldsSensor(RuleEntity, BinarySensorEntity):
    """Whether a rule holds, and for whom it wins."""

    _unrecorded_attributes = frozenset({ATTR_PEOPLE})

    def __init__(self, book: RuleBook, rule: Rule, device: DeviceInfo | None) -> None:
        """Show this rule."""
        super().__init__(book, rule, RULE_HOLDS, device)

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
            ATTR_PRESENCE: STATES[status.rule.want.presence],
            ATTR_PEOPLE: list(status.people),
            ATTR_WINS_FOR: list(status.wins_for),
            ATTR_SINCE: status.since,
            ATTR_UNTIL: status.until,
        }
