"""The people and federated sections of a configuration."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
import re

from .model import EXTRA_ACTIVITIES, Activity, Status
from .yaml_fields import (
    ConfigurationError,
    name,
    only,
    optional_text,
    presence,
    section,
    text,
    texts,
)

_FIELDS = ("name", "presence", "activities", "note", "node", "contacts", "nicknames", "blocks")
_CONTACT = re.compile(r"[^\s/@]+@[^\s/@]+")


@dataclass(frozen=True, slots=True)
class ConfiguredPerson:
    """A person.

    `status` is that of their own client, None without a client. `node` is their home, None for the
    first. `contacts` holds contact URIs by group, `nicknames` what the person calls them. The users
    whom the person `blocks` see them as offline.
    """

    user: str
    name: str
    status: Status | None = None
    node: str | None = None
    contacts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    blocks: tuple[str, ...] = ()
    nicknames: Mapping[str, str] = field(default_factory=dict)


def read_people(value: object, domain: str, nodes: Collection[str]) -> tuple[ConfiguredPerson, ...]:
    """Return the people of a `people` section, in order. Raises ConfigurationError."""
    people: dict[str, ConfiguredPerson] = {}
    for key, entry in section(value, "people").items():
        user = name(key, "a name in people")
        where = f"people.{user}"
        if user.casefold() in people:
            raise ConfigurationError(f"{where} is there twice; upper and lower case are the same.")
        given = section({} if entry is None else entry, where)
        only(given, where, _FIELDS)
        people[user.casefold()] = ConfiguredPerson(
            user,
            optional_text(given, "name", f"{where}.name") or user,
            _status(given, where),
            _home(given, f"{where}.node", nodes),
            _contacts(given.get("contacts", {}), f"{where}.contacts", domain),
            texts(given.get("blocks", []), f"{where}.blocks"),
            _nicknames(given.get("nicknames", {}), f"{where}.nicknames", domain),
        )
    return tuple(people.values())


def read_federated(value: object, domain: str) -> tuple[ConfiguredPerson, ...]:
    """Return the contacts of other vendors, in order; their `user` is a contact URI.

    Raises:
        ConfigurationError: The section is invalid.
    """
    contacts: dict[str, ConfiguredPerson] = {}
    for key, entry in section(value, "federated").items():
        contact = text(key, "a contact in federated")
        where = f"federated.{contact}"
        if not _CONTACT.fullmatch(contact) or contact.casefold().endswith(f"@{domain.casefold()}"):
            raise ConfigurationError(f"{where} must be user@domain, in another domain.")
        if contact.casefold() in contacts:
            raise ConfigurationError(f"{where} is there twice; upper and lower case are the same.")
        given = section({} if entry is None else entry, where)
        only(given, where, {"name", "presence", "activities", "note"})
        contacts[contact.casefold()] = ConfiguredPerson(
            contact,
            optional_text(given, "name", f"{where}.name") or contact,
            _status(given, where),
        )
    return tuple(contacts.values())


def _status(given: Mapping[object, object], where: str) -> Status | None:
    note = optional_text(given, "note", f"{where}.note") or ""
    activities = _activities(given.get("activities", []), f"{where}.activities")
    if "presence" in given:
        return Status(presence(given["presence"], f"{where}.presence"), activities, note)
    for key, said in (("note", note), ("activities", activities)):
        if said:
            raise ConfigurationError(f"{where}.{key} needs {where}.presence beside it.")
    return None


def _activities(value: object, where: str) -> tuple[Activity, ...]:
    words = texts(value, where)
    if not {*words} <= {*EXTRA_ACTIVITIES}:
        raise ConfigurationError(f"Each of {where} must be one of {', '.join(EXTRA_ACTIVITIES)}.")
    return tuple(dict.fromkeys(map(Activity, words)))


def _home(given: Mapping[object, object], where: str, nodes: Collection[str]) -> str | None:
    home = optional_text(given, "node", where)
    if home is not None and home not in nodes:
        raise ConfigurationError(f"{where} must be one of {', '.join(sorted(nodes))}.")
    return home


def _contacts(value: object, where: str, domain: str) -> dict[str, tuple[str, ...]]:
    """Return contact URIs by group; names without a domain get the deployment's."""
    contacts = {}
    for key, listed in section(value, where).items():
        group = text(key, f"a group in {where}")
        if not isinstance(listed, list):
            raise ConfigurationError(f"{where}.{group} must be a list of contacts.")
        contacts[group] = tuple(_contact(each, f"{where}.{group}", domain) for each in listed)
    return contacts


def _nicknames(value: object, where: str, domain: str) -> dict[str, str]:
    """Return nicknames by contact URI."""
    return {
        _contact(contact, where, domain): text(nickname, f"{where}.{contact}")
        for contact, nickname in section(value, where).items()
    }


def _contact(value: object, where: str, domain: str) -> str:
    found = text(value, f"a contact in {where}")
    contact = found if "@" in found else f"{found}@{domain}"
    if not _CONTACT.fullmatch(contact):
        raise ConfigurationError(f"{where} must hold users or user@domain, not {found!r}.")
    return contact
