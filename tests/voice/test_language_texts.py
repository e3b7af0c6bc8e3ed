"""The answers of the languages: all have them, with the same parts."""

from dataclasses import fields

from homeassistant.helpers import intent
import pytest
from syrupy.assertion import SnapshotAssertion

from custom_components.cisco_unified_presence.states import PRESENCES
from custom_components.cisco_unified_presence.voice.language import IntentType, Speech
from custom_components.cisco_unified_presence.voice.languages import LANGUAGES, code_of
from tests.common.texts import placeholders_in

TEXTS = [each.name for each in fields(Speech) if each.type is str or each.type == "str"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_have_the_same_parts_in_every_language(language: str) -> None:
    speech, english = LANGUAGES[language].speech, LANGUAGES["en"].speech
    for name in TEXTS:
        assert placeholders_in(getattr(speech, name)) == placeholders_in(getattr(english, name))
    assert speech.presences.keys() == PRESENCES.keys()
    assert LANGUAGES[language].presences.keys() == PRESENCES.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_intent_can_be_spoken(language: str) -> None:
    assert LANGUAGES[language].sentences.keys() == set(IntentType)


def test_names_of_intents_are_not_home_assistants() -> None:
    built_in = {value for name, value in vars(intent).items() if name.startswith("INTENT_")}
    assert built_in.isdisjoint(IntentType)


@pytest.mark.parametrize(
    ("code", "spoken"), [("de-AT", "de"), ("pt", "en"), ("en-GB", "en"), ("es_419", "es")]
)
def test_the_language_of_a_code(code: str, spoken: str) -> None:
    assert code_of(code) == spoken


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_answered(language: str, snapshot: SnapshotAssertion) -> None:
    """Few of these sentences are said in other tests in every language."""
    spoken = LANGUAGES[language]
    speech = spoken.speech
    filled = {
        "name": "Anna",
        "names": "Anna, Ben",
        "group": "Hotline",
        "count": 3,
        "word": speech.presences["busy"],
        "until": speech.until.format(time="16:00"),
        "time": "16:00",
        "date": "2026-12-24",
    }
    answers = {each: getattr(speech, each).format(**filled) for each in TEXTS}
    assert answers == snapshot(name="answers")
    assert {"is": speech.presences, "are": speech.plurals} == snapshot(name="presences")
    assert [spoken.folders, spoken.honorifics] == snapshot(name="language")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_can_be_said(language: str, snapshot: SnapshotAssertion) -> None:
    """Not all of these sentences are said in other tests in every language."""
    spoken = LANGUAGES[language]
    assert {**spoken.presences, **spoken.half_days} == snapshot(name="words")
    assert [(each.templates, dict(each.slots)) for each in spoken.ends] == snapshot(name="ends")
    sentences = {
        intent.value: [(each.templates, dict(each.slots)) for each in phrases]
        for intent, phrases in spoken.sentences.items()
    }
    assert sentences == snapshot(name="sentences")
