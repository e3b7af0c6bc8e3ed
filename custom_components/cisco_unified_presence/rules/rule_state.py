"""Whether a rule holds, and what it requests: for one person, or for all its people together.

Without a clock and without timers, so that it can be told for any time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.core import callback

from ..arbitration import RequestedPresence, RuleRequest
from ..states import STATES
from .condition_facts import ConditionFact, FactKind
from .conditions import WatchedConditions
from .presence_choice import OWN
from .rule import Rule
from .status import RuleEvaluation
from .store import InstanceRecord
from .texts import RuleTexts
from .timing import TimingState, elapse, ends_at, observe
from .truth import TruthValue, all_of


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


class RuleState:
    """The state of a rule for one person, or for all its people together.

    Attributes:
        rule: The rule.
        failing: The conditions and texts that are not true, in words.
        timing: Since when its conditions have which value.
        requested: What it requests, or would request if it held.
        value: What its conditions and texts evaluated to, None before the first evaluation.
    """

    def __init__(self, rule: Rule, record: InstanceRecord) -> None:
        self.rule = rule
        self.failing: tuple[str, ...] = ()
        self.timing = record.timing
        self.requested = record.requested if record.has_requested else rule.requested
        self.value: TruthValue | None = None
        self._event: Mapping[str, Any] | None = None

    @staticmethod
    def like(other: RuleState) -> RuleState:
        state = RuleState(other.rule, InstanceRecord())
        state.take_over(other)
        return state

    def take_over(self, other: RuleState) -> None:
        """Be in the state of another one of the same rule."""
        self.failing = other.failing
        self.timing = other.timing
        self.requested = other.requested
        self.value = other.value
        self._event = other._event

    @property
    def record(self) -> InstanceRecord:
        if not self.rule.has_texts:
            return InstanceRecord(self.timing)
        return InstanceRecord(self.timing, self.requested, has_requested=True)

    def request(self, order: int) -> RuleRequest | None:
        """Return what the rule requests in this place among others, None while it does not hold."""
        since = self.timing.holds_since
        return self._request_of(self.timing, order, since) if since else None

    def request_if_it_held(self, order: int, now: datetime) -> RuleRequest:
        return self._request_of(TimingState(holds_since=now), order, now)

    def evaluation(self, order: int, now: datetime, *, enabled: bool) -> RuleEvaluation:
        """Return how the rule evaluates, in this place among others."""
        request = self.request(order) or self.request_if_it_held(order, now)
        return RuleEvaluation(
            rule_id=self.rule.id,
            name=self.rule.name,
            enabled=enabled,
            holds=self.timing.holds,
            since=self.timing.holds_since,
            failing=self.failing,
            presence=_presence_of(request, self.rule, holds=self.timing.holds),
            request=request,
            times=self.rule.times,
            timing=self.timing,
        )

    def facts(self, running: Prepared) -> tuple[ConditionFact, ...]:
        """Return what decided whether conditions and texts are true in the last evaluation."""
        facts = running.conditions.async_facts()
        value = self.value
        if value in {None, TruthValue.TRUE} or not all(fact.as_needed for fact in facts):
            return facts
        return (ConditionFact(kind=FactKind.CHOICE, value=value),)

    def expected_end(self, running: Prepared, now: datetime) -> datetime | None:
        """Return when the rule ends by time if all else stays as it is, None where it does not."""
        timing, after = self.timing, self.rule.times.after
        if not timing.holds or timing.unknown_since:
            return None
        if timing.false_since:
            return timing.false_since + after
        end = running.conditions.async_expected_end(now)
        return end + after if end else None

    def replace(self, rule: Rule) -> None:
        """Go on as another version of the rule that is evaluated alike."""
        self.rule = rule
        if not rule.has_texts:
            self.requested = rule.requested

    def reset(self) -> None:
        """Forget how long the conditions were true."""
        self.failing = ()
        self.timing = TimingState()
        self.requested = self.rule.requested

    @callback
    def async_evaluate(
        self, running: Prepared, person: Mapping[str, Any] | None, now: datetime
    ) -> bool:
        """Evaluate conditions and texts, and return whether timing or request are others now."""
        if running.texts is None:
            result = running.conditions.async_evaluate()
            self.failing = result.failing
            return self._observe(result.value, None, self.requested, now)
        variables = running.texts.async_variables(person)
        running.conditions.async_set_variables(variables)
        result = running.conditions.async_evaluate()
        value, requested, until = result.value, self.requested, None
        self.failing = result.failing
        if value is TruthValue.TRUE:
            self._note_event(result.event, now)
            said = running.texts.async_render(variables, result.event, self._begins_at(now))
            value = all_of((value, said.value))
            self.failing = said.failing
            if value is TruthValue.TRUE:
                requested = said.requested
                until = said.until if said.is_end_known else self.timing.until
        running.texts.async_update_tracking()
        return self._observe(value, until, requested, now)

    def elapse(self, now: datetime) -> bool:
        """Let time pass until now, and return whether the timing is another."""
        return self._set_timing(elapse(self.rule.times, self.timing, now))

    def _request_of(self, timing: TimingState, order: int, since: datetime) -> RuleRequest:
        rule = self.rule
        return RuleRequest(
            rule_id=rule.id,
            name=rule.name,
            requested=self.requested,
            priority=rule.priority,
            order=order,
            insist=rule.insist,
            since=since,
            until=ends_at(rule.times, timing),
            yields_to=rule.yields_to_of(self.requested),
            beats_manual=rule.beats_manual,
            overruled_for=rule.overruled_for,
        )

    def _note_event(self, event: Mapping[str, Any] | None, now: datetime) -> None:
        """Begin anew with another event, where the end of the one before ended the rule."""
        before, self._event = self._event, event
        if before == event or before is None:
            return
        elapsed = elapse(self.rule.times, self.timing, now)
        if elapsed.spent and elapsed.until is not None and elapsed.until <= now:
            self.timing = TimingState(true_since=now)

    def _begins_at(self, now: datetime) -> datetime:
        """Return since when the rule holds, or from when on it will."""
        timing = self.timing
        if timing.holds_since is not None:
            return timing.holds_since
        return (timing.true_since or now) + self.rule.times.before

    def _observe(
        self,
        value: TruthValue,
        until: datetime | None,
        requested: RequestedPresence | None,
        now: datetime,
    ) -> bool:
        before, self.requested, self.value = self.requested, requested, value
        is_other = requested is not before and requested != before
        return (
            self._set_timing(observe(self.rule.times, self.timing, now, value, until)) or is_other
        )

    def _set_timing(self, timing: TimingState) -> bool:
        before, self.timing = self.timing, timing
        return timing is not before and timing != before


def _presence_of(request: RuleRequest, rule: Rule, *, holds: bool) -> str | None:
    if request.requested is not None:
        return STATES[request.requested.presence]
    return OWN if holds or rule.presence.word == OWN else None
