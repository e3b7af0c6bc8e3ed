"""Base classes, devices, and coming and going of the entities of the server, people and rules."""

from .base import (
    ControlledEntity,
    PersonEntity,
    ServerEntity,
    async_update_server_device,
    device_identifiers,
)
from .groups import (
    GroupEntity,
    async_add_groups,
    async_update_group_devices,
    group_device_identifiers,
)
from .people import EntityKinds, async_add_controlled, async_add_people, async_add_rich
from .person_devices import async_update_people_devices
from .preparation import Preparation
from .removed import async_clear_removed
from .rule_statistics import (
    RULE_TIME_WON,
    RULE_WINS,
    RuleTimeWonSensor,
    RuleWinsSensor,
)
from .rule_status import RULE_STATUS, RuleStatusSensor
from .rules import (
    RuleEntity,
    async_add_rules_of_entry,
    async_add_yaml_rules,
    async_show_yaml_rules,
    async_update_rule_devices,
    rule_device_identifiers,
)

__all__ = [
    "RULE_STATUS",
    "RULE_TIME_WON",
    "RULE_WINS",
    "ControlledEntity",
    "EntityKinds",
    "GroupEntity",
    "PersonEntity",
    "Preparation",
    "RuleEntity",
    "RuleStatusSensor",
    "RuleTimeWonSensor",
    "RuleWinsSensor",
    "ServerEntity",
    "async_add_controlled",
    "async_add_groups",
    "async_add_people",
    "async_add_rich",
    "async_add_rules_of_entry",
    "async_add_yaml_rules",
    "async_clear_removed",
    "async_show_yaml_rules",
    "async_update_group_devices",
    "async_update_people_devices",
    "async_update_rule_devices",
    "async_update_server_device",
    "device_identifiers",
    "group_device_identifiers",
    "rule_device_identifiers",
]
