"""The people, rooms and rules of all courses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

DOMAIN: Final = "example.com"
APPLICATION: Final = "hass"
PASSWORD: Final = "chaos-password-8d1f"
WATCHER: Final = "watcher"
# As long as a real one.
CALLBACK_SECRET: Final = "5ecre7" * 10 + "beef"

# Home Assistant only watches these people.
WATCHED: Final = ("anna", "ben")
# They never choose a presence in their own client, so the test can compute the expected one.
WITHOUT_MANUAL_CHANGES: Final = ("clara", "dora")
# They also choose a presence in their own client, which overrules the requested one.
WITH_MANUAL_CHANGES: Final = ("emil",)
CONTROLLED: Final = (*WITHOUT_MANUAL_CHANGES, *WITH_MANUAL_CHANGES)
USERS: Final = (*WATCHED, *CONTROLLED)

# Homed on the second node, where there is one.
ON_SECOND_NODE: Final = frozenset({"ben", "dora"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceRule:
    """A rule with one condition: the room is occupied, or the time is within these hours."""

    name: str
    people: tuple[str, ...]
    presence: str
    priority: int
    room: str | None = None
    hours: tuple[int, int] = (0, 0)
    note: str | None = None

    def as_yaml(self) -> dict[str, Any]:
        note = {"note": self.note} if self.note else {}
        return {
            "name": self.name,
            "people": list(self.people),
            "when": [self._condition()],
            "presence": self.presence,
            "priority": self.priority,
            # Devices report Do not disturb as well; what is expected does not depend on them.
            "yields_to": [],
            **note,
        }

    def _condition(self) -> dict[str, Any]:
        if self.room is not None:
            return {"condition": "state", "entity_id": self.room, "state": "on"}
        begin, end = self.hours
        return {"condition": "time", "after": f"{begin:02}:00:00", "before": f"{end:02}:00:00"}

    def holds(self, rooms: Mapping[str, str], now: datetime) -> bool:
        """Return whether the condition is true at this local time."""
        if self.room is not None:
            return rooms[self.room] == "on"
        begin, end = self.hours
        return begin <= now.hour < end


RULES: Final = (
    PresenceRule(
        name="Studio",
        room="binary_sensor.studio",
        people=CONTROLLED,
        presence="do_not_disturb",
        priority=50,
    ),
    PresenceRule(
        name="Meeting room",
        room="binary_sensor.meeting_room",
        people=("clara", "emil"),
        presence="busy",
        priority=10,
        note="In the meeting room",
    ),
    PresenceRule(
        name="Canteen",
        room="binary_sensor.canteen",
        people=("dora",),
        presence="away",
        priority=0,
    ),
    # It holds in some time zones, and after the clock was set.
    PresenceRule(
        name="Office hours",
        hours=(8, 17),
        people=WITHOUT_MANUAL_CHANGES,
        presence="busy",
        priority=-10,
    ),
)
# Added in the interface, and removed again, in the middle of a course.
ADDED_RULES: Final = {
    rule.name: rule
    for rule in (
        PresenceRule(
            name="Visitors",
            room="binary_sensor.canteen",
            people=CONTROLLED,
            presence="busy",
            priority=70,
            note="With visitors",
        ),
        PresenceRule(
            name="Quiet",
            room="binary_sensor.meeting_room",
            people=("dora", "emil"),
            presence="vacation",
            priority=5,
        ),
    )
}
ROOMS: Final = tuple(rule.room for rule in RULES if rule.room is not None)

TIME_ZONE: Final = "UTC"


def contact_of(user: str) -> str:
    return f"{user}@{DOMAIN}"


def sensor_of(user: str) -> str:
    return f"sensor.{user}_presence"
