"""Parses requests of the REST dialect: paths and bodies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from lxml import etree

from . import fields, xml
from .call import Answer, Call
from .errors import Code, PresenceServiceError
from .model import PresenceKind

ROOT = "/presence-service"
GAP = "{}"

type Operation = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path with gaps; `operation` is called with the request and the gaps' texts."""

    method: str
    path: str
    operation: Operation

    def arguments(self, segments: Sequence[str]) -> list[str] | None:
        """Return the texts in the gaps, None if the path does not match."""
        expected = self.path.split("/")
        if len(segments) != len(expected):
            return None
        pairs = list(zip(expected, segments, strict=True))
        if any(part not in (GAP, segment) for part, segment in pairs):
            return None
        return [segment for part, segment in pairs if part == GAP]


def readings(path: str) -> list[list[str]]:
    """Return the decoded segments of a path below the service's root, none for other paths.

    A trailing slash has two readings: an empty name follows, or it means nothing.
    """
    if not path.startswith(f"{ROOT}/"):
        return []
    segments = [unquote(segment) for segment in path.removeprefix(f"{ROOT}/").split("/")]
    return [segments] if segments[-1] else [segments, segments[:-1]]


def presence_kind(text: str) -> PresenceKind:
    """Codes: 110."""
    if text not in PresenceKind:
        raise PresenceServiceError(Code.BAD_PRESENCE_TYPE)
    return PresenceKind(text)


@dataclass(frozen=True, slots=True)
class RequestedEndpoint:
    """The unchecked URL of an endpoint request, empty if absent, and its expiry in seconds."""

    url: str = field(default="", repr=False)
    expiry: int | None = None

    @classmethod
    def read(cls, call: Call) -> RequestedEndpoint:
        """Parse an `endpoint`. Codes: 102, 103, 131."""
        root = call.document("endpoint")
        return cls(xml.text(xml.child(root, "url")), _expiry(call, root))


@dataclass(frozen=True, slots=True)
class RequestedSubscription:
    """The unchecked body of a subscribe request, absent fields are empty; the expiry in seconds."""

    type: str = ""
    endpoint: str = ""
    contacts: tuple[str, ...] = ()
    expiry: int | None = None

    @classmethod
    def read(cls, call: Call) -> RequestedSubscription:
        """Parse a `subscription`. Codes: 102, 103, 131."""
        root = call.document("subscription")
        return cls(
            expiry=_expiry(call, root),
            type=xml.text(xml.child(root, "subscriptionType")),
            endpoint=xml.text(xml.child(root, "endPointID")),
            contacts=tuple(
                contact.get("contactURI", "").strip()
                for listed in xml.children(root, "contactsList")
                for contact in xml.children(listed, "contact")
            ),
        )


def _expiry(call: Call, root: etree._Element) -> int | None:
    """Return the expiry in the header, else that in the body, None without. Codes: 131."""
    if call.expiry is not None:
        return call.expiry
    said = xml.child(root, "expiration")
    return None if said is None else fields.seconds(xml.text(said))
