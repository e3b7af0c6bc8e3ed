"""Conditions: people's presence, and whether they are in a call or a meeting.

Entities that are unavailable or unknown are ignored, as by Home Assistant's own conditions.
"""

from typing import ClassVar, override

from homeassistant.const import STATE_ON, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (
    ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL,
    Condition,
    ConditionConfig,
    EntityStateConditionBase,
)

from .actions import ATTR_PRESENCE
from .automations import PRESENCE_OPTIONS, entities_showing
from .binary_sensor import IN_A_MEETING, ON_THE_PHONE
from .pws import Presence
from .sensor import PRESENCE
from .states import STATES


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


CONDITIONS: dict[str, type[Condition]] = {
    "is_presence": IsPresence,
    "is_available": IsAvailable,
    "is_on_the_phone": IsOnThePhone,
    "is_in_a_meeting": IsInAMeeting,
}


async def async_get_conditions(_hass: HomeAssistant) -> dict[str, type[Condition]]:
    return CONDITIONS
