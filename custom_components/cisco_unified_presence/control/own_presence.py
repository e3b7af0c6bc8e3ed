"""A person's own presence: what devices and choices make, without what was set from here.

An input of rules, so it must not hold their effect: a rule that asks for it would chase itself.
"""

import asyncio
from collections.abc import Callable
from functools import partial

from homeassistant.core import CALLBACK_TYPE, callback

from ..arbitration import OwnPresence
from ..coordinator import PresenceCoordinator
from ..pws import Activity, ContactPresence
from ..states import STATES
from .record import PersonRecord
from .store import ControlStore

ACTIVITIES = {Activity.ON_THE_PHONE: "on_the_phone", Activity.MEETING: "in_a_meeting"}

type OwnListener = Callable[[str], None]


def own_presence(seen: ContactPresence | None, record: PersonRecord) -> OwnPresence:
    """Return a person's own presence, by what the server shows and what is published.

    A rich presence document tells whose each part is. Without one it is what was shown before
    something was published.
    """
    if seen is not None and seen.rich is not None:
        activities = frozenset(
            name for activity, name in ACTIVITIES.items() if activity in seen.rich.own_activities
        )
        return OwnPresence(STATES.get(seen.rich.own_presence), activities)
    if record.may_be_published or record.idle_session:
        return OwnPresence(record.own)
    return OwnPresence(STATES.get(seen.presence) if seen else None)


class OwnPresences:
    """The own presences of the people of an entry; calls a listener when one changes."""

    def __init__(
        self, coordinator: PresenceCoordinator, store: ControlStore, on_change: OwnListener
    ) -> None:
        """Initialize; on_change is called with a key before the listener is."""
        self._coordinator = coordinator
        self._store = store
        self._on_change = on_change
        self._listener: OwnListener | None = None
        self._latest: dict[str, OwnPresence] = {}
        self._watched: dict[str, CALLBACK_TYPE] = {}

    @callback
    def async_start(self, listener: OwnListener) -> CALLBACK_TYPE:
        """Call the listener with the key of a controlled person whose own presence changes."""
        self._listener = listener
        self._watch()
        unsubscribe = self._coordinator.async_subscribe_people(self._watch)

        @callback
        def stop() -> None:
            self._listener = None
            unsubscribe()
            for key in tuple(self._watched):
                self._watched.pop(key)()

        return stop

    @callback
    def of(self, key: str) -> OwnPresence:
        own = own_presence(self._coordinator.presence_of(key), self._store.record_of(key))
        if self._latest.get(key) != own:
            self._latest[key] = own
            if self._listener is not None:
                # The caller is in the middle of a decision.
                asyncio.get_running_loop().call_soon(self._notify, key)
        return own

    @callback
    def to_remember(self, key: str) -> str | None:
        """Return what the record has to hold while something is published."""
        seen = self._coordinator.presence_of(key)
        return self.of(key).presence if seen and seen.rich is None else None

    def _notify(self, key: str) -> None:
        if self._listener is not None:
            self._on_change(key)
            self._listener(key)

    @callback
    def _watch(self) -> None:
        people = self._coordinator.controlled
        for key in people.keys() - self._watched.keys():
            self._watched[key] = self._coordinator.async_subscribe(key, partial(self._check, key))
            self._check(key)
        for key in self._watched.keys() - people.keys():
            self._watched.pop(key)()
            self._latest.pop(key, None)

    @callback
    def _check(self, key: str) -> None:
        self.of(key)
