"""Pseudonyms for people, the same for one person throughout a report."""

from collections.abc import Iterable, Mapping
import re
from typing import Any

from homeassistant.helpers.redact import REDACTED

# A person who is not of the entry: a contact URI, or a name as the text of an error gives it.
_STRANGER = r"[\w.+-]+@[\w.-]+|(?:(?<=\(user )|(?<=\(contact )|(?<=, contact ))[^,)]+"
# A shorter secret occurs in ordinary words, and the gaps would reveal it.
_MIN_SECRET = 4
_NOTHING = "(?!)"


class Pseudonyms:
    """Replaces people and secrets in a report, in keys of dictionaries too."""

    def __init__(self, people: Mapping[str, Iterable[str]], secrets: Iterable[str]) -> None:
        """Compile the patterns.

        Args:
            people: All names of a person (user, contact, display name) by the pseudonym.
            secrets: What must appear nowhere, not even inside a word.
        """
        self._pseudonyms = {
            name.casefold(): pseudonym for pseudonym, names in people.items() for name in names
        }
        self._secret = _any_of("{}", [each for each in secrets if len(each) >= _MIN_SECRET])
        self._person = _any_of(rf"(?<!\w)(?:{{}})(?!\w)|{_STRANGER}", self._pseudonyms)

    def hide(self, value: Any) -> Any:  # noqa: ANN401 (JSON)
        match value:
            case str():
                return self.hide_in(value)
            case Mapping():
                return {self.hide(key): self.hide(each) for key, each in value.items()}
            case list() | tuple():
                return [self.hide(each) for each in value]
            case _:
                return value

    def hide_in(self, text: str) -> str:
        return self._person.sub(self._pseudonym_of, self._secret.sub(REDACTED, text))

    def _pseudonym_of(self, found: re.Match[str]) -> str:
        return self._pseudonyms.get(found[0].casefold(), "somebody")


def _any_of(pattern: str, texts: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern with an alternation of the texts in place of its braces, longest first."""
    longest_first = sorted((each for each in texts if each), key=len, reverse=True)
    found = "|".join(map(re.escape, longest_first)) or _NOTHING
    return re.compile(pattern.replace("{}", found), re.IGNORECASE)
