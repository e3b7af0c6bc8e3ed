"""Which certificates and nodes are trusted."""

from .account_client import client_in
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
from .distrust import async_clear_distrust, async_report_distrust
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
    "async_clear_distrust",
    "async_question",
    "async_question_of_change",
    "async_report_distrust",
    "certificate_placeholders",
    "client_in",
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
