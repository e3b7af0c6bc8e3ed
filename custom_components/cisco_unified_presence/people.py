"""The people and the watcher of an entry, as its subentries and data name them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry, ConfigSubentry

from . import pws
from .const import (
    CONF_CONTACT,
    CONF_CONTROLLED,
    CONF_PRESENCE_DOMAIN,
    CONF_USER,
    CONF_WATCHER,
    SUBENTRY_PERSON,
)


def contact_key(contact: str) -> str:
    """Return the form in which contact URIs are compared.

    Servers change their case at will, and write them with a scheme or without.
    """
    return pws.contact_key(contact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """The end user as whom presence is read and subscribed to."""

    user: str
    contact: str

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        user: str = data[CONF_WATCHER]
        return cls(user=user, contact=f"{user}@{data[CONF_PRESENCE_DOMAIN]}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person whose presence is shown and, when controlled, set.

    Attributes:
        key: Identifies the person within the entry; derived once, as it is read very often.
    """

    subentry_id: str
    name: str
    user: str
    contact: str
    controlled: bool
    key: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", contact_key(self.contact))

    @classmethod
    def from_subentry(cls, subentry: ConfigSubentry) -> Self:
        data: Mapping[str, Any] = subentry.data
        return cls(
            subentry_id=subentry.subentry_id,
            name=subentry.title,
            user=data[CONF_USER],
            contact=data[CONF_CONTACT],
            controlled=data[CONF_CONTROLLED],
        )


def people_of(entry: ConfigEntry) -> dict[str, Person]:
    """Return the people of an entry by contact key."""
    people = map(Person.from_subentry, entry.get_subentries_of_type(SUBENTRY_PERSON))
    return {person.key: person for person in people}
