"""Basic presence."""

from enum import StrEnum
from functools import lru_cache
import logging
from typing import Final

_LOGGER = logging.getLogger(__name__)


class Presence(StrEnum):
    """The seven words of basic presence, spelled as on the wire. Reference: rule 1."""

    AVAILABLE = "AVAILABLE"
    BUSY = "BUSY"
    DND = "DND"
    AWAY = "AWAY"
    UNAVAILABLE = "UNAVAILABLE"
    VACATION = "VACATION"
    UNKNOWN = "UNKNOWN"

    @classmethod
    def read(cls, word: str) -> Presence:
        """Return the presence of a server's word, UNKNOWN for a word that is none."""
        canonical = word.strip().upper()
        presence = _OF_WORD.get(canonical)
        if presence is None:
            _report_unknown_word(canonical[:40])
            return cls.UNKNOWN
        return presence


_OF_WORD: Final = {presence.value: presence for presence in Presence}

SETTABLE: Final = frozenset(Presence) - {Presence.UNKNOWN}


@lru_cache(maxsize=64)
def _report_unknown_word(word: str) -> None:
    _LOGGER.debug("The server used the unknown presence word %r", word)
