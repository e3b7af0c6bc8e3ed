"""Repair issues: raised per entry, taken away again, and each with its text."""

from datetime import UTC, datetime
import json
import re

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control.losses import LossIssue
from custom_components.cisco_unified_presence.issues import (
    ISSUES_OF_A_RUN,
    LASTING,
    Issue,
    PersonIssue,
    VoiceIssue,
    async_clear_issues,
    async_clear_issues_of_person,
    async_ignore_issue,
    async_is_raised,
    async_raise_issue,
    async_raise_issue_of_person,
    async_raise_loss,
    first_names,
    without_secret,
)
from custom_components.cisco_unified_presence.people import Person
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


# What each issue is

ANNA = Person(subentry_id="a", name="Anna", user="anna", contact="Anna@x", controlled=True)
# Those without a flow that mends them.
NOT_FIXABLE = {
    "account_shared",
    "entity_limit",
    "people_never_seen",
    "people_unreadable",
    "rich_presence_not_understood",
}


async def test_all_issues_of_an_entry_are_warnings_and_most_can_be_mended(
    hass: HomeAssistant, entries: tuple[MockConfigEntry, MockConfigEntry]
) -> None:
    entry = entries[0]
    for issue in Issue:
        async_raise_issue(hass, entry, issue, url=f"http://ha/{SECRET}/1")
    shown = {"title": "First", "url": "http://ha/…/1"}
    for raised_issue in ir.async_get(hass).issues.values():
        can_be_mended = raised_issue.translation_key not in NOT_FIXABLE
        assert raised_issue.is_fixable is can_be_mended, raised_issue.translation_key
        assert raised_issue.data == (
            {"entry_id": entry.entry_id, **shown} if can_be_mended else None
        )
        assert raised_issue.translation_placeholders == shown
        assert raised_issue.severity is ir.IssueSeverity.WARNING
        assert not raised_issue.is_persistent
    assert raised(hass) == {f"{issue.value}_{entry.entry_id}" for issue in Issue}


def test_which_issues_outlive_what() -> None:
    assert {
        "certificate_changed",
        "people_left_contact_list",
        "people_never_seen",
        "people_unknown",
    } == LASTING
    assert set(ISSUES_OF_A_RUN) == {
        "account_shared",
        "contact_list_unavailable",
        "entity_limit",
        "node_not_trusted",
        "people_unreadable",
        "rich_presence_not_understood",
        "session_taken_over",
    }


async def test_an_issue_is_ignored_only_where_it_is_raised(
    hass: HomeAssistant, entries: tuple[MockConfigEntry, MockConfigEntry]
) -> None:
    entry, issue = entries[0], Issue.PEOPLE_UNKNOWN
    async_ignore_issue(hass, entry, issue, ignore=True)
    assert not async_is_raised(hass, entry, issue)
    assert raised(hass) == set()
    async_raise_issue(hass, entry, issue)
    assert async_is_raised(hass, entry, issue)
    assert not async_is_raised(hass, entries[1], issue)
    assert not async_is_raised(hass, entry, Issue.PEOPLE_UNREADABLE)
    for ignore in (True, False):
        async_ignore_issue(hass, entry, issue, ignore=ignore)
        (found,) = ir.async_get(hass).issues.values()
        assert (found.dismissed_version is not None) is ignore


async def test_an_issue_of_a_person(
    hass: HomeAssistant, entries: tuple[MockConfigEntry, MockConfigEntry]
) -> None:
    entry = entries[0]
    async_raise_issue_of_person(hass, entry, ANNA, PersonIssue.PRESENCE_NOT_SET, reason="No")
    async_raise_issue_of_person(
        hass, entry, ANNA, PersonIssue.STOOD_BACK, fix={"until": 5}, rule="Desk"
    )
    not_set, stood_back = ir.async_get(hass).issues.values()
    assert not_set.issue_id == f"presence_not_set_{entry.entry_id}_anna@x"
    assert not_set.translation_key == "presence_not_set"
    assert not_set.translation_placeholders == {"title": "First", "name": "Anna", "reason": "No"}
    assert not_set.data is None
    assert not not_set.is_fixable
    assert stood_back.issue_id == f"stood_back_{entry.entry_id}_anna@x"
    assert stood_back.translation_placeholders == {"title": "First", "name": "Anna", "rule": "Desk"}
    assert stood_back.is_fixable
    assert stood_back.data == {
        "entry_id": entry.entry_id,
        "person": "anna@x",
        "title": "First",
        "name": "Anna",
        "rule": "Desk",
        "until": 5,
    }
    async_clear_issues_of_person(hass, entry, ANNA, PersonIssue.STOOD_BACK)
    assert raised(hass) == {not_set.issue_id}
    async_clear_issues_of_person(hass, entry, ANNA)
    assert raised(hass) == set()


async def test_each_loss_has_an_issue_that_stays(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(datetime(2026, 11, 23, 9, tzinfo=UTC))
    async_raise_loss(hass, "control_records_lost", of="e", names="Anna")
    async_raise_loss(hass, "control_records_lost")
    freezer.tick(1)
    async_raise_loss(hass, "control_records_lost")
    assert raised(hass) == {
        "control_records_lost_e_2026-11-23T09:00:00+00:00",
        "control_records_lost_2026-11-23T09:00:00+00:00",
        "control_records_lost_2026-11-23T09:00:01+00:00",
    }
    lost = next(iter(ir.async_get(hass).issues.values()))
    assert lost.translation_key == "control_records_lost"
    assert lost.translation_placeholders == {"names": "Anna"}
    assert lost.severity is ir.IssueSeverity.WARNING
    assert lost.is_fixable
    assert lost.is_persistent


def test_the_first_names_of_many() -> None:
    names = [str(number) for number in range(12)]
    assert first_names([]) == ""
    assert first_names(names[:10]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
    assert first_names(names) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, … (+2)"


def test_an_address_is_shown_without_its_secret(
    entries: tuple[MockConfigEntry, MockConfigEntry],
) -> None:
    shown = without_secret(entries[0], f"http://ha:8123/{SECRET}/x/{SECRET}")
    assert shown == "http://ha:8123/…/x/…"
