"""Which rules run: where they come from, their order, and a runner for each."""

import asyncio
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from itertools import batched
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback

from ..arbitration import RuleRequest
from ..causes import RuleChange
from ..const import DOMAIN
from .directory import PersonId
from .issues import async_raise_file_lost, async_raise_records_lost
from .rule import Rule, name_of
from .runner import Concerned, RuleRunner
from .snapshot import RuleSnapshot
from .status import RuleEvaluation
from .store import RuleRecord, RuleStore
from .targets import RuleTargets

_STARTED_TOGETHER: Final = 20
# A fingerprint of conditions takes a fraction of a millisecond.
_MADE_TOGETHER: Final = 50

type Source = str | None
"""Where rules come from: an entry's id, or YAML."""

YAML = None


class RuleSet:
    """The rules of all sources. Its coroutines must not run at the same time.

    Until it is started, and once it is stopped, every rule keeps its recorded state.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        view_of: Callable[[PersonId], Mapping[str, Any] | None],
        on_change: Callable[[str, Concerned], None],
    ) -> None:
        """Initialize.

        ``view_of`` returns what templates may know of a person. ``on_change`` is called with the id
        of a rule whose state has changed, and for whom.
        """
        self._hass = hass
        self._view_of = view_of
        self._on_change = on_change
        self._store = RuleStore(hass, self._records)
        self._runners: dict[str, RuleRunner] = {}
        self._ids: dict[Source, tuple[str, ...]] = {}
        self._order: dict[str, int] = {}
        self._started = False

    async def async_load(self) -> None:
        """Read the records, and delete those of entries that are gone."""
        loaded = await self._store.async_load()
        if loaded.unreadable_file:
            async_raise_file_lost(self._hass, loaded.unreadable_file)
        if loaded.unreadable:
            async_raise_records_lost(self._hass, self._names_of(loaded.unreadable))
        sources = self._sources()
        self._store.async_delete(lambda _, record: record.entry_id not in sources)

    async def async_stored(self) -> None:
        """Return once the switches and the timing of all rules are on disk as they are now."""
        await self._store.async_stored()

    async def async_start(self) -> None:
        self._started = True
        await _async_start(self._runners.values())

    @callback
    def async_stop(self) -> None:
        self._started = False
        for runner in self._runners.values():
            runner.async_stop()

    @callback
    def async_reevaluate(self) -> None:
        """Evaluate all conditions again, since the time or what it means to them has changed."""
        for runner in self._runners.values():
            runner.async_reevaluate()

    @callback
    def async_reevaluate_personal(self) -> None:
        """Evaluate the rules again that depend on the person."""
        for runner in self._personal:
            runner.async_reevaluate()

    async def async_set_people(self, targets: RuleTargets) -> None:
        """Evaluate the rules that depend on the person for whom they are about now."""
        for runner in self._personal:
            people = targets.of(runner.rule.id)
            await runner.async_set_people(people, targets.has_people_of)
            await runner.async_update_links()

    @property
    def _personal(self) -> list[RuleRunner]:
        return [each for each in self._runners.values() if each.rule.is_personal]

    @property
    def rules(self) -> list[Rule]:
        """Return all rules: YAML first, then entry by entry as they were made."""
        return [self._runners[rule_id].rule for rule_id in self._order]

    def rules_from(self, source: Source) -> tuple[Rule, ...]:
        return tuple(self._runners[rule_id].rule for rule_id in self._ids.get(source, ()))

    def runner_of(self, rule_id: str) -> RuleRunner | None:
        return self._runners.get(rule_id)

    @property
    def runners(self) -> Iterable[RuleRunner]:
        return self._runners.values()

    def request_of(self, rule_id: str, concerned: Concerned) -> RuleRequest | None:
        """Return what a rule requests, None while it does not hold."""
        return self._runners[rule_id].request_of(concerned, self._order[rule_id])

    def requests(self) -> dict[str, dict[Concerned, RuleRequest]]:
        """Return what the rules request where they hold, by id and for whom."""
        return {
            rule_id: self._runners[rule_id].requests(order)
            for rule_id, order in self._order.items()
        }

    def order_of(self, rule: Rule, source: Source) -> int:
        """Return the place of a rule among others; a new one is the last of its source."""
        if (order := self._order.get(rule.id)) is not None:
            return order
        sources = self._sources()
        before = sources[: sources.index(source) + 1]
        return sum(len(self._ids.get(each, ())) for each in before)

    def record_for(self, rule: Rule, source: Source) -> RuleRecord:
        """Return with which record a version of a rule would begin to run."""
        runner = self._runners.get(rule.id)
        if runner is None:
            return RuleRecord(entry_id=source, conditions=rule.fingerprint)
        before = runner.rule
        if rule.fingerprint == before.fingerprint and rule.is_personal is before.is_personal:
            return runner.record
        return RuleRecord(entry_id=source, conditions=rule.fingerprint, enabled=runner.enabled)

    def evaluation_of(self, rule_id: str, person: PersonId) -> RuleEvaluation:
        return self._runners[rule_id].evaluation(self._order[rule_id], person)

    def snapshot_of(self, rule_id: str, person: PersonId, *, rests: bool) -> RuleSnapshot:
        return self._runners[rule_id].snapshot(self._order[rule_id], person, rests=rests)

    def evaluations_of(self, rule_id: str) -> tuple[RuleEvaluation, ...]:
        """Return how a rule evaluates: once for all its people, or for each of them."""
        runner = self._runners.get(rule_id)
        return runner.evaluations(self._order[rule_id]) if runner else ()

    def change_of(self, rule_id: str, person: PersonId) -> RuleChange | None:
        """Return the last change of a rule for a person, None of a rule that is gone."""
        runner = self._runners.get(rule_id)
        return runner.change_of(person) if runner else None

    async def async_replace(self, source: Source, rules: Sequence[Rule]) -> None:
        """Run these rules in place of the ones that the source had.

        All that has to be awaited is prepared first; the rules are exchanged in one step.
        """
        added = await self._async_new_runners(rules, source)
        if self._started:
            await _async_start(added)
        changed = [
            (runner, rule, await runner.async_prepare(rule))
            for rule in rules
            if (runner := self._runners.get(rule.id))
        ]
        ids = tuple(rule.id for rule in rules)
        for rule_id in set(self._ids.get(source, ())).difference(ids):
            runner = self._runners.pop(rule_id)
            runner.async_stop()
            self._store.async_set(rule_id, runner.record)
        for runner, rule, prepared in changed:
            runner.async_replace(rule, prepared)
        for runner in added:
            self._runners[runner.rule.id] = runner
            self._store.async_set(runner.rule.id, runner.record)
        self._ids[source] = ids
        self._order = self._numbered()
        if not self._started:
            # Home Assistant may have stopped meanwhile.
            self.async_stop()

    @callback
    def async_delete_records(self, source: Source, keep: Container[str] = ()) -> None:
        """Delete the records of a source's rules, but for the rule ids to keep."""
        self._store.async_delete(
            lambda rule_id, record: record.entry_id == source and rule_id not in keep
        )

    async def _async_new_runners(self, rules: Sequence[Rule], source: Source) -> list[RuleRunner]:
        runners: list[RuleRunner] = []
        new = [rule for rule in rules if rule.id not in self._runners]
        for batch in batched(new, _MADE_TOGETHER, strict=False):
            runners += [self._new_runner(rule, source) for rule in batch]
            await asyncio.sleep(0)
        return runners

    def _new_runner(self, rule: Rule, source: Source) -> RuleRunner:
        record = self._store.record_of(rule, source)
        return RuleRunner(self._hass, rule, record, self._view_of, self._rule_changed)

    @callback
    def _rule_changed(self, rule_id: str, concerned: Concerned) -> None:
        if rule_id not in self._runners:
            # It is being prepared, and is added with the state that it has then.
            return
        self._store.async_note_change()
        self._on_change(rule_id, concerned)

    def _records(self) -> dict[str, RuleRecord]:
        return {rule_id: runner.record for rule_id, runner in self._runners.items()}

    def _names_of(self, rule_ids: Iterable[str]) -> list[str]:
        """Return the names of rules that do not run yet; of those in YAML their ids."""
        entries = self._hass.config_entries.async_entries(DOMAIN)
        titles = {key: name_of(rule) for entry in entries for key, rule in entry.subentries.items()}
        return [titles.get(rule_id, rule_id) for rule_id in rule_ids]

    def _numbered(self) -> dict[str, int]:
        ids = (rule_id for source in self._sources() for rule_id in self._ids.get(source, ()))
        return {rule_id: number for number, rule_id in enumerate(ids)}

    def _sources(self) -> tuple[Source, ...]:
        entries = self._hass.config_entries.async_entries(DOMAIN)
        return (YAML, *(entry.entry_id for entry in entries))


async def _async_start(runners: Iterable[RuleRunner]) -> None:
    """Start rules some at a time: each takes a millisecond, or waits for the recorder."""
    for batch in batched(tuple(runners), _STARTED_TOGETHER, strict=False):
        await asyncio.gather(*(runner.async_start() for runner in batch))
        await asyncio.sleep(0)
