"""The files of sentences: written whole, never over what the user has changed, and taken away."""

from dataclasses import replace
import hashlib
from pathlib import Path
import sys
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
import yaml

from custom_components.cisco_unified_presence.voice.answers import alternatives, joined
from custom_components.cisco_unified_presence.voice.files import FOLDER, NAME, remove, write
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


def test_what_is_written(tmp_path: Path) -> None:
    rest = '{\n "language": "en",\n "intents": {},\n "names": "Zoë"\n}\n'
    write(tmp_path, {"en": {"language": "en", "intents": {}, "names": "Zoë"}})
    digest = hashlib.sha256(rest.encode()).hexdigest()
    first = (
        "# Written by Cisco Unified Presence. Edited, it is not replaced without asking."
        f" {digest}\n"
    )
    assert FOLDER == "custom_sentences"
    path = tmp_path / "en" / "cisco_unified_presence.yaml"
    assert path.read_bytes() == (first + rest).encode()


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (
            {**HELLO, "lists": {}},
            "hello {cup_person:name}: there is no list cup_person",
        ),
        ({**HELLO, "intents": {"Hello": {"data": [{"sentences": ["hello ("]}]}}}, None),
        ({**HELLO, "intents": {"Hello": None}}, None),
    ],
)
def test_sentences_that_the_agent_could_not_read_are_not_written(
    tmp_path: Path, document: dict[str, Any], reason: str | None
) -> None:
    assert write(tmp_path, {"en": HELLO}).changed
    before = (tmp_path / "en" / NAME).read_bytes()
    outcome = write(tmp_path, {"en": document, "de": HELLO})
    # The others are written all the same.
    assert (outcome.changed, outcome.edited) == (True, [])
    path, _, told = (outcome.failure or "").partition(": ")
    assert path == str(tmp_path / "en" / NAME)
    assert told
    assert reason is None or told == reason
    assert (tmp_path / "en" / NAME).read_bytes() == before
    assert (tmp_path / "de" / NAME).exists()


def test_all_lists_that_are_not_there_are_told(tmp_path: Path) -> None:
    data = {"data": [{"sentences": ["{cup_one:a} {cup_two:b}"]}]}
    outcome = write(tmp_path, {"en": {**HELLO, "intents": {"Hello": data}}})
    assert outcome.failure is not None
    assert outcome.failure.endswith(("no list cup_one, cup_two", "no list cup_two, cup_one"))


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


def test_what_is_not_ours_keeps_no_other_file_from_being_deleted(tmp_path: Path) -> None:
    write(tmp_path, {"en": HELLO, "fr": HELLO, "nl": HELLO})
    edited = tmp_path / "en" / NAME
    edited.write_text("# mine\n")
    # The first of these folders has no file, and the second one that is not ours.
    outcome = remove(tmp_path, frozenset({"de", "en", "fr", "nl"}))
    assert (outcome.changed, outcome.edited, outcome.failure) == (True, [edited], None)
    assert list(tmp_path.rglob("*.yaml")) == [edited]


def test_an_empty_folder_that_we_have_not_made_stays(tmp_path: Path) -> None:
    outcome = remove(tmp_path, frozenset({"en"}))
    assert not outcome.changed
    assert tmp_path.exists()


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
        {"intents": []},
        {"lists": {"cup_person": {"values": None}}},
        {"lists": {"cup_person": {}}},
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


def test_a_file_that_cannot_be_replaced_leaves_none_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path, _target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    outcome = write(tmp_path, {"en": HELLO})
    assert (outcome.changed, outcome.edited) == (False, [])
    assert outcome.failure == f"{tmp_path / 'en' / NAME}: Permission denied"
    assert list((tmp_path / "en").iterdir()) == []


def test_a_file_that_cannot_be_begun_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path, _text: str, **_how: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", refuse)
    outcome = write(tmp_path, {"en": HELLO})
    assert outcome.failure == f"{tmp_path / 'en' / NAME}: No space left on device"


def test_a_file_that_cannot_be_deleted_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    write(tmp_path, {"en": HELLO})
    monkeypatch.setattr(Path, "unlink", refuse)
    outcome = remove(tmp_path, frozenset({"en"}))
    assert (outcome.changed, outcome.edited) == (False, [])
    assert outcome.failure == f"{tmp_path / 'en' / NAME}: Permission denied"


def test_a_folder_that_cannot_be_deleted_stays_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where it is mounted."""

    def refuse(_path: Path) -> None:
        raise OSError(16, "Device or resource busy")

    write(tmp_path, {"en": HELLO})
    monkeypatch.setattr(Path, "rmdir", refuse)
    outcome = remove(tmp_path, frozenset({"en"}))
    assert (outcome.changed, outcome.edited, outcome.failure) == (True, [], None)


def test_without_assist_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hassil.intents", None)
    outcome = write(tmp_path, {"en": HELLO})
    assert outcome.failure == f"{tmp_path / 'en' / NAME}: Assist is not set up"
    assert not list(tmp_path.rglob("*.yaml"))


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "1"),
        (2, "1 and 2"),
        (3, "1, 2 and 3"),
        (10, "1, 2, 3, 4, 5, 6, 7, 8, 9 and 10"),
        (11, "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 … 1"),
    ],
)
def test_names_are_enumerated(count: int, said: str) -> None:
    speech = replace(LANGUAGES["en"].speech, more="{names} … {count}")
    names = [str(number) for number in range(1, count + 1)]
    assert joined(speech, names) == said
    assert alternatives(speech, names[:2]) == " or ".join(names[:2])
    assert alternatives(speech, names).count(",") == max(min(count, 10) - 2, 0)
