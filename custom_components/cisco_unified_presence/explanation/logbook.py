"""The line of the logbook for another winner, which begins with the person's name.

It says who decides, not what: the presence that results has a line of its own.
"""

from collections.abc import Mapping
from typing import Any

from ..arbitration import Source
from ..clock import parse_moment
from ..control import ATTR_RULE, ATTR_SET_ASIDE, ATTR_SET_BY, ATTR_SOURCE, ATTR_UNTIL
from .texts import Texts


def logbook_message(winner: Mapping[str, Any], texts: Texts) -> str:
    """Return the line for the data of an event that another winner has fired."""
    line = _line(winner, texts)
    until = winner.get(ATTR_UNTIL)
    end = parse_moment(until) if isinstance(until, str) else None
    if end is None or winner.get(ATTR_SET_ASIDE):
        return line
    return f"{line} {texts.until(end)}"


def _line(winner: Mapping[str, Any], texts: Texts) -> str:
    rule = winner.get(ATTR_RULE)
    if winner.get(ATTR_SET_ASIDE):
        if rule:
            return texts.say("log_overruled_rule", rule=rule)
        return texts.say("log_overruled_setting")
    if rule:
        return texts.say("log_rule", rule=rule)
    if winner.get(ATTR_SOURCE) != Source.MANUAL:
        return texts.say("log_own")
    if who := winner.get(ATTR_SET_BY):
        return texts.say("log_set_by", who=who)
    return texts.say("log_set")
