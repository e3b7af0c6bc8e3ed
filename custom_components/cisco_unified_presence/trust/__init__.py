"""Which certificates and nodes are trusted."""

from .certificate_text import certificate_placeholders, fingerprint_text
from .distrust import async_report_distrust
from .nodes import BackupStore, node_policy
from .pins import (
    host_and_port,
    security_at,
    server_in,
    with_pin,
    with_pins,
    without_pins,
)

__all__ = [
    "BackupStore",
    "async_report_distrust",
    "certificate_placeholders",
    "fingerprint_text",
    "host_and_port",
    "node_policy",
    "security_at",
    "server_in",
    "with_pin",
    "with_pins",
    "without_pins",
]
