"""Runs one rule: tracks its conditions, and times when it holds."""

from collections.abc import Callable
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from ..arbitration import RuleRequest
from .conditions import ConditionsInvalid, WatchedConditions
from .issues import RuleIssue, async_clear_rule_issue, async_raise_rule_issue
from .rule import Rule
from .status import RuleEvaluation
from .store import RuleRecord
from .timing import TimingState, elapse, ends_at, next_change, observe

type Prepared = WatchedConditions | ConditionsInvalid | None
"""Conditions that are tracked but not in use yet, or why there are none."""


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
        on_change: Callable[[str], None],
    ) -> None:
        self.rule = rule
        self._hass = hass
        self._entry_id = record.entry_id
        self._enabled = record.enabled
        self._timing = record.timing
        self._on_change = on_change
        self._conditions: WatchedConditions | None = None
        self._failing: tuple[str, ...] = ()
        self._started = False
        self._cancel_timer: CALLBACK_TYPE | None = None

    @property
    def enabled(self) -> bool:
        return self._enabled

    @property
    def since(self) -> datetime | None:
        return self._timing.holds_since

    @property
    def record(self) -> RuleRecord:
        return RuleRecord(
            entry_id=self._entry_id,
            conditions=self.rule.fingerprint,
            enabled=self._enabled,
            timing=self._timing,
        )

    def request(self, order: int) -> RuleRequest | None:
        """Return what the rule requests in this place among others, None while it does not hold."""
        return self._request_of(self._timing, order) if self._timing.holds else None

    def evaluation(self, order: int) -> RuleEvaluation:
        if_it_held = TimingState(holds_since=dt_util.utcnow())
        return RuleEvaluation(
            rule_id=self.rule.id,
            name=self.rule.name,
            enabled=self._enabled,
            holds=self._timing.holds,
            since=self._timing.holds_since,
            failing=self._failing,
            request=self.request(order) or self._request_of(if_it_held, order),
        )

    async def async_start(self) -> None:
        if not self._started:
            self._started = True
            self._use(await self.async_prepare(self.rule))

    @callback
    def async_stop(self) -> None:
        self._started = False
        self._release_conditions()

    async def async_set_enabled(self, *, enabled: bool) -> None:
        """Switch the rule on or off, which resets its timing."""
        if enabled == self._enabled:
            return
        self._enabled = enabled
        self._reset()
        self._use(await self.async_prepare(self.rule))

    async def async_prepare(self, rule: Rule) -> Prepared:
        """Return the conditions of a rule, None when they are not needed or in use already."""
        if not self._started or not self._enabled:
            return None
        if self._conditions is not None and rule.when == self.rule.when:
            return None
        try:
            conditions = await WatchedConditions.async_create(self._hass, rule.when, rule.name)
        except ConditionsInvalid as error:
            return error
        await conditions.async_track(self._evaluate)
        return conditions

    @callback
    def async_replace(self, rule: Rule, prepared: Prepared) -> None:
        """Run another version of the rule, with what async_prepare has returned for it.

        Other conditions reset the timing.
        """
        before, self.rule = self.rule, rule
        if rule.when != before.when:
            self._reset()
        self._use(prepared)
        if rule.times != before.times:
            self._evaluate()
        if rule != before:
            self._on_change(rule.id)

    @callback
    def async_reevaluate(self) -> None:
        """Evaluate the conditions and set all timers again, whatever was found before."""
        if self._conditions is not None:
            self._conditions.async_cancel_timer()
            self._evaluate()

    def _request_of(self, timing: TimingState, order: int) -> RuleRequest:
        return RuleRequest(
            rule_id=self.rule.id,
            name=self.rule.name,
            requested=self.rule.requested,
            priority=self.rule.priority,
            order=order,
            insist=self.rule.insist,
            since=timing.holds_since or dt_util.utcnow(),
            until=ends_at(self.rule.times, timing),
        )

    @callback
    def _reset(self) -> None:
        self._release_conditions()
        self._failing = ()
        self._timing = TimingState()
        self._on_change(self.rule.id)

    @callback
    def _use(self, prepared: Prepared) -> None:
        match prepared:
            case WatchedConditions() if self._started:
                self._conditions = prepared
                self._evaluate()
            case WatchedConditions():
                # Stopped while it was prepared.
                prepared.async_stop()
            case ConditionsInvalid() if self._started:
                self._refuse(prepared)

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
    def _release_conditions(self) -> None:
        self._set_timer(None)
        async_clear_rule_issue(self._hass, RuleIssue.RULE_CONDITIONS, self.rule.id)
        if self._conditions is not None:
            self._conditions.async_stop()
            self._conditions = None

    @callback
    def _evaluate(self) -> None:
        if self._conditions is None:
            return
        result = self._conditions.async_evaluate()
        self._failing = result.failing
        self._set_timing(observe(self.rule.times, self._timing, dt_util.utcnow(), result.value))

    @callback
    def _timer_fired(self, _now: datetime) -> None:
        self._cancel_timer = None
        self._set_timing(elapse(self.rule.times, self._timing, dt_util.utcnow()))

    @callback
    def _set_timing(self, timing: TimingState) -> None:
        self._set_timer(next_change(self.rule.times, timing))
        if timing != self._timing:
            self._timing = timing
            self._on_change(self.rule.id)

    @callback
    def _set_timer(self, moment: datetime | None) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None
        if moment is not None:
            job = HassJob(self._timer_fired, f"rule {self.rule.name}", cancel_on_shutdown=True)
            self._cancel_timer = async_track_point_in_utc_time(self._hass, job, moment)
