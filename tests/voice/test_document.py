"""The file of custom sentences of a language, as a whole."""

from typing import Any

import pytest

from custom_components.cisco_unified_presence.voice.language import IntentType, Language, phrase
from custom_components.cisco_unified_presence.voice.languages import LANGUAGES
from custom_components.cisco_unified_presence.voice.names import NameIndex
from custom_components.cisco_unified_presence.voice.sentences import sentences_of

LANGUAGE = Language(
    folders=("xx",),
    honorifics="dr",
    presences={"busy": "(busy|occupied)"},
    ends=(phrase("for {hours} hour[s]", "to {hour}"), phrase("for an hour", hours=1)),
    sentences={
        **dict.fromkeys(IntentType, ()),
        IntentType.GET: (phrase("is {person}  {presence}"), phrase("why", same=True)),
        IntentType.FIND: (
            phrase("who in {group} is {presence}", "who is {presence}"),
            phrase("who in {group}"),
        ),
        IntentType.SET: (phrase("set {person} to {presence} <end>", "be {presence}", same=True),),
    },
    speech=LANGUAGES["en"].speech,
)
PEOPLE = NameIndex.of_people({"two": ["Anna"], "one": ["Anna"]})
IN_GROUPS = "who in {cup_group:group} is {cup_presence:presence}"
FIND: dict[bool, list[dict[str, Any]]] = {
    False: [{"sentences": ["who is {cup_presence:presence}"]}],
    True: [
        {"sentences": [IN_GROUPS, "who is {cup_presence:presence}"]},
        {"sentences": ["who in {cup_group:group}"]},
    ],
}


@pytest.mark.parametrize("with_groups", [False, True])
def test_the_document_of_a_language(*, with_groups: bool) -> None:
    groups = NameIndex.of_groups({"team": ["Team"]} if with_groups else {})
    of_groups = {"cup_group": {"values": [{"in": "Team", "out": "team"}]}}
    set_to = "set <cup_person> to {cup_presence:presence}"
    assert sentences_of(LANGUAGE, "xx-YY", PEOPLE, groups) == {
        "language": "xx-YY",
        "lists": {
            "cup_person": {"values": [{"in": "Anna", "out": "one|two"}]},
            **(of_groups if with_groups else {}),
            "cup_presence": {"values": [{"in": "(busy|occupied)", "out": "busy"}]},
            "cup_hours": {"range": {"from": 1, "to": 24}},
            "cup_minutes": {"range": {"from": 1, "to": 600}},
            "cup_hour": {"range": {"from": 0, "to": 24}},
            "cup_minute": {"range": {"from": 0, "to": 59}},
        },
        "expansion_rules": {
            "cup_end": "(for {cup_hours:hours} hour[s]|to {cup_hour:until_hour})",
            "cup_person": "[(dr) ]{cup_person:name}",
        },
        "intents": {
            "CupGetPresence": {
                "data": [
                    {"sentences": ["is <cup_person> {cup_presence:presence}"]},
                    {"sentences": ["why"], "slots": {"same": True}},
                ]
            },
            "CupFindPeople": {"data": FIND[with_groups]},
            "CupExplainPresence": {"data": []},
            "CupSetPresence": {
                "data": [
                    {
                        "sentences": [set_to, "be {cup_presence:presence}"],
                        "slots": {"same": True},
                    },
                    {"sentences": [f"{set_to} <cup_end>"], "slots": {"same": True}},
                    {
                        "sentences": [f"{set_to} (for an hour)"],
                        "slots": {"same": True, "hours": 1},
                    },
                ]
            },
            "CupClearPresence": {"data": []},
        },
    }
