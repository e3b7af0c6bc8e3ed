"""The REST dialect: reading what comes back. Reference: "REST" and "Error codes"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
from .contact_uri import contact_key, without_scheme
from .dialect import Session
from .errors import AnswerNotUnderstood
from .exchange import Answer
from .model import ContactPresence, Unreadable
from .pidf_reader import read_pidf
from .presence import Presence
from .presence_list import read_listed
from .samples import sample_of_element
from .xml import XmlElement, attribute, elements_near_the_beginning, is_named, local_name, sample_of

_ID_IN_LOCATION: Final = re.compile(r"/(endpoints|subscriptions)/([0-9]{1,18})/?", re.ASCII)


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
        raise redirected(answer.location, answer.root)
    if answer.status >= FIRST_ERROR:
        raise_fault(answer.status, _description_in_error(answer), about)
    if answer.status >= FIRST_REDIRECTION:
        raise AnswerNotUnderstood(f"it is a redirection (HTTP status {answer.status})")
    root = answer.document()
    if root is not None and is_named(root, "description"):
        raise_fault(answer.status, root, about)
    if root is not None and is_named(root, "html"):
        raise AnswerNotUnderstood("it is an HTML page", sample_of(answer.body))
    return Reply(answer.location, root)


def _description_in_error(answer: Answer) -> XmlElement | None:
    if answer.root is None:
        return None
    near = elements_near_the_beginning(answer.root)
    return next((each for each in near if is_named(each, "description")), None)


def read_session(reply: Reply, user: str) -> Session:
    """Return the session that a login gave.

    Raises:
        AnswerNotUnderstood: There is none, or none that could be sent back in a header.
    """
    return read_login(_root_named("session", reply), user)


def _root_named(name: str, reply: Reply) -> XmlElement:
    if reply.root is None:
        raise AnswerNotUnderstood("it is empty")
    if not is_named(reply.root, name):
        found, sample = local_name(reply.root)[:40], sample_of_element(reply.root)
        raise AnswerNotUnderstood(f"its root is {found!r}, not {name!r}", sample)
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


def read_contacts(
    reply: Reply, *, rich: bool = False, asked: str | None = None
) -> Iterator[ContactPresence]:
    """Return the contacts of a presence list, or that of a document alone, in the server's order.

    Args:
        reply: The answer.
        rich: Whether documents were asked for.
        asked: The contact that was asked about, where it was one alone.

    Raises:
        AnswerNotUnderstood: It is no presence list.
    """
    if reply.root is not None and local_name(reply.root) == "presence":
        return iter((_of_document(reply.root, asked),))
    root = _root_named("presenceList", reply)
    rich = rich or attribute(root, "type") == "rich"
    return read_listed(root, rich=rich, asked=asked)


def the_one_among(found: Sequence[ContactPresence], contact: str) -> ContactPresence:
    """Return the presence of the contact that was asked for, among those that were found.

    Raises:
        AnswerNotUnderstood: The answer does not say it.
    """
    key = contact_key(contact)
    same = [one for one in found if contact_key(one.contact) == key]
    if len(same or found) != 1:
        raise AnswerNotUnderstood("it does not speak of the contact that was asked for")
    return (same or found)[0]


def _of_document(root: XmlElement, asked: str | None) -> ContactPresence:
    try:
        rich = read_pidf(root)
    except AnswerNotUnderstood as error:
        if asked is None:
            raise
        unreadable = Unreadable(error.detail, error.sample)
        return ContactPresence(asked, Presence.UNKNOWN, unreadable=unreadable)
    contact = without_scheme(rich.entity) or asked
    if not contact:
        raise AnswerNotUnderstood("a rich presence that names nobody", sample_of_element(root))
    return ContactPresence(contact, rich.presence, rich)
