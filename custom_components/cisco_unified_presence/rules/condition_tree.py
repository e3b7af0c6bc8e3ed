"""Conditions as a tree of `and`, `or` and `not`, with Home Assistant's conditions as leaves.

Home Assistant's own `and`, `or` and `not` do not know the value unknown. Source: docs/rules.md,
"When a rule is active", rule 1.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.const import (
    CONF_ALIAS,
    CONF_CONDITION,
    CONF_CONDITIONS,
    CONF_ENABLED,
    CONF_OPTIONS,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.template import Template
from homeassistant.helpers.typing import ConfigType

from .calendar_leaf import CalendarLeaf
from .condition_facts import ConditionFact, FactKind, negated
from .condition_leaf import Leaf
from .condition_members import by_member
from .condition_result import ConditionResult, Scope
from .linked_conditions import CALENDAR_EVENT, CONF_LINK, CONF_LINKED, with_links
from .truth import NEGATED, OPERATORS, TruthValue


@dataclass(frozen=True, slots=True)
class ConditionReading:
    """What a condition was found to be, with the conditions in it.

    Attributes:
        value: Whether it is true.
        kind: `and`, `or` or `not`; None for one that has no conditions in it.
        fact: What it is about; None for one that has.
        conditions: Those in it.
    """

    value: TruthValue
    kind: str | None = None
    fact: ConditionFact | None = None
    conditions: tuple[ConditionReading, ...] = ()


class Branch:
    """An `and`, `or` or `not`."""

    def __init__(self, config: ConfigType, nodes: Sequence[Node]) -> None:
        self._kind: str = config[CONF_CONDITION]
        self._alias: str | None = config.get(CONF_ALIAS)
        self._nodes = nodes

    @property
    def leaves(self) -> Sequence[Leaf | CalendarLeaf]:
        return [leaf for node in self._nodes for leaf in node.leaves]

    @property
    def words(self) -> str:
        """Return what this condition says when it is true."""
        if self._alias:
            return self._alias
        if self._kind == "not":
            return f"not ({' or '.join(node.words for node in self._nodes)})"
        return f"({f' {self._kind} '.join(node.words for node in self._nodes)})"

    @property
    def value(self) -> TruthValue:
        return OPERATORS[self._kind](node.value for node in self._nodes)

    @property
    def reading(self) -> ConditionReading:
        """Return what it was found to be, with the conditions in it; an alias stands for them."""
        if self._alias or not self._nodes:
            return ConditionReading(self.value, fact=self.async_facts()[0])
        return ConditionReading(self.value, self._kind, conditions=readings_of(self._nodes))

    @callback
    def async_facts(self) -> tuple[ConditionFact, ...]:
        """Return what decides this condition: of an `or` that is true, the parts that are true."""
        if self._alias or not self._nodes:
            kind = FactKind.NAMED if self._nodes else FactKind.UNLINKED
            return (ConditionFact(kind=kind, value=self.value, name=self._alias or ""),)
        facts = tuple(fact for node in self._decisive for fact in node.async_facts())
        return negated(facts) if self._kind == "not" else facts

    @callback
    def async_expected_end(self, now: datetime) -> datetime | None:
        """Return when it ends by time while it is true, None where time does not say."""
        ends = [node.async_expected_end(now) for node in self._decisive]
        known = [end for end in ends if end]
        if self._kind == "and":
            return min(known, default=None)
        # An `or` goes on as long as a part does; what makes a `not` untrue is not followed.
        return max(known) if self._kind == "or" and known and len(known) == len(ends) else None

    @property
    def _decisive(self) -> Sequence[Node]:
        """Return the nodes for whose sake it has its value."""
        value = self.value
        if self._kind == "not":
            value = NEGATED[value]
        return [node for node in self._nodes if node.value is value]

    @callback
    def async_evaluate(self) -> ConditionResult:
        """Evaluate every node below, since the inputs of all of them are tracked."""
        results = [node.async_evaluate() for node in self._nodes]
        value = OPERATORS[self._kind](result.value for result in results)
        if value is TruthValue.TRUE:
            return ConditionResult(value, event=first_event(results))
        return ConditionResult(value, self._alias or self._why(value, results))

    def _why(self, value: TruthValue, results: Sequence[ConditionResult]) -> str:
        if self._kind == "not" and value is TruthValue.FALSE:
            pairs = zip(self._nodes, results, strict=True)
            true = [node.words for node, result in pairs if result.value is TruthValue.TRUE]
            return f"not wanted: {'; '.join(true)}"
        return "; ".join(result.words for result in results if result.value is value)


def readings_of(nodes: Iterable[Node]) -> tuple[ConditionReading, ...]:
    return tuple(
        each.reading
        if isinstance(each, Branch)
        else ConditionReading(each.value, fact=each.async_facts()[0])
        for each in nodes
    )


def first_event(results: Iterable[ConditionResult | None]) -> Mapping[str, Any] | None:
    """Return the first calendar event by which a condition is true."""
    return next((each.event for each in results if each and each.event), None)


type Node = Leaf | CalendarLeaf | Branch

type MakeLeaf = Callable[[HomeAssistant, ConfigType, Scope], Awaitable[Leaf]]
"""Makes the leaf of a validated condition; raises HomeAssistantError."""


async def async_build_all(
    hass: HomeAssistant,
    configs: Iterable[ConfigType],
    scope: Scope,
    make_leaf: MakeLeaf = Leaf.async_create,
) -> list[Node | None]:
    """Return the trees of validated conditions, None for each that is disabled.

    Raises:
        HomeAssistantError: Home Assistant cannot set one up; the others are unloaded then.
    """
    nodes: list[Node | None] = []
    try:
        for config in configs:
            nodes.append(await _async_build(hass, config, scope, make_leaf))  # noqa: PERF401 (kept when one fails)
    except BaseException:
        unload(nodes)
        raise
    return nodes


async def _async_build(
    hass: HomeAssistant, whole: ConfigType, scope: Scope, make_leaf: MakeLeaf
) -> Node | None:
    if not is_enabled(whole):
        return None
    linked = with_links(whole, scope.links)
    if linked is None:
        return Branch({CONF_CONDITION: "or", CONF_ALIAS: _nothing_linked(whole)}, [])
    if linked[CONF_CONDITION] == CALENDAR_EVENT:
        return CalendarLeaf(hass, linked, scope)
    config = by_member(linked)
    if config[CONF_CONDITION] not in OPERATORS:
        return await make_leaf(hass, config, scope)
    nodes = await async_build_all(hass, config[CONF_CONDITIONS], scope, make_leaf)
    return Branch(config, [node for node in nodes if node])


def _nothing_linked(config: ConfigType) -> str:
    options = config[CONF_OPTIONS]
    link = options.get(CONF_LINK) or options.get(CONF_LINKED)
    return config.get(CONF_ALIAS) or f"the person has no {link} linked"


def unload(nodes: Iterable[Node | None]) -> None:
    for node in nodes:
        for leaf in node.leaves if node else ():
            leaf.async_unload()


def is_enabled(config: ConfigType) -> bool:
    enabled = config.get(CONF_ENABLED, True)
    return bool(enabled.async_render(limited=True) if isinstance(enabled, Template) else enabled)
