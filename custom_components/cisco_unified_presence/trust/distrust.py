"""The issue of a node whose certificate is not trusted."""

from dataclasses import replace

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..issues import Issue, async_clear_issues, async_placeholders, async_raise_issue
from ..pws import CertificateChanged, Distrust
from .certificate_text import fingerprint_text
from .pins import host_and_port, server_in


@callback
def async_report_distrust(hass: HomeAssistant, entry: ConfigEntry, distrust: Distrust) -> None:
    """Raise the issue that names the node.

    An untrusted certificate of the configured node is no issue: set-up fails and says so.
    """
    if not _is_configured(entry, distrust):
        async_raise_issue(hass, entry, Issue.NODE_NOT_TRUSTED, address=distrust.address)
    elif isinstance(distrust, CertificateChanged):
        async_raise_issue(
            hass,
            entry,
            Issue.CERTIFICATE_CHANGED,
            address=distrust.address,
            expected=fingerprint_text(distrust.expected),
            found=fingerprint_text(distrust.found),
        )


@callback
def async_clear_distrust(hass: HomeAssistant, entry: ConfigEntry, address: str) -> None:
    """Clear the issue that names a node, once the node shows a trusted certificate again."""
    if async_placeholders(hass, entry, Issue.NODE_NOT_TRUSTED).get("address") == address:
        async_clear_issues(hass, entry, Issue.NODE_NOT_TRUSTED)


def _is_configured(entry: ConfigEntry, distrust: Distrust) -> bool:
    configured = server_in(entry.data)
    try:
        host, port = host_and_port(distrust.address)
    except ValueError:
        return False
    return replace(configured, host=host, port=port).ascii_address == configured.ascii_address
