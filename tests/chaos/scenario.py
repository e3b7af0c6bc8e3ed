"""The people, groups and rooms of all courses."""

from typing import Final

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

# Groups by name, each with people and other groups. The people of the first one change.
CHANGING_GROUP: Final = "Reception"
STAFF: Final = "Staff"
GROUPS: Final = {CHANGING_GROUP: ("clara", "emil"), STAFF: (CHANGING_GROUP, "dora")}

STUDIO: Final = "binary_sensor.studio"
MEETING_ROOM: Final = "binary_sensor.meeting_room"
CANTEEN: Final = "binary_sensor.canteen"
DRILL: Final = "binary_sensor.drill"
OFF_DUTY: Final = "binary_sensor.off_duty"

TIME_ZONE: Final = "UTC"


def contact_of(user: str) -> str:
    return f"{user}@{DOMAIN}"


def sensor_of(user: str) -> str:
    return f"sensor.{user}_presence"


def follow_rules_of(user: str) -> str:
    return f"switch.{user}_follow_rules"


def desk_of(user: str) -> str:
    """Return the sensor that tells whether a person is at the desk."""
    return f"binary_sensor.desk_{user}"


# Those in which many people are for long, and those of rules that win over most others.
USUAL_ROOMS: Final = (MEETING_ROOM, CANTEEN, *map(desk_of, CONTROLLED))
RARE_ROOMS: Final = (STUDIO, DRILL, OFF_DUTY)
ROOMS: Final = (*USUAL_ROOMS, *RARE_ROOMS)
