"""The SOAP dialect: reading what comes back. Reference: "SOAP" and "Error codes".

A fault arrives with whatever status, so the body is what tells. Names are matched on letters.
"""

from collections.abc import Iterator
import re
from typing import Final

from .answers import (
    FIRST_ERROR,
    FIRST_REDIRECTION,
    TEMPORARY_REDIRECT,
    Concerning,
    raise_fault,
    read_login,
    redirected,
)
from .dialect import Session
from .errors import AnswerNotUnderstood
from .exchange import Answer
from .model import ContactPresence
from .presence_list import read_listed
from .xml import (
    XmlElement,
    child_named,
    elements_near_the_beginning,
    field_anywhere,
    is_named,
    local_name,
    whole_text,
)
from .xml import field as read_field

_ID: Final = re.compile(r"[0-9]{1,18}", re.ASCII)


def read_response(answer: Answer, about: Concerning) -> XmlElement | None:
    """Return what an envelope holds, None when it holds nothing.

    Raises:
        ServerFault: The server says no, with whatever status.
        Redirected: The user is homed on another node.
        AnswerNotUnderstood: It is no answer of the service.
    """
    if answer.status == TEMPORARY_REDIRECT:
        raise redirected(answer.location, answer.root)
    failed = answer.status >= FIRST_ERROR
    root = answer.root if failed else _root_of(answer)
    if root is not None:
        _raise_fault_in(root, answer.status, about)
    if failed:
        raise_fault(answer.status, None, about)
    return None if root is None else _first_in_body(root)


def _root_of(answer: Answer) -> XmlElement | None:
    if answer.status >= FIRST_REDIRECTION:
        raise AnswerNotUnderstood(f"it is a redirection (HTTP status {answer.status})")
    return answer.document()


def _raise_fault_in(root: XmlElement, status: int, about: Concerning) -> None:
    if is_named(root, "description"):
        raise_fault(status, root, about)
    body = child_named(root, "Body") if is_named(root, "Envelope") else None
    if body is None:
        return
    fault = child_named(body, "Fault")
    if fault is not None:
        raise_fault(status, child_named(fault, "detail"), about, _reason(fault) or "SOAP fault")
    description = child_named(body, "description")
    if description is not None:
        raise_fault(status, description, about)


def _reason(fault: XmlElement) -> str:
    """Return the fault's own sentence, as either version of SOAP has it."""
    reason = child_named(fault, "Reason")
    return (read_field(fault, "faultstring") if reason is None else whole_text(reason)) or ""


def _first_in_body(root: XmlElement) -> XmlElement | None:
    if is_named(root, "html"):
        raise AnswerNotUnderstood("it is an HTML page")
    body = child_named(root, "Body") if is_named(root, "Envelope") else None
    if body is None:
        raise AnswerNotUnderstood(f"its root is {local_name(root)[:40]!r}, not a SOAP envelope")
    return next(iter(body), None)


def read_session(response: XmlElement | None, user: str) -> Session:
    """Return the session that a login gave.

    Raises:
        Redirected: The user is homed on another node.
        AnswerNotUnderstood: It is neither.
    """
    found = _something(response)
    redirect = next(
        (e for e in elements_near_the_beginning(found) if is_named(e, "redirect")), None
    )
    if redirect is not None and not field_anywhere(found, "sessionKey"):
        raise redirected(None, redirect)
    return read_login(found, user)


def read_id(response: XmlElement | None, name: str) -> int:
    """Return the number of what was made.

    Raises:
        AnswerNotUnderstood: There is none.
    """
    text = field_anywhere(_something(response), name) or ""
    if _ID.fullmatch(text) is None:
        raise AnswerNotUnderstood(f"it does not tell the {name}")
    return int(text)


def read_status(response: XmlElement | None) -> None:
    """Make sure that an operation without a result has succeeded.

    Raises:
        AnswerNotUnderstood: It says of itself that it has not.
    """
    status = None if response is None else field_anywhere(response, "status")
    if status is not None and status.upper() != "SUCCESS":
        raise AnswerNotUnderstood(f"its status is {status[:40]!r}")


def read_presence_list(response: XmlElement | None, *, rich: bool) -> Iterator[ContactPresence]:
    """Yield the contacts of a presence list, in the server's order.

    Raises:
        AnswerNotUnderstood: It is no presence list.
    """
    yield from read_listed(_something(response), rich=rich)


def _something(response: XmlElement | None) -> XmlElement:
    if response is None:
        raise AnswerNotUnderstood("it is empty")
    return response
