"""Conditions for tests, evaluated once or tracked as a rule tracks them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.cisco_unified_presence.rules import WatchedConditions
from custom_components.cisco_unified_presence.rules.conditions import ConditionsResult
from custom_components.cisco_unified_presence.rules.truth import TruthValue

TRUE, FALSE, UNKNOWN = TruthValue.TRUE, TruthValue.FALSE, TruthValue.UNKNOWN
ROOM = "binary_sensor.room"
ROOM_IS_ON = {"condition": "state", "entity_id": ROOM, "state": "on"}
YES = {"condition": "template", "value_template": "{{ 1 == 1 }}"}
NO = {"condition": "template", "value_template": "{{ 1 == 2 }}"}
LOST = {"condition": "state", "entity_id": "sensor.lost", "state": "on"}


class Watch:
    """Evaluates conditions whenever they report, as a rule does."""

    def __init__(self, conditions: WatchedConditions) -> None:
        self.conditions = conditions
        self.reports = 0
        self.seen: list[TruthValue] = []

    def evaluate(self) -> ConditionsResult:
        """Evaluate, and note the value if it is another one."""
        result = self.conditions.async_evaluate()
        if self.seen[-1:] != [result.value]:
            self.seen.append(result.value)
        return result

    def report(self) -> None:
        """Count a report, and evaluate."""
        self.reports += 1
        self.evaluate()


@asynccontextmanager
async def watched(hass: HomeAssistant, *raw: Any) -> AsyncGenerator[Watch]:
    """Track these conditions."""
    watch = Watch(await WatchedConditions.async_create(hass, list(raw), "Meeting room"))
    try:
        await watch.conditions.async_track(watch.report)
        watch.evaluate()
        yield watch
    finally:
        watch.conditions.async_stop()


async def evaluated(hass: HomeAssistant, *raw: Any) -> ConditionsResult:
    """Evaluate these conditions once."""
    conditions = await WatchedConditions.async_create(hass, list(raw), "Meeting room")
    result = conditions.async_evaluate()
    conditions.async_stop()
    return result


async def read(hass: HomeAssistant, *raw: Any) -> TruthValue:
    """Return what these conditions are now."""
    return (await evaluated(hass, *raw)).value


async def set_state(hass: HomeAssistant, entity_id: str, state: str, **attributes: Any) -> None:
    """Set a state and wait until listeners have run."""
    hass.states.async_set(entity_id, state, attributes)
    await hass.async_block_till_done()


async def move_to(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, moment: datetime | str
) -> None:
    """Move the clock to a moment; without an offset it is local time."""
    if isinstance(moment, str):
        parsed = dt_util.parse_datetime(moment, raise_on_error=True)
        zone = dt_util.get_default_time_zone()
        moment = parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)
    freezer.move_to(moment)
    # The test plug-in adds half a second to the time that it fires.
    async_fire_time_changed(hass, moment - timedelta(microseconds=500_000))
    await hass.async_block_till_done()
