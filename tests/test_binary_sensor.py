"""The binary sensor of a rule, without a server."""

from datetime import UTC, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.binary_sensor import RuleHoldsSensor
from custom_components.cisco_unified_presence.rules import RuleEngine, Scope

from .common.rules import DESK, open_engine, rule

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
async def engine(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> RuleEngine:
    freezer.move_to(NOON)
    hass.states.async_set(DESK, "on")
    return await open_engine(hass, rule())


@pytest.mark.parametrize("until", [None, NOON + timedelta(hours=1)])
def test_a_rule_shows_its_pause(engine: RuleEngine, until: datetime | None) -> None:
    sensor = RuleHoldsSensor(engine, rule(), None)
    shown = sensor.extra_state_attributes
    assert shown
    assert (shown["paused"], shown["paused_until"]) == (False, None)
    engine.pauses.async_pause(Scope(rules=frozenset({"desk"})), until)
    shown = sensor.extra_state_attributes
    assert shown
    assert (shown["paused"], shown["paused_until"]) == (True, until)


def test_a_rule_that_is_gone_is_not_known_to_hold(engine: RuleEngine) -> None:
    gone = RuleHoldsSensor(engine, rule("Gone"), None)
    assert not gone.available
    assert gone.is_on is None
    assert gone.extra_state_attributes is None
