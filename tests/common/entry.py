"""What an entry of a test holds: people as subentries, and the secret of its callback."""

from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant

from custom_components.cisco_unified_presence.const import (
    CONF_CONTACT,
    CONF_CONTROLLED,
    CONF_USER,
    SUBENTRY_GROUP,
    SUBENTRY_PERSON,
)

SECRET = "0123456789abcdef" * 4


def person(user: str, *, controlled: bool = False, name: str | None = None) -> dict[str, Any]:
    """Return the subentry of a person."""
    contact = f"{user}@example.com"
    return {
        "data": {CONF_USER: user, CONF_CONTACT: contact, CONF_CONTROLLED: controlled},
        "subentry_type": SUBENTRY_PERSON,
        "title": name or user.title(),
        "unique_id": f"person_{contact}",
    }


def group(name: str, *people: Any) -> dict[str, Any]:
    """Return the subentry of a group; people are words and targets."""
    return {
        "data": {"people": list(people)},
        "subentry_type": SUBENTRY_GROUP,
        "title": name,
        "unique_id": f"group_{name.lower()}",
    }


def add_group(hass: HomeAssistant, entry: ConfigEntry, name: str, *people: Any) -> ConfigSubentry:
    """Add a group to an entry, as the form does."""
    made = group(name, *people)
    added = ConfigSubentry(**{**made, "data": MappingProxyType(made["data"])})
    hass.config_entries.async_add_subentry(entry, added)
    return added


def add_person(
    hass: HomeAssistant, entry: ConfigEntry, user: str, *, controlled: bool = False
) -> ConfigSubentry:
    """Add a person to an entry, as the form does."""
    made = person(user, controlled=controlled)
    added = ConfigSubentry(**{**made, "data": MappingProxyType(made["data"])})
    hass.config_entries.async_add_subentry(entry, added)
    return added
