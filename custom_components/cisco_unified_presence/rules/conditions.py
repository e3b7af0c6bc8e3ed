"""The conditions of one rule: evaluated, and tracked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from homeassistant.const import CONF_CONDITION, CONF_CONDITIONS
from homeassistant.core import CALLBACK_TYPE, HassJobType, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.condition import async_validate_conditions_config
from homeassistant.helpers.event import (
    async_track_point_in_utc_time,
    async_track_state_change_event,
    async_track_time_change,
)
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .calendar_leaf import CalendarLeaf
from .condition_facts import ConditionFact
from .condition_leaf import Leaf
from .condition_result import Scope
from .condition_tree import (
    ConditionReading,
    MakeLeaf,
    Node,
    async_build_all,
    first_event,
    is_enabled,
    readings_of,
    unload,
)
from .truth import TruthValue, all_of


class ConditionsInvalid(Exception):
    """A rule cannot use these conditions; the message is a sentence for users."""


@dataclass(frozen=True, slots=True)
class ConditionsResult:
    """What the conditions of a rule evaluate to.

    Attributes:
        value: The value of all of them together.
        failing: In words, each condition that is not true.
        event: The calendar event that a condition has found, None without one.
    """

    value: TruthValue
    failing: tuple[str, ...]
    event: Mapping[str, Any] | None = None


class WatchedConditions:
    """The conditions of one rule, all of which must be true."""

    def __init__(self, hass: HomeAssistant, nodes: Sequence[Node | None], scope: Scope) -> None:
        self._hass = hass
        self._scope = scope
        # As users count them, with those that are disabled.
        self._numbered = [(number, node) for number, node in enumerate(nodes, 1) if node]
        self._leaves: Sequence[Leaf | CalendarLeaf] = [
            leaf for _, node in self._numbered for leaf in node.leaves
        ]
        self._timed_leaves = [leaf for leaf in self._leaves if leaf.may_depend_on_time]
        self._changed: Callable[[], None] | None = None
        self._stopped = False
        self._trackers: list[CALLBACK_TYPE] = []
        self._inputs: list[frozenset[str]] = []
        self._entities: frozenset[str] = frozenset()
        self._untrack_entities: CALLBACK_TYPE | None = None
        self._moment: datetime | None = None
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._untrack_minutes: CALLBACK_TYPE | None = None

    @classmethod
    async def async_create(
        cls,
        hass: HomeAssistant,
        raw: list[ConfigType],
        name: str,
        scope: Scope | None = None,
    ) -> Self:
        """Return the conditions, ready to be evaluated.

        Args:
            hass: Home Assistant.
            raw: The conditions as they were written; they are not modified.
            name: The rule's name, for error messages.
            scope: What their templates may name.

        Raises:
            ConditionsInvalid: A rule cannot use them.
        """
        validated = await async_validated(hass, raw, name)
        return await cls.async_build(hass, validated, name, scope or Scope())

    @classmethod
    async def async_build(
        cls,
        hass: HomeAssistant,
        validated: Sequence[ConfigType],
        name: str,
        scope: Scope,
        make_leaf: MakeLeaf = Leaf.async_create,
    ) -> Self:
        """Return validated conditions, ready to be evaluated.

        Raises:
            ConditionsInvalid: A rule cannot use them.
        """
        try:
            return cls(hass, await async_build_all(hass, validated, scope, make_leaf), scope)
        except (vol.Invalid, HomeAssistantError) as error:
            raise _not_accepted(name, error) from error

    @callback
    def async_evaluate(self) -> ConditionsResult:
        """Evaluate the conditions; while they are tracked, also track what this depended on."""
        results = [node.async_evaluate() for _, node in self._numbered]
        if self._changed:
            self._async_track_inputs()
        value = all_of([result.value for result in results])
        if value is TruthValue.TRUE:
            return ConditionsResult(value, (), first_event(results))
        failing = [
            f"condition {number} ({result.words})"
            for (number, _), result in zip(self._numbered, results, strict=True)
            if result.value is not TruthValue.TRUE
        ]
        return ConditionsResult(value, tuple(failing))

    async def async_track(self, on_change: Callable[[], None]) -> None:
        """Call on_change whenever async_evaluate may return something else than before.

        Evaluate on each call, which also decides what is tracked next. Calls may come in bursts.
        """
        self._changed = on_change
        for leaf in self._leaves:
            if untrack := await leaf.async_track(self._async_report):
                self._trackers.append(untrack)
        if self._stopped:
            self._async_untrack()
            return
        self.async_evaluate()

    @property
    def entities(self) -> frozenset[str]:
        """Return the inputs of the last evaluation, while they are tracked."""
        return self._entities

    @property
    def calendars(self) -> frozenset[str]:
        """Return the calendars whose events the last evaluation depended on."""
        calendars = (leaf for leaf in self._leaves if isinstance(leaf, CalendarLeaf))
        return frozenset().union(*(leaf.inputs.entities for leaf in calendars))

    @property
    def mark(self) -> object:
        """Return what differs when other facts are told."""
        return [leaf.mark for leaf in self._leaves]

    @callback
    def async_facts(self) -> tuple[ConditionFact, ...]:
        """Return what decides the value of all: all that is true, or what is not."""
        nodes = [node for _, node in self._numbered]
        value = all_of([node.value for node in nodes])
        decisive = [node for node in nodes if node.value is value]
        return tuple(fact for node in decisive for fact in node.async_facts())

    @callback
    def async_expected_end(self, now: datetime) -> datetime | None:
        """Return when they end by time while all are true, None where time does not say."""
        ends = (node.async_expected_end(now) for _, node in self._numbered)
        return min((end for end in ends if end), default=None)

    @property
    def readings(self) -> tuple[ConditionReading, ...]:
        """Return what each condition was found to be."""
        return readings_of(node for _, node in self._numbered)

    @property
    def numbered_leaves(self) -> Iterator[tuple[int, Leaf | CalendarLeaf]]:
        """Yield the conditions that have inputs, with the number of the one that they are in."""
        return ((number, leaf) for number, node in self._numbered for leaf in node.leaves)

    @callback
    def async_set_variables(self, variables: Mapping[str, Any]) -> None:
        """Evaluate with these variables from now on."""
        if variables == self._scope.variables:
            return
        self._scope.variables = variables
        if self._changed:
            for leaf in self._leaves:
                leaf.async_variables_changed(self._async_report)

    @callback
    def async_cancel_timer(self) -> None:
        """Cancel the timer, since the clock has jumped; the next evaluation sets it again."""
        self._async_set_timer(None)

    @callback
    def async_stop(self) -> None:
        self._stopped = True
        self._changed = None
        self._async_untrack()
        unload(node for _, node in self._numbered)

    @callback
    def _async_untrack(self) -> None:
        while self._trackers:
            self._trackers.pop()()
        self._async_track_entities([])
        self._async_set_timer(None)
        self._async_poll_each_minute(wanted=False)

    @callback
    def _async_report(self, _event: object = None) -> None:
        if self._changed:
            self._changed()

    @callback
    def _async_track_inputs(self) -> None:
        """Track the inputs of the last evaluation, and the next moment that may change it."""
        self._async_track_entities([leaf.inputs.entities for leaf in self._leaves])
        # One input may be that of hundreds of rules, most of which no time changes.
        if self._timed_leaves:
            self._async_set_timer(self.async_next_moment(dt_util.utcnow()))
            self._async_poll_each_minute(wanted=self.polled_each_minute)

    @callback
    def async_next_moment(self, now: datetime) -> datetime | None:
        """Return the next known moment at which time alone may change what they evaluate to."""
        moments = (leaf.async_next_moment(now) for leaf in self._timed_leaves)
        return min((moment for moment in moments if moment), default=None)

    @property
    def polled_each_minute(self) -> bool:
        """Return whether time may change them at any full minute besides."""
        return any(leaf.polled_each_minute for leaf in self._timed_leaves)

    @callback
    def _async_track_entities(self, inputs: list[frozenset[str]]) -> None:
        if inputs == self._inputs:
            return
        self._inputs = inputs
        self._entities = entities = frozenset[str]().union(*inputs)
        if self._untrack_entities:
            self._untrack_entities()
            self._untrack_entities = None
        if entities:
            self._untrack_entities = async_track_state_change_event(
                self._hass, entities, self._async_report, HassJobType.Callback
            )

    @callback
    def _async_set_timer(self, moment: datetime | None) -> None:
        if moment == self._moment:
            return
        self._moment = moment
        if self._cancel_timer:
            self._cancel_timer()
            self._cancel_timer = None
        if moment:
            self._cancel_timer = async_track_point_in_utc_time(
                self._hass, self._async_timer_fired, moment
            )

    @callback
    def _async_timer_fired(self, _now: datetime) -> None:
        self._moment = self._cancel_timer = None
        self._async_report()

    @callback
    def _async_poll_each_minute(self, *, wanted: bool) -> None:
        if wanted and not self._untrack_minutes:
            self._untrack_minutes = async_track_time_change(
                self._hass, self._async_report, second=0
            )
        if not wanted and self._untrack_minutes:
            self._untrack_minutes()
            self._untrack_minutes = None


async def async_validated(hass: HomeAssistant, raw: list[ConfigType], name: str) -> list[Any]:
    """Return the validated conditions of a rule; those that were written are not modified.

    Raises:
        ConditionsInvalid: A rule cannot use them.
    """
    try:
        configs: list[ConfigType] = cv.CONDITIONS_SCHEMA(deepcopy(raw))
        _refuse(configs, name)
        validated: list[Any] = await async_validate_conditions_config(hass, configs)
    except (vol.Invalid, HomeAssistantError) as error:
        raise _not_accepted(name, error) from error
    return validated


def _not_accepted(name: str, error: Exception) -> ConditionsInvalid:
    return ConditionsInvalid(
        f"Home Assistant does not accept the conditions of the rule “{name}”: {error}"
    )


def _refuse(configs: list[ConfigType], name: str) -> None:
    """Raise ConditionsInvalid for what Home Assistant accepts and a rule cannot use."""
    if _asks_for_trigger(configs):
        raise ConditionsInvalid(
            f"The rule “{name}” has a condition of the kind “trigger”. A rule is never triggered:"
            " say with another condition what is to be true while it holds."
        )


def _asks_for_trigger(configs: list[ConfigType]) -> bool:
    """Return whether a trigger condition is enabled; Home Assistant skips the others too."""
    return any(
        (config[CONF_CONDITION] == "trigger" or _asks_for_trigger(config.get(CONF_CONDITIONS, [])))
        and is_enabled(config)
        for config in configs
    )
