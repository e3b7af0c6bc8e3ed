"""When what an action does ends, at the bounds of what may be said."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import ServiceValidationError
import pytest
import voluptuous as vol

from custom_components.cisco_unified_presence.actions.ends import (
    END_FIELDS,
    End,
    end_of,
    moment,
    moment_of,
)
from custom_components.cisco_unified_presence.actions.forecast import FORECAST_SCHEMA
from custom_components.cisco_unified_presence.actions.get_presence import (
    GET_PRESENCE_SCHEMA,
    _printable,
)
from custom_components.cisco_unified_presence.actions.pause_rules import (
    PAUSE_RULES_SCHEMA,
    RESUME_RULES_SCHEMA,
)
from custom_components.cisco_unified_presence.actions.set_presence import (
    SET_PRESENCE_SCHEMA,
    _encodable,
)
from custom_components.cisco_unified_presence.actions.simulate import SIMULATE_SCHEMA, _moment
from custom_components.cisco_unified_presence.const import DOMAIN

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MONTH = timedelta(days=31)
FIELDS = vol.Schema(END_FIELDS)


@pytest.fixture(autouse=True)
async def _at_noon(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(NOON)


def call(hass: HomeAssistant, **data: Any) -> ServiceCall:
    return ServiceCall(hass, DOMAIN, "set_presence", data)


@pytest.mark.parametrize(
    ("said", "end"),
    [
        ({}, End()),
        ({"duration": SECOND}, End(NOON + SECOND)),
        ({"until": NOON + SECOND}, End(NOON + SECOND, by_clock=True)),
        ({"until": NOON + MONTH}, End(NOON + MONTH, by_clock=True)),
        # Without a zone it is local time.
        ({"until": datetime(2026, 11, 20, 13)}, End(NOON.replace(hour=13), by_clock=True)),  # noqa: DTZ001
        ({"until": time(12)}, End(NOON + timedelta(days=1), by_clock=True)),
        ({"until": time(12, 1)}, End(NOON.replace(minute=1), by_clock=True)),
    ],
)
async def test_the_end(hass: HomeAssistant, said: dict[str, Any], end: End) -> None:
    assert end_of(call(hass, **said)) == end


@pytest.mark.parametrize(
    ("said", "key", "placeholders"),
    [
        ({"duration": SECOND, "until": time(13)}, "two_ends", {}),
        ({"until": NOON}, "end_has_passed", {}),
        ({"until": NOON + MONTH + SECOND}, "end_too_far", {"days": "31"}),
    ],
)
async def test_no_end(
    hass: HomeAssistant, said: dict[str, Any], key: str, placeholders: dict[str, str]
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        end_of(call(hass, **said))
    assert raised.value.translation_domain == DOMAIN
    assert raised.value.translation_key == key
    assert raised.value.translation_placeholders == placeholders


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (None, NOON),
        (NOON, NOON),
        (NOON + MONTH, NOON + MONTH),
        (NOON - SECOND, "end_has_passed"),
        (NOON + MONTH + SECOND, "end_too_far"),
    ],
)
async def test_the_time_that_is_simulated(
    hass: HomeAssistant, at: datetime | None, expected: datetime | str
) -> None:
    said = call(hass, **({"at": at} if at else {}))
    if isinstance(expected, datetime):
        assert _moment(said, NOON) == expected
        return
    with pytest.raises(ServiceValidationError) as raised:
        _moment(said, NOON)
    assert raised.value.translation_key == expected
    days = {"days": "31"} if expected == "end_too_far" else {}
    assert raised.value.translation_placeholders == days


async def test_a_moment_is_a_time_of_day_or_a_date_and_time() -> None:
    assert moment("17:00") == time(17)
    assert moment(time(17)) == time(17)
    assert moment("2026-11-20 17:00") == datetime(2026, 11, 20, 17)  # noqa: DTZ001 (local)
    assert moment_of(NOON, NOON) == NOON
    for wrong in ("soon", "17:00\ud83d", "", None):
        with pytest.raises(vol.Invalid):
            moment(wrong)


@pytest.mark.parametrize(
    ("check", "said", "why"),
    [
        (moment, "17:00\ud83d", "invalid time specified"),
        (_encodable, "\ud83d", "It has a character that cannot be sent"),
        (_printable, "a\u200bb", "There are characters in it that cannot be seen"),
    ],
)
async def test_why_a_text_is_refused(check: Callable[[str], object], said: str, why: str) -> None:
    with pytest.raises(vol.Invalid, match=f"^{why}$"):
        check(said)


@pytest.mark.parametrize(
    ("duration", "read"),
    [
        ({"seconds": 1}, SECOND),
        ({"days": 31}, MONTH),
        ({"milliseconds": 999}, None),
        ({"days": 31, "seconds": 1}, None),
    ],
)
async def test_how_long_a_duration_may_be(duration: Any, read: timedelta | None) -> None:
    if read is None:
        with pytest.raises(vol.Invalid):
            FIELDS({"duration": duration})
        return
    assert FIELDS({"duration": duration}) == {"duration": read}


ANNA = {"entity_id": ["sensor.anna_presence"]}


@pytest.mark.parametrize(
    ("schema", "data", "read"),
    [
        (FORECAST_SCHEMA, {}, {"hours": 24.0}),
        (FORECAST_SCHEMA, {"hours": "1"}, {"hours": 1.0}),
        (FORECAST_SCHEMA, {"hours": 168}, {"hours": 168.0}),
        (FORECAST_SCHEMA, {"hours": 0.9}, None),
        (FORECAST_SCHEMA, {"hours": 168.1}, None),
        (SIMULATE_SCHEMA, {}, {"states": {}}),
        (SIMULATE_SCHEMA, {"at": "17:00"}, {"at": time(17), "states": {}}),
        (RESUME_RULES_SCHEMA, {"rule": "Desk"}, {"rule": ["Desk"]}),
        (RESUME_RULES_SCHEMA, {"rule": []}, None),
        (RESUME_RULES_SCHEMA, {"until": "17:00"}, None),
        (PAUSE_RULES_SCHEMA, {"until": "17:00"}, {"until": time(17)}),
        (GET_PRESENCE_SCHEMA, {"contact": "anna"}, {"contact": ["anna"]}),
        (GET_PRESENCE_SCHEMA, {"contact": ["sip:a@x"] * 100}, {"contact": ["a@x"] * 100}),
        (GET_PRESENCE_SCHEMA, {"contact": ["a@x"] * 101}, None),
        (GET_PRESENCE_SCHEMA, {"contact": ["a\u200bb"]}, None),
        (SET_PRESENCE_SCHEMA, {**ANNA, "presence": "busy"}, {**ANNA, "presence": "busy"}),
        (SET_PRESENCE_SCHEMA, {**ANNA}, None),
        (SET_PRESENCE_SCHEMA, {"presence": "busy"}, None),
        (
            SET_PRESENCE_SCHEMA,
            {**ANNA, "presence": "busy", "note": " x ", "override": "yes"},
            {**ANNA, "presence": "busy", "note": "x", "override": True},
        ),
        (SET_PRESENCE_SCHEMA, {**ANNA, "presence": "busy", "note": " "}, None),
        (SET_PRESENCE_SCHEMA, {**ANNA, "presence": "busy", "note": "x" * 141}, None),
        (SET_PRESENCE_SCHEMA, {**ANNA, "presence": "busy", "note": "\ud83d"}, None),
    ],
)
async def test_what_actions_take(schema: Any, data: Any, read: Any) -> None:
    if read is None:
        with pytest.raises(vol.Invalid):
            schema(data)
        return
    assert schema(data) == read
