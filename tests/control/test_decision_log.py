"""What is told of decisions: the event, log lines, the history and the causes."""

from dataclasses import replace
from datetime import timedelta
import logging

from homeassistant.core import Context, HomeAssistant
import pytest

from custom_components.cisco_unified_presence.arbitration import (
    Decision,
    ManualSetting,
    Overruled,
    decide,
)
from custom_components.cisco_unified_presence.causes import RuleChange
from custom_components.cisco_unified_presence.control.history import Cause, PastDecision
from custom_components.cisco_unified_presence.control.record import PersonRecord
from tests.common.strategies import NOW
from tests.control.told_decisions import ANNA, AWAY, BUSY, KEY, Told, rule, rule_decision


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
    caplog.clear()
    told.report(rule())
    await hass.async_block_till_done()
    assert len(told.events) == 4
    assert "anna@example.com: Busy, because of the rule “Room”" in caplog.text


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


async def test_what_an_earlier_run_has_set_counts_as_cleared(told: Told) -> None:
    manual = ManualSetting(BUSY, NOW, NOW + timedelta(minutes=1))
    told.log.async_recall(KEY, PersonRecord(winner=manual.outcome))
    told.pass_time(61)
    told.report()
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
    # Of whom is forgotten nothing is known.
    told.log.async_report(ANNA, decision, PersonRecord(), None)
    told.log.async_forget(ANNA)
    told.report(rule("two"))
    assert told.latest().cause is Cause.RULES
