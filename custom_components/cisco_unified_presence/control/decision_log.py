"""Reports decisions and failures: logs, announces and hands on what is news."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..arbitration import Decision, Outcome
from ..const import LOGGER
from ..decision_words import in_words
from ..error_messages import explain, sentence
from ..issues import PersonIssue
from ..listeners import add_listener
from ..people import Person
from ..pws import Presence, PresenceServiceError
from .announcements import Announcements
from .record import PersonRecord

# Called with a person's key and the id of the rule that wins, or None.
type WinnerListener = Callable[[str, str | None], None]


@dataclass(frozen=True, slots=True)
class Gist:
    """The part of a record whose change is news."""

    winner: Outcome | None = None
    overruled: bool = False

    @classmethod
    def of(cls, record: PersonRecord) -> Gist:
        is_overruled = record.overruled is not None and record.overruled.covers(record.winner)
        return cls(record.winner and record.winner.without_note, is_overruled)


class DecisionLog:
    """Reports the decisions for the people of an entry, and failures to carry them out."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, on_winner: WinnerListener) -> None:
        self._announcements = Announcements(hass, entry)
        self._on_winner = on_winner
        self._gists: dict[str, Gist] = {}
        self._sentences: dict[str, str] = {}
        self._failures: dict[str, str] = {}
        self._listeners: defaultdict[str, list[Callable[[], None]]] = defaultdict(list)

    @callback
    def async_subscribe(self, person: Person, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call the listener after every other decision for this person."""
        return add_listener(self._listeners[person.key], listener)

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
            self._gists[person.key] = gist
            self._log(person, decision)
            self._announcements.async_fire_winner_changed(person, decision)
        if record.has_given_up and decision.winner and decision.insists:
            self._announcements.async_raise_given_up(person, decision, decision.winner, shown)
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
        self, person: Person, error: PresenceServiceError, *, refused: bool
    ) -> None:
        """Report, once, that the server refuses what was decided."""
        LOGGER.debug("The presence of %s was not reconciled: %s", person.contact, error)
        self._call_listeners(person.key)
        failure = explain(error).key
        if not refused or self._failures.get(person.key) == failure:
            return
        self._failures[person.key] = failure
        LOGGER.warning("The presence of %s cannot be set: %s", person.name, sentence(error))
        self._announcements.async_raise_not_set(person, error)

    @callback
    def async_report_success(self, person: Person) -> None:
        self._call_listeners(person.key)
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
        self._announcements.async_clear(person)

    def _call_listeners(self, key: str) -> None:
        for listener in tuple(self._listeners.get(key, ())):
            listener()

    def _log(self, person: Person, decision: Decision) -> None:
        words = in_words(decision)
        # Setting the same presence again is another decision that reads the same.
        if self._sentences.get(person.key) != words:
            self._sentences[person.key] = words
            LOGGER.info("%s: %s", person.name, words)


def _winning_rule(decision: Decision) -> str | None:
    request = decision.rule_request
    return request.rule_id if request and not decision.overruled else None
