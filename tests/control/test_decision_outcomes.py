"""What is told of decisions: contexts, issues, failures and listeners."""

from dataclasses import replace
import logging

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.cisco_unified_presence.arbitration import ManualSetting, Overruled
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control import announcements
from custom_components.cisco_unified_presence.control.decision_log import WriteOutcome
from custom_components.cisco_unified_presence.control.record import PersonRecord, PublishedPresence
from custom_components.cisco_unified_presence.pws import (
    BadContact,
    Presence,
    PresenceServiceError,
    ServerFailed,
    UnknownUser,
)
from tests.common.strategies import NOW
from tests.control.told_decisions import ANNA, AWAY, BUSY, KEY, Told, rule, rule_decision

NOTHING = WriteOutcome(None, None, None)


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
