"""Triggers: people's presence changes, and they begin or end a call or a meeting.

An entity that was or becomes unavailable or unknown does not fire: the server's availability has
changed, not the person's presence.
"""

from typing import ClassVar, Final, override

from homeassistant.const import CONF_OPTIONS, STATE_OFF, STATE_ON, Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR,
    EntityTargetStateTriggerBase,
    EntityTransitionTriggerBase,
    EntityTriggerBase,
    Trigger,
    TriggerConfig,
)
from homeassistant.helpers.typing import ConfigType

from .actions import ATTR_PRESENCE
from .automations import ANY_PRESENCE_OPTIONS, entities_showing
from .binary_sensor import IN_A_MEETING, ON_THE_PHONE
from .pws import Presence
from .sensor import PRESENCE
from .states import PRESENCES, STATES

ATTR_BEHAVIOR: Final = "behavior"
BEHAVIOR_EACH: Final = "each"

AVAILABLE = STATES[Presence.AVAILABLE]
OFFLINE = STATES[Presence.UNAVAILABLE]


class PersonTrigger(EntityTriggerBase):
    """A trigger on one kind of a person's entities, named by its translation key."""

    _key: ClassVar[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return entities_showing(self._hass, self._key, super().entity_filter(entities))


class PresenceTrigger(PersonTrigger):
    """A trigger on people's presence."""

    _domain_specs = {Platform.SENSOR: DomainSpec()}
    _key = PRESENCE


class PresenceChangedTo(PresenceTrigger, EntityTargetStateTriggerBase):
    """A person's presence changed to one of the options, without any to any other."""

    _schema = ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR.extend(ANY_PRESENCE_OPTIONS)

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        validated = await super().async_validate_config(hass, config)
        if not validated[CONF_OPTIONS][ATTR_PRESENCE]:
            # The first or all of several make no sense of any change.
            validated[CONF_OPTIONS][ATTR_BEHAVIOR] = BEHAVIOR_EACH
        return validated

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._is_any = not self._options[ATTR_PRESENCE]
        self._to_states = set(self._options[ATTR_PRESENCE] or PRESENCES)

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        if self._is_any:
            return from_state.state != to_state.state
        return super().is_valid_transition(from_state, to_state)


class BecameAvailable(PresenceTrigger, EntityTargetStateTriggerBase):
    """A person became available, from any presence."""

    _to_states = {AVAILABLE}


class BecameAvailableAgain(PresenceTrigger, EntityTransitionTriggerBase):
    """A person who was busy, away or the like, but not offline, became available."""

    _from_states = {state for state in PRESENCES if state not in {AVAILABLE, OFFLINE}}
    _to_states = {AVAILABLE}


class WentOffline(PresenceTrigger, EntityTargetStateTriggerBase):
    """A person went offline."""

    _to_states = {OFFLINE}


class ActivityTrigger(PersonTrigger, EntityTargetStateTriggerBase):
    """A trigger on an activity of a person."""

    _domain_specs = {Platform.BINARY_SENSOR: DomainSpec()}


class WentOnThePhone(ActivityTrigger):
    """A person began a call."""

    _key = ON_THE_PHONE
    _to_states = {STATE_ON}


class LeftThePhone(ActivityTrigger):
    """A person ended a call."""

    _key = ON_THE_PHONE
    _to_states = {STATE_OFF}


class WentIntoAMeeting(ActivityTrigger):
    """A meeting of a person began."""

    _key = IN_A_MEETING
    _to_states = {STATE_ON}


class LeftAMeeting(ActivityTrigger):
    """A meeting of a person ended."""

    _key = IN_A_MEETING
    _to_states = {STATE_OFF}


TRIGGERS: dict[str, type[Trigger]] = {
    "presence_changed_to": PresenceChangedTo,
    "became_available": BecameAvailable,
    "became_available_again": BecameAvailableAgain,
    "went_offline": WentOffline,
    "went_on_the_phone": WentOnThePhone,
    "left_the_phone": LeftThePhone,
    "went_into_a_meeting": WentIntoAMeeting,
    "left_a_meeting": LeftAMeeting,
}


async def async_get_triggers(_hass: HomeAssistant) -> dict[str, type[Trigger]]:
    return TRIGGERS
