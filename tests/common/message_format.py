"""The part of ICU's MessageFormat that the texts use, as the interface formats them.

Home Assistant's interface formats every text with it, while its server takes Python's own
format. An apostrophe before a brace begins a quotation here: what follows is no placeholder.
"""

from collections.abc import Mapping
import re

_TOKENS = re.compile(
    r"(?P<apostrophe>'')"
    r"|'(?P<quoted>[{}<>](?:[^']|'')*)(?:'|$)"
    r"|\{(?P<name>[a-z0-9_]+)\}"
    r"|(?P<wrong>[{}<>])"
    r"|(?P<text>[^'{}<>]+|')"
)


class NotWellFormedError(ValueError):
    """A brace has no partner, is no placeholder, or a tag begins."""


def format_message(text: str, words: Mapping[str, str]) -> str:
    """Return the text with its placeholders replaced, as the interface shows it.

    Raises:
        NotWellFormedError: The interface would show an error, or a stray brace.
        KeyError: No such word is given.
    """
    return "".join(_shown(token, words) for token in _TOKENS.finditer(text))


def _shown(token: re.Match[str], words: Mapping[str, str]) -> str:
    match token.lastgroup:
        case "apostrophe":
            return "'"
        case "name":
            return words[token["name"]]
        case "quoted":
            return token["quoted"].replace("''", "'")
        case "wrong":
            raise NotWellFormedError(token.string)
        case _:
            return token[0]
