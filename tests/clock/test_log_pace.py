"""Log lines of one cause: two in ten minutes at their level, the others for debugging."""

from datetime import timedelta
import logging

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.cisco_unified_presence.clock import LogPace


def levels_after(
    caplog: pytest.LogCaptureFixture, freezer: FrozenDateTimeFactory, *minutes: float
) -> list[int]:
    """Return the levels of warnings that are logged after so many minutes each."""
    caplog.set_level(logging.DEBUG)
    pace = LogPace()
    for each in minutes:
        freezer.tick(timedelta(minutes=each))
        pace.log(logging.WARNING, "%s is gone", "cup")
    assert {record.getMessage() for record in caplog.records} == {"cup is gone"}
    assert {record.funcName for record in caplog.records} == {"levels_after"}
    return [record.levelno for record in caplog.records]


@pytest.mark.parametrize(
    ("minutes", "levels"),
    [
        ((0, 1, 1, 1), "WWDD"),
        # Ten minutes after the first line there may be another, and so on.
        ((0, 1, 8, 1, 0.5, 0.5), "WWDWDW"),
        ((0, 20, 20), "WWW"),
        ((0, 0, 0), "WWD"),
        # The clock is set back.
        ((0, 1, -60, 1, 1), "WWWWD"),
    ],
)
def test_levels(
    caplog: pytest.LogCaptureFixture,
    freezer: FrozenDateTimeFactory,
    minutes: tuple[float, ...],
    levels: str,
) -> None:
    expected = [logging.WARNING if each == "W" else logging.DEBUG for each in levels]
    assert levels_after(caplog, freezer, *minutes) == expected
