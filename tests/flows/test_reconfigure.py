"""Reauthentication and reconfiguration, and what they do to an entry that is running."""

from collections.abc import Generator
import hashlib
from pathlib import Path
import socket
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import ApplicationUser
from cup_simulator.server import Simulator
from custom_components.cisco_unified_presence.const import (
    CONF_APPLICATION_USER,
    CONF_FINGERPRINT,
    CONF_FINGERPRINTS,
    CONF_PRESENCE_DOMAIN,
    CONF_SECURITY,
    CONF_WATCHER,
    DOMAIN,
    SecurityMode,
)
from tests.common.flows import Walk, left_nothing_behind, server_form
from tests.common.server import PASSWORD, Cup
from tests.common.states import shown
from tests.common.waiting import settled

HTTP, HTTPS = SecurityMode.HTTP, SecurityMode.HTTPS
NAME = "cup.example.com"
WATCHER = {CONF_WATCHER: "watcher", CONF_PRESENCE_DOMAIN: "example.com"}
ACCOUNT = {CONF_APPLICATION_USER: "hass", CONF_PASSWORD: PASSWORD}


@pytest.fixture(autouse=True)
def _handshakes_may_fail(hass: HomeAssistant) -> None:
    """Let the simulator, which shares our loop, see a client turn away from its certificate."""
    hass.loop.set_debug(False)


@pytest.fixture(autouse=True)
def _nothing_is_deprecated(caplog: pytest.LogCaptureFixture) -> Generator[None]:
    yield
    complaints = [
        record.getMessage()
        for record in caplog.records
        if "deprecated" in record.getMessage() or "stop working" in record.getMessage()
    ]
    assert complaints == []


def fingerprint_in(tls_dir: Path) -> str:
    certificate = x509.load_pem_x509_certificate((tls_dir / "cup.pem").read_bytes())
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


def pin_of(entry: MockConfigEntry) -> str | None:
    """Return the certificate that is trusted at the entry's node, the only one."""
    ((address, pin),) = entry.data[CONF_FINGERPRINTS].items()
    assert address == f"{entry.data[CONF_HOST]}:{entry.data[CONF_PORT]}"
    return str(pin)


def state_of(entry: MockConfigEntry) -> ConfigEntryState:
    """Return the state afresh; a type checker would remember the last one."""
    state: ConfigEntryState = entry.state
    return state


async def reconfigure(hass: HomeAssistant, entry: MockConfigEntry) -> Walk:
    return Walk.going_on(hass, await entry.start_reconfigure_flow(hass))


async def reauthenticate(hass: HomeAssistant, entry: MockConfigEntry) -> Walk:
    return Walk.going_on(hass, await entry.start_reauth_flow(hass))


async def set_busy(hass: HomeAssistant) -> None:
    await hass.services.async_call(
        DOMAIN,
        "set_presence",
        {"entity_id": "sensor.anna_presence", "presence": "busy"},
        blocking=True,
    )


async def standing(cup: Cup) -> dict[str, Any]:
    """Return what the server holds, but for how long it still does."""
    state = await cup.state()
    for each in (*state["endpoints"], *state["subscriptions"]):
        del each["expires_in"]
    return state


def changing(cup: Cup) -> int:
    """Return how often anything was changed on the server that a check must not change."""
    return cup.asked("DELETE") + cup.asked("PUT") + cup.asked("POST", "endpoints")


async def test_checking_takes_nothing_away_from_a_running_entry(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    await set_busy(hass)
    before, changed = await standing(cup), changing(cup)
    walk = await reconfigure(hass, loaded)
    await walk.fill_in("reconfigure", **server_form(cup, HTTP))
    await walk.fill_in("watcher", watcher="nobody", presence_domain="example.com")
    assert walk.error == "unknown_user"
    await walk.fill_in("watcher", watcher="watcher", presence_domain="other.example")
    assert walk.step == "domain"
    walk.abandon()
    assert await standing(cup) == before
    assert changing(cup) == changed
    assert await cup.presence_of("anna") == "BUSY"


async def test_another_watcher_is_logged_out_after_the_check_and_the_running_one_is_not(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    before = await standing(cup)
    walk = await reconfigure(hass, loaded)
    await walk.fill_in("reconfigure", **server_form(cup, HTTP))
    await walk.fill_in("watcher", watcher="clara", presence_domain="other.example")
    assert walk.step == "domain"
    assert (await standing(cup))["sessions"] == before["sessions"]
    assert cup.asked("DELETE") == 1


async def test_somebody_elses_check_takes_nothing_away_either(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *args, **kwargs: real("127.0.0.1" if host == NAME else host, *args, **kwargs),
    )
    await set_busy(hass)
    before = await standing(cup)
    # The same server under another name, which only the account gives away.
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP, host=NAME))
    assert await standing(cup) == before
    await walk.fill_in("watcher", **WATCHER)
    assert walk.aborted == "already_configured"
    assert await standing(cup) == before


async def test_a_check_of_another_account_logs_out(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    before = await standing(cup)
    configuration = cup.simulator.service.configuration
    async with Simulator(configuration, tls_dir=cup.simulator.tls_dir) as other:
        walk = await reconfigure(hass, loaded)
        await walk.fill_in("reconfigure", **server_form(cup, HTTP, port=other.ports.http))
        assert list(other.service.sessions) == []
        walk.abandon()
    assert await standing(cup) == before


async def test_reconfiguring_a_running_entry_reloads_it_and_keeps_what_is_held(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    await set_busy(hass)
    running, logins = loaded.runtime_data, cup.asked("POST", "/users/hass/sessions")
    walk = await reconfigure(hass, loaded)
    assert walk.suggested == {
        CONF_HOST: "127.0.0.1",
        CONF_SECURITY: "http",
        CONF_PORT: cup.simulator.ports.http,
        CONF_APPLICATION_USER: "hass",
    }
    await walk.fill_in("reconfigure", **server_form(cup, HTTPS))
    await walk.fill_in("certificate")
    assert walk.suggested[CONF_WATCHER] == "watcher"
    await walk.fill_in("watcher", watcher="clara", presence_domain="example.com")
    assert walk.aborted == "reconfigure_successful"
    await hass.async_block_till_done()
    await settled(cup)

    assert state_of(loaded) is ConfigEntryState.LOADED
    assert loaded.runtime_data is not running
    # One for each of the two checks, and one for the entry.
    assert cup.asked("POST", "/users/hass/sessions") == logins + 3
    assert loaded.data[CONF_PORT] == cup.simulator.ports.https
    assert pin_of(loaded) == fingerprint_in(cup.simulator.tls_dir)
    assert loaded.data[CONF_WATCHER] == "clara"
    assert await cup.presence_of("anna") == "BUSY"
    users = [each["user"] for each in (await cup.state())["sessions"]]
    assert sorted(users) == ["anna", "clara", "hass"]
    assert shown(hass, "sensor.ben_presence") == "busy"


async def test_reconfiguring_to_the_same_reconnects_once(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    running = loaded.runtime_data
    logins = cup.asked("POST", "/users/hass/sessions")
    walk = await reconfigure(hass, loaded)
    await walk.fill_in("reconfigure", **server_form(cup, HTTP))
    await walk.fill_in("watcher", **WATCHER)
    assert walk.aborted == "reconfigure_successful"
    await hass.async_block_till_done()
    assert state_of(loaded) is ConfigEntryState.LOADED
    assert loaded.runtime_data is not running
    # One for each of the two checks, and one for the entry.
    assert cup.asked("POST", "/users/hass/sessions") == logins + 3


async def test_the_title_follows_the_host_unless_it_was_given(
    hass: HomeAssistant, cup: Cup, entry_data: dict[str, Any], web_server: str
) -> None:
    for title, expected in (("gone.example", "127.0.0.1"), ("Studio", "Studio")):
        entry = MockConfigEntry(
            domain=DOMAIN,
            title=title,
            unique_id="example.com/hass",
            data={**entry_data, CONF_HOST: "gone.example"},
        )
        entry.add_to_hass(hass)
        walk = await reconfigure(hass, entry)
        await walk.fill_in("reconfigure", **server_form(cup, HTTP))
        await walk.fill_in("watcher", **WATCHER)
        await hass.async_block_till_done()
        assert entry.title == expected
        assert state_of(entry) is ConfigEntryState.LOADED
        await hass.config_entries.async_remove(entry.entry_id)
    assert await left_nothing_behind(cup)


async def test_an_empty_password_stays_as_it_was(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    walk = await reconfigure(hass, loaded)
    typed = server_form(cup, HTTP)
    # An empty field is left out by the browser.
    del typed[CONF_PASSWORD]
    await walk.fill_in("reconfigure", **typed)
    await walk.fill_in("watcher", **WATCHER)
    assert walk.aborted == "reconfigure_successful"
    assert loaded.data[CONF_PASSWORD] == PASSWORD


async def test_the_stored_password_does_not_go_to_another_server(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    walk = await reconfigure(hass, loaded)
    typed = server_form(cup, HTTP) | {CONF_HOST: "localhost"}
    del typed[CONF_PASSWORD]
    requests = len(await cup.requests())

    await walk.fill_in("reconfigure", **typed)

    assert walk.errors == {CONF_PASSWORD: "password_of_other_server"}
    assert len(await cup.requests()) == requests
    assert loaded.data[CONF_HOST] != "localhost"


async def test_a_title_that_is_the_presence_domain_follows_it(
    hass: HomeAssistant, cup: Cup, entry_data: dict[str, Any], web_server: str
) -> None:
    data = {**entry_data, CONF_PRESENCE_DOMAIN: "old.example"}
    entry = MockConfigEntry(
        domain=DOMAIN, title="old.example", unique_id="old.example/hass", data=data
    )
    entry.add_to_hass(hass)
    walk = await reconfigure(hass, entry)
    await walk.fill_in("reconfigure", **server_form(cup, HTTP))
    await walk.fill_in("watcher", **WATCHER)
    await hass.async_block_till_done()
    assert entry.title == "example.com"


async def test_another_certificate_is_told_and_trusted_by_reconfiguring(
    hass: HomeAssistant,
    cup: Cup,
    entry: MockConfigEntry,
    web_server: str,
    tmp_path: Path,
    issue_registry: ir.IssueRegistry,
) -> None:
    old = fingerprint_in(cup.simulator.tls_dir)
    configuration = cup.simulator.service.configuration
    async with Simulator(configuration, tls_dir=tmp_path) as renewed:
        port = renewed.ports.https
        data = {**entry.data, CONF_SECURITY: "https", CONF_FINGERPRINT: old, CONF_PORT: port}
        hass.config_entries.async_update_entry(entry, data=data)
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        assert state_of(entry) is ConfigEntryState.SETUP_RETRY
        issue = (DOMAIN, f"certificate_changed_{entry.entry_id}")
        assert issue_registry.async_get_issue(*issue)
        assert list(renewed.log) == []

        walk = await reconfigure(hass, entry)
        await walk.fill_in("reconfigure", **server_form(cup, HTTPS, port=port))
        assert walk.step == "certificate_changed"
        assert old[:2].upper() + ":" in walk.sentence
        assert list(renewed.log) == []
        await walk.fill_in("certificate_changed")
        await walk.fill_in("watcher", **WATCHER)
        assert walk.aborted == "reconfigure_successful"
        await hass.async_block_till_done()
        assert state_of(entry) is ConfigEntryState.LOADED
        assert pin_of(entry) == fingerprint_in(tmp_path) != old
        assert issue_registry.async_get_issue(*issue) is None
        await hass.config_entries.async_unload(entry.entry_id)


async def test_an_entry_that_never_loaded_is_loaded_by_reconfiguring(
    hass: HomeAssistant, cup: Cup, entry: MockConfigEntry, web_server: str
) -> None:
    await cup.inject("refuse_connections")
    await hass.config_entries.async_setup(entry.entry_id)
    assert state_of(entry) is ConfigEntryState.SETUP_RETRY
    walk = await reconfigure(hass, entry)
    await walk.fill_in("reconfigure", **server_form(cup, HTTP))
    assert walk.error == "cannot_connect_refused"
    await cup.heal()
    await walk.fill_in("reconfigure", **server_form(cup, HTTP))
    await walk.fill_in("watcher", **WATCHER)
    assert walk.aborted == "reconfigure_successful"
    await hass.async_block_till_done()
    assert state_of(entry) is ConfigEntryState.LOADED


async def test_a_bad_host_is_told_when_reconfiguring_too(
    hass: HomeAssistant, cup: Cup, entry: MockConfigEntry
) -> None:
    walk = await reconfigure(hass, entry)
    await walk.fill_in("reconfigure", **server_form(cup, HTTP, host="a b"))
    assert (walk.step, walk.result["errors"]) == ("reconfigure", {CONF_HOST: "invalid_host"})


async def test_a_changed_password_is_asked_for_and_the_entry_comes_up(
    hass: HomeAssistant, cup: Cup, entry: MockConfigEntry, web_server: str
) -> None:
    cup.accounts["hass"] = ApplicationUser("changed")
    await hass.config_entries.async_setup(entry.entry_id)
    assert state_of(entry) is ConfigEntryState.SETUP_ERROR
    [flow] = hass.config_entries.flow.async_progress()
    walk = Walk.going_on(hass, await hass.config_entries.flow.async_configure(flow["flow_id"]))
    assert walk.sentence.startswith("CUP (127.0.0.1) no longer accepts")
    assert walk.suggested == {CONF_APPLICATION_USER: "hass"}
    await walk.fill_in("reauth_confirm", **ACCOUNT)
    assert (walk.step, walk.error) == ("reauth_confirm", "invalid_credentials")
    assert walk.suggested == ACCOUNT
    await walk.fill_in("reauth_confirm", application_user=" hass ", password="changed")
    assert walk.aborted == "reauth_successful"
    await hass.async_block_till_done()
    assert state_of(entry) is ConfigEntryState.LOADED
    assert entry.data[CONF_PASSWORD] == "changed"
    assert entry.data[CONF_PORT] == cup.simulator.ports.http
    assert entry.unique_id == "example.com/hass"


async def test_an_account_that_was_deleted_is_asked_for(
    hass: HomeAssistant, cup: Cup, entry: MockConfigEntry
) -> None:
    cup.accounts["second"] = cup.accounts.pop("hass")
    await hass.config_entries.async_setup(entry.entry_id)
    assert state_of(entry) is ConfigEntryState.SETUP_ERROR
    [flow] = hass.config_entries.flow.async_progress()
    walk = Walk.going_on(hass, await hass.config_entries.flow.async_configure(flow["flow_id"]))
    await walk.fill_in("reauth_confirm", **ACCOUNT)
    assert (walk.step, walk.error) == ("reauth_confirm", "unknown_user")
    await walk.fill_in("reauth_confirm", application_user="second", password=PASSWORD)
    assert walk.aborted == "reauth_successful"


async def test_the_same_password_again_reconnects_a_running_entry(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    running = loaded.runtime_data
    await set_busy(hass)
    walk = await reauthenticate(hass, loaded)
    await walk.fill_in("reauth_confirm", **ACCOUNT)
    assert walk.aborted == "reauth_successful"
    await hass.async_block_till_done()
    await settled(cup)
    assert state_of(loaded) is ConfigEntryState.LOADED
    assert loaded.runtime_data is not running
    assert await cup.presence_of("anna") == "BUSY"


async def test_another_account_takes_the_unique_id_along(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    cup.accounts["second"] = ApplicationUser(PASSWORD)
    walk = await reauthenticate(hass, loaded)
    await walk.fill_in("reauth_confirm", application_user="second", password=PASSWORD)
    assert walk.aborted == "reauth_successful"
    await hass.async_block_till_done()
    assert loaded.unique_id == "example.com/second"
    assert state_of(loaded) is ConfigEntryState.LOADED


async def test_the_account_of_another_entry_is_refused(
    hass: HomeAssistant, cup: Cup, entry: MockConfigEntry, entry_data: dict[str, Any]
) -> None:
    cup.accounts["second"] = ApplicationUser(PASSWORD)
    other = MockConfigEntry(
        domain=DOMAIN,
        unique_id="example.com/second",
        data={**entry_data, CONF_APPLICATION_USER: "second"},
    )
    other.add_to_hass(hass)
    walk = await reauthenticate(hass, entry)
    await walk.fill_in("reauth_confirm", application_user="second", password=PASSWORD)
    assert walk.aborted == "already_configured"
    walk = await reconfigure(hass, entry)
    await walk.fill_in("reconfigure", **server_form(cup, HTTP, application_user="second"))
    await walk.fill_in("watcher", **WATCHER)
    assert walk.aborted == "already_configured"
    assert entry.data[CONF_APPLICATION_USER] == "hass"
    assert await left_nothing_behind(cup)


async def test_a_changed_certificate_is_shown_when_authenticating_too(
    hass: HomeAssistant, cup: Cup, entry: MockConfigEntry, web_server: str
) -> None:
    data = {
        **entry.data,
        CONF_SECURITY: "https",
        CONF_PORT: cup.simulator.ports.https,
        CONF_FINGERPRINT: "00" * 32,
    }
    hass.config_entries.async_update_entry(entry, data=data)
    walk = await reauthenticate(hass, entry)
    await walk.fill_in("reauth_confirm", application_user="hass", password="wrong")
    await walk.fill_in("certificate_changed")
    assert (walk.step, walk.error) == ("reauth_confirm", "invalid_credentials")
    await walk.fill_in("reauth_confirm", **ACCOUNT)
    assert walk.aborted == "reauth_successful"
    await hass.async_block_till_done()
    assert state_of(entry) is ConfigEntryState.LOADED
    assert pin_of(entry) == fingerprint_in(cup.simulator.tls_dir)
