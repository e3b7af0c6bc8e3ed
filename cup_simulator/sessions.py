"""Sessions of application users and their end users. Reference: rules 8 and 9."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from uuid import uuid4

from .errors import Code, PresenceServiceError


class SessionKind(StrEnum):
    """The kind of a session's user."""

    APPLICATION = "application"
    END_USER = "end_user"


@dataclass(slots=True, eq=False)
class Session:
    """A logged-in user. `application` is the application user that owns the session."""

    kind: SessionKind
    user: str
    application: str
    key: str = field(repr=False)


class Sessions:
    """All sessions, by key and by user."""

    def __init__(self) -> None:
        self._by_key: dict[str, Session] = {}
        self._applications: dict[str, Session] = {}
        self._end_users: dict[str, Session] = {}

    def __iter__(self) -> Iterator[Session]:
        """Iterate over application users, then end users."""
        return chain(self._applications.values(), self._end_users.values())

    def with_key(self, key: str) -> Session:
        """Return the session of a key. Codes: 101."""
        session = self._by_key.get(key)
        if session is None:
            raise PresenceServiceError(Code.INVALID_SESSION_KEY)
        return session

    def application(self, name: str) -> Session | None:
        return self._applications.get(name)

    def end_user(self, user: str) -> Session | None:
        return self._end_users.get(user)

    def end_users(self) -> Iterator[Session]:
        return iter(self._end_users.values())

    def end_users_of(self, application: str) -> list[Session]:
        return [each for each in self._end_users.values() if each.application == application]

    def open(self, kind: SessionKind, user: str, application: str) -> Session:
        session = Session(kind, user, application, _new_key())
        self._by_key[session.key] = session
        self._of_kind(kind)[user] = session
        return session

    def renew_key(self, session: Session) -> None:
        """Replace the session's key; the old one becomes invalid."""
        del self._by_key[session.key]
        session.key = _new_key()
        self._by_key[session.key] = session

    def close(self, session: Session) -> None:
        del self._by_key[session.key]
        del self._of_kind(session.kind)[session.user]

    def _of_kind(self, kind: SessionKind) -> dict[str, Session]:
        return self._applications if kind is SessionKind.APPLICATION else self._end_users


def _new_key() -> str:
    return str(uuid4())
