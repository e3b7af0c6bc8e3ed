"""Conditions as a tree that is true, false or unknown.

docs/rules.md, "When a rule holds", rule 1: `and`, `or` and `not` reckon with unknown branches,
which Home Assistant's own do not; what hangs on them are Home Assistant's own conditions.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from homeassistant.const import (
    CONF_ALIAS,
    CONF_CONDITION,
    CONF_CONDITIONS,
    CONF_ENABLED,
    CONF_VALUE_TEMPLATE,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.condition import ConditionChecker, async_from_config
from homeassistant.helpers.event import TrackTemplate, async_track_template_result
from homeassistant.helpers.template import Template
from homeassistant.helpers.typing import ConfigType

from .condition_inputs import Inputs, async_inputs, quiet
from .condition_times import async_next_moment
from .condition_words import described
from .timing import TruthValue

# Whose changes come as events of their inputs, or at a moment that is known.
_NEVER_POLLED = frozenset({"state", "template", "time", "zone"})
_TRACKED_BY_INPUTS = frozenset({"state", "numeric_state", "time", "zone"})


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """What a look at a condition shows, and in words why it is not true."""

    value: TruthValue
    words: str = ""


TRUE = ConditionResult(TruthValue.TRUE)


class Leaf:
    """One condition of Home Assistant's."""

    def __init__(self, hass: HomeAssistant, config: ConfigType, checker: ConditionChecker) -> None:
        """Take a validated condition and Home Assistant's checker of it."""
        self._hass = hass
        self._config = config
        self._kind: str = config[CONF_CONDITION]
        self._checker = checker
        self._subject, self._wanted = described(config)
        self._alias: str | None = config.get(CONF_ALIAS)
        self._value = TruthValue.UNKNOWN
        self.inputs = Inputs()

    @property
    def leaves(self) -> Sequence[Leaf]:
        """Return the conditions under this one, which is itself."""
        return (self,)

    @property
    def words(self) -> str:
        """Return what this condition says when it is true."""
        return self._alias or f"{self._subject} is {self._wanted}"

    @property
    def checks_each_minute(self) -> bool:
        """Return whether only a look at each full minute tells when time changes this."""
        if self._kind == "numeric_state":
            return self.inputs.uses_time
        return self._kind not in _NEVER_POLLED and self._checker.needs_polling

    @callback
    def async_evaluate(self) -> ConditionResult:
        """Look at the condition, and note what it looked at."""
        result = self._async_check()
        self._value = result.value
        return result

    def _async_check(self) -> ConditionResult:
        try:
            self.inputs = async_inputs(self._hass, self._config, self._checker)
            if unknown := self.inputs.async_unknown(self._hass):
                return self._unknown(unknown)
            is_true = bool(self._checker.async_check())
        except Exception as error:  # noqa: BLE001 (any integration's code, on any state)
            # One that is broken must not keep the others from being read.
            return self._unknown(str(error) or type(error).__name__)
        if is_true:
            return TRUE
        return ConditionResult(
            TruthValue.FALSE, self._alias or f"{self._subject} is not {self._wanted}"
        )

    @callback
    def async_next_moment(self, now: datetime) -> datetime | None:
        """Return the next moment at which time alone may change the condition, if it is known.

        What cannot be read waits for its inputs.
        """
        if self._value is TruthValue.UNKNOWN:
            return None
        return async_next_moment(self._hass, self._config, self.inputs.entities, now)

    async def async_track(self, changed: Callable[[], None]) -> CALLBACK_TYPE | None:
        """Report what may change the condition, other than states of its inputs and time.

        Returns how to end that, None when there is nothing to track.
        """
        if self._kind in _TRACKED_BY_INPUTS:
            return None
        if self._kind == "template":
            return self._async_track_template(changed)
        return await self._checker.async_track_changes(changed)

    @callback
    def async_unload(self) -> None:
        """Let go of what Home Assistant's checker holds."""
        self._checker.async_unload()

    def _async_track_template(self, changed: Callable[[], None]) -> CALLBACK_TYPE:
        template: Template = self._config[CONF_VALUE_TEMPLATE]

        @callback
        def result_changed(_event: object, _results: object) -> None:
            changed()

        tracked = async_track_template_result(
            self._hass, [TrackTemplate(template, None)], result_changed, log_fn=quiet
        )
        return tracked.async_remove

    def _unknown(self, why: str) -> ConditionResult:
        return ConditionResult(TruthValue.UNKNOWN, f"{self._alias or self._subject}: {why}")


class Branch:
    """An `and`, `or` or `not`."""

    def __init__(self, config: ConfigType, nodes: Sequence[Node]) -> None:
        """Take a validated condition and what hangs on it, without what is disabled."""
        self._kind: str = config[CONF_CONDITION]
        self._alias: str | None = config.get(CONF_ALIAS)
        self._nodes = nodes

    @property
    def leaves(self) -> Sequence[Leaf]:
        """Return all conditions under this one."""
        return [leaf for node in self._nodes for leaf in node.leaves]

    @property
    def words(self) -> str:
        """Return what this condition says when it is true."""
        if self._alias:
            return self._alias
        if self._kind == "not":
            return f"not ({' or '.join(node.words for node in self._nodes)})"
        return f"({f' {self._kind} '.join(node.words for node in self._nodes)})"

    @callback
    def async_evaluate(self) -> ConditionResult:
        """Look at every condition under this one."""
        results = [node.async_evaluate() for node in self._nodes]
        value = COMBINED[self._kind](result.value for result in results)
        if value is TruthValue.TRUE:
            return TRUE
        return ConditionResult(value, self._alias or self._why(value, results))

    def _why(self, value: TruthValue, results: Sequence[ConditionResult]) -> str:
        if self._kind == "not" and value is TruthValue.FALSE:
            found = zip(self._nodes, results, strict=True)
            true = [node.words for node, result in found if result.value is TruthValue.TRUE]
            return f"not wanted: {'; '.join(true)}"
        return "; ".join(result.words for result in results if result.value is value)


type Node = Leaf | Branch


def every(values: Iterable[TruthValue]) -> TruthValue:
    """Return whether all are true: one that is false decides, whatever cannot be read."""
    seen = set(values)
    if TruthValue.FALSE in seen:
        return TruthValue.FALSE
    return TruthValue.UNKNOWN if TruthValue.UNKNOWN in seen else TruthValue.TRUE


def some(values: Iterable[TruthValue]) -> TruthValue:
    """Return whether one is true: it decides, whatever cannot be read."""
    seen = set(values)
    if TruthValue.TRUE in seen:
        return TruthValue.TRUE
    return TruthValue.UNKNOWN if TruthValue.UNKNOWN in seen else TruthValue.FALSE


def none(values: Iterable[TruthValue]) -> TruthValue:
    """Return whether none is true, as Home Assistant's `not` means it."""
    return _OPPOSITE[some(values)]


_OPPOSITE = {
    TruthValue.TRUE: TruthValue.FALSE,
    TruthValue.FALSE: TruthValue.TRUE,
    TruthValue.UNKNOWN: TruthValue.UNKNOWN,
}

COMBINED: dict[str, Callable[[Iterable[TruthValue]], TruthValue]] = {
    "and": every,
    "or": some,
    "not": none,
}


async def async_grow(hass: HomeAssistant, config: ConfigType) -> Node | None:
    """Return the tree of a validated condition, None when it is disabled.

    Raises:
        HomeAssistantError: Home Assistant makes nothing of it.
    """
    if not _enabled(config):
        return None
    if config[CONF_CONDITION] not in COMBINED:
        used = {key: value for key, value in config.items() if key != CONF_ENABLED}
        return Leaf(hass, config, await async_from_config(hass, used))
    nodes = await async_grow_all(hass, config[CONF_CONDITIONS])
    return Branch(config, [node for node in nodes if node])


async def async_grow_all(hass: HomeAssistant, configs: Iterable[ConfigType]) -> list[Node | None]:
    """Return the trees of validated conditions, None for each that is disabled.

    Raises:
        HomeAssistantError: Home Assistant makes nothing of one; the others hold nothing then.
    """
    nodes: list[Node | None] = []
    try:
        for config in configs:
            nodes.append(await async_grow(hass, config))  # noqa: PERF401 - kept when one fails
    except BaseException:
        unload(nodes)
        raise
    return nodes


def unload(nodes: Iterable[Node | None]) -> None:
    """Let go of everything that these conditions hold."""
    for node in nodes:
        for leaf in node.leaves if node else ():
            leaf.async_unload()


def _enabled(config: ConfigType) -> bool:
    enabled = config.get(CONF_ENABLED, True)
    return bool(enabled.async_render(limited=True) if isinstance(enabled, Template) else enabled)
