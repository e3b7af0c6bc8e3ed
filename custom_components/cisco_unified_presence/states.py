"""The states of presence in Home Assistant.

CUP's Unavailable is offline: Home Assistant uses unavailable for entities that it cannot reach.
CUP's Unknown is Home Assistant's unknown, and has no state here.
"""

from typing import Final

from homeassistant.util.json import JsonValueType

from .pws import ContactPresence, Presence

STATES: Final[dict[Presence, str]] = {
    Presence.AVAILABLE: "available",
    Presence.BUSY: "busy",
    Presence.DND: "do_not_disturb",
    Presence.AWAY: "away",
    Presence.VACATION: "vacation",
    Presence.UNAVAILABLE: "offline",
}

PRESENCES: Final[dict[str, Presence]] = {state: presence for presence, state in STATES.items()}


def presence_in_words(seen: ContactPresence, language: str) -> dict[str, JsonValueType]:
    """Return what the server shows of a contact as actions return it, in plain JSON.

    A note in the given language is preferred to others.
    """
    shown: dict[str, JsonValueType] = {"presence": STATES.get(seen.presence)}
    if seen.rich is None:
        return shown
    devices: dict[str, JsonValueType] = {
        device.id: STATES.get(device.presence) for device in seen.rich.devices
    }
    activities = sorted(activity.value for activity in seen.rich.reported_activities)
    note = seen.rich.note_in(language)
    return {**shown, "note": note, "activities": [*activities], "devices": devices}
