"""Conditions: people's presence, and whether they are in a call or a meeting.

Entities that are unavailable or unknown are ignored, as by Home Assistant's own conditions.
"""

from typing import ClassVar, Final, Unpack, override

from homeassistant.const import (
    CONF_FOR,
    CONF_OPTIONS,
    CONF_STATE,
    CONF_TARGET,
    STATE_OFF,
    STATE_ON,
    Platform,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.exceptions import ConditionErrorMessage
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (
    ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL,
    Condition,
    ConditionCheckParams,
    ConditionConfig,
    EntityStateConditionBase,
)
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .actions import ATTR_PRESENCE
from .automations import PRESENCE_OPTIONS, entities_showing
from .binary_sensor import IN_A_MEETING, ON_THE_PHONE
from .const import LINKS
from .pws import Presence
from .rules import (
    CONF_ALL_DAY,
    CONF_LINK,
    CONF_LINKED,
    PATTERNS,
    async_calendars,
    async_calendars_in,
    async_filter_of,
    event_now,
)
from .sensor import PRESENCE
from .states import STATES

ONLY_IN_RULES: Final = "what is linked to a person is known in presence rules only"


class PersonCondition(EntityStateConditionBase):
    """A condition on one kind of a person's entities, named by its translation key."""

    _key: ClassVar[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return entities_showing(self._hass, self._key, super().entity_filter(entities))


class PresenceCondition(PersonCondition):
    """A condition on people's presence."""

    _domain_specs = {Platform.SENSOR: DomainSpec()}
    _key = PRESENCE


class IsPresence(PresenceCondition):
    """A person's presence is one of the options."""

    _schema = ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL.extend(PRESENCE_OPTIONS)

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        super().__init__(hass, config)
        self._states = set((config.options or {})[ATTR_PRESENCE])


class IsAvailable(PresenceCondition):
    """A person is available."""

    _states = {STATES[Presence.AVAILABLE]}


class ActivityCondition(PersonCondition):
    """A condition on an activity of a person."""

    _domain_specs = {Platform.BINARY_SENSOR: DomainSpec()}
    _states = {STATE_ON}


class IsOnThePhone(ActivityCondition):
    """A person is in a call."""

    _key = ON_THE_PHONE


class IsInAMeeting(ActivityCondition):
    """A person is in a meeting."""

    _key = IN_A_MEETING


class CalendarEventIsOn(Condition):
    """An event of a calendar is on; all its events count, not only the one that it shows."""

    _schema = vol.Schema(
        {
            vol.Optional(CONF_TARGET): cv.TARGET_FIELDS,
            vol.Required(CONF_OPTIONS, default={}): {
                vol.Optional(CONF_LINKED): vol.In(list(LINKS)),
                **{vol.Optional(key): vol.Any(cv.string, [cv.string]) for key in PATTERNS},
                vol.Optional(CONF_ALL_DAY): cv.boolean,
            },
        }
    )

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        validated: ConfigType = cls._schema(config)
        if not any(validated.get(CONF_TARGET, {}).values()):
            # The editor leaves an empty one where a target was taken away.
            validated.pop(CONF_TARGET, None)
        if (CONF_TARGET in validated) == (CONF_LINKED in validated[CONF_OPTIONS]):
            raise vol.Invalid("either a calendar, or the calendar linked to a person, is expected")
        return validated

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        super().__init__(hass, config)
        self._target = config.target or {}
        self._options = config.options or {}
        self._on_unload: list[CALLBACK_TYPE] = []

    @override
    async def _async_setup(self) -> None:
        calendars = async_calendars(self._hass)
        for entity_id in async_calendars_in(self._hass, self._target):
            self._on_unload.append(calendars.async_subscribe(entity_id, lambda: None))
            await calendars.async_read(entity_id)

    @override
    def _async_unload(self) -> None:
        while self._on_unload:
            self._on_unload.pop()()

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        if not self._target:
            raise ConditionErrorMessage("calendar_event", ONLY_IN_RULES)
        calendars = async_calendars(self._hass)
        wanted = async_filter_of(self._hass, self._options, kwargs.get("variables") or {})
        known = map(calendars.events_of, async_calendars_in(self._hass, self._target))
        every = tuple(event for events in known if events for event in events)
        return event_now(every, wanted, dt_util.utcnow()) is not None


def _state(value: object) -> str:
    # YAML reads on and off as truth values.
    if isinstance(value, bool):
        return STATE_ON if value else STATE_OFF
    return str(cv.string(value))


class LinkedEntityIs(Condition):
    """An entity that is linked to a person has a state; for presence rules, which have a person."""

    _schema = vol.Schema(
        {
            vol.Required(CONF_OPTIONS): {
                vol.Required(CONF_LINK): vol.In(list(LINKS)),
                vol.Required(CONF_STATE): vol.Any(_state, [_state]),
                vol.Optional(CONF_FOR): cv.positive_time_period,
            }
        }
    )

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        validated: ConfigType = cls._schema(config)
        return validated

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        raise ConditionErrorMessage("linked_entity", ONLY_IN_RULES)


CONDITIONS: dict[str, type[Condition]] = {
    "is_presence": IsPresence,
    "is_available": IsAvailable,
    "is_on_the_phone": IsOnThePhone,
    "is_in_a_meeting": IsInAMeeting,
    "calendar_event": CalendarEventIsOn,
    "linked_entity": LinkedEntityIs,
}


async def async_get_conditions(_hass: HomeAssistant) -> dict[str, type[Condition]]:
    return CONDITIONS
