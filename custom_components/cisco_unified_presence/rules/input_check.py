"""Looks for inputs of rules that do not exist, and for templates that fail.

A rule with such an input never holds, and would do so in silence.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_time_interval

from ..const import DOMAIN
from ..storage import HintStore
from .instance import RuleInstance
from .issues import (
    Renamed,
    RuleIssue,
    async_raise_renamed,
    async_raise_rule_issue,
    async_withdraw_rule_issue,
)
from .runner import RuleRunner
from .schema import EVENT_IN_CONDITION

# After a start entities need a while to appear.
CHECK_EACH: Final = timedelta(minutes=5)

# As Jinja says it.
_EVENT_UNDEFINED: Final = "'event' is undefined"

_ISSUES: Final = (
    RuleIssue.RULE_ENTITY_MISSING,
    RuleIssue.RULE_ENTITY_RENAMED,
    RuleIssue.RULE_ENTITY_RENAMED_YAML,
    RuleIssue.RULE_TEMPLATE,
)


@dataclass(frozen=True, slots=True)
class Missing:
    """An entity that does not exist, and where a rule asks for it."""

    entity_id: str
    where: str


@callback
def _is_renamed(data: er.EventEntityRegistryUpdatedData) -> bool:
    return data["action"] == "update" and "old_entity_id" in data


class InputCheck:
    """Checks the inputs of all rules every five minutes, from five minutes after the start."""

    def __init__(self, hass: HomeAssistant, runners: Callable[[], Iterable[RuleRunner]]) -> None:
        self._hass = hass
        self._runners = runners
        self._renamed: dict[str, str] = {}
        self._store = HintStore(hass, f"{DOMAIN}.renamed_entities")
        self._raised: set[tuple[RuleIssue, str]] = set()
        self._stop_checking: list[CALLBACK_TYPE] = []

    async def async_load(self) -> None:
        stored = await self._store.async_load()
        self._renamed = {str(old): str(new) for old, new in stored.items()}
        self._hass.bus.async_listen(
            er.EVENT_ENTITY_REGISTRY_UPDATED, self._renamed_entity, _is_renamed
        )

    @callback
    def async_start(self) -> None:
        self._stop_checking = [
            async_track_time_interval(self._hass, self._check, CHECK_EACH, cancel_on_shutdown=True)
        ]

    @callback
    def async_stop(self) -> None:
        while self._stop_checking:
            self._stop_checking.pop()()

    @callback
    def async_clear(self, rule_id: str) -> None:
        """Delete the issues of a rule that was changed or removed."""
        for raised in [each for each in self._raised if each[1] == rule_id]:
            self._raised.discard(raised)
            async_withdraw_rule_issue(self._hass, *raised)

    @callback
    def _renamed_entity(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        if TYPE_CHECKING:
            # The filter lets nothing else by.
            assert event.data["action"] == "update"
        before, now = event.data["old_entity_id"], event.data["entity_id"]
        self._renamed = {
            old: now if new == before else new for old, new in self._renamed.items() if old != now
        } | {before: now}
        self._hass.async_create_task(
            self._store.async_save({**self._renamed}), f"{DOMAIN} save renamed entities"
        )

    @callback
    def _check(self, _now: datetime) -> None:
        found: set[tuple[RuleIssue, str]] = set()
        for runner in self._runners():
            found.update((issue, runner.rule.id) for issue in self._async_issues_of(runner))
        for issue, rule_id in self._raised - found:
            async_withdraw_rule_issue(self._hass, issue, rule_id)
        self._raised = found

    def _async_issues_of(self, runner: RuleRunner) -> Iterable[RuleIssue]:
        """Raise what is to be raised about a rule, and yield what was."""
        missing = list(self._missing_in(runner))
        renamed = [each for each in missing if each.entity_id in self._renamed]
        if renamed:
            first = renamed[0]
            yield async_raise_renamed(
                self._hass,
                runner.rule,
                runner.entry_id,
                Renamed(first.entity_id, self._renamed[first.entity_id], first.where),
            )
        elif missing:
            yield RuleIssue.RULE_ENTITY_MISSING
            async_raise_rule_issue(
                self._hass,
                RuleIssue.RULE_ENTITY_MISSING,
                runner.rule.id,
                rule=runner.rule.name,
                entity=missing[0].entity_id,
                where=missing[0].where,
            )
        if failing := next(iter(_failing_in(runner)), None):
            yield RuleIssue.RULE_TEMPLATE
            async_raise_rule_issue(
                self._hass,
                RuleIssue.RULE_TEMPLATE,
                runner.rule.id,
                rule=runner.rule.name,
                where=failing[0],
                problem=failing[1],
            )

    def _missing_in(self, runner: RuleRunner) -> Iterable[Missing]:
        registry = er.async_get(self._hass)
        for entity_id, where in inputs_of(runner.instances.values()):
            if self._hass.states.get(entity_id) is None and not registry.async_get(entity_id):
                yield Missing(entity_id, where)


def inputs_of(instances: Iterable[RuleInstance]) -> Iterable[tuple[str, str]]:
    """Yield the entities that a rule asks for, and where."""
    for instance in instances:
        if (running := instance.running) is None:
            continue
        for number, leaf in running.conditions.numbered_leaves:
            for entity_id in sorted(leaf.inputs.entities):
                yield entity_id, f"condition {number}"
        for entity_id in sorted(running.texts.entities if running.texts else ()):
            yield entity_id, "its texts"


def _failing_in(runner: RuleRunner) -> Iterable[tuple[str, str]]:
    """Yield where templates of a rule fail, and why."""
    for instance in runner.instances.values():
        if (running := instance.running) is None:
            continue
        for number, leaf in running.conditions.numbered_leaves:
            if leaf.error is not None:
                yield f"condition {number}", _with_advice(leaf.error)
        yield from (running.texts.errors if running.texts else {}).items()


def _with_advice(problem: str) -> str:
    """Return what is wrong with a condition that was stored before this was refused."""
    return f"{problem}: {EVENT_IN_CONDITION}" if _EVENT_UNDEFINED in problem else problem
