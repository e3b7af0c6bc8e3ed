"""The REST dialect: reading what comes back. Reference: "REST" and "Error codes".

Strict in nothing but the meaning: local names in any namespace, attributes or elements.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
import re
from typing import Final, NoReturn

from yarl import URL

from .errors import AnswerNotUnderstood, Redirected, ServerFault, fault_class
from .exchange import Answer
from .model import ContactPresence, Presence
from .pidf import RichPresence, read_pidf
from .xml import XmlElement, field_anywhere, local_name, parse
from .xml import field as read_field

_FIRST_REDIRECTION: Final = 300
_TEMPORARY_REDIRECT: Final = 307
_FIRST_ERROR: Final = 400
_LONGEST_MESSAGE: Final = 200
_ID_IN_LOCATION: Final = re.compile(r"/(endpoints|subscriptions)/([0-9]{1,18})/?", re.ASCII)
_SESSION_KEY: Final = re.compile(r"[!-~]{1,1024}")
_SCHEMES: Final = re.compile(r"^(sips?|pres|im|xmpp):", re.IGNORECASE)


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
        line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return line[:_LONGEST_MESSAGE]


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
    if answer.status == _TEMPORARY_REDIRECT:
        raise _redirected(answer)
    if answer.status >= _FIRST_ERROR:
        _raise_fault(answer, _description_in_error(answer), about)
    if answer.status >= _FIRST_REDIRECTION:
        raise AnswerNotUnderstood(f"it is a redirection (HTTP status {answer.status})")
    root = parse(answer.body) if answer.body.strip() else None
    if root is not None and local_name(root) == "description":
        _raise_fault(answer, root, about)
    if root is not None and local_name(root).lower() == "html":
        raise AnswerNotUnderstood("it is an HTML page")
    return Reply(answer.location, root)


def _redirected(answer: Answer) -> Redirected:
    root = _lenient_root(answer)
    primary = backup = None
    if root is not None:
        primary = field_anywhere(root, "primaryServer")
        backup = field_anywhere(root, "backupServer")
    return Redirected(primary or _host_of(answer.location), backup, answer.location)


def _host_of(location: str | None) -> str | None:
    try:
        return URL(location or "").host
    except ValueError:
        return None


def _lenient_root(answer: Answer) -> XmlElement | None:
    """Return the body's root, None when the status alone must tell."""
    try:
        return parse(answer.body)
    except AnswerNotUnderstood:
        return None


def _description_in_error(answer: Answer) -> XmlElement | None:
    root = _lenient_root(answer)
    if root is None:
        return None
    return next((e for e in root.iter("*") if local_name(e) == "description"), None)


def _raise_fault(answer: Answer, description: XmlElement | None, about: Concerning) -> NoReturn:
    code = _code_of(description)
    if code is None and answer.status < _FIRST_ERROR:
        raise AnswerNotUnderstood("it is an error without a code")
    message = _words(description, "message")
    fault: ServerFault = fault_class(code, answer.status)(
        code,
        about.without_secrets(message),
        about.without_secrets(_words(description, "fix")),
        answer.status,
        user=about.user,
        contact=about.contact_in(message),
    )
    raise fault


def _code_of(description: XmlElement | None) -> int | None:
    text = _words(description, "code")
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None


def _words(description: XmlElement | None, name: str) -> str:
    return "" if description is None else read_field(description, name) or ""


def read_session_key(reply: Reply) -> str:
    """Return the key that a login gave.

    Raises:
        AnswerNotUnderstood: There is none, or none that could be sent back in a header.
    """
    key = field_anywhere(_root_named("session", reply), "sessionKey")
    if not key or _SESSION_KEY.fullmatch(key) is None:
        raise AnswerNotUnderstood("a login without a session key")
    return key


def _root_named(name: str, reply: Reply) -> XmlElement:
    if reply.root is None:
        raise AnswerNotUnderstood("it is empty")
    found = local_name(reply.root)
    if found != name:
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
        yield _contact(element, may_be_silent=may_be_silent)


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


def _contact(element: XmlElement, *, may_be_silent: bool) -> ContactPresence:
    uri = read_field(element, "contactURI")
    if not uri:
        raise AnswerNotUnderstood("a contact without a URI")
    rich = _rich_in(element)
    if rich is not None:
        return ContactPresence(uri, rich.presence, rich)
    word = read_field(element, "presenceStatus")
    if word is None and not may_be_silent:
        raise AnswerNotUnderstood("a contact without a presence")
    return ContactPresence(uri, Presence.UNKNOWN if word is None else Presence.read(word))


def _rich_in(contact: XmlElement) -> RichPresence | None:
    """Return the PIDF document in a contact: an element, or the same as escaped text."""
    if not len(contact) and not contact.text:
        return None
    document = next(contact.iterdescendants("{*}presence"), None)
    if document is not None:
        return read_pidf(document)
    escaped = "".join(str(text) for text in contact.itertext()).strip()
    return read_pidf(escaped.encode()) if escaped.startswith("<") else None
