"""Which flow fixes which issue, and what a renamed entity is in a rule."""

from typing import Any

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.config_entries import UnknownEntry
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import Issue, PersonIssue, VoiceIssue
from custom_components.cisco_unified_presence.repair import (
    CallbackRepairFlow,
    CertificateRepairFlow,
    ContactListRepairFlow,
    EditedSentencesRepairFlow,
    EntryRepairFlow,
    LeftContactListRepairFlow,
    NothingFreeRepairFlow,
    OverruledRuleRepairFlow,
    RenamedEntityRepairFlow,
    TakenOverRepairFlow,
    UnknownPeopleRepairFlow,
    UnwrittenSentencesRepairFlow,
)
from custom_components.cisco_unified_presence.repair.rules import with_entity_renamed
from custom_components.cisco_unified_presence.repairs import async_create_fix_flow

OF_ENTRIES = [
    (Issue.CALLBACK_NO_URL, CallbackRepairFlow),
    (Issue.CALLBACK_NEEDS_HTTP, CallbackRepairFlow),
    (Issue.CALLBACK_PORT_CLOSED, CallbackRepairFlow),
    (Issue.CALLBACK_UNREACHABLE, CallbackRepairFlow),
    (Issue.ENDPOINT_REFUSED, CallbackRepairFlow),
    (Issue.CERTIFICATE_CHANGED, CertificateRepairFlow),
    (Issue.NODE_NOT_TRUSTED, CertificateRepairFlow),
    (Issue.NO_FREE_ENDPOINT, NothingFreeRepairFlow),
    (Issue.NO_FREE_SUBSCRIPTION, NothingFreeRepairFlow),
    (Issue.CONTACT_LIST_UNAVAILABLE, ContactListRepairFlow),
    (Issue.PEOPLE_LEFT_CONTACT_LIST, LeftContactListRepairFlow),
    (Issue.PEOPLE_UNKNOWN, UnknownPeopleRepairFlow),
    (Issue.SESSION_TAKEN_OVER, TakenOverRepairFlow),
]


@pytest.mark.parametrize(("issue", "kind"), OF_ENTRIES)
async def test_an_issue_of_an_entry_has_its_flow(
    hass: HomeAssistant, issue: Issue, kind: type[EntryRepairFlow]
) -> None:
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    data = {"entry_id": entry.entry_id}
    flow = await async_create_fix_flow(hass, f"{issue}_{entry.entry_id}", data)
    assert type(flow) is kind
    assert (flow._entry, flow._issue) == (entry, issue)


@pytest.mark.parametrize(
    ("issue_id", "more", "kind"),
    [
        (f"{PersonIssue.STOOD_BACK}_anna@example.com", {}, OverruledRuleRepairFlow),
        ("rule_entity_renamed_x", {"subentry_id": "x"}, RenamedEntityRepairFlow),
        (VoiceIssue.EDITED, None, EditedSentencesRepairFlow),
        (VoiceIssue.NOT_WRITTEN, None, UnwrittenSentencesRepairFlow),
        ("anything", None, ConfirmRepairFlow),
    ],
)
async def test_other_issues_have_theirs(
    hass: HomeAssistant, issue_id: str, more: dict[str, Any] | None, kind: type[RepairsFlow]
) -> None:
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    data = None if more is None else {"entry_id": entry.entry_id, **more}
    assert type(await async_create_fix_flow(hass, issue_id, data)) is kind


async def test_an_issue_of_an_entry_that_is_gone_has_no_flow(hass: HomeAssistant) -> None:
    with pytest.raises(UnknownEntry):
        await async_create_fix_flow(hass, "people_unknown_gone", {"entry_id": "gone"})


@pytest.mark.parametrize(
    ("value", "renamed"),
    [
        ("light.desk", "light.lamp"),
        ("{{ states('light.desk') }}", "{{ states('light.lamp') }}"),
        ("light.desk light.desk", "light.lamp light.lamp"),
        ("light.desk_2", "light.desk_2"),
        ("a_light.desk", "a_light.desk"),
        ("states.light.desk", "states.light.desk"),
        ("light.desk.state", "light.desk.state"),
        ("lightXdesk", "lightXdesk"),
        (["light.desk", 1], ["light.lamp", 1]),
        ({"light.desk": {"x": "light.desk"}}, {"light.lamp": {"x": "light.lamp"}}),
        (None, None),
        (True, True),
    ],
)
def test_where_an_entity_is_named(value: Any, renamed: Any) -> None:
    assert with_entity_renamed(value, "light.desk", "light.lamp") == renamed
