"""Options of entries, those of earlier versions too, as plain values."""

from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import (
    CallbackMode,
    ManualDuration,
    ManualEndMode,
)
from custom_components.cisco_unified_presence.pws import DialectMode
from custom_components.cisco_unified_presence.settings import (
    END_OF_DAY,
    AppliedOptions,
    CallbackSettings,
    ContactListSettings,
    Intervals,
    ManualEnd,
    dialect_in,
    shows_board,
)

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
USUAL = ManualEnd(ManualEndMode.HOURS, 3)


def applied(options: dict[str, Any]) -> AppliedOptions:
    return AppliedOptions.of(MockConfigEntry(data={CONF_WEBHOOK_ID: "secret"}, options=options))


def test_options_that_say_nothing() -> None:
    assert applied({}) == AppliedOptions(
        intervals=Intervals(timedelta(minutes=1), timedelta(minutes=15)),
        callback=CallbackSettings(
            mode=CallbackMode.AUTOMATIC, url=None, port=8080, secret="secret"
        ),
        rich=False,
        contact_list=None,
    )
    assert ManualEnd.of({}) == ManualEnd(ManualEndMode.NEVER, 8)
    assert dialect_in({}) is DialectMode.AUTOMATIC
    assert shows_board({})


def test_options_that_say_all() -> None:
    options = {
        "poll_interval": 30,
        "look_interval": 600,
        "callback": "port",
        "callback_url": "http://proxy/",
        "callback_port": 9000.0,
        "rich_presence": True,
    }
    found = applied(options)
    assert found.intervals == Intervals(timedelta(seconds=30), timedelta(minutes=10))
    assert found.callback == CallbackSettings(
        mode=CallbackMode.PORT, url="http://proxy/", port=9000, secret="secret"
    )
    assert found.rich
    assert dialect_in({"dialect": "soap"}) is DialectMode.SOAP
    assert not shows_board({"board": False})
    manual = {"manual_end": "hours", "manual_hours": 3.0}
    assert ManualEnd.of(manual) == USUAL


@pytest.mark.parametrize(
    ("duration", "end"),
    [
        (ManualDuration.DEFAULT, NOW + timedelta(hours=3)),
        (ManualDuration.QUARTER_HOUR, NOW + timedelta(minutes=15)),
        (ManualDuration.HALF_HOUR, NOW + timedelta(minutes=30)),
        (ManualDuration.HOUR, NOW + timedelta(hours=1)),
        (ManualDuration.TWO_HOURS, NOW + timedelta(hours=2)),
        (ManualDuration.FOUR_HOURS, NOW + timedelta(hours=4)),
        (ManualDuration.END_OF_DAY, NOW + timedelta(hours=16)),
    ],
)
def test_chosen_durations(duration: ManualDuration, end: datetime) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dt_util, "DEFAULT_TIME_ZONE", dt_util.UTC)
        chosen = USUAL.chosen(duration)
        assert chosen.after(NOW) == end
        assert chosen.is_by_clock is (duration is ManualDuration.END_OF_DAY)


def test_what_never_ends_may_end_with_the_day() -> None:
    never = ManualEnd(ManualEndMode.NEVER)
    assert never.after(NOW) is None
    assert never.or_end_of_day == END_OF_DAY
    assert USUAL.or_end_of_day == USUAL


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ContactListSettings(group=None, removes=True, labels=False)),
        (
            {"contact_list_group": "", "contact_list_removes": False},
            ContactListSettings(group=None, removes=False, labels=False),
        ),
        (
            {"contact_list_group": "Sales", "contact_list_labels": True},
            ContactListSettings(group="Sales", removes=True, labels=True),
        ),
    ],
)
def test_how_a_contact_list_is_followed(
    options: dict[str, Any], expected: ContactListSettings
) -> None:
    assert ContactListSettings.of({"contact_list": True, **options}) == expected
    assert ContactListSettings.of({**options, "contact_list": False}) is None
