"""Reports decisions and failures: logs, announces and hands on what is news."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..arbitration import Decision, Outcome, RequestedPresence, Source
from ..causes import RuleCauses, RuleChange
from ..const import LOGGER
from ..decision_words import in_words
from ..error_messages import explain, sentence
from ..issues import PersonIssue
from ..listeners import add_listener
from ..people import Person
from ..pws import Presence, PresenceServiceError
from ..states import STATES
from ..storage import storable_text
from .announcements import Announcements
from .history import Cause, DecisionHistory, PastDecision
from .record import PersonRecord

# A decision follows the change of a rule in the next turn of the loop.
_AT_ONCE: Final = timedelta(seconds=5)

# Called with a person's key and the id of the rule that wins, or None.
type WinnerListener = Callable[[str, str | None], None]


class DecisiveRules(RuleCauses, Protocol):
    """Tells why rules changed, and when they are expected to end; watches for their loops."""

    def expected_end(self, person: tuple[str, str], decision: Decision) -> datetime | None:
        """Return when the rule that wins for a person is to end, None where that is not known."""

    def async_note_call(self, person: tuple[str, str], context: Context) -> None:
        """Note that an action is about to set or clear a person's presence."""


@dataclass(frozen=True, slots=True)
class Gist:
    """The part of a record whose change is news."""

    winner: Outcome | None = None
    overruled: bool = False

    @classmethod
    def of(cls, record: PersonRecord) -> Gist:
        is_overruled = record.overruled is not None and record.overruled.covers(record.winner)
        return cls(record.winner and record.winner.without_note, is_overruled)


@dataclass(frozen=True, slots=True)
class WriteOutcome:
    """The part of what follows from a write that is shown of a person.

    Attributes:
        requested: What is published.
        shown: The word that the server showed for it.
        refused_until: When the server is tried again that has refused.
    """

    requested: RequestedPresence | None
    shown: Presence | None
    refused_until: datetime | None

    @classmethod
    def of(cls, record: PersonRecord, refused_until: datetime | None) -> WriteOutcome:
        published = record.published
        if published is None:
            return cls(None, None, refused_until)
        return cls(published.requested, published.shown, refused_until)


class DecisionLog:
    """Reports the decisions for the people of an entry, and failures to carry them out.

    Attributes:
        history: The last decisions of each person.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        rules: DecisiveRules,
        on_winner: WinnerListener,
    ) -> None:
        self.history = DecisionHistory(hass, entry.entry_id)
        self._entry_id = entry.entry_id
        self._rules = rules
        self._callers: dict[str, Context] = {}
        self._latest: dict[str, Decision] = {}
        self._announcements = Announcements(hass, entry)
        self._on_winner = on_winner
        self._gists: dict[str, Gist] = {}
        self._sentences: dict[str, str] = {}
        self._failures: dict[str, str] = {}
        self._outcomes: dict[str, WriteOutcome] = {}
        self._listeners: defaultdict[str, list[Callable[[], None]]] = defaultdict(list)

    @callback
    def async_subscribe(self, person: Person, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call the listener after every other decision for this person."""
        return add_listener(self._listeners[person.key], listener)

    @callback
    def async_note_caller(self, person: Person, context: Context) -> None:
        """Note on whose behalf a person is about to be set or cleared."""
        self._callers[person.key] = context
        self._rules.async_note_call((self._entry_id, person.key), context)

    @callback
    def async_recall(self, key: str, record: PersonRecord) -> None:
        """Take over what an earlier run has reported, so that it is not reported again."""
        self._gists[key] = Gist.of(record)

    @callback
    def async_report(
        self, person: Person, decision: Decision, record: PersonRecord, shown: Presence | None
    ) -> None:
        self._on_winner(person.key, _winning_rule(decision))
        gist = Gist.of(record)
        if self._gists.get(person.key, Gist()) != gist:
            before, self._gists[person.key] = self._gists.get(person.key, Gist()), gist
            self._log(person, decision)
            context = self._note(person.key, before, gist, decision)
            expected = self._rules.expected_end((self._entry_id, person.key), decision)
            self._announcements.async_fire_winner_changed(person, decision, context, expected)
        self._latest[person.key] = decision
        request = decision.rule_request
        if record.has_given_up and request and request.insist:
            self._announcements.async_raise_given_up(person, request, shown)
        else:
            self._announcements.async_clear(person, PersonIssue.STOOD_BACK)
        self._call_listeners(person.key)

    @callback
    def async_report_waiting(self, person: Person) -> None:
        """Report that a write begins or ceases to wait."""
        self._call_listeners(person.key)

    @callback
    def async_report_own(self, key: str) -> None:
        """Report that a person's own presence has changed."""
        self._call_listeners(key)

    @callback
    def async_report_failure(
        self, person: Person, error: PresenceServiceError, outcome: WriteOutcome, *, refused: bool
    ) -> None:
        """Report, once, that the server refuses what was decided."""
        LOGGER.debug("The presence of %s was not reconciled: %s", person.contact, error)
        self._report_outcome(person.key, outcome)
        failure = explain(error).key
        if not refused or self._failures.get(person.key) == failure:
            return
        self._failures[person.key] = failure
        LOGGER.warning("The presence of %s cannot be set: %s", person.name, sentence(error))
        self._announcements.async_raise_not_set(person, error)

    @callback
    def async_report_success(self, person: Person, outcome: WriteOutcome) -> None:
        self._report_outcome(person.key, outcome)
        if self._failures.pop(person.key, None) is not None:
            LOGGER.info("The presence of %s can be set again", person.name)
            self._announcements.async_clear(person, PersonIssue.PRESENCE_NOT_SET)

    @callback
    def async_forget(self, person: Person) -> None:
        """Forget a person, and clear all issues about them."""
        self._on_winner(person.key, None)
        self._failures.pop(person.key, None)
        self._gists.pop(person.key, None)
        self._sentences.pop(person.key, None)
        self._callers.pop(person.key, None)
        self._latest.pop(person.key, None)
        self._outcomes.pop(person.key, None)
        self.history.async_forget(person.key)
        self._announcements.async_clear(person)

    def _note(self, key: str, before: Gist, gist: Gist, decision: Decision) -> Context | None:
        """Add a decision to the history, and return the context of its cause."""
        now = dt_util.utcnow()
        winners = (before.winner, gist.winner)
        rules = [each.by for each in winners if each and each.source is Source.RULE]
        change = self._rules.last_change_of((self._entry_id, key), rules) if rules else None
        if change is not None and not timedelta(0) <= now - change.at <= _AT_ONCE:
            change = None
        earlier = self._latest.get(key)
        cause = _cause_of(before, gist, earlier, change, now)
        if cause is not Cause.INPUT:
            change = None
        request, requested = decision.rule_request, decision.requested
        self.history.async_note(
            key,
            PastDecision(
                at=now,
                source=decision.source.value,
                wanted=STATES[requested.presence] if requested else None,
                rule=request.name if request else None,
                overruled=decision.overruled,
                set_by=decision.set_by,
                until=decision.until,
                cause=cause,
                entity_id=change.entity_id if change else None,
                name=_storable(change.name) if change else None,
                state=_storable(change.state) if change else None,
                before=_name_before(earlier, self.history.last_rule_of(key), before),
                before_ended=before.winner is not None
                and not self._rules.holds_for((self._entry_id, key), before.winner.by),
            ),
        )
        if cause in {Cause.SET, Cause.CLEARED}:
            return self._callers.pop(key, None)
        return change.context if change else None

    def _report_outcome(self, key: str, outcome: WriteOutcome) -> None:
        """Call the listeners, unless they were called last for the same outcome."""
        if self._outcomes.get(key) != outcome:
            self._call_listeners(key)
            self._outcomes[key] = outcome

    def _call_listeners(self, key: str) -> None:
        self._outcomes.pop(key, None)
        for listener in tuple(self._listeners.get(key, ())):
            listener()

    def _log(self, person: Person, decision: Decision) -> None:
        words = in_words(decision)
        # Setting the same presence again is another decision that reads the same.
        if self._sentences.get(person.key) != words:
            self._sentences[person.key] = words
            LOGGER.info("%s: %s", person.name, words)


def _is_manual(winner: Outcome | None) -> bool:
    return winner is not None and winner.source is Source.MANUAL


def _storable(text: str | None) -> str | None:
    return storable_text(text) if text else text


def _name_before(earlier: Decision | None, stored: str | None, before: Gist) -> str | None:
    if before.winner is None or before.winner.source is not Source.RULE:
        return None
    return earlier.rule_request.name if earlier and earlier.rule_request else stored


def _cause_of(
    before: Gist, gist: Gist, earlier: Decision | None, change: RuleChange | None, now: datetime
) -> Cause:
    if gist.overruled and not before.overruled:
        return Cause.CHANGED_BY_HAND
    if _is_manual(gist.winner) and gist.winner != before.winner:
        return Cause.SET
    if _is_manual(before.winner) and gist.winner != before.winner:
        has_ended = earlier is not None and earlier.until is not None and earlier.until <= now
        return Cause.SETTING_ENDED if has_ended else Cause.CLEARED
    if change is not None:
        return Cause.INPUT if change.entity_id else Cause.TIME
    if gist.winner == before.winner:
        return Cause.CLEARED
    return Cause.OWN if earlier and earlier.yielding else Cause.RULES


def _winning_rule(decision: Decision) -> str | None:
    request = decision.rule_request
    return request.rule_id if request and not decision.overruled else None
