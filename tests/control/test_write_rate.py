"""At most six writes a minute for each person."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from custom_components.cisco_unified_presence.control.write_rate import WITHIN, WRITES, WriteRate
from tests.common.strategies import NOW


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60))
def test_never_more_than_six_in_a_minute(pauses: list[int]) -> None:
    rate, now = WriteRate(), NOW
    written = []
    for pause in pauses:
        now += timedelta(seconds=pause)
        now = rate.allowed_at("anna", now)
        rate.count("anna", now)
        written.append(now)

    for first, seventh in zip(written, written[WRITES:], strict=False):
        assert seventh - first >= WITHIN


def test_first_six_go_at_once_and_other_people_do_not_wait() -> None:
    rate = WriteRate()
    for _ in range(WRITES):
        assert rate.allowed_at("anna", NOW) == NOW
        rate.count("anna", NOW)

    assert rate.allowed_at("anna", NOW) == NOW + WITHIN
    assert rate.allowed_at("ben", NOW) == NOW
    rate.forget("anna")
    assert rate.allowed_at("anna", NOW) == NOW


def test_the_seventh_goes_a_minute_after_the_first() -> None:
    rate, second = WriteRate(), timedelta(seconds=1)
    for number in range(6):
        rate.count("anna", NOW + number * second)

    assert rate.allowed_at("anna", NOW + 10 * second) == NOW + 60 * second
    assert rate.allowed_at("anna", NOW + 61 * second) == NOW + 61 * second
    rate.count("anna", NOW + 61 * second)
    assert rate.allowed_at("anna", NOW + 61 * second) == NOW + 61 * second
    rate.count("anna", NOW + 61 * second)
    assert rate.allowed_at("anna", NOW + 61 * second) == NOW + 62 * second


def test_clock_that_is_set_back_blocks_no_writes() -> None:
    rate = WriteRate()
    for _ in range(WRITES):
        rate.count("anna", NOW)

    earlier = NOW - timedelta(days=1)

    assert rate.allowed_at("anna", earlier) == earlier
    rate.count("anna", earlier)
    assert rate.allowed_at("anna", earlier + WITHIN) == earlier + WITHIN


def test_writes_on_both_sides_of_a_clock_set_back_block_nobody() -> None:
    rate, earlier = WriteRate(), NOW - timedelta(minutes=10)
    for _ in range(WRITES - 1):
        rate.count("anna", NOW)
    # What is set by hand is not asked about, only counted.
    rate.count("anna", earlier)

    assert rate.allowed_at("anna", earlier) == earlier
