"""The REST dialect: paths, headers and bodies. Reference: "REST"."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import ClassVar, Final, override
from urllib.parse import quote

from lxml import etree

from .answers import (
    Concerning,
    logging_in_application,
    logging_in_end_user,
    refusing,
)
from .dialect import Dialect, PublishOptions, Session, SubscriptionSpec
from .errors import CannotRemoveContacts
from .exchange import Exchange, Request
from .faults import BadContact, EndpointRefused, InvalidCredentials, UnknownUser
from .lxml_document import LxmlElement
from .model import ContactPresence
from .presence_list import ContactReader
from .rest_answers import (
    Reply,
    read_contacts,
    read_location_id,
    read_reply,
    read_session,
    the_one_among,
)
from .traffic import counted
from .turns import in_turns

_KEY_HEADER: Final = "Presence-Session-Key"
_EXPIRY_HEADER: Final = "Presence-Expiry"
_OVERRIDE_HEADER: Final = "Presence-Override"

_CONTENT_TYPE: Final = {"Content-Type": "text/xml"}


class RestDialect(Dialect):
    """One method for each request of the service."""

    contacts_per_poll: ClassVar[int] = 1
    can_remove_contacts: ClassVar[bool] = False

    def __init__(self, exchange: Exchange) -> None:
        """Take what carries the requests."""
        self._exchange = exchange
        self.traffic = exchange.traffic

    @override
    @counted
    async def log_in(self, application_user: str, password: str) -> Session:
        with refusing(InvalidCredentials(user=application_user)):
            body = _written(_element("session", _element("password", text=password)))
        about = Concerning(application_user, secrets=(password,))
        path = _of_user(application_user, "/sessions")
        request = Request("POST", path, _CONTENT_TYPE, body, idempotent=True)
        with logging_in_application():
            reply = await self._ask(request, about)
        return read_session(reply, application_user)

    @override
    @counted
    async def log_in_end_user(self, user: str, application: Session) -> Session:
        path = _of_user(user, "/sessions")
        headers = {**_CONTENT_TYPE, **_key_of(application)}
        request = Request("POST", path, headers, idempotent=True)
        with logging_in_end_user():
            reply = await self._ask(request, Concerning(user, secrets=(application.key,)))
        return read_session(reply, user)

    @override
    @counted
    async def log_out(self, session: Session) -> None:
        await self._ask_as(session, Request("DELETE", _of_user(session.name, "/session")))

    @override
    @counted
    async def register_endpoint(self, application: Session, url: str, expiry: int) -> int:
        with refusing(EndpointRefused()):
            body = _written(_element("endpoint", _element("url", text=url)))
        headers = {**_CONTENT_TYPE, **_expires(expiry)}
        reply = await self._ask_as(application, Request("POST", "/endpoints", headers, body))
        return read_location_id(reply, "endpoints")

    @override
    @counted
    async def renew_endpoint(self, application: Session, endpoint: int, expiry: int) -> None:
        headers = {**_CONTENT_TYPE, **_expires(expiry)}
        await self._ask_as(application, Request("PUT", f"/endpoints/{endpoint}", headers))

    @override
    @counted
    async def unregister_endpoint(self, application: Session, endpoint: int) -> None:
        await self._ask_as(application, Request("DELETE", f"/endpoints/{endpoint}"))

    @override
    @counted
    async def subscribe(self, session: Session, spec: SubscriptionSpec) -> int:
        path = _of_user(session.name, "/subscriptions")
        reply = await self._send_subscription(session, "POST", path, spec)
        return read_location_id(reply, "subscriptions")

    @override
    @counted
    async def renew_subscription(
        self, session: Session, subscription: int, spec: SubscriptionSpec
    ) -> None:
        path = _of_user(session.name, f"/subscriptions/{subscription}")
        await self._send_subscription(session, "PUT", path, spec)

    async def _send_subscription(
        self, session: Session, method: str, path: str, spec: SubscriptionSpec
    ) -> Reply:
        with refusing(BadContact(user=session.name)):
            body = _written(_subscription(spec))
        request = Request(method, path, {**_CONTENT_TYPE, **_expires(spec.expiry)}, body)
        return await self._ask_as(session, request, spec.contacts)

    @override
    @counted
    async def unsubscribe(self, session: Session, subscription: int) -> None:
        path = _of_user(session.name, f"/subscriptions/{subscription}")
        await self._ask_as(session, Request("DELETE", path))

    @override
    @counted
    async def remove_contacts(
        self, session: Session, subscription: int, contacts: Sequence[str]
    ) -> None:
        raise CannotRemoveContacts

    @override
    @counted
    async def fetch(
        self, session: Session, subscription: int, *, rich: bool
    ) -> list[ContactPresence]:
        path = _of_user(session.name, f"/presence/{_form(rich=rich)}/subscriptions/{subscription}")
        parts = ContactReader(rich=rich)
        # Each fetch consumes the news that it returns.
        request = Request("GET", path, _key_of(session), at_most_once=True, parts=parts)
        reply = await self._ask(request, Concerning(session.name, secrets=(session.key,)))
        return [*parts.contacts, *await in_turns(read_contacts(reply, rich=rich))]

    @override
    @counted
    async def poll(
        self, session: Session, contacts: Sequence[str], *, rich: bool
    ) -> list[ContactPresence]:
        return [await self._poll_one(session, contact, rich=rich) for contact in contacts]

    async def _poll_one(self, session: Session, contact: str, *, rich: bool) -> ContactPresence:
        with refusing(BadContact(user=session.name, contact=contact)):
            segment = _segment(contact)
        path = _of_user(session.name, f"/presence/{_form(rich=rich)}/contacts/{segment}")
        reply = await self._ask_as(session, Request("GET", path), (contact,))
        found = await in_turns(read_contacts(reply, rich=rich, asked=contact))
        return the_one_among(found, contact)

    @override
    @counted
    async def set_presence(self, session: Session, word: str, options: PublishOptions) -> None:
        path = _of_user(session.name, "/presence/basic")
        body = _written(_element("presence", text=word))
        await self._ask_as(session, Request("PUT", path, _presence_headers(options), body))

    @override
    @counted
    async def set_rich_presence(
        self, session: Session, document: bytes, options: PublishOptions
    ) -> None:
        path = _of_user(session.name, "/presence/rich")
        await self._ask_as(session, Request("PUT", path, _presence_headers(options), document))

    async def _ask_as(
        self, session: Session, request: Request, contacts: Sequence[str] = ()
    ) -> Reply:
        about = Concerning(session.name, contacts, (session.key,))
        keyed = replace(request, headers={**request.headers, **_key_of(session)})
        return await self._ask(keyed, about)

    async def _ask(self, request: Request, about: Concerning) -> Reply:
        return read_reply(await self._exchange.send(request), about)


def _key_of(session: Session) -> dict[str, str]:
    return {_KEY_HEADER: session.key}


def _expires(seconds: int) -> dict[str, str]:
    return {_EXPIRY_HEADER: str(seconds)}


def _presence_headers(options: PublishOptions) -> dict[str, str]:
    override_word = "true" if options.override else "false"
    return {**_CONTENT_TYPE, _OVERRIDE_HEADER: override_word, **_expires(options.expiry)}


def _form(*, rich: bool) -> str:
    return "rich" if rich else "basic"


def _of_user(user: str, path: str) -> str:
    return f"{_root_of(user)}{path}"


@lru_cache(maxsize=1024)
def _root_of(user: str) -> str:
    with refusing(UnknownUser(user=user)):
        return f"/users/{_segment(user)}"


@lru_cache(maxsize=1024)
def _segment(name: str) -> str:
    """Return a name as one segment of a path. Raises ValueError when it cannot be one."""
    if name.strip(". ") == "":
        raise ValueError("A path cannot hold an empty name.")
    return quote(name, safe="@:")


def _subscription(spec: SubscriptionSpec) -> LxmlElement:
    # Renewing without new contacts sends the list empty, an assumption of the reference.
    contacts = _element("contactsList")
    for contact in spec.contacts:
        etree.SubElement(contacts, "contact", contactURI=contact)
    return _element(
        "subscription",
        contacts,
        _element("subscriptionType", text="PRESENCE_NOTIFICATION"),
        _element("endPointID", text=str(spec.endpoint)),
    )


def _element(
    name: str, *children: LxmlElement, text: str | None = None, **attributes: str
) -> LxmlElement:
    element = etree.Element(name, attributes)
    element.text = text
    element.extend(children)
    return element


def _written(root: LxmlElement) -> bytes:
    # In ASCII, with character references for the rest: text/xml without a charset means ASCII.
    return etree.tostring(root)
