"""All rules that run, in YAML and of the loaded entries, and what they request for whom."""

import asyncio
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import timedelta

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.start import async_at_started
from homeassistant.util.hass_dict import HassKey

from ..arbitration import RuleRequest
from ..clock import Burst, async_track_clock_jumps
from ..const import DOMAIN, SUBENTRY_RULE
from ..people import Person
from .directory import PeopleDirectory, PersonId, async_track_directory
from .listeners import Listener, RequestsListener, RuleListeners
from .rule import Rule
from .runner import RuleRunner
from .status import RuleEvaluation, RuleStatus
from .store import RuleStore
from .targets import RuleTargets

type PeopleProvider = Callable[[], Mapping[str, Person]]

RULE_ENGINE: HassKey[RuleEngine] = HassKey(f"{DOMAIN}.rule_engine")

# Where rules come from: an entry's id, or this for YAML.
YAML = None


class RuleEngine:
    """Runs the rules.

    Until Home Assistant has started, every rule stands as it stood before: its conditions would
    be read of entities that are not there yet. When Home Assistant stops, it stands as it stood
    last, for the same reason.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Start without rules."""
        self._hass = hass
        self._store = RuleStore(hass)
        self._audience = RuleTargets(hass)
        self._news = RuleListeners(hass)
        self._resolving = Burst(hass, self._resolve_when_settled)
        self._people: dict[str, PeopleProvider] = {}
        self._rules_from: dict[str | None, tuple[str, ...]] = {}
        self._running: dict[str, RuleRunner] = {}
        self._order: dict[str, int] = {}
        self._requests: dict[str, RuleRequest | None] = {}
        self._winners: dict[PersonId, str] = {}
        self._started = False
        self._yaml_is_complete = False
        # Rules are built from conditions that may have to be waited for.
        self._lock = asyncio.Lock()

    async def async_load(self) -> None:
        """Read what is remembered, and run rules as soon as Home Assistant has started."""
        await self._store.async_load()
        sources = {YAML, *(entry.entry_id for entry in self._entries())}
        self._store.async_forget(lambda _, record: record.entry_id not in sources)
        async_track_directory(self._hass, self._resolving.async_note)
        async_track_clock_jumps(self._hass, self._clock_jumped)
        async_at_started(self._hass, self._async_start)
        self._hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._stop)

    # What the reconciler asks and says

    def requests_for(self, entry_id: str, person_key: str) -> tuple[RuleRequest, ...]:
        """Return what the rules that hold request for a person."""
        requests = (
            self._requests[each] for each in self._audience.rules_about((entry_id, person_key))
        )
        return tuple(request for request in requests if request)

    def evaluations_for(self, entry_id: str, person_key: str) -> tuple[RuleEvaluation, ...]:
        """Return how every rule about a person stands."""
        return tuple(
            self._running[each].evaluation(self._order[each])
            for each in self._audience.rules_about((entry_id, person_key))
        )

    @callback
    def async_subscribe_requests(self, entry_id: str, listener: RequestsListener) -> CALLBACK_TYPE:
        """Call with the keys of those for whom rules may request something else, once a burst."""
        return self._news.async_subscribe_requests(entry_id, listener)

    @callback
    def async_set_winner(self, entry_id: str, person_key: str, rule_id: str | None) -> None:
        """Note which rule wins for a person, None for none."""
        person = (entry_id, person_key)
        before = self._winners.pop(person, None)
        if rule_id is not None:
            self._winners[person] = rule_id
        if before != rule_id:
            self._news.async_note_rules(each for each in (before, rule_id) if each is not None)

    # What entities ask

    @callback
    def async_subscribe_rule(self, rule_id: str, listener: Listener) -> CALLBACK_TYPE:
        """Call when there is something new about a rule."""
        return self._news.async_subscribe_rule(rule_id, listener)

    @callback
    def async_subscribe_rules(self, listener: Listener) -> CALLBACK_TYPE:
        """Call when rules were added, removed or renamed."""
        return self._news.async_subscribe_rules(listener)

    @property
    def yaml_is_complete(self) -> bool:
        """Return whether all rules in YAML could be read, so that others are gone for good."""
        return self._yaml_is_complete

    def rules_from(self, source: str | None) -> tuple[Rule, ...]:
        """Return the rules of an entry, or of YAML, in their order."""
        return tuple(self._running[each].rule for each in self._rules_from.get(source, ()))

    def status_of(self, rule_id: str) -> RuleStatus | None:
        """Return how a rule stands, None when there is no such rule."""
        running = self._running.get(rule_id)
        if running is None:
            return None
        request = self._requests[rule_id]
        people = self._audience.of(rule_id)
        return RuleStatus(
            rule=running.rule,
            enabled=running.enabled,
            since=running.since,
            until=request.until if request else None,
            people=self._names_of(people),
            wins_for=self._names_of(each for each in people if self._winners.get(each) == rule_id),
        )

    async def async_set_enabled(self, rule_id: str, *, enabled: bool) -> None:
        """Switch a rule on or off."""
        async with self._lock:
            if running := self._running.get(rule_id):
                await running.async_set_enabled(enabled=enabled)

    # Where rules and people come from

    async def async_set_yaml_rules(self, rules: Sequence[Rule], *, complete: bool = True) -> None:
        """Run these rules of YAML and no others.

        Args:
            rules: The rules in their order.
            complete: Whether these are all; rules that could not be read are not forgotten.
        """
        async with self._lock:
            self._yaml_is_complete = complete
            await self._async_take(YAML, rules)
            if complete:
                self._forget_others(YAML, {rule.id for rule in rules})

    async def async_add_entry(self, entry: ConfigEntry, people: PeopleProvider) -> None:
        """Run the rules of an entry, and let rules be about its people.

        Args:
            entry: The entry, which is being loaded.
            people: Returns its people by their keys.
        """
        async with self._lock:
            self._people[entry.entry_id] = people
            await self._async_take_entry(entry)

    async def async_people_changed(self, entry: ConfigEntry) -> None:
        """Take up that people or rules of an entry were added, changed or removed."""
        async with self._lock:
            if entry.entry_id in self._people:
                await self._async_take_entry(entry)

    async def async_remove_entry(self, entry: ConfigEntry) -> None:
        """Run the rules of an entry no longer, and remember how they stand."""
        async with self._lock:
            self._news.async_unsubscribe_entry(entry.entry_id)
            self._people.pop(entry.entry_id, None)
            for person in [each for each in self._winners if each[0] == entry.entry_id]:
                self.async_set_winner(*person, None)
            await self._async_take(entry.entry_id, ())

    @callback
    def async_forget_entry(self, entry: ConfigEntry) -> None:
        """Forget how the rules of an entry stood that is gone for good."""
        self._forget_others(entry.entry_id, ())

    async def _async_take_entry(self, entry: ConfigEntry) -> None:
        subentries = entry.get_subentries_of_type(SUBENTRY_RULE)
        await self._async_take(entry.entry_id, [Rule.from_subentry(each) for each in subentries])
        self._forget_others(entry.entry_id, entry.subentries)

    async def _async_take(self, source: str | None, rules: Sequence[Rule]) -> None:
        """Run these rules of this source in the place of those that it had.

        What has to be waited for comes first. Nobody is told of a state in between.
        """
        added = [
            RuleRunner(self._hass, rule, self._store.recall(rule, source), self._rule_changed)
            for rule in rules
            if rule.id not in self._running
        ]
        if self._started:
            await asyncio.gather(*(running.async_start() for running in added))
        changed = [
            (running, rule, await running.async_prepare(rule))
            for rule in rules
            if (running := self._running.get(rule.id))
        ]
        ids = tuple(rule.id for rule in rules)
        for rule_id in set(self._rules_from.get(source, ())).difference(ids):
            self._running.pop(rule_id).async_stop()
        for running, rule, prepared in changed:
            running.async_replace(rule, prepared)
        for running in added:
            self._running[running.rule.id] = running
            self._store.async_remember(running.rule.id, running.record)
        self._rules_from[source] = ids
        self._number()
        self._resolve()
        self._news.async_note_set()
        if not self._started:
            # Home Assistant may have stopped meanwhile.
            self._stop_all()

    def _forget_others(self, source: str | None, kept: Container[str]) -> None:
        self._store.async_forget(
            lambda rule_id, record: record.entry_id == source and rule_id not in kept
        )

    # What happens meanwhile

    async def _async_start(self, _hass: HomeAssistant) -> None:
        async with self._lock:
            self._started = True
            await asyncio.gather(*(each.async_start() for each in self._running.values()))

    @callback
    def _clock_jumped(self, _by: timedelta) -> None:
        for running in self._running.values():
            running.async_reevaluate()

    @callback
    def _stop(self, _event: Event) -> None:
        self._started = False
        self._stop_all()

    @callback
    def _stop_all(self) -> None:
        for running in self._running.values():
            running.async_stop()

    @callback
    def _number(self) -> None:
        """Put the rules in order: YAML first, then entry by entry as they were made."""
        sources = (YAML, *(entry.entry_id for entry in self._entries()))
        ids = [each for source in sources for each in self._rules_from.get(source, ())]
        before = self._requests
        self._order = {rule_id: number for number, rule_id in enumerate(ids)}
        self._requests = {each: self._running[each].request(self._order[each]) for each in ids}
        for rule_id in before.keys() | self._requests.keys():
            if before.get(rule_id) != self._requests.get(rule_id):
                self._news.async_note_people(self._audience.of(rule_id))

    @callback
    def _resolve_when_settled(self) -> None:
        """Find out whom the rules are about now, unless that will be known better soon.

        While an entry is set up, its people's entities come in many bursts; that it has another
        state then is a change as well.
        """
        if not any(entry.state is ConfigEntryState.SETUP_IN_PROGRESS for entry in self._entries()):
            self._resolve()

    @callback
    def _resolve(self) -> None:
        """Find out whom the rules are about now."""
        loaded = {entry_id: people() for entry_id, people in self._people.items()}
        rules = [self._running[each].rule for each in self._order]
        moved = self._audience.async_resolve(rules, PeopleDirectory(self._hass, loaded))
        self._news.async_note_rules(moved)
        self._news.async_note_people(each for people in moved.values() for each in people)

    @callback
    def _rule_changed(self, rule_id: str) -> None:
        running = self._running.get(rule_id)
        if running is None:
            # It is being prepared, and is taken up as it stands then.
            return
        self._store.async_remember(rule_id, running.record)
        self._news.async_note_rules([rule_id])
        request = running.request(self._order[rule_id])
        if request != self._requests[rule_id]:
            self._requests[rule_id] = request
            self._news.async_note_people(self._audience.of(rule_id))

    def _entries(self) -> list[ConfigEntry]:
        return self._hass.config_entries.async_entries(DOMAIN)

    def _names_of(self, people: Iterable[PersonId]) -> tuple[str, ...]:
        found = (self._people[entry_id]().get(key) for entry_id, key in people)
        return tuple(sorted(person.name for person in found if person))


@callback
def async_rule_engine(hass: HomeAssistant) -> RuleEngine:
    """Return the engine, which set-up has made."""
    return hass.data[RULE_ENGINE]
