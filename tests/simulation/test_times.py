"""Hours and the sun at any time are what Home Assistant's own conditions say at that time."""

from datetime import UTC, datetime, time, timedelta
from itertools import product
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.sun.condition import sun
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import condition
from homeassistant.helpers.sun import get_astral_event_date as sun_event
import pytest

from custom_components.cisco_unified_presence.rules.simulated.times import (
    is_sun,
    is_time,
    next_minute,
    next_of_sun,
)

MONDAY = datetime(2026, 11, 22, 23, tzinfo=UTC)
HOURS = [MONDAY + timedelta(hours=each) for each in range(26)]
OPENS, CLOSES, GONE = "input_datetime.opens", "sensor.closes", "sensor.gone"


@pytest.fixture(autouse=True)
async def _in_berlin(hass: HomeAssistant) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    hass.config.latitude, hass.config.longitude = 52.5, 13.4
    opens = {"hour": 9, "minute": 0, "second": 0}
    hass.states.async_set(OPENS, "09:00:00", opens)
    closes = {"device_class": "timestamp"}
    hass.states.async_set(CLOSES, "2026-11-23T16:00:00+00:00", closes)
    hass.states.async_set(GONE, "unavailable", closes)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"after": time(8)},
        {"before": time(17)},
        {"after": time(8), "before": time(17)},
        {"after": time(22), "before": time(6)},
        {"after": time(8), "before": time(8)},
        {"weekday": ["mon"]},
        {"weekday": "tue"},
        {"weekday": ["sun", "mon"], "before": time(12)},
        {"after": OPENS},
        {"after": OPENS, "before": CLOSES},
        {"after": GONE},
        {"before": GONE},
    ],
)
async def test_hours(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, config: dict[str, Any]
) -> None:
    found, expected = [], []
    for now in HOURS:
        freezer.move_to(now)
        found.append(is_time(hass, config, now))
        expected.append(condition.time(hass, **config))
    assert found == expected


@pytest.mark.parametrize("key", ["after", "before"])
async def test_an_entity_that_is_not_there_cannot_be_told(hass: HomeAssistant, key: str) -> None:
    with pytest.raises(HomeAssistantError, match=r"sensor\.none is missing"):
        is_time(hass, {key: "sensor.none"}, MONDAY)


EVENTS = [None, "sunrise", "sunset"]


@pytest.mark.parametrize("latitude", [52.5, 78.2])
@pytest.mark.parametrize(
    ("after", "before"), [each for each in product(EVENTS, EVENTS) if each[0] != each[1]]
)
async def test_sun(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    latitude: float,
    after: str | None,
    before: str | None,
) -> None:
    """In Berlin, and on Spitsbergen where the sun does not rise."""
    hass.config.latitude = latitude
    offsets = {
        f"{key}_offset": timedelta(minutes=30)
        for key, event in (("after", after), ("before", before))
        if event
    }
    options = {key: each for key, each in (("after", after), ("before", before)) if each} | offsets
    found, expected, nexts = [], [], []
    for now in HOURS:
        freezer.move_to(now)
        found.append(is_sun(hass, options, now))
        expected.append(sun(hass, before=before, after=after, **offsets))
        nexts.append(next_of_sun(hass, options, now))
    assert found == expected
    # Nothing changes before the next moment that is told, and then it is looked at again.
    for now, is_so, soon in zip(HOURS, found, nexts, strict=True):
        assert now < soon <= now + timedelta(days=1)
        until = soon - timedelta(minutes=1)
        freezer.move_to(until)
        assert until < now or sun(hass, before=before, after=after, **offsets) is is_so


PLACES = [
    (52.5, 13.4, "Europe/Berlin"),
    # The sun sets there on the next day of UTC, and rises on the one before.
    (21.3, -157.9, "Pacific/Honolulu"),
    (-36.8, 174.8, "Pacific/Auckland"),
    # By the clock of another place the sun rises there on the day before.
    (52.5, 13.4, "Pacific/Honolulu"),
]
BOUNDS: list[dict[str, str]] = [
    {"after": "sunset", "before": "sunrise"},
    {"after": "sunrise", "before": "sunset"},
    {"after": "sunrise"},
    {"before": "sunset"},
]


@pytest.mark.parametrize(("latitude", "longitude", "zone"), PLACES)
async def test_the_sun_at_its_events(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    latitude: float,
    longitude: float,
    zone: str,
) -> None:
    """Just before, at and just after each, anywhere."""
    await hass.config.async_set_time_zone(zone)
    hass.config.latitude, hass.config.longitude = latitude, longitude
    days = [(MONDAY + timedelta(days=each)).date() for each in range(-1, 3)]
    events = [
        at for day in days for event in EVENTS if event and (at := sun_event(hass, event, day))
    ]
    moments = [at + each * timedelta.resolution for at in events for each in (-1, 0, 1)]
    found, expected = [], []
    for now, bounds in product(moments, BOUNDS):
        freezer.move_to(now)
        found.append(is_sun(hass, bounds, now))
        expected.append(sun(hass, before=bounds.get("before"), after=bounds.get("after")))
    assert found == expected
    assert {True, False} <= set(found)


async def test_the_sun_may_change_at_its_events_and_at_midnight(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    noon = MONDAY + timedelta(hours=12)
    freezer.move_to(noon)
    midnight = MONDAY + timedelta(days=1)
    assert next_of_sun(hass, {"after": "sunrise"}, noon) == midnight
    sunset = next_of_sun(hass, {"before": "sunset"}, noon)
    assert sunset.replace(second=0, microsecond=0) == sunset
    assert noon + timedelta(hours=3) < sunset < noon + timedelta(hours=5)
    assert next_of_sun(hass, {"before": "sunset"}, sunset) == midnight
    assert next_of_sun(hass, {"after": "sunrise", "before": "sunset"}, noon) == sunset
    early = noon - timedelta(hours=6)
    assert early < next_of_sun(hass, {"after": "sunrise", "before": "sunset"}, early) < noon
    later = next_of_sun(hass, {"before": "sunset", "before_offset": timedelta(hours=1)}, noon)
    assert later - sunset == timedelta(hours=1)


def test_full_minutes() -> None:
    moment = datetime(2026, 11, 23, 9, 59, 59, 5, tzinfo=UTC)
    assert next_minute(moment) == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert next_minute(moment + timedelta(seconds=1)) == datetime(2026, 11, 23, 10, 1, tzinfo=UTC)
