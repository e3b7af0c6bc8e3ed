"""A decision in words, case by case."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.arbitration import (
    NO_REQUEST,
    Decision,
    RequestedPresence,
    RuleRequest,
    RulesGate,
    RulesPause,
    Source,
)
from custom_components.cisco_unified_presence.decision_words import (
    OWN_WORDS,
    in_words,
    local_iso,
    logbook_line,
)
from custom_components.cisco_unified_presence.pws import Presence

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
BUSY = RequestedPresence(Presence.BUSY, override=True)
FOCUS = RuleRequest(
    rule_id="1", name="Focus", requested=BUSY, priority=0, order=0, insist=False, since=NINE
)
MANUAL = Decision(source=Source.MANUAL, requested=BUSY, since=NINE)
BY_EVE = replace(MANUAL, set_by="Eve")
BY_RULE = Decision(source=Source.RULE, requested=BUSY, rule_request=FOCUS, since=NINE)
# A rule that leaves the presence to the person's own devices.
LEFT_ALONE = replace(BY_RULE, source=Source.OWN, requested=None)
NOON = NINE + timedelta(hours=3)


@pytest.fixture(autouse=True)
async def _at_ten(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """It is ten in Berlin, and nine in UTC."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to(NINE)


@pytest.mark.parametrize(
    ("decision", "words", "line"),
    [
        (
            NO_REQUEST,
            "decided by the person's own devices",
            "is left to the own devices again",
        ),
        (MANUAL, "Busy, set through Home Assistant", "was set through Home Assistant"),
        (
            replace(MANUAL, until=NOON),
            "Busy until 13:00, set through Home Assistant",
            "was set through Home Assistant until 13:00",
        ),
        (BY_EVE, "Busy, set by Eve at 10:00", "was set by Eve through Home Assistant"),
        (
            replace(BY_EVE, until=NINE + timedelta(days=1)),
            "Busy until 24 November, 10:00, set by Eve at 10:00",
            "was set by Eve through Home Assistant until 24 November, 10:00",
        ),
        (
            replace(BY_EVE, since=None),
            "Busy, set through Home Assistant",
            "was set by Eve through Home Assistant",
        ),
        (
            replace(BY_RULE, until=NOON),
            "Busy until 13:00, because of the rule “Focus”",
            "now follows the rule “Focus” until 13:00",
        ),
        (
            LEFT_ALONE,
            "decided by the person's own devices, because of the rule “Focus”",
            "now follows the rule “Focus”",
        ),
        (
            replace(BY_RULE, overruled=True),
            "changed by hand, which overrules the rule “Focus”",
            "chose a presence, which overrules the rule “Focus”",
        ),
        (
            replace(BY_EVE, overruled=True),
            "changed by hand, which overrules what Eve set through Home Assistant",
            "chose a presence, which overrules what Eve set through Home Assistant",
        ),
        (
            replace(MANUAL, overruled=True),
            "changed by hand, which overrules what was set through Home Assistant",
            "chose a presence, which overrules what was set through Home Assistant",
        ),
        (
            replace(NO_REQUEST, yielding=FOCUS, yields_to="on_the_phone"),
            (
                "decided by the person's own devices;"
                " the rule “Focus” yields to the person's own phone call"
            ),
            "is left to the own devices again",
        ),
        (
            replace(NO_REQUEST, yielding=FOCUS, yields_to="do_not_disturb"),
            (
                "decided by the person's own devices;"
                " the rule “Focus” yields to the person's own Do not disturb"
            ),
            "is left to the own devices again",
        ),
    ],
)
def test_words_of_a_decision(decision: Decision, words: str, line: str) -> None:
    assert in_words(decision) == words
    assert logbook_line(decision) == line


def test_a_refusal_is_told_before_what_waits() -> None:
    at, later = NINE + timedelta(seconds=5), NINE + timedelta(minutes=5)
    assert in_words(MANUAL, waiting_until=later, refused_until=at) == (
        "Busy, set through Home Assistant; the server has refused this, and is asked again at"
        " 10:00:05"
    )


@pytest.mark.parametrize(
    ("presence", "word"),
    [
        (Presence.AVAILABLE, "Available"),
        (Presence.BUSY, "Busy"),
        (Presence.DND, "Do not disturb"),
        (Presence.AWAY, "Away"),
        (Presence.VACATION, "On vacation"),
        (Presence.UNAVAILABLE, "Offline"),
    ],
)
def test_words_of_presences(presence: Presence, word: str) -> None:
    requested = RequestedPresence(presence, override=True)
    assert in_words(replace(MANUAL, requested=requested)) == f"{word}, set through Home Assistant"


def test_words_of_what_rules_yield_to() -> None:
    assert OWN_WORDS == {
        "available": "Available",
        "busy": "Busy",
        "do_not_disturb": "Do not disturb",
        "away": "Away",
        "vacation": "On vacation",
        "offline": "Offline",
        "on_the_phone": "phone call",
        "in_a_meeting": "meeting",
    }


@pytest.mark.parametrize(
    ("gate", "waiting_until", "more"),
    [
        (RulesGate(follows=False), None, "; rules are not followed"),
        (RulesGate(pause=RulesPause()), None, "; rules are paused"),
        (RulesGate(pause=RulesPause(until=NOON)), None, "; rules are paused until 13:00"),
        (
            RulesGate(follows=False, pause=RulesPause()),
            NINE + timedelta(seconds=5),
            (
                "; this waits until 10:00:05, after six changes within a minute"
                "; rules are not followed; rules are paused"
            ),
        ),
    ],
)
def test_what_holds_it_up(gate: RulesGate, waiting_until: datetime | None, more: str) -> None:
    found = in_words(MANUAL, waiting_until=waiting_until, gate=gate)
    assert found == f"Busy, set through Home Assistant{more}"


def test_times_are_told_without_fractions() -> None:
    assert local_iso(NINE.replace(microsecond=5)) == "2026-11-23T10:00:00+01:00"
    assert local_iso(None) is None
