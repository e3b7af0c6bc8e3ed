"""Puts rules that chase themselves to rest."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..const import LOGGER
from .directory import PersonId
from .issues import RuleIssue, async_clear_rule_issue, async_raise_rule_issue
from .loop_origins import LoopOrigins
from .loops import FOREIGN, WITHIN, LoopGuard, WinnerChange, looping
from .runner import RuleRunner
from .targets import RuleTargets

# So that the loop by way of a winner, which tells for whom it is, is found first.
MOST_BY_ITSELF: Final = 20


class LoopWatch:
    """Watches the winners of people for rules that read what they set."""

    def __init__(
        self,
        hass: HomeAssistant,
        targets: RuleTargets,
        runner_of: Callable[[str], RuleRunner | None],
    ) -> None:
        self._hass = hass
        self._targets = targets
        self._runner_of = runner_of
        self._guard = LoopGuard()
        self._changed_at: dict[str, datetime] = {}
        self._by_itself: dict[str, list[datetime]] = {}
        self._origins = LoopOrigins(hass, targets, self._guard, runner_of)

    def rests(self, rule_id: str, person: PersonId) -> bool:
        return self._guard.rests(rule_id, person)

    def rests_for(self, rule_id: str) -> tuple[str, ...]:
        """Return the names of those for whom a rule rests."""
        return self._targets.names_of(self._guard.resting_for(rule_id))

    @callback
    def async_note_own(self, person: PersonId) -> None:
        """Note that a person's own presence has changed, which no rule does."""
        self._guard.note_own(person, dt_util.utcnow())

    @callback
    def async_note_call(self, person: PersonId, context: Context) -> None:
        """Note that an action is about to set or clear a person's presence."""
        self._origins.async_note_call(person, context, dt_util.utcnow())

    @callback
    def async_note_winner(self, person: PersonId, holding: Iterable[str]) -> frozenset[str]:
        """Note that a person's winner has changed, and return the rules that rest from now on.

        Args:
            person: Whose winner it is.
            holding: The rules about the person that hold now.
        """
        now, holds = dt_util.utcnow(), frozenset(holding)
        last = self._guard.last(person, now)
        # A first change may have any origin, and a rule may be about hundreds of people.
        origin = self._origins.async_origin(person, last.holding ^ holds, now) if last else FOREIGN
        changes = self._guard.note(person, WinnerChange(now, holds, origin))
        reading = looping(changes, person, now)
        chasing = [runner for rule_id in reading if (runner := self._runner_of(rule_id))]
        for runner in chasing:
            self._guard.put_to_rest(runner.rule.id, person)
            self._report(runner, [person], reading[runner.rule.id])
        return frozenset(runner.rule.id for runner in chasing)

    @callback
    def async_note_change(self, rule_id: str) -> bool:
        """Note that a rule has changed; return whether it is evaluated no more from now on.

        A rule that reads whether it holds goes on to change when it does not win any more.
        """
        now, before = dt_util.utcnow(), self._changed_at.get(rule_id)
        self._changed_at[rule_id] = now
        if before is None or now - before > WITHIN:
            # There is no change of its own that it follows from.
            return False
        if not self._origins.async_follows_from_itself(rule_id):
            return False
        times = [each for each in self._by_itself.pop(rule_id, ()) if now - each <= WITHIN]
        self._by_itself[rule_id] = [*times, now]
        runner = self._runner_of(rule_id)
        if len(times) < MOST_BY_ITSELF or runner is None:
            return False
        change = runner.last_change
        entities = {change.entity_id} if change and change.entity_id else set()
        people = self._targets.of(rule_id)
        self._guard.put_to_rest(rule_id, *people)
        self._report(runner, people, entities)
        runner.async_halt()
        del self._by_itself[rule_id]
        return True

    @callback
    def async_retain_people(self, entry_id: str, keys: Iterable[str]) -> None:
        """Forget the people of an entry who are not among these."""
        self._guard.retain_people(entry_id, keys)

    @callback
    def async_release(self, rule_id: str) -> bool:
        """Let a rule win again that rested, since it is another one now; return whether it did."""
        self._changed_at.pop(rule_id, None)
        self._by_itself.pop(rule_id, None)
        if not self._guard.release(rule_id):
            return False
        async_clear_rule_issue(self._hass, RuleIssue.RULE_LOOP, rule_id)
        return True

    def _report(
        self, runner: RuleRunner, people: Iterable[PersonId], entities: Iterable[str]
    ) -> None:
        names, reading = ", ".join(self._targets.names_of(people)), ", ".join(sorted(entities))
        LOGGER.warning(
            "The rule %s rests for %s: it reads %s, which it changes",
            runner.rule.name,
            names,
            reading,
        )
        async_raise_rule_issue(
            self._hass,
            RuleIssue.RULE_LOOP,
            runner.rule.id,
            rule=runner.rule.name,
            person=names,
            entities=reading,
        )
