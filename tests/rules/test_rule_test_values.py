"""Tests beside rules as values: when they are, and what they have found."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import voluptuous as vol

from custom_components.cisco_unified_presence.arbitration import OwnPresence
from custom_components.cisco_unified_presence.rules.rule_test import Moment, RuleTest
from custom_components.cisco_unified_presence.rules.rule_test_run import (
    PersonOutcome,
    RuleTestOutcome,
)

# A Monday.
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEN = datetime(2026, 11, 30, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("homeassistant.util.dt.DEFAULT_TIME_ZONE", UTC)
    monkeypatch.setattr("homeassistant.util.dt.utcnow", lambda: NOON)


@pytest.mark.parametrize(
    ("written", "moment", "after"),
    [
        (TEN, Moment(TEN), TEN),
        ("10:00", Moment("10:00"), timedelta(hours=22)),
        ("13:00", Moment("13:00"), timedelta(hours=1)),
        (13 * 60, Moment("13:00:00"), timedelta(hours=1)),
        (" Mon 10:00 ", Moment("10:00", 0), timedelta(days=6, hours=22)),
        ("mon 13:00", Moment("13:00", 0), timedelta(hours=1)),
        ("SUNDAY   13:00", Moment("13:00", 6), timedelta(days=6, hours=1)),
        ("tuesday 10:00", Moment("10:00", 1), timedelta(hours=22)),
        ("2026-11-30 10:00", Moment("2026-11-30 10:00"), TEN),
    ],
)
def test_when_a_test_is(written: object, moment: Moment, after: timedelta | datetime) -> None:
    assert Moment.of(written) == moment
    assert moment.after(NOON) == (after if isinstance(after, datetime) else NOON + after)


def test_a_test_without_a_time_is_now() -> None:
    assert Moment().after(NOON) == NOON


@pytest.mark.parametrize(
    "written",
    [
        "",
        "noon",
        "mon",
        "monday noon",
        "mond 10:00",
        "lunes 10:00",
        "mo 10:00",
        24 * 60,
        None,
        True,
    ],
)
def test_what_is_no_time(written: object) -> None:
    with pytest.raises(vol.Invalid) as raised:
        Moment.of(written)
    assert str(raised.value) == "a time is expected, as 10:00, mon 10:00 or 2026-11-30 10:00"


def test_all_of_a_test_is_read() -> None:
    found = RuleTest.of(
        {
            "name": " Desk ",
            "given": {"light.lamp": "on"},
            "at": "10:00",
            "own": {
                "anna": "busy",
                "ben": {"activities": "on_the_phone"},
                "clara": {"presence": "away", "activities": ["on_the_phone", "in_a_meeting"]},
            },
            "expect": {" anna ": "busy", "ben": "own"},
        }
    )
    assert found == RuleTest(
        name="Desk",
        given={"light.lamp": {"state": "on"}},
        at=Moment("10:00"),
        own={
            "anna": OwnPresence("busy"),
            "ben": OwnPresence(None, frozenset({"on_the_phone"})),
            "clara": OwnPresence("away", frozenset({"on_the_phone", "in_a_meeting"})),
        },
        expect={"anna": "busy", "ben": "own"},
    )
    least = RuleTest.of({"name": "Desk", "expect": {"anna": "busy"}})
    assert (least.given, least.at, least.own) == ({}, Moment(), {})


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": " "},
        {"expect": {}},
        {"expect": {"": "busy"}},
        {"expect": {"anna": "gone"}},
        {"own": {"anna": "own"}},
        {"own": {"": "busy"}},
        {"own": {"anna": {"activities": ["sleeping"]}}},
        {"given": ["light.lamp"]},
        {"more": 1},
    ],
)
def test_what_is_no_test(change: dict[str, Any]) -> None:
    with pytest.raises(vol.Invalid):
        RuleTest.of({"name": "Desk", "expect": {"anna": "busy"}, **change})


def outcome(name: str, expected: str, came_out: str) -> PersonOutcome:
    person: Any = SimpleNamespace(name=name)
    return PersonOutcome(
        person=person,
        key=f"key of {name}",
        expected=expected,
        came_out=came_out,
        explained={"rule": name, "expected": "other"},
        why="a reason",
    )


def test_what_a_test_has_found() -> None:
    test = RuleTest.of({"name": "Desk", "expect": {"anna": "busy"}})
    people = (outcome("Anna", "busy", "busy"), outcome("Ben", "busy", "own"))
    found = RuleTestOutcome(test=test, people=people, unmatched=("zoe", "emma"))
    failures = (
        "Desk: nobody is known as zoe",
        "Desk: nobody is known as emma",
        "Desk: Ben: busy expected, own in its place (a reason)",
    )
    assert found.failures == failures
    assert found.as_answer == {
        "name": "Desk",
        "passed": False,
        "failures": list(failures),
        "people": {
            "key of Anna": {"rule": "Anna", "expected": "busy", "passed": True},
            "key of Ben": {"rule": "Ben", "expected": "busy", "passed": False},
        },
    }
    well = RuleTestOutcome(test=test, people=people[:1])
    assert (well.failures, well.as_answer["passed"]) == ((), True)
