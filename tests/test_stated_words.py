"""Values of enumerations: states, stored words, translation keys and words of the protocol.

An installation's files, automations and translations name them, so none changes by accident.
"""

from enum import StrEnum
from importlib import import_module

import pytest

from custom_components.cisco_unified_presence.const import ManualDuration
from custom_components.cisco_unified_presence.issues import VoiceIssue
from custom_components.cisco_unified_presence.pws.rich import Activity
from custom_components.cisco_unified_presence.pws.wsdl import SoapVersion
from custom_components.cisco_unified_presence.voice.language import IntentType

# All others have the name of the member, in lower case.
SPELLED_OTHERWISE: dict[StrEnum, str] = {
    ManualDuration.QUARTER_HOUR: "15_minutes",
    ManualDuration.HALF_HOUR: "30_minutes",
    ManualDuration.HOUR: "1_hour",
    ManualDuration.TWO_HOURS: "2_hours",
    ManualDuration.FOUR_HOURS: "4_hours",
    VoiceIssue.EDITED: "voice_sentences_edited",
    VoiceIssue.NOT_WRITTEN: "voice_sentences_not_written",
    Activity.ON_THE_PHONE: "on-the-phone",
    SoapVersion.V1_1: "1.1",
    SoapVersion.V1_2: "1.2",
    IntentType.GET: "CupGetPresence",
    IntentType.FIND: "CupFindPeople",
    IntentType.EXPLAIN: "CupExplainPresence",
    IntentType.SET: "CupSetPresence",
    IntentType.CLEAR: "CupClearPresence",
}


def words_of(module: str, name: str) -> type[StrEnum]:
    found = getattr(import_module(f"custom_components.cisco_unified_presence.{module}"), name)
    assert isinstance(found, type)
    assert issubclass(found, StrEnum)
    return found


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("arbitration", "Source"),
        ("const", "CallbackMode"),
        ("const", "Channel"),
        ("const", "ManualDuration"),
        ("const", "ManualEndMode"),
        ("const", "SecurityMode"),
        ("control.history", "Cause"),
        ("control.losses", "LossIssue"),
        ("control.next_step", "Finding"),
        ("explanation.situation", "Besides"),
        ("explanation.situation", "Kind"),
        ("explanation.situation", "Phase"),
        ("issues", "Issue"),
        ("issues", "PersonIssue"),
        ("issues", "VoiceIssue"),
        ("pws.errors", "ConnectFailure"),
        ("pws.errors", "RedirectRefusal"),
        ("pws.negotiation", "DialectMode"),
        ("pws.rich", "Activity"),
        ("pws.wsdl", "SoapVersion"),
        ("rules.condition_facts", "FactKind"),
        ("rules.issues", "RuleIssue"),
        ("rules.preview", "PreviewOutcome"),
        ("rules.status", "RuleActivity"),
        ("rules.truth", "TruthValue"),
        ("voice.language", "IntentType"),
    ],
)
def test_words(module: str, name: str) -> None:
    for member in words_of(module, name):
        assert member.value == SPELLED_OTHERWISE.get(member, member.name.lower())


def test_words_of_the_protocol() -> None:
    for member in words_of("pws.presence", "Presence"):
        assert member.value == member.name
