"""What a value means as the end of a rule."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.rules.ends import DAYS, end_of

AFTER = datetime(2026, 11, 20, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 20, 23, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def _in_berlin(hass: HomeAssistant) -> None:
    """Be an hour ahead of UTC."""
    await hass.config.async_set_time_zone("Europe/Berlin")


@pytest.mark.parametrize(
    ("value", "end"),
    [
        (datetime(2026, 11, 21, 1, tzinfo=timezone(timedelta(hours=2))), MIDNIGHT),
        (datetime(2026, 11, 21), MIDNIGHT),  # noqa: DTZ001 (of a template)
        ("2026-11-21T00:00:00", MIDNIGHT),
        ("2026-11-21 00:00:00+00:00", MIDNIGHT + timedelta(hours=1)),
        (date(2026, 11, 21), MIDNIGHT),
        (" 2026-11-21 ", MIDNIGHT),
        ("2026-12-1", MIDNIGHT + timedelta(days=10)),
        ("00:00", MIDNIGHT),
        ("13:00", AFTER + timedelta(days=1)),
        ("13:00:01", AFTER + timedelta(seconds=1)),
        (MIDNIGHT.timestamp(), MIDNIGHT),
        (int(MIDNIGHT.timestamp()), MIDNIGHT),
        (str(MIDNIGHT.timestamp()), MIDNIGHT),
    ],
)
async def test_moments(value: Any, end: datetime) -> None:
    found = end_of(value, AFTER)
    assert isinstance(found, datetime)
    assert found == end
    assert found.utcoffset() in {timedelta(0), timedelta(hours=1)}


@pytest.mark.parametrize(
    "value",
    [None, True, False, "", "soon", "25:00", "1e13", "1e17", "1e40", "1e400", "nan", [], 1e40],
)
async def test_what_means_no_moment(value: Any) -> None:
    assert end_of(value, AFTER) is None


def test_days_are_named_in_english_from_monday_on() -> None:
    monday = date(2026, 11, 23)
    assert [(monday + timedelta(days=n)).strftime("%A").lower() for n in range(7)] == list(DAYS)
