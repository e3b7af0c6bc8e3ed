"""One rule's life: its conditions are watched, and time turns them into whether it holds."""

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
"""Conditions that are tracked but do not count yet, or why there are none."""


class RuleRunner:
    """A rule and how it stands. Its coroutines must not run at the same time.

    Until it is started it stands as it is remembered, and so it does when it is stopped.

    Attributes:
        rule: What it says.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        rule: Rule,
        record: RuleRecord,
        on_change: Callable[[str], None],
    ) -> None:
        """Stand as remembered.

        Args:
            hass: Home Assistant.
            rule: What it says.
            record: How it stood.
            on_change: Called with the rule's id when it stands otherwise than before.
        """
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
        """Return whether the rule is switched on."""
        return self._enabled

    @property
    def since(self) -> datetime | None:
        """Return since when the rule holds, None while it does not."""
        return self._timing.holds_since

    @property
    def record(self) -> RuleRecord:
        """Return what is to be remembered of how it stands."""
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
        """Return how the rule stands, and what it requests or would request."""
        held = TimingState(holds_since=dt_util.utcnow())
        return RuleEvaluation(
            rule=self.rule.id,
            name=self.rule.name,
            enabled=self._enabled,
            holds=self._timing.holds,
            since=self._timing.holds_since,
            failing=self._failing,
            request=self.request(order) or self._request_of(held, order),
        )

    async def async_start(self) -> None:
        """Look at the conditions from now on."""
        if not self._started:
            self._started = True
            self._use(await self.async_prepare(self.rule))

    @callback
    def async_stop(self) -> None:
        """Leave the rule as it stands, and look no longer."""
        self._started = False
        self._unwatch()

    async def async_set_enabled(self, *, enabled: bool) -> None:
        """Switch the rule on or off; off, it forgets how long its conditions were true."""
        if enabled == self._enabled:
            return
        self._enabled = enabled
        self._begin_anew()
        self._use(await self.async_prepare(self.rule))

    async def async_prepare(self, rule: Rule) -> Prepared:
        """Return the conditions of a rule, where they have to be looked at and are not yet."""
        if not self._started or not self._enabled:
            return None
        if self._conditions is not None and rule.when == self.rule.when:
            return None
        try:
            conditions = await WatchedConditions.async_create(self._hass, rule.when, rule.name)
        except ConditionsInvalid as error:
            return error
        await conditions.async_track(self._look)
        return conditions

    @callback
    def async_replace(self, rule: Rule, prepared: Prepared) -> None:
        """Say something else from now on; other conditions begin anew.

        Args:
            rule: What to say.
            prepared: What async_prepare has returned for it.
        """
        before, self.rule = self.rule, rule
        if rule.when != before.when:
            self._begin_anew()
        self._use(prepared)
        if rule.times != before.times:
            self._look()
        if rule != before:
            self._on_change(rule.id)

    @callback
    def async_reevaluate(self) -> None:
        """Look, and wait anew for what comes next, since the clock has jumped."""
        if self._conditions is not None:
            self._conditions.async_forget_moment()
            self._look()

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
    def _begin_anew(self) -> None:
        self._unwatch()
        self._failing = ()
        self._timing = TimingState()
        self._on_change(self.rule.id)

    @callback
    def _use(self, prepared: Prepared) -> None:
        match prepared:
            case WatchedConditions() if self._started:
                self._conditions = prepared
                self._look()
            case WatchedConditions():
                # Stopped while it was prepared.
                prepared.async_stop()
            case ConditionsInvalid() if self._started:
                self._refuse(prepared)

    @callback
    def _refuse(self, error: ConditionsInvalid) -> None:
        self._begin_anew()
        async_raise_rule_issue(
            self._hass,
            RuleIssue.RULE_CONDITIONS,
            self.rule.id,
            rule=self.rule.name,
            problem=str(error),
        )

    @callback
    def _unwatch(self) -> None:
        self._wait_for(None)
        async_clear_rule_issue(self._hass, RuleIssue.RULE_CONDITIONS, self.rule.id)
        if self._conditions is not None:
            self._conditions.async_stop()
            self._conditions = None

    @callback
    def _look(self) -> None:
        if self._conditions is None:
            return
        report = self._conditions.async_evaluate()
        self._failing = report.failing
        self._take(observe(self.rule.times, self._timing, dt_util.utcnow(), report.value))

    @callback
    def _time_has_come(self, _now: datetime) -> None:
        self._cancel_timer = None
        self._take(elapse(self.rule.times, self._timing, dt_util.utcnow()))

    @callback
    def _take(self, timing: TimingState) -> None:
        self._wait_for(next_change(self.rule.times, timing))
        if timing != self._timing:
            self._timing = timing
            self._on_change(self.rule.id)

    @callback
    def _wait_for(self, moment: datetime | None) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None
        if moment is not None:
            job = HassJob(self._time_has_come, f"rule {self.rule.name}", cancel_on_shutdown=True)
            self._cancel_timer = async_track_point_in_utc_time(self._hass, job, moment)
