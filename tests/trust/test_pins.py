"""Pins: which certificate is trusted at which node, how they are stored, and how they are made."""

from dataclasses import replace
from datetime import UTC, datetime
import hashlib
from pathlib import Path
import ssl
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.certificate import server_context
from cup_simulator.configuration import Configuration, ConfiguredNode
from cup_simulator.deployment import NodeState
from cup_simulator.server import LOOPBACK
from custom_components.cisco_unified_presence.const import (
    CONF_CONTACT_SERVICE_FINGERPRINTS,
    CONF_FINGERPRINT,
    CONF_FINGERPRINTS,
    CONF_SECURITY,
    DOMAIN,
    MINOR_VERSION,
    SecurityMode,
)
from custom_components.cisco_unified_presence.issues import Issue
from custom_components.cisco_unified_presence.pws import (
    Certificate,
    CertificateChanged,
    PinnedCertificate,
    PlainHttp,
    ShownCertificates,
    SystemTrust,
)
from custom_components.cisco_unified_presence.trust.certificate_text import fingerprint_text
from custom_components.cisco_unified_presence.trust.pins import (
    contact_service_pins,
    contact_service_security,
    host_and_port,
    pins_at,
    pins_to_trust,
    security_at,
    server_in,
    trusted_at,
    with_contact_service_pin,
    with_pin,
    with_pins,
    without_pins,
)
from tests.common.flows import Walk, server_form
from tests.common.live_channel import issue_of
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import settled, until

ONE, OTHER, THIRD = "11" * 32, "22" * 32, "33" * 32
NAMED: dict[str, Any] = {"host": "cup.example.com", "port": 8083, "security": "https"}


# The values


def test_data_from_before_there_were_pins_are_read() -> None:
    old = {**NAMED, CONF_FINGERPRINT: ONE}
    assert pins_at(old, "CUP.example.com", 8083) == (ONE,)
    assert pins_at(old, "cup.example.com", 8443) == ()
    assert pins_at(old, "other.example.com", 8083) == ()


def test_pins_take_the_place_of_a_single_fingerprint() -> None:
    old = {**NAMED, CONF_FINGERPRINT: ONE}
    new = with_pins(old)
    assert new == {**NAMED, CONF_FINGERPRINTS: {"cup.example.com:8083": ONE}}
    assert with_pins(new) == new
    assert with_pins(NAMED) == {**NAMED, CONF_FINGERPRINTS: {}}
    assert without_pins(old) == without_pins(new) == NAMED


def test_a_pin_belongs_to_one_node() -> None:
    data = with_pin({**NAMED, CONF_FINGERPRINT: ONE}, "[2001:DB8::1]", 8083, OTHER)
    assert data[CONF_FINGERPRINTS] == {"cup.example.com:8083": ONE, "[2001:db8::1]:8083": OTHER}
    assert pins_at(data, "2001:db8::1", 8083) == (OTHER,)
    assert security_at(data, "2001:db8::1", 8083) == PinnedCertificate(OTHER)
    assert with_pin(data, "cup.example.com", 8083, OTHER)[CONF_FINGERPRINTS] == dict.fromkeys(
        data[CONF_FINGERPRINTS], OTHER
    )


def test_a_node_without_a_pin_is_trusted_as_far_as_the_named_one() -> None:
    pinned = with_pin(NAMED, "cup.example.com", 8083, ONE)
    assert security_at(pinned, "other.example.com", 8083) == PinnedCertificate(ONE)
    assert security_at(NAMED, "other.example.com", 8083) == SystemTrust()
    plain = {**pinned, CONF_SECURITY: SecurityMode.HTTP.value}
    assert security_at(plain, "cup.example.com", 8083) == PlainHttp()
    assert server_in(pinned).security == PinnedCertificate(ONE)


def test_a_node_may_have_two_pins() -> None:
    data = with_pin(NAMED, "cup.example.com", 8083, ONE, OTHER)
    assert data[CONF_FINGERPRINTS] == {"cup.example.com:8083": [ONE, OTHER]}
    assert server_in(data).security == PinnedCertificate(ONE, (OTHER,))
    assert trusted_at(data, "other.example.com", 8083) == (ONE, OTHER)
    assert trusted_at(NAMED, "cup.example.com", 8083) == ()


def shown_certificates(*sha256: str, is_complete: bool = True) -> ShownCertificates:
    now = datetime.now(UTC)
    return ShownCertificates(
        tuple(Certificate("CN=cup", "CN=cup", now, now, each, self_signed=True) for each in sha256),
        is_complete,
    )


@pytest.mark.parametrize(
    ("shown", "trusted", "expected"),
    [
        (shown_certificates(ONE), (), (ONE,)),
        (shown_certificates(ONE, OTHER), (), (ONE,)),
        (shown_certificates(ONE, OTHER), (OTHER,), (ONE, OTHER)),
        (shown_certificates(ONE, OTHER, THIRD), (OTHER,), (ONE, OTHER)),
        (shown_certificates(ONE), (OTHER,), (ONE,)),
        (shown_certificates(ONE, is_complete=False), (OTHER,), (ONE, OTHER)),
        (shown_certificates(ONE, is_complete=False), (OTHER, THIRD), (ONE, OTHER)),
    ],
)
def test_what_is_trusted_when_the_user_agrees(
    shown: ShownCertificates, trusted: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert pins_to_trust(shown, trusted) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [("cup:8083", ("cup", 8083)), ("[2001:db8::1]:443", ("2001:db8::1", 443))],
)
def test_address_of_a_node_is_read(address: str, expected: tuple[str, int]) -> None:
    assert host_and_port(address) == expected


def test_a_contact_service_has_pins_of_its_own() -> None:
    pinned = with_pin(NAMED, "cup.example.com", 8083, OTHER)
    assert contact_service_security(pinned, "cup.example.com", 8083) == SystemTrust()
    once = with_contact_service_pin(pinned, "CUP.example.com", 8083, ONE)
    data = with_contact_service_pin(once, "other.example.com", 443, ONE, OTHER)
    assert data == {
        **pinned,
        CONF_CONTACT_SERVICE_FINGERPRINTS: {
            "cup.example.com:8083": ONE,
            "other.example.com:443": [ONE, OTHER],
        },
    }
    assert contact_service_pins(data, "cup.example.com", 8083) == (ONE,)
    assert contact_service_pins(data, "cup.example.com", 443) == ()
    assert contact_service_pins(NAMED, "cup.example.com", 8083) == ()
    both = PinnedCertificate(ONE, (OTHER,))
    assert contact_service_security(data, "other.example.com", 443) == both
    assert security_at(data, "other.example.com", 443) == PinnedCertificate(OTHER)
    assert without_pins(data) == NAMED


def test_pins_of_a_node_count_before_an_earlier_fingerprint() -> None:
    data = {
        **NAMED,
        CONF_FINGERPRINT: ONE,
        CONF_FINGERPRINTS: {"cup.example.com:8083": OTHER},
    }
    assert pins_at(data, "cup.example.com", 8083) == (OTHER,)
    assert with_pins(data) == {**NAMED, CONF_FINGERPRINTS: {"cup.example.com:8083": OTHER}}
    assert pins_at({CONF_FINGERPRINT: ONE}, "cup.example.com", 8083) == ()


# Entries of before


async def test_an_entry_of_before_is_migrated(
    hass: HomeAssistant, entry: MockConfigEntry, cup: Cup, web_server: str
) -> None:
    port = cup.simulator.ports.https
    pin = sha256_in(cup.simulator.tls_dir)
    data = {**entry.data, "port": port, "security": "https", CONF_FINGERPRINT: pin}
    hass.config_entries.async_update_entry(entry, data=data, minor_version=1)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert (entry.version, entry.minor_version) == (1, MINOR_VERSION)
    assert CONF_FINGERPRINT not in entry.data
    assert entry.data[CONF_FINGERPRINTS] == {f"127.0.0.1:{port}": pin}
    await settled(cup)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_an_entry_of_now_is_left_alone(
    hass: HomeAssistant, entry: MockConfigEntry, cup: Cup, web_server: str
) -> None:
    data = dict(entry.data)
    hass.config_entries.async_update_entry(entry, minor_version=MINOR_VERSION)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert dict(entry.data) == data
    # The simulator, which shares our loop, reports a client that leaves during the handshake.
    await settled(cup)
    await hass.config_entries.async_unload(entry.entry_id)


# Nodes with certificates of their own


@pytest.fixture
def cup_configuration(cup_configuration: Configuration) -> Configuration:
    """Two nodes that stand in for each other; Anna is homed on the second."""
    people = tuple(
        replace(each, node="beta" if each.user == "anna" else "alpha")
        for each in cup_configuration.people
    )
    nodes = (ConfiguredNode("alpha", backup="beta"), ConfiguredNode("beta", backup="alpha"))
    return replace(cup_configuration, people=people, nodes=nodes)


@pytest.fixture(scope="session")
def beta_tls_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate of its own for the second node."""
    directory = tmp_path_factory.mktemp("beta_tls")
    server_context(directory, LOOPBACK)
    return directory


@pytest.fixture
async def beta(hass: HomeAssistant, cup: Cup, beta_tls_dir: Path) -> str:
    """Let the second node have a certificate of its own; return its address."""
    # The simulator, which shares our loop, sees a client turn away from it.
    hass.loop.set_debug(False)
    listener = cup.simulator.nodes["beta"].presence
    plain, secure = listener._addresses
    await cup.simulator.set_node_state("beta", NodeState.STOPPED)
    listener._addresses = plain, replace(secure, tls=server_context(beta_tls_dir, LOOPBACK))
    await cup.simulator.set_node_state("beta", NodeState.RUNNING)
    return f"127.0.0.1:{cup.simulator.nodes['beta'].node.address.https_port}"


@pytest.fixture
def entry_data(entry_data: dict[str, Any], cup: Cup) -> dict[str, Any]:
    """Trust the first node's certificate, as an entry from before there were pins does."""
    return {
        **entry_data,
        "port": cup.simulator.ports.https,
        "security": "https",
        CONF_FINGERPRINT: sha256_in(cup.simulator.tls_dir),
    }


def sha256_in(directory: Path, name: str = "cup") -> str:
    der = ssl.PEM_cert_to_DER_cert((directory / f"{name}.pem").read_text())
    return hashlib.sha256(der).hexdigest()


async def set_busy(hass: HomeAssistant) -> None:
    await hass.services.async_call(
        DOMAIN,
        "set_presence",
        {"entity_id": "sensor.anna_presence", "presence": "busy"},
        blocking=True,
    )


async def test_another_node_s_certificate_is_asked_about_and_then_followed_to(
    hass: HomeAssistant, beta: str, loaded: MockConfigEntry, cup: Cup, beta_tls_dir: Path
) -> None:
    assert issue_of(hass, loaded, Issue.NODE_NOT_TRUSTED) is None
    with pytest.raises(CertificateChanged):
        await loaded.runtime_data.client.log_in_user("anna")
    issue = issue_of(hass, loaded, Issue.NODE_NOT_TRUSTED)
    assert issue is not None
    assert issue.translation_placeholders == {"title": "CUP", "address": beta}
    assert issue_of(hass, loaded, Issue.CERTIFICATE_CHANGED) is None
    assert (await logged_in(cup))["beta"] == set()

    walk = await Walk.repair(hass, loaded.entry_id, Issue.NODE_NOT_TRUSTED)
    assert walk.step == "confirm"
    assert beta in walk.sentence
    assert f"`{fingerprint_text(sha256_in(beta_tls_dir))}`" in walk.sentence
    assert f"`{fingerprint_text(sha256_in(cup.simulator.tls_dir))}`" in walk.sentence
    assert (await logged_in(cup))["beta"] == set()
    await walk.fill_in("confirm")
    assert walk.created == {}

    assert loaded.state is ConfigEntryState.LOADED
    assert loaded.data[CONF_FINGERPRINTS] == {
        f"127.0.0.1:{cup.simulator.ports.https}": sha256_in(cup.simulator.tls_dir),
        beta: sha256_in(beta_tls_dir),
    }
    assert issue_of(hass, loaded, Issue.NODE_NOT_TRUSTED) is None
    await set_busy(hass)
    await until(lambda: shown(hass, "sensor.anna_presence") == "busy")
    assert "anna" in (await logged_in(cup))["beta"]
    assert issue_of(hass, loaded, Issue.NODE_NOT_TRUSTED) is None


async def test_a_backup_with_another_certificate_is_an_issue_and_serves_once_it_is_trusted(
    hass: HomeAssistant, beta: str, loaded: MockConfigEntry, cup: Cup
) -> None:
    await hass.config_entries.async_unload(loaded.entry_id)
    await cup.simulator.set_node_state("alpha", NodeState.STOPPED)
    assert not await hass.config_entries.async_setup(loaded.entry_id)
    assert issue_of(hass, loaded, Issue.NODE_NOT_TRUSTED) is not None
    assert (await logged_in(cup))["beta"] == set()

    walk = await Walk.repair(hass, loaded.entry_id, Issue.NODE_NOT_TRUSTED)
    await walk.fill_in("confirm")
    assert loaded.state is ConfigEntryState.LOADED
    await until(lambda: shown(hass, "sensor.ben_presence") == "busy")
    assert "watcher" in (await logged_in(cup))["beta"]
    assert issue_of(hass, loaded, Issue.NODE_NOT_TRUSTED) is None


async def test_a_watcher_of_another_node_is_asked_about_that_node_s_certificate(
    hass: HomeAssistant, web_server: str, beta: str, cup: Cup, beta_tls_dir: Path
) -> None:
    watcher = {"watcher": "anna", "presence_domain": "example.com"}
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, SecurityMode.HTTPS))
    await walk.fill_in("certificate")
    await walk.fill_in("watcher", **watcher)
    assert walk.step == "certificate_changed"
    assert fingerprint_text(sha256_in(beta_tls_dir)) in walk.sentence
    await walk.fill_in("certificate_changed")
    await walk.fill_in("watcher", **watcher)
    assert walk.created[CONF_FINGERPRINTS] == {
        f"127.0.0.1:{cup.simulator.ports.https}": sha256_in(cup.simulator.tls_dir),
        beta: sha256_in(beta_tls_dir),
    }


async def logged_in(cup: Cup) -> dict[str, set[str]]:
    """Return who is logged in, by node."""
    found: dict[str, set[str]] = {"alpha": set(), "beta": set()}
    for session in (await cup.state())["sessions"]:
        found[session["node"]].add(session["user"])
    return found
