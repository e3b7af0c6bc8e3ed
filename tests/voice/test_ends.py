"""When something ends that was said, before and after noon and midnight."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.cisco_unified_presence.voice.ends import BadEnd, end_said

BERLIN = ZoneInfo("Europe/Berlin")


def at(hour: int, minute: int = 0, day: int = 30) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "slots", "end"),
    [
        (at(11, 15), {"until_hour": 4}, at(16)),
        (at(3), {"until_hour": 4}, at(4)),
        (at(17), {"until_hour": 4}, at(4) + timedelta(days=1)),
        (at(11, 15), {"until_hour": 12}, at(12)),
        (at(12, 15), {"until_hour": 12}, at(0) + timedelta(days=1)),
        (at(11, 15), {"until_hour": 16, "until_minute": 30}, at(16, 30)),
        (at(17), {"until_hour": 16}, at(16) + timedelta(days=1)),
        (at(11, 15), {"until_hour": 5, "until_minute": -30}, at(16, 30)),
        (at(11, 15), {"until_hour": 12, "until_minute": -30}, at(11, 30)),
        (at(12, 15), {"until_hour": 1, "until_minute": -15}, at(12, 45)),
        (at(11, 15), {"until_hour": 11, "until_minute": 15}, at(23, 15)),
        (at(11, 15), {"until_hour": 9, "half_day": "am"}, at(9) + timedelta(days=1)),
        (at(11, 15), {"until_hour": 12, "half_day": "am"}, at(0) + timedelta(days=1)),
        (at(11, 15), {"until_hour": 12, "half_day": "pm"}, at(12)),
        (at(11, 15), {"until_hour": 16, "half_day": "pm"}, at(16)),
        (at(11, 15), {"until_hour": 24}, at(0) + timedelta(days=1)),
        (at(23, 45), {"until_hour": 0, "until_minute": -30}, at(23, 30) + timedelta(days=1)),
        (at(11, 15), {"until_hour": 0}, at(0) + timedelta(days=1)),
        (at(11, 15), {"until_hour": 1}, at(13)),
        (at(11, 15), {"until_hour": 12, "until_minute": -59}, at(23, 1)),
        (at(11, 15), {"until_hour": 12, "until_minute": 59}, at(12, 59)),
        (at(11, 15), {"until_hour": 13, "half_day": "pm"}, at(13)),
        # An hour of 24 is the one that it is, whatever half of the day is said.
        (at(11, 15), {"until_hour": 16, "half_day": "am"}, at(16)),
        (at(11, 15), {"until_hour": 24, "half_day": "pm"}, at(0) + timedelta(days=1)),
        (at(11, 15), {"until_hour": 0, "half_day": "pm"}, at(12)),
        (at(11, 15), {"minutes": 30}, timedelta(minutes=30)),
        (at(11, 15), {"hours": 1}, timedelta(hours=1)),
        (at(11, 15), {"minutes": 30, "until_hour": 12}, timedelta(minutes=30)),
        (at(11, 15), {"hours": 1, "minutes": 15}, timedelta(minutes=75)),
        (at(11, 15), {}, None),
    ],
)
def test_the_end_is_the_next_that_can_be_meant(
    now: datetime, slots: dict[str, int | str], end: datetime | timedelta | None
) -> None:
    assert end_said(slots, now) == end


def test_a_time_of_day_is_a_whole_minute() -> None:
    now = at(11, 15).replace(second=42, microsecond=7)
    assert end_said({"until_hour": 16}, now) == at(16)


@pytest.mark.parametrize("fold", [0, 1])
def test_in_the_hour_that_there_is_twice_the_one_that_it_is_now_is_meant(fold: int) -> None:
    now = datetime(2026, 10, 25, 2, 10, tzinfo=BERLIN, fold=fold)
    end = end_said({"until_hour": 2, "until_minute": 30}, now)
    assert isinstance(end, datetime)
    assert end.astimezone(UTC) - now.astimezone(UTC) == timedelta(minutes=20)


@pytest.mark.parametrize(
    "slots",
    [
        {"minutes": 0},
        {"hours": -1},
        {"hours": 1, "minutes": -60},
        {"until_hour": 25},
        {"until_hour": -1},
        {"until_hour": 4, "until_minute": 60},
        {"until_hour": 4, "until_minute": -60},
    ],
)
def test_what_is_no_end(slots: dict[str, int]) -> None:
    with pytest.raises(BadEnd):
        end_said(slots, at(11, 15))
