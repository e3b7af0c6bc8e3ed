"""Which texts make up a sentence, of what is known and of what is not."""

from datetime import datetime, timedelta
from typing import Any, override

import pytest

from custom_components.cisco_unified_presence.explanation import (
    MAX_SENTENCE,
    Besides,
    Kind,
    Note,
    Phase,
    Situation,
    Texts,
    logbook_message,
    sentence_of,
)
from custom_components.cisco_unified_presence.explanation.sentence import note_text
from custom_components.cisco_unified_presence.rules import ConditionFact, FactKind, TruthValue

from .test_texts import NOW, Keys, have_time

FACT = ConditionFact(kind=FactKind.TIME, value=TruthValue.TRUE)
SINCE, UNTIL, AT = (NOW + timedelta(hours=hours) for hours in (-1, 1, 2))


@pytest.fixture(autouse=True)
def _at_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    have_time(monkeypatch, NOW)


def said(kind: Kind, **told: Any) -> str:
    return sentence_of(Situation(kind=kind, person="Anna", **told), Keys())


RULE = {
    "shown": "busy",
    "requested": "busy",
    "rule": "Desk",
    "since": SINCE,
    "until": UNTIL,
    "at": AT,
}
SET = {**RULE, "rule": None, "set_by": "Ben"}
BUSY = "<is_busy person=Anna>"
UNKNOWN = "<is_unknown person=Anna>"
BUSY_UNTIL = f"{BUSY} <until_clock time=11:00>"
BY_RULE = "<rule_requests rule=Desk,presence=<own_busy>>"
BY_BEN = "<person_requests who=Ben,presence=<own_busy>>"
BY_NONE = "<setting_requests presence=<own_>>"
TOLD = {Kind.REFUSED, Kind.LIMITED, Kind.PENDING, Kind.DEVICE_REPORTS, Kind.OTHER_WORD}
PLAIN = {Kind.RELEASING, Kind.ON_THE_PHONE, Kind.IN_A_MEETING, Kind.CHOSEN, Kind.DEVICES}

# Of each kind: with nothing known, of a rule, and of a setting.
KINDS = {
    Kind.SERVER_AWAY: (
        "<server_away person=Anna>",
        f"<server_away person=Anna>; {BY_RULE}",
        f"<server_away person=Anna>; {BY_BEN}",
    ),
    Kind.UNREAD: (UNKNOWN, f"{UNKNOWN}; {BY_RULE}", f"{UNKNOWN}; {BY_BEN}"),
    Kind.MANUAL: (
        f"{UNKNOWN}, <set at=>",
        f"{BUSY_UNTIL}, <set at=<at_clock time=09:00>>",
        f"{BUSY_UNTIL}, <set_by who=Ben,at=<at_clock time=09:00>>",
    ),
    Kind.RULE: (
        f"<by_rule lead={UNKNOWN},rule=>",
        f"<by_rule lead={BUSY_UNTIL},rule=Desk>",
        f"<by_rule lead={BUSY_UNTIL},rule=>",
    ),
    Kind.OWN_BY_RULE: (
        f"<own_by_rule lead={UNKNOWN},rule=>",
        f"<own_by_rule lead={BUSY},rule=Desk>",
        f"<own_by_rule lead={BUSY},rule=>",
    ),
    Kind.OVERRULED: (
        f"<overruled lead={UNKNOWN},what=<overruled_setting presence=<own_>>>",
        f"<overruled lead={BUSY},what=<overruled_rule rule=Desk,presence=<own_busy>>>",
        f"<overruled lead={BUSY},what=<overruled_setting presence=<own_busy>>>",
    ),
    **{
        kind: (
            f"<{kind} lead={UNKNOWN},request={BY_NONE},at=>",
            f"<{kind} lead={BUSY},request={BY_RULE},at=<at_clock time=12:00>>",
            f"<{kind} lead={BUSY},request={BY_BEN},at=<at_clock time=12:00>>",
        )
        for kind in TOLD
    },
    **{
        kind: (f"<{kind} lead={UNKNOWN}>", f"<{kind} lead={BUSY}>", f"<{kind} lead={BUSY}>")
        for kind in PLAIN
    },
}


@pytest.mark.parametrize("kind", Kind)
def test_each_kind(kind: Kind) -> None:
    found = (said(kind), said(kind, **RULE), said(kind, **SET))
    assert found == tuple(f"{each}." for each in KINDS[kind])


@pytest.mark.parametrize(
    ("phase", "ends", "told"),
    [
        (Phase.TRUE, AT, f"<by_rule lead={BUSY_UNTIL},rule=Desk>"),
        (Phase.HOLD, None, f"<by_rule lead={BUSY_UNTIL},rule=Desk>"),
        (Phase.HOLD, AT, f"<by_rule_hold lead={BUSY},rule=Desk,at=<at_clock time=12:00>>"),
        (Phase.GRACE, AT, f"<by_rule_grace lead={BUSY},rule=Desk,at=<at_clock time=12:00>>"),
    ],
)
def test_why_a_rule_holds(phase: Phase, ends: datetime | None, told: str) -> None:
    assert said(Kind.RULE, **RULE, phase=phase, phase_ends=ends) == f"{told}."


@pytest.mark.parametrize("kind", Kind)
def test_the_facts_of_rules_alone_are_told(kind: Kind) -> None:
    tells = "<because clause=" in said(kind, **RULE, facts=(FACT,))
    assert tells == (kind in {Kind.RULE, Kind.OWN_BY_RULE})


@pytest.mark.parametrize("kind", [Besides.RELEASE_REFUSED, Besides.RELEASE_WAITS])
def test_what_is_cleared_is_told_once(kind: Besides) -> None:
    note = Note(kind=kind, at=AT)
    expected = f"{BUSY}; <{kind} at=<at_clock time=12:00>>."
    assert said(Kind.RELEASING, shown="busy", notes=(note,)) == expected
    other = Note(kind=Besides.NOT_FOLLOWING)
    expected = f"<releasing lead={BUSY}>; <not_following>."
    assert said(Kind.RELEASING, shown="busy", notes=(other,)) == expected


FACTS = "<both first=<time_true>,second=<time_true>>"


@pytest.mark.parametrize(
    ("kind", "bare", "full"),
    [
        (Besides.RELEASE_REFUSED, " at=", " at=<at_clock time=12:00>"),
        (Besides.RELEASE_WAITS, " at=", " at=<at_clock time=12:00>"),
        (Besides.YIELDS, " rule=,own=<own_>", " rule=Desk,own=<own_away>"),
        (Besides.NOT_FOLLOWING, "", ""),
        (Besides.RESTS, " rule=", " rule=Desk"),
        (Besides.AT_MOST_OVER, " rule=", " rule=Desk"),
        (Besides.ENDED, " rule=,at=", " rule=Desk,at=<at_clock time=12:00>"),
        (Besides.NONE_HOLDS, " count=0", " count=3"),
    ],
)
def test_notes(kind: Besides, bare: str, full: str) -> None:
    assert note_text(Note(kind=kind), Keys()) == f"<{kind}{bare}>"
    assert note_text(_full(kind), Keys()) == f"<{kind}{full}>"


@pytest.mark.parametrize("kind", [Besides.PAUSED, Besides.RULE_PAUSED])
def test_notes_of_pauses(kind: Besides) -> None:
    assert note_text(Note(kind=kind), Keys()) == f"<{kind}>"
    assert note_text(_full(kind), Keys()) == f"<{kind} rule=Desk> <until_clock time=12:00>"


@pytest.mark.parametrize("kind", [Besides.BEGINS, Besides.NOT_TRUE])
def test_notes_with_facts(kind: Besides) -> None:
    assert note_text(Note(kind=kind), Keys()) == f"<{kind} rule=>"
    clause = f"<{kind} rule=Desk,at=<at_clock time=12:00>>"
    assert note_text(_full(kind), Keys()) == f"<because clause={clause},facts={FACTS}>"


def _full(kind: Besides) -> Note:
    return Note(kind=kind, rule="Desk", own="away", at=AT, count=3, facts=(FACT, FACT))


class Plain(Texts):
    """Texts that are nothing but what they tell."""

    def __init__(self) -> None:
        super().__init__({})

    @override
    def fact(self, fact: ConditionFact) -> str:
        return fact.name


def named(length: int) -> ConditionFact:
    return ConditionFact(kind=FactKind.TIME, value=TruthValue.TRUE, name="f" * length)


@pytest.mark.parametrize(
    ("rule", "facts", "notes", "told"),
    [
        # All that has room; the point at the end counts.
        (10, [100], [100], [10, 100, 100]),
        (10, [100], [136], [10, 100, 136]),
        # Notes go first, the last one before the others.
        (10, [100], [137], [10, 100]),
        (10, [100], [50, 131], [10, 100, 50]),
        # Then facts, the last one before the others.
        (10, [100, 200], [50], [10, 100]),
        (10, [200, 100], [50], [10, 200]),
        (10, [250], [50], [10]),
        (249, [], [], [249]),
    ],
)
def test_what_has_no_room(rule: int, facts: list[int], notes: list[int], told: list[int]) -> None:
    situation = Situation(
        kind=Kind.RULE,
        person="Anna",
        rule="r" * rule,
        facts=tuple(map(named, facts)),
        notes=tuple(Note(kind=Besides.RESTS, rule="n" * each) for each in notes),
    )
    sentence = sentence_of(situation, Plain())
    words = [each.strip(".;") for each in sentence.split()]
    assert (words[0], [len(each) for each in words[1:]]) == ("Anna", told)
    assert len(sentence) <= MAX_SENTENCE


def test_a_sentence_that_has_no_room_at_all_is_cut() -> None:
    situation = Situation(kind=Kind.RULE, person="Anna", rule="r" * 300)
    assert sentence_of(situation, Plain()) == f"Anna {'r' * 249}…"


@pytest.mark.parametrize(
    ("winner", "line"),
    [
        ({}, "<log_own>"),
        ({"source": "own", "set_by": "Ben"}, "<log_own>"),
        ({"source": "manual"}, "<log_set>"),
        ({"source": "manual", "set_by": "Ben"}, "<log_set_by who=Ben>"),
        ({"source": "rule", "rule": "Desk", "set_by": "Ben"}, "<log_rule rule=Desk>"),
        ({"set_aside": True, "rule": "Desk"}, "<log_overruled_rule rule=Desk>"),
        ({"set_aside": True}, "<log_overruled_setting>"),
        ({"rule": "Desk", "set_aside": False}, "<log_rule rule=Desk>"),
    ],
)
def test_lines_of_the_logbook(winner: dict[str, Any], line: str) -> None:
    assert logbook_message(winner, Keys()) == line
    ends = f"{line} <until_clock time=11:00>"
    ending = {**winner, "until": UNTIL.isoformat()}
    assert logbook_message(ending, Keys()) == (line if winner.get("set_aside") else ends)
    for until in (None, 7, "soon"):
        assert logbook_message({**winner, "until": until}, Keys()) == line
