"""Who takes part: the people, the rooms, and the rules about them."""

from dataclasses import dataclass
from typing import Any, Final

DOMAIN: Final = "example.com"
APPLICATION: Final = "hass"
PASSWORD: Final = "chaos-password-8d1f"
WATCHER: Final = "watcher"
# What nobody may read who has not been told, as long as a real one.
CALLBACK_SECRET: Final = "5ecre7" * 10 + "beef"

# Nobody sets these people's presence from Home Assistant; they choose for themselves.
WATCHED: Final = ("anna", "ben")
# Those choose nothing by hand, so that what is to stand at the server can be reckoned exactly.
OBEDIENT: Final = ("clara", "dora")
# They choose by hand too, and so set aside what is wanted of them.
STUBBORN: Final = ("emil",)
CONTROLLED: Final = (*OBEDIENT, *STUBBORN)
EVERYBODY: Final = (*WATCHED, *CONTROLLED)

# Homed on the second node, where there is one.
ELSEWHERE: Final = frozenset({"ben", "dora"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CastRule:
    """A rule: while somebody is in the room."""

    name: str
    room: str
    people: tuple[str, ...]
    presence: str
    priority: int
    note: str | None = None

    def as_yaml(self) -> dict[str, Any]:
        """Return it as it is written in YAML."""
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
    CastRule(
        name="Studio",
        room="binary_sensor.studio",
        people=CONTROLLED,
        presence="do_not_disturb",
        priority=50,
    ),
    CastRule(
        name="Meeting room",
        room="binary_sensor.meeting_room",
        people=("clara", "emil"),
        presence="busy",
        priority=10,
        note="In the meeting room",
    ),
    CastRule(
        name="Canteen",
        room="binary_sensor.canteen",
        people=("dora",),
        presence="away",
        priority=0,
    ),
)
ROOMS: Final = tuple(rule.room for rule in RULES)


def contact_of(user: str) -> str:
    """Return somebody's contact URI."""
    return f"{user}@{DOMAIN}"


def sensor_of(user: str) -> str:
    """Return the entity that shows somebody's presence."""
    return f"sensor.{user}_presence"
