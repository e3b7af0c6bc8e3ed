"""Steps of repairs without a server: what they show of an issue, offer and say at the end."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import Issue
from custom_components.cisco_unified_presence.pws import CannotConnect, ConnectFailure
from custom_components.cisco_unified_presence.repair import (
    CertificateRepairFlow,
    EditedSentencesRepairFlow,
    OverruledRuleRepairFlow,
    RenamedEntityRepairFlow,
    UnwrittenSentencesRepairFlow,
    certificate,
)
from custom_components.cisco_unified_presence.repair.flow import named_in
from custom_components.cisco_unified_presence.voice import VOICE
from custom_components.cisco_unified_presence.voice.files import Outcome
from tests.common.people import people
from tests.common.rules import subentry

(ANNA,) = people("anna@x").values()


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """Add an entry with the rule Desk, which insists."""
    entry = MockConfigEntry(
        domain=DOMAIN, data={"security": "http"}, subentries_data=[subentry(insist=True)]
    )
    entry.add_to_hass(hass)
    return entry


def begun(hass: HomeAssistant, flow: RepairsFlow, issue_id: str, **data: Any) -> Any:
    """Return a flow as Home Assistant begins it for an issue with these data."""
    flow.hass, flow.issue_id, flow.data = hass, issue_id, data
    return flow


def rule_of(entry: MockConfigEntry) -> str:
    return str(next(iter(entry.subentries)))


def test_what_an_issue_names() -> None:
    assert named_in({"a": "x", "b": 2, "c": None}) == {"a": "x", "b": "2", "c": "None"}
    assert named_in(None) == {}


# A rule that a person keeps overriding


@pytest.mark.parametrize(
    ("rule_id", "options"),
    [
        (None, ["apply", "stop_insisting", "ignore"]),
        ("in_yaml", ["apply", "ignore"]),
    ],
)
async def test_a_rule_in_yaml_does_not_cease_to_insist(
    hass: HomeAssistant, entry: MockConfigEntry, rule_id: str | None, options: list[str]
) -> None:
    rule_id = rule_id or rule_of(entry)
    named = {"rule_id": rule_id, "person": ANNA.key, "name": "Anna"}
    flow = begun(hass, OverruledRuleRepairFlow(entry), "stood_back_x", **named)
    menu = await flow.async_step_init()
    assert (menu["step_id"], menu["menu_options"]) == ("init", options)
    assert menu["description_placeholders"] == named
    end = await flow.async_step_stop_insisting()
    assert (end["type"], end["data"]) == ("create_entry", {})
    (rule,) = entry.subentries.values()
    assert ("insist" in rule.data) is (rule_id == "in_yaml")
    assert rule.data["presence"] == "busy"


class Reconciler:
    """A reconciler whose server does not answer."""

    def __init__(self) -> None:
        self.cleared: list[object] = []

    async def async_clear_manual(self, person: object) -> None:
        self.cleared.append(person)
        raise CannotConnect(ConnectFailure.REFUSED, "cup_1.example.com:8083")


class Coordinator:
    """A coordinator of Anna alone."""

    def controlled_person(self, key: str) -> object:
        return {ANNA.key: ANNA}.get(key)


class Runtime:
    """The running parts of an entry that the repair uses."""

    def __init__(self) -> None:
        self.reconciler = Reconciler()
        self.coordinator = Coordinator()


async def test_a_rule_is_applied_where_its_person_is_still_controlled(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    runtime = Runtime()
    entry.mock_state(hass, ConfigEntryState.LOADED)
    entry.runtime_data = runtime
    named = {"rule_id": rule_of(entry), "person": ANNA.key}
    flow = begun(hass, OverruledRuleRepairFlow(entry), "stood_back_x", **named)
    end = await flow.async_step_apply()
    assert (end["type"], end["reason"]) == ("abort", "not_applied")
    # Without a translation that is loaded it is the error's key; what there is is escaped.
    assert end["description_placeholders"].keys() == {"detail"}
    assert end["description_placeholders"]["detail"]
    assert runtime.reconciler.cleared == [ANNA]
    flow.data["person"] = "gone@x"
    end = await flow.async_step_apply()
    assert (end["type"], end["data"]) == ("create_entry", {})
    assert runtime.reconciler.cleared == [ANNA]


def raise_issue(hass: HomeAssistant, issue_id: str) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=issue_id,
    )


async def test_an_issue_is_ignored_if_it_is_still_there(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    flow = begun(hass, OverruledRuleRepairFlow(entry), "stood_back_x")
    for is_there in (False, True):
        if is_there:
            raise_issue(hass, "stood_back_x")
        end = await flow.async_step_ignore()
        assert (end["type"], end["reason"]) == ("abort", "issue_ignored")
        issue = ir.async_get(hass).async_get_issue(DOMAIN, "stood_back_x")
        assert (issue is not None and issue.dismissed_version is not None) is is_there


# An entity that has another name


async def test_a_rule_gets_the_new_name_of_an_entity(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    named = {
        "subentry_id": rule_of(entry),
        "entity": "binary_sensor.desk",
        "renamed": "binary_sensor.seat",
    }
    flow = begun(hass, RenamedEntityRepairFlow(entry), "rule_entity_renamed_x", **named)
    form = await flow.async_step_init()
    assert (form["type"], form["step_id"]) == ("form", "confirm")
    assert form["description_placeholders"] == named
    assert form["data_schema"]({}) == {}
    end = await flow.async_step_confirm({})
    assert (end["type"], end["data"]) == ("create_entry", {})
    (rule,) = entry.subentries.values()
    assert "binary_sensor.seat" in str(rule.data["when"])
    assert "binary_sensor.desk" not in str(rule.data["when"])
    flow.data["subentry_id"] = "gone"
    end = await flow.async_step_confirm({})
    assert end["type"] == "create_entry"


# A certificate


async def test_a_certificate_that_cannot_be_read_says_why(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreadable(*_: object) -> None:
        raise CannotConnect(ConnectFailure.REFUSED, "cup")

    monkeypatch.setattr(certificate, "async_question_of_change", unreadable)
    flow = CertificateRepairFlow(entry, Issue.NODE_NOT_TRUSTED)
    end = await begun(hass, flow, "x", address="cup:8083").async_step_init()
    assert (end["type"], end["reason"]) == ("abort", "not_read")
    assert end["description_placeholders"].keys() == {"detail"}
    assert end["description_placeholders"]["detail"]


# The files of sentences


class Sentences:
    """The sentences of all languages, of which the given outcomes come."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.asked: list[dict[str, bool]] = []

    async def async_update(self, **asked: bool) -> Outcome:
        self.asked.append(asked)
        return self.outcomes.pop(0)


def with_sentences(hass: HomeAssistant, *outcomes: Outcome) -> Sentences:
    sentences: Any = Sentences(*outcomes)
    hass.data[VOICE] = sentences
    found: Sentences = sentences
    return found


async def test_edited_sentences(hass: HomeAssistant) -> None:
    flow = begun(hass, EditedSentencesRepairFlow(), "voice_sentences_edited", details="- `a`")
    menu = await flow.async_step_init()
    assert (menu["step_id"], menu["menu_options"]) == ("init", ["replace", "leave"])
    assert menu["description_placeholders"] == {"details": "- `a`"}
    # Where no entry wants sentences any more, there is nothing to replace.
    end = await flow.async_step_replace()
    assert (end["type"], end["data"]) == ("create_entry", {})
    sentences = with_sentences(hass, Outcome())
    end = await flow.async_step_replace()
    assert (end["type"], end["data"]) == ("create_entry", {})
    assert sentences.asked == [{"replace_edited": True}]
    raise_issue(hass, "voice_sentences_edited")
    end = await flow.async_step_leave()
    assert (end["type"], end["reason"]) == ("abort", "issue_ignored")
    issue = ir.async_get(hass).async_get_issue(DOMAIN, "voice_sentences_edited")
    assert issue
    assert issue.dismissed_version is not None


async def test_sentences_that_could_not_be_written(hass: HomeAssistant) -> None:
    flow = begun(hass, UnwrittenSentencesRepairFlow(), "x", details="full")

    def shown(form: Any) -> tuple[Any, ...]:
        assert form["data_schema"]({}) == {}
        return form["step_id"], form["errors"], form["description_placeholders"]

    assert shown(await flow.async_step_init()) == ("confirm", {}, {"details": "full"})
    sentences = with_sentences(hass, Outcome(failure="still full"), Outcome())
    assert shown(await flow.async_step_confirm({})) == (
        "confirm",
        {"base": "still_not_written"},
        {"details": "still full"},
    )
    end = await flow.async_step_confirm({})
    assert (end["type"], end["data"]) == ("create_entry", {})
    assert sentences.asked == [{}, {}]
    del hass.data[VOICE]
    end = await flow.async_step_confirm({})
    assert (end["type"], end["data"]) == ("create_entry", {})
