"""A person's own presence: what devices and choices make, without what was set from here.

An input of rules, so it must not hold their effect: a rule that asks for it would chase itself.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(slots=True)
class _Known:
    """What is known of one person.

    Attributes:
        own: The own presence, by the latest of all below.
        told: What the listener was told.
        memory: What documents have shown, None before the first one.
        document: The latest document, None while none tells of the person.
        hiding: What was read last while something was published, where no document tells.
    """

    own: OwnPresence = NOT_KNOWN
    told: OwnPresence = NOT_KNOWN
    memory: OwnMemory | None = None
    document: RichPresence | None = None
    hiding: ContactPresence | None = None


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
        self._known: defaultdict[str, _Known] = defaultdict(_Known)
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
        return self._known[key].own

    def _update(self, key: str) -> Callable[[], None] | None:
        """Find out what it is now; return what tells the listener of a change."""
        seen, record = self._coordinator.presence_of(key), self._store.record_of(key)
        known, follows = self._known[key], False
        if seen is not None and seen.rich is not None:
            known.own, follows = _by_document(known, seen, seen.rich, record)
        else:
            known.own = _by_record(known, seen, record)
        if self._listener is None or known.told == known.own:
            return None
        known.told = known.own
        return partial(self._notify, key, follows=follows)

    @callback
    def to_remember(self, key: str) -> tuple[str | None, bool]:
        """Return what the record has to hold while something is published.

        That is a state, and whether the person is known to have chosen it by hand.
        """
        seen, record = self._coordinator.presence_of(key), self._store.record_of(key)
        if seen is not None and seen.rich is not None:
            self.of(key)
            memory = self._known[key].memory
            choice = STATES.get(memory.choice) if memory and memory.choice else None
            return choice, choice is not None
        if record.may_hide_own:
            return record.own, record.own_by_hand
        return self.of(key).presence, False

    def _notify(self, key: str, *, follows: bool) -> None:
        if self._listener is not None:
            self._on_change(key)
            self._listener(key, follows=follows)

    @callback
    def _watch(self) -> None:
        people = self._coordinator.controlled
        for key in people.keys() - self._watched.keys():
            self._watched[key] = self._async_subscribe(key)
            self._check(key)
        for key in self._watched.keys() - people.keys():
            self._watched.pop(key)()
            self._known.pop(key, None)

    def _async_subscribe(self, key: str) -> CALLBACK_TYPE:
        check = partial(self._check, key)
        stop_changes = self._coordinator.async_subscribe(key, check)
        # What is read while something is published is hidden, and what is read later is not.
        stop_reads = self._coordinator.async_subscribe_reads(key, check)

        @callback
        def stop() -> None:
            stop_changes()
            stop_reads()

        return stop

    @callback
    def _check(self, key: str) -> None:
        if notify := self._update(key):
            # Before anything is decided by it.
            notify()


def _by_document(
    known: _Known, seen: ContactPresence, document: RichPresence, record: PersonRecord
) -> tuple[OwnPresence, bool]:
    """Return what a document tells, and whether that follows from what is set."""
    before, memory = known.document, known.memory or _memory_of(record)
    if document is before and not memory.was_written_after(record.published):
        # Hundreds of people may be decided for at once.
        return known.own, False
    memory = memory.after(document, record.published)
    known.memory, known.document, known.hiding = memory, document, None
    follows = before is not None and _differ_by_what_is_set(before, document)
    return own_presence(seen, record, memory), follows


def _by_record(known: _Known, seen: ContactPresence | None, record: PersonRecord) -> OwnPresence:
    """Return what was shown before something was published, or is shown now."""
    known.document = None
    if record.may_hide_own:
        known.hiding = seen
    elif seen is not None and seen is known.hiding:
        # What was cleared may still be shown: nothing has been read since.
        return known.own
    return own_presence(seen, record, OwnMemory())


def _differ_by_what_is_set(one: RichPresence, other: RichPresence) -> bool:
    """Tell whether what is set makes the difference between two documents, and no device does."""
    return one.set_devices != other.set_devices and reports(one) == reports(other)


def _memory_of(record: PersonRecord) -> OwnMemory:
    """Return what is known before the first document of a run.

    What was recorded without documents may be what devices reported, which documents tell now.
    """
    if record.own is None or not record.own_by_hand:
        return OwnMemory()
    return OwnMemory(PRESENCES.get(record.own), by_hand=True)
