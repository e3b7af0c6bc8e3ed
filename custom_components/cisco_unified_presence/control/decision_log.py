"""Telling what was decided about people: in the log, the logbook, repair issues and entities."""

from collections import defaultdict
from collections.abc import Callable

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_ENTITY_ID, ATTR_NAME, Platform
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..arbitration import Decision, Outcome
from ..const import DOMAIN, LOGGER
from ..decision_words import WORDS, in_words, logbook_line
from ..error_messages import async_sentence, explain, sentence, without_markup
from ..issues import PersonIssue, async_clear_issues_of_person, async_raise_issue_of_person
from ..listeners import add_listener
from ..people import Person
from ..pws import Presence, PresenceServiceError
from ..states import STATES
from .record import PersonRecord

EVENT_WINNER_CHANGED = f"{DOMAIN}_winner_changed"
ATTR_MESSAGE = "message"
ATTR_SOURCE = "source"
ATTR_RULE = "rule"

type WinnerListener = Callable[[str, str | None], None]


class DecisionLog:
    """Tells about the decisions for the people of an entry."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, on_winner: WinnerListener) -> None:
        """Tell nobody yet.

        Args:
            hass: Home Assistant.
            entry: Whose people are decided about.
            on_winner: Called with a person's key and the id of the rule that wins, or None.
        """
        self._hass = hass
        self._entry = entry
        self._on_winner = on_winner
        self._failing: dict[str, str] = {}
        self._told: dict[str, tuple[Outcome | None, bool]] = {}
        self._said: dict[str, str] = {}
        self._listeners: defaultdict[str, list[Callable[[], None]]] = defaultdict(list)

    @callback
    def async_subscribe(self, person: Person, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call the listener when something else is decided about this person."""
        return add_listener(self._listeners[person.key], listener)

    @callback
    def async_recall(self, key: str, record: PersonRecord) -> None:
        """Take up what was told in an earlier run, so that it is not told again."""
        self._told[key] = _gist(record)

    @callback
    def async_tell(
        self, person: Person, decision: Decision, record: PersonRecord, shown: Presence | None
    ) -> None:
        """Tell what has been decided.

        Args:
            person: About whom.
            decision: What.
            record: What is remembered of the person now.
            shown: The word that is shown at this moment.
        """
        rule = (
            decision.rule_request.rule_id
            if decision.rule_request and not decision.overruled
            else None
        )
        self._on_winner(person.key, rule)
        if self._told.get(person.key, _gist(PersonRecord())) != _gist(record):
            self._told[person.key] = _gist(record)
            self._tell_in_words(person, decision)
        if record.has_given_up and decision.winner:
            self._raise_stood_back(person, decision, decision.winner, shown)
        else:
            async_clear_issues_of_person(self._hass, self._entry, person, PersonIssue.STOOD_BACK)
        for listener in tuple(self._listeners[person.key]):
            listener()

    @callback
    def async_tell_failure(
        self, person: Person, error: PresenceServiceError, *, refused: bool
    ) -> None:
        """Tell, once, that what is wanted could not be written."""
        LOGGER.debug("The presence of %s was not reconciled: %s", person.contact, error)
        explanation = explain(error)
        if not refused or self._failing.get(person.key) == explanation.key:
            return
        self._failing[person.key] = explanation.key
        LOGGER.warning("The presence of %s cannot be set: %s", person.name, sentence(error))
        async_raise_issue_of_person(
            self._hass,
            self._entry,
            person,
            PersonIssue.PRESENCE_NOT_SET,
            reason=without_markup(async_sentence(self._hass, error)),
        )

    @callback
    def async_tell_success(self, person: Person) -> None:
        """Tell that what is wanted stands at the server, where it did not before."""
        if self._failing.pop(person.key, None) is not None:
            LOGGER.info("The presence of %s can be set again", person.name)
            async_clear_issues_of_person(
                self._hass, self._entry, person, PersonIssue.PRESENCE_NOT_SET
            )

    @callback
    def async_forget(self, person: Person) -> None:
        """Tell nothing more about a person."""
        self._on_winner(person.key, None)
        self._failing.pop(person.key, None)
        self._told.pop(person.key, None)
        self._said.pop(person.key, None)
        async_clear_issues_of_person(self._hass, self._entry, person)

    def _tell_in_words(self, person: Person, decision: Decision) -> None:
        words = in_words(decision)
        # Who sets the same once more has decided anew, but there is nothing new to be read.
        if self._said.get(person.key) != words:
            self._said[person.key] = words
            LOGGER.info("%s: %s", person.name, words)
        unique_id = f"{self._entry.entry_id}_{person.key}_presence"
        entity_id = er.async_get(self._hass).async_get_entity_id(Platform.SENSOR, DOMAIN, unique_id)
        self._hass.bus.async_fire(
            EVENT_WINNER_CHANGED,
            {
                ATTR_NAME: person.name,
                ATTR_ENTITY_ID: entity_id,
                ATTR_SOURCE: decision.source.value,
                ATTR_RULE: decision.rule_request.name if decision.rule_request else None,
                "presence": STATES[decision.requested.presence] if decision.requested else None,
                "set_aside": decision.overruled,
                ATTR_MESSAGE: logbook_line(decision),
            },
        )

    def _raise_stood_back(
        self, person: Person, decision: Decision, winner: Outcome, shown: Presence | None
    ) -> None:
        async_raise_issue_of_person(
            self._hass,
            self._entry,
            person,
            PersonIssue.STOOD_BACK,
            rule=decision.rule_request.name if decision.rule_request else "",
            wanted=WORDS[winner.requested.presence],
            shown=WORDS.get(shown, "another presence") if shown else "another presence",
        )


def _gist(record: PersonRecord) -> tuple[Outcome | None, bool]:
    return record.winner, record.overruled is not None
