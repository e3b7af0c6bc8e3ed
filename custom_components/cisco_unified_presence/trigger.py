"""Triggers for automations: what people's presence became, and when they begin or end a call.

An entity that was unavailable or unknown, or becomes so, never fires: that is news of the way to
the server, not of the person.
"""

from typing import ClassVar, override

from homeassistant.const import STATE_OFF, STATE_ON, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR,
    EntityTargetStateTriggerBase,
    EntityTransitionTriggerBase,
    EntityTriggerBase,
    Trigger,
    TriggerConfig,
)

from .actions import ATTR_PRESENCE
from .automations import PRESENCE_OPTIONS, entities_showing
from .binary_sensor import IN_A_MEETING, ON_THE_PHONE
from .pws import Presence
from .sensor import PRESENCE
from .states import PRESENCES, STATES

AVAILABLE = STATES[Presence.AVAILABLE]
OFFLINE = STATES[Presence.UNAVAILABLE]


class PersonTrigger(EntityTriggerBase):
    """A trigger on one thing that is shown about people."""

    _key: ClassVar[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Leave out what is not ours, and what else we show."""
        return entities_showing(self._hass, self._key, super().entity_filter(entities))


class PresenceTrigger(PersonTrigger):
    """A trigger on people's presence."""

    _domain_specs = {Platform.SENSOR: DomainSpec()}
    _key = PRESENCE


class PresenceChangedTo(PresenceTrigger, EntityTargetStateTriggerBase):
    """Somebody's presence became one of those that are asked for."""

    _schema = ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR.extend(PRESENCE_OPTIONS)

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take the presences from the options."""
        super().__init__(hass, config)
        self._to_states = set(self._options[ATTR_PRESENCE])


class BecameAvailable(PresenceTrigger, EntityTargetStateTriggerBase):
    """Somebody became available, from whatever it was."""

    _to_states = {AVAILABLE}


class BecameAvailableAgain(PresenceTrigger, EntityTransitionTriggerBase):
    """Somebody who was there, but away or not to be disturbed, is available again."""

    _from_states = {state for state in PRESENCES if state not in {AVAILABLE, OFFLINE}}
    _to_states = {AVAILABLE}


class WentOffline(PresenceTrigger, EntityTargetStateTriggerBase):
    """Somebody went offline."""

    _to_states = {OFFLINE}


class ActivityTrigger(PersonTrigger, EntityTargetStateTriggerBase):
    """A trigger on what people do just now."""

    _domain_specs = {Platform.BINARY_SENSOR: DomainSpec()}


class WentOnThePhone(ActivityTrigger):
    """Somebody began a call."""

    _key = ON_THE_PHONE
    _to_states = {STATE_ON}


class LeftThePhone(ActivityTrigger):
    """Somebody ended the call."""

    _key = ON_THE_PHONE
    _to_states = {STATE_OFF}


class WentIntoAMeeting(ActivityTrigger):
    """A meeting of somebody's began."""

    _key = IN_A_MEETING
    _to_states = {STATE_ON}


class LeftAMeeting(ActivityTrigger):
    """A meeting of somebody's ended."""

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
    """Return the triggers of this integration."""
    return TRIGGERS
