"""The people, rules and the entry of the process that is killed."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentryData

from custom_components.cisco_unified_presence.const import (
    DOMAIN,
    MINOR_VERSION,
    SUBENTRY_GROUP,
    SUBENTRY_PERSON,
    CallbackMode,
)

PRESENCE_DOMAIN: Final = "example.com"
APPLICATION: Final = "hass"
PASSWORD: Final = "kills-password-51c0"
WATCHER: Final = "watcher"
PEOPLE: Final = ("anna", "ben", "clara", "dora", "emil", "frida", "gustav", "hilda")


@dataclass(frozen=True, slots=True)
class RoomRule:
    """A rule with one condition: the room is occupied."""

    name: str
    people: tuple[str, ...]
    presence: str
    priority: int

    @property
    def room(self) -> str:
        return f"binary_sensor.{self.name.lower()}"

    def as_yaml(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "id": self.name.lower(),
            "people": list(self.people),
            "when": [{"condition": "state", "entity_id": self.room, "state": "on"}],
            "presence": self.presence,
            "priority": self.priority,
        }


TEAM: Final = "Team"
MEMBERS: Final = ("frida", "gustav")

# The later one wins.
RULES: Final = (
    RoomRule("Canteen", PEOPLE[:4], "away", 0),
    RoomRule("Yard", (TEAM,), "do_not_disturb", 5),
    RoomRule("Studio", PEOPLE[2:6], "busy", 10),
)
ROOMS: Final = {rule.name: rule.room for rule in RULES}


def configuration() -> dict[str, Any]:
    return {DOMAIN: {"rules": [rule.as_yaml() for rule in RULES]}}


def contact_of(user: str) -> str:
    return f"{user}@{PRESENCE_DOMAIN}"


def new_entry(port: int, dialect: str) -> ConfigEntry:
    return ConfigEntry(
        data={
            "host": "127.0.0.1",
            "port": port,
            "security": "http",
            "fingerprints": {},
            "application_user": APPLICATION,
            "password": PASSWORD,
            "watcher": WATCHER,
            "presence_domain": PRESENCE_DOMAIN,
            "webhook_id": "5ecre7" * 10 + "beef",
            "dialect": dialect,
        },
        discovery_keys=MappingProxyType({}),
        domain=DOMAIN,
        minor_version=MINOR_VERSION,
        # Notes that are written end with the day unless there is another end.
        options={"callback": CallbackMode.NONE.value, "manual_end": "hours", "manual_hours": 8},
        source="user",
        subentries_data=[*(person(user) for user in PEOPLE), _group()],
        title="CUP",
        unique_id=f"{PRESENCE_DOMAIN}/{APPLICATION}",
        version=1,
    )


def person(user: str) -> ConfigSubentryData:
    contact = contact_of(user)
    return ConfigSubentryData(
        data={"user": user, "contact": contact, "controlled": True},
        subentry_type=SUBENTRY_PERSON,
        title=user.title(),
        unique_id=f"person_{contact}",
    )


def group_data(members: Iterable[str]) -> dict[str, Any]:
    return {"people": list(members)}


def _group() -> ConfigSubentryData:
    return ConfigSubentryData(
        data=group_data(MEMBERS), subentry_type=SUBENTRY_GROUP, title=TEAM, unique_id="group_team"
    )
