"""The conditions of one rule: read as true, false or unknown, and watched."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from homeassistant.const import CONF_CONDITION, CONF_CONDITIONS
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
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

from .condition_tree import Leaf, Node, async_grow_all, every, unload
from .timing import TruthValue


class ConditionsInvalid(Exception):
    """Conditions that a rule cannot use; the text is a sentence for people."""


@dataclass(frozen=True, slots=True)
class ConditionsResult:
    """What a look at the conditions of a rule shows.

    Attributes:
        value: All of them together.
        failing: In words, each condition of the list that is not true.
    """

    value: TruthValue
    failing: tuple[str, ...]


class WatchedConditions:
    """The conditions of one rule, all of which must hold."""

    def __init__(self, hass: HomeAssistant, nodes: Sequence[Node | None]) -> None:
        """Take what async_create has made of the conditions; None stands for a disabled one."""
        self._hass = hass
        self._nodes = nodes
        self._leaves: list[Leaf] = [leaf for node in nodes if node for leaf in node.leaves]
        self._changed: Callable[[], None] | None = None
        self._stopped = False
        self._trackers: list[CALLBACK_TYPE] = []
        self._entities: frozenset[str] = frozenset()
        self._untrack_entities: CALLBACK_TYPE | None = None
        self._moment: datetime | None = None
        self._cancel_moment: CALLBACK_TYPE | None = None
        self._untrack_minutes: CALLBACK_TYPE | None = None

    @classmethod
    async def async_create(cls, hass: HomeAssistant, raw: list[ConfigType], name: str) -> Self:
        """Return the conditions, ready to be read.

        Args:
            hass: Where they are looked up.
            raw: The conditions as they were written; they are left as they are.
            name: The rule's name, for what people read.

        Raises:
            ConditionsInvalid: A rule cannot use them.
        """
        try:
            configs: list[ConfigType] = cv.CONDITIONS_SCHEMA(deepcopy(raw))
            _refuse(configs, name)
            validated: list[Any] = await async_validate_conditions_config(hass, configs)
            return cls(hass, await async_grow_all(hass, validated))
        except (vol.Invalid, HomeAssistantError) as error:
            raise ConditionsInvalid(
                f"Home Assistant does not accept the conditions of the rule “{name}”: {error}"
            ) from error

    @callback
    def async_evaluate(self) -> ConditionsResult:
        """Look at the conditions; while they are tracked, also see to what comes next."""
        results = [node.async_evaluate() if node else None for node in self._nodes]
        if self._changed:
            self._async_schedule()
        return ConditionsResult(
            every(result.value for result in results if result),
            tuple(
                f"condition {number} ({result.words})"
                for number, result in enumerate(results, 1)
                if result and result.value is not TruthValue.TRUE
            ),
        )

    async def async_track(self, on_change: Callable[[], None]) -> None:
        """Report whenever async_evaluate may show something else than before; look once afterwards.

        Each report wants a look, since what is waited for next is decided there. They may come in
        bursts.
        """
        self._changed = on_change
        for leaf in self._leaves:
            if untrack := await leaf.async_track(self._async_report):
                self._trackers.append(untrack)
        if self._stopped:
            self._async_untrack()
            return
        self.async_evaluate()

    @callback
    def async_forget_moment(self) -> None:
        """Wait no longer for the next moment: the clock has jumped; look once afterwards."""
        self._async_wait_for(None)

    @callback
    def async_stop(self) -> None:
        """Report nothing any more, and let go of everything."""
        self._stopped = True
        self._changed = None
        self._async_untrack()
        unload(self._nodes)

    @callback
    def _async_untrack(self) -> None:
        while self._trackers:
            self._trackers.pop()()
        self._async_track_entities(frozenset())
        self._async_wait_for(None)
        self._async_check_each_minute(wanted=False)

    @callback
    def _async_report(self, _event: object = None) -> None:
        if self._changed:
            self._changed()

    @callback
    def _async_schedule(self) -> None:
        """Wait for the inputs that were just looked at, and for the next moment that counts."""
        now = dt_util.utcnow()
        moments = (leaf.async_next_moment(now) for leaf in self._leaves)
        inputs = (leaf.inputs.entities for leaf in self._leaves)
        self._async_track_entities(frozenset().union(*inputs))
        self._async_wait_for(min((moment for moment in moments if moment), default=None))
        self._async_check_each_minute(wanted=any(leaf.checks_each_minute for leaf in self._leaves))

    @callback
    def _async_track_entities(self, entities: frozenset[str]) -> None:
        if entities == self._entities:
            return
        self._entities = entities
        if self._untrack_entities:
            self._untrack_entities()
            self._untrack_entities = None
        if entities:
            self._untrack_entities = async_track_state_change_event(
                self._hass, entities, self._async_report
            )

    @callback
    def _async_wait_for(self, moment: datetime | None) -> None:
        if moment == self._moment:
            return
        self._moment = moment
        if self._cancel_moment:
            self._cancel_moment()
            self._cancel_moment = None
        if moment:
            self._cancel_moment = async_track_point_in_utc_time(
                self._hass, self._async_moment_came, moment
            )

    @callback
    def _async_moment_came(self, _now: datetime) -> None:
        self._moment = self._cancel_moment = None
        self._async_report()

    @callback
    def _async_check_each_minute(self, *, wanted: bool) -> None:
        if wanted and not self._untrack_minutes:
            self._untrack_minutes = async_track_time_change(
                self._hass, self._async_report, second=0
            )
        if not wanted and self._untrack_minutes:
            self._untrack_minutes()
            self._untrack_minutes = None


def _refuse(configs: list[ConfigType], name: str) -> None:
    """Refuse what Home Assistant would take and a rule cannot use."""
    if not configs:
        raise ConditionsInvalid(f"The rule “{name}” has no conditions. Say when it is to hold.")
    if _asks_for_trigger(configs):
        raise ConditionsInvalid(
            f"The rule “{name}” has a condition of the kind “trigger”. A rule is never triggered:"
            " say with another condition what is to be true while it holds."
        )


def _asks_for_trigger(configs: list[ConfigType]) -> bool:
    return any(
        config[CONF_CONDITION] == "trigger" or _asks_for_trigger(config.get(CONF_CONDITIONS, []))
        for config in configs
    )
