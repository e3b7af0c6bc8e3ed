"""What everybody's presence is.

News (fetched from a subscription) and looks (one contact at a time) are merged here, and only the
entities of contacts that changed are told. Home Assistant's own coordinator calls every listener
for every update, which with thousands of people would block the loop for each single change.
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
from .pws import ContactPresence, Presence, PresenceServiceError

type Listener = Callable[[], None]

# Writing the states of so many takes Home Assistant a few milliseconds.
CONTACTS_AT_A_STRETCH = 100


class PresenceCoordinator:
    """Keeps everybody's presence and tells those who asked.

    Attributes:
        people: Who is watched, by the key of their contact URI.
        unknown: Whom of them the server does not know, by the same key.
        channel: How changes arrive at the moment.
        last_notification: When the server last called back, None when it never did.
        failure: Why the server cannot be had, None while it answers.
    """

    def __init__(self, server: str, people: dict[str, Person]) -> None:
        """Start with nothing known of anybody.

        Args:
            server: The server's name, for the log.
            people: Who is watched, by the key of their contact URI.
        """
        self.people = people
        self.unknown: set[str] = set()
        self.channel = Channel.POLLING
        self.last_notification: datetime | None = None
        self.failure: PresenceServiceError | None = None
        self._server = server
        self._health_pace = LogPace()
        self._channel_pace = LogPace()
        self._presences: dict[str, ContactPresence] = {}
        self._revision = 0
        self._fetched_at: dict[str, int] = {}
        self._contact_listeners: defaultdict[str, list[Listener]] = defaultdict(list)
        self._server_listeners: list[Listener] = []
        self._notification_listeners: list[Listener] = []
        self._people_listeners: list[Listener] = []
        self._unknown_listeners: list[Listener] = []

    @property
    def reachable(self) -> bool:
        """Return whether the server answers."""
        return self.failure is None

    @property
    def revision(self) -> int:
        """Return the number of fetches merged so far; a look notes it when it asks."""
        return self._revision

    @property
    def controlled(self) -> dict[str, Person]:
        """Return those whose presence is set, by the key of their contact URI."""
        return {key: person for key, person in self.people.items() if person.controlled}

    def controlled_person(self, key: str) -> Person | None:
        """Return somebody whose presence is set, None for everybody else."""
        person = self.people.get(key)
        return person if person and person.controlled else None

    def presence_of(self, key: str) -> ContactPresence | None:
        """Return somebody's presence by the key of the contact URI, None while none is known."""
        return self._presences.get(key)

    @callback
    def async_subscribe(self, key: str, listener: Listener) -> CALLBACK_TYPE:
        """Call the listener when somebody's presence or its availability changes."""
        return add_listener(self._contact_listeners[key], listener)

    @callback
    def async_subscribe_server(self, listener: Listener) -> CALLBACK_TYPE:
        """Call the listener when the server's health or the update channel changes."""
        return add_listener(self._server_listeners, listener)

    @callback
    def async_subscribe_notifications(self, listener: Listener) -> CALLBACK_TYPE:
        """Call the listener whenever the server has called back."""
        return add_listener(self._notification_listeners, listener)

    @callback
    def async_subscribe_people(self, listener: Listener) -> CALLBACK_TYPE:
        """Call the listener when other people are watched."""
        return add_listener(self._people_listeners, listener)

    @callback
    def async_subscribe_unknown(self, listener: Listener) -> CALLBACK_TYPE:
        """Call the listener when other people are unknown to the server."""
        return add_listener(self._unknown_listeners, listener)

    @callback
    def async_merge_news(self, news: Iterable[ContactPresence]) -> None:
        """Take over what a fetch brought."""
        self._revision += 1
        for presence in news:
            self._fetched_at[contact_key(presence.contact)] = self._revision
            self._take_over(presence)

    @callback
    def async_merge_poll(self, presence: ContactPresence, asked_at: int) -> None:
        """Take over what a look brought, unless a fetch has brought something newer.

        Args:
            presence: What the look brought.
            asked_at: The revision when the look asked.
        """
        if self._fetched_at.get(contact_key(presence.contact), 0) <= asked_at:
            self._take_over(presence)

    @callback
    def async_set_people(self, people: dict[str, Person]) -> None:
        """Watch these people from now on and forget everybody else."""
        self.people = people
        for key in self._presences.keys() - people.keys():
            del self._presences[key]
            self._fetched_at.pop(key, None)
            self._note_whether_unknown(key, is_unknown=False)
        self._tell(self._people_listeners)

    @callback
    def async_set_reachable(self) -> None:
        """Note that the server answers."""
        if self.reachable:
            return
        self.failure = None
        self._health_pace.log(logging.INFO, "%s answers again", self._server)
        self._tell_everybody()

    @callback
    def async_set_unreachable(self, error: PresenceServiceError) -> None:
        """Note that the server does not answer; every entity becomes unavailable."""
        if not self.reachable:
            return
        self.failure = error
        self._health_pace.log(logging.WARNING, "%s does not answer: %s", self._server, error)
        self._tell_everybody()

    @callback
    def async_set_channel(self, channel: Channel) -> None:
        """Note how changes arrive from now on."""
        if channel is self.channel:
            return
        self.channel = channel
        self._channel_pace.log(
            logging.INFO, "Presence from %s now comes by %s", self._server, channel
        )
        self._tell(self._server_listeners)

    @callback
    def async_note_notification(self, when: datetime) -> None:
        """Note that the server has called back."""
        self.last_notification = when
        self._tell(self._notification_listeners)

    def _take_over(self, presence: ContactPresence) -> None:
        key = contact_key(presence.contact)
        if key not in self.people or self._presences.get(key) == presence:
            return
        self._presences[key] = presence
        self._note_whether_unknown(key, is_unknown=presence.presence is Presence.UNKNOWN)
        self._tell(self._contact_listeners.get(key, ()))

    def _note_whether_unknown(self, key: str, *, is_unknown: bool) -> None:
        if is_unknown == (key in self.unknown):
            return
        if is_unknown:
            self.unknown.add(key)
        else:
            self.unknown.remove(key)
        self._tell(self._unknown_listeners)

    def _tell_everybody(self) -> None:
        self._tell(self._server_listeners)
        self._tell_contacts(tuple(self._contact_listeners))

    @callback
    def _tell_contacts(self, keys: Sequence[str]) -> None:
        """Tell those who listen to these, a few at a time; others get their turn in between."""
        for key in keys[:CONTACTS_AT_A_STRETCH]:
            self._tell(self._contact_listeners.get(key, ()))
        if later := keys[CONTACTS_AT_A_STRETCH:]:
            asyncio.get_running_loop().call_soon(self._tell_contacts, later)

    @staticmethod
    def _tell(listeners: Iterable[Listener]) -> None:
        for listener in tuple(listeners):
            listener()
