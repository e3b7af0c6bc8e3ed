"""Who is told when rules change, once for all that changes in one go."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..clock import Burst
from ..listeners import add_listener
from .directory import PersonId

type RequestsListener = Callable[[frozenset[str]], None]
type Listener = Callable[[], None]


class RuleListeners:
    """Collects what changes and passes it on."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with nobody to tell."""
        self._people: set[PersonId] = set()
        self._rules: set[str] = set()
        self._requests_listeners: defaultdict[str, list[RequestsListener]] = defaultdict(list)
        self._rule_listeners: defaultdict[str, list[Listener]] = defaultdict(list)
        self._set_listeners: list[Listener] = []
        self._set_changed = False
        self._burst = Burst(hass, self._tell)

    @callback
    def async_subscribe_requests(self, entry_id: str, listener: RequestsListener) -> CALLBACK_TYPE:
        """Call with the people of an entry for whom rules may request something else."""
        return add_listener(self._requests_listeners[entry_id], listener)

    @callback
    def async_subscribe_rule(self, rule_id: str, listener: Listener) -> CALLBACK_TYPE:
        """Call when there is something new about a rule."""
        return add_listener(self._rule_listeners[rule_id], listener)

    @callback
    def async_subscribe_rules(self, listener: Listener) -> CALLBACK_TYPE:
        """Call when rules were added, removed or renamed."""
        return add_listener(self._set_listeners, listener)

    @callback
    def async_unsubscribe_entry(self, entry_id: str) -> None:
        """Tell nobody any more about the people of an entry."""
        self._requests_listeners.pop(entry_id, None)

    @callback
    def async_note_people(self, people: Iterable[PersonId]) -> None:
        """Note that rules may request something else for these people."""
        self._people.update(people)
        self._burst.async_note()

    @callback
    def async_note_rules(self, rule_ids: Iterable[str]) -> None:
        """Note that there is something new about these rules."""
        self._rules.update(rule_ids)
        self._burst.async_note()

    @callback
    def async_note_set(self) -> None:
        """Note that rules may have been added, removed or renamed."""
        self._set_changed = True
        self._burst.async_note()

    def _tell(self) -> None:
        people, self._people = self._people, set()
        rules, self._rules = self._rules, set()
        set_changed, self._set_changed = self._set_changed, False
        keys: defaultdict[str, set[str]] = defaultdict(set)
        for entry_id, key in people:
            keys[entry_id].add(key)
        for entry_id, changed in keys.items():
            for requests_listener in tuple(self._requests_listeners.get(entry_id, ())):
                requests_listener(frozenset(changed))
        for rule_id in rules:
            for listener in tuple(self._rule_listeners.get(rule_id, ())):
                listener()
        if set_changed:
            for listener in tuple(self._set_listeners):
                listener()
