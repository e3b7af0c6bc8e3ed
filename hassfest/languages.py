"""Every language says all that English says, and names the same in it."""

from collections.abc import Iterator
from pathlib import Path

from homeassistant.generated.languages import LANGUAGES

from .repository import Finding, Repository
from .texts import files_of_texts, placeholders_in, texts_in

ENGLISH = "en"


def check(repository: Repository) -> Iterator[Finding]:
    """Walk through what the languages lack, and what they have too much."""
    english = dict(texts_in(repository.english))
    for file in files_of_texts(repository):
        if file.stem not in LANGUAGES:
            yield Finding(file, f"Home Assistant's interface has no language {file.stem}.")
        if file.stem != ENGLISH:
            yield from _compared(file, dict(texts_in(repository.json(file))), english)


def _compared(file: Path, texts: dict[str, str], english: dict[str, str]) -> Iterator[Finding]:
    for place in sorted(english.keys() - texts.keys()):
        yield Finding(file, f"{place} is not translated.")
    for place in sorted(texts.keys() - english.keys()):
        yield Finding(file, f"{place} is not in English.")
    for place in sorted(english.keys() & texts.keys()):
        if _named(texts[place]) != _named(english[place]):
            wanted = ", ".join(sorted(_named(english[place]))) or "nothing"
            yield Finding(file, f"{place} has to name what English names: {wanted}.")


def _named(text: str) -> set[str]:
    try:
        return placeholders_in(text)
    except ValueError:
        # The check of the texts tells of it.
        return set()
