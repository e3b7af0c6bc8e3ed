"""The sensor of a rule that says in one sentence what the rule does now."""

from typing import Final, override

from homeassistant.components.sensor import SensorEntity
from homeassistant.helpers.device_registry import DeviceInfo

from ..explanation import async_rule_status
from ..rules import Rule, RuleEngine
from .rules import STATUS, RuleEntity

RULE_STATUS: Final = "rule_status"


class RuleStatusSensor(RuleEntity, SensorEntity):
    """For whom a rule is active, when it begins, or what it waits for."""

    def __init__(self, engine: RuleEngine, rule: Rule, device: DeviceInfo | None) -> None:
        super().__init__(engine, rule, RULE_STATUS, device, suffix=STATUS)

    @property
    @override
    def native_value(self) -> str | None:
        return async_rule_status(self.hass, self._rule_id)
