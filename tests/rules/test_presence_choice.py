"""Where a rule takes its presence from, and what values of that stand for."""

from typing import Any

import pytest

from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules.presence_choice import (
    PRESENCE_WORDS,
    ChosenPresence,
    PresenceChoice,
    requested_for,
    why_none,
)

TEMPLATE = "{{ states('select.mode') }}"
MAP = {"focus": "busy", "lunch": {"presence": "away", "note": "Lunch"}, "off": {"presence": "own"}}
MAPPED = {
    "focus": ChosenPresence("busy"),
    "lunch": ChosenPresence("away", "Lunch"),
    "off": ChosenPresence("own"),
}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("busy", PresenceChoice(word="busy")),
        (TEMPLATE, PresenceChoice(template=TEMPLATE)),
        ({"template": TEMPLATE}, PresenceChoice(template=TEMPLATE)),
        ({"entity_id": "select.mode"}, PresenceChoice(entity_id="select.mode")),
        (
            {"entity_id": "select.mode", "attribute": "x", "map": MAP},
            PresenceChoice(entity_id="select.mode", attribute="x", by_value=MAPPED),
        ),
        ({"template": TEMPLATE, "map": MAP}, PresenceChoice(template=TEMPLATE, by_value=MAPPED)),
        ({"template": TEMPLATE, "map": {}}, PresenceChoice(template=TEMPLATE, by_value={})),
    ],
)
def test_a_choice_as_it_is_written(written: Any, expected: PresenceChoice) -> None:
    choice = PresenceChoice.of(written)
    assert choice == expected
    assert choice.fixed == (ChosenPresence("busy") if written == "busy" else None)


@pytest.mark.parametrize(
    ("word", "presence"),
    [
        ("available", Presence.AVAILABLE),
        ("busy", Presence.BUSY),
        ("do_not_disturb", Presence.DND),
        ("away", Presence.AWAY),
        ("vacation", Presence.VACATION),
        ("offline", Presence.UNAVAILABLE),
    ],
)
def test_every_word_is_chosen(word: str, presence: Presence) -> None:
    chosen = PresenceChoice(template=TEMPLATE).choose(word)
    assert chosen == ChosenPresence(word)
    requested = requested_for(chosen, override=None, note=None)
    assert requested
    assert requested.presence is presence
    assert word in PRESENCE_WORDS


def test_what_values_stand_for() -> None:
    choice = PresenceChoice(template=TEMPLATE)
    assert choice.choose("own") == ChosenPresence("own")
    assert [choice.choose(each) for each in ("", "Busy", "unknown")] == [None] * 3
    mapped = PresenceChoice.of({"template": TEMPLATE, "map": MAP})
    assert {value: mapped.choose(value) for value in MAP} == MAPPED
    assert [mapped.choose(each) for each in ("busy", "")] == [None, None]


WORDS = "available, busy, do_not_disturb, away, vacation, offline, own"


@pytest.mark.parametrize(
    ("by_value", "value", "why"),
    [
        (None, "", "it names none"),
        ({}, "", "it names none"),
        ({}, "busy", "“busy” is not in the map"),
        (
            None,
            "lunch\n time",
            (
                f"“lunch time” is none; it has to be one of {WORDS}, or a map has to say what it"
                " stands for"
            ),
        ),
    ],
)
def test_why_a_value_stands_for_none(by_value: Any, value: str, why: str) -> None:
    assert why_none(PresenceChoice(template=TEMPLATE, by_value=by_value), value) == why


@pytest.mark.parametrize(
    ("word", "override", "note", "expected"),
    [
        ("own", True, "x", None),
        ("busy", None, None, RequestedPresence(Presence.BUSY, override=True)),
        ("busy", False, None, RequestedPresence(Presence.BUSY, override=False)),
        ("busy", True, "x", RequestedPresence(Presence.BUSY, override=True, note="x")),
        # Where the server would refuse it, as is usual.
        ("busy", False, "x", RequestedPresence(Presence.BUSY, override=True, note="x")),
        ("available", True, None, RequestedPresence(Presence.AVAILABLE, override=False)),
        ("available", None, "x", RequestedPresence(Presence.AVAILABLE, override=True, note="x")),
        ("do_not_disturb", False, "x", RequestedPresence(Presence.DND, override=True, note="x")),
    ],
)
def test_what_is_requested(
    word: str, note: str | None, expected: RequestedPresence | None, *, override: bool | None
) -> None:
    assert requested_for(ChosenPresence(word), override=override, note=note) == expected
