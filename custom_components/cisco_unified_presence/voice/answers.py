"""What is answered, in the language that was spoken."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from homeassistant.util import dt as dt_util

from .language import Speech

# Nobody listens to more names than these.
MOST_NAMES: Final = 10


def until_in_words(speech: Speech, until: datetime | None, now: datetime) -> str:
    """Return the end as a part of a sentence, empty without one."""
    if until is None:
        return ""
    local, today = dt_util.as_local(until), dt_util.as_local(now).date()
    days = (local.date() - today).days
    form = {0: speech.until, 1: speech.until_tomorrow}.get(days, speech.until_date)
    return form.format(time=f"{local:%H:%M}", date=local.date().isoformat())


def joined(speech: Speech, names: Sequence[str]) -> str:
    """Return names as an enumeration; the rest of many as their number."""
    if len(names) > MOST_NAMES:
        first = ", ".join(names[:MOST_NAMES])
        return speech.more.format(names=first, count=len(names) - MOST_NAMES)
    return _listed(names, speech.conjunction)


def alternatives(speech: Speech, names: Sequence[str]) -> str:
    return _listed(names[:MOST_NAMES], speech.alternative)


def _listed(names: Sequence[str], last: str) -> str:
    return last.join(filter(None, (", ".join(names[:-1]), *names[-1:])))
