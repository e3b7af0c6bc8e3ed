"""What is told of a node whose certificate is not trusted, and trusting it."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..issues import Issue, async_raise_issue
from ..pws import CertificateChanged, Distrust
from .certificate_text import fingerprint_text
from .pins import host_and_port, server_in, with_pin


@callback
def async_tell_of_distrust(hass: HomeAssistant, entry: ConfigEntry, distrust: Distrust) -> None:
    """Raise the issue that says at which node the certificate is in the way."""
    if distrust.address.casefold() != server_in(entry.data).address.casefold():
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


def trusting(entry: ConfigEntry, address: str, sha256: str) -> dict[str, Any]:
    """Return the data of an entry with a certificate trusted at a node."""
    return with_pin(entry.data, *host_and_port(address), sha256)
