"""Which certificates are asked about while a server is changed, and that they stay trusted."""

from dataclasses import replace
from unittest.mock import AsyncMock

from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import (
    CONF_FINGERPRINTS,
    CONF_PRESENCE_DOMAIN,
    CONF_SECURITY,
    CONF_WATCHER,
    SecurityMode,
)
from custom_components.cisco_unified_presence.flows import certificate_steps, server
from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    CertificateChanged,
    ConnectFailure,
    Distrust,
    UntrustedCertificate,
)
from custom_components.cisco_unified_presence.trust import fingerprint_text
from tests.common.flows import Walk, server_form
from tests.common.server import Cup
from tests.trust.test_pins import sha256_in

HTTPS = SecurityMode.HTTPS
WATCHER = {CONF_WATCHER: "watcher", CONF_PRESENCE_DOMAIN: "example.com"}


@pytest.fixture(autouse=True)
def _handshakes_may_fail(hass: HomeAssistant) -> None:
    """Let the simulator, which shares our loop, see a client turn away from its certificate."""
    hass.loop.set_debug(False)


async def reconfigure(hass: HomeAssistant, entry: MockConfigEntry) -> Walk:
    return Walk.going_on(hass, await entry.start_reconfigure_flow(hass))


async def test_trust_stays_when_the_password_was_wrong(
    hass: HomeAssistant, cup: Cup, entry: MockConfigEntry
) -> None:
    walk = await reconfigure(hass, entry)
    wrong = server_form(cup, HTTPS, password="wrong")
    await walk.fill_in("reconfigure", **wrong)
    await walk.fill_in("certificate")
    assert (walk.step, walk.error) == ("reconfigure", "invalid_credentials")
    assert walk.suggested == wrong
    await walk.fill_in("reconfigure", **server_form(cup, HTTPS))
    assert walk.step == "watcher"
    walk.abandon()


async def test_the_other_certificate_of_a_node_is_trusted_beside_the_first(
    hass: HomeAssistant, cup: Cup, entry: MockConfigEntry, web_server: str
) -> None:
    port = cup.simulator.ports.https
    address = f"127.0.0.1:{port}"
    rsa, ecdsa = (sha256_in(cup.simulator.tls_dir, name) for name in ("cup", "cup-ECDSA"))
    pins = {CONF_SECURITY: "https", CONF_PORT: port, CONF_FINGERPRINTS: {address: rsa}}
    hass.config_entries.async_update_entry(entry, data={**entry.data, **pins})
    node = cup.simulator.deployment.first
    node.tls = replace(node.tls, shows=("cup-ECDSA", "cup"))
    await cup.simulator.apply_faults()

    walk = await reconfigure(hass, entry)
    await walk.fill_in("reconfigure", **server_form(cup, HTTPS))
    assert walk.step == "two_certificates"
    for each in (rsa, ecdsa):
        assert f"`{fingerprint_text(each)}`" in walk.sentence
    await walk.fill_in("two_certificates")
    await walk.fill_in("watcher", **WATCHER)
    assert walk.aborted == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.data[CONF_FINGERPRINTS] == {address: [ecdsa, rsa]}
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize(
    "error", [UntrustedCertificate("self-signed", "two:1"), CertificateChanged("aa", "bb", "two:1")]
)
async def test_a_certificate_of_the_watcher_s_node_is_asked_about(
    hass: HomeAssistant,
    cup: Cup,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    error: Distrust,
) -> None:
    asked: list[object] = []

    async def question(distrust: Distrust, _trusted: tuple[str, ...]) -> None:
        asked.append(distrust)
        raise CannotConnect(ConnectFailure.REFUSED, "two:1")

    monkeypatch.setattr(server, "async_check_watcher", AsyncMock(side_effect=error))
    monkeypatch.setattr(certificate_steps, "async_question", question)
    walk = await reconfigure(hass, entry)
    await walk.fill_in("reconfigure", **server_form(cup, SecurityMode.HTTP))
    await walk.fill_in("watcher", **WATCHER)
    assert asked == [error]
    assert (walk.step, walk.error) == ("reconfigure", "cannot_connect_refused")
