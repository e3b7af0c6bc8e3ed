"""Values of records: their types, times, amounts and texts."""

from datetime import UTC, datetime

import pytest

from custom_components.cisco_unified_presence.storage import (
    of_type,
    require_times,
    storable_text,
    stored_amount,
    stored_time,
)


@pytest.mark.parametrize(
    ("stored", "types", "is_one"),
    [
        (1, (int,), True),
        (1.5, (int, float), True),
        ("x", (str,), True),
        (True, (bool,), True),
        (True, (int,), False),
        (1, (bool,), False),
        (1, (float,), False),
        (None, (str,), False),
    ],
)
def test_a_value_of_a_type(stored: object, types: tuple[type, ...], *, is_one: bool) -> None:
    if is_one:
        assert of_type(stored, *types) is stored
    else:
        with pytest.raises(TypeError, match="in place of"):
            of_type(stored, *types)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("1970-01-01T00:00:00+00:00", datetime(1970, 1, 1, tzinfo=UTC)),
        ("2026-11-23T10:00:00+01:00", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("9998-12-31T00:00:00+00:00", datetime(9998, 12, 31, tzinfo=UTC)),
        ("1969-12-31T00:00:00+00:00", None),
        ("9999-01-01T00:00:00+00:00", None),
        ("2026-11-23T10:00:00", None),
        ("noon", None),
    ],
)
def test_a_time(text: str, time: datetime | None) -> None:
    if time is None:
        with pytest.raises(ValueError, match=r"\w"):
            stored_time(text)
    else:
        assert stored_time(text) == time
        assert stored_time(text).tzinfo is UTC


def test_times_that_are_not_there_are_fine() -> None:
    require_times([None, datetime(2026, 11, 23, tzinfo=UTC)])
    with pytest.raises(ValueError, match="is no time of a record"):
        require_times([None, datetime(2026, 11, 23)])  # noqa: DTZ001 (what is refused)


def test_an_amount() -> None:
    for amount in (0, 0.5, 2**50):
        assert stored_amount(amount) == amount
    for none in (-0.5, -1, 2**50 + 1, 1e308, float("nan")):
        with pytest.raises(ValueError, match="is no amount"):
            stored_amount(none)


def test_a_text_that_json_can_carry() -> None:
    assert storable_text("Grüße \U0001f600") == "Grüße \U0001f600"
    assert storable_text("a\ud800b") == "a?b"
