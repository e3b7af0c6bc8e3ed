"""The check of the translations."""

import pytest

from hassfest import languages
from hassfest.repository import Finding, Repository

from .broken_copy import ENGLISH, Change, change_json, said, write

GERMAN = ENGLISH.with_name("de.json")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda its: its.pop("services"), "services.reload.name is not translated."),
        (
            lambda its: its["exceptions"].update(more={"message": "A"}),
            "exceptions.more.message is not in English.",
        ),
        (
            lambda its: its["exceptions"]["failed"].update(message="Nicht gelungen."),
            "exceptions.failed.message: the placeholders in English are: detail.",
        ),
        (
            lambda its: its["exceptions"]["failed"].update(message="{detail"),
            "exceptions.failed.message: the placeholders in English are: detail.",
        ),
        (
            lambda its: its["exceptions"]["throttled"].update(message="{detail}"),
            "exceptions.throttled.message: the placeholders in English are: none.",
        ),
    ],
)
def test_languages(copy: Repository, change: Change, sentence: str) -> None:
    write(copy, GERMAN, copy.read(ENGLISH))
    assert said(languages.check, copy) == []
    change_json(copy, GERMAN, change)
    found = [each for each in languages.check(copy) if each.file == GERMAN]
    assert Finding(GERMAN, sentence) in found


def test_a_language_is_one_that_can_be_chosen(copy: Repository) -> None:
    write(copy, ENGLISH.with_name("tlh.json"), copy.read(ENGLISH))
    assert said(languages.check, copy) == ["Home Assistant's interface has no language tlh."]
