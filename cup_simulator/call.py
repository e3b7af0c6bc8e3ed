"""A request and an answer, as the dialects use them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import re

from lxml import etree

from . import fields, xml

_CHARSET = re.compile(r';\s*charset\s*=\s*"?([\w.:+-]+)', re.ASCII | re.IGNORECASE)

XML_CONTENT = "text/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Call:
    """A request.

    `path` is still percent-encoded, without the `query`. `headers` ignore case. `scheme` is http or
    https, `authority` the host and port as the client spelled them.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    scheme: str
    authority: str

    @property
    def host(self) -> str:
        """The host of the authority without the port; an IPv6 literal stays in brackets."""
        if self.authority.startswith("["):
            return self.authority.partition("]")[0] + "]"
        return self.authority.partition(":")[0]

    @property
    def key(self) -> str:
        """The session key, empty if absent."""
        return self.headers.get("Presence-Session-Key", "").strip()

    @property
    def expiry(self) -> int | None:
        """The expiry in seconds, None if absent. Codes: 131."""
        return fields.seconds(self._header("Presence-Expiry"))

    @property
    def override(self) -> bool:
        """Whether to override. Codes: 125."""
        return fields.override(self._header("Presence-Override"))

    def _header(self, name: str) -> str | None:
        value = self.headers.get(name)
        return None if value is None else value.strip()

    def document(self, root: str) -> etree._Element:
        """Return the root of the body, which must have this name. Codes: 102, 103."""
        return xml.read_root(self.body, root, self.encoding)

    @property
    def encoding(self) -> str | None:
        """The charset of the content type, None if absent."""
        said = _CHARSET.search(self.headers.get("Content-Type", ""))
        return None if said is None else said[1]

    @property
    def is_empty(self) -> bool:
        return not self.body.strip()


@dataclass(frozen=True, slots=True)
class Answer:
    """The response to a request."""

    status: int
    body: bytes = field(default=b"", repr=False)
    content_type: str = XML_CONTENT
    headers: Mapping[str, str] = field(default_factory=dict)
