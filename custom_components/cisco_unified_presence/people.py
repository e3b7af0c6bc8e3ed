"""The people and the watcher of an entry, as its subentries and data name them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Self

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from . import pws
from .const import (
    CONF_CONTACT,
    CONF_CONTROLLED,
    CONF_FROM_LIST,
    CONF_PRESENCE_DOMAIN,
    CONF_TOLD_NAME,
    CONF_USER,
    CONF_WATCHER,
    DOMAIN,
    LINKS,
    SUBENTRY_PERSON,
)

_LINK_KEYS: Final = frozenset(LINKS.values())

# So that the text of an issue stays readable.
MOST_NAMES: Final = 20

# The form in which contact URIs are compared.
contact_key: Final = pws.contact_key


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
class Placement:
    """Where a person belongs: what the presence sensor has, and else what its device has."""

    area_id: str | None
    labels: frozenset[str]

    @classmethod
    def of(
        cls,
        sensor: er.RegistryEntry | None,
        device: dr.DeviceEntry | dr.ChildDeviceEntry | None,
    ) -> Self:
        return cls(
            area_id=(sensor and sensor.area_id) or (device and device.area_id) or None,
            labels=frozenset(sensor.labels if sensor else ()).union(
                device.labels if device else ()
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person whose presence is shown and, when controlled, set.

    Attributes:
        told_name: The name that was taken over from the server, None when the user gave one.
        is_from_list: Whether the person was added because the watcher's contact list has it.
        linked: Entities that belong to the person, by the name of the link.
        key: Identifies the person within the entry; derived once, as it is read very often.
    """

    subentry_id: str
    name: str
    user: str
    contact: str
    controlled: bool
    told_name: str | None = None
    is_from_list: bool = False
    linked: tuple[tuple[str, str], ...] = ()
    key: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", contact_key(self.contact))

    @property
    def is_named_by_server(self) -> bool:
        """Whether the name follows the server's; a title that was changed since is the user's."""
        return self.told_name == self.name

    @property
    def links(self) -> dict[str, str]:
        return dict(self.linked)

    @classmethod
    def from_subentry(cls, subentry: ConfigSubentry) -> Self:
        data: Mapping[str, Any] = subentry.data
        return cls(
            subentry_id=subentry.subentry_id,
            name=subentry.title,
            user=data[CONF_USER],
            contact=data[CONF_CONTACT],
            controlled=data[CONF_CONTROLLED],
            told_name=data.get(CONF_TOLD_NAME),
            is_from_list=bool(data.get(CONF_FROM_LIST)),
            linked=_linked(data),
        )


def _linked(data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    # Most people have no links, and there may be thousands of them.
    if _LINK_KEYS.isdisjoint(data):
        return ()
    return tuple((name, data[key]) for name, key in LINKS.items() if data.get(key))


def people_of(entry: ConfigEntry) -> dict[str, Person]:
    people = map(Person.from_subentry, entry.get_subentries_of_type(SUBENTRY_PERSON))
    return {person.key: person for person in people}


def controlled_keys(entry: ConfigEntry) -> set[str]:
    """Return the contact keys of the people of an entry whose presence may be set."""
    people = entry.get_subentries_of_type(SUBENTRY_PERSON)
    return {contact_key(each.data[CONF_CONTACT]) for each in people if each.data[CONF_CONTROLLED]}


def person_device_identifier(entry_id: str, key: str) -> tuple[str, str]:
    """Return what identifies the device of a person, by contact key."""
    return DOMAIN, f"{entry_id}_{key}"


def person_unique_id(entry_id: str, key: str, kind: str) -> str:
    """Return the unique id of a person's entity, which stays when the person is added again.

    Args:
        entry_id: The entry of the person.
        key: The person's contact key.
        kind: The translation key of the entity.
    """
    return f"{entry_id}_{key}_{kind}"


@callback
def async_presence_sensor(hass: HomeAssistant, entry_id: str, key: str) -> str | None:
    """Return the entity id of a person's presence, by contact key; what a user may read or set."""
    unique_id = person_unique_id(entry_id, key, "presence")
    return er.async_get(hass).async_get_entity_id(Platform.SENSOR, DOMAIN, unique_id)


def answer_keys(
    hass: HomeAssistant, people: Iterable[tuple[str, Person]]
) -> dict[tuple[str, str], str]:
    """Return under which keys an answer tells of people, by entry id and contact key.

    The key is the contact URI, for a person whom several entries have with the entry's title, or
    with its id where the titles are the same.

    Args:
        hass: Home Assistant.
        people: The people, with the ids of their entries.
    """
    listed = {(entry_id, person.key): person.contact for entry_id, person in people}
    entries: defaultdict[str, list[str]] = defaultdict(list)
    for (entry_id, _), contact in listed.items():
        entries[contact].append(entry_id)
    return {
        each: contact
        if len(entries[contact]) == 1
        else f"{contact} ({_distinct_title(hass, each[0], entries[contact])})"
        for each, contact in listed.items()
    }


def _distinct_title(hass: HomeAssistant, entry_id: str, among: Iterable[str]) -> str:
    found = {each: hass.config_entries.async_get_known_entry(each).title for each in among}
    title = found[entry_id]
    return title if list(found.values()).count(title) == 1 else entry_id


def names_of(people: Sequence[Person]) -> str:
    """Return the names of people, up to MOST_NAMES."""
    return listed([person.name for person in people])


def listed(words: Sequence[str]) -> str:
    """Return words, separated by commas, up to MOST_NAMES."""
    return ", ".join([*words[:MOST_NAMES], *["…"] * (len(words) > MOST_NAMES)])


def new_person(
    user: str,
    contact: str,
    *,
    controlled: bool,
    given_name: str | None = None,
    told_name: str | None = None,
    is_from_list: bool = False,
) -> ConfigSubentry:
    """Return the subentry of a person to add; the name that the user gave counts."""
    name = given_name or told_name or user
    data: dict[str, Any] = {CONF_USER: user, CONF_CONTACT: contact, CONF_CONTROLLED: controlled}
    if not given_name:
        data[CONF_TOLD_NAME] = name
    if is_from_list:
        data[CONF_FROM_LIST] = True
    return ConfigSubentry(
        data=MappingProxyType(data),
        subentry_type=SUBENTRY_PERSON,
        title=name,
        unique_id=f"{SUBENTRY_PERSON}_{contact_key(contact)}",
    )
