"""Every language says all that English says, in its own words, and can be shown."""

from collections.abc import Mapping
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.const import ATTR_FRIENDLY_NAME
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.translation import async_get_translations
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.sensor import PRESENCE
from custom_components.cisco_unified_presence.states import STATES

from .common.message_format import NotWellFormedError, format_message
from .common.server import Cup
from .common.texts import ALL_TEXTS, FOLDER, TEXTS, placeholders_in, texts_in

ENGLISH = "en"
TRANSLATED = ("de", "es", "fr", "it", "nl")
LANGUAGES = (ENGLISH, *TRANSLATED)

# What is nothing but a placeholder, or a name that is no word of any language.
NO_WORDS = {"{contact}", "{failures}", "{problem}", "HTTPS", "REST", "SOAP", "{minutes} min"}
# Words that a language shares with English.
SHARED = {
    "de": {
        "Host",
        "Label",
        "Labels",
        "Name",
        "Offline",
        "Person",
        "Person in Home Assistant",
        "Port",
        "Server",
        "Status",
        "Template",
        "Zone",
        "{clause}: {facts}",
        "{names}: {presence} {until}.",
        "{names}: {presence}.",
    },
    "es": {
        "Host",
        "Manual",
        "No",
        "Variables",
        "{clause}: {facts}",
        "{names}: {presence} {until}.",
        "{names}: {presence}.",
    },
    "fr": {
        "15 minutes",
        "30 minutes",
        "Active",
        "Conditions",
        "Contact",
        "Contacts",
        "Description",
        "Exceptions",
        "Note",
        "Notifications",
        "Port",
        "Variables",
        "Zone",
    },
    "it": {
        "Area",
        "Host",
        "No",
        "Offline",
        "Password",
        "Server",
        "{clause}: {facts}",
        "{names}: {presence} {until}.",
        "{names}: {presence}.",
    },
    "nl": {
        "Contact",
        "Host",
        "Label",
        "Labels",
        "Offline",
        "Protocol",
        "Server",
        "Status",
        "Zone",
        "open",
        "{clause}: {facts}",
        "{names}: {presence} {until}.",
        "{names}: {presence}.",
        "{name} is in {expected}",
        "{name} is {expected}",
        "{name} is {state}",
        "{person} is offline",
    },
}
NAMES_OF_CERTIFICATES = {"cup", "cup-ECDSA", "tomcat", "tomcat-ECDSA"}
# What stands between the quotation marks of these languages.
_OPEN = "[„«\N{LEFT SINGLE QUOTATION MARK}]\N{NO-BREAK SPACE}?"
_CLOSED = "\N{NO-BREAK SPACE}?[“»\N{RIGHT SINGLE QUOTATION MARK}]"
QUOTED = re.compile(rf"{_OPEN}(.+?){_CLOSED}(?!\w)")


def path_of(language: str) -> Path:
    return FOLDER / "translations" / f"{language}.json"


def tree_of(language: str) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(path_of(language).read_text())
    return tree


TREES = {language: tree_of(language) for language in LANGUAGES}
ALL = {language: dict(texts_in(tree)) for language, tree in TREES.items()}


def words_for(text: str) -> dict[str, str]:
    """Return a word for every placeholder, one that is dangerous to pass on unquoted."""
    return {name: f"<{name}'s {{word}}>" for name in placeholders_in(text)}


def test_these_languages_are_there_and_no_others() -> None:
    assert {path.stem for path in path_of(ENGLISH).parent.iterdir()} == {*LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_is_tidy(language: str) -> None:
    written = json.dumps(TREES[language], indent=2, ensure_ascii=False) + "\n"
    assert path_of(language).read_text() == written


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_texts_are_those_of_english_in_the_same_order(language: str) -> None:
    assert [*ALL[language]] == [*ALL_TEXTS]


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_text_names_what_the_english_one_names(language: str) -> None:
    for place, text in ALL[language].items():
        assert placeholders_in(text) == placeholders_in(ALL_TEXTS[place]), place


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_text_has_the_lines_and_the_markdown_of_the_english_one(language: str) -> None:
    for place, text in ALL[language].items():
        english = ALL_TEXTS[place]
        assert re.findall("[\n`]", text) == re.findall("[\n`]", english), place


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_text_ends_as_the_english_one_does(language: str) -> None:
    for place, text in ALL[language].items():
        english = ALL_TEXTS[place]
        assert re.findall(r"[.?!]$", text) == re.findall(r"[.?!]$", english), place


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_left_in_english_but_what_is_the_same(language: str) -> None:
    same = {text for place, text in ALL[language].items() if text == ALL_TEXTS[place]}
    assert same == NO_WORDS | SHARED[language]


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_the_same_in_english_is_the_same(language: str) -> None:
    found: dict[str, set[str]] = {}
    for place, text in ALL[language].items():
        found.setdefault(ALL_TEXTS[place], set()).add(text)
    assert [texts for texts in found.values() if len(texts) > 1] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_presence_has_a_word_of_its_own(language: str) -> None:
    words = TREES[language]["entity"]["sensor"][PRESENCE]["state"]
    assert words.keys() == set(STATES.values())
    assert len(set(words.values())) == len(words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_interface_shows_a_text_as_it_is_meant(language: str) -> None:
    for place, text in ALL[language].items():
        words = words_for(text)
        assert format_message(text, words) == text.format(**words), place


@pytest.mark.parametrize("language", TRANSLATED)
def test_an_apostrophe_is_a_typographic_one(language: str) -> None:
    assert [place for place, text in ALL[language].items() if re.search("['\"]", text)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_word_in_quotation_marks_is_one_that_the_interface_shows(language: str) -> None:
    shown = {*ALL[language].values(), *NAMES_OF_CERTIFICATES}
    quoted = {word for text in ALL[language].values() for word in QUOTED.findall(text)}
    assert {word for word in quoted if not placeholders_in(word)} - shown == set()
    presences = TREES[language]["entity"]["sensor"][PRESENCE]["state"]
    assert presences["do_not_disturb"] in quoted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Connect to {title}.", "Connect to CUP."),
        ("{title}'s own client", "CUP's own client"),
        ("l'{title}", "l{title}"),
        ("'{title}'s", "{title}s"),
        ("it''s", "it's"),
    ],
)
def test_an_apostrophe_before_a_brace_switches_the_placeholder_off(text: str, shown: str) -> None:
    assert format_message(text, {"title": "CUP"}) == shown


@pytest.mark.parametrize("text", ["{title", "title}", "{}", "{a {title}}", "{Title}", "<b>CUP</b>"])
def test_what_cannot_be_shown_is_refused(text: str) -> None:
    with pytest.raises(NotWellFormedError):
        format_message(text, {"title": "CUP"})


# In Home Assistant


async def texts_for(hass: HomeAssistant, language: str, category: str) -> Mapping[str, str]:
    """Return our texts as Home Assistant gives them to the interface."""
    texts = await async_get_translations(hass, language, category, {DOMAIN})
    prefix = f"component.{DOMAIN}."
    return {key.removeprefix(prefix): text for key, text in texts.items()}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_home_assistant_gives_every_text(hass: HomeAssistant, language: str) -> None:
    given: dict[str, str] = {}
    for category in TEXTS:
        given |= await texts_for(hass, language, category)
    assert given == ALL[language]


@pytest.fixture
async def _spoken(hass: HomeAssistant, language: str) -> None:
    """Let Home Assistant speak this language."""
    await hass.config.async_update(language=language)


@pytest.mark.usefixtures("_spoken", "loaded")
@pytest.mark.parametrize("language", TRANSLATED)
async def test_every_entity_is_named_in_the_language(
    hass: HomeAssistant, entry: MockConfigEntry, language: str
) -> None:
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert {each.domain for each in entities} >= {"binary_sensor", "select", "sensor", "switch"}
    for each in entities:
        texts = TREES[language]["entity"][each.domain][each.translation_key]
        assert each.original_name == texts["name"], each.entity_id


@pytest.mark.usefixtures("_spoken", "loaded")
@pytest.mark.parametrize("language", ["de"])
async def test_a_person_s_presence_is_called_so_in_german(hass: HomeAssistant) -> None:
    state = hass.states.get("sensor.anna_prasenz")
    assert state is not None
    assert state.attributes[ATTR_FRIENDLY_NAME] == "Anna Präsenz"


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("entity_id", "key", "named"),
    [
        ("sensor.clara_presence", "not_controlled", "Clara"),
        ("sensor.cup_update_channel", "not_a_person", "sensor.cup_update_channel"),
    ],
)
async def test_an_action_that_fails_names_why(
    hass: HomeAssistant, language: str, entity_id: str, key: str, named: str
) -> None:
    busy = {"entity_id": entity_id, "presence": "busy"}
    with pytest.raises(HomeAssistantError) as raised:
        await hass.services.async_call(DOMAIN, "set_presence", busy, blocking=True)

    assert raised.value.translation_key == key
    text = (await texts_for(hass, language, "exceptions"))[f"exceptions.{key}.message"]
    sentence = format_message(text, raised.value.translation_placeholders or {})
    assert named in sentence
    assert sentence == ALL[language][f"exceptions.{key}.message"].replace(
        next(f"{{{name}}}" for name in placeholders_in(text)), named
    )


@pytest.mark.usefixtures("_spoken", "loaded")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_action_that_fails_says_why_in_the_language(
    hass: HomeAssistant, cup: Cup, language: str
) -> None:
    await cup.inject("error", code=160, path="/anna/sessions")
    anna = er.async_get(hass).async_get_entity_id(
        "sensor",
        DOMAIN,
        f"{next(iter(hass.config_entries.async_entries(DOMAIN))).entry_id}"
        "_anna@example.com_presence",
    )
    with pytest.raises(HomeAssistantError) as raised:
        await hass.services.async_call(
            DOMAIN, "set_presence", {"entity_id": anna, "presence": "busy"}, blocking=True
        )

    named = (raised.value.translation_placeholders or {})["failures"]
    why = ALL[language]["exceptions.logged_in_elsewhere.message"].format(user="anna")
    assert named == f"Anna: {why.rstrip('.')}"
