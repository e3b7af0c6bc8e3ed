"""The values that the Presence Web Service client takes and gives."""

from dataclasses import dataclass, field
import re
from typing import Final, Self, override

from yarl import URL

from .presence import Presence
from .rich import RichPresence

DEFAULT_HTTPS_PORT: Final = 8083
DEFAULT_HTTP_PORT: Final = 8082

# Every path of the presence service is below it. Reference: "Addresses".
SERVICE_PATH: Final = "/presence-service"

# Seconds; endpoint, subscription and presence alike. Reference: rule 6.
MIN_EXPIRY: Final = 3600
MAX_EXPIRY: Final = 86400

# Reference: rule 17.
MAX_CONTACTS: Final = 5000

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST_PORT: Final = 65535


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why what a server says of one contact could not be read, and the beginning of it."""

    detail: str
    sample: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ContactPresence:
    """What a server says of one contact.

    Attributes:
        contact: The contact URI as the server spelled it, without a scheme.
        presence: The word; UNKNOWN when it could not be read.
        rich: None when basic presence was asked for, or when the server has no document.
        unreadable: Why it, or the document that was asked for first, could not be read.
    """

    contact: str
    presence: Presence
    rich: RichPresence | None = None
    unreadable: Unreadable | None = None


class _NumberAtNode(int):
    """A number that is valid at one node only; ``node`` is that node's ``host:port``.

    It compares and is stored as the bare number, which means the node that serves at the moment.
    """

    node: str

    def __new__(cls, number: int, node: str) -> Self:
        self = super().__new__(cls, number)
        self.node = node
        return self

    @override
    def __reduce__(self) -> tuple[type[Self], tuple[int, str]]:
        return type(self), (int(self), self.node)


class EndpointId(_NumberAtNode):
    """The id of an endpoint. Reference: rule 18."""


class SubscriptionId(_NumberAtNode):
    """The id of a subscription. Reference: rule 18."""


@dataclass(frozen=True, slots=True)
class PlainHttp:
    """No TLS: passwords and session keys can be read on the way."""


@dataclass(frozen=True, slots=True)
class SystemTrust:
    """TLS with a certificate that the system's authorities vouch for."""


@dataclass(frozen=True, slots=True)
class PinnedCertificate:
    """TLS with exactly one certificate, or one of ``others``, whatever they contain.

    A node has two, an RSA and an ECDSA one, and shows one or the other by what is negotiated
    (reference: "Addresses"). ``sha256`` and ``others`` are fingerprints in hexadecimal; capitals
    and colons are accepted and dropped. Raises ValueError.
    """

    sha256: str
    others: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        first, *others = map(_canonical, (self.sha256, *self.others))
        object.__setattr__(self, "sha256", first)
        object.__setattr__(self, "others", tuple(dict.fromkeys(o for o in others if o != first)))

    @property
    def fingerprints(self) -> tuple[str, ...]:
        return (self.sha256, *self.others)


def _canonical(sha256: str) -> str:
    canonical = sha256.replace(":", "").strip().lower()
    if _SHA256.fullmatch(canonical) is None:
        raise ValueError("A SHA-256 fingerprint has 64 hexadecimal digits.")
    return canonical


@dataclass(frozen=True, slots=True)
class TrustedAuthority:
    """TLS with a certificate of this authority, or this very certificate; the host name is checked.

    ``pem`` holds one or more certificates.
    """

    pem: str


type Security = PlainHttp | SystemTrust | PinnedCertificate | TrustedAuthority


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The address of a node, and how it is trusted. Raises ValueError for a port not in 1..65535.

    ``host`` is a name, an IPv4 or an IPv6 literal, the last with or without brackets.
    """

    host: str
    port: int
    security: Security

    def __post_init__(self) -> None:
        if not 1 <= self.port <= _LONGEST_PORT:
            raise ValueError(f"A port lies between 1 and {_LONGEST_PORT}, {self.port} does not.")

    @property
    def bare_host(self) -> str:
        """The host without the brackets of an IPv6 literal."""
        return self.host.strip().removeprefix("[").removesuffix("]")

    @property
    def ascii_host(self) -> str:
        """The host in the form in which it is resolved and connected to: labels in ASCII."""
        try:
            return URL.build(scheme="https", host=self.bare_host).raw_host or ""
        except ValueError:
            return self.bare_host.lower()

    @property
    def address(self) -> str:
        """``host:port``, as people write it."""
        return self._with_port(self.bare_host)

    @property
    def ascii_address(self) -> str:
        """``host:port``, the same for all spellings of one host and for no other host."""
        return self._with_port(self.ascii_host)

    def _with_port(self, host: str) -> str:
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"

    @property
    def is_secure(self) -> bool:
        return not isinstance(self.security, PlainHttp)

    @property
    def base_url(self) -> str:
        """The base URL of the presence service. Raises ValueError when the host is none."""
        return self.url_of(SERVICE_PATH)

    def url_of(self, path: str) -> str:
        """Return the URL of a path at this server. Raises ValueError when the host is none."""
        scheme = "https" if self.is_secure else "http"
        return str(URL.build(scheme=scheme, host=self.bare_host, port=self.port, path=path))
