"""Where the change of a rule comes from: other rules' effects, time, or anything else."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant, State, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from ..causes import RuleChange
from ..const import DOMAIN, SUBENTRY_GROUP
from ..people import person_device_identifier
from .directory import PersonId
from .input_check import inputs_of
from .loop_inputs import is_ours
from .loops import FOREIGN, Call, LoopGuard, Origin
from .runner import RuleRunner
from .targets import RuleTargets

# A rule may read the entities of a rule that reads those of another.
_DEPTH: Final = 5
# Automations that trigger one another.
_STEPS: Final = 5
# An entity of others follows from what has changed last, if from anything of ours.
_MOST_PEOPLE: Final = 20
# Of a rule without people; a rule that is evaluated once for all has the same change for each.
_NO_PERSON: Final = ("", "")
# The unique ids of entities that tell of a rule.
_RULE: Final = "rule_"
_TELLING: Final = (
    (Platform.BINARY_SENSOR, ""),
    (Platform.SENSOR, "_status"),
    (Platform.SENSOR, "_wins"),
    (Platform.SENSOR, "_time_won"),
)
_RUN_BY_CONTEXT: Final = ("automation", "script")


class LoopOrigins:
    """Finds where changes of rules come from.

    The state of another integration's entity that follows from one of ours has its context, or one
    that descends from it: templates, groups and most helpers take it over, and automations and
    scripts derive theirs from it.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        targets: RuleTargets,
        guard: LoopGuard,
        runner_of: Callable[[str], RuleRunner | None],
    ) -> None:
        self._hass = hass
        self._targets = targets
        self._guard = guard
        self._runner_of = runner_of
        self._last_source: tuple[str | None, str | None] = (None, None)
        self._last_caller: tuple[str | None, str | None] = (None, None)

    @callback
    def async_origin(self, person: PersonId, rules: Iterable[str], now: datetime) -> Origin:
        """Return where the change of these rules for a person comes from."""
        origins = [
            self._of_rule(runner, person, now, frozenset(), _DEPTH)
            for rule_id in rules
            if (runner := self._runner_of(rule_id))
        ]
        others = [each for each in origins if not each.by_time]
        if not all(each.people for each in others):
            return FOREIGN
        return Origin(
            people=frozenset[PersonId]().union(*(each.people for each in origins)),
            reads=frozenset[tuple[str, str]]().union(*(each.reads for each in others)),
            by_time=not others,
        )

    @callback
    def async_note_call(self, person: PersonId, context: Context, now: datetime) -> None:
        """Note an action for a person, and whose presence has led to it, by way of automations."""
        if context.id != self._last_caller[0]:
            # One action may be for thousands of people.
            lineage = set(self._lineage(context)) - {context.id}
            self._last_caller = (context.id, self._entity_with(lineage))
        entity_id = self._last_caller[1]
        people = self._targets.shown_by(entity_id) if entity_id else ()
        self._guard.note_call(person, Call(now, self._of_people(people, now).people))

    @callback
    def async_follows_from_itself(self, rule_id: str) -> bool:
        """Return whether a rule changed because it did: it reads entities that tell of rules."""
        person = next(iter(self._targets.of(rule_id)), _NO_PERSON)
        shown: RuleRunner | None = self._runner_of(rule_id)
        for _ in range(_DEPTH):
            change = shown.change_of(person) if shown else None
            if change is None or change.entity_id is None:
                return False
            if self._follows_from(rule_id, change):
                return True
            shown = self._rule_shown_by(change.entity_id)
        return False

    def _follows_from(self, rule_id: str, change: RuleChange) -> bool:
        """Return whether the change of an input follows from the entities of a rule."""
        registry, context = er.async_get(self._hass), change.context
        lineage = {context.id, context.parent_id} if context else set()
        for platform, suffix in _TELLING:
            unique_id = f"{_RULE}{rule_id}{suffix}"
            entity_id = registry.async_get_entity_id(platform, DOMAIN, unique_id)
            state = self._hass.states.get(entity_id) if entity_id else None
            if state and (state.entity_id == change.entity_id or state.context.id in lineage):
                return True
        return False

    def _of_rule(
        self,
        runner: RuleRunner,
        person: PersonId,
        now: datetime,
        above: frozenset[str],
        depth: int,
    ) -> Origin:
        """Return where the last change of a rule comes from.

        Args:
            runner: Runs the rule.
            person: For whom it has changed.
            now: The present time.
            above: The rules whose changes follow from this one.
            depth: How many rules that read the entities of others are followed.
        """
        change = runner.change_of(person)
        if change is None or not depth:
            return FOREIGN
        rules = above | {runner.rule.id}
        if change.entity_id is None:
            read = {entity_id for entity_id, _ in inputs_of(runner.instances.values())}
            return replace(self._shown_by(read), by_time=True)
        source = self._source_of(change)
        if source is None:
            return FOREIGN
        if (shown := self._rule_shown_by(source)) is None:
            origin = self._of_people(self._targets.shown_by(source), now)
        elif shown.rule.id in rules:
            # It follows from its own change.
            origin = Origin(people=frozenset({person}))
        else:
            origin = self._of_rule(shown, person, now, rules, depth - 1)
        return replace(origin, reads=frozenset({(runner.rule.id, change.entity_id)}))

    def _of_people(self, people: Iterable[PersonId], now: datetime) -> Origin:
        """Return where it comes from that these people show something else."""
        found: set[PersonId] = set()
        for person in people:
            call, last = self._guard.call(person, now), self._guard.last(person, now)
            if call is not None and not call.people:
                # A user has set it, or an automation for another reason.
                return FOREIGN
            if call is not None:
                changed_at, led_to_it = call.at, call.people
            elif last is not None:
                changed_at, led_to_it = last.at, last.origin.people
            else:
                continue
            own = self._guard.own_changed_at(person)
            if own is not None and own > changed_at:
                # The person has done it since, perhaps some time ago: an automation may wait.
                return FOREIGN
            found |= {person, *led_to_it}
        return Origin(people=frozenset(found))

    def _shown_by(self, entities: Iterable[str]) -> Origin:
        people = (self._targets.shown_by(each) for each in entities if is_ours(self._hass, each))
        return Origin(people=frozenset[PersonId]().union(*people))

    def _source_of(self, change: RuleChange) -> str | None:
        """Return the entity of this integration from which an input follows, None without one."""
        if change.entity_id is None or is_ours(self._hass, change.entity_id):
            return change.entity_id
        if change.context is None:
            return None
        if change.context.id != self._last_source[0]:
            # One change may concern hundreds of people.
            lineage = set(self._lineage(change.context))
            self._last_source = (change.context.id, self._entity_with(lineage))
        return self._last_source[1]

    def _entity_with(self, lineage: set[str]) -> str | None:
        """Return the entity of this integration whose state has one of these contexts."""
        return next(
            (each.entity_id for each in self._states_of_ours() if each.context.id in lineage), None
        )

    def _lineage(self, context: Context) -> Iterator[str]:
        """Yield the ids of a context and of those from which it descends."""
        yield context.id
        parent = context.parent_id
        if parent is None:
            return
        runs = self._hass.states.async_all(_RUN_BY_CONTEXT)
        parents = {each.context.id: each.context.parent_id for each in runs}
        for _ in range(_STEPS):
            if parent is None:
                return
            yield parent
            parent = parents.get(parent)

    def _states_of_ours(self) -> Iterator[State]:
        """Yield the states of those whose winners have changed last, and of their groups."""
        registry, devices = er.async_get(self._hass), dr.async_get(self._hass)
        people = self._guard.changed_last(_MOST_PEOPLE)
        identifiers = [(person_device_identifier(*each), each[0]) for each in people]
        for entry_id in {each[0] for each in people}:
            # It may have been removed since.
            if owner := self._hass.config_entries.async_get_entry(entry_id):
                groups = owner.get_subentries_of_type(SUBENTRY_GROUP)
                identifiers += [
                    ((DOMAIN, f"{SUBENTRY_GROUP}_{each.subentry_id}"), entry_id) for each in groups
                ]
        for identifier in identifiers:
            device = devices.async_get_device_by_identifier(*identifier)
            for entry in er.async_entries_for_device(registry, device.id) if device else ():
                if state := self._hass.states.get(entry.entity_id):
                    yield state

    def _rule_shown_by(self, entity_id: str) -> RuleRunner | None:
        """Return the rule of which an entity tells: its unique id is made of the rule's."""
        entry = er.async_get(self._hass).async_get(entity_id)
        rule_id = entry.unique_id.removeprefix(_RULE) if entry else ""
        while rule_id:
            if runner := self._runner_of(rule_id):
                return runner
            rule_id = rule_id.rpartition("_")[0]
        return None
