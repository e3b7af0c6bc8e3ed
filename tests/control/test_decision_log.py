"""What is told of decisions: the event, log lines, the history, listeners and issues."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.cisco_unified_presence.arbitration import (
    Decision,
    ManualSetting,
    Overruled,
    RequestedPresence,
    RuleRequest,
    decide,
)
from custom_components.cisco_unified_presence.causes import RuleChange
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control import (
    EVENT_WINNER_CHANGED,
    DecisionLog,
    announcements,
)
from custom_components.cisco_unified_presence.control.decision_log import WriteOutcome
from custom_components.cisco_unified_presence.control.history import Cause, PastDecision
from custom_components.cisco_unified_presence.control.record import (
    PersonRecord,
    PublishedPresence,
)
from custom_components.cisco_unified_presence.pws import (
    BadContact,
    Presence,
    PresenceServiceError,
    ServerFailed,
    UnknownUser,
)
from tests.common.entry import SECRET
from tests.common.people import people
from tests.common.strategies import NOW

(ANNA,) = people("anna@example.com").values()
KEY = ANNA.key
BUSY = RequestedPresence(Presence.BUSY, override=True)
AWAY = RequestedPresence(Presence.AWAY, override=True)
NOTHING = WriteOutcome(None, None, None)


def rule(rule_id: str = "room", requested: RequestedPresence | None = BUSY) -> RuleRequest:
    return RuleRequest(
        rule_id=rule_id,
        name=rule_id.title(),
        requested=requested,
        priority=0,
        order=0,
        insist=False,
        since=NOW,
    )


class Rules:
    """Tells what a test says of the changes and ends of rules."""

    def __init__(self) -> None:
        self.change: RuleChange | None = None
        self.end: datetime | None = None
        self.holding: set[str] = set()
        self.asked: list[list[str]] = []
        self.calls: list[tuple[tuple[str, str], Context]] = []

    def last_change_of(self, person: tuple[str, str], rule_ids: Iterable[str]) -> RuleChange | None:
        assert person == ("entry", KEY)
        self.asked.append(list(rule_ids))
        return self.change

    def holds_for(self, person: tuple[str, str], rule_id: str) -> bool:
        assert person == ("entry", KEY)
        return rule_id in self.holding

    def expected_end(self, person: tuple[str, str], decision: Decision) -> datetime | None:
        assert person == ("entry", KEY)
        return self.end if decision.rule_request else None

    def async_note_call(self, person: tuple[str, str], context: Context) -> None:
        self.calls.append((person, context))


class Told:
    """A log, and what it tells."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        self._hass = hass
        self._freezer = freezer
        entry = MockConfigEntry(
            domain=DOMAIN, title="CUP", entry_id="entry", data={"webhook_id": SECRET}
        )
        entry.add_to_hass(hass)
        self.rules = Rules()
        self.announcements = announcements.Announcements(hass, entry)
        self.winners: list[tuple[str, str | None]] = []
        self.log = DecisionLog(
            hass, entry, self.rules, lambda key, rule_id: self.winners.append((key, rule_id))
        )
        self.events = async_capture_events(hass, EVENT_WINNER_CHANGED)
        self.calls = 0
        self.log.async_subscribe(ANNA, self._called)

    def _called(self) -> None:
        self.calls += 1

    def report(
        self,
        *requests: RuleRequest,
        manual: ManualSetting | None = None,
        overruled: Overruled | None = None,
        losses: int = 0,
    ) -> Decision:
        now = self.now
        decision = decide(manual, requests, overruled, now)
        record = PersonRecord(
            winner=decision.winner, overruled=overruled, losses=tuple([now] * losses)
        )
        self.log.async_report(ANNA, decision, record, Presence.DND)
        return decision

    @property
    def now(self) -> datetime:
        return self._freezer().replace(tzinfo=NOW.tzinfo)

    def pass_time(self, seconds: float) -> None:
        self._freezer.tick(timedelta(seconds=seconds))

    def latest(self) -> PastDecision:
        return self.log.history.of(KEY)[0]

    @property
    def issues(self) -> dict[str | None, Any]:
        found = ir.async_get(self._hass).issues.values()
        return {each.translation_key: each.translation_placeholders for each in found}


@pytest.fixture
def told(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Told:
    freezer.move_to(NOW)
    return Told(hass, freezer)


async def test_what_the_event_tells(hass: HomeAssistant, told: Told) -> None:
    await hass.config.async_set_time_zone("UTC")
    context = Context()
    told.rules.change = RuleChange(at=NOW, entity_id="light.on_air", context=context)
    told.rules.end = NOW + timedelta(hours=1)
    told.report(replace(rule(), until=NOW + timedelta(hours=2)))
    told.report(rule("room", None))
    await hass.async_block_till_done()
    first, second = told.events
    assert first.context is context
    assert first.data == {
        "name": "anna@example.com",
        "entity_id": None,
        "source": "rule",
        "rule": "Room",
        "presence": "busy",
        "set_aside": False,
        "set_by": None,
        "until": "2026-11-23T11:00:00+00:00",
        "until_expected": "2026-11-23T10:00:00+00:00",
        "message": first.data["message"],
    }
    assert (second.data["presence"], second.data["until"]) == (None, None)
    assert told.winners == [(KEY, "room")] * 2


async def test_the_same_winner_is_told_once_and_listeners_are_called_each_time(
    hass: HomeAssistant, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for note in (None, "Recording", "On air"):
        told.report(rule(requested=replace(BUSY, note=note)))
    assert told.calls == 3
    told.report()
    told.report()
    told.report(rule())
    await hass.async_block_till_done()
    assert [event.data["rule"] for event in told.events] == ["Room", None, "Room"]
    assert [each.message for each in caplog.records if each.message.startswith(ANNA.name)] == [
        "anna@example.com: Busy, because of the rule “Room”",
        "anna@example.com: decided by the person's own devices",
        "anna@example.com: Busy, because of the rule “Room”",
    ]
    told.log.async_forget(ANNA)
    assert told.winners[-1] == (KEY, None)
    assert told.log.history.of(KEY) == ()
    told.report(rule())
    await hass.async_block_till_done()
    assert len(told.events) == 4


async def test_setting_the_same_again_is_another_event_and_no_other_log_line(
    hass: HomeAssistant, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    told.report(manual=ManualSetting(BUSY, NOW))
    told.pass_time(60)
    told.report(manual=ManualSetting(BUSY, told.now))
    await hass.async_block_till_done()
    assert len(told.events) == 2
    assert caplog.text.count("Busy, set through Home Assistant") == 1


async def test_what_an_earlier_run_has_told_is_not_told_again(
    hass: HomeAssistant, told: Told
) -> None:
    decision = decide(None, [rule()], None, NOW)
    told.log.async_recall(KEY, PersonRecord(winner=decision.winner))
    told.report(rule())
    await hass.async_block_till_done()
    assert told.events == []
    assert told.calls == 1
    assert told.log.history.of(KEY) == ()


async def test_what_a_person_has_overruled_is_told(hass: HomeAssistant, told: Told) -> None:
    winner = told.report(rule()).winner
    assert winner
    told.report(rule(), overruled=Overruled(winner))
    assert told.winners == [(KEY, "room"), (KEY, None)]
    assert told.latest().cause is Cause.CHANGED_BY_HAND
    assert told.latest().overruled
    assert told.latest().rule == "Room"
    # Overruled before, and no longer.
    told.report(rule())
    assert told.latest().cause is Cause.CLEARED
    # What is overruled besides makes no difference.
    away = decide(None, [rule(requested=AWAY)], None, NOW).winner
    assert away
    told.report(rule(), overruled=Overruled(away))
    assert len(told.log.history.of(KEY)) == 3


@pytest.mark.parametrize(
    ("seconds", "entity_id", "cause"),
    [
        (0, "light.on_air", Cause.INPUT),
        (5, "light.on_air", Cause.INPUT),
        (5.1, "light.on_air", Cause.RULES),
        (-0.1, "light.on_air", Cause.RULES),
        (0, None, Cause.TIME),
        (6, None, Cause.RULES),
    ],
)
async def test_a_change_within_five_seconds_is_the_cause(
    told: Told, seconds: float, entity_id: str | None, cause: Cause
) -> None:
    told.rules.change = RuleChange(
        at=told.now, entity_id=entity_id, name="On \ud83d air", state="on", context=Context()
    )
    told.pass_time(max(seconds, 0))
    if seconds < 0:
        told.rules.change = replace(told.rules.change, at=told.now - timedelta(seconds=seconds))
    told.report(rule())
    by_input = cause is Cause.INPUT
    name = told.latest().name
    assert told.latest() == PastDecision(
        at=told.now,
        source="rule",
        wanted="busy",
        rule="Room",
        cause=cause,
        entity_id=entity_id if by_input else None,
        name=name,
        state="on" if by_input else None,
    )
    assert bool(name) is by_input
    # It can be stored.
    assert not name or name.encode()
    assert told.rules.asked == [["room"]]


async def test_the_rule_before_and_whether_it_has_ended_are_recorded(told: Told) -> None:
    told.report(rule("one"))
    told.rules.holding = {"one"}
    told.report(rule("two"))
    assert (told.latest().before, told.latest().before_ended) == ("One", False)
    assert told.rules.asked[-1] == ["one", "two"]
    told.report()
    assert (told.latest().before, told.latest().before_ended) == ("Two", True)
    assert (told.latest().source, told.latest().wanted, told.latest().rule) == ("own", None, None)
    told.report(rule("one"))
    assert (told.latest().before, told.latest().before_ended) == (None, False)
    told.report(manual=ManualSetting(BUSY, NOW, set_by="Ben"))
    assert (told.latest().before, told.latest().set_by) == ("One", "Ben")
    told.report(rule("two"))
    assert told.latest().before is None


async def test_the_rule_before_the_start_is_that_of_the_history(told: Told) -> None:
    past = PastDecision(at=NOW, source="rule", rule="Old name", cause=Cause.RULES)
    told.log.history.async_note(KEY, replace(past, rule="Older name"))
    told.log.history.async_note(KEY, past)
    decision = decide(None, [rule()], None, NOW)
    told.log.async_recall(KEY, PersonRecord(winner=decision.winner))
    told.report()
    assert told.latest().before == "Old name"


@pytest.mark.parametrize(
    ("seconds", "cause"),
    [(59, Cause.CLEARED), (60, Cause.SETTING_ENDED), (61, Cause.SETTING_ENDED)],
)
async def test_what_was_set_ends_or_is_cleared(told: Told, seconds: float, cause: Cause) -> None:
    told.report(manual=ManualSetting(BUSY, NOW, NOW + timedelta(minutes=1)))
    assert told.latest().until == NOW + timedelta(minutes=1)
    told.pass_time(seconds)
    told.report()
    assert told.latest().cause is cause


async def test_what_was_set_without_an_end_is_cleared(told: Told) -> None:
    told.report(manual=ManualSetting(BUSY, NOW))
    told.report(rule())
    assert told.latest().cause is Cause.CLEARED


async def test_a_rule_that_yields_does_so_for_the_persons_own_presence(told: Told) -> None:
    request = replace(rule(), yields_to=frozenset({"on_the_phone"}))
    decision = Decision(
        source=rule_decision(request).source, yielding=request, yields_to="on_the_phone"
    )
    told.log.async_report(ANNA, decision, PersonRecord(), None)
    told.report(rule("two"))
    assert told.latest().cause is Cause.OWN
    told.report(rule("one"))
    assert told.latest().cause is Cause.RULES


def rule_decision(request: RuleRequest) -> Decision:
    return decide(None, [request], None, NOW)


async def test_the_context_of_a_call_is_that_of_what_it_sets_or_clears(
    hass: HomeAssistant, told: Told
) -> None:
    setting, clearing = Context(), Context()
    told.log.async_note_caller(ANNA, setting)
    assert told.rules.calls == [(("entry", KEY), setting)]
    told.report(rule())
    told.report(manual=ManualSetting(BUSY, NOW))
    told.report(manual=ManualSetting(AWAY, NOW))
    told.log.async_note_caller(ANNA, clearing)
    told.report()
    told.log.async_note_caller(ANNA, clearing)
    told.log.async_forget(ANNA)
    told.report(manual=ManualSetting(BUSY, NOW))
    await hass.async_block_till_done()
    contexts = [event.context for event in told.events]
    assert contexts[1] is setting
    assert contexts[3] is clearing
    assert {each.id for each in (contexts[0], contexts[2], contexts[4])}.isdisjoint(
        {setting.id, clearing.id}
    )


async def test_a_rule_that_gives_up_raises_an_issue_that_ends_with_it(told: Told) -> None:
    request = replace(rule(), insist=True)
    winner = rule_decision(request).winner
    assert winner
    told.report(request, overruled=Overruled(winner), losses=1)
    assert told.issues == {}
    told.report(request, overruled=Overruled(winner), losses=2)
    (placeholders,) = told.issues.values()
    shown = {name: placeholders[name] for name in ("rule", "wanted", "shown")}
    assert shown == {"rule": "Room", "wanted": "Busy", "shown": "Do not disturb"}
    told.report(rule(), overruled=Overruled(winner), losses=2)
    assert told.issues == {}
    manual = ManualSetting(BUSY, NOW)
    told.report(manual=manual, overruled=Overruled(manual.outcome), losses=2)
    assert told.issues == {}


async def test_presences_in_an_issue_are_in_the_language_of_home_assistant(
    hass: HomeAssistant, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    hass.config.language = "de"
    texts = {
        "entity": {f"component.{DOMAIN}.entity.sensor.presence.state.busy": "Beschäftigt"},
        "config_panel": {f"component.{DOMAIN}.config_panel.rule.another_presence": "eine andere"},
    }

    def cached(_hass: HomeAssistant, language: str, category: str, domain: str) -> dict[str, str]:
        assert (language, domain) == ("de", DOMAIN)
        return texts[category]

    monkeypatch.setattr(announcements, "async_get_cached_translations", cached)
    request = replace(rule(), insist=True)
    for requested, wanted in ((BUSY, "Beschäftigt"), (AWAY, "Away"), (None, "")):
        shown = Presence.UNKNOWN if wanted else None
        told.announcements.async_raise_given_up(ANNA, replace(request, requested=requested), shown)
        (placeholders,) = told.issues.values()
        assert (placeholders["wanted"], placeholders["shown"]) == (wanted, "eine andere")
    texts["config_panel"] = {}
    told.announcements.async_raise_given_up(ANNA, request, None)
    (placeholders,) = told.issues.values()
    assert placeholders["shown"] == "another presence"
    (issue,) = ir.async_get(hass).issues.values()
    assert issue.data
    assert issue.data["rule_id"] == "room"


@pytest.mark.parametrize("error", [ServerFailed(), UnknownUser(user="anna")])
async def test_failures_are_told_once_where_the_server_refuses(
    told: Told, caplog: pytest.LogCaptureFixture, error: PresenceServiceError
) -> None:
    caplog.set_level(logging.INFO)

    def lines() -> list[tuple[int, str]]:
        found = [(each.levelno, each.message.partition(":")[0]) for each in caplog.records]
        caplog.clear()
        return found

    told.log.async_report_failure(ANNA, error, NOTHING, refused=False)
    assert (lines(), told.issues) == ([], {})
    told.log.async_report_success(ANNA, NOTHING)
    assert lines() == []
    for _ in range(2):
        told.log.async_report_failure(ANNA, error, NOTHING, refused=True)
    cannot = (logging.WARNING, "The presence of anna@example.com cannot be set")
    assert lines() == [cannot]
    ((kind, placeholders),) = told.issues.items()
    assert kind == "presence_not_set"
    assert placeholders["name"] == ANNA.name
    assert placeholders["reason"]
    told.log.async_report_failure(ANNA, BadContact(), NOTHING, refused=True)
    assert lines() == [cannot]
    told.log.async_report_success(ANNA, NOTHING)
    assert lines() == [(logging.INFO, "The presence of anna@example.com can be set again")]
    assert told.issues == {}
    told.log.async_report_failure(ANNA, error, NOTHING, refused=True)
    assert lines() == [cannot]
    told.log.async_forget(ANNA)
    assert told.issues == {}
    told.log.async_report_success(ANNA, NOTHING)
    assert lines() == []


async def test_listeners_are_called_for_each_other_outcome_of_a_write(told: Told) -> None:
    published = PublishedPresence(BUSY, NOW, "session", Presence.AWAY)
    outcome = WriteOutcome.of(PersonRecord(published=published), None)
    assert outcome == WriteOutcome(BUSY, Presence.AWAY, None)
    assert WriteOutcome.of(PersonRecord(), NOW) == WriteOutcome(None, None, NOW)
    for each in (outcome, outcome, NOTHING, outcome):
        told.log.async_report_success(ANNA, each)
    assert told.calls == 3
    told.log.async_report_failure(ANNA, ServerFailed(), outcome, refused=False)
    assert told.calls == 3
    # Another call since has shown something else.
    told.log.async_report_waiting(ANNA)
    told.log.async_report_own(KEY)
    assert told.calls == 5
    told.log.async_report_success(ANNA, outcome)
    assert told.calls == 6
    told.log.async_forget(ANNA)
    told.log.async_report_success(ANNA, outcome)
    assert told.calls == 7
