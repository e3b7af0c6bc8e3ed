"""Setting an entry up: what is shown, what fails, and which certificate is trusted."""

import asyncio
from collections.abc import AsyncGenerator, Callable
import hashlib
from pathlib import Path
import ssl
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.certificate import server_context
from cup_simulator.node_ports import NodePorts
from cup_simulator.server import LOOPBACK
from custom_components.cisco_unified_presence import runtime
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import Issue
from custom_components.cisco_unified_presence.pws import PresenceClient
from custom_components.cisco_unified_presence.trust import fingerprint_text
from tests.common.entry import add_person
from tests.common.rules import add_rule
from tests.common.server import Cup
from tests.common.server_state import ANNA, NOTHING, left_at
from tests.common.states import shown
from tests.common.waiting import pass_time, settled, until


async def test_all_people_are_shown_after_setup(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    assert loaded.state is ConfigEntryState.LOADED
    assert shown(hass, "sensor.anna_presence") == "available"
    assert shown(hass, "sensor.ben_presence") == "busy"
    assert shown(hass, "sensor.clara_presence") == "offline"
    assert shown(hass, "sensor.cup_update_channel") == "eventing"


# Set-ups that fail


class Failing:
    """An entry whose set-up fails."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        self._hass = hass
        self._entry = entry

    async def set_up(self, **data: object) -> str:
        """Set it up with this data changed and return the sentence that is shown."""
        self._hass.config_entries.async_update_entry(self._entry, data={**self._entry.data, **data})
        assert not await self._hass.config_entries.async_setup(self._entry.entry_id)
        await self._hass.async_block_till_done()
        return str(self._entry.reason)

    @property
    def state(self) -> ConfigEntryState:
        """Return the state of the entry."""
        state: ConfigEntryState = self._entry.state
        return state


@pytest.fixture
async def failing(
    hass: HomeAssistant, web_server: str, entry: MockConfigEntry
) -> AsyncGenerator[Failing]:
    """Set an entry up that fails, and give up on it in the end."""
    yield Failing(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_wrong_password_asks_for_it_again(
    hass: HomeAssistant, failing: Failing, entry: MockConfigEntry
) -> None:
    sentence = await failing.set_up(password="wrong")
    assert sentence.startswith("The server rejected the login of hass.")
    assert failing.state is ConfigEntryState.SETUP_ERROR
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH


async def test_unknown_watcher_is_named(failing: Failing, cup: Cup) -> None:
    sentence = await failing.set_up(watcher="nobody")
    assert sentence.startswith("The server has no user named nobody.")
    assert failing.state is ConfigEntryState.SETUP_RETRY


async def test_closed_port_is_named(failing: Failing, unused_tcp_port: int) -> None:
    assert (await failing.set_up(port=unused_tcp_port)).startswith(
        f"127.0.0.1:{unused_tcp_port} refused the connection."
    )
    assert failing.state is ConfigEntryState.SETUP_RETRY


async def test_tls_to_a_plain_port_is_explained(failing: Failing) -> None:
    sentence = await failing.set_up(security="https")
    assert "doesn't use HTTPS" in sentence


@pytest.fixture
def server_may_fail(hass: HomeAssistant) -> None:
    """Leave failed handshakes to the server, which runs in the same loop."""
    handle = hass.loop.get_exception_handler()
    assert handle is not None

    def leave_handshakes(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if context["message"] != "Error on transport creation for incoming connection":
            handle(loop, context)

    hass.loop.set_exception_handler(leave_handshakes)


async def test_plain_http_to_a_tls_port_is_explained(
    server_may_fail: None, failing: Failing, cup: Cup
) -> None:
    sentence = await failing.set_up(port=cup.simulator.ports.https)
    assert "requires HTTPS" in sentence


async def test_untrusted_certificate_is_explained(
    server_may_fail: None, failing: Failing, cup: Cup
) -> None:
    sentence = await failing.set_up(security="https", port=cup.simulator.ports.https)
    assert sentence.startswith("The server's certificate is not trusted: self-signed")


async def test_changed_certificate_is_an_issue_and_sends_nothing(
    hass: HomeAssistant, failing: Failing, entry: MockConfigEntry, cup: Cup
) -> None:
    sentence = await failing.set_up(
        security="https", port=cup.simulator.ports.https, fingerprint="ab" * 32
    )
    assert sentence.startswith("The server's certificate has changed.")
    issue = ir.async_get(hass).async_get_issue(
        DOMAIN, f"{Issue.CERTIFICATE_CHANGED}_{entry.entry_id}"
    )
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["expected"] == fingerprint_text("ab" * 32)
    assert cup.asked() == 0


async def test_busy_server_is_explained(
    failing: Failing, cup: Cup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "PresenceClient", _impatient)
    await cup.inject("throttle")
    assert (await failing.set_up()).startswith("The server is too busy. Try again in a minute")


def _impatient(*arguments: Any, **more: Any) -> PresenceClient:
    return PresenceClient(*arguments, **more, patience=0.0)


async def test_a_server_that_takes_too_long_in_all_is_left_and_tried_again(
    failing: Failing, cup: Cup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answers may each be in time; Home Assistant's own start must not wait for them."""
    monkeypatch.setattr("custom_components.cisco_unified_presence.START_SECONDS", 0)
    assert (await failing.set_up()).startswith("127.0.0.1 did not respond in time.")
    assert failing.state is ConfigEntryState.SETUP_RETRY
    assert await left_at(cup) == NOTHING


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("<html><body>Log in</body></html>", "it is an HTML page"),
        ("", "it is empty"),
        ("<session>", "it is not well-formed XML"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "it holds a document type"),
    ],
)
async def test_strange_answer_is_explained(
    failing: Failing, cup: Cup, body: str, sentence: str
) -> None:
    await cup.inject("garbage", body=body)
    reason = await failing.set_up()
    assert reason.startswith("The server's response is not from a presence server:")
    assert sentence in reason
    assert failing.state is ConfigEntryState.SETUP_RETRY


async def test_failed_setup_leaves_nothing_behind(
    hass: HomeAssistant, failing: Failing, cup: Cup
) -> None:
    await cup.inject("error", code=200, path="/presence/basic/subscriptions/")
    await failing.set_up()
    assert await left_at(cup) == NOTHING


async def test_failed_setup_is_retried(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    failing: Failing,
    entry: MockConfigEntry,
    cup: Cup,
) -> None:
    await cup.inject("error", code=200, count=1)
    await failing.set_up()
    await pass_time(freezer, cup, 10)
    await until(lambda: failing.state is ConfigEntryState.LOADED)


# What changes during a set-up


@pytest.mark.usefixtures("web_server", "cup")
async def test_people_and_rules_may_change_during_a_setup(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = add_rule(hass, entry, people=["anna"])
    start = runtime.Runtime.async_start
    gone = next(each for each in entry.subentries.values() if each.data.get("user") == "ben")

    async def start_while_people_change(
        self: runtime.Runtime, on_logged_in: Callable[[], None]
    ) -> None:
        await start(self, on_logged_in)
        for subentry in (gone, rule):
            hass.config_entries.async_remove_subentry(entry, subentry.subentry_id)
        add_person(hass, entry, "dora")

    monkeypatch.setattr(runtime.Runtime, "async_start", start_while_people_change)

    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert shown(hass, ANNA) == "available"
    assert hass.states.get("sensor.ben_presence") is None
    assert hass.states.get("sensor.dora_presence") is not None
    assert hass.states.get("switch.desk_enabled") is None


# The server behind an entry


async def test_pinned_certificate_is_what_is_trusted(
    hass: HomeAssistant, web_server: str, entry: MockConfigEntry, cup: Cup
) -> None:
    await pin(hass, entry, cup)
    assert shown(hass, ANNA) == "available"


async def test_certificate_that_changes_later_is_an_issue_until_it_is_back(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    server_may_fail: None,
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
    other_tls_dir: Path,
) -> None:
    await pin(hass, entry, cup)
    issue_id = f"{Issue.CERTIFICATE_CHANGED}_{entry.entry_id}"
    issues = ir.async_get(hass)
    listener = first_node(cup).presence
    context = listener._addresses[1].tls
    assert context is not None

    context.load_cert_chain(other_tls_dir / "cup.pem", other_tls_dir / "cup.key")
    await reconnect(cup)
    await pass_time(freezer, cup, 60)
    await until(lambda: issues.async_get_issue(DOMAIN, issue_id))
    issue = issues.async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["found"] == fingerprint_text(_fingerprint(other_tls_dir))
    for pause in (2.5, 5):
        await pass_time(freezer, cup, pause)
    await until(lambda: shown(hass, ANNA) == STATE_UNAVAILABLE)

    context.load_cert_chain(cup.simulator.tls_dir / "cup.pem", cup.simulator.tls_dir / "cup.key")
    await pass_time(freezer, cup, 60)
    await until(lambda: issues.async_get_issue(DOMAIN, issue_id) is None)
    assert shown(hass, ANNA) == "available"


def first_node(cup: Cup) -> NodePorts:
    """Return the ports of the only node."""
    return next(iter(cup.simulator.nodes.values()))


async def reconnect(cup: Cup) -> None:
    """Make the server drop every connection."""
    listener = first_node(cup).presence
    assert listener._runner is not None
    assert listener._runner.server is not None
    for connection_ in listener._runner.server.connections:
        connection_.force_close()
    await settled(cup)


async def pin(hass: HomeAssistant, entry: MockConfigEntry, cup: Cup) -> None:
    """Set the entry up over HTTPS with the certificate that the server has."""
    hass.config_entries.async_update_entry(
        entry,
        data={
            **entry.data,
            "security": "https",
            "port": cup.simulator.ports.https,
            "fingerprint": _fingerprint(cup.simulator.tls_dir),
        },
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settled(cup)


@pytest.fixture(scope="session")
def other_tls_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make another certificate for the server."""
    directory = tmp_path_factory.mktemp("other_tls")
    server_context(directory, LOOPBACK)
    return directory


def _fingerprint(directory: Path) -> str:
    pem = (directory / "cup.pem").read_text()
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
