"""Names in place of people's, the same for the same person throughout a report."""

from collections.abc import Iterable, Mapping
import re
from typing import Any

from homeassistant.helpers.redact import REDACTED

# Somebody who is not among the people: a contact, or as an error's sentence names somebody.
_STRANGER = r"[\w.+-]+@[\w.-]+|(?:(?<=\(user )|(?<=\(contact )|(?<=, contact ))[^,)]+"
# A shorter secret stands in every other word, and its gaps would tell what it is.
_SHORTEST_SECRET = 4
_NOTHING = "(?!)"


class Pseudonyms:
    """Hides people and secrets in whatever is reported, in keys of dictionaries too."""

    def __init__(self, people: Mapping[str, Iterable[str]], secrets: Iterable[str]) -> None:
        """Take what is to be hidden.

        Args:
            people: Everything that somebody is known by, by the pseudonym.
            secrets: What must appear nowhere, not even inside a word.
        """
        self._pseudonyms = {
            name.casefold(): pseudonym for pseudonym, names in people.items() for name in names
        }
        self._secret = _any_of("{}", [each for each in secrets if len(each) >= _SHORTEST_SECRET])
        self._somebody = _any_of(rf"(?<!\w)(?:{{}})(?!\w)|{_STRANGER}", self._pseudonyms)

    def hide(self, value: Any) -> Any:  # noqa: ANN401 (JSON)
        """Return a value of JSON without anybody's name in it."""
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
        """Return a text without anybody's name in it."""
        return self._somebody.sub(self._pseudonym_of, self._secret.sub(REDACTED, text))

    def _pseudonym_of(self, found: re.Match[str]) -> str:
        return self._pseudonyms.get(found[0].casefold(), "somebody")


def _any_of(pattern: str, texts: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern with any of these texts in it, the longest first."""
    longest_first = sorted((each for each in texts if each), key=len, reverse=True)
    found = "|".join(map(re.escape, longest_first)) or _NOTHING
    return re.compile(pattern.replace("{}", found), re.IGNORECASE)
