"""A decision in words: for the log, the logbook, explanations and repair issues."""

from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util

from .arbitration import Decision, RulesGate, RulesPause
from .pws import Presence
from .states import STATES

WORDS = {
    Presence.AVAILABLE: "Available",
    Presence.BUSY: "Busy",
    Presence.DND: "Do not disturb",
    Presence.AWAY: "Away",
    Presence.VACATION: "On vacation",
    Presence.UNAVAILABLE: "Offline",
}

# A person's own presences and activities to which rules may yield.
OWN_WORDS = {
    **{state: WORDS[presence] for presence, state in STATES.items()},
    "on_the_phone": "phone call",
    "in_a_meeting": "meeting",
}
OPEN = RulesGate()

A_DAY = timedelta(days=1)
CLOCK = "%H:%M"
CALENDAR = "%-d %B, %H:%M"


def local_iso(moment: datetime | None) -> str | None:
    """Return a time as explanations and events tell it."""
    return dt_util.as_local(moment).isoformat(timespec="seconds") if moment else None


def in_words(
    decision: Decision,
    *,
    waiting_until: datetime | None = None,
    refused_until: datetime | None = None,
    gate: RulesGate = OPEN,
) -> str:
    """Return a decision as the end of a sentence that begins with the person's name.

    Args:
        decision: Who wins.
        waiting_until: Until when the server is not told, since the person was written to too often.
        refused_until: When the server, which has refused this, is asked again.
        gate: Whether rules may decide for the person.
    """
    words = [f"{_decided(decision)}{_yielding(decision)}"]
    if refused_until is not None:
        at = dt_util.as_local(refused_until)
        words.append(f"the server has refused this, and is asked again at {at:%H:%M:%S}")
    elif waiting_until is not None:
        at = dt_util.as_local(waiting_until)
        words.append(f"this waits until {at:%H:%M:%S}, after six changes within a minute")
    if not gate.follows:
        words.append("rules are not followed")
    if gate.pause:
        words.append(f"rules are paused{_until(gate.pause)}")
    return "; ".join(words)


def _decided(decision: Decision) -> str:
    if decision.overruled:
        return f"changed by hand, which overrules {_winner_in_words(decision)}"
    if decision.requested is None and decision.rule_request:
        return f"decided by the person's own devices, because of {_winner_in_words(decision)}"
    if decision.requested is None:
        return "decided by the person's own devices"
    word = WORDS[decision.requested.presence]
    if decision.set_by and decision.since:
        return f"{word}{_until(decision)}, set by {decision.set_by} at {_time(decision.since)}"
    if decision.rule_request:
        return f"{word}{_until(decision)}, because of {_winner_in_words(decision)}"
    return f"{word}{_until(decision)}, set through Home Assistant"


def logbook_line(decision: Decision) -> str:
    """Return a decision as a line of the logbook that begins with the person's name.

    It says who decides, not what: the presence that results has a line of its own.
    """
    if decision.overruled:
        return f"chose a presence, which overrules {_winner_in_words(decision)}"
    if decision.rule_request:
        return f"now follows {_winner_in_words(decision)}{_until(decision)}"
    if decision.requested:
        by = f" by {decision.set_by}" if decision.set_by else ""
        return f"was set{by} through Home Assistant{_until(decision)}"
    return "is left to the own devices again"


def _yielding(decision: Decision) -> str:
    if decision.yielding is None or decision.yields_to is None:
        return ""
    return (
        f"; the rule “{decision.yielding.name}” yields to the person's own"
        f" {OWN_WORDS[decision.yields_to]}"
    )


def _winner_in_words(decision: Decision) -> str:
    if decision.rule_request:
        return f"the rule “{decision.rule_request.name}”"
    if decision.set_by:
        return f"what {decision.set_by} set through Home Assistant"
    return "what was set through Home Assistant"


def _until(ends: Decision | RulesPause) -> str:
    return f" until {_time(ends.until)}" if ends.until else ""


def _time(moment: datetime) -> str:
    is_near = abs(moment - dt_util.utcnow()) < A_DAY
    return f"{dt_util.as_local(moment):{CLOCK if is_near else CALENDAR}}"
