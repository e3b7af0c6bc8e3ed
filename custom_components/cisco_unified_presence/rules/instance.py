"""A rule as it is evaluated for one person, or for all its people together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from ..arbitration import RequestedPresence, RuleRequest
from .condition_result import Scope
from .conditions import WatchedConditions
from .rule import Rule
from .store import InstanceRecord
from .texts import RuleTexts
from .timing import TimingState, elapse, ends_at, next_change, observe
from .truth import TruthValue, all_of

# Returns what templates may know of the person; None for all people together, or if they are gone.
type View = Callable[[], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Prepared:
    """Conditions and texts that are tracked but not in use yet."""

    conditions: WatchedConditions
    texts: RuleTexts | None
    links: Mapping[str, str]

    @callback
    def async_stop(self) -> None:
        self.conditions.async_stop()
        if self.texts:
            self.texts.async_stop()


class RuleInstance:
    """Evaluates a rule, and times when it holds. Its coroutines must not run at the same time.

    Attributes:
        failing: The conditions and texts that are not true, in words.
        timing: Since when its conditions have which value.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        rule: Rule,
        record: InstanceRecord,
        view: View,
        on_change: Callable[[], None],
    ) -> None:
        self.failing: tuple[str, ...] = ()
        self.timing = record.timing
        self._hass = hass
        self._rule = rule
        self._view = view
        self._on_change = on_change
        self._requested = record.requested if record.has_requested else rule.requested
        self._running: Prepared | None = None
        self._event: Mapping[str, Any] | None = None
        self._cancel_timer: CALLBACK_TYPE | None = None

    @property
    def record(self) -> InstanceRecord:
        if not self._rule.has_texts:
            return InstanceRecord(self.timing)
        return InstanceRecord(self.timing, self._requested, has_requested=True)

    @property
    def is_running(self) -> bool:
        return self._running is not None

    @property
    def running(self) -> Prepared | None:
        """Return the conditions and texts in use, None while there are none."""
        return self._running

    def request(self, order: int) -> RuleRequest | None:
        """Return what the rule requests in this place among others, None while it does not hold."""
        return self._request_of(self.timing, order) if self.timing.holds else None

    def request_if_it_held(self, order: int) -> RuleRequest:
        return self._request_of(TimingState(holds_since=dt_util.utcnow()), order)

    async def async_prepare(self, rule: Rule) -> Prepared:
        """Return conditions and texts of a rule, which are tracked from now on.

        Raises:
            ConditionsInvalid: A rule cannot use the conditions.
        """
        view = self._view()
        links = view["links"] if view else {}
        texts = RuleTexts(self._hass, rule) if rule.is_personal or rule.has_texts else None
        scope = Scope(texts.async_variables(view) if texts else None, links)
        conditions = await WatchedConditions.async_create(self._hass, rule.when, rule.name, scope)
        await conditions.async_track(self._evaluate)
        if texts:
            texts.async_track(self._evaluate)
        return Prepared(conditions, texts, links)

    @callback
    def async_replace(self, rule: Rule) -> None:
        """Go on as another version of the rule that is evaluated alike."""
        before, self._rule = self._rule, rule
        if not rule.has_texts:
            self._requested = rule.requested
        if rule.times != before.times:
            self.async_evaluate()

    @callback
    def async_use(self, prepared: Prepared) -> None:
        self.async_release()
        self._running = prepared
        self._evaluate()

    @callback
    def async_release(self) -> None:
        """Stop evaluating, and keep the state."""
        self._set_timer(None)
        if self._running is not None:
            self._running.async_stop()
            self._running = None

    @callback
    def async_reset(self) -> None:
        """Forget how long the conditions were true."""
        self.failing = ()
        self.timing = TimingState()
        self._requested = self._rule.requested

    @callback
    def async_evaluate(self) -> None:
        """Evaluate and set all timers again, whatever was found before."""
        if self._running is not None:
            self._running.conditions.async_cancel_timer()
            self._evaluate()

    @property
    def has_other_links(self) -> bool:
        """Return whether the conditions were made for other links than the person has now."""
        view = self._view()
        return (
            self._running is not None and view is not None and view["links"] != self._running.links
        )

    def _request_of(self, timing: TimingState, order: int) -> RuleRequest:
        rule = self._rule
        return RuleRequest(
            rule_id=rule.id,
            name=rule.name,
            requested=self._requested,
            priority=rule.priority,
            order=order,
            insist=rule.insist,
            since=timing.holds_since or dt_util.utcnow(),
            until=ends_at(rule.times, timing),
            yields_to=rule.yields_to_of(self._requested),
            beats_manual=rule.beats_manual,
            overruled_for=rule.overruled_for,
        )

    @callback
    def _evaluate(self) -> None:
        running = self._running
        if running is None:
            return
        if running.texts is None:
            result = running.conditions.async_evaluate()
            self.failing = result.failing
            self._observe(result.value, None, self._requested)
            return
        variables = running.texts.async_variables(self._view())
        running.conditions.async_set_variables(variables)
        result = running.conditions.async_evaluate()
        value, requested, until = result.value, self._requested, None
        self.failing = result.failing
        if value is TruthValue.TRUE:
            self._note_event(result.event)
            said = running.texts.async_render(variables, result.event, self._begins_at())
            value = all_of((value, said.value))
            self.failing = said.failing
            if value is TruthValue.TRUE:
                requested, until = said.requested, said.until
        running.texts.async_update_tracking()
        self._observe(value, until, requested)

    def _note_event(self, event: Mapping[str, Any] | None) -> None:
        """Begin anew with another event, where the end of the one before ended the rule."""
        before, self._event = self._event, event
        if before == event or before is None:
            return
        now = dt_util.utcnow()
        elapsed = elapse(self._rule.times, self.timing, now)
        if elapsed.spent and elapsed.until is not None and elapsed.until <= now:
            self.timing = TimingState(true_since=now)

    def _begins_at(self) -> datetime:
        """Return since when the rule holds, or from when on it will."""
        timing = self.timing
        if timing.holds_since is not None:
            return timing.holds_since
        return (timing.true_since or dt_util.utcnow()) + self._rule.times.before

    def _observe(
        self, value: TruthValue, until: datetime | None, requested: RequestedPresence | None
    ) -> None:
        before = self._requested
        self._requested = requested
        timing = observe(self._rule.times, self.timing, dt_util.utcnow(), value, until)
        is_other = requested is not before and requested != before
        self._set_timing(timing, is_other=is_other)

    @callback
    def _timer_fired(self, _now: datetime) -> None:
        self._cancel_timer = None
        if self._running is not None and self._running.texts is not None:
            # What ends it may be followed at once by what begins it anew.
            self._evaluate()
            return
        self._set_timing(elapse(self._rule.times, self.timing, dt_util.utcnow()))

    @callback
    def _set_timing(self, timing: TimingState, *, is_other: bool = False) -> None:
        self._set_timer(next_change(self._rule.times, timing))
        if timing != self.timing or is_other:
            self.timing = timing
            self._on_change()

    @callback
    def _set_timer(self, moment: datetime | None) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None
        if moment is not None:
            job = HassJob(self._timer_fired, f"rule {self._rule.name}", cancel_on_shutdown=True)
            self._cancel_timer = async_track_point_in_utc_time(self._hass, job, moment)
