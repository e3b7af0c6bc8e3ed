"""Times of day, in nights in which clocks are set too."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from homeassistant.util import dt as dt_util
from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.actions.ends import moment_of
from custom_components.cisco_unified_presence.clock import next_time_of_day
from custom_components.cisco_unified_presence.rules.ends import end_of
from custom_components.cisco_unified_presence.voice.ends import end_said

BERLIN = ZoneInfo("Europe/Berlin")
# Clocks are set back from 03:00 to 02:00 at 01:00 UTC, and forward from 02:00 to 03:00.
AUTUMN = datetime(2026, 10, 25, tzinfo=UTC)
SPRING = datetime(2026, 3, 29, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _berlin() -> Iterator[None]:
    before = dt_util.get_default_time_zone()
    dt_util.set_default_time_zone(BERLIN)
    yield
    dt_util.set_default_time_zone(before)


def at(night: datetime, hours: float) -> datetime:
    return night + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("after", "clock", "expected"),
    [
        # At 02:10 of summer time, and at 02:40: then it is 02:30 once more.
        (at(AUTUMN, 1 / 6), time(2, 30), at(AUTUMN, 0.5)),
        (at(AUTUMN, 2 / 3), time(2, 30), at(AUTUMN, 1.5)),
        # At 02:10 of winter time.
        (at(AUTUMN, 7 / 6), time(2, 30), at(AUTUMN, 1.5)),
        (at(AUTUMN, 1.5), time(2, 30), at(AUTUMN, 25.5)),
        (at(AUTUMN, -1), time(3), at(AUTUMN, 2)),
        # There is no 02:30 in this night, but before and after it.
        (at(SPRING, 0.5), time(2, 30), at(SPRING, 1)),
        (at(SPRING, 0.5), time(2), at(SPRING, 1)),
        (at(SPRING, 0.5), time(3), at(SPRING, 1)),
        (at(SPRING, 1), time(2, 30), at(SPRING, 24.5)),
        (at(SPRING, -22), time(2, 30), at(SPRING, 1)),
    ],
)
def test_the_next_time(after: datetime, clock: time, expected: datetime) -> None:
    assert next_time_of_day(clock, after) == expected
    assert end_of(clock.isoformat(), after) == expected
    assert moment_of(clock, after) == expected


def test_a_spoken_time_in_the_hour_that_there_is_twice() -> None:
    now = at(AUTUMN, 7 / 6).astimezone(BERLIN)
    said = end_said({"until_hour": 2, "until_minute": 30, "half_day": "am"}, now)
    assert isinstance(said, datetime)
    assert said.astimezone(UTC) == at(AUTUMN, 1.5)


@given(
    st.sampled_from([AUTUMN, SPRING, AUTUMN + DAY]),
    st.floats(-30, 30),
    st.times().map(lambda each: each.replace(microsecond=0, fold=0)),
)
def test_it_is_the_first_second_at_which_the_clock_has_reached_it(
    night: datetime, hours: float, clock: time
) -> None:
    after = at(night, hours)
    found = next_time_of_day(clock, after)
    assert after < found <= after + timedelta(hours=25)
    local = found.astimezone(BERLIN)
    second_before = (found - timedelta(seconds=1)).astimezone(BERLIN)
    assert local.time() >= clock
    assert local.time() == clock or second_before.time() < clock
