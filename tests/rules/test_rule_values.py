"""Rules as values: their names, what tells them apart, and what they yield to."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.arbitration import OVERRULED_FOR, RequestedPresence
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules.directory import PeopleSelection
from custom_components.cisco_unified_presence.rules.rule import Rule, name_of
from custom_components.cisco_unified_presence.rules.store import InstanceRecord, RuleRecord
from custom_components.cisco_unified_presence.rules.timing import RuleTimes, TimingState
from tests.common.rules import AT_DESK, ELSEWHERE, NOON, rule

CHOICE: Any = {"entity_id": "select.mode"}
BUSY = RequestedPresence(Presence.BUSY, override=True)


def test_all_of_a_rule() -> None:
    made = rule(
        "Meeting room",
        id="room",
        people=["anna", "ben"],
        **{"except": ["ben"]},
        duration={"minutes": 1},
        hold={"minutes": 2},
        at_most={"hours": 3},
        grace={"minutes": 4},
        note="In a meeting",
        override=True,
        priority=50,
        insist=True,
        variables={"room": "blue"},
        until="17:00",
        yields_to=["away", "busy"],
        beats_manual=True,
        overruled_for={"minutes": 5},
    )
    assert made == Rule(
        id="room",
        name="Meeting room",
        people=PeopleSelection(words=("anna", "ben")),
        left_out=PeopleSelection(words=("ben",)),
        when=[AT_DESK],
        times=RuleTimes(
            before=timedelta(minutes=1),
            after=timedelta(minutes=2),
            at_most=timedelta(hours=3),
            grace=timedelta(minutes=4),
        ),
        presence=made.presence,
        requested=RequestedPresence(Presence.BUSY, override=True, note="In a meeting"),
        note="In a meeting",
        override=True,
        priority=50,
        insist=True,
        variables={"room": "blue"},
        until="17:00",
        yields_to=frozenset({"away", "busy"}),
        beats_manual=True,
        overruled_for=timedelta(minutes=5),
        is_personal=False,
    )
    assert made.presence.word == "busy"


def test_what_is_usual() -> None:
    made = rule()
    assert (made.note, made.override, made.until, made.yields_to) == (None, None, None, None)
    assert (made.left_out, made.variables) == (PeopleSelection(), {})
    assert (made.insist, made.beats_manual, made.priority) == (False, False, 0)
    assert (made.overruled_for, made.times) == (OVERRULED_FOR, RuleTimes())
    assert RuleTimes() == RuleTimes(
        before=timedelta(0), after=timedelta(0), at_most=None, grace=timedelta(minutes=5)
    )


@pytest.mark.parametrize(
    ("changes", "has_texts"),
    [
        ({}, False),
        ({"note": "At work"}, False),
        ({"variables": {"a": 1}}, True),
        ({"until": "17:00"}, True),
        ({"presence": CHOICE}, True),
        ({"presence": "own"}, False),
    ],
)
def test_which_rules_have_texts(changes: dict[str, Any], *, has_texts: bool) -> None:
    assert rule(**changes).has_texts is has_texts


@pytest.mark.parametrize(
    "changes",
    [
        {"when": [ELSEWHERE]},
        {"variables": {"a": 1}},
        {"presence": "away"},
        {"note": "x"},
        {"override": False},
        {"until": "17:00"},
    ],
)
def test_what_is_evaluated_in_another_way(changes: dict[str, Any]) -> None:
    assert not rule(**changes).is_evaluated_like(rule())


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Other", "id": "other"},
        {"people": ["ben"]},
        {"priority": 7},
        {"hold": 5},
        {"insist": True},
        {"yields_to": []},
        {"beats_manual": True},
        {"overruled_for": 1},
    ],
)
def test_what_is_evaluated_alike(changes: dict[str, Any]) -> None:
    other = rule(**changes)
    assert other.is_evaluated_like(rule())
    assert other.fingerprint == rule().fingerprint


def test_a_fingerprint_is_that_of_all_that_decides() -> None:
    # It is stored: another one begins the times anew.
    stored = "c5a40a6cc82047fc13d1dfea7ddb067357922d4d1520ed1d99644d0838264611"
    assert rule().fingerprint == stored
    found = [
        rule(),
        rule(when=[ELSEWHERE]),
        rule(variables={"a": 1}),
        rule(variables={"a": 2}),
        rule(presence=CHOICE),
        rule(presence={**CHOICE, "attribute": "x"}),
    ]
    assert len({each.fingerprint for each in found}) == len(found)
    assert rule(presence="away").fingerprint == rule().fingerprint
    assert "fingerprint" not in repr(rule())


@pytest.mark.parametrize(
    ("changes", "requested", "expected"),
    [
        ({}, BUSY, {"do_not_disturb"}),
        ({}, None, {"do_not_disturb"}),
        ({}, RequestedPresence(Presence.DND, override=True), set()),
        ({"insist": True}, BUSY, set()),
        ({"yields_to": ["away"], "insist": True}, BUSY, {"away"}),
        ({"yields_to": []}, BUSY, set()),
        ({"yields_to": "busy"}, RequestedPresence(Presence.DND, override=True), {"busy"}),
    ],
)
def test_over_what_a_request_does_not_win(
    changes: dict[str, Any], requested: RequestedPresence | None, expected: set[str]
) -> None:
    assert rule(**changes).yields_to_of(requested) == expected


@pytest.mark.parametrize(
    ("title", "data", "name"),
    [
        ("Rule Desk", {"name": "Desk"}, "Desk"),
        ("Règle : Desk", {"name": "Desk"}, "Desk"),
        ("Desk", {"name": "Desk"}, "Desk"),
        ("RuleDesk", {"name": "Desk"}, "RuleDesk"),
        ("Table", {"name": "Desk"}, "Table"),
        ("Rule Desk", {}, "Rule Desk"),
        ("Rule ", {"name": ""}, "Rule "),
    ],
)
def test_the_name_of_a_rule_of_the_interface(title: str, data: dict[str, str], name: str) -> None:
    subentry: Any = SimpleNamespace(title=title, data=data)
    assert name_of(subentry) == name


EMPTY = {
    "true_since": None,
    "false_since": None,
    "unreadable_since": None,
    "holds_since": None,
    "spent": False,
}


def test_what_is_stored() -> None:
    times = TimingState(
        true_since=NOON,
        false_since=NOON + timedelta(minutes=1),
        unknown_since=NOON + timedelta(minutes=2),
        holds_since=NOON + timedelta(minutes=3),
        until=NOON + timedelta(minutes=4),
        spent=True,
    )
    stretch = {
        "true_since": "2026-11-20T12:00:00+00:00",
        "false_since": "2026-11-20T12:01:00+00:00",
        "unreadable_since": "2026-11-20T12:02:00+00:00",
        "holds_since": "2026-11-20T12:03:00+00:00",
        "until": "2026-11-20T12:04:00+00:00",
        "spent": True,
    }
    want = {"presence": BUSY.presence.value, "override": True, "note": None}
    kept = RuleRecord(
        entry_id="entry",
        conditions="abc",
        enabled=False,
        shared=InstanceRecord(times, BUSY, has_requested=True),
        people={
            "entry/anna": InstanceRecord(TimingState(), None, has_requested=True),
            "entry/ben": InstanceRecord(),
        },
    )
    stored = {
        "entry_id": "entry",
        "conditions": "abc",
        "enabled": False,
        "stretch": stretch,
        "want": want,
        "people": {
            "entry/anna": {"stretch": EMPTY, "want": None},
            "entry/ben": {"stretch": EMPTY},
        },
    }
    assert kept.as_storage() == stored
    assert RuleRecord.from_storage(stored) == kept
    least = RuleRecord(entry_id=None, conditions="abc")
    assert least.as_storage() == {
        "entry_id": None,
        "conditions": "abc",
        "enabled": True,
        "stretch": EMPTY,
    }
    assert RuleRecord.from_storage(least.as_storage()) == least
