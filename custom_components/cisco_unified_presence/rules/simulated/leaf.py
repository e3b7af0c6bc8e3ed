"""A condition as it is in a simulated world."""

from datetime import datetime
from typing import Final, Self, override

from homeassistant.const import (
    CONF_CONDITION,
    CONF_ENABLED,
    CONF_ENTITY_ID,
    CONF_FOR,
    CONF_OPTIONS,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.condition import EntityConditionBase, async_from_config
from homeassistant.helpers.typing import ConfigType

from ..condition_check import check_of
from ..condition_inputs import async_targets_primary_entities_only
from ..condition_leaf import Leaf
from ..condition_result import ConditionResult, Scope
from ..condition_times import duration_of
from ..truth import TruthValue
from .hass_view import rebound
from .times import is_sun, is_time, next_of_sun
from .world import World

# Home Assistant's checkers of these depend on states only, but for a duration.
_BY_STATES: Final = frozenset({"state", "numeric_state", "zone"})


class SimulatedLeaf(Leaf):
    """A condition other than `and`, `or` and `not`, as it is in a simulated world.

    Attributes:
        world: The simulated world.
        assumed: The entities whose states the last evaluation has assumed to stay as they are.
    """

    world: World
    assumed: frozenset[str] = frozenset()

    @classmethod
    async def async_of(
        cls, world: World, view: HomeAssistant, config: ConfigType, scope: Scope
    ) -> Self:
        """Return the leaf of a validated condition.

        Raises:
            HomeAssistantError: Home Assistant cannot set the condition up.
        """
        bound: ConfigType = rebound(config, view)
        checked = {key: each for key, each in bound.items() if key != CONF_ENABLED}
        if bound[CONF_CONDITION] == "state":
            # How long the state has stood is asked apart.
            checked.pop(CONF_FOR, None)
        checker = await async_from_config(view, checked)
        leaf = cls(
            view,
            bound,
            checker,
            check_of(checked, checker),
            scope,
            primary_entities_only=await async_targets_primary_entities_only(view, bound),
        )
        leaf.world = world
        return leaf

    @override
    @callback
    def async_evaluate(self) -> ConditionResult:
        if self.world.certain_only and self.assumed:
            return ConditionResult(TruthValue.UNKNOWN)
        before, self.world.assumed = self.world.assumed, set()
        result = super().async_evaluate()
        self.assumed = frozenset(self.world.assumed)
        self.world.assumed |= before
        return result

    @override
    @callback
    def async_next_moment(self, now: datetime) -> datetime | None:
        if self._kind == "sun":
            return next_of_sun(self._hass, self._config[CONF_OPTIONS], now)
        return super().async_next_moment(now)

    @property
    @override
    def polled_each_minute(self) -> bool:
        return self._kind == "numeric_state" and self.inputs.uses_time

    @override
    def _async_is_true(self) -> bool:
        now = self.world.now
        match self._kind:
            case "time":
                return is_time(self._hass, self._config, now)
            case "sun":
                return is_sun(self._hass, self._config[CONF_OPTIONS], now)
            case kind if kind in _BY_STATES:
                return super()._async_is_true() and self._has_stood_long_enough(now)
            case _ if self.world.is_real or self._depends_on_states_only:
                return super()._async_is_true()
            case kind:
                self.world.undecided.append(f"{kind} cannot be told for another time or state")
                raise HomeAssistantError(self.world.undecided[-1])

    @property
    def _depends_on_states_only(self) -> bool:
        has_duration = CONF_FOR in (self._config.get(CONF_OPTIONS) or {})
        return isinstance(self._checker, EntityConditionBase) and not has_duration

    def _has_stood_long_enough(self, now: datetime) -> bool:
        if CONF_FOR not in self._config:
            return True
        duration = duration_of(self._config, self._scope.variables)
        if duration is None:
            raise HomeAssistantError("its duration is not known")
        states = map(self._hass.states.get, self._config[CONF_ENTITY_ID])
        return all(state and now - duration > state.last_changed for state in states)
