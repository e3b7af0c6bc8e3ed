"""Who is notified when rules change, once for all that changes in one burst."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..clock import Burst
from ..listeners import add_listener
from .directory import PersonId

# Deciding again for one, and writing the states of one, takes up to two milliseconds; a rule may be
# about thousands, and an input may change hundreds of rules.
PEOPLE_PER_TURN: Final = 10
RULES_PER_TURN: Final = 10

# What is told of them is only noted at once.
EXPLAINED_PER_TURN: Final = 500

# A rule for which people are won turn by turn says so after as many turns, and after the last.
TURNS_PER_WINNERS: Final = 10

type RequestsListener = Callable[[frozenset[str]], None]
type Listener = Callable[[], None]


class RuleListeners:
    """Collects changes and notifies the listeners concerned."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._people: set[PersonId] = set()
        self._rules: set[str] = set()
        self._won: set[str] = set()
        self._turns = 0
        self._explained: set[PersonId] = set()
        self._set_changed = False
        self._requests_listeners: defaultdict[str, list[RequestsListener]] = defaultdict(list)
        self._explanation_listeners: defaultdict[PersonId, list[Listener]] = defaultdict(list)
        self._rule_listeners: defaultdict[str, list[Listener]] = defaultdict(list)
        self._rules_listeners: list[Listener] = []
        self._burst = Burst(hass, self._notify)

    @callback
    def async_subscribe_requests(self, entry_id: str, listener: RequestsListener) -> CALLBACK_TYPE:
        """Call with the keys of an entry's people whose requests may have changed."""
        return add_listener(self._requests_listeners[entry_id], listener)

    @callback
    def async_subscribe_evaluations(self, person: PersonId, listener: Listener) -> CALLBACK_TYPE:
        """Call when a rule about a person evaluates differently, or for other causes."""
        return add_listener(self._explanation_listeners[person], listener)

    @callback
    def async_subscribe_rule(self, rule_id: str, listener: Listener) -> CALLBACK_TYPE:
        return add_listener(self._rule_listeners[rule_id], listener)

    @callback
    def async_subscribe_rules(self, listener: Listener) -> CALLBACK_TYPE:
        """Call when rules were added, removed or renamed."""
        return add_listener(self._rules_listeners, listener)

    @callback
    def async_unsubscribe_entry(self, entry_id: str) -> None:
        self._requests_listeners.pop(entry_id, None)

    @callback
    def async_note_people(self, people: Iterable[PersonId]) -> None:
        self._people.update(people)
        self._burst.async_note()

    @callback
    def async_note_rule(self, rule_id: str, people: Collection[PersonId]) -> None:
        """Note that a rule evaluates differently, and about whom."""
        self._rules.add(rule_id)
        self.async_note_evaluations(people)

    @callback
    def async_note_evaluations(self, people: Iterable[PersonId]) -> None:
        self._explained.update(self._explanation_listeners.keys() & people)
        self._burst.async_note()

    @callback
    def async_note_rules(self, rule_ids: Iterable[str]) -> None:
        self._rules.update(rule_ids)
        self._burst.async_note()

    @callback
    def async_note_winners(self, rule_ids: Iterable[str]) -> None:
        """Note that rules win for others than before, more of whom may follow at once."""
        self._won.update(rule_ids)
        self._burst.async_note()

    @callback
    def async_note_set(self) -> None:
        self._set_changed = True
        self._burst.async_note()

    def _notify(self) -> None:
        people = _taken(self._people, PEOPLE_PER_TURN)
        self._note_won()
        rules = _taken(self._rules, RULES_PER_TURN)
        explained = _taken(self._explained, EXPLAINED_PER_TURN)
        if self._people or self._rules or self._won or self._explained:
            self._burst.async_note()
        set_changed, self._set_changed = self._set_changed, False
        for entry_id, keys in _by_entry(people).items():
            for requests_listener in tuple(self._requests_listeners.get(entry_id, ())):
                requests_listener(frozenset(keys))
        _call_all(self._rule_listeners, rules)
        _call_all(self._explanation_listeners, explained)
        if set_changed:
            for listener in tuple(self._rules_listeners):
                listener()

    def _note_won(self) -> None:
        self._turns = self._turns + 1 if self._people else 0
        if self._turns % TURNS_PER_WINNERS == 0:
            self._rules |= self._won
            self._won.clear()


def _call_all[K](listeners: Mapping[K, Sequence[Listener]], keys: Iterable[K]) -> None:
    for key in keys:
        for listener in tuple(listeners.get(key, ())):
            listener()


def _taken[T](waiting: set[T], most: int) -> set[T]:
    """Take some out of those that wait."""
    taken = set(islice(waiting, most))
    waiting -= taken
    return taken


def _by_entry(people: Iterable[PersonId]) -> dict[str, set[str]]:
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for entry_id, key in people:
        keys[entry_id].add(key)
    return keys
