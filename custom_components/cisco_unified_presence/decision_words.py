"""A decision in words: for the log, the logbook, explanations and repair issues."""

from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util

from .arbitration import Decision
from .pws import Presence

WORDS = {
    Presence.AVAILABLE: "Available",
    Presence.BUSY: "Busy",
    Presence.DND: "Do not disturb",
    Presence.AWAY: "Away",
    Presence.VACATION: "On vacation",
    Presence.UNAVAILABLE: "Offline",
}

A_DAY = timedelta(days=1)
CLOCK = "%H:%M"
CALENDAR = "%-d %B, %H:%M"


def in_words(decision: Decision, *, waiting_until: datetime | None = None) -> str:
    """Return a decision as the end of a sentence that begins with the person's name.

    Args:
        decision: Who wins.
        waiting_until: Until when the server is not told, since the person was written to too often.
    """
    words = _decided(decision)
    if waiting_until is None:
        return words
    at = dt_util.as_local(waiting_until)
    return f"{words}; this waits until {at:%H:%M:%S}, after six changes within a minute"


def _decided(decision: Decision) -> str:
    if decision.overruled:
        return f"changed by hand, so {_winner_in_words(decision)} is set aside"
    if decision.requested is None:
        return "nothing is wanted, the person's own devices speak"
    word = WORDS[decision.requested.presence]
    return f"{word}{_until(decision)}, because {_winner_in_words(decision)} wants it"


def logbook_line(decision: Decision) -> str:
    """Return a decision as a line of the logbook that begins with the person's name.

    It says who decides, not what: the presence that results has a line of its own.
    """
    if decision.overruled:
        return f"chose a presence, so {_winner_in_words(decision)} is set aside"
    if decision.rule_request:
        return f"now follows {_winner_in_words(decision)}{_until(decision)}"
    if decision.requested:
        return f"was set through Home Assistant{_until(decision)}"
    return "is left to the own devices again"


def _winner_in_words(decision: Decision) -> str:
    if decision.rule_request:
        return f"the rule “{decision.rule_request.name}”"
    return "what was set through Home Assistant"


def _until(decision: Decision) -> str:
    if decision.until is None:
        return ""
    is_soon = decision.until - dt_util.utcnow() < A_DAY
    return f" until {dt_util.as_local(decision.until):{CLOCK if is_soon else CALENDAR}}"
