"""The people of an entry, as its subentries name them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry, ConfigSubentry

from .const import (
    CONF_CONTACT,
    CONF_CONTROLLED,
    CONF_PRESENCE_DOMAIN,
    CONF_USER,
    CONF_WATCHER,
    SUBENTRY_PERSON,
)


def contact_key(contact: str) -> str:
    """Return the form in which a contact URI is compared; servers change its case at will."""
    return contact.casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """The end user through whose eyes presence is seen."""

    user: str
    contact: str

    @classmethod
    def of(cls, entry: ConfigEntry) -> Self:
        """Return the watcher of an entry."""
        user: str = entry.data[CONF_WATCHER]
        return cls(user=user, contact=f"{user}@{entry.data[CONF_PRESENCE_DOMAIN]}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person whose presence is shown and, when controlled, set.

    Attributes:
        key: What identifies the person within the entry; asked for at every turn.
    """

    subentry_id: str
    name: str
    user: str
    contact: str
    controlled: bool
    key: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Derive the key."""
        object.__setattr__(self, "key", contact_key(self.contact))

    @classmethod
    def from_subentry(cls, subentry: ConfigSubentry) -> Self:
        """Return the person that a subentry describes."""
        data: Mapping[str, Any] = subentry.data
        return cls(
            subentry_id=subentry.subentry_id,
            name=subentry.title,
            user=data[CONF_USER],
            contact=data[CONF_CONTACT],
            controlled=data[CONF_CONTROLLED],
        )


def people_of(entry: ConfigEntry) -> dict[str, Person]:
    """Return the people of an entry by the key of their contact URI."""
    people = map(Person.from_subentry, entry.get_subentries_of_type(SUBENTRY_PERSON))
    return {person.key: person for person in people}
