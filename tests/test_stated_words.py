"""Values of enumerations: states, stored words, translation keys and words of the protocol.

An installation's files, automations and translations name them, so none changes by accident.
"""

from enum import StrEnum
from importlib import import_module

import pytest

from custom_components.cisco_unified_presence import const
from custom_components.cisco_unified_presence.const import ManualDuration
from custom_components.cisco_unified_presence.issues import VoiceIssue
from custom_components.cisco_unified_presence.pws import pidf_reader, schema_values
from custom_components.cisco_unified_presence.pws.rich import Activity
from custom_components.cisco_unified_presence.pws.wsdl import SoapVersion
from custom_components.cisco_unified_presence.voice import names
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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CONF_APPLICATION_USER", "application_user"),
        ("CONF_BOARD", "board"),
        ("CONF_CALLBACK", "callback"),
        ("CONF_CALLBACK_PORT", "callback_port"),
        ("CONF_CALLBACK_URL", "callback_url"),
        ("CONF_CONTACT", "contact"),
        ("CONF_CONTACT_LIST", "contact_list"),
        ("CONF_CONTACT_LIST_GROUP", "contact_list_group"),
        ("CONF_CONTACT_LIST_LABELS", "contact_list_labels"),
        ("CONF_CONTACT_LIST_REMOVES", "contact_list_removes"),
        ("CONF_CONTACT_SERVICE_FINGERPRINTS", "contact_service_fingerprints"),
        ("CONF_CONTROLLED", "controlled"),
        ("CONF_DIALECT", "dialect"),
        ("CONF_FINGERPRINT", "fingerprint"),
        ("CONF_FINGERPRINTS", "fingerprints"),
        ("CONF_FROM_LIST", "from_contact_list"),
        ("CONF_FULL_REFRESH_INTERVAL", "look_interval"),
        ("CONF_LINK_CALENDAR", "link_calendar"),
        ("CONF_LINK_DESK", "link_desk"),
        ("CONF_LINK_PERSON", "link_person"),
        ("CONF_LINK_PLACE", "link_place"),
        ("CONF_MANUAL_END", "manual_end"),
        ("CONF_MANUAL_HOURS", "manual_hours"),
        ("CONF_POLL_INTERVAL", "poll_interval"),
        ("CONF_PRESENCE_DOMAIN", "presence_domain"),
        ("CONF_RICH_PRESENCE", "rich_presence"),
        ("CONF_SECURITY", "security"),
        ("CONF_TOLD_NAME", "told_name"),
        ("CONF_USER", "user"),
        ("CONF_VOICE", "voice_sentences"),
        ("CONF_WATCHER", "watcher"),
        ("SUBENTRY_GROUP", "group"),
        ("SUBENTRY_PERSON", "person"),
        ("SUBENTRY_RULE", "rule"),
    ],
)
def test_keys_of_entries(name: str, value: str) -> None:
    assert getattr(const, name) == value


@pytest.mark.parametrize(
    ("module", "name", "words"),
    [
        (
            "pws.failures",
            "_NOT_TLS",
            "HTTP_REQUEST PACKET_LENGTH_TOO_LONG RECORD_LAYER_FAILURE WRONG_VERSION_NUMBER",
        ),
        (
            "pws.pidf_reader",
            "_SAY_NOTHING",
            "imstatus note other phonestatus unknown userinput",
        ),
        (
            "pws.schema_values",
            "_TEXTS",
            "anySimpleType anyType anyURI base64Binary hexBinary normalizedString string token",
        ),
        (
            "pws.schema_values",
            "_NUMBERS",
            (
                "byte decimal double float int integer long nonNegativeInteger "
                "nonPositiveInteger short unsignedByte unsignedInt unsignedLong "
                "unsignedShort"
            ),
        ),
        (
            "pws.schema_values",
            "_OTHERS",
            (
                "ENTITIES ENTITY ID IDREF IDREFS NCName NMTOKEN NMTOKENS NOTATION Name "
                "QName date dateTime duration gDay gMonth gMonthDay gYear gYearMonth "
                "language time"
            ),
        ),
        (
            "voice.intents",
            "SENTENCE_SLOTS",
            "chosen half_day is_there may_disturb same until_when",
        ),
        (
            "voice.names",
            "_TITLES",
            (
                "dipl dott dottssa dr drs frau herr herrn ing ir lic mag miss mlle mme "
                "mr mrs ms mx prof sig sigra sir sr sra"
            ),
        ),
        (
            "control.session_watch",
            "NOT_CONNECTED",
            "AnswerLost CannotConnect CertificateChanged UntrustedCertificate",
        ),
    ],
)
def test_sets_of_words(module: str, name: str, words: str) -> None:
    found = import_module(f"custom_components.cisco_unified_presence.{module}")
    assert getattr(found, name) == set(words.split())


@pytest.mark.parametrize(
    ("activity", "words"),
    [
        (Activity.DND, "dnd donotdisturb"),
        (Activity.VACATION, "vacation holiday"),
        (
            Activity.BUSY,
            "busy appointment presentation performance working intransit steering worship",
        ),
        (
            Activity.AWAY,
            "away breakfast dinner lunch meal shopping travel spectator tv lookingforwork",
        ),
        (
            Activity.UNAVAILABLE,
            "unavailable permanentabsence sleeping",
        ),
    ],
)
def test_words_of_activities_read_as(activity: Activity, words: str) -> None:
    assert {word for word, each in pidf_reader._READ_AS.items() if each is activity} == set(
        words.split()
    )


def test_simple_types_that_are_built_in() -> None:
    others = {"boolean": "false", "positiveInteger": "1", "negativeInteger": "-1"}
    texts, numbers = schema_values._TEXTS, schema_values._NUMBERS
    assert {
        **dict.fromkeys(texts, ""),
        **dict.fromkeys(numbers, "0"),
        **others,
    } == schema_values._BUILT_IN


@pytest.mark.parametrize(
    ("name", "letters", "plain"),
    [
        ("_UMLAUTS", "ä ö ü Ä Ö Ü ø Ø å Å", "ae oe ue Ae Oe Ue oe Oe aa Aa"),
        ("_PLAIN", "ß æ Æ œ Œ ø Ø ł Ł đ Đ ð Ð þ Þ", "ss ae Ae oe Oe o O l L d D d D th Th"),
    ],
)
def test_letters_without_marks(name: str, letters: str, plain: str) -> None:
    assert letters.translate(getattr(names, name)) == plain


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        ("binary_sensor", "ALL_BUSY", "all_busy"),
        ("binary_sensor", "ANYONE_AVAILABLE", "anyone_available"),
        ("binary_sensor", "RULE_HOLDS", "rule_holds"),
        ("binary_sensor", "ATTR_RESTS_FOR", "rests_for"),
        ("control.announcements", "EVENT_WINNER_CHANGED", "cisco_unified_presence_winner_changed"),
        ("control.undo", "STORAGE_KEY", "cisco_unified_presence.undo"),
        ("entities.base", "MANUFACTURER", "Cisco"),
        ("entities.rule_statistics", "ATTR_PEOPLE", "people"),
        ("entities.rule_statistics", "RULE_WINS", "rule_wins"),
        ("entities.rule_statistics", "RULE_TIME_WON", "rule_time_won"),
        ("entities.rule_status", "RULE_STATUS", "rule_status"),
        ("entities.rules", "STATUS", "_status"),
        ("entities.rules", "WINS", "_wins"),
        ("entities.rules", "TIME_WON", "_time_won"),
        ("explanation.situation", "IN_A_MEETING", "in_a_meeting"),
        ("explanation.situation", "ON_THE_PHONE", "on_the_phone"),
        ("flows.options", "CONF_CHOOSE_CONTROLLED", "choose_controlled"),
        ("flows.people_form", "CONF_SHOW_CERTIFICATE", "show_certificate"),
        ("flows.rules", "NEW_RULE", "~new"),
        ("rules.linked_conditions", "LINKED_ENTITY", "cisco_unified_presence.linked_entity"),
        ("rules.linked_conditions", "CALENDAR_EVENT", "cisco_unified_presence.calendar_event"),
        ("select", "AUTOMATIC", "automatic"),
        ("select", "PRESENCE", "presence"),
        ("select", "PRESENCE_DURATION", "presence_duration"),
        ("sensor", "ATTR_MEMBERS", "members"),
        ("sensor", "ATTR_NOTE", "note"),
        ("sensor", "ATTR_DEVICES", "devices"),
        ("sensor", "ATTR_FOLLOWS_RULES", "follows_rules"),
        ("sensor", "ATTR_PAUSED_UNTIL", "paused_until"),
        ("sensor", "ATTR_OWN", "own"),
        ("sensor", "ATTR_OWN_ACTIVITIES", "own_activities"),
        ("sensor", "ATTR_REASON", "reason"),
        ("sensor", "ATTR_RULE", "rule"),
        ("sensor", "ATTR_RULES_PAUSED", "rules_paused"),
        ("sensor", "ATTR_SET_ASIDE", "set_aside"),
        ("sensor", "ATTR_SET_BY", "set_by"),
        ("sensor", "ATTR_SINCE", "since"),
        ("sensor", "ATTR_UNTIL", "until"),
        ("sensor", "ATTR_UNTIL_EXPECTED", "until_expected"),
        ("sensor", "ATTR_WAITING_UNTIL", "waiting_until"),
        ("sensor", "ATTR_WANTED", "wanted"),
        ("sensor", "PRESENCE", "presence"),
        ("sensor", "STATUS_MESSAGE", "status_message"),
        ("sensor", "PRESENCE_SOURCE", "presence_source"),
        ("sensor", "REASON", "reason"),
        ("sensor", "GROUP_AVAILABLE", "group_available"),
        ("sensor", "GROUP_AVAILABLE_PEOPLE", "group_available_people"),
        ("sensor", "UPDATE_CHANNEL", "update_channel"),
        ("sensor", "LAST_NOTIFICATION", "last_notification"),
        ("sensor", "OPTION_MEMBERS", "members"),
        ("switch", "DO_NOT_DISTURB", "do_not_disturb"),
        ("switch", "FOLLOW_RULES", "follow_rules"),
        ("switch", "RULE", "rule"),
        ("text", "STATUS_MESSAGE", "status_message"),
        ("voice.sentences", "PREFIX", "cup_"),
    ],
)
def test_words_of_entities_forms_and_files(module: str, name: str, value: str) -> None:
    found = import_module(f"custom_components.cisco_unified_presence.{module}")
    assert getattr(found, name) == value


def test_names_of_links() -> None:
    assert const.LINKS == {
        "person": "link_person",
        "calendar": "link_calendar",
        "desk": "link_desk",
        "place": "link_place",
    }
