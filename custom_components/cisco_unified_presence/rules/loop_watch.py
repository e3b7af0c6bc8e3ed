"""Puts rules that chase themselves to rest."""

from collections.abc import Callable, Iterable

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..const import LOGGER
from .directory import PersonId
from .issues import RuleIssue, async_clear_rule_issue, async_raise_rule_issue
from .loop_inputs import async_changed_at, async_split_inputs
from .loops import CHANGES, LoopGuard, WinnerChange, looping
from .runner import RuleRunner
from .targets import RuleTargets


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
    def async_note_winner(
        self, person: PersonId, rules: Iterable[str], holding: Iterable[str]
    ) -> frozenset[str]:
        """Note that a person's winner has changed, and return the rules that rest from now on.

        Args:
            person: Whose winner it is.
            rules: The rules that won before and after it.
            holding: The rules about the person that hold now.
        """
        now = dt_util.utcnow()
        change = WinnerChange(now, frozenset(rules), frozenset(holding))
        changes = self._guard.note(person, change)
        if len(changes) < CHANGES:
            return frozenset()
        involved = frozenset[str]().union(*(each.rules for each in changes))
        runners = [runner for rule_id in involved if (runner := self._runner_of(rule_id))]
        reading = {runner.rule.id: async_split_inputs(self._hass, runner) for runner in runners}
        foreign = [async_changed_at(self._hass, each.foreign) for each in reading.values()]
        foreign.append(self._guard.own_changed_at(person))
        last = max((moment for moment in foreign if moment), default=None)
        loop = looping(changes, last, now)
        chasing = [each for each in runners if each.rule.id in loop and reading[each.rule.id].ours]
        for runner in chasing:
            self._put_to_rest(runner, person, reading[runner.rule.id].ours)
        return frozenset(runner.rule.id for runner in chasing)

    @callback
    def async_release(self, rule_id: str) -> bool:
        """Let a rule win again that rested, since it is another one now; return whether it did."""
        if not self._guard.release(rule_id):
            return False
        async_clear_rule_issue(self._hass, RuleIssue.RULE_LOOP, rule_id)
        return True

    def _put_to_rest(self, runner: RuleRunner, person: PersonId, reading: Iterable[str]) -> None:
        self._guard.put_to_rest(runner.rule.id, person)
        names, entities = ", ".join(self._targets.names_of([person])), ", ".join(sorted(reading))
        LOGGER.warning(
            "The rule %s rests for %s: it reads %s, which it changes",
            runner.rule.name,
            names,
            entities,
        )
        async_raise_rule_issue(
            self._hass,
            RuleIssue.RULE_LOOP,
            runner.rule.id,
            rule=runner.rule.name,
            person=names,
            entities=entities,
        )
