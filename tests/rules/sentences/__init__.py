"""What office people say first, by subject; the numbers are those of the language's sentences."""

from . import calendars, places, spellings, states, times
from .sentence import Sentence

__all__ = ["SENTENCES", "Sentence"]

SENTENCES = {
    **places.SENTENCES,
    **calendars.SENTENCES,
    **states.SENTENCES,
    **times.SENTENCES,
    **spellings.SENTENCES,
}
