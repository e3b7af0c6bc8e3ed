"""The files of sentences: written whole, never over what the user has changed, and taken away."""

from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest
import yaml

from custom_components.cisco_unified_presence.voice.files import NAME, remove, write
from custom_components.cisco_unified_presence.voice.languages import LANGUAGES
from custom_components.cisco_unified_presence.voice.names import NameIndex
from custom_components.cisco_unified_presence.voice.sentences import PREFIX, sentences_of

HELLO = {
    "language": "en",
    "lists": {"cup_person": {"values": ["Anna"]}},
    "intents": {"Hello": {"data": [{"sentences": ["hello {cup_person:name}"]}]}},
}
OLD = {**HELLO, "lists": {"cup_person": {"values": ["Ben"]}}}


def test_a_file_is_written_once(tmp_path: Path) -> None:
    assert write(tmp_path, {"en": OLD}).changed
    assert write(tmp_path, {"en": HELLO}).changed
    assert not write(tmp_path, {"en": HELLO}).changed
    assert yaml.safe_load((tmp_path / "en" / NAME).read_text()) == HELLO
    assert [each.name for each in (tmp_path / "en").iterdir()] == [NAME]


@pytest.mark.parametrize("edited", [b"# mine\n", b"", b"\xff\xfe", b"language: en\n"])
def test_an_edited_file_stays(tmp_path: Path, edited: bytes) -> None:
    path = tmp_path / "en" / NAME
    path.parent.mkdir()
    path.write_bytes(edited)
    outcome = write(tmp_path, {"en": HELLO})
    assert (outcome.changed, outcome.edited) == (False, [path])
    removed = remove(tmp_path, frozenset({"en"}))
    assert (removed.changed, removed.edited) == (False, [path])
    assert path.read_bytes() == edited
    assert write(tmp_path, {"en": HELLO}, replace_edited=True).changed
    assert yaml.safe_load(path.read_text()) == HELLO


def test_files_of_others_stay(tmp_path: Path) -> None:
    write(tmp_path, {"en": HELLO, "de": HELLO})
    other = tmp_path / "en" / "mine.yaml"
    other.write_text("language: en\nintents: {}\n")
    assert remove(tmp_path, frozenset({"en", "de", "fr"})).changed
    assert [each.relative_to(tmp_path).as_posix() for each in tmp_path.rglob("*.yaml")] == [
        "en/mine.yaml"
    ]
    assert not (tmp_path / "de").exists()


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    root = tmp_path / "custom_sentences"
    root.write_text("in the place of the folder")
    outcome = write(root, {"en": HELLO})
    assert not outcome.changed
    assert outcome.failure is not None
    assert str(root) in outcome.failure


@pytest.mark.parametrize(
    "bad",
    [
        {"intents": {"Hello": {"data": [{"sentences": ["hello {cup_nobody:name}"]}]}}},
        {"intents": {"Hello": {"data": [{"sentences": ["hello (there"]}]}}},
        {"intents": {"Hello": {}}},
        {"lists": {"cup_person": {"values": None}}},
    ],
)
def test_what_would_silence_the_language_is_not_written(
    tmp_path: Path, bad: dict[str, object]
) -> None:
    write(tmp_path, {"en": OLD})
    outcome = write(tmp_path, {"en": {**HELLO, **bad}})
    assert outcome.failure is not None
    assert yaml.safe_load((tmp_path / "en" / NAME).read_text()) == OLD


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("groups", [{}, {"one": ["Hotline"]}])
async def test_the_sentences_of_every_language_can_be_read(
    hass: HomeAssistant, tmp_path: Path, language: str, groups: dict[str, list[str]]
) -> None:
    people = NameIndex.of_people({"one": ["Zoë {x} (y) | <z>"], "two": ["Anna \x85\u2028\ud83d"]})
    folder = LANGUAGES[language].folders[0]
    made = sentences_of(LANGUAGES[language], folder, people, NameIndex.of_groups(groups))
    assert write(tmp_path, {folder: made}).failure is None
    assert yaml.safe_load((tmp_path / folder / NAME).read_text()) == made
    assert all(each.startswith(PREFIX) for each in (*made["lists"], *made["expansion_rules"]))
