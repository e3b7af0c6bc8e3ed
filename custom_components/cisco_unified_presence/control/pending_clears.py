"""What has to be cleared at a server, as it is stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Self

from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT

from ..const import (
    CONF_APPLICATION_USER,
    CONF_DIALECT,
    CONF_FINGERPRINT,
    CONF_FINGERPRINTS,
    CONF_SECURITY,
)
from ..people import Person, contact_key
from ..storage import Stored, of_type, read_records, stored_time
from ..trust import KnownNodes
from .record import EXPIRY, PersonRecord

# What a login needs. The rest of an entry's data is not copied.
_ACCOUNT_KEYS: Final = (
    CONF_HOST,
    CONF_PORT,
    CONF_SECURITY,
    CONF_FINGERPRINT,
    CONF_FINGERPRINTS,
    CONF_APPLICATION_USER,
    CONF_PASSWORD,
    CONF_DIALECT,
)

_REQUIRED: Final = {
    CONF_HOST: str,
    CONF_PORT: int,
    CONF_APPLICATION_USER: str,
    CONF_PASSWORD: str,
}


@dataclass(frozen=True, slots=True)
class PendingClear:
    """A presence that may be published for a person, and has to be cleared.

    Attributes:
        until: When the server drops it by itself.
    """

    user: str
    contact: str
    until: datetime

    @classmethod
    def from_storage(cls, stored: Stored) -> Self:
        return cls(
            user=of_type(stored["user"], str),
            contact=of_type(stored["contact"], str),
            until=stored_time(stored["until"]),
        )

    def as_storage(self) -> Stored:
        return {"user": self.user, "contact": self.contact, "until": self.until.isoformat()}

    @property
    def key(self) -> str:
        return contact_key(self.contact)

    def at(self, now: datetime) -> Self | None:
        """Return it at this time, None once it has expired; the clock may have been set back."""
        until = _still(self.until, now)
        return replace(self, until=until) if until else None


@dataclass(frozen=True, slots=True)
class RemovedAccount:
    """How to log in for an entry that was removed.

    Attributes:
        data: The part of the entry's data that a login needs, the password included.
    """

    data: Mapping[str, Any]
    nodes: KnownNodes = field(default_factory=KnownNodes)

    @classmethod
    def of(cls, data: Mapping[str, Any], nodes: KnownNodes) -> Self:
        return cls({key: data[key] for key in _ACCOUNT_KEYS if key in data}, nodes)

    @classmethod
    def from_storage(cls, stored: Stored) -> Self:
        data = of_type(stored["data"], dict)
        for key, kind in _REQUIRED.items():
            of_type(data[key], kind)
        return cls(data, KnownNodes.from_storage(stored))

    def as_storage(self) -> Stored:
        return {"data": dict(self.data), **self.nodes.as_storage()}


@dataclass(frozen=True, slots=True)
class PendingClears:
    """What an entry has left at its server.

    Attributes:
        people: The presences that have to be cleared, by people's keys.
        account: How to log in; None while the entry exists, whose data say it.
        log_out_until: Until when it is tried to log out the application user, and with it all
            sessions, endpoints and subscriptions; None if it need not be.
    """

    people: Mapping[str, PendingClear]
    account: RemovedAccount | None = None
    log_out_until: datetime | None = None

    @classmethod
    def from_storage(cls, stored: Stored) -> Self:
        people, _ = read_records(of_type(stored["people"], dict), PendingClear.from_storage)
        account, log_out_until = stored["account"], stored.get("log_out_until")
        return cls(
            people,
            RemovedAccount.from_storage(account) if account else None,
            stored_time(log_out_until) if log_out_until else None,
        )

    def as_storage(self) -> Stored:
        return {
            "people": {key: each.as_storage() for key, each in self.people.items()},
            "account": self.account.as_storage() if self.account else None,
            "log_out_until": self.log_out_until.isoformat() if self.log_out_until else None,
        }

    @property
    def is_done(self) -> bool:
        return not self.people and self.log_out_until is None

    @property
    def next_end(self) -> datetime:
        """Return when the next of what is pending ends by itself."""
        ends = [each.until for each in self.people.values()]
        return min([*ends, self.log_out_until] if self.log_out_until else ends)

    def at(self, now: datetime) -> Self:
        """Return it at this time, without what has expired."""
        pending = (each.at(now) for each in self.people.values())
        return replace(
            self,
            people={each.key: each for each in pending if each},
            log_out_until=_still(self.log_out_until, now),
        )

    def with_added(self, clears: Iterable[PendingClear]) -> Self:
        return replace(self, people={**self.people, **{each.key: each for each in clears}})

    def of_removed(self, account: RemovedAccount, now: datetime) -> Self:
        """Return it for an entry that was removed."""
        nodes = account.nodes
        left = self.people or nodes.logged_in or nodes.elsewhere
        until = now + timedelta(seconds=EXPIRY) if left else None
        return replace(self, account=account, log_out_until=until)

    def logged_out(self) -> Self:
        return replace(self, log_out_until=None)

    def without(self, clears: Iterable[PendingClear]) -> Self:
        """Return it without these; one that was added anew since stays."""
        done = set(clears)
        remaining = {key: each for key, each in self.people.items() if each not in done}
        return replace(self, people=remaining)


def _still(until: datetime | None, now: datetime) -> datetime | None:
    """Return a time unless it has passed; the clock may have been set back."""
    if until is None or until <= now:
        return None
    return min(until, now + timedelta(seconds=EXPIRY))


def pending_clear(user: str, contact: str, record: PersonRecord, now: datetime) -> PendingClear:
    """Return what has to be cleared of a person of whom something may be published."""
    since = record.published.at if record.published else now
    return PendingClear(user, contact, since + timedelta(seconds=EXPIRY))


def stored_clears(
    stored: Stored, people: Mapping[str, Person], now: datetime
) -> dict[str, PendingClear]:
    """Return what may be published according to a stored ControlStore, by people's keys.

    Args:
        stored: What the file holds. A record that cannot be read counts as published.
        people: The people of the entry, by their keys.
        now: The present time.
    """
    records, unreadable = read_records(stored, PersonRecord.from_storage)
    records.update((key, PersonRecord(unsure=True)) for key in unreadable)
    return {
        key: pending_clear(*_addressee(key, stored[key], people.get(key)), record, now)
        for key, record in records.items()
        if record.may_be_published
    }


def _addressee(key: str, stored: object, person: Person | None) -> tuple[str, str]:
    if person:
        return person.user, person.contact
    match stored:
        case {"user": str(user), "contact": str(contact)}:
            return user, contact
        case _:
            # Files of earlier versions name neither; a contact usually begins with the user.
            return key.partition("@")[0], key
