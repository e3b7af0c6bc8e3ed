"""Says what is likely a mistake in the rules that run: in the log, and as issues to ignore."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.util import dt as dt_util

from ..arbitration import RuleRequest
from ..const import LOGGER
from .directory import PersonId
from .issues import RuleIssue, async_raise_rule_warning, async_withdraw_rule_issue
from .lint import (
    LintedRule,
    never_winning,
    sensors_that_must_be_on,
    targets_that_must_detect,
    tied,
)
from .loop_inputs import async_entities_of
from .rule import Rule
from .rule_set import RuleSet
from .targets import RuleTargets

# Sensors appear, and rules meet, while rules run.
CHECK_EACH: Final = timedelta(minutes=5)

# A rule that begins anew so soon, so often, flickers.
SOON: Final = timedelta(minutes=2)
TIMES: Final = 3

# Of rules made by a program there may be hundreds with the same mistake.
MOST_FINDINGS: Final = 25

# Of the people whose winner has changed since the last check.
MOST_PEOPLE: Final = 500

_SENTENCES: Final = {
    RuleIssue.RULE_NEVER_WINS: (
        "The rule {rule} never wins: {other} holds whenever it does, and wins"
    ),
    RuleIssue.RULE_EQUAL_PRIORITY: (
        "The rules {other} and {rule} have the same priority, and held for {person} at the same"
        " time: {other} wins, since it comes first"
    ),
    RuleIssue.RULE_READS_OWN: (
        "The rule {rule} reads {entities}, which it changes itself: it may chase itself."
        " Ask for person.own instead"
    ),
    RuleIssue.RULE_WITHOUT_HOLD: (
        "The rule {rule} ends as soon as {entity} is off: it flickers without hold"
    ),
}

type Finding = tuple[RuleIssue, str]
"""The kind of a mistake, and the id of the rule that has it."""

type Findings = dict[Finding, dict[str, str]]
"""Mistakes, with what their texts name."""


@dataclass(frozen=True, slots=True)
class _Tie:
    """Two rules of the same priority that have held for a person, the winner first."""

    winner: str
    loser: str
    person: PersonId


@dataclass(slots=True)
class _Activity:
    """When a rule has ended last, and how often it began anew soon after it had ended."""

    ended: datetime | None = None
    restarts: int = 0


class LintWatch:
    """Checks the rules when they change, and while they run."""

    def __init__(
        self,
        hass: HomeAssistant,
        targets: RuleTargets,
        rules: RuleSet,
        requests_of: Callable[[PersonId], Sequence[RuleRequest]],
    ) -> None:
        self._hass = hass
        self._targets = targets
        self._rules = rules
        self._requests_of = requests_of
        self._raised: Findings = {}
        # A set-up that fails removes the rules of its entry, and each further one adds them again.
        self._logged: Findings = {}
        self._in_rules: list[tuple[Finding, dict[str, str]]] = []
        self._ties: dict[str, _Tie] = {}
        self._people: set[PersonId] = set()
        self._activities: defaultdict[str, _Activity] = defaultdict(_Activity)
        self._stop_checking: CALLBACK_TYPE | None = None

    @callback
    def async_start(self) -> None:
        self._stop_checking = async_track_time_interval(
            self._hass, self._check_again, CHECK_EACH, cancel_on_shutdown=True
        )
        self.async_check()

    @callback
    def async_stop(self) -> None:
        if self._stop_checking is not None:
            self._stop_checking()
            self._stop_checking = None

    @callback
    def async_note_winner(self, person: PersonId) -> None:
        """Note that a rule wins for a person, over others perhaps."""
        if len(self._people) < MOST_PEOPLE:
            self._people.add(person)

    @callback
    def async_note_activity(self, rule_id: str, *, holds: bool) -> None:
        """Note that a rule has begun or ended."""
        activity, now = self._activities[rule_id], dt_util.utcnow()
        if not holds:
            activity.ended = now
            return
        if activity.ended is not None and now - activity.ended < SOON:
            activity.restarts += 1
        activity.ended = None

    @callback
    def async_clear(self, rule_id: str) -> None:
        """Forget what was seen of a rule that was changed or removed."""
        self._activities.pop(rule_id, None)
        self._ties = {
            each: tie for each, tie in self._ties.items() if rule_id not in (tie.winner, tie.loser)
        }

    @callback
    def async_check(self) -> None:
        """Raise what is found, once, and clear what is no more."""
        if self._stop_checking is None:
            # Until Home Assistant has started, nothing is known of sensors.
            return
        self._in_rules = list(self._findings_in_rules())
        self._report()

    def _report(self) -> None:
        found = dict([*self._in_rules, *self._seen()][:MOST_FINDINGS])
        for issue, rule_id in self._raised.keys() - found.keys():
            async_withdraw_rule_issue(self._hass, issue, rule_id)
        for (issue, rule_id), placeholders in found.items():
            if self._raised.get((issue, rule_id)) != placeholders:
                if self._logged.get((issue, rule_id)) != placeholders:
                    LOGGER.warning("%s", _SENTENCES[issue].format(**placeholders))
                async_raise_rule_warning(self._hass, issue, rule_id, **placeholders)
        self._raised = found
        self._logged |= found

    @callback
    def _check_again(self, _now: datetime) -> None:
        """Check what may be otherwise though the rules are the same."""
        self._report()

    def _findings_in_rules(self) -> Iterable[tuple[Finding, dict[str, str]]]:
        runners = [each for each in self._rules.runners if each.enabled]
        names = {each.rule.id: each.rule.name for each in runners}
        linted = [
            LintedRule(
                each.rule,
                self._rules.order_of(each.rule, each.entry_id),
                self._targets.of(each.rule.id),
            )
            for each in runners
        ]
        for rule_id, other in never_winning(linted).items():
            yield (
                (RuleIssue.RULE_NEVER_WINS, rule_id),
                {"rule": names[rule_id], "other": other.rule.name},
            )
        for runner in runners:
            rule = runner.rule
            people = self._targets.of(rule.id)
            if reading := sorted(async_entities_of(self._hass, runner, people)):
                named = {"rule": rule.name, "entities": ", ".join(reading)}
                yield (RuleIssue.RULE_READS_OWN, rule.id), named

    def _seen(self) -> Iterable[tuple[Finding, dict[str, str]]]:
        """Yield what depends on sensors, and on what was seen of rules."""
        rules = [each.rule for each in self._rules.runners if each.enabled]
        yield from self._equal_priorities({rule.id: rule.name for rule in rules})
        for rule in rules:
            if sensor := self._sensor_without_hold(rule):
                yield (
                    (RuleIssue.RULE_WITHOUT_HOLD, rule.id),
                    {"rule": rule.name, "entity": sensor},
                )

    def _equal_priorities(
        self, names: Mapping[str, str]
    ) -> Iterable[tuple[Finding, dict[str, str]]]:
        people, self._people = self._people, set()
        for person in people:
            if found := tied(self._requests_of(person)):
                winner, loser = found
                self._ties.setdefault(loser.rule_id, _Tie(winner.rule_id, loser.rule_id, person))
        for tie in self._ties.values():
            about = self._targets.person(tie.person)
            if tie.winner in names and tie.loser in names and about:
                placeholders = {
                    "rule": names[tie.loser],
                    "other": names[tie.winner],
                    "person": about.name,
                }
                yield (RuleIssue.RULE_EQUAL_PRIORITY, tie.loser), placeholders

    def _sensor_without_hold(self, rule: Rule) -> str | None:
        """Return the name of a sensor with which the rule flickers, None without one.

        A motion sensor is off while people sit still. Sensors of occupancy may wait by themselves:
        they count where the rule was seen to begin anew again and again.
        """
        if rule.times.after:
            return None
        activity = self._activities.get(rule.id)
        flickers = activity is not None and activity.restarts >= TIMES
        classes = {BinarySensorDeviceClass.MOTION}
        if flickers:
            classes.add(BinarySensorDeviceClass.OCCUPANCY)
        entities = [*sensors_that_must_be_on(rule.when), *self._detectors(rule)]
        found = (each for each in entities if self._class_of(each) in classes)
        entity_id = next(found, None)
        state = self._hass.states.get(entity_id) if entity_id else None
        return state.name if state else entity_id

    def _detectors(self, rule: Rule) -> Iterable[str]:
        for target in targets_that_must_detect(rule.when):
            selected = async_extract_referenced_entity_ids(
                self._hass, TargetSelection(dict(target))
            )
            yield from sorted(selected.referenced | selected.indirectly_referenced)

    def _class_of(self, entity_id: str) -> str | None:
        if state := self._hass.states.get(entity_id):
            found: str | None = state.attributes.get("device_class")
            return found
        entry = er.async_get(self._hass).async_get(entity_id)
        return (entry.device_class or entry.original_device_class) if entry else None
