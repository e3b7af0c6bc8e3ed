"""Which certificates and nodes are trusted."""

from .certificate_text import (
    certificate_placeholders,
    fingerprint_text,
    fingerprints_text,
    two_certificates_placeholders,
)
from .distrust import async_report_distrust
from .nodes import KnownNodes, NodeStore, node_policy
from .pins import (
    contact_service_pins,
    contact_service_security,
    has_known,
    host_and_port,
    pins_to_trust,
    security_at,
    server_in,
    trusted_at,
    with_contact_service_pin,
    with_pin,
    with_pins,
    without_pins,
)

__all__ = [
    "KnownNodes",
    "NodeStore",
    "async_report_distrust",
    "certificate_placeholders",
    "contact_service_pins",
    "contact_service_security",
    "fingerprint_text",
    "fingerprints_text",
    "has_known",
    "host_and_port",
    "node_policy",
    "pins_to_trust",
    "security_at",
    "server_in",
    "trusted_at",
    "two_certificates_placeholders",
    "with_contact_service_pin",
    "with_pin",
    "with_pins",
    "without_pins",
]
