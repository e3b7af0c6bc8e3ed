"""Which certificates and nodes are trusted."""

from .certificate_question import (
    CERTIFICATE,
    CERTIFICATE_CHANGED,
    TWO_CERTIFICATES,
    CertificateQuestion,
    async_question,
    async_question_of_change,
)
from .certificate_text import (
    certificate_placeholders,
    fingerprint_text,
)
from .entry_client import client_of_entry
from .nodes import KnownNodes, NodeStore, node_policy
from .pins import (
    contact_service_pins,
    contact_service_security,
    host_and_port,
    security_at,
    server_in,
    trusted_at,
    with_contact_service_pin,
    with_pin,
    with_pins,
    without_pins,
)

__all__ = [
    "CERTIFICATE",
    "CERTIFICATE_CHANGED",
    "TWO_CERTIFICATES",
    "CertificateQuestion",
    "KnownNodes",
    "NodeStore",
    "async_question",
    "async_question_of_change",
    "certificate_placeholders",
    "client_of_entry",
    "contact_service_pins",
    "contact_service_security",
    "fingerprint_text",
    "host_and_port",
    "node_policy",
    "security_at",
    "server_in",
    "trusted_at",
    "with_contact_service_pin",
    "with_pin",
    "with_pins",
    "without_pins",
]
