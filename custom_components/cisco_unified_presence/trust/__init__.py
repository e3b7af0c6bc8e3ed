"""Which certificates and nodes are trusted."""

from .certificate_text import certificate_placeholders, fingerprint_text
from .distrust import async_report_distrust
from .nodes import BackupStore, node_policy
from .pins import (
    contact_service_security,
    host_and_port,
    security_at,
    server_in,
    with_contact_service_pin,
    with_pin,
    with_pins,
    without_pins,
)

__all__ = [
    "BackupStore",
    "async_report_distrust",
    "certificate_placeholders",
    "contact_service_security",
    "fingerprint_text",
    "host_and_port",
    "node_policy",
    "security_at",
    "server_in",
    "with_contact_service_pin",
    "with_pin",
    "with_pins",
    "without_pins",
]
