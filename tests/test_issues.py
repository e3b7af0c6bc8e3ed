"""Repair issues: raised per entry, taken away again, and each with its text."""

import json
import re

from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control.losses import LossIssue
from custom_components.cisco_unified_presence.issues import (
    Issue,
    PersonIssue,
    VoiceIssue,
    async_clear_issues,
    async_raise_issue,
)
from custom_components.cisco_unified_presence.repair import CALLBACK_ISSUES, CERTIFICATE_ISSUES

from .common.entry import SECRET
from .common.texts import TEXTS, placeholders_in

ISSUES = TEXTS["issues"]

# What each issue is raised with, beside the title of its entry.
PLACEHOLDERS = {
    Issue.ACCOUNT_SHARED: {"user"},
    Issue.CALLBACK_UNREACHABLE: {"url"},
    Issue.CALLBACK_NO_URL: set[str](),
    Issue.CALLBACK_NEEDS_HTTP: {"url"},
    Issue.CALLBACK_PORT_CLOSED: {"port", "reason"},
    Issue.CERTIFICATE_CHANGED: {"address", "expected", "found"},
    Issue.CONTACT_LIST_UNAVAILABLE: {"detail"},
    Issue.ENDPOINT_REFUSED: {"url"},
    Issue.ENTITY_LIMIT: {"count", "names"},
    Issue.NO_FREE_ENDPOINT: {"url"},
    Issue.NO_FREE_SUBSCRIPTION: {"url"},
    Issue.NODE_NOT_TRUSTED: {"address"},
    Issue.PEOPLE_LEFT_CONTACT_LIST: {"people"},
    Issue.PEOPLE_NEVER_SEEN: {"people"},
    Issue.PEOPLE_UNKNOWN: {"people"},
    Issue.PEOPLE_UNREADABLE: {"people", "detail", "sample"},
    Issue.SESSION_TAKEN_OVER: {"user"},
    Issue.RICH_PRESENCE_NOT_UNDERSTOOD: {"detail", "sample"},
    PersonIssue.PRESENCE_NOT_SET: {"name", "reason"},
    PersonIssue.STOOD_BACK: {"name", "rule", "shown", "wanted"},
}

CERTIFICATE = {
    *("detail", "issuer", "not_after", "not_before", "sha256", "subject", "trusted"),
    *("ecdsa", "rsa"),
}

# What a flow names beside that.
ADDED_BY_FLOW: dict[Issue | PersonIssue, set[str]] = {
    **{issue: {"tried"} for issue in CALLBACK_ISSUES},
    **dict.fromkeys(CERTIFICATE_ISSUES, CERTIFICATE),
    Issue.CONTACT_LIST_UNAVAILABLE: CERTIFICATE | {"address"},
    PersonIssue.STOOD_BACK: {"detail"},
}


@pytest.fixture
def entries(hass: HomeAssistant) -> tuple[MockConfigEntry, MockConfigEntry]:
    data = {CONF_WEBHOOK_ID: SECRET}
    return MockConfigEntry(domain=DOMAIN, title="First", data=data), MockConfigEntry(
        domain=DOMAIN, title="Second", data=data
    )


def raised(hass: HomeAssistant) -> set[str]:
    return {issue_id for _, issue_id in ir.async_get(hass).issues}


def test_every_issue_has_a_text_and_no_text_is_left_over() -> None:
    assert {key for key in ISSUES if not key.startswith("rule")} == {
        *Issue,
        *PersonIssue,
        *LossIssue,
        *VoiceIssue,
    }
    assert set(PLACEHOLDERS) == {*Issue, *PersonIssue}


@pytest.mark.parametrize("issue", [*Issue, *PersonIssue])
def test_text_names_only_what_the_issue_is_raised_with(issue: Issue | PersonIssue) -> None:
    named = set(re.findall(r"{(\w+)}", json.dumps(ISSUES[issue])))
    assert named <= PLACEHOLDERS[issue] | ADDED_BY_FLOW.get(issue, set()) | {"title"}
    assert placeholders_in(ISSUES[issue]["title"]) <= PLACEHOLDERS[issue] | {"title"}
    subject = "{title}" if issue in Issue else "{name}"
    assert subject in ISSUES[issue]["title"]


async def test_issue_belongs_to_its_entry(
    hass: HomeAssistant, entries: tuple[MockConfigEntry, MockConfigEntry]
) -> None:
    first, second = entries
    for entry in entries:
        async_raise_issue(hass, entry, Issue.CALLBACK_UNREACHABLE, url="http://a")
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"callback_unreachable_{first.entry_id}")
    assert issue is not None
    assert issue.translation_key == "callback_unreachable"
    assert issue.translation_placeholders == {"title": "First", "url": "http://a"}
    assert issue.severity is ir.IssueSeverity.WARNING
    assert issue.is_fixable
    assert issue.data == {"entry_id": first.entry_id, "title": "First", "url": "http://a"}

    async_clear_issues(hass, first, Issue.CALLBACK_UNREACHABLE)
    assert raised(hass) == {f"callback_unreachable_{second.entry_id}"}


async def test_named_issues_are_cleared_and_no_others(
    hass: HomeAssistant, entries: tuple[MockConfigEntry, MockConfigEntry]
) -> None:
    entry = entries[0]
    for issue in Issue:
        async_raise_issue(hass, entry, issue)
    async_clear_issues(hass, entry, Issue.CALLBACK_NO_URL, Issue.NO_FREE_ENDPOINT)
    assert len(raised(hass)) == len(Issue) - 2
    async_clear_issues(hass, entry)
    assert raised(hass) == set()
