"""Each template of each language is spoken once, and understood."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hassil.intents import Intents
from hassil.recognize import RecognizeResult, recognize_all
import pytest

from custom_components.cisco_unified_presence.voice.language import IntentType, Language, Phrase
from custom_components.cisco_unified_presence.voice.languages import LANGUAGES
from custom_components.cisco_unified_presence.voice.names import NameIndex
from custom_components.cisco_unified_presence.voice.sentences import END, sentences_of

from .sentences import UNDERSTOOD

PEOPLE = NameIndex.of_people({"anna": ["Anna"]})
GROUPS = NameIndex.of_groups({"hotline": ["Hotline"]})


def intents_of(language: Language) -> Intents:
    return Intents.from_dict(sentences_of(language, language.folders[0], PEOPLE, GROUPS))


def understood(result: RecognizeResult) -> dict[str, Any]:
    slots = {name: entity.value for name, entity in result.entities.items()}
    return {"intent": result.intent.name, **slots}


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_is_understood(code: str) -> None:
    intents = intents_of(LANGUAGES[code])
    found = {
        said: [understood(each) for each in recognize_all(said, intents, language=code)]
        for said in UNDERSTOOD[code]
    }
    assert found == {said: [meant] * len(found[said]) for said, meant in UNDERSTOOD[code].items()}
    assert all(found.values())


def with_ends_in_one_template(language: Language) -> Language:
    phrases = language.sentences[IntentType.SET]
    first = next(
        Phrase((text,), each.slots) for each in phrases for text in each.templates if END in text
    )
    return replace(language, sentences={**dict.fromkeys(IntentType, ()), IntentType.SET: (first,)})


def without_special_ends(language: Language) -> Language:
    return replace(language, ends=tuple(each for each in language.ends if not each.slots))


@pytest.mark.parametrize("part", [with_ends_in_one_template, without_special_ends])
@pytest.mark.parametrize("code", LANGUAGES)
def test_no_template_is_left_out(code: str, part: Callable[[Language], Language]) -> None:
    intents = intents_of(part(LANGUAGES[code]))
    used = {
        each.intent_sentence.text
        for said in UNDERSTOOD[code]
        for each in recognize_all(said, intents, language=code)
        if each.intent_sentence
    }
    templates = {
        sentence.text
        for intent in intents.intents.values()
        for data in intent.data
        for sentence in data.sentences
    }
    assert templates - used == set()
