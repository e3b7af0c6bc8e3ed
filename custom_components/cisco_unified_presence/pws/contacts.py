"""A node's presence domain, and its users' contact lists and names.

Reference: "The Client Configuration Web Service, as far as it is needed". That service has its own
port and certificate, and is optional.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
import re
from typing import Final

import aiohttp
from lxml import etree

from .answers import Concerning
from .dialect import Session
from .errors import AnswerNotUnderstood, PresenceServiceError
from .exchange import Exchange, Request
from .lxml_document import LxmlElement
from .model import Server
from .soap_answers import read_response
from .soap_request import envelope
from .turns import in_turns
from .wsdl import SoapVersion
from .xml import XmlElement, attribute, is_named, letters, own_text
from .xml import field as read_field

DEFAULT_CONFIGURATION_PORT: Final = 8443

_NAMESPACE: Final = "urn:cisco:epas:soap"
_ROOT: Final = "/EPASSoap"
_PATH: Final = "/service"
_HEADERS: Final = {"Content-Type": "application/soap+xml; charset=utf-8"}

_DOMAIN_PROPERTY: Final = "Presence.Domain"
# The end of the letters of a property's name; its spelling is not public.
_NAME_PROPERTY: Final = "displayname"
# What a contact's name may be called; that is not public either.
_NICKNAMES: Final = ("nickname", "alias", "display-name")
_DOMAIN: Final = re.compile(r"[^\s@:/?#<>\"']{1,253}")

# Elements. A contact list has some hundred contacts.
_MAX_SEARCHED: Final = 50_000

# Elements of what describes a single contact.
_FEW: Final = 10

# Characters of the name of a group or a contact.
_LONGEST_NAME: Final = 100

_USER: Final = re.compile(r"[^\s@<>\"']{1,256}")


class ConfigurationUnavailable(PresenceServiceError):
    """The service does not answer, is not trusted, or refuses, for the reason that is the cause."""

    def __init__(self) -> None:
        super().__init__("The server does not tell its presence domain or its contact lists.")


@dataclass(frozen=True, slots=True)
class ContactGroup:
    """A group of a contact list. Contacts outside of any group have an empty ``name``."""

    name: str
    contacts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContactList:
    """A contact list, with its empty groups.

    ``nicknames`` holds what the owner of the list calls contacts, by contact URI. ``is_complete``
    tells that each contact of the answer could be read.
    """

    groups: tuple[ContactGroup, ...] = ()
    nicknames: Mapping[str, str] = field(default_factory=dict)
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class _Found:
    """What an element is: a group, a contact of a group, or with neither an unreadable contact."""

    group: str
    contact: str | None = None
    nickname: str | None = None
    is_group: bool = False


class ContactService:
    """Asks a node's Client Configuration Web Service."""

    def __init__(
        self,
        server: Server,
        session: aiohttp.ClientSession,
        *,
        timeout: float = 10.0,
    ) -> None:
        """Send nothing yet.

        ``server`` has this service's port and its own certificate's trust; ``session`` is opened by
        ``open_session`` for it and stays the caller's. ``timeout`` is in seconds for one request.
        """
        self._exchange = Exchange(server, session, timeout, root=_ROOT)

    async def presence_domain(self, session: Session) -> str:
        """Raises ConfigurationUnavailable. Any session of the node's presence service will do."""
        with _unavailable():
            return _domain_in(await self._ask("system-config", session))

    async def contact_list(self, session: Session) -> ContactList:
        """Return the contact list of the session's user. Raises ConfigurationUnavailable."""
        with _unavailable():
            response = await self._ask("contact-info", session)
            found = await in_turns(islice(_found_in(response), _MAX_SEARCHED))
            return _contact_list(found)

    async def display_name(self, session: Session) -> str | None:
        """Return the name of the session's user, None when the configuration has none.

        Raises ConfigurationUnavailable.
        """
        with _unavailable():
            return _display_name_in(await self._ask("user-config", session))

    async def _ask(self, part: str, session: Session) -> XmlElement:
        body = _element("get-all-config")
        body.append(_element(part))
        sent = envelope(SoapVersion.V1_2, _element("session-key", session.key), body)
        request = Request("POST", _PATH, _HEADERS, sent, idempotent=True)
        about = Concerning(session.name, secrets=(session.key,))
        response = read_response(await self._exchange.send(request), about)
        if response is None or not is_named(response, "get-all-config-resp"):
            raise AnswerNotUnderstood("it is no configuration")
        return response


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except PresenceServiceError as error:
        raise ConfigurationUnavailable from error


def _element(name: str, text: str | None = None) -> LxmlElement:
    element = etree.Element(etree.QName(_NAMESPACE, name), nsmap={"epas": _NAMESPACE})
    element.text = text
    return element


def _domain_in(response: XmlElement) -> str:
    for element in islice(response.iter(), _MAX_SEARCHED):
        if is_named(element, "property") and attribute(element, "name") == _DOMAIN_PROPERTY:
            domain = own_text(element) or read_field(element, "value") or ""
            if _DOMAIN.fullmatch(domain):
                return domain
    raise AnswerNotUnderstood("it does not tell the presence domain")


def _display_name_in(response: XmlElement) -> str | None:
    names = map(_display_name_of, islice(response.iter(), _MAX_SEARCHED))
    return next(filter(None, names), None)


def _display_name_of(element: XmlElement) -> str | None:
    if not is_named(element, "property"):
        return read_field(element, _NAME_PROPERTY)
    if not letters(attribute(element, "name") or "").endswith(_NAME_PROPERTY):
        return None
    return own_text(element) or read_field(element, "value")


def _contact_list(found: Sequence[_Found | None]) -> ContactList:
    groups: dict[str, dict[str, None]] = {}
    nicknames: dict[str, str] = {}
    is_complete = len(found) < _MAX_SEARCHED
    for each in filter(None, found):
        if each.contact is not None:
            groups.setdefault(each.group, {})[each.contact] = None
            if each.nickname:
                nicknames.setdefault(each.contact, each.nickname)
        elif not each.is_group:
            is_complete = False
        elif each.group:
            groups.setdefault(each.group, {})
    listed = (ContactGroup(name, tuple(contacts)) for name, contacts in groups.items())
    return ContactList(tuple(listed), nicknames, is_complete)


def _found_in(root: XmlElement) -> Iterator[_Found | None]:
    """Yield for each element what it is, None when it is neither a group nor a contact."""
    waiting: list[tuple[XmlElement, XmlElement, str]] = [(root, root, "")]
    while waiting:
        element, parent, group = waiting.pop()
        found = None
        if is_named(element, "group"):
            group = (read_field(element, "name") or "")[:_LONGEST_NAME]
            found = _Found(group, is_group=True)
        elif is_named(element, "persona-id"):
            found = _Found(group, _contact_of(element), _nickname_of(element, parent))
        yield found
        waiting.extend((child, element, group) for child in reversed(element))


def _contact_of(persona: XmlElement) -> str | None:
    user, domain = own_text(persona), read_field(persona, "domain") or ""
    readable = _USER.fullmatch(user) and _DOMAIN.fullmatch(domain)
    return f"{user}@{domain}" if readable else None


def _nickname_of(persona: XmlElement, parent: XmlElement) -> str | None:
    # An element around this contact alone may name it.
    is_alone = not is_named(parent, "group") and len(parent) <= _FEW
    places = (persona, parent) if is_alone else (persona,)
    names = (read_field(place, name) for place in places for name in _NICKNAMES)
    return next(filter(None, names), "")[:_LONGEST_NAME] or None
