"""The people, rooms and rules of all courses."""

from dataclasses import dataclass
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
    """A rule with one condition: the room is occupied."""

    name: str
    room: str
    people: tuple[str, ...]
    presence: str
    priority: int
    note: str | None = None

    def as_yaml(self) -> dict[str, Any]:
        note = {"note": self.note} if self.note else {}
        return {
            "name": self.name,
            "people": list(self.people),
            "when": [{"condition": "state", "entity_id": self.room, "state": "on"}],
            "presence": self.presence,
            "priority": self.priority,
            **note,
        }


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
)
ROOMS: Final = tuple(rule.room for rule in RULES)


def contact_of(user: str) -> str:
    return f"{user}@{DOMAIN}"


def sensor_of(user: str) -> str:
    return f"sensor.{user}_presence"
