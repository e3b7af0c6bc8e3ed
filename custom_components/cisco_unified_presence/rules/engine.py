"""The rule engine: runs the rules, and says what they request for whom."""

import asyncio
from collections.abc import Collection, Container, Mapping, Sequence
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.start import async_at_started
from homeassistant.util.hass_dict import HassKey

from ..arbitration import RuleRequest
from ..clock import async_track_clock_jumps
from ..const import DOMAIN, SUBENTRY_RULE
from ..people import controlled_keys
from .directory import PersonId
from .directory_watch import DirectoryWatch
from .input_check import InputCheck
from .lint_watch import LintWatch
from .listeners import Listener, RequestsListener, RuleListeners
from .loop_watch import LoopWatch
from .pause import Scope
from .pauses import Pauses
from .person_view import OwnProvider, nothing_known
from .requests import RuleRequests
from .rule import Rule
from .rule_set import YAML, RuleSet, Source
from .runner import Concerned
from .statistics import Count, RuleStatistics
from .status import RuleEvaluation, RuleReading, RuleStatus
from .targets import PeopleProvider, RuleTargets
from .trials import RuleTrials

RULE_ENGINE: HassKey[RuleEngine] = HassKey(f"{DOMAIN}.rule_engine")


class RuleEngine:
    """Runs the rules of YAML and of the loaded entries.

    Until Home Assistant has started, every rule keeps its recorded state: the entities that its
    conditions depend on do not exist yet. When Home Assistant stops, it keeps its last state for
    the same reason.

    Attributes:
        pauses: The pauses of rules.
        requests: What rules request for people.
        trials: Evaluates rules that do not run.
        statistics: How often and how long rules have won.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self.pauses = Pauses(hass, self._pauses_changed)
        self._targets = RuleTargets(hass)
        self._rules = RuleSet(hass, self._targets.view_of, self._rule_changed)
        self._loops = LoopWatch(hass, self._targets, self._rules.runner_of)
        self.requests = RuleRequests(self._rules, self._targets, self.pauses, self._loops)
        self.trials = RuleTrials(
            hass, self._rules, self._targets, self.pauses, self.evaluations_for
        )
        self._listeners = RuleListeners(hass)
        self.statistics = RuleStatistics(hass, self._listeners.async_note_winners)
        self._directory = DirectoryWatch(hass)
        self._directory.async_subscribe(self._directory_changed)
        self._winners: dict[PersonId, str] = {}
        self._yaml_is_complete = False
        self._check = InputCheck(hass, lambda: self._rules.runners)
        self._lint = LintWatch(
            hass, self._targets, self._rules, lambda person: self.requests_for(*person)
        )
        # Sources change one after the other: preparing conditions has to be awaited.
        self._lock = asyncio.Lock()

    async def async_load(self) -> None:
        """Read the records, and run rules as soon as Home Assistant has started."""
        await self._rules.async_load()
        await self.pauses.async_load()
        await self._check.async_load()
        await self.statistics.async_load()
        self._directory.async_start()
        async_track_clock_jumps(self._hass, self._clock_jumped)
        # The time zone, the place of home, units and the rest, which conditions may depend on.
        self._hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._configuration_changed)
        async_at_started(self._hass, self._async_start)
        self._hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._stop)

    # For the reconciler

    async def async_stored(self) -> None:
        """Return once what all rules request now is on disk, with their switches and pauses.

        Await it before anything that follows from requests is sent; one save serves all that
        await it in one burst.
        """
        await self._rules.async_stored()
        await self.pauses.async_stored()

    def requests_for(self, entry_id: str, person_key: str) -> tuple[RuleRequest, ...]:
        return self.requests.for_person((entry_id, person_key))

    def evaluations_for(self, entry_id: str, person_key: str) -> tuple[RuleEvaluation, ...]:
        """Return the evaluation of every rule about a person, whether or not it holds."""
        return self.requests.evaluations_for((entry_id, person_key))

    def view_of(self, person: PersonId) -> Mapping[str, Any] | None:
        """Return what templates may know of a person, None when that person is gone."""
        return self._targets.view_of(person)

    def evaluations_of(self, rule_id: str) -> tuple[RuleEvaluation, ...]:
        """Return how a rule evaluates: once for all its people, or for each of them."""
        return self._rules.evaluations_of(rule_id)

    @callback
    def async_subscribe_requests(self, entry_id: str, listener: RequestsListener) -> CALLBACK_TYPE:
        """Call with the keys of people whose requests may have changed, once a burst."""
        return self._listeners.async_subscribe_requests(entry_id, listener)

    @callback
    def async_set_winner(self, entry_id: str, person_key: str, rule_id: str | None) -> None:
        person = (entry_id, person_key)
        before = self._winners.pop(person, None)
        if rule_id is not None:
            self._winners[person] = rule_id
            self._lint.async_note_winner(person)
        runner = self._rules.runner_of(rule_id) if rule_id is not None else None
        self.statistics.async_note(person, before, rule_id, runner.entry_id if runner else None)
        if before != rule_id:
            self._listeners.async_note_winners(filter(None, (before, rule_id)))
            holding = (request.rule_id for request in self.requests_for(entry_id, person_key))
            if resting := self._loops.async_note_winner(person, holding):
                self._listeners.async_note_rules(resting)
                self._listeners.async_note_people([person])

    @callback
    def _release(self, rule_id: str) -> None:
        """Let a rule win again that rested, since it is another one now."""
        self._check.async_clear(rule_id)
        self._lint.async_clear(rule_id)
        if self._loops.async_release(rule_id):
            self._listeners.async_note_people(self._targets.of(rule_id))

    # For entities

    @callback
    def async_subscribe_evaluations(self, person: PersonId, listener: Listener) -> CALLBACK_TYPE:
        """Call when a rule about a person evaluates differently, or for other causes."""
        return self._listeners.async_subscribe_evaluations(person, listener)

    @callback
    def async_subscribe_rule(self, rule_id: str, listener: Listener) -> CALLBACK_TYPE:
        return self._listeners.async_subscribe_rule(rule_id, listener)

    @callback
    def async_subscribe_directory(self, listener: Listener) -> CALLBACK_TYPE:
        """Call when a word, a target or a group may mean other people than before."""
        return self._directory.async_subscribe(listener)

    @callback
    def async_subscribe_rules(self, listener: Listener) -> CALLBACK_TYPE:
        """Call when rules were added, removed or renamed."""
        return self._listeners.async_subscribe_rules(listener)

    @property
    def yaml_is_complete(self) -> bool:
        """Return whether all rules in YAML are valid, so that missing ones are gone for good."""
        return self._yaml_is_complete

    def rules_called(self, word: str) -> list[Rule]:
        """Return the rules with this id or name."""
        name = word.casefold()
        return [
            rule for rule in self._rules.rules if rule.id == word or rule.name.casefold() == name
        ]

    @property
    def rules(self) -> list[Rule]:
        return self._rules.rules

    def rules_from(self, source: Source) -> tuple[Rule, ...]:
        return self._rules.rules_from(source)

    def has_rule(self, rule_id: str) -> bool:
        return self._rules.runner_of(rule_id) is not None

    def status_of(self, rule_id: str) -> RuleStatus | None:
        runner = self._rules.runner_of(rule_id)
        if runner is None:
            return None
        people = self._targets.of(rule_id)
        winning_for = frozenset(each for each in people if self._winners.get(each) == rule_id)
        return RuleStatus(
            rule=runner.rule,
            enabled=runner.enabled,
            since=runner.since,
            until=runner.until,
            about=people,
            winning_for=winning_for,
            names_of=self._targets.names_of,
            pause=self.pauses.of(None, rule_id),
            rests_for=self._loops.rests_for(rule_id),
        )

    def readings_of(self, rule_id: str) -> tuple[RuleReading, ...]:
        """Return what the conditions of a rule are, for all its people or for each."""
        runner = self._rules.runner_of(rule_id)
        return runner.readings if runner else ()

    def wins_by_name(self, rule_id: str) -> dict[str, Count]:
        """Return the wins of a rule for the people whom it is about."""
        counts = self.statistics.by_person(rule_id, self._targets.of(rule_id))
        people = ((self._targets.person(each), count) for each, count in counts.items())
        return {person.name: count for person, count in people if person}

    async def async_set_enabled(self, rule_id: str, *, enabled: bool) -> None:
        async with self._lock:
            if runner := self._rules.runner_of(rule_id):
                await runner.async_set_enabled(enabled=enabled)
                self._release(rule_id)
                self._lint.async_check()
        await self._rules.async_stored()

    @callback
    def async_own_changed(self, entry_id: str, person_key: str, *, follows: bool) -> None:
        """Evaluate again what depends on an own presence, which may follow from what is set."""
        person = (entry_id, person_key)
        if not follows:
            self._loops.async_note_own(person)
        for rule_id in self._targets.rules_about(person):
            if runner := self._rules.runner_of(rule_id):
                runner.async_own_changed(person, follows=follows)
        # Rules may yield to it, or no longer.
        self._listeners.async_note_people([person])

    # For set-up

    async def async_set_yaml_rules(self, rules: Sequence[Rule], *, complete: bool = True) -> None:
        """Run these rules of YAML and no others.

        Args:
            rules: The rules in their order.
            complete: Whether these are all; the records of rules that are not valid are kept.
        """
        async with self._lock:
            self._yaml_is_complete = complete
            await self._async_replace(YAML, rules)
            if complete:
                self._delete_records(YAML, keep={rule.id for rule in rules})

    async def async_add_entry(
        self, entry: ConfigEntry, people: PeopleProvider, own: OwnProvider = nothing_known
    ) -> None:
        """Run the rules of an entry that is being loaded, and let rules be about its people.

        Args:
            entry: The entry.
            people: Returns its people.
            own: Returns the own presence of a person, by key.
        """
        async with self._lock:
            self._targets.async_add_people(entry.entry_id, people, own)
            await self._async_replace_entry(entry)

    async def async_people_changed(self, entry: ConfigEntry) -> None:
        async with self._lock:
            if self._targets.has_people_of(entry.entry_id):
                await self._async_replace_entry(entry)

    async def async_remove_entry(self, entry: ConfigEntry) -> None:
        """Stop the rules of an entry that is unloaded, and keep their records."""
        async with self._lock:
            self._listeners.async_unsubscribe_entry(entry.entry_id)
            self._targets.async_remove_people(entry.entry_id)
            won = {
                person: rule_id
                for person, rule_id in self._winners.items()
                if person[0] == entry.entry_id
            }
            for person in won:
                self.async_set_winner(*person, None)
            self.statistics.async_interrupt(won)
            await self._async_replace(entry.entry_id, ())

    @callback
    def async_forget_entry(self, entry: ConfigEntry) -> None:
        self._delete_records(entry.entry_id)
        self._retain_people(entry.entry_id, ())

    async def _async_replace_entry(self, entry: ConfigEntry) -> None:
        self._retain_people(entry.entry_id, controlled_keys(entry))
        subentries = entry.get_subentries_of_type(SUBENTRY_RULE)
        rules = [Rule.from_subentry(each) for each in subentries]
        await self._async_replace(entry.entry_id, rules)
        self._delete_records(entry.entry_id, keep=entry.subentries)

    def _retain_people(self, entry_id: str, keys: Collection[str]) -> None:
        self.pauses.async_retain_people(entry_id, keys)
        self._loops.async_retain_people(entry_id, keys)

    def _delete_records(self, source: Source, keep: Container[str] = ()) -> None:
        self._rules.async_delete_records(source, keep)
        self.statistics.async_delete(source, keep)

    async def _async_replace(self, source: Source, rules: Sequence[Rule]) -> None:
        former = {each.id: each for each in self._rules.rules_from(source)}
        await self._rules.async_replace(source, rules)
        for rule_id in former.keys() - {each.id for each in rules if former.get(each.id) == each}:
            self._release(rule_id)
        for rule_id in self.requests.async_renew():
            self._listeners.async_note_people(self._targets.of(rule_id))
        self._update_targets()
        for rule_id in {each.id for each in rules if _is_about_all_now(former.get(each.id), each)}:
            if runner := self._rules.runner_of(rule_id):
                await runner.async_catch_up()
        await self._rules.async_set_people(self._targets)
        self._lint.async_check()
        self._listeners.async_note_set()

    # What changes while rules run

    async def _async_start(self, _hass: HomeAssistant) -> None:
        async with self._lock:
            await self._rules.async_start()
            self._check.async_start()
            self._lint.async_start()
            self.statistics.async_start()

    async def _async_people_changed(self) -> None:
        async with self._lock:
            await self._rules.async_set_people(self._targets)
            self._rules.async_reevaluate_personal()

    @callback
    def _stop(self, _event: Event) -> None:
        self._directory.async_stop()
        self.pauses.async_stop()
        self._rules.async_stop()
        self._check.async_stop()
        self._lint.async_stop()
        self.statistics.async_stop()

    @callback
    def _clock_jumped(self, _by: timedelta) -> None:
        self.pauses.async_end_by_clock()
        self._rules.async_reevaluate()

    @callback
    def _configuration_changed(self, _event: Event) -> None:
        self._rules.async_reevaluate()

    @callback
    def _rule_changed(self, rule_id: str, concerned: Concerned) -> None:
        people = self._targets.of(rule_id) if concerned is None else frozenset({concerned})
        self._listeners.async_note_rule(rule_id, people)
        if self._loops.async_note_change(rule_id):
            self._listeners.async_note_people(self._targets.of(rule_id))
        if not self.requests.async_update(rule_id, concerned):
            return
        if concerned is None:
            self._lint.async_note_activity(rule_id, holds=self.requests.is_requesting(rule_id))
        self._listeners.async_note_people(people)

    @callback
    def _pauses_changed(self, scope: Scope) -> None:
        concerned = self.requests.rules_in(scope)
        self._listeners.async_note_rules(concerned)
        for rule_id in filter(self.requests.is_requesting, concerned):
            people = self._targets.of(rule_id)
            self._listeners.async_note_people(
                people if scope.people is None else people & scope.people
            )

    @callback
    def _directory_changed(self) -> None:
        self._update_targets()
        self._hass.async_create_task(self._async_people_changed(), f"{DOMAIN} people of rules")

    @callback
    def _update_targets(self) -> None:
        changed = self._targets.async_resolve(self._rules.rules)
        people = frozenset(each for people in changed.values() for each in people)
        self._listeners.async_note_rules(changed)
        self._listeners.async_note_people(people)
        self._listeners.async_note_evaluations(people)


def _is_about_all_now(before: Rule | None, rule: Rule) -> bool:
    """Return whether a rule that was evaluated for each person is evaluated for all together."""
    return before is not None and before.is_personal and not rule.is_personal


@callback
def async_rule_engine(hass: HomeAssistant) -> RuleEngine:
    return hass.data[RULE_ENGINE]
