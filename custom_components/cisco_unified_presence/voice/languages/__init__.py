"""The languages that can be spoken."""

from typing import Final

from ..language import Language
from .de import GERMAN
from .en import ENGLISH
from .es import SPANISH
from .fr import FRENCH
from .it import ITALIAN
from .nl import DUTCH

LANGUAGES: Final[dict[str, Language]] = {
    "de": GERMAN,
    "en": ENGLISH,
    "es": SPANISH,
    "fr": FRENCH,
    "it": ITALIAN,
    "nl": DUTCH,
}


def code_of(language: str) -> str:
    """Return what is spoken for a language such as de-AT; English for one that is not spoken."""
    plain = language.replace("_", "-").split("-")[0].lower()
    return plain if plain in LANGUAGES else "en"


__all__ = ["LANGUAGES", "code_of"]
