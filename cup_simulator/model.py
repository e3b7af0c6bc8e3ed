"""The words of the service: presence, activities, and what is seen of a person."""

from dataclasses import dataclass
from enum import StrEnum


class Presence(StrEnum):
    """The seven words of basic presence.

    Reference: "Rules that decide whether it works", rule 1.
    """

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
"""What may stand beside the activity that says the word."""


class PresenceKind(StrEnum):
    """Which of the two shapes of presence a request is about."""

    BASIC = "basic"
    RICH = "rich"


class Source(StrEnum):
    """What a tuple's `source` element says.

    Reference: "Rules that decide whether it works", rule 5.
    """

    SERVICE = "Presence Web Service"
    HUMAN = "Human"


SUBSCRIPTION_TYPE = "PRESENCE_NOTIFICATION"
"""The one type of subscription, and the event that its notifications name."""

PWS_DEVICE = "cisco-pws"
"""The device that stands for an end user's session with this service."""

OVERRIDE_TUPLES = ("pws-override", "pws-persistent")
"""The tuple ids under which an override may be set through this service."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a device can carry (`servcaps`); None where the device does not say."""

    text: bool | None = None
    audio: bool | None = None
    video: bool | None = None
    type: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """What one device reports, or what one choice says.

    `activities` are those beside the word (on-the-phone, meeting). `details` are the
    texts that may stand beside them: phone-status, im-status, user-input.
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
    """What watchers see of a person: the word, everything rich, and where it is from.

    `override` is the tuple of an override set through this service, shown or not;
    `by_hand` says that the word shown is one that the person chose in their own client. Who
    `is_federated` is of another vendor's server (rule 20).
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
    """A contact as a watcher asked for it; `shown` is None when there is no such person."""

    contact: str
    shown: Shown | None

    @property
    def presence(self) -> Presence:
        """The basic word, which a federated contact has not."""
        if self.shown is None or self.shown.is_federated:
            return Presence.UNKNOWN
        return self.shown.status.presence


@dataclass(frozen=True, slots=True)
class PublishedTuple:
    """One tuple of a rich presence that somebody sets; `source` as it was written."""

    id: str
    source: str
    capabilities: Capabilities | None = None


@dataclass(frozen=True, slots=True)
class PublishedPresence:
    """A rich presence that somebody sets; `clear` when its activity is `clear`."""

    status: Status
    clear: bool
    tuples: tuple[PublishedTuple, ...]
