"""What to do so that an entry's people follow the watcher's contact list: a pure decision."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from ..people import Person, contact_key
from ..pws import ContactList, without_scheme

ABSENCE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """A contact of the list. ``nickname`` is what the list calls the person."""

    user: str
    contact: str
    nickname: str | None = None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Membership:
    """Who is on the list, or in the group of it that is followed, by contact key.

    ``tells_absence`` is whether all others are known not to be.
    """

    members: Mapping[str, ListedPerson]
    tells_absence: bool


@dataclass(frozen=True, slots=True)
class SyncRecord:
    """What is remembered between readings.

    Attributes:
        present: The keys of those who were both on the list and people of the entry, and of those
            whom the user has removed since.
        missing: Since when people have been missing from the list, by contact key.
    """

    present: AbstractSet[str] = frozenset()
    missing: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """What one reading of the list comes to.

    Attributes:
        add: Who is to be added.
        remove: The keys of those who have been missing for ABSENCE.
        nicknames: The names that the list has for people, by contact key.
        groups: The groups of everybody on the list, by contact key.
        record: What to remember.
    """

    add: tuple[ListedPerson, ...] = ()
    remove: tuple[str, ...] = ()
    nicknames: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    record: SyncRecord = field(default_factory=SyncRecord)


def membership(listed: ContactList, group: str | None) -> Membership:
    """Return who is on a list, or in one of its groups.

    A list without groups, one that lacks the group, and one of which a contact could not be read
    do not tell who is absent.
    """
    has_group = any(group is None or each.name == group for each in listed.groups)
    groups: dict[str, dict[str, None]] = {}
    contacts: dict[str, str] = {}
    for each in listed.groups:
        for contact in each.contacts:
            key = contact_key(contact)
            groups.setdefault(key, {})[each.name] = None
            contacts.setdefault(key, contact)
    nicknames = {contact_key(contact): name for contact, name in listed.nicknames.items()}
    members = {
        key: _listed_person(contact, nicknames.get(key), groups[key])
        for key, contact in contacts.items()
        if group is None or group in groups[key]
    }
    return Membership(members, tells_absence=has_group and listed.is_complete)


def plan_sync(
    listed: Membership,
    people: Mapping[str, Person],
    record: SyncRecord,
    now: datetime,
    *,
    removes: bool,
) -> SyncPlan:
    """Compare the list with the people of the entry.

    Args:
        listed: Who is on the list.
        people: The people of the entry, by contact key.
        record: What was remembered of earlier readings.
        now: The time of the reading.
        removes: Whether people go when they are missing from the list.
    """
    members = listed.members
    # The user has removed those who were there.
    add = tuple(
        member for key, member in members.items() if key not in people and key not in record.present
    )
    present = members.keys() & (people.keys() | record.present)
    missing = _missing(listed, people, record, now) if removes else {}
    gone = {key for key, since in missing.items() if now - since >= ABSENCE}
    remove = gone if listed.tells_absence else set[str]()
    missing = {key: since for key, since in missing.items() if key not in remove}
    return SyncPlan(
        add=add,
        remove=tuple(sorted(remove)),
        nicknames={key: each.nickname for key, each in members.items() if each.nickname},
        groups={key: each.groups for key, each in members.items()},
        record=SyncRecord(
            present=present if listed.tells_absence else present | record.present,
            missing=missing,
        ),
    )


def _missing(
    listed: Membership, people: Mapping[str, Person], record: SyncRecord, now: datetime
) -> dict[str, datetime]:
    """Return since when people who came from the list are missing from it."""
    absent = {key for key, each in people.items() if each.is_from_list} - listed.members.keys()
    if not listed.tells_absence:
        absent &= record.missing.keys()
    # A clock that was set back must not put a removal off.
    return {key: min(record.missing.get(key, now), now) for key in absent}


def labels_after(
    current: AbstractSet[str], ours: AbstractSet[str], wanted: AbstractSet[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the labels that a device is to have, and which of them are ours.

    A label that the user has put there stays the user's, and one of ours that the user has taken
    away is not put there again.
    """
    added = wanted - ours - current
    labels = (current - (ours - wanted)) | added
    return frozenset(labels), frozenset((ours & wanted) | added)


def _listed_person(contact: str, nickname: str | None, groups: Mapping[str, None]) -> ListedPerson:
    address = without_scheme(contact)
    named = tuple(filter(None, groups))
    return ListedPerson(address.partition("@")[0], address, nickname, named)
