"""Setting and clearing Anna's presence, and what the server and the storage then have of it."""

from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from cup_simulator.model import Presence as Shown
from cup_simulator.model import Status
from custom_components.cisco_unified_presence.const import DOMAIN

from .server import PASSWORD, Cup
from .waiting import settled

ANNA = "sensor.anna_presence"
WRITES = "/anna/presence/"
RENEWAL = 5400
EXPIRY = 7200

TRANSLATING = Configuration(
    domain="example.com",
    application_users={"hass": ApplicationUser(PASSWORD)},
    people=(
        ConfiguredPerson("anna", "Anna", Status(Shown.AVAILABLE)),
        ConfiguredPerson("ben", "Ben"),
        ConfiguredPerson("clara", "Clara"),
        ConfiguredPerson("watcher", "Watcher"),
    ),
    translation={Shown.BUSY: Shown.AWAY},
)


async def set_presence(hass: HomeAssistant, presence: str, **data: Any) -> None:
    await hass.services.async_call(
        DOMAIN, "set_presence", {"entity_id": ANNA, "presence": presence, **data}, blocking=True
    )


async def clear_presence(hass: HomeAssistant) -> None:
    await hass.services.async_call(DOMAIN, "clear_presence", {"entity_id": ANNA}, blocking=True)


async def logged_in(cup: Cup) -> set[str]:
    return {session["user"] for session in (await cup.state())["sessions"]}


def stored_records(hass_storage: dict[str, Any], entry: MockConfigEntry) -> dict[str, Any]:
    records: dict[str, Any] = hass_storage[f"{DOMAIN}.{entry.entry_id}.kept"]["data"]
    return records


def anna_of(entry: MockConfigEntry) -> Any:
    return next(each for each in entry.subentries.values() if each.title == "Anna")


async def set_controlled(
    hass: HomeAssistant, entry: MockConfigEntry, cup: Cup, *, controlled: bool
) -> None:
    """Change whether Anna's presence may be set."""
    anna = anna_of(entry)
    data = {**anna.data, "controlled": controlled}
    hass.config_entries.async_update_subentry(entry, anna, data=data)
    await settled(cup)
