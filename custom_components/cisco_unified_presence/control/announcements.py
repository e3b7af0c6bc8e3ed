"""The event and the repair issues by which Home Assistant learns of decisions."""

from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_ENTITY_ID, ATTR_NAME
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from ..arbitration import Decision, RuleRequest
from ..const import DOMAIN
from ..decision_words import WORDS, local_iso, logbook_line
from ..error_messages import async_sentence, without_markup
from ..issues import PersonIssue, async_clear_issues_of_person, async_raise_issue_of_person
from ..people import Person, async_presence_sensor
from ..pws import Presence, PresenceServiceError
from ..states import STATES

EVENT_WINNER_CHANGED = f"{DOMAIN}_winner_changed"
ATTR_MESSAGE = "message"
ATTR_SOURCE = "source"
ATTR_RULE = "rule"
ATTR_PRESENCE = "presence"
ATTR_SET_ASIDE = "set_aside"
ATTR_SET_BY = "set_by"
ATTR_UNTIL = "until"
ATTR_UNTIL_EXPECTED = "until_expected"


class Announcements:
    """Fires the event, and raises and clears the issues, of the people of an entry."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        self._hass = hass
        self._entry = entry

    @callback
    def async_fire_winner_changed(
        self,
        person: Person,
        decision: Decision,
        context: Context | None,
        until_expected: datetime | None,
    ) -> None:
        entity_id = async_presence_sensor(self._hass, self._entry.entry_id, person.key)
        self._hass.bus.async_fire(
            EVENT_WINNER_CHANGED,
            {
                ATTR_NAME: person.name,
                ATTR_ENTITY_ID: entity_id,
                ATTR_SOURCE: decision.source.value,
                ATTR_RULE: decision.rule_request.name if decision.rule_request else None,
                ATTR_PRESENCE: STATES[decision.requested.presence] if decision.requested else None,
                ATTR_SET_ASIDE: decision.overruled,
                ATTR_SET_BY: decision.set_by,
                ATTR_UNTIL: local_iso(decision.until),
                ATTR_UNTIL_EXPECTED: local_iso(until_expected),
                ATTR_MESSAGE: logbook_line(decision),
            },
            context=context,
        )

    @callback
    def async_raise_given_up(
        self, person: Person, request: RuleRequest, shown: Presence | None
    ) -> None:
        async_raise_issue_of_person(
            self._hass,
            self._entry,
            person,
            PersonIssue.STOOD_BACK,
            fix={"rule_id": request.rule_id},
            rule=request.name,
            wanted=self._word(request.requested.presence) if request.requested else "",
            shown=self._word(shown),
        )

    def _word(self, presence: Presence | None) -> str:
        """Return a presence in Home Assistant's language, which translates no placeholders."""
        language = self._hass.config.language
        if presence in STATES:
            place = f"component.{DOMAIN}.entity.sensor.presence.state.{STATES[presence]}"
            texts = async_get_cached_translations(self._hass, language, "entity", DOMAIN)
            return texts.get(place, WORDS[presence])
        place = f"component.{DOMAIN}.config_panel.rule.another_presence"
        texts = async_get_cached_translations(self._hass, language, "config_panel", DOMAIN)
        return texts.get(place, "another presence")

    @callback
    def async_raise_not_set(self, person: Person, error: PresenceServiceError) -> None:
        async_raise_issue_of_person(
            self._hass,
            self._entry,
            person,
            PersonIssue.PRESENCE_NOT_SET,
            reason=without_markup(async_sentence(self._hass, error)),
        )

    @callback
    def async_clear(self, person: Person, *issues: PersonIssue) -> None:
        """Clear these issues of a person, or all of them when none is named."""
        async_clear_issues_of_person(self._hass, self._entry, person, *issues)
