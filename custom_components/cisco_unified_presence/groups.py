"""Groups of people: who is in them, and how many show which presence.

A change of one person costs the groups of that person one step each, however many people there are.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, callback

from .const import SUBENTRY_GROUP
from .coordinator import PresenceCoordinator
from .listeners import add_listener
from .people import Person
from .pws import Presence

type Listener = Callable[[], None]

# Returns the keys of those among people whom groups mean, by the ids of the groups.
type Resolve = Callable[
    [Mapping[str, Person], Iterable[ConfigSubentry]], Mapping[str, Iterable[str]]
]


class Group:
    """One group, with the presence of its members.

    Attributes:
        name: Its name.
        members: Its people, by their names.
    """

    def __init__(self, name: str, coordinator: PresenceCoordinator) -> None:
        self.name = name
        self.members: tuple[Person, ...] = ()
        self._coordinator = coordinator
        self._presences: dict[str, Presence] = {}
        self._counts: Counter[Presence] = Counter()
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._listeners: list[Listener] = []

    @property
    def available(self) -> bool:
        """Return whether there are members, and their server is reachable."""
        return bool(self.members) and self._coordinator.reachable

    @property
    def anyone_known(self) -> bool:
        return self._counts[Presence.UNKNOWN] < len(self.members)

    @property
    def all_known(self) -> bool:
        return bool(self.members) and not self._counts[Presence.UNKNOWN]

    @property
    def mark(self) -> str:
        """Return a text that changes with the members."""
        keys = "\n".join(sorted(each.key for each in self.members))
        return sha256(keys.encode()).hexdigest()[:16]

    def count(self, *presences: Presence) -> int:
        return sum(self._counts[each] for each in presences)

    def who_is(self, presence: Presence) -> Iterator[Person]:
        """Iterate over the members with this presence, by their names."""
        return (each for each in self.members if self._presences[each.key] is presence)

    @callback
    def async_subscribe(self, listener: Listener) -> CALLBACK_TYPE:
        """Call the listener when the members, or the presence of one, change."""
        return add_listener(self._listeners, listener)

    @callback
    def async_set(self, name: str, members: Iterable[Person]) -> None:
        """Take over a name, and who is in the group now."""
        by_name = tuple(sorted(members, key=lambda each: (each.name.casefold(), each.key)))
        if (self.name, self.members) == (name, by_name):
            return
        self.async_stop()
        self.name, self.members = name, by_name
        self._presences = {each.key: self._presence_of(each.key) for each in by_name}
        self._counts = Counter(self._presences.values())
        self._unsubscribe = [
            self._coordinator.async_subscribe(each.key, self._listener_of(each.key))
            for each in by_name
        ]
        self._unsubscribe.append(self._coordinator.async_subscribe_server(self._notify))
        self._notify()

    @callback
    def async_stop(self) -> None:
        while self._unsubscribe:
            self._unsubscribe.pop()()

    def _listener_of(self, key: str) -> Listener:
        @callback
        def changed() -> None:
            before, now = self._presences[key], self._presence_of(key)
            if before is now:
                return
            self._presences[key] = now
            self._counts[before] -= 1
            self._counts[now] += 1
            self._notify()

        return changed

    def _presence_of(self, key: str) -> Presence:
        seen = self._coordinator.presence_of(key)
        return seen.presence if seen else Presence.UNKNOWN

    @callback
    def _notify(self) -> None:
        for listener in tuple(self._listeners):
            listener()


class Groups:
    """The groups of an entry, by the ids of their subentries."""

    def __init__(
        self, entry: ConfigEntry, coordinator: PresenceCoordinator, resolve: Resolve
    ) -> None:
        self._entry = entry
        self._coordinator = coordinator
        self._resolve = resolve
        self._groups: dict[str, Group] = {}
        self._listeners: list[Listener] = []

    @property
    def all(self) -> Mapping[str, Group]:
        return self._groups

    def get(self, subentry_id: str) -> Group | None:
        return self._groups.get(subentry_id)

    @callback
    def async_subscribe(self, listener: Listener) -> CALLBACK_TYPE:
        """Call the listener when groups were added, renamed or removed, or their members change."""
        return add_listener(self._listeners, listener)

    @callback
    def async_update(self) -> None:
        """Take over which groups there are, and who is in them now."""
        subentries = {
            each.subentry_id: each for each in self._entry.get_subentries_of_type(SUBENTRY_GROUP)
        }
        for subentry_id in self._groups.keys() - subentries.keys():
            self._groups.pop(subentry_id).async_stop()
        people = self._coordinator.people
        found = self._resolve(people, subentries.values()) if subentries else {}
        for subentry_id, subentry in subentries.items():
            group = self._groups.setdefault(subentry_id, Group(subentry.title, self._coordinator))
            keys = found[subentry_id]
            group.async_set(subentry.title, [people[key] for key in keys if key in people])
        for listener in tuple(self._listeners):
            listener()

    @callback
    def async_stop(self) -> None:
        for group in self._groups.values():
            group.async_stop()
