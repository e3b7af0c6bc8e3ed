"""The presence of all watched people.

Fetches (from a subscription) and polls (of contacts) are merged here, and only the listeners of
contacts that changed are called. Home Assistant's own coordinator calls every listener for every
update, which with thousands of people would block the loop for each single change.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
import logging

from homeassistant.core import CALLBACK_TYPE, callback

from .clock import LogPace
from .const import Channel
from .listeners import add_listener
from .people import Person, contact_key
from .presence_times import PresenceTimes
from .pws import ContactPresence, Presence, PresenceServiceError, Unreadable

type Listener = Callable[[], None]

# Writing so many states takes Home Assistant a few milliseconds.
CONTACTS_PER_BATCH = 100


class PresenceCoordinator:
    """Holds the presence of people, and calls listeners of what changes.

    Attributes:
        people: The watched people, by the key of their contact URI.
        unknown: The keys of those whom the server does not know.
        unreadable: Why the server's word on some of them could not be read, by key.
        channel: How changes arrive at the moment.
        last_notification: When the server last called back, None when it never did.
        failure: Why the server is not reachable, None while it answers.
        times: Since when people are shown as they are.
    """

    def __init__(self, server: str, people: dict[str, Person]) -> None:
        self.people = people
        self.unknown: set[str] = set()
        self.unreadable: dict[str, Unreadable] = {}
        self.channel = Channel.POLLING
        self.last_notification: datetime | None = None
        self.failure: PresenceServiceError | None = None
        self.times = PresenceTimes()
        self._server = server
        self._health_pace = LogPace()
        self._channel_pace = LogPace()
        self._presences: dict[str, ContactPresence] = {}
        self._revision = 0
        self._fetched_at: dict[str, int] = {}
        self._contact_listeners: defaultdict[str, list[Listener]] = defaultdict(list)
        self._read_listeners: defaultdict[str, list[Listener]] = defaultdict(list)
        self._server_listeners: list[Listener] = []
        self._notification_listeners: list[Listener] = []
        self._people_listeners: list[Listener] = []
        self._unknown_listeners: list[Listener] = []
        self._unreadable_listeners: list[Listener] = []

    @property
    def reachable(self) -> bool:
        return self.failure is None

    @property
    def revision(self) -> int:
        """The number of fetches merged so far; a poll remembers it when it begins."""
        return self._revision

    @property
    def controlled(self) -> dict[str, Person]:
        """The people whose presence may be set, by the key of their contact URI."""
        return {key: person for key, person in self.people.items() if person.controlled}

    def controlled_person(self, key: str) -> Person | None:
        person = self.people.get(key)
        return person if person and person.controlled else None

    def presence_of(self, key: str) -> ContactPresence | None:
        return self._presences.get(key)

    def since_of(self, key: str) -> datetime | None:
        """Return since when a person is shown as they are, None while that is unknown."""
        seen = self._presences.get(key)
        is_known = seen is not None and seen.presence is not Presence.UNKNOWN
        return self.times.since(key) if is_known else None

    @callback
    def async_subscribe(self, key: str, listener: Listener) -> CALLBACK_TYPE:
        """Call the listener when the presence of a contact, or its availability, changes."""
        return add_listener(self._contact_listeners[key], listener)

    @callback
    def async_subscribe_reads(self, key: str, listener: Listener) -> CALLBACK_TYPE:
        """Call the listener when a contact was read without a document and is as it was before."""
        return add_listener(self._read_listeners[key], listener)

    @callback
    def async_subscribe_server(self, listener: Listener) -> CALLBACK_TYPE:
        """Call the listener when the server's health or the update channel changes."""
        return add_listener(self._server_listeners, listener)

    @callback
    def async_subscribe_notifications(self, listener: Listener) -> CALLBACK_TYPE:
        return add_listener(self._notification_listeners, listener)

    @callback
    def async_subscribe_people(self, listener: Listener) -> CALLBACK_TYPE:
        return add_listener(self._people_listeners, listener)

    @callback
    def async_subscribe_unknown(self, listener: Listener) -> CALLBACK_TYPE:
        return add_listener(self._unknown_listeners, listener)

    @callback
    def async_subscribe_unreadable(self, listener: Listener) -> CALLBACK_TYPE:
        """Call the listener when the people change of whom answers cannot be read."""
        return add_listener(self._unreadable_listeners, listener)

    @callback
    def async_merge_fetch(self, news: Iterable[ContactPresence]) -> None:
        self._revision += 1
        for presence in news:
            key = contact_key(presence.contact)
            if key in self.people:
                self._fetched_at[key] = self._revision
                self._merge(key, presence)

    @callback
    def async_merge_poll(self, presence: ContactPresence, asked_at: int) -> None:
        """Merge a poll that began at a revision, unless a fetch has brought something newer."""
        key = contact_key(presence.contact)
        if key in self.people and self._fetched_at.get(key, 0) <= asked_at:
            self._merge(key, presence)

    @callback
    def async_set_people(self, people: dict[str, Person]) -> None:
        self.people = people
        for key in self._presences.keys() - people.keys():
            del self._presences[key]
            self._set_unknown(key, is_unknown=False)
            self._set_unreadable(key, None)
        for key in self._fetched_at.keys() - people.keys():
            del self._fetched_at[key]
        self.times.async_keep_only(people)
        self._notify(self._people_listeners)

    @callback
    def async_set_reachable(self) -> None:
        if self.reachable:
            return
        self.failure = None
        self._health_pace.log(logging.INFO, "%s answers again", self._server)
        self._notify_all()

    @callback
    def async_set_unreachable(self, error: PresenceServiceError) -> None:
        """Make all entities of this server unavailable."""
        if not self.reachable:
            return
        self.failure = error
        self._health_pace.log(logging.WARNING, "%s does not answer: %s", self._server, error)
        self._notify_all()

    @callback
    def async_set_channel(self, channel: Channel) -> None:
        if channel is self.channel:
            return
        self.channel = channel
        self._channel_pace.log(
            logging.INFO, "Presence from %s now comes by %s", self._server, channel
        )
        self._notify(self._server_listeners)

    @callback
    def async_note_notification(self, when: datetime) -> None:
        self.last_notification = when
        self._notify(self._notification_listeners)

    def _merge(self, key: str, presence: ContactPresence) -> None:
        if self._presences.get(key) == presence:
            if presence.rich is None:
                # Who remembers the earlier one knows that the server has been asked since.
                self._presences[key] = presence
                self._notify(self._read_listeners.get(key, ()))
            return
        self._presences[key] = presence
        self.times.async_note(key, presence)
        is_unknown = presence.presence is Presence.UNKNOWN and presence.unreadable is None
        self._set_unknown(key, is_unknown=is_unknown)
        self._set_unreadable(key, presence.unreadable)
        self._notify(self._contact_listeners.get(key, ()))

    def _set_unknown(self, key: str, *, is_unknown: bool) -> None:
        if is_unknown == (key in self.unknown):
            return
        if is_unknown:
            self.unknown.add(key)
        else:
            self.unknown.remove(key)
        self._notify(self._unknown_listeners)

    def _set_unreadable(self, key: str, unreadable: Unreadable | None) -> None:
        if (unreadable is None) == (key not in self.unreadable):
            return
        if unreadable is not None:
            self.unreadable[key] = unreadable
        else:
            del self.unreadable[key]
        self._notify(self._unreadable_listeners)

    def _notify_all(self) -> None:
        self._notify(self._server_listeners)
        self._notify_contacts(tuple(self._contact_listeners))

    @callback
    def _notify_contacts(self, keys: Sequence[str]) -> None:
        """Call the listeners of contacts in batches, so that the loop is not blocked."""
        for key in keys[:CONTACTS_PER_BATCH]:
            self._notify(self._contact_listeners.get(key, ()))
        if later := keys[CONTACTS_PER_BATCH:]:
            asyncio.get_running_loop().call_soon(self._notify_contacts, later)

    @staticmethod
    def _notify(listeners: Iterable[Listener]) -> None:
        for listener in tuple(listeners):
            listener()
