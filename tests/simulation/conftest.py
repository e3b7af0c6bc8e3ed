"""An office on a Monday at eleven, whose people are all controlled."""

from datetime import UTC, datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.common.entry import person
from tests.common.server import Cup
from tests.common.waiting import settled

ELEVEN = datetime(2026, 11, 23, 11, tzinfo=UTC)


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    anna, ben, clara = (person(each, controlled=True) for each in ("anna", "ben", "clara"))
    anna["data"]["link_desk"] = "binary_sensor.desk_anna"
    return [anna, ben, clara]


@pytest.fixture
async def at_eleven(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(ELEVEN)
    await settled(cup)
