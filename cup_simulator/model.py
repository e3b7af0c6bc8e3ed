"""Presence words, activities, and a person as watchers see them."""

from dataclasses import dataclass
from enum import StrEnum


class Presence(StrEnum):
    """The seven words of basic presence. Reference: rule 1."""

    AVAILABLE = "AVAILABLE"
    BUSY = "BUSY"
    DND = "DND"
    AWAY = "AWAY"
    UNAVAILABLE = "UNAVAILABLE"
    VACATION = "VACATION"
    UNKNOWN = "UNKNOWN"


class Activity(StrEnum):
    """An empty child of `activities` in rich presence.

    Reference: "Rich presence: the PIDF document".
    """

    AVAILABLE = "available"
    AWAY = "away"
    BUSY = "busy"
    DND = "dnd"
    VACATION = "vacation"
    UNAVAILABLE = "unavailable"
    ON_THE_PHONE = "on-the-phone"
    MEETING = "meeting"
    CLEAR = "clear"


WORD_OF_ACTIVITY = {
    Activity.AVAILABLE: Presence.AVAILABLE,
    Activity.AWAY: Presence.AWAY,
    Activity.BUSY: Presence.BUSY,
    Activity.DND: Presence.DND,
    Activity.VACATION: Presence.VACATION,
    Activity.UNAVAILABLE: Presence.UNAVAILABLE,
}
ACTIVITY_OF_WORD = {word: activity for activity, word in WORD_OF_ACTIVITY.items()}

EXTRA_ACTIVITIES = (Activity.ON_THE_PHONE, Activity.MEETING)
"""Activities that accompany the one of the word."""


class PresenceKind(StrEnum):
    """The two forms of presence."""

    BASIC = "basic"
    RICH = "rich"


class Source(StrEnum):
    """The values of a tuple's `source` element. Reference: rule 5."""

    SERVICE = "Presence Web Service"
    HUMAN = "Human"


SUBSCRIPTION_TYPE = "PRESENCE_NOTIFICATION"
"""The only type of subscription, and the event type of its notifications."""

PWS_DEVICE = "cisco-pws"
"""The device of an end user's session with this service."""

JABBER = "jabber"
"""The default name of the device of a person's own client."""

OVERRIDE_TUPLES = ("pws-override", "pws-persistent")
"""The tuple ids under which an override may be set through this service."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a device can do (`servcaps`); None if not stated."""

    text: bool | None = None
    audio: bool | None = None
    video: bool | None = None
    type: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """What a device reports, or a person chooses.

    `activities` are those that accompany the word (on-the-phone, meeting). `details` are pairs of
    name and text: phone-status, im-status, user-input.
    """

    presence: Presence
    activities: tuple[Activity, ...] = ()
    note: str = ""
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Device:
    """One device of a person, as one tuple of rich presence shows it."""

    id: str
    status: Status
    source: Source | None = None
    capabilities: Capabilities | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A person as watchers see them.

    `override` is the tuple of an override set through this service, visible or not. `by_hand` means
    that the person chose the word in their own client. `is_federated`: rule 20.
    """

    user: str
    name: str
    contact: str
    status: Status
    by_hand: bool
    devices: tuple[Device, ...]
    override: Device | None
    is_federated: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """The answer about one contact; `shown` is None for an unknown one."""

    contact: str
    shown: Shown | None

    @property
    def presence(self) -> Presence:
        """The basic presence; UNKNOWN for federated contacts."""
        if self.shown is None or self.shown.is_federated:
            return Presence.UNKNOWN
        return self.shown.status.presence


@dataclass(frozen=True, slots=True)
class PublishedTuple:
    """One tuple of a rich presence to be set, with its `source` as written."""

    id: str
    source: str
    capabilities: Capabilities | None = None


@dataclass(frozen=True, slots=True)
class PublishedPresence:
    """A rich presence to be set; `clear` if its activity is `clear`."""

    status: Status
    clear: bool
    tuples: tuple[PublishedTuple, ...]
