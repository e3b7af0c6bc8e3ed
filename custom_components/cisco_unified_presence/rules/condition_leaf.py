"""One condition of Home Assistant's that is true, false or unknown."""

from collections.abc import Callable, Sequence
from contextvars import Context
from datetime import datetime
from typing import Final, Self

from homeassistant.const import (
    CONF_ALIAS,
    CONF_ATTRIBUTE,
    CONF_CONDITION,
    CONF_ENTITY_ID,
    CONF_FOR,
    CONF_VALUE_TEMPLATE,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.condition import ConditionChecker, async_from_config
from homeassistant.helpers.event import TrackTemplate, async_track_template_result
from homeassistant.helpers.template import Template
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from .condition_check import Check, check_of
from .condition_facts import ConditionFact, FactKind, async_fact_of
from .condition_inputs import (
    Inputs,
    async_inputs,
    async_targets_primary_entities_only,
    fixed_inputs,
    quiet,
)
from .condition_result import TRUE, ConditionResult, Scope
from .condition_times import async_next_moment
from .condition_words import described, shortened
from .expected_ends import async_expected_end
from .truth import TruthValue

# Their changes come as events of their inputs, or at a moment that is known.
_NEVER_POLLED = frozenset({"state", "template", "time", "zone"})
_TRACKED_BY_INPUTS = frozenset({"state", "numeric_state"})


# What templates render to; Home Assistant's own condition counts all but `true` as false.
_RENDERED = {
    "true": TruthValue.TRUE,
    "false": TruthValue.FALSE,
    "none": TruthValue.FALSE,
    "": TruthValue.FALSE,
}


# Attributes of the presence source sensor.
_OWN_PRESENCE: Final = ("own", "own_activities")


class Leaf:
    """A condition other than `and`, `or` and `not`.

    Attributes:
        inputs: The inputs as of the last evaluation.
        error: Why a template failed in it, None when none did.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        config: ConfigType,
        checker: ConditionChecker,
        check: Check,
        scope: Scope,
        *,
        primary_entities_only: bool,
    ) -> None:
        self._hass = hass
        self._config = config
        self._scope = scope
        self._kind: str = config[CONF_CONDITION]
        self._checker = checker
        self._check = check
        self._primary_entities_only = primary_entities_only
        self._subject, self._expected = described(config)
        self._alias: str | None = config.get(CONF_ALIAS)
        self._false = ConditionResult(
            TruthValue.FALSE, self._alias or f"{self._subject} is not {self._expected}"
        )
        self._value = TruthValue.UNKNOWN
        self._untrack_template: CALLBACK_TYPE | None = None
        self.error: str | None = None
        self._fixed_inputs = fixed_inputs(config)
        self.inputs = self._fixed_inputs or Inputs()

    @classmethod
    async def async_create(cls, hass: HomeAssistant, config: ConfigType, scope: Scope) -> Self:
        """Return the leaf of a validated condition.

        Raises:
            HomeAssistantError: Home Assistant cannot set the condition up.
        """
        primary_entities_only = await async_targets_primary_entities_only(hass, config)
        checker = await async_from_config(hass, config)
        check = check_of(config, checker)
        return cls(hass, config, checker, check, scope, primary_entities_only=primary_entities_only)

    @property
    def leaves(self) -> Sequence[Leaf]:
        return (self,)

    @property
    def words(self) -> str:
        """Return what this condition says when it is true."""
        return self._alias or f"{self._subject} is {self._expected}"

    @property
    def value(self) -> TruthValue:
        return self._value

    @property
    def mark(self) -> object:
        """Return what differs when other facts are told."""
        end = self.async_expected_end(dt_util.utcnow())
        if self._kind != "state" or CONF_ATTRIBUTE in self._config:
            return self._value, end
        state = self._hass.states.get(self._config[CONF_ENTITY_ID][0])
        return self._value, end, state and (state.state, state.last_changed)

    @callback
    def async_facts(self) -> tuple[ConditionFact, ...]:
        """Return what the condition was found to be, and the present states of its inputs."""
        if self._alias:
            return (ConditionFact(kind=FactKind.NAMED, value=self._value, name=self._alias),)
        return (async_fact_of(self._hass, self._config, self.inputs, self._value),)

    @callback
    def async_expected_end(self, now: datetime) -> datetime | None:
        """Return when it ends by time while it is true, None where time does not say."""
        if self._value is not TruthValue.TRUE:
            return None
        return async_expected_end(self._hass, self._config, now)

    @property
    def reads_own_presence(self) -> bool:
        """Return whether it asks for a person's own presence, which never shows what we set."""
        return self._kind == "state" and self._config.get(CONF_ATTRIBUTE) in _OWN_PRESENCE

    @property
    def may_depend_on_time(self) -> bool:
        """Return whether time alone may change the condition, without a change of its inputs."""
        return self._kind != "state" or CONF_FOR in self._config

    @property
    def polled_each_minute(self) -> bool:
        """Return whether changes by time alone show only in an evaluation at each full minute."""
        if self._kind == "numeric_state":
            return self.inputs.uses_time
        return self._kind not in _NEVER_POLLED and self._checker.needs_polling

    @callback
    def async_evaluate(self) -> ConditionResult:
        result = self._async_check()
        self._value = result.value
        return result

    def _async_check(self) -> ConditionResult:
        try:
            if self._kind == "template":
                return self._async_render()
            if self._fixed_inputs is None:
                self.inputs = async_inputs(
                    self._hass,
                    self._config,
                    self._checker,
                    primary_entities_only=self._primary_entities_only,
                    variables=self._scope.variables,
                )
            if why := self.inputs.async_why_unknown(self._hass):
                return self._unknown(why)
            is_true = self._async_is_true()
        except Exception as error:  # noqa: BLE001 (any integration's code, on any state)
            # A condition that fails must not keep the others from being evaluated.
            return self._unknown(str(error) or type(error).__name__)
        return TRUE if is_true else self._false

    def _async_is_true(self) -> bool:
        # In a context of its own: the trace of the check would be added to that of the task
        # which has changed an input, and stay there for as long as the task runs.
        return bool(Context().run(self._check, self._hass, self._scope.variables))

    def _async_render(self) -> ConditionResult:
        template: Template = self._config[CONF_VALUE_TEMPLATE]
        info = template.async_render_to_info(self._scope.variables, parse_result=False)
        self.inputs = Inputs(frozenset(info.entities), uses_time=info.has_time)
        self.error = str(info.exception) if info.exception else None
        rendered = info.result()
        match _RENDERED.get(rendered.strip().lower()):
            case TruthValue.TRUE:
                return TRUE
            case TruthValue.FALSE:
                return self._false
            case _:
                self.error = f"“{shortened(rendered)}” is neither true nor false"
                return self._unknown(self.error)

    @callback
    def async_next_moment(self, now: datetime) -> datetime | None:
        """Return the next moment at which time alone may change the condition, if it is known.

        A condition that is unknown changes with its inputs only.
        """
        if self._value is TruthValue.UNKNOWN:
            return None
        return async_next_moment(
            self._hass, self._config, self.inputs.entities, now, self._scope.variables
        )

    async def async_track(self, changed: Callable[[], None]) -> CALLBACK_TYPE | None:
        """Report what may change the condition, other than states of its inputs and time.

        Returns:
            What ends the tracking, None when there is nothing to track.
        """
        if self._kind in _TRACKED_BY_INPUTS:
            return None
        if self._kind == "template":
            return self._async_track_template(changed)
        return await self._checker.async_track_changes(changed)

    @callback
    def async_unload(self) -> None:
        self._checker.async_unload()

    @callback
    def async_variables_changed(self, changed: Callable[[], None]) -> None:
        """Track a template with the variables that it has now."""
        if self._untrack_template is not None:
            self._untrack_template()
            self._start_tracking_template(changed)

    def _async_track_template(self, changed: Callable[[], None]) -> CALLBACK_TYPE:
        self._start_tracking_template(changed)
        return self._stop_tracking_template

    def _stop_tracking_template(self) -> None:
        if self._untrack_template is not None:
            self._untrack_template()
            self._untrack_template = None

    def _start_tracking_template(self, changed: Callable[[], None]) -> None:
        template: Template = self._config[CONF_VALUE_TEMPLATE]

        @callback
        def result_changed(_event: object, _results: object) -> None:
            changed()

        tracked = async_track_template_result(
            self._hass,
            [TrackTemplate(template, {**self._scope.variables})],
            result_changed,
            log_fn=quiet,
        )
        self._untrack_template = tracked.async_remove

    def _unknown(self, why: str) -> ConditionResult:
        return ConditionResult(TruthValue.UNKNOWN, f"{self._alias or self._subject}: {why}")
