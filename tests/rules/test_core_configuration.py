"""Home Assistant's configuration changes while rules run: conditions are evaluated at once."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.rules import RuleEngine
from tests.common.conditions import move_to
from tests.common.rules import names, open_engine, rule, settled, shut, start

OFFICE_HOURS = {"condition": "time", "after": "08:00:00", "before": "17:00:00"}


@pytest.fixture
def entry_data() -> dict[str, Any]:
    """No server is needed."""
    return {}


async def started(hass: HomeAssistant, entry: MockConfigEntry, when: Any) -> RuleEngine:
    engine = await open_engine(hass, rule(when=[when]), entry=entry)
    await start(hass)
    return engine


async def test_another_time_zone_ends_and_begins_rules_at_once(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await hass.config.async_update(time_zone="UTC")
    freezer.move_to("2026-11-20T12:00:00+00:00")
    engine = await started(hass, entry, OFFICE_HOURS)
    assert names(engine, entry) == ["Desk"]

    # It is half past five there.
    await hass.config.async_update(time_zone="Asia/Kolkata")
    await settled(hass)
    assert names(engine, entry) == []
    await hass.config.async_update(time_zone="America/New_York")
    await settled(hass)
    assert names(engine, entry) == []
    await hass.config.async_update(time_zone="Europe/Berlin")
    await settled(hass)
    assert names(engine, entry) == ["Desk"]


@pytest.mark.parametrize(("zone", "hour"), [("Asia/Dubai", 13), ("Atlantic/Azores", 18)])
async def test_the_rule_ends_at_the_time_of_the_new_time_zone(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    zone: str,
    hour: int,
) -> None:
    await hass.config.async_update(time_zone="UTC")
    freezer.move_to("2026-11-20T12:00:00+00:00")
    engine = await started(hass, entry, OFFICE_HOURS)
    await hass.config.async_update(time_zone=zone)
    await settled(hass)
    await move_to(hass, freezer, f"2026-11-20T{hour - 1}:59:59+00:00")
    assert names(engine, entry) == ["Desk"]
    await move_to(hass, freezer, f"2026-11-20T{hour}:00:00+00:00")
    assert names(engine, entry) == []


async def test_a_template_of_the_local_time_is_evaluated_at_once(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await hass.config.async_update(time_zone="UTC")
    freezer.move_to("2026-11-20T12:00:30+00:00")
    engine = await started(hass, entry, "{{ now().hour < 17 }}")
    assert names(engine, entry) == ["Desk"]
    await hass.config.async_update(time_zone="Asia/Kolkata")
    await settled(hass)
    assert names(engine, entry) == []


async def test_the_place_of_home_is_evaluated_at_once(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    """Noon in Greenwich is night on the other side."""
    await hass.config.async_update(time_zone="UTC", latitude=51.5, longitude=0)
    freezer.move_to("2026-11-20T12:00:00+00:00")
    by_day = {"condition": "sun", "after": "sunrise", "before": "sunset"}
    engine = await started(hass, entry, by_day)
    assert names(engine, entry) == ["Desk"]
    await hass.config.async_update(longitude=180)
    await settled(hass)
    assert names(engine, entry) == []


async def test_a_change_while_rules_do_not_run_changes_nothing(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await hass.config.async_update(time_zone="UTC")
    freezer.move_to("2026-11-20T12:00:00+00:00")
    engine = await started(hass, entry, OFFICE_HOURS)
    await shut(hass)
    await hass.config.async_update(time_zone="Asia/Kolkata")
    await settled(hass)
    assert names(engine, entry) == ["Desk"]
