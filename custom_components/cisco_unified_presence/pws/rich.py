"""Rich presence: what a server knows of a person and of each device."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from .presence import Presence

# Tuples that override what devices report.
_OVERRIDE_IDS: Final = frozenset({"pws-override", "pws-persistent"})

# Tuples that are set through the service, by this client or another.
_SET_IDS: Final = _OVERRIDE_IDS | {"cisco-pws"}


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

_IN_CONVERSATION: Final = frozenset({Activity.ON_THE_PHONE, Activity.MEETING})

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
class Note:
    """A message, with the language tag that it has, None without one."""

    text: str
    language: str | None = None

    def distance_from(self, language: str) -> int:
        """Return how little the note is in a language; 2 when it says none."""
        if not self.language:
            return 2
        own, wanted = (tag.casefold().split("-") for tag in (self.language, language))
        return 0 if own == wanted else 1 if own[0] == wanted[0] else 3


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

    @property
    def is_override(self) -> bool:
        return self.id in _OVERRIDE_IDS

    @property
    def is_set_through_the_service(self) -> bool:
        return self.id in _SET_IDS


@dataclass(frozen=True, slots=True)
class RichPresence:
    """What a server knows of a person beyond the one word.

    Attributes:
        entity: ``sip:user@domain`` as the server spelled it.
        display_name: The person's name, None when absent.
        activities: The person's own.
        notes: The person's messages, in the order of the document.
        devices: The person's devices.
        user_input: "active" or "idle", None when absent.
        manual: Whether the person chose the presence by hand.
        since: When that began, as far as the document says; a time alone makes no other presence.
    """

    entity: str
    display_name: str | None = None
    activities: frozenset[Activity] = frozenset()
    notes: tuple[Note, ...] = ()
    devices: tuple[Device, ...] = ()
    user_input: str | None = None
    manual: bool = False
    since: datetime | None = field(default=None, compare=False)

    @property
    def presence(self) -> Presence:
        """The word for the person: the person's own activities, else what the devices say."""
        word = _word_of(self.activities, _PERSON_ORDER)
        return self._of_devices() if word is None else word

    def _of_devices(self) -> Presence:
        overrides = [device for device in self.devices if device.is_override]
        words = {device.presence for device in overrides or self.devices}
        return next((word for word in _DEVICE_ORDER if word in words), Presence.UNKNOWN)

    @property
    def reported_activities(self) -> frozenset[Activity]:
        """The person's own activities, and whether a device is on the phone or in a meeting.

        What is set through the service hides such activities of the person, but not of the devices.
        """
        reported = (each for each in self.devices if not each.is_set_through_the_service)
        of_devices = frozenset[Activity]().union(*(each.activities for each in reported))
        return self.activities | (of_devices & _IN_CONVERSATION)

    @property
    def overrides(self) -> frozenset[Presence]:
        """The words that are set through the service over what devices report."""
        return frozenset(each.presence for each in self.devices if each.is_override)

    @property
    def set_devices(self) -> frozenset[Device]:
        """What is set through the service."""
        return frozenset(each for each in self.devices if each.is_set_through_the_service)

    @property
    def own_devices(self) -> frozenset[Device]:
        return frozenset(each for each in self.devices if not each.is_set_through_the_service)

    @property
    def presence_of_own_devices(self) -> Presence:
        words = {each.presence for each in self.own_devices}
        return next((word for word in _DEVICE_ORDER if word in words), Presence.UNAVAILABLE)

    @property
    def activities_of_own_devices(self) -> frozenset[Activity]:
        """Whether a device is on the phone or in a meeting."""
        activities = frozenset[Activity]().union(*(each.activities for each in self.own_devices))
        return activities & _IN_CONVERSATION

    @property
    def activities_of_person(self) -> frozenset[Activity]:
        """Whether the person is on the phone or in a meeting, but no device is."""
        return (self.activities & _IN_CONVERSATION) - self.activities_of_own_devices

    @property
    def note(self) -> str | None:
        """The message, in whatever language comes first."""
        return self.note_in("")

    def note_in(self, language: str) -> str | None:
        """Return the message in a language, else one without a language, else the first."""
        note = min(self.notes, key=lambda each: each.distance_from(language), default=None)
        return None if note is None else note.text


def _word_of(activities: frozenset[Activity], order: tuple[Presence, ...]) -> Presence | None:
    words = {_WORDS[activity] for activity in activities if activity in _WORDS}
    if words:
        return next(word for word in order if word in words)
    if activities & _IN_CONVERSATION:
        return Presence.BUSY
    return None
