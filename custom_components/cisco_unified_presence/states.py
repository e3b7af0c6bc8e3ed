"""The words of presence as Home Assistant shows and takes them.

CUP's Unavailable is shown as offline: Home Assistant keeps unavailable for entities that it cannot
reach. CUP's Unknown is Home Assistant's unknown, and has no word here.
"""

from typing import Final

from .pws import Presence

STATES: Final[dict[Presence, str]] = {
    Presence.AVAILABLE: "available",
    Presence.BUSY: "busy",
    Presence.DND: "do_not_disturb",
    Presence.AWAY: "away",
    Presence.VACATION: "vacation",
    Presence.UNAVAILABLE: "offline",
}

PRESENCES: Final[dict[str, Presence]] = {state: presence for presence, state in STATES.items()}
