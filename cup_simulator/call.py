"""A request and an answer, as a dialect sees them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import re

from lxml import etree

from . import fields, xml

_CHARSET = re.compile(r';\s*charset\s*=\s*"?([\w.:+-]+)', re.ASCII | re.IGNORECASE)

XML_CONTENT = "text/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Call:
    """A request of the dialect.

    `path` is as it came, still percent-encoded and without its `query`. `headers` are
    looked up without regard to case. `scheme` is http or https, `authority` the host and
    port that were asked, as they were spelled.
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
        """The host that was asked, without its port, an IPv6 literal in brackets."""
        if self.authority.startswith("["):
            return self.authority.partition("]")[0] + "]"
        return self.authority.partition(":")[0]

    @property
    def key(self) -> str:
        """The session key, empty when there is none."""
        return self.headers.get("Presence-Session-Key", "").strip()

    @property
    def expiry(self) -> int | None:
        """Seconds; None when not said.

        Raises:
            PresenceServiceError: 131, it is not a number.
        """
        return fields.seconds(self._header("Presence-Expiry"))

    @property
    def override(self) -> bool:
        """Whether to override.

        Raises:
            PresenceServiceError: 125, it is neither true nor false.
        """
        return fields.override(self._header("Presence-Override"))

    def _header(self, name: str) -> str | None:
        value = self.headers.get(name)
        return None if value is None else value.strip()

    def document(self, root: str) -> etree._Element:
        """Return the root of the body, which must have this name.

        Raises:
            PresenceServiceError: 102 or 103.
        """
        return xml.read_root(self.body, root, self.encoding)

    @property
    def encoding(self) -> str | None:
        """The encoding that the content type gives the body, None when it says none."""
        said = _CHARSET.search(self.headers.get("Content-Type", ""))
        return None if said is None else said[1]

    @property
    def is_empty(self) -> bool:
        """Whether there is no body."""
        return not self.body.strip()


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes = field(default=b"", repr=False)
    content_type: str = XML_CONTENT
    headers: Mapping[str, str] = field(default_factory=dict)
