"""A sentence for each situation, true and short enough, in every language."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
import json
from typing import Any

from homeassistant.util import dt as dt_util
import pytest

from custom_components.cisco_unified_presence.arbitration import (
    ManualSetting,
    Outcome,
    Overruled,
    OwnPresence,
    RequestedPresence,
    RuleRequest,
    RulesGate,
    RulesPause,
    Source,
    decide,
)
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.explanation import (
    MAX_SENTENCE,
    Circumstances,
    Kind,
    Texts,
    sentence_of,
    situation_of,
)
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules import (
    ConditionFact,
    FactKind,
    RuleEvaluation,
    RuleTimes,
    TimingState,
    TruthValue,
)
from tests.common.texts import FOLDER
from tests.common.texts import texts_in as flattened

from .test_texts import have_time

NOW = datetime(2026, 11, 23, 10, tzinfo=dt_util.UTC)
BUSY = RequestedPresence(Presence.BUSY, override=True)
QUIET = replace(BUSY, override=False)
AVAILABLE = OwnPresence("available")
LANGUAGES = ("en", "de", "es", "fr", "it", "nl")

OCCUPIED = ConditionFact(
    kind=FactKind.STATE,
    value=TruthValue.TRUE,
    name="Meeting room occupied",
    state="on",
    expected=("on",),
    since=NOW - timedelta(minutes=30),
)
EMPTY = replace(OCCUPIED, value=TruthValue.FALSE, state="off", since=NOW - timedelta(minutes=1))
GONE = replace(OCCUPIED, value=TruthValue.UNKNOWN, state="unavailable", since=NOW)


@pytest.fixture(autouse=True)
def _at_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    have_time(monkeypatch, NOW)


@cache
def texts_in(language: str) -> Texts:
    file = FOLDER / "translations" / f"{language}.json"
    flat = flattened(json.loads(file.read_text()))
    texts = {f"component.{DOMAIN}.{key}": text for key, text in flat}
    return Texts(
        texts | {"component.occupancy.conditions.is_detected.name": "Occupancy is detected"}
    )


def rule(
    *facts: ConditionFact,
    name: str = "Meeting room",
    requested: RequestedPresence | None = BUSY,
    timing: TimingState | None = None,
    times: RuleTimes | None = None,
    until: datetime | None = None,
    yields_to: frozenset[str] = frozenset(),
    **said: Any,
) -> RuleEvaluation:
    state = timing or TimingState(true_since=NOW, holds_since=NOW - timedelta(minutes=30))
    return RuleEvaluation(
        rule_id=name,
        name=name,
        enabled=True,
        holds=state.holds,
        since=state.holds_since,
        failing=(),
        presence="busy",
        request=RuleRequest(
            rule_id=name,
            name=name,
            requested=requested,
            priority=0,
            order=0,
            insist=False,
            since=state.holds_since or NOW,
            until=until,
            yields_to=yields_to,
        ),
        timing=state,
        times=times or RuleTimes(),
        facts=lambda: facts,
        **said,
    )


def around(
    *evaluations: RuleEvaluation,
    manual: ManualSetting | None = None,
    overruled: Overruled | None = None,
    own: OwnPresence = AVAILABLE,
    **said: Any,
) -> Circumstances:
    requests = [each.request for each in evaluations if each.acts]
    decision = decide(manual, requests, overruled, NOW, own)
    requested = decision.requested
    told = {"shown": "busy" if requested else own.presence, "published": requested} | said
    return Circumstances(
        person="Anna", decision=decision, now=NOW, own=own, evaluations=evaluations, **told
    )


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


MANUAL = ManualSetting(BUSY, NOW - timedelta(minutes=1), after(120))
WAITS = TimingState(true_since=after(-4))
ROOM = Outcome(Source.RULE, "Meeting room", BUSY)
DND = OwnPresence("do_not_disturb")
NEVER = TimingState()

CASES: dict[str, tuple[Circumstances, Kind, str]] = {
    "set by a person": (
        around(manual=replace(MANUAL, set_by="Ben")),
        Kind.MANUAL,
        "Anna is busy until 12:00, set by Ben at 09:59.",
    ),
    "set by an automation, to another day": (
        around(manual=replace(MANUAL, until=after(60 * 24))),
        Kind.MANUAL,
        "Anna is busy until 24 November, 10:00, set through Home Assistant at 09:59.",
    ),
    "a rule holds": (
        around(rule(OCCUPIED, until=after(8))),
        Kind.RULE,
        (
            "Anna is busy until 10:08 because of the rule “Meeting room”:"
            " Meeting room occupied is on since 09:30."
        ),
    ),
    "a rule with a condition over a target": (
        around(
            rule(
                ConditionFact(
                    kind=FactKind.TARGET,
                    value=TruthValue.TRUE,
                    name="occupancy.is_detected",
                    names=("Blue room", "Red room"),
                )
            )
        ),
        Kind.RULE,
        (
            "Anna is busy because of the rule “Meeting room”:"
            " “Occupancy is detected” is true for Blue room, Red room."
        ),
    ),
    "a rule holds on": (
        around(
            rule(
                EMPTY,
                timing=TimingState(false_since=after(-1), holds_since=after(-30)),
                times=RuleTimes(after=timedelta(minutes=5)),
            )
        ),
        Kind.RULE,
        (
            "Anna is busy because of the rule “Meeting room”, which ends at 10:04 because its"
            " conditions are no longer true: Meeting room occupied is off since 09:59."
        ),
    ),
    "a rule in its grace": (
        around(
            rule(
                GONE,
                timing=TimingState(
                    true_since=after(-30), unknown_since=NOW, holds_since=after(-30)
                ),
            )
        ),
        Kind.RULE,
        (
            "Anna is busy because of the rule “Meeting room”, which ends at 10:05 unless its inputs"
            " are known again: Meeting room occupied is unavailable since 10:00."
        ),
    ),
    "a rule waits": (
        around(rule(OCCUPIED, timing=WAITS, times=RuleTimes(before=timedelta(minutes=10)))),
        Kind.DEVICES,
        (
            "Anna is available, as the person's own devices report; the rule “Meeting room” begins"
            " at 10:06 if its conditions stay true: Meeting room occupied is on since 09:30."
        ),
    ),
    "a rule has lasted as long as it may": (
        around(rule(OCCUPIED, timing=TimingState(true_since=after(-90), spent=True))),
        Kind.DEVICES,
        (
            "Anna is available, as the person's own devices report; the rule “Meeting room” has"
            " lasted as long as it may and begins again only after its conditions were not true."
        ),
    ),
    "a rule has ended by its end": (
        around(
            rule(OCCUPIED, timing=TimingState(true_since=after(-90), spent=True, until=after(-5)))
        ),
        Kind.DEVICES,
        (
            "Anna is available, as the person's own devices report; the rule “Meeting room” ended"
            " at 09:55 and begins again only after its conditions were not true."
        ),
    ),
    "overruled": (
        around(rule(OCCUPIED), overruled=Overruled(ROOM), shown="away"),
        Kind.OVERRULED,
        "Anna is away, changed by hand; this overruled the rule “Meeting room” (Busy).",
    ),
    "a setting overruled": (
        around(manual=MANUAL, overruled=Overruled(MANUAL.outcome), shown="away"),
        Kind.OVERRULED,
        "Anna is away, changed by hand; this overruled what was set through Home Assistant (Busy).",
    ),
    "yielding": (
        around(rule(OCCUPIED, yields_to=frozenset({"do_not_disturb"})), own=DND, chosen=True),
        Kind.CHOSEN,
        (
            "Anna is on Do not disturb, chosen by the person in Jabber or on a phone; the rule"
            " “Meeting room” yields to the person's own presence or activity (Do not disturb)."
        ),
    ),
    "paused": (
        around(rule(OCCUPIED, stopped=True), gate=RulesGate(pause=RulesPause(after(60)))),
        Kind.DEVICES,
        "Anna is available, as the person's own devices report; rules are paused until 11:00.",
    ),
    "not following rules": (
        around(rule(OCCUPIED, stopped=True), gate=RulesGate(follows=False)),
        Kind.DEVICES,
        "Anna is available, as the person's own devices report; rules are not followed.",
    ),
    "one rule paused": (
        around(rule(OCCUPIED, stopped=True, pause=RulesPause())),
        Kind.DEVICES,
        "Anna is available, as the person's own devices report; the rule “Meeting room” is paused.",
    ),
    "a rule rests": (
        around(rule(OCCUPIED, timing=NEVER, rests=True)),
        Kind.DEVICES,
        (
            "Anna is available, as the person's own devices report; the rule “Meeting room”"
            " is stopped, because it triggered itself."
        ),
    ),
    "waiting for the limit of writes": (
        around(rule(OCCUPIED), shown="available", published=None, waiting_until=after(0.5)),
        Kind.LIMITED,
        (
            "Anna is available; the rule “Meeting room” requests Busy, which is written"
            " at 10:00:30, after six changes within a minute."
        ),
    ),
    "waiting to end": (
        around(published=BUSY, shown="busy", waiting_until=after(0.5)),
        Kind.RELEASING,
        ("Anna is busy; what was set ends at 10:00:30, after six changes within a minute."),
    ),
    "refused to end": (
        around(published=BUSY, shown="busy", refused_until=after(15)),
        Kind.RELEASING,
        "Anna is busy; the server refused to end what was set and is tried again at 10:15.",
    ),
    "ending": (
        around(published=BUSY, shown="busy"),
        Kind.RELEASING,
        "Anna is busy; what was set is being cleared.",
    ),
    "refused": (
        around(rule(OCCUPIED), shown="available", published=None, refused_until=after(15)),
        Kind.REFUSED,
        (
            "Anna is available; the rule “Meeting room” requests Busy, but the server"
            " refused it and is tried again at 10:15."
        ),
    ),
    "being written": (
        around(manual=replace(MANUAL, set_by="Ben"), shown="available", published=None),
        Kind.PENDING,
        "Anna is available; Ben set Busy, which the server does not show yet.",
    ),
    "shown by a device of the person": (
        around(rule(OCCUPIED, requested=QUIET), shown="available"),
        Kind.DEVICE_REPORTS,
        (
            "Anna is available, as the person's own devices report; the rule “Meeting room”"
            " requests Busy without overriding them."
        ),
    ),
    "shown as another word": (
        around(manual=MANUAL, shown="away", published_shown="away"),
        Kind.OTHER_WORD,
        "Anna is away; Busy is set through Home Assistant, which the server shows in this way.",
    ),
    "on the phone": (
        around(own=OwnPresence("busy", frozenset({"on_the_phone"}))),
        Kind.ON_THE_PHONE,
        "Anna is busy because of a phone call.",
    ),
    "in a meeting": (
        around(own=OwnPresence("busy", frozenset({"in_a_meeting"}))),
        Kind.IN_A_MEETING,
        "Anna is busy because of a meeting.",
    ),
    "left to the devices by a rule": (
        around(rule(OCCUPIED, requested=None)),
        Kind.OWN_BY_RULE,
        (
            "Anna is available; the rule “Meeting room” leaves the presence to the person's own"
            " devices: Meeting room occupied is on since 09:30."
        ),
    ),
    "nothing requested": (
        around(rule(EMPTY, timing=NEVER)),
        Kind.DEVICES,
        (
            "Anna is available, as the person's own devices report; the rule “Meeting room”"
            " is not active: Meeting room occupied is off since 09:59."
        ),
    ),
    "nothing requested by several": (
        around(rule(EMPTY, timing=NEVER), rule(EMPTY, name="Lunch", timing=NEVER)),
        Kind.DEVICES,
        "Anna is available, as the person's own devices report; none of 2 rules is active.",
    ),
    "not read yet": (
        around(own=OwnPresence()),
        Kind.UNREAD,
        "The presence of Anna is not known.",
    ),
    "not read yet, but requested": (
        around(rule(OCCUPIED), shown=None),
        Kind.UNREAD,
        "The presence of Anna is not known; the rule “Meeting room” requests Busy.",
    ),
    "the server is away": (
        around(rule(OCCUPIED), reachable=False),
        Kind.SERVER_AWAY,
        (
            "The server does not answer, so the presence of Anna is not known;"
            " the rule “Meeting room” requests Busy."
        ),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_situation_has_its_sentence(name: str) -> None:
    circumstances, kind, expected = CASES[name]
    situation = situation_of(circumstances)
    assert (situation.kind, sentence_of(situation, texts_in("en"))) == (kind, expected)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_each_language_tells_who_which_rule_and_when(name: str, language: str) -> None:
    circumstances, _, english = CASES[name]
    said = sentence_of(situation_of(circumstances), texts_in(language))
    told = (
        "Anna",
        "Ben",
        "Meeting room",
        "Meeting room occupied",
        *(f"{h:02}:{m:02}" for h in (9, 10, 11, 12) for m in range(60)),
    )
    assert [each for each in told if each in said] == [each for each in told if each in english]
    assert "{" not in said
    assert len(said) <= MAX_SENTENCE


def test_there_is_a_case_for_each_kind() -> None:
    assert {kind for _, kind, _ in CASES.values()} == set(Kind)


def test_what_has_no_room_is_left_out() -> None:
    long = replace(OCCUPIED, name="Sensor " * 40)
    said = sentence_of(situation_of(around(rule(OCCUPIED, long))), texts_in("en"))
    assert said == (
        "Anna is busy because of the rule “Meeting room”: Meeting room occupied is on since 09:30."
    )
    endless = around(manual=replace(MANUAL, set_by="Ben" * 100))
    said = sentence_of(situation_of(endless), texts_in("en"))
    assert len(said) == MAX_SENTENCE
    assert said.endswith("…")


def test_seconds_are_told_only_of_what_comes_soon() -> None:
    texts, odd = texts_in("en"), timedelta(seconds=26)
    assert texts.until(NOW + odd) == "until 10:00:26"
    assert texts.until(NOW + timedelta(hours=1) + odd) == "until 11:00"
    assert texts.at(NOW - odd) == "at 09:59"


@pytest.mark.parametrize(
    ("fact", "said", "needed", "needed_not"),
    [
        (
            replace(OCCUPIED, kind=FactKind.ATTRIBUTE, attribute="mode", since=None),
            "mode of Meeting room occupied is on",
            "mode of Meeting room occupied to be on",
            "mode of Meeting room occupied not to be on",
        ),
        (
            ConditionFact(
                kind=FactKind.EVENT,
                value=TruthValue.TRUE,
                name="Lunch",
                names=("Calendar",),
                until=NOW + timedelta(hours=1),
            ),
            "“Lunch” is on in Calendar until 11:00",
            "an event in Calendar to begin",
            "the event in Calendar to end",
        ),
        (
            ConditionFact(
                kind=FactKind.ZONE,
                value=TruthValue.TRUE,
                name="Anna",
                expected=("Home", "Work"),
            ),
            "Anna is in Home or Work",
            "Anna to be in Home or Work",
            "Anna not to be in Home or Work",
        ),
        (
            ConditionFact(
                kind=FactKind.NUMBER,
                value=TruthValue.FALSE,
                name="Noise",
                expected=("above 40", "below 50"),
            ),
            "Noise is not above 40 and below 50",
            "Noise to be above 40 and below 50",
            "Noise not to be above 40 and below 50",
        ),
    ],
)
def test_what_a_condition_is_and_has_to_become(
    fact: ConditionFact, said: str, needed: str, needed_not: str
) -> None:
    texts = texts_in("en")
    assert texts.fact(fact) == said
    assert texts.need(fact) == needed
    assert texts.need(replace(fact, negated=True)) == needed_not
