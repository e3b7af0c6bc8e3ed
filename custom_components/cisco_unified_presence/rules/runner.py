"""Runs one rule: for all its people together, or for each person whom it is about."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback

from ..arbitration import RuleRequest
from ..causes import RuleChange
from .conditions import ConditionsInvalid
from .directory import PersonId
from .instance import RuleInstance
from .issues import RuleIssue, async_clear_rule_issue, async_raise_rule_issue
from .rule import Rule
from .rule_state import Prepared, RuleState
from .snapshot import RuleSnapshot
from .status import RuleEvaluation, RuleReading
from .store import InstanceRecord, RuleRecord

# Preparing the conditions of one takes a millisecond.
_PREPARED_PER_TURN: Final = 10

type Concerned = PersonId | None
"""For whom a rule is evaluated; None for all its people together."""

type PreparedRule = Mapping[Concerned, Prepared] | ConditionsInvalid
"""What is prepared, or why that was refused."""


class RuleRunner:
    """Runs one rule. Its coroutines must not run at the same time.

    Until it is started, and once it is stopped, the rule keeps its state.

    Attributes:
        rule: The rule.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        rule: Rule,
        record: RuleRecord,
        view_of: Callable[[PersonId], Mapping[str, Any] | None],
        on_change: Callable[[str, Concerned], None],
    ) -> None:
        self.rule = rule
        self._hass = hass
        self._entry_id = record.entry_id
        self._enabled = record.enabled
        self._shared_record = record.shared
        self._people_records = dict(record.people)
        self._view_of = view_of
        self._on_change = on_change
        self._instances: dict[Concerned, RuleInstance] = {}
        self._people: frozenset[PersonId] = frozenset()
        self._started = False
        self._halted = False
        self._make_instances()

    @property
    def entry_id(self) -> str | None:
        """Return the entry that the rule belongs to, None for a rule in YAML."""
        return self._entry_id

    @property
    def enabled(self) -> bool:
        return self._enabled

    @property
    def since(self) -> datetime | None:
        """Return since when the rule holds for anyone, None while it does not."""
        times = (each.timing.holds_since for each in self._instances.values())
        return min((time for time in times if time), default=None)

    @property
    def until(self) -> datetime | None:
        """Return when it ends first, None while it does not hold or has no end."""
        requests = (each.request(0) for each in self._instances.values())
        ends = (request.until for request in requests if request)
        return min((end for end in ends if end), default=None)

    @property
    def record(self) -> RuleRecord:
        shared = self._instances.get(None)
        return RuleRecord(
            entry_id=self._entry_id,
            conditions=self.rule.fingerprint,
            enabled=self._enabled,
            shared=shared.record if shared else InstanceRecord(),
            people=self._records_of_people(),
        )

    @property
    def instances(self) -> Mapping[Concerned, RuleInstance]:
        return self._instances

    @property
    def readings(self) -> tuple[RuleReading, ...]:
        return tuple(
            RuleReading(
                key,
                each.timing.holds_since,
                each.running.conditions.readings if each.running else (),
            )
            for key, each in self._instances.items()
        )

    def requests(self, order: int) -> dict[Concerned, RuleRequest]:
        """Return what the rule requests in this place among others, where it holds."""
        requests = {key: each.request(order) for key, each in self._instances.items()}
        return {key: request for key, request in requests.items() if request}

    def request_of(self, concerned: Concerned, order: int) -> RuleRequest | None:
        instance = self._instances.get(concerned)
        return instance.request(order) if instance else None

    def change_of(self, person: PersonId) -> RuleChange | None:
        """Return the last change for a person."""
        instance = self._instances.get(None) or self._instances.get(person)
        return instance.change if instance else None

    @property
    def last_change(self) -> RuleChange | None:
        """Return the last change for anyone."""
        changes = (each.change for each in self._instances.values())
        return max((each for each in changes if each), key=lambda each: each.at, default=None)

    def evaluations(self, order: int) -> tuple[RuleEvaluation, ...]:
        """Return how it evaluates: once for all its people, or for each of them."""
        instances = self._instances.values()
        return tuple(each.evaluation(order, enabled=self._enabled) for each in instances)

    def evaluation(self, order: int, person: PersonId) -> RuleEvaluation:
        instance = self._instances.get(None) or self._instances.get(person)
        if instance is None:
            # It is being made.
            instance = self._new_instance(person)
        return instance.evaluation(order, enabled=self._enabled)

    def snapshot(self, order: int, person: PersonId, *, rests: bool) -> RuleSnapshot:
        """Return the rule as it is for a person, in this place among others."""
        key = person if self.rule.is_personal else None
        instance = self._instances.get(key)
        return RuleSnapshot(
            rule=self.rule,
            order=order,
            concerned=key,
            state=instance.state if instance else RuleState(self.rule, InstanceRecord()),
            enabled=self._enabled,
            runs=instance is not None and instance.is_running,
            rests=rests,
        )

    async def async_start(self) -> None:
        if not self._started:
            self._started = True
            self.async_use(await self.async_prepare(self.rule))

    @callback
    def async_stop(self) -> None:
        self._started = False
        self._release()

    @callback
    def async_halt(self) -> None:
        """Stop evaluating the rule, which keeps its state, until it is changed or switched."""
        self._halted = True
        for instance in self._instances.values():
            instance.async_release()

    async def async_set_enabled(self, *, enabled: bool) -> None:
        """Switch the rule on or off, which resets its timing."""
        if enabled == self._enabled:
            return
        self._enabled = enabled
        self._halted = False
        self._reset()
        self.async_use(await self.async_prepare(self.rule))

    async def async_set_people(
        self, people: frozenset[PersonId], is_loaded: Callable[[str], bool]
    ) -> None:
        """Evaluate a rule that depends on the person for these people.

        The state of others is kept while their entry, by id, is not loaded.
        """
        self._people = people
        self._people_records = self._records_of_people()
        for gone in [key for key in self._instances if key is not None and key not in people]:
            self._instances.pop(gone).async_release()
        about = {stored_key(person) for person in people}
        self._people_records = {
            key: record
            for key, record in self._people_records.items()
            if key in about or not is_loaded(key.partition("/")[0])
        }
        for person in people - self._instances.keys():
            self._instances[person] = self._new_instance(person)
            self._on_change(self.rule.id, person)
        await self.async_catch_up()

    async def async_catch_up(self) -> None:
        """Prepare and use what does not run yet."""
        if not all(each.is_running for each in self._instances.values()):
            self.async_use(await self.async_prepare(self.rule))

    async def async_prepare(self, rule: Rule) -> PreparedRule:
        """Return what runs for a rule; what is in use already, or not needed, is left out."""
        if not self._started or not self._enabled or (self._halted and rule == self.rule):
            return {}
        if rule.is_personal is not self.rule.is_personal:
            # Its instances are others, which are made when it takes the place of the present one.
            return {}
        is_alike = rule.is_evaluated_like(self.rule)
        needed = {
            key: each for key, each in self._instances.items() if not (is_alike and each.is_running)
        }
        prepared: dict[Concerned, Prepared] = {}
        try:
            for key, instance in needed.items():
                prepared[key] = await instance.async_prepare(rule)
                if len(prepared) % _PREPARED_PER_TURN == 0:
                    await asyncio.sleep(0)
        except ConditionsInvalid as error:
            for each in prepared.values():
                each.async_stop()
            return error
        return prepared

    @callback
    def async_replace(self, rule: Rule, prepared: PreparedRule) -> None:
        """Run another version of the rule, with what async_prepare has returned for it.

        Other conditions reset the timing.
        """
        before, self.rule = self.rule, rule
        self._halted = self._halted and rule == before
        if rule.is_personal is not before.is_personal:
            self._release()
            self._people_records.clear()
            self._shared_record = InstanceRecord()
            self._make_instances()
            self._on_change(rule.id, None)
        elif rule.fingerprint != before.fingerprint:
            self._reset()
        for instance in self._instances.values():
            instance.async_replace(rule)
        self.async_use(prepared)
        if rule != before:
            self._note_all()

    @callback
    def async_use(self, prepared: PreparedRule) -> None:
        if isinstance(prepared, ConditionsInvalid):
            if self._started:
                self._refuse(prepared)
            return
        for key, each in prepared.items():
            instance = self._instances.get(key)
            if not self._started or not self._enabled or instance is None:
                # Stopped, or the person has gone, while it was prepared.
                each.async_stop()
            else:
                instance.async_use(each)

    @callback
    def async_reevaluate(self) -> None:
        """Evaluate the conditions and set all timers again, whatever was found before."""
        for instance in tuple(self._instances.values()):
            instance.async_evaluate()

    @callback
    def async_own_changed(self, person: PersonId, *, follows: bool) -> None:
        """Evaluate again, since a person's own presence has changed, perhaps by what is set."""
        if instance := self._instances.get(person):
            instance.async_own_changed(follows=follows)

    async def async_update_links(self) -> None:
        """Make the conditions anew where something else is linked to the person."""
        others = [each for each in self._instances.values() if each.has_other_links]
        for instance in others:
            instance.async_release()
        if others:
            await self.async_catch_up()

    def _records_of_people(self) -> dict[str, InstanceRecord]:
        """Return the records of all for whom it is or was evaluated, as they may come again."""
        now = {stored_key(key): each.record for key, each in self._instances.items() if key}
        return {**self._people_records, **now}

    def _keys_of(self, rule: Rule) -> Iterable[Concerned]:
        return self._people if rule.is_personal else (None,)

    def _make_instances(self) -> None:
        self._instances = {key: self._new_instance(key) for key in self._keys_of(self.rule)}

    def _new_instance(self, key: Concerned) -> RuleInstance:
        if key is None:
            record = self._shared_record
        else:
            record = self._people_records.get(stored_key(key), InstanceRecord())
        return RuleInstance(
            self._hass,
            self.rule,
            record,
            partial(self._view_of, key) if key else _no_view,
            partial(self._on_change, self.rule.id, key),
        )

    @callback
    def _reset(self) -> None:
        self._release()
        for instance in self._instances.values():
            instance.async_reset()
        self._note_all()

    def _note_all(self) -> None:
        for key in tuple(self._instances):
            self._on_change(self.rule.id, key)

    @callback
    def _refuse(self, error: ConditionsInvalid) -> None:
        self._reset()
        async_raise_rule_issue(
            self._hass,
            RuleIssue.RULE_CONDITIONS,
            self.rule.id,
            rule=self.rule.name,
            problem=str(error),
        )

    @callback
    def _release(self) -> None:
        async_clear_rule_issue(self._hass, RuleIssue.RULE_CONDITIONS, self.rule.id)
        for instance in self._instances.values():
            instance.async_release()


def stored_key(person: PersonId) -> str:
    return "/".join(person)


def _no_view() -> None:
    return None
