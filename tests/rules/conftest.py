"""Fixtures of the tests of rules."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from tests.common.rules import NOON, desk


@pytest.fixture
def at_noon(freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]) -> None:
    """Begin at noon, and let nothing reach the disk."""
    freezer.move_to(NOON)


@pytest.fixture
async def at_the_desk_at_noon(hass: HomeAssistant, at_noon: None) -> None:
    """Begin at noon with the desk occupied, and let nothing reach the disk."""
    await desk(hass, "on")
