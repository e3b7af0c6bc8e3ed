"""Which issue tells of a node whose certificate is not trusted."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import Issue
from custom_components.cisco_unified_presence.pws import (
    CertificateChanged,
    Distrust,
    UntrustedCertificate,
)
from custom_components.cisco_unified_presence.trust.distrust import (
    async_clear_distrust,
    async_report_distrust,
)
from tests.common.entry import SECRET

DATA = {"host": "cup.example.com", "port": 8443, "security": "https", "webhook_id": SECRET}


def changed(address: str) -> CertificateChanged:
    return CertificateChanged("0aff", "0bff", address)


def raised(hass: HomeAssistant, distrust: Distrust) -> dict[str, dict[str, str] | None]:
    """Return the placeholders of the issues, by their kinds."""
    entry = MockConfigEntry(domain=DOMAIN, title="CUP", data=DATA)
    entry.add_to_hass(hass)
    async_report_distrust(hass, entry, distrust)
    issues = ir.async_get(hass).issues.values()
    return {
        each.issue_id.removesuffix(f"_{entry.entry_id}"): each.translation_placeholders
        for each in issues
    }


@pytest.mark.parametrize("address", ["cup.example.com:8443", "CUP.example.com:8443"])
async def test_another_certificate_of_the_configured_node_is_shown_beside_the_trusted_one(
    hass: HomeAssistant, address: str
) -> None:
    shown = {"title": "CUP", "address": address, "expected": "0A:FF", "found": "0B:FF"}
    assert raised(hass, changed(address)) == {Issue.CERTIFICATE_CHANGED: shown}


async def test_an_untrusted_certificate_of_the_configured_node_is_no_issue(
    hass: HomeAssistant,
) -> None:
    distrust = UntrustedCertificate("self-signed", "cup.example.com:8443")
    assert raised(hass, distrust) == {}


@pytest.mark.parametrize(
    "distrust",
    [
        UntrustedCertificate("self-signed", "cup2.example.com:8443"),
        UntrustedCertificate("self-signed", "cup.example.com:9443"),
        changed("cup2.example.com:8443"),
        changed("the server"),
    ],
    ids=str,
)
async def test_any_other_node_is_named(hass: HomeAssistant, distrust: Distrust) -> None:
    shown = {"title": "CUP", "address": distrust.address}
    assert raised(hass, distrust) == {Issue.NODE_NOT_TRUSTED: shown}


@pytest.mark.parametrize(
    ("address", "remains"), [("cup2.example.com:8443", False), ("cup3.example.com:8443", True)]
)
async def test_the_issue_ends_when_the_node_that_it_names_answers(
    hass: HomeAssistant, address: str, *, remains: bool
) -> None:
    entry = MockConfigEntry(domain=DOMAIN, title="CUP", data=DATA)
    entry.add_to_hass(hass)
    async_clear_distrust(hass, entry, address)
    async_report_distrust(hass, entry, changed("cup2.example.com:8443"))
    async_clear_distrust(hass, entry, address)
    assert bool(ir.async_get(hass).issues) is remains
