"""Sensors of a rule: how often and how long it has won."""

from abc import abstractmethod
from typing import Any, Final, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.helpers.device_registry import DeviceInfo

from ..rules import Count, Rule, RuleEngine
from .rules import TIME_WON, WINS, RuleEntity

RULE_WINS: Final = "rule_wins"
RULE_TIME_WON: Final = "rule_time_won"

ATTR_PEOPLE: Final = "people"

# Of hundreds of people, those with the most.
MOST_PEOPLE: Final = 20


class RuleStatisticsSensor(RuleEntity, SensorEntity):
    """Counts what a rule has won, for all its people together."""

    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_state_class = SensorStateClass.TOTAL_INCREASING
    # Lists of people grow beyond what the recorder takes.
    _unrecorded_attributes = frozenset({ATTR_PEOPLE})

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        counts = self._engine.wins_by_name(self._rule_id)
        values = {name: self._value_of(count) for name, count in counts.items()}
        first = sorted(values.items(), key=lambda each: (-each[1], each[0]))[:MOST_PEOPLE]
        return {ATTR_PEOPLE: dict(first)}

    @abstractmethod
    def _value_of(self, count: Count) -> float:
        """Return a count of a person as the sensor shows it."""


class RuleWinsSensor(RuleStatisticsSensor):
    """How often a rule has won, once for each person."""

    def __init__(self, engine: RuleEngine, rule: Rule, device: DeviceInfo | None) -> None:
        super().__init__(engine, rule, RULE_WINS, device, suffix=WINS)

    @property
    @override
    def native_value(self) -> int:
        wins: int = self._engine.statistics.wins_of(self._rule_id)
        return wins

    @override
    def _value_of(self, count: Count) -> float:
        return count.wins


class RuleTimeWonSensor(RuleStatisticsSensor):
    """For how long a rule has won, the times of all people added up."""

    _attr_device_class = SensorDeviceClass.DURATION
    _attr_native_unit_of_measurement = UnitOfTime.SECONDS
    _attr_suggested_display_precision = 1
    _attr_suggested_unit_of_measurement = UnitOfTime.HOURS

    def __init__(self, engine: RuleEngine, rule: Rule, device: DeviceInfo | None) -> None:
        super().__init__(engine, rule, RULE_TIME_WON, device, suffix=TIME_WON)

    @property
    @override
    def native_value(self) -> int:
        return int(self._engine.statistics.seconds_of(self._rule_id))

    @override
    def _value_of(self, count: Count) -> float:
        return round(count.seconds / 3600, 2)
