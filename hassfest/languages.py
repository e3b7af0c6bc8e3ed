"""Translations: every language has every text of English, with the same placeholders."""

from collections.abc import Iterator
from pathlib import Path
import string

from homeassistant.generated.languages import LANGUAGES

from .repository import Finding, Repository

ENGLISH = "en"


def check(repository: Repository) -> Iterator[Finding]:
    english = dict(_texts_in(repository.json(_file_of(repository, ENGLISH))))
    for file in repository.glob(f"{repository.integration}/translations/*.json"):
        if file.stem not in LANGUAGES:
            yield Finding(file, f"Home Assistant's interface has no language {file.stem}.")
        if file.stem != ENGLISH:
            yield from _compared(file, dict(_texts_in(repository.json(file))), english)


def _file_of(repository: Repository, language: str) -> Path:
    return repository.in_integration(f"translations/{language}.json")


def _texts_in(tree: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield all texts with their places, such as config.step.user.title."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _texts_in(value, (*path, key))
    else:
        yield ".".join(path), str(tree)


def _compared(file: Path, texts: dict[str, str], english: dict[str, str]) -> Iterator[Finding]:
    for place in sorted(english.keys() - texts.keys()):
        yield Finding(file, f"{place} is not translated.")
    for place in sorted(texts.keys() - english.keys()):
        yield Finding(file, f"{place} is not in English.")
    for place in sorted(english.keys() & texts.keys()):
        if _placeholders_in(texts[place]) != _placeholders_in(english[place]):
            expected = ", ".join(sorted(_placeholders_in(english[place]))) or "none"
            yield Finding(file, f"{place}: the placeholders in English are: {expected}.")


def _placeholders_in(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        # A brace without its partner: the hassfest action reports it.
        return set()
