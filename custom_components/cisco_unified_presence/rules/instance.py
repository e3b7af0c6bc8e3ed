"""A rule as it is evaluated for one person, or for all its people together."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, State, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from ..arbitration import RuleRequest
from ..causes import RuleChange, change_by, change_of
from .condition_facts import ConditionFact
from .condition_result import Scope
from .conditions import WatchedConditions
from .rule import Rule
from .rule_state import Prepared, RuleState
from .status import RuleEvaluation
from .store import InstanceRecord
from .texts import RuleTexts
from .timing import TimingState, next_change

# Returns what templates may know of the person; None for all people together, or if they are gone.
type View = Callable[[], Mapping[str, Any] | None]


class RuleInstance:
    """Evaluates a rule, and times when it holds. Its coroutines must not run at the same time.

    Attributes:
        change: Its last change, None before the first.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        rule: Rule,
        record: InstanceRecord,
        view: View,
        on_change: Callable[[], None],
    ) -> None:
        self.change: RuleChange | None = None
        self._hass = hass
        self._state = RuleState(rule, record)
        self._view = view
        self._on_change = on_change
        self._running: Prepared | None = None
        self._mark: object = None
        self._cancel_timer: CALLBACK_TYPE | None = None

    @property
    def timing(self) -> TimingState:
        """Return since when its conditions have which value."""
        return self._state.timing

    @property
    def record(self) -> InstanceRecord:
        return self._state.record

    @property
    def state(self) -> RuleState:
        """Return its state, which goes on."""
        return self._state

    @property
    def is_running(self) -> bool:
        return self._running is not None

    @property
    def running(self) -> Prepared | None:
        """Return the conditions and texts in use, None while there are none."""
        return self._running

    def request(self, order: int) -> RuleRequest | None:
        """Return what the rule requests in this place among others, None while it does not hold."""
        return self._state.request(order)

    def evaluation(self, order: int, *, enabled: bool) -> RuleEvaluation:
        found = self._state.evaluation(order, dt_util.utcnow(), enabled=enabled)
        return replace(found, facts=self._facts, expected_end=self._expected_end)

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
        before = self._state.rule
        self._state.replace(rule)
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
        self._state.reset()

    def _facts(self) -> tuple[ConditionFact, ...]:
        """Return what decides whether the conditions are true, nothing before they run."""
        return self._state.facts(self._running) if self._running else ()

    def _expected_end(self) -> datetime | None:
        return self._state.expected_end(self._running, dt_util.utcnow()) if self._running else None

    @callback
    def async_evaluate(self, cause: State | None = None) -> None:
        """Evaluate and set all timers again, whatever was found before.

        Args:
            cause: What has caused a change if no input has.
        """
        if self._running is not None:
            self._running.conditions.async_cancel_timer()
            self._evaluate(cause)

    @callback
    def async_own_changed(self, *, follows: bool) -> None:
        """Evaluate again, since the person's own presence has changed.

        Args:
            follows: Whether that follows from what is set, which the person's entity shows.
        """
        view = self._view() if follows else None
        shown = view["entity_id"] if view else None
        self.async_evaluate(self._hass.states.get(shown) if shown else None)

    @property
    def has_other_links(self) -> bool:
        """Return whether the conditions were made for other links than the person has now."""
        view = self._view()
        return (
            self._running is not None and view is not None and view["links"] != self._running.links
        )

    @callback
    def _evaluate(self, cause: State | None = None) -> None:
        if self._running is not None:
            person = self._view() if self._running.texts else None
            is_other = self._state.async_evaluate(self._running, person, dt_util.utcnow())
            if is_other:
                self.change = self._cause(self._running, cause)
            before, self._mark = self._mark, (self._state.value, self._running.conditions.mark)
            self._note(is_other or self._mark != before)

    def _cause(self, running: Prepared, otherwise: State | None) -> RuleChange:
        entities = running.conditions.entities
        if running.texts:
            entities |= running.texts.entities
        states = map(self._hass.states.get, entities)
        change = change_by([state for state in states if state], dt_util.utcnow())
        if otherwise is None or change.entity_id is not None:
            return change
        return change_of(otherwise, change.at)

    @callback
    def _timer_fired(self, _now: datetime) -> None:
        self._cancel_timer = None
        if self._running is not None and self._running.texts is not None:
            # What ends it may be followed at once by what begins it anew.
            self._evaluate()
            return
        is_other = self._state.elapse(dt_util.utcnow())
        if is_other:
            self.change = RuleChange(at=dt_util.utcnow())
        self._note(is_other)

    @callback
    def _note(self, is_other: bool) -> None:  # noqa: FBT001 (what evaluating has returned)
        """Wait for the next change by time, and report the last one."""
        self._set_timer(next_change(self._state.rule.times, self._state.timing))
        if is_other:
            self._on_change()

    @callback
    def _set_timer(self, moment: datetime | None) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None
        if moment is not None:
            job = HassJob(
                self._timer_fired, f"rule {self._state.rule.name}", cancel_on_shutdown=True
            )
            self._cancel_timer = async_track_point_in_utc_time(self._hass, job, moment)
