"""Rich presence: what a server knows of a person and of each device."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .presence import Presence

_OVERRIDE_IDS: Final = frozenset({"pws-override", "pws-persistent"})


class Activity(StrEnum):
    """What a person or a device does, spelled as the element on the wire."""

    AVAILABLE = "available"
    AWAY = "away"
    BUSY = "busy"
    DND = "dnd"
    VACATION = "vacation"
    UNAVAILABLE = "unavailable"
    ON_THE_PHONE = "on-the-phone"
    MEETING = "meeting"
    CLEAR = "clear"


_WORDS: Final = {
    Activity.AVAILABLE: Presence.AVAILABLE,
    Activity.AWAY: Presence.AWAY,
    Activity.BUSY: Presence.BUSY,
    Activity.DND: Presence.DND,
    Activity.VACATION: Presence.VACATION,
    Activity.UNAVAILABLE: Presence.UNAVAILABLE,
}
ACTIVITIES: Final = {word: activity for activity, word in _WORDS.items()}

# When several words stand together, the one that says most about the person.
_PERSON_ORDER: Final = (
    Presence.DND,
    Presence.BUSY,
    Presence.VACATION,
    Presence.AWAY,
    Presence.UNAVAILABLE,
    Presence.AVAILABLE,
)

# Only for documents that describe devices but no person. Reference: rule 22, an assumption.
_DEVICE_ORDER: Final = (
    Presence.DND,
    Presence.BUSY,
    Presence.AVAILABLE,
    Presence.AWAY,
    Presence.VACATION,
    Presence.UNAVAILABLE,
)


@dataclass(frozen=True, slots=True)
class Device:
    """One tuple: a Jabber client, a phone, or what was set through the service.

    ``source`` is who reported it; ``is_open`` is its basic status, None when it has none;
    ``user_input`` is "active" or "idle". Texts are None when absent.
    """

    id: str
    source: str | None = None
    is_open: bool | None = None
    activities: frozenset[Activity] = frozenset()
    note: str | None = None
    user_input: str | None = None

    @property
    def presence(self) -> Presence:
        """The word that this device stands for."""
        word = _word_of(self.activities, _DEVICE_ORDER)
        if word is not None:
            return word
        if self.is_open is None:
            return Presence.UNKNOWN
        return Presence.AVAILABLE if self.is_open else Presence.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class RichPresence:
    """What a server knows of a person beyond the one word.

    ``entity`` is ``sip:user@domain`` as the server spelled it; ``activities``, ``note``,
    ``user_input`` and ``manual`` (chosen by hand) are the person's own. Texts are None when absent.
    """

    entity: str
    display_name: str | None = None
    activities: frozenset[Activity] = frozenset()
    note: str | None = None
    devices: tuple[Device, ...] = ()
    user_input: str | None = None
    manual: bool = False

    @property
    def presence(self) -> Presence:
        """The word for the person: the person's own activities, else what the devices say."""
        word = _word_of(self.activities, _PERSON_ORDER)
        return self._of_devices() if word is None else word

    def _of_devices(self) -> Presence:
        overrides = [device for device in self.devices if device.id in _OVERRIDE_IDS]
        words = {device.presence for device in overrides or self.devices}
        return next((word for word in _DEVICE_ORDER if word in words), Presence.UNKNOWN)


def _word_of(activities: frozenset[Activity], order: tuple[Presence, ...]) -> Presence | None:
    words = {_WORDS[activity] for activity in activities if activity in _WORDS}
    if words:
        return next(word for word in order if word in words)
    if activities & {Activity.ON_THE_PHONE, Activity.MEETING}:
        return Presence.BUSY
    return None
