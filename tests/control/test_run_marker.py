"""Whether the records are those of the last run."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control.run_marker import RunMarker

KEY = f"{DOMAIN}.entry.run"


@pytest.fixture
def marker(hass: HomeAssistant, hass_storage: dict[str, Any]) -> RunMarker:
    return RunMarker(hass, "entry")


@pytest.mark.parametrize(
    ("minutes", "published", "trusted"),
    [
        (0, 2, True),
        (15, 2, True),
        (15.1, 2, False),
        # The clock was set back.
        (-1, 2, False),
        (1, 3, True),
        # What the records lack was published by a later run.
        (1, 1, False),
    ],
)
async def test_records_are_trusted_soon_after_the_last_stamp(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    marker: RunMarker,
    minutes: float,
    published: int,
    *,
    trusted: bool,
) -> None:
    await marker.async_stamp(2)
    freezer.tick(timedelta(minutes=minutes))
    assert await RunMarker(hass, "entry").async_is_trusted(published) is trusted


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"published": 2},
        {"at": "2026-11-02T08:00:00+00:00"},
        {"at": "today", "published": 2},
        {"at": 7, "published": 2},
    ],
)
async def test_a_stamp_that_cannot_be_read_is_none(
    marker: RunMarker, hass_storage: dict[str, Any], stored: dict[str, Any]
) -> None:
    hass_storage[KEY] = {"version": 1, "minor_version": 1, "key": KEY, "data": stored}
    assert not await marker.async_is_trusted(5)


@pytest.mark.usefixtures("freezer")
async def test_what_is_stored(marker: RunMarker, hass_storage: dict[str, Any]) -> None:
    await marker.async_stamp(2)
    stored = hass_storage[KEY]["data"]
    assert stored == {"at": dt_util.utcnow().isoformat(), "published": 2}
    await marker.async_forget()
    assert KEY not in hass_storage


@pytest.mark.parametrize(
    ("minutes", "published", "due"),
    [
        (0, 2, False),
        (9.9, 2, False),
        (10, 2, True),
        (-1, 2, True),
        (1, 3, True),
        (1, 1, False),
        (20, 0, False),
    ],
)
async def test_a_stamp_is_due(
    freezer: FrozenDateTimeFactory,
    marker: RunMarker,
    minutes: float,
    published: int,
    *,
    due: bool,
) -> None:
    assert not marker.is_due(2)
    await marker.async_stamp(2)
    freezer.tick(timedelta(minutes=minutes))
    assert marker.is_due(published) is due
