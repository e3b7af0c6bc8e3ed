"""A person's own presence: what devices and choices make, without what was set from here.

An input of rules, so it must not hold their effect: a rule that asks for it would chase itself.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Protocol

from homeassistant.core import CALLBACK_TYPE, callback

from ..arbitration import NOT_KNOWN, OwnPresence
from ..coordinator import PresenceCoordinator
from ..pws import Activity, ContactPresence, RichPresence
from ..states import PRESENCES, STATES
from .own_memory import OwnMemory, reports
from .record import PersonRecord
from .store import ControlStore

ACTIVITIES = {Activity.ON_THE_PHONE: "on_the_phone", Activity.MEETING: "in_a_meeting"}


class OwnListener(Protocol):
    """Receives the key of a person, and whether the change follows from what is set."""

    def __call__(self, key: str, /, *, follows: bool) -> None: ...


def own_presence(
    seen: ContactPresence | None, record: PersonRecord, memory: OwnMemory
) -> OwnPresence:
    """Return a person's own presence, by what the server shows and what is published.

    A rich presence document tells whose each part is. Without one it is what was shown before
    something was published.
    """
    if seen is not None and seen.rich is not None:
        presence, activities = memory.own_presence(seen.rich)
        names = frozenset(name for each, name in ACTIVITIES.items() if each in activities)
        return OwnPresence(STATES.get(presence), names)
    if record.may_hide_own:
        return OwnPresence(record.own)
    return OwnPresence(STATES.get(seen.presence) if seen else None)


class OwnPresences:
    """The own presences of the people of an entry; calls a listener when one changes."""

    def __init__(
        self,
        coordinator: PresenceCoordinator,
        store: ControlStore,
        on_change: Callable[[str], None],
    ) -> None:
        """Initialize; on_change is called with a key before the listener is."""
        self._coordinator = coordinator
        self._store = store
        self._on_change = on_change
        self._listener: OwnListener | None = None
        self._latest: dict[str, OwnPresence] = {}
        self._told: dict[str, OwnPresence] = {}
        self._memories: dict[str, OwnMemory] = {}
        self._documents: dict[str, RichPresence] = {}
        # What was shown last while something was published.
        self._hiding: dict[str, ContactPresence | None] = {}
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
        if notify := self._update(key):
            # The caller is in the middle of a decision.
            asyncio.get_running_loop().call_soon(notify)
        return self._latest[key]

    def _update(self, key: str) -> Callable[[], None] | None:
        """Find out what it is now; return what tells the listener of a change."""
        seen, record = self._coordinator.presence_of(key), self._store.record_of(key)
        follows = False
        if seen is not None and seen.rich is not None:
            own, follows = self._by_document(key, seen, seen.rich, record)
        else:
            own = self._by_record(key, seen, record)
        self._latest[key] = own
        if self._listener is None or self._told.get(key, NOT_KNOWN) == own:
            return None
        self._told[key] = own
        return partial(self._notify, key, follows=follows)

    def _by_document(
        self, key: str, seen: ContactPresence, document: RichPresence, record: PersonRecord
    ) -> tuple[OwnPresence, bool]:
        """Return what a document tells, and whether that follows from what is set."""
        before = self._documents.get(key)
        memory = self._memories.get(key) or _memory_of(record)
        is_new = document is not before
        if not is_new and not (memory.awaits_write and record.published):
            # Hundreds of people may be decided for at once.
            return self._latest[key], False
        memory = memory.after(document, record.published)
        self._memories[key], self._documents[key] = memory, document
        self._hiding.pop(key, None)
        follows = is_new and before is not None and _differ_by_what_is_set(before, document)
        return own_presence(seen, record, memory), follows

    def _by_record(
        self, key: str, seen: ContactPresence | None, record: PersonRecord
    ) -> OwnPresence:
        """Return what was shown before something was published, or is shown now."""
        self._documents.pop(key, None)
        own = own_presence(seen, record, OwnMemory())
        if record.may_hide_own:
            self._hiding[key] = seen
        elif seen is not None and seen is self._hiding.get(key):
            # What was cleared may still be shown: nothing has been read since.
            return self._latest.get(key, own)
        return own

    @callback
    def to_remember(self, key: str) -> str | None:
        """Return what the record has to hold while something is published."""
        seen, record = self._coordinator.presence_of(key), self._store.record_of(key)
        if seen is not None and seen.rich is not None:
            self.of(key)
            choice = self._memories[key].choice
            return STATES.get(choice) if choice else None
        return record.own if record.may_hide_own else self.of(key).presence

    def _notify(self, key: str, *, follows: bool) -> None:
        if self._listener is not None:
            self._on_change(key)
            self._listener(key, follows=follows)

    @callback
    def _watch(self) -> None:
        people = self._coordinator.controlled
        for key in people.keys() - self._watched.keys():
            self._watched[key] = self._coordinator.async_subscribe(key, partial(self._check, key))
            self._check(key)
        for key in self._watched.keys() - people.keys():
            self._watched.pop(key)()
            self._latest.pop(key, None)
            self._told.pop(key, None)
            self._memories.pop(key, None)
            self._documents.pop(key, None)
            self._hiding.pop(key, None)

    @callback
    def _check(self, key: str) -> None:
        if notify := self._update(key):
            # Before anything is decided by it.
            notify()


def _differ_by_what_is_set(one: RichPresence, other: RichPresence) -> bool:
    """Tell whether what is set makes the difference between two documents, and no device does."""
    return one.set_devices != other.set_devices and reports(one) == reports(other)


def _memory_of(record: PersonRecord) -> OwnMemory:
    """Return what is known before the first document of a run."""
    if record.own is None:
        return OwnMemory()
    return OwnMemory(PRESENCES.get(record.own), by_hand=True)
