"""A client of the Presence Web Service. It knows nothing of Home Assistant.

This is the whole public interface; the modules behind it may change.
"""

from .account import Distrust
from .certificate import (
    Certificate,
    ShownCertificates,
    read_certificate,
    read_certificates,
)
from .client import PresenceClient
from .contact_uri import contact_key, without_scheme
from .contacts import (
    DEFAULT_CONFIGURATION_PORT,
    ConfigurationUnavailable,
    ContactGroup,
    ContactList,
    ContactService,
)
from .dialect import Session
from .errors import (
    AnswerLost,
    AnswerNotUnderstood,
    CannotConnect,
    CannotRemoveContacts,
    CertificateChanged,
    ConnectFailure,
    PresenceServiceError,
    Redirected,
    RedirectRefusal,
    RedirectRefused,
    UntrustedCertificate,
    may_have_been_done,
    one_line,
)
from .faults import (
    BadContact,
    EndpointRefused,
    InvalidCredentials,
    InvalidRequest,
    InvalidSession,
    LoggedInElsewhere,
    NoFreeEndpoint,
    NoFreeSubscription,
    NoSuchEndpoint,
    NoSuchSubscription,
    PresenceRefused,
    ServerFailed,
    ServerFault,
    SessionTakenOver,
    Throttled,
    UnknownApplicationUser,
    UnknownUser,
)
from .model import (
    DEFAULT_HTTP_PORT,
    DEFAULT_HTTPS_PORT,
    MAX_CONTACTS,
    MAX_EXPIRY,
    MIN_EXPIRY,
    ContactPresence,
    EndpointId,
    PinnedCertificate,
    PlainHttp,
    Security,
    Server,
    SubscriptionId,
    SystemTrust,
    TrustedAuthority,
    Unreadable,
)
from .negotiation import DialectMode
from .node_policy import NodePolicy
from .pidf_reader import read_pidf
from .pidf_writer import write_clear, write_pidf
from .presence import SETTABLE, Presence
from .rich import Activity, Device, Note, RichPresence
from .stored_session import OpenSession
from .traffic import Failure, Latency, Traffic
from .transport import make_ssl_context, open_session
from .turns import in_turns
from .wsdl import SoapVersion

__all__ = [
    "DEFAULT_CONFIGURATION_PORT",
    "DEFAULT_HTTPS_PORT",
    "DEFAULT_HTTP_PORT",
    "MAX_CONTACTS",
    "MAX_EXPIRY",
    "MIN_EXPIRY",
    "SETTABLE",
    "Activity",
    "AnswerLost",
    "AnswerNotUnderstood",
    "BadContact",
    "CannotConnect",
    "CannotRemoveContacts",
    "Certificate",
    "CertificateChanged",
    "ConfigurationUnavailable",
    "ConnectFailure",
    "ContactGroup",
    "ContactList",
    "ContactPresence",
    "ContactService",
    "Device",
    "DialectMode",
    "Distrust",
    "EndpointId",
    "EndpointRefused",
    "Failure",
    "InvalidCredentials",
    "InvalidRequest",
    "InvalidSession",
    "Latency",
    "LoggedInElsewhere",
    "NoFreeEndpoint",
    "NoFreeSubscription",
    "NoSuchEndpoint",
    "NoSuchSubscription",
    "NodePolicy",
    "Note",
    "OpenSession",
    "PinnedCertificate",
    "PlainHttp",
    "Presence",
    "PresenceClient",
    "PresenceRefused",
    "PresenceServiceError",
    "RedirectRefusal",
    "RedirectRefused",
    "Redirected",
    "RichPresence",
    "Security",
    "Server",
    "ServerFailed",
    "ServerFault",
    "Session",
    "SessionTakenOver",
    "ShownCertificates",
    "SoapVersion",
    "SubscriptionId",
    "SystemTrust",
    "Throttled",
    "Traffic",
    "TrustedAuthority",
    "UnknownApplicationUser",
    "UnknownUser",
    "Unreadable",
    "UntrustedCertificate",
    "contact_key",
    "in_turns",
    "make_ssl_context",
    "may_have_been_done",
    "one_line",
    "open_session",
    "read_certificate",
    "read_certificates",
    "read_pidf",
    "without_scheme",
    "write_clear",
    "write_pidf",
]
