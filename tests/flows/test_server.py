"""Adding a server: what is asked, what people may mistake, and that all of it can be put right.

What a server may answer amiss is in test_server_bad_answers.py.
"""

from collections.abc import Callable, Generator
import hashlib
from pathlib import Path
import socket
from typing import Any
from unittest.mock import AsyncMock, patch

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from homeassistant.config_entries import SOURCE_IGNORE, SOURCE_USER, ConfigEntryDisabler
from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT, CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.server import Simulator
from custom_components.cisco_unified_presence.const import (
    CONF_APPLICATION_USER,
    CONF_BOARD,
    CONF_DIALECT,
    CONF_FINGERPRINTS,
    CONF_PRESENCE_DOMAIN,
    CONF_SECURITY,
    CONF_WATCHER,
    DOMAIN,
    MINOR_VERSION,
    SecurityMode,
)
from custom_components.cisco_unified_presence.flows import server
from custom_components.cisco_unified_presence.flows.checks import Access
from tests.common.flows import Walk, left_nothing_behind, server_form
from tests.common.ports import unused_port
from tests.common.server import PASSWORD, Cup

HTTP, HTTPS = SecurityMode.HTTP, SecurityMode.HTTPS
WATCHER = {CONF_WATCHER: "watcher", CONF_PRESENCE_DOMAIN: "example.com"}
NAME = "cup.example.com"


@pytest.fixture(autouse=True)
def setup_entry() -> Generator[AsyncMock]:
    """Let set-up fail at once; the flow that adds a server is what is tested."""
    with patch(
        "custom_components.cisco_unified_presence.async_setup_entry", return_value=False
    ) as setup:
        yield setup


@pytest.fixture(autouse=True)
def _handshakes_may_fail(hass: HomeAssistant) -> None:
    """Let the simulator, which shares our loop, see a client turn away from its certificate.

    In debug mode the loop reports that as an error.
    """
    hass.loop.set_debug(False)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str | OSError]:
    """What the name service knows; whatever else is asked for is not found."""
    known: dict[str, str | OSError] = {NAME: "127.0.0.1"}
    real = socket.getaddrinfo

    def look_up(host: str, *args: Any, **kwargs: Any) -> Any:
        found = known.get(host, socket.gaierror(socket.EAI_NONAME, "Name or service not known"))
        if host == "127.0.0.1":
            found = host
        if isinstance(found, OSError):
            raise found
        return real(found, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


def certificate_of(tls_dir: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((tls_dir / "cup.pem").read_bytes())


def sha256_of(tls_dir: Path) -> str:
    return hashlib.sha256(certificate_of(tls_dir).public_bytes(Encoding.DER)).hexdigest()


def in_pairs(sha256: str) -> str:
    return ":".join(sha256[i : i + 2] for i in range(0, 64, 2)).upper()


async def test_plain_http(hass: HomeAssistant, cup: Cup, setup_entry: AsyncMock) -> None:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP))
    assert await left_nothing_behind(cup)
    await walk.fill_in("watcher", **WATCHER)

    assert walk.result["title"] == "example.com"
    assert walk.result["description"] == "reload_page"
    # People are added once the server is connected.
    assert "next_flow" not in walk.result
    data = walk.created
    assert len(data.pop(CONF_WEBHOOK_ID)) == 64
    assert data == {
        CONF_HOST: "127.0.0.1",
        CONF_PORT: cup.simulator.ports.http,
        CONF_SECURITY: "http",
        CONF_APPLICATION_USER: "hass",
        CONF_PASSWORD: PASSWORD,
        CONF_DIALECT: "automatic",
        **WATCHER,
    }
    [entry] = hass.config_entries.async_entries(DOMAIN)
    assert entry.unique_id == "example.com/hass"
    assert (entry.version, entry.minor_version) == (1, MINOR_VERSION)
    assert entry.options == {"manual_end": "end_of_day"}
    assert setup_entry.call_count == 1
    assert await left_nothing_behind(cup)


@pytest.mark.parametrize(
    ("options", "disabled_by", "description"),
    [
        ({}, None, None),
        ({CONF_BOARD: False}, None, "reload_page"),
        ({}, ConfigEntryDisabler.USER, "reload_page"),
    ],
)
async def test_a_page_is_to_be_reloaded_unless_it_has_loaded_the_board(
    hass: HomeAssistant,
    cup: Cup,
    options: dict[str, Any],
    disabled_by: ConfigEntryDisabler | None,
    description: str | None,
) -> None:
    earlier = MockConfigEntry(domain=DOMAIN, options=options, disabled_by=disabled_by)
    earlier.add_to_hass(hass)
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP))
    await walk.fill_in("watcher", **WATCHER)
    assert walk.result["description"] == description


async def test_an_untrusted_certificate_is_shown_and_then_just_it_is_trusted(
    hass: HomeAssistant, cup: Cup, tls_dir: Path
) -> None:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTPS))

    shown = certificate_of(tls_dir)
    sentence = walk.sentence
    assert walk.step == "certificate"
    assert f"Subject: `{shown.subject.rfc4514_string()}`\n" in sentence
    assert f"Issuer: `{shown.issuer.rfc4514_string()}`\n" in sentence
    first, last = map(dt_util.as_local, (shown.not_valid_before_utc, shown.not_valid_after_utc))
    assert f"{first.date()} to {last.date()}" in sentence
    assert f"`{in_pairs(sha256_of(tls_dir))}`" in sentence
    assert "(self-signed certificate)" in sentence
    assert cup.asked() == 0, "Nothing may be sent before the certificate is trusted."

    await walk.fill_in("certificate")
    await walk.fill_in("watcher", **WATCHER)
    address = f"127.0.0.1:{cup.simulator.ports.https}"
    assert walk.created[CONF_FINGERPRINTS] == {address: sha256_of(tls_dir)}
    assert walk.created[CONF_PORT] == cup.simulator.ports.https
    assert await left_nothing_behind(cup)


async def test_trust_stays_when_the_password_was_wrong_and_goes_with_the_address(
    hass: HomeAssistant, cup: Cup, names: dict[str, str | OSError]
) -> None:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTPS, password="wrong"))
    await walk.fill_in("certificate")
    assert (walk.step, walk.error) == ("user", "invalid_credentials")
    # At another address it is asked about again, ...
    await walk.fill_in("user", **server_form(cup, HTTPS, password="wrong", host=NAME))
    await walk.fill_in("certificate")
    assert walk.error == "invalid_credentials"
    # ... at the same one it is not.
    await walk.fill_in("user", **server_form(cup, HTTPS, host=NAME))
    assert walk.step == "watcher"


async def test_without_tls_no_fingerprint_is_kept(hass: HomeAssistant, cup: Cup) -> None:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTPS, password="wrong"))
    await walk.fill_in("certificate")
    await walk.fill_in("user", **server_form(cup, HTTP))
    await walk.fill_in("watcher", **WATCHER)
    assert CONF_FINGERPRINTS not in walk.created


async def test_a_certificate_that_changes_while_it_is_looked_at_is_shown_anew(
    hass: HomeAssistant, cup: Cup, tls_dir: Path, tmp_path: Path
) -> None:
    async with Simulator(cup.simulator.service.configuration, tls_dir=tmp_path) as other:
        walk = await Walk.config(hass)
        await walk.fill_in("user", **server_form(cup, HTTPS, port=other.ports.https))
        assert in_pairs(sha256_of(tmp_path)) in walk.sentence
        ports = other.ports
    async with Simulator(cup.simulator.service.configuration, ports, tls_dir=tls_dir):
        await walk.fill_in("certificate")
        assert walk.step == "certificate_changed"
        sentence = walk.sentence
        assert f"Trusted so far: `{in_pairs(sha256_of(tmp_path))}`" in sentence
        assert f"SHA-256 fingerprint: `{in_pairs(sha256_of(tls_dir))}`" in sentence
        await walk.fill_in("certificate_changed")
        await walk.fill_in("watcher", **WATCHER)
        address = f"127.0.0.1:{ports.https}"
        assert walk.created[CONF_FINGERPRINTS] == {address: sha256_of(tls_dir)}


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({CONF_PASSWORD: "wrong"}, "invalid_credentials", "login of hass"),
        ({CONF_PASSWORD: ""}, "invalid_credentials", "login of hass"),
        ({CONF_APPLICATION_USER: "other"}, "unknown_user", "no user named other"),
        ({CONF_APPLICATION_USER: " "}, "unknown_user", "no user"),
        ({CONF_PASSWORD: "\x00"}, "invalid_credentials", "login of hass"),
    ],
)
async def test_a_wrong_account_is_told(
    hass: HomeAssistant, cup: Cup, wrong: dict[str, str], error: str, words: str
) -> None:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP, **wrong))
    assert (walk.step, walk.error) == ("user", error)
    assert words in walk.sentence
    assert await left_nothing_behind(cup)
    await walk.fill_in("user", **server_form(cup, HTTP))
    assert walk.step == "watcher"


async def test_a_password_that_is_left_empty_is_tried_as_it_is(
    hass: HomeAssistant, cup: Cup, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    async def check(_hass: HomeAssistant, access: Access) -> None:
        tried.append(access.password)

    monkeypatch.setattr(server, "async_check_new_server", check)
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP, password=""))
    assert (walk.step, tried) == ("watcher", [""])


def to_the_https_port(cup: Cup) -> dict[str, Any]:
    return server_form(cup, HTTP, port=cup.simulator.ports.https)


def to_the_http_port(cup: Cup) -> dict[str, Any]:
    return server_form(cup, HTTPS, port=cup.simulator.ports.http)


@pytest.mark.parametrize(
    ("form", "error"),
    [
        (to_the_https_port, "cannot_connect_tls_required"),
        (to_the_http_port, "cannot_connect_not_tls"),
        (lambda cup: server_form(cup, HTTP, port=unused_port()), "cannot_connect_refused"),
        (lambda cup: server_form(cup, HTTPS, port=unused_port()), "cannot_connect_refused"),
        (
            lambda cup: server_form(cup, HTTP, host="nowhere.example"),
            "cannot_connect_host_not_found",
        ),
        (
            lambda cup: server_form(cup, HTTPS, host="nowhere.example"),
            "cannot_connect_host_not_found",
        ),
        (lambda cup: server_form(cup, HTTP, host="far.example"), "cannot_connect_unreachable"),
    ],
)
async def test_a_wrong_address_is_told(
    hass: HomeAssistant,
    cup: Cup,
    names: dict[str, str | OSError],
    form: Callable[[Cup], dict[str, Any]],
    error: str,
) -> None:
    names["far.example"] = OSError(101, "Network is unreachable")
    typed = form(cup)
    walk = await Walk.config(hass)
    await walk.fill_in("user", **typed)
    assert (walk.step, walk.error) == ("user", error)
    assert f"{typed[CONF_HOST]}:{typed[CONF_PORT]}" in walk.sentence
    assert walk.suggested[CONF_PORT] == typed[CONF_PORT]
    assert await left_nothing_behind(cup)
    await walk.fill_in("user", **server_form(cup, HTTP))
    assert walk.step == "watcher"


@pytest.mark.parametrize("host", ["http://", "a b", "[::1", "", "host:port", "a..b", "me@cup"])
async def test_what_is_no_host_is_told_at_its_field(
    hass: HomeAssistant, cup: Cup, host: str
) -> None:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP, host=host))
    assert walk.step == "user"
    assert walk.result["errors"] == {CONF_HOST: "invalid_host"}
    assert walk.suggested[CONF_HOST] == host
    await walk.fill_in("user", **server_form(cup, HTTP))
    assert walk.step == "watcher"


@pytest.mark.parametrize("host", ["http:/cup01", "https//cup01", "htps://cup01"])
async def test_a_misspelled_beginning_is_told_at_its_field(
    hass: HomeAssistant, cup: Cup, host: str
) -> None:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP, host=host))
    assert walk.step == "user"
    assert walk.result["errors"] == {CONF_HOST: "misspelled_scheme"}
    assert walk.suggested[CONF_HOST] == host


async def test_an_address_may_be_pasted(
    hass: HomeAssistant, cup: Cup, names: dict[str, str | OSError]
) -> None:
    typed = server_form(
        cup, HTTP, host=f" http://{NAME}:{cup.simulator.ports.http}/presence-service "
    )
    del typed[CONF_PORT]
    walk = await Walk.config(hass)
    await walk.fill_in("user", **typed)
    assert walk.suggested == {CONF_PRESENCE_DOMAIN: "example.com"}
    await walk.fill_in("watcher", watcher=" watcher ", presence_domain="@example.com ")
    assert walk.result["title"] == "example.com"
    assert walk.created[CONF_HOST] == NAME
    assert walk.created[CONF_PORT] == cup.simulator.ports.http
    assert walk.created[CONF_WATCHER] == "watcher"
    assert walk.created[CONF_PRESENCE_DOMAIN] == "example.com"


@pytest.mark.parametrize(
    "typed",
    [
        {"watcher": "watcher@example.com"},
        {"watcher": " sip:watcher@example.com", "presence_domain": "cup.example.net"},
    ],
)
async def test_the_watcher_s_address_names_the_domain(
    hass: HomeAssistant, cup: Cup, typed: dict[str, str]
) -> None:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP))
    await walk.fill_in("watcher", **typed)
    assert walk.created[CONF_WATCHER] == "watcher"
    assert walk.created[CONF_PRESENCE_DOMAIN] == "example.com"


async def test_a_watcher_without_any_domain_is_asked_for_it(hass: HomeAssistant, cup: Cup) -> None:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP))
    await walk.fill_in("watcher", watcher="watcher", presence_domain=" @")
    assert walk.result["errors"] == {CONF_PRESENCE_DOMAIN: "domain_missing"}
    assert walk.suggested[CONF_WATCHER] == "watcher"


async def test_an_empty_port_stays_empty_so_that_it_follows_the_connection(
    hass: HomeAssistant, cup: Cup, names: dict[str, str | OSError]
) -> None:
    names[NAME] = ConnectionRefusedError(111, "Connection refused")
    typed = server_form(cup, HTTPS, host=NAME)
    del typed[CONF_PORT]
    walk = await Walk.config(hass)
    await walk.fill_in("user", **typed)
    assert f"{NAME}:8083" in walk.sentence
    assert CONF_PORT not in walk.suggested
    await walk.fill_in("user", **{**typed, CONF_SECURITY: HTTP.value})
    assert f"{NAME}:8082" in walk.sentence


async def test_no_domain_is_guessed_from_an_address(hass: HomeAssistant, cup: Cup) -> None:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP))
    assert walk.suggested == {}


@pytest.mark.parametrize(
    ("watcher", "error", "words"),
    [
        ({CONF_WATCHER: "nobody"}, "unknown_user", "nobody"),
        ({CONF_WATCHER: "nobody@example.com"}, "unknown_user", "without a domain"),
        ({CONF_WATCHER: " "}, "unknown_user", "no user"),
        ({CONF_PRESENCE_DOMAIN: "exa mple"}, "bad_contact", "watcher@exa mple"),
    ],
)
async def test_a_wrong_watcher_is_told(
    hass: HomeAssistant, cup: Cup, watcher: dict[str, str], error: str, words: str
) -> None:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP))
    await walk.fill_in("watcher", **{**WATCHER, **watcher})
    assert (walk.step, walk.error) == ("watcher", error)
    assert words in walk.sentence
    assert await left_nothing_behind(cup)
    await walk.fill_in("watcher", **WATCHER)
    assert walk.created


async def test_a_wrong_presence_domain_can_be_corrected(hass: HomeAssistant, cup: Cup) -> None:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP))
    await walk.fill_in("watcher", watcher="watcher", presence_domain="exmaple.com")
    assert walk.step == "domain"
    assert "watcher@exmaple.com" in walk.sentence
    assert await left_nothing_behind(cup)
    await walk.choose("domain", "watcher")
    assert walk.suggested[CONF_PRESENCE_DOMAIN] == "exmaple.com"
    await walk.fill_in("watcher", **WATCHER)
    assert walk.created[CONF_PRESENCE_DOMAIN] == "example.com"


async def test_a_presence_domain_without_anybody_can_be_insisted_on(
    hass: HomeAssistant, cup: Cup
) -> None:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP))
    await walk.fill_in("watcher", watcher="watcher", presence_domain="other.example")
    await walk.choose("domain", "finish")
    assert walk.created[CONF_PRESENCE_DOMAIN] == "other.example"


async def test_an_abandoned_flow_leaves_nothing_and_blocks_nobody(
    hass: HomeAssistant, cup: Cup
) -> None:
    abandoned = await Walk.config(hass)
    await abandoned.fill_in("user", **server_form(cup, HTTP))
    await abandoned.fill_in("watcher", watcher="watcher", presence_domain="other.example")
    closed = await Walk.config(hass)
    await closed.fill_in("user", **server_form(cup, HTTPS))
    closed.abandon()
    assert await left_nothing_behind(cup)

    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP))
    await walk.fill_in("watcher", watcher="watcher", presence_domain="other.example")
    await walk.choose("domain", "finish")
    assert walk.created
    await abandoned.choose("domain", "finish")
    assert abandoned.aborted == "already_configured"


async def test_the_same_server_is_refused_before_anything_is_sent(
    hass: HomeAssistant, cup: Cup, entry: MockConfigEntry
) -> None:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP))
    assert walk.aborted == "already_configured"
    assert cup.asked() == 0


async def test_the_same_account_is_refused_at_another_name(
    hass: HomeAssistant, cup: Cup, entry: MockConfigEntry, names: dict[str, str | OSError]
) -> None:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP, host=NAME))
    asked = cup.asked()
    await walk.fill_in("watcher", watcher="watcher", presence_domain="EXAMPLE.com")
    assert walk.aborted == "already_configured"
    # Nobody logs in to find that out.
    assert cup.asked() == asked
    assert await left_nothing_behind(cup)


async def test_no_secret_is_logged(
    hass: HomeAssistant, cup: Cup, caplog: pytest.LogCaptureFixture
) -> None:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP, password="a very secret one"))
    assert walk.error == "invalid_credentials"
    assert "a very secret one" not in caplog.text


@pytest.mark.parametrize(
    ("source", "title", "description"),
    [
        (SOURCE_USER, "example.com (127.0.0.1)", None),
        # Ignored discoveries are no servers.
        (SOURCE_IGNORE, "example.com", "reload_page"),
    ],
)
async def test_a_second_entry_of_a_domain_has_the_host_in_its_name(
    hass: HomeAssistant, cup: Cup, source: str, title: str, description: str | None
) -> None:
    MockConfigEntry(domain=DOMAIN, title="example.com", source=source).add_to_hass(hass)
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP))
    await walk.fill_in("watcher", **WATCHER)
    assert (walk.result["title"], walk.result["description"]) == (title, description)
