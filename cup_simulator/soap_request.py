"""Parses the requests of the SOAP dialect.

Fields are checked one by one, so that a mistake gets the same code as in REST; the schema is
checked last. Reference: "SOAP" and "Error codes".
"""

from dataclasses import dataclass, field

from lxml import etree

from . import fields, xml
from .errors import Code, PresenceServiceError
from .model import SUBSCRIPTION_TYPE, PresenceKind

_PRESENCE_TYPES = {"BASIC_PRESENCE": PresenceKind.BASIC, "RICH_PRESENCE": PresenceKind.RICH}
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Login:
    """A login: an application user's password, or an end user with the application's key."""

    user: str
    password: str | None = field(repr=False)
    application_key: str = field(repr=False)
    force: bool

    @classmethod
    def read(cls, request: etree._Element) -> Login:
        """Parse a `login`. Codes: 100, 111, 112, 113."""
        user = xml.text(xml.child(request, "username"))
        password = xml.child(request, "password")
        application = xml.child(request, "app-session-id")
        if not user:
            raise PresenceServiceError(Code.UNKNOWN_USER)
        if (password is None) is (application is None):
            raise PresenceServiceError(Code.BAD_LOGIN_TYPE)
        if password is not None and not password.text:
            raise PresenceServiceError(Code.EMPTY_PASSWORD)
        key = xml.text(application)
        if application is not None and not key:
            raise PresenceServiceError(Code.NO_SESSION_KEY)
        return cls(
            user,
            None if password is None else password.text,
            key,
            _boolean(request, "force", Code.BAD_LOGIN_TYPE),
        )


@dataclass(frozen=True, slots=True)
class Registration:
    """An endpoint to register, or to renew if it has an id other than 0."""

    url: str = field(repr=False)
    endpoint: int | None
    expiry: int

    @classmethod
    def read(cls, request: etree._Element) -> Registration:
        """Parse a `registerEndPoint`. Codes: 123, 130, 131, 132, 142."""
        url = xml.text(xml.child(request, "url"))
        said = xml.text(xml.child(request, "endPointID"))
        endpoint = None if said in {"", "0"} else endpoint_id(request)
        if url and endpoint is not None:
            raise PresenceServiceError(Code.URL_WHEN_RENEWING)
        return cls(
            fields.callback_url(url) if endpoint is None else "",
            endpoint,
            fields.expiry(_seconds(request)),
        )


@dataclass(frozen=True, slots=True)
class Subscribing:
    """A subscription to create, or to change if it has an id; None if not stated."""

    subscription: int | None
    endpoint: int | None
    expiry: int | None
    contacts: tuple[str, ...]

    @classmethod
    def read(cls, request: etree._Element) -> Subscribing:
        """Parse a `subscribe`. Codes: 124, 131, 132, 133, 134, 143, 145, 146."""
        subscription = _subscription_or_none(request)
        kind = xml.text(xml.child(request, "subscriptionType"))
        if kind != SUBSCRIPTION_TYPE and (kind or subscription is None):
            raise PresenceServiceError(Code.BAD_SUBSCRIPTION_TYPE)
        contacts = _contacts(request)
        expiry = _seconds(request)
        if not contacts and subscription is None:
            raise PresenceServiceError(Code.NO_CONTACTS)
        if not contacts and not expiry:
            raise PresenceServiceError(Code.NEITHER_EXPIRY_NOR_CONTACTS)
        if expiry or subscription is None:
            expiry = fields.expiry(expiry)
        has_endpoint = xml.child(request, "endPointID") is not None
        endpoint = endpoint_id(request) if has_endpoint or subscription is None else None
        return cls(subscription, endpoint, expiry, contacts)


@dataclass(frozen=True, slots=True)
class Unsubscribing:
    """Contacts to remove; none means the whole subscription."""

    subscription: int
    contacts: tuple[str, ...]

    @classmethod
    def read(cls, request: etree._Element) -> Unsubscribing:
        """Parse an `unsubscribe`. Codes: 102, 124, 133, 143, 146."""
        wanted = xml.child(request, "unsubscribeRequest")
        if wanted is None:
            raise PresenceServiceError(Code.UNREADABLE_XML)
        subscription = subscription_id(wanted)
        contacts = _contacts(wanted)
        if _boolean(wanted, "unsubscribeAll", Code.UNREADABLE_XML):
            return cls(subscription, ())
        if not contacts:
            raise PresenceServiceError(Code.NO_CONTACTS)
        return cls(subscription, contacts)


@dataclass(frozen=True, slots=True)
class Setting:
    """A presence to set: a word, or a PIDF document as text."""

    kind: PresenceKind
    content: str
    override: bool
    expiry: int

    @classmethod
    def read(cls, request: etree._Element) -> Setting:
        """Parse a `setPresence`. Codes: 110, 115, 120, 125, 131."""
        kind = presence_kind(request)
        info = xml.child(request, "presenceInfo")
        name = "basicPresence" if kind is PresenceKind.BASIC else "richPresence"
        content = "" if info is None else xml.text(xml.child(info, name))
        if info is None or not content:
            raise PresenceServiceError(Code.NO_PRESENCE)
        if kind is PresenceKind.BASIC:
            fields.presence_word(content)
        if xml.child(info, "override") is None:
            raise PresenceServiceError(Code.BAD_OVERRIDE)
        override = _boolean(info, "override", Code.BAD_OVERRIDE)
        return cls(kind, content, override, fields.expiry(_seconds(request)))


def endpoint_id(request: etree._Element) -> int:
    """Codes: 132."""
    found = fields.identifier(xml.text(xml.child(request, "endPointID")))
    if not found:
        raise PresenceServiceError(Code.NO_SUCH_ENDPOINT)
    return found


def subscription_id(request: etree._Element) -> int:
    """Codes: 133."""
    found = fields.identifier(xml.text(xml.child(request, "subscriptionID")))
    if not found:
        raise PresenceServiceError(Code.NO_SUCH_SUBSCRIPTION)
    return found


def presence_kind(request: etree._Element) -> PresenceKind:
    """Codes: 110."""
    kind = _PRESENCE_TYPES.get(xml.text(xml.child(request, "presenceType")))
    if kind is None:
        raise PresenceServiceError(Code.BAD_PRESENCE_TYPE)
    return kind


def polled_contacts(request: etree._Element) -> tuple[str, ...]:
    """Codes: 124, 143, 146."""
    contacts = _contacts(request)
    if not contacts:
        raise PresenceServiceError(Code.NO_CONTACTS)
    return contacts


def _subscription_or_none(request: etree._Element) -> int | None:
    """Return the number of a subscription; 0 and absent are None."""
    said = xml.child(request, "subscriptionID")
    if said is None or xml.text(said) == "0":
        return None
    return subscription_id(request)


def _contacts(request: etree._Element) -> tuple[str, ...]:
    listed = xml.child(request, "contactsList")
    if listed is None:
        return ()
    found = tuple(
        contact.get("contactURI", "").strip() for contact in xml.children(listed, "contact")
    )
    return tuple(fields.listed_contacts(found))


def _seconds(request: etree._Element) -> int | None:
    said = xml.child(request, "expiration")
    return None if said is None else fields.seconds(xml.text(said))


def _boolean(request: etree._Element, name: str, code: Code) -> bool:
    """Parse a flag; absent is False, anything invalid raises `code`."""
    said = xml.child(request, name)
    if said is None:
        return False
    if xml.text(said) not in _BOOLEANS:
        raise PresenceServiceError(code)
    return _BOOLEANS[xml.text(said)]
