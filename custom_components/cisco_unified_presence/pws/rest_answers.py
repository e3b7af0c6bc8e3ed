"""The REST dialect: reading what comes back. Reference: "REST" and "Error codes"."""

from collections.abc import Iterator
from dataclasses import dataclass
import re
from typing import Final

from .answers import (
    FIRST_ERROR,
    FIRST_REDIRECTION,
    TEMPORARY_REDIRECT,
    Concerning,
    lenient_root,
    raise_fault,
    read_listed_contact,
    read_login,
    redirected,
    sampled,
)
from .dialect import Session
from .errors import AnswerNotUnderstood
from .exchange import Answer
from .model import ContactPresence
from .pidf_reader import read_pidf
from .rich import RichPresence
from .xml import XmlElement, elements_near_the_beginning, is_named, local_name, parse
from .xml import field as read_field

_ID_IN_LOCATION: Final = re.compile(r"/(endpoints|subscriptions)/([0-9]{1,18})/?", re.ASCII)
_SCHEMES: Final = re.compile(r"^(sips?|pres|im|xmpp):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reply:
    """A successful answer: its Location header and the root of its body, each None without."""

    location: str | None
    root: XmlElement | None


def read_reply(answer: Answer, about: Concerning) -> Reply:
    """Tell success from failure.

    Raises:
        ServerFault: The server says no, with whatever status.
        Redirected: The user is homed on another node.
        AnswerNotUnderstood: It is no answer of the service.
    """
    if answer.status == TEMPORARY_REDIRECT:
        raise redirected(answer.location, lenient_root(answer))
    if answer.status >= FIRST_ERROR:
        raise_fault(answer.status, _description_in_error(answer), about)
    if answer.status >= FIRST_REDIRECTION:
        raise AnswerNotUnderstood(f"it is a redirection (HTTP status {answer.status})")
    root = parse(answer.body) if answer.body.strip() else None
    if root is not None and is_named(root, "description"):
        raise_fault(answer.status, root, about)
    if root is not None and is_named(root, "html"):
        with sampled(root):
            raise AnswerNotUnderstood("it is an HTML page")
    return Reply(answer.location, root)


def _description_in_error(answer: Answer) -> XmlElement | None:
    root = lenient_root(answer)
    if root is None:
        return None
    return next((e for e in elements_near_the_beginning(root) if is_named(e, "description")), None)


def read_session(reply: Reply, user: str) -> Session:
    """Return the session that a login gave.

    Raises:
        AnswerNotUnderstood: There is none, or none that could be sent back in a header.
    """
    return read_login(_root_named("session", reply), user)


def _root_named(name: str, reply: Reply) -> XmlElement:
    if reply.root is None:
        raise AnswerNotUnderstood("it is empty")
    found = local_name(reply.root)
    if not is_named(reply.root, name):
        raise AnswerNotUnderstood(f"its root is {found[:40]!r}, not {name!r}")
    return reply.root


def read_location_id(reply: Reply, collection: str) -> int:
    """Return the id of what was made, from the Location of the answer.

    Raises:
        AnswerNotUnderstood: There is no Location, or it leads elsewhere.
    """
    path = (reply.location or "").strip().partition("?")[0]
    match = _ID_IN_LOCATION.fullmatch(path, max(path.rfind(f"/{collection}/"), 0))
    if match is None or match[1] != collection:
        raise AnswerNotUnderstood(f"it does not say where in {collection} the new one is")
    return int(match[2])


def read_contacts(reply: Reply) -> Iterator[ContactPresence]:
    """Yield every contact of a presence list, in the server's order.

    Raises:
        AnswerNotUnderstood: It is no presence list, or something in it is no contact.
    """
    if reply.root is not None and local_name(reply.root) == "presence":
        yield _of_document(read_pidf(reply.root), asked=None)
        return
    root = _root_named("presenceList", reply)
    may_be_silent = read_field(root, "type") == "rich"
    for element in root.iterchildren("{*}contact"):
        yield read_listed_contact(element, may_be_silent=may_be_silent)


def read_contact(reply: Reply, contact: str) -> ContactPresence:
    """Return the presence of the contact that was asked for.

    Raises:
        AnswerNotUnderstood: The answer does not speak of it.
    """
    if reply.root is not None and local_name(reply.root) == "presence":
        return _of_document(read_pidf(reply.root), asked=contact)
    found = list(read_contacts(reply))
    same = [one for one in found if one.contact.casefold() == contact.casefold()]
    if len(same or found) != 1:
        raise AnswerNotUnderstood("it does not speak of the contact that was asked for")
    return (same or found)[0]


def _of_document(rich: RichPresence, *, asked: str | None) -> ContactPresence:
    contact = _SCHEMES.sub("", rich.entity, count=1) or asked
    if not contact:
        raise AnswerNotUnderstood("a rich presence that names nobody")
    return ContactPresence(contact, rich.presence, rich)
