"""Parses the requests of the Client Configuration Web Service, in the form of published clients."""

from dataclasses import dataclass, field

from lxml import etree

from . import fields, xml
from .errors import Code, PresenceServiceError

BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Login:
    """A login: `force`, `client-type` and `client-version` are attributes."""

    user: str
    password: str | None = field(repr=False)
    application_key: str = field(repr=False)
    force: bool

    @classmethod
    def read(cls, request: etree._Element) -> Login:
        """Parse a `login`. Codes: 100, 111, 112, 113."""
        user = xml.text(xml.child(request, "username"))
        password = xml.child(request, "password")
        key = xml.child(request, "app-session-id")
        force = BOOLEANS.get(request.get("force", "false"))
        if not user:
            raise PresenceServiceError(Code.UNKNOWN_USER)
        if (password is None) is (key is None) or force is None:
            raise PresenceServiceError(Code.BAD_LOGIN_TYPE)
        if password is not None and not password.text:
            raise PresenceServiceError(Code.EMPTY_PASSWORD)
        if key is not None and not xml.text(key):
            raise PresenceServiceError(Code.NO_SESSION_KEY)
        return cls(user, None if password is None else password.text, xml.text(key), force)


@dataclass(frozen=True, slots=True)
class GroupedContact:
    """A contact URI in a group of a contact list."""

    group: str
    contact: str


def contacts(request: etree._Element) -> list[GroupedContact]:
    """Return the contacts to add or to delete. Codes: 102, 124, 143, 146."""
    found = []
    for group in xml.children(request, "group"):
        name = group.get("name", "").strip()
        if not name:
            raise PresenceServiceError(Code.UNREADABLE_XML)
        for persona in xml.children(group, "persona-id"):
            user, domain = xml.text(persona), persona.get("domain", "").strip()
            (contact,) = fields.listed_contacts([f"{user}@{domain}" if user or domain else ""])
            found.append(GroupedContact(name, contact))
    if not found:
        raise PresenceServiceError(Code.NO_CONTACTS)
    return found
