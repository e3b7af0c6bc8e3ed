"""What rules request for people, and how each rule about a person evaluates."""

from collections.abc import Iterable
from datetime import datetime

from homeassistant.core import Context, callback

from ..arbitration import Decision, RuleRequest
from ..causes import RuleChange
from .directory import PersonId
from .explanation import expected_end
from .loop_watch import LoopWatch
from .pause import Scope
from .pauses import Pauses
from .rule_set import RuleSet
from .runner import Concerned
from .snapshot import RuleSnapshot
from .status import RuleEvaluation
from .targets import RuleTargets


class RuleRequests:
    """The requests of the rules that hold, as of the last change of each."""

    def __init__(
        self, rules: RuleSet, targets: RuleTargets, pauses: Pauses, loops: LoopWatch
    ) -> None:
        self._rules = rules
        self._targets = targets
        self._pauses = pauses
        self._loops = loops
        self._requests: dict[str, dict[Concerned, RuleRequest]] = {}

    def for_person(self, person: PersonId) -> tuple[RuleRequest, ...]:
        """Return what the rules request that may decide for a person."""
        acting = (
            self._requests[each]
            for each in self._targets.rules_about(person)
            if not self._loops.rests(each, person) and not self._pauses.stop(person, each)
        )
        # A rule is evaluated for all its people together, or for each of them.
        found = (each.get(None) or each.get(person) for each in acting if each)
        return tuple(request for request in found if request)

    def holds_for(self, person: PersonId, rule_id: str) -> bool:
        """Tell whether a rule holds for a person, and may decide."""
        return any(each.rule_id == rule_id for each in self.for_person(person))

    def evaluations_for(self, person: PersonId) -> tuple[RuleEvaluation, ...]:
        """Return the evaluation of every rule about a person, whether or not it holds."""
        pauses = self._pauses.in_force
        return tuple(
            self._rules.evaluation_of(each, person).for_person(
                person, pauses, rests=self._loops.rests(each, person)
            )
            for each in self._targets.rules_about(person)
        )

    def expected_end(self, person: PersonId, decision: Decision) -> datetime | None:
        """Return when the rule that wins for a person is to end, None where that is not known."""
        request = decision.rule_request
        if request is None or self._rules.runner_of(request.rule_id) is None:
            return None
        return expected_end(decision, [self._rules.evaluation_of(request.rule_id, person)])

    @callback
    def async_note_call(self, person: PersonId, context: Context) -> None:
        """Note that an action is about to set or clear a person's presence."""
        self._loops.async_note_call(person, context)

    def snapshots_for(self, person: PersonId) -> tuple[RuleSnapshot, ...]:
        """Return every rule about a person as it is, to be followed in a simulation."""
        return tuple(
            self._rules.snapshot_of(each, person, rests=self._loops.rests(each, person))
            for each in self._targets.rules_about(person)
        )

    def last_change_of(self, person: PersonId, rule_ids: Iterable[str]) -> RuleChange | None:
        """Return the latest change of these rules for a person."""
        changes = (self._rules.change_of(each, person) for each in rule_ids)
        return max((each for each in changes if each), key=lambda each: each.at, default=None)

    def rules_in(self, scope: Scope) -> list[str]:
        """Return the rules of a scope."""
        return [each for each in self._requests if scope.rules is None or each in scope.rules]

    def is_requesting(self, rule_id: str) -> bool:
        """Tell whether a rule requests something for anyone."""
        return bool(self._requests[rule_id])

    @callback
    def async_renew(self) -> list[str]:
        """Take the requests of the rules that run now, and return which rules have others."""
        before, self._requests = self._requests, self._rules.requests()
        rule_ids = before.keys() | self._requests.keys()
        return [each for each in rule_ids if before.get(each) != self._requests.get(each)]

    @callback
    def async_update(self, rule_id: str, concerned: Concerned) -> bool:
        """Take the request of a rule that has changed, and return whether it is another."""
        requests = self._requests.setdefault(rule_id, {})
        request = self._rules.request_of(rule_id, concerned)
        if request == requests.get(concerned):
            return False
        if request is None:
            del requests[concerned]
        else:
            requests[concerned] = request
        return True
