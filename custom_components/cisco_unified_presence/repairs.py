"""The fix flow of each repair issue."""

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.core import HomeAssistant

from .issues import FixData, Issue, PersonIssue, VoiceIssue
from .repair import (
    CALLBACK_ISSUES,
    CERTIFICATE_ISSUES,
    NOTHING_FREE,
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
from .runtime import CupConfigEntry

FLOWS: dict[Issue, type[EntryRepairFlow]] = {
    **dict.fromkeys(CALLBACK_ISSUES, CallbackRepairFlow),
    **dict.fromkeys(CERTIFICATE_ISSUES, CertificateRepairFlow),
    **dict.fromkeys(NOTHING_FREE, NothingFreeRepairFlow),
    Issue.CONTACT_LIST_UNAVAILABLE: ContactListRepairFlow,
    Issue.PEOPLE_LEFT_CONTACT_LIST: LeftContactListRepairFlow,
    Issue.PEOPLE_UNKNOWN: UnknownPeopleRepairFlow,
    Issue.SESSION_TAKEN_OVER: TakenOverRepairFlow,
}

# Sentences are for the people of all entries.
VOICE_FLOWS: dict[str, type[RepairsFlow]] = {
    VoiceIssue.EDITED: EditedSentencesRepairFlow,
    VoiceIssue.NOT_WRITTEN: UnwrittenSentencesRepairFlow,
}


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: FixData | None
) -> RepairsFlow:
    """Return the fix flow of an issue; one without data is only confirmed.

    Raises:
        UnknownEntry: The entry was removed meanwhile.
    """
    if issue_id in VOICE_FLOWS:
        return VOICE_FLOWS[issue_id]()
    if data is None:
        return ConfirmRepairFlow()
    entry_id = str(data["entry_id"])
    entry: CupConfigEntry = hass.config_entries.async_get_known_entry(entry_id)
    if issue_id.startswith(PersonIssue.STOOD_BACK):
        return OverruledRuleRepairFlow(entry)
    if "subentry_id" in data:
        return RenamedEntityRepairFlow(entry)
    issue = Issue(issue_id.removesuffix(f"_{entry_id}"))
    return FLOWS[issue](entry, issue)
