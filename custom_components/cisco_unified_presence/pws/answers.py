"""Reading what both dialects answer alike: faults, redirections, keys.

Strict in nothing but the meaning: local names in any namespace and spelling, attributes or
elements. Reference: "Error codes", "REST" and "SOAP".
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
import re
from typing import Final, NoReturn

from .addresses import read_url
from .dialect import Session
from .errors import LONGEST_WORDS, AnswerNotUnderstood, Redirected, one_line
from .fault_codes import fault_class
from .faults import (
    InvalidCredentials,
    InvalidSession,
    ServerFault,
    UnknownApplicationUser,
    UnknownUser,
)
from .xml import XmlElement, field_anywhere

TEMPORARY_REDIRECT: Final = 307
FIRST_REDIRECTION: Final = 300
FIRST_ERROR: Final = 400

_LONGEST_MESSAGE: Final = 200
_LOGIN_FAILED: Final = 114
_SESSION_KEY: Final = re.compile(r"[!-~]{1,1024}")


@dataclass(frozen=True, slots=True)
class Concerning:
    """Whom a request is about, and what must not be repeated from its answer."""

    user: str
    contacts: Sequence[str] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def contact_in(self, message: str) -> str | None:
        """The one contact that was asked about, or the one that the server names."""
        if len(self.contacts) == 1:
            return self.contacts[0]
        return next((contact for contact in self.contacts if contact in message), None)

    def without_secrets(self, text: str) -> str:
        """Return a server's words fit to be shown: one short line."""
        for secret in self.secrets:
            text = text.replace(secret, "***") if secret else text
        return one_line(text, _LONGEST_MESSAGE)


def redirected(location: str | None, told: XmlElement | None) -> Redirected:
    """Return what to raise for an answer that sends the user to another node.

    ``told`` is the element that names the nodes, None when the answer has none.
    """
    primary = backup = None
    if told is not None:
        primary = _node_named(told, "primaryServer")
        backup = _node_named(told, "backupServer")
    return Redirected(primary or _host_of(location), backup, location)


def _node_named(root: XmlElement, name: str) -> str | None:
    """Return the node that a field names, None where it says nothing or what can be no name."""
    text = field_anywhere(root, name)
    return text if text and len(text) <= LONGEST_WORDS else None


def _host_of(location: str | None) -> str | None:
    try:
        return read_url(location or "").host
    except ValueError:
        return None


def raise_fault(
    status: int, description: XmlElement | None, about: Concerning, words: str = ""
) -> NoReturn:
    """Raise what a description of a fault means, or else its HTTP status.

    ``words`` is what the server says beside the description.

    Raises:
        ServerFault: The server says no.
        AnswerNotUnderstood: Neither the status nor the description says what is wrong.
    """
    code = _code_of(description)
    if code is None and status < FIRST_ERROR and not words:
        raise AnswerNotUnderstood("it is an error without a code")
    message = _words(description, "message") or words
    fault: ServerFault = fault_class(code, status)(
        code,
        about.without_secrets(message),
        about.without_secrets(_words(description, "fix")),
        status,
        user=about.user,
        contact=about.contact_in(message),
    )
    raise fault


def _code_of(description: XmlElement | None) -> int | None:
    text = _words(description, "code")
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None


def _words(description: XmlElement | None, name: str) -> str:
    return "" if description is None else field_anywhere(description, name) or ""


def read_login(root: XmlElement, user: str) -> Session:
    """Return the session that a login gave.

    Raises:
        AnswerNotUnderstood: It has no key, or none that could be sent back.
    """
    key = field_anywhere(root, "sessionKey")
    if not key or _SESSION_KEY.fullmatch(key) is None:
        raise AnswerNotUnderstood("a login without a session key")
    return Session(user, key, backup=_node_named(root, "backupServer"))


@contextmanager
def logging_in_application() -> Iterator[None]:
    """Say of a refused session that the password was, and of an unknown user whose login it is.

    There was no session yet.
    """
    try:
        yield
    except InvalidSession as fault:
        raise turned_into(InvalidCredentials, fault) from fault
    except UnknownUser as fault:
        raise turned_into(UnknownApplicationUser, fault) from fault


@contextmanager
def logging_in_end_user() -> Iterator[None]:
    """Say of a failed login that the name was refused: no password was sent."""
    try:
        yield
    except InvalidCredentials as fault:
        if fault.code != _LOGIN_FAILED:
            raise
        raise turned_into(UnknownUser, fault) from fault


def turned_into(kind: type[ServerFault], fault: ServerFault) -> ServerFault:
    """Return the same fault as another class."""
    return kind(fault.code, fault.message, fault.fix, fault.status, user=fault.user)


@contextmanager
def refusing(refusal: ServerFault) -> Iterator[None]:
    """Say of a text that cannot be sent what the server would have said of it."""
    try:
        yield
    except ValueError as error:
        raise refusal from error
