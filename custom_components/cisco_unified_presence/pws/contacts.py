"""A node's presence domain and its users' contact lists.

Reference: "The Client Configuration Web Service, as far as it is needed". That service has its own
port and certificate, and is optional.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
from .xml import XmlElement, attribute, field, is_named, own_text

DEFAULT_CONFIGURATION_PORT: Final = 8443

_NAMESPACE: Final = "urn:cisco:epas:soap"
_ROOT: Final = "/EPASSoap"
_PATH: Final = "/service"
_HEADERS: Final = {"Content-Type": "application/soap+xml; charset=utf-8"}

_DOMAIN_PROPERTY: Final = "Presence.Domain"
_DOMAIN: Final = re.compile(r"[^\s@:/?#<>\"']{1,253}")

# Elements. A contact list has some hundred contacts.
_MAX_SEARCHED: Final = 50_000

# Characters of the name of a group.
_LONGEST_GROUP: Final = 100

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

    async def contact_list(self, session: Session) -> tuple[ContactGroup, ...]:
        """Return the contact list of the session's user. Raises ConfigurationUnavailable."""
        with _unavailable():
            response = await self._ask("contact-info", session)
            return _grouped(await in_turns(islice(_contacts_in(response), _MAX_SEARCHED)))

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
            domain = own_text(element) or field(element, "value") or ""
            if _DOMAIN.fullmatch(domain):
                return domain
    raise AnswerNotUnderstood("it does not tell the presence domain")


def _grouped(contacts: Iterable[tuple[str, str] | None]) -> tuple[ContactGroup, ...]:
    groups: dict[str, dict[str, None]] = {}
    for found in contacts:
        if found is not None:
            groups.setdefault(found[0], {})[found[1]] = None
    return tuple(ContactGroup(name, tuple(contacts)) for name, contacts in groups.items())


def _contacts_in(root: XmlElement) -> Iterator[tuple[str, str] | None]:
    """Yield for each element the group and the contact that it is, None when it is no contact."""
    waiting = [(root, "")]
    while waiting:
        element, group = waiting.pop()
        if is_named(element, "group"):
            group = (field(element, "name") or "")[:_LONGEST_GROUP]
        contact = _contact_of(element) if is_named(element, "persona-id") else None
        yield None if contact is None else (group, contact)
        waiting.extend((child, group) for child in reversed(element))


def _contact_of(persona: XmlElement) -> str | None:
    user, domain = own_text(persona), field(persona, "domain") or ""
    readable = _USER.fullmatch(user) and _DOMAIN.fullmatch(domain)
    return f"{user}@{domain}" if readable else None
