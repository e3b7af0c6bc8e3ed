"""Repairs: each flow changes something only when it works, and says plainly when it does not."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import UnknownStep
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import CONF_FINGERPRINTS, DOMAIN
from custom_components.cisco_unified_presence.issues import FIXABLE, Issue, async_raise_issue
from custom_components.cisco_unified_presence.repairs import FLOWS
from custom_components.cisco_unified_presence.trust import fingerprint_text
from tests.common.flows import Walk
from tests.common.live_channel import CHANNEL, SELF_TEST, SUBSCRIPTIONS, issue_of
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, settled, until
from tests.trust.test_pins import sha256_in

WEBHOOK = {"callback": "webhook", "callback_port": 8080}


def test_every_issue_that_can_be_fixed_has_its_flow() -> None:
    assert FLOWS.keys() == FIXABLE


async def in_time[T](
    freezer: FrozenDateTimeFactory, cup: Cup, doing: Coroutine[Any, Any, T], seconds: float
) -> T:
    """Return what something returns that waits for so many seconds."""
    task = asyncio.create_task(doing)
    await settled(cup)
    await pass_time(freezer, cup, seconds)
    async with asyncio.timeout(60):
        return await task


@pytest.fixture
async def unloaded(hass: HomeAssistant, loaded: MockConfigEntry) -> MockConfigEntry:
    """Have an entry that has been unloaded."""
    await hass.config_entries.async_unload(loaded.entry_id)
    return loaded


# The callback


@pytest.fixture
async def unheard(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    web_server: str,
    cup: Cup,
    entry: MockConfigEntry,
) -> MockConfigEntry:
    """Set the entry up with a callback that the server does not reach."""
    options = {"callback": "webhook", "callback_url": "http://127.0.0.1:1", "poll_interval": 77}
    hass.config_entries.async_update_entry(entry, options=options)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settled(cup)
    await pass_time(freezer, cup, SELF_TEST)
    await until(lambda: issue_of(hass, entry, Issue.CALLBACK_UNREACHABLE))
    return entry


async def test_another_callback_is_tried_and_kept(
    hass: HomeAssistant, unheard: MockConfigEntry, cup: Cup
) -> None:
    walk = await Walk.repair(hass, unheard.entry_id, Issue.CALLBACK_UNREACHABLE)
    assert walk.suggested == {"callback": "webhook", "callback_url": "http://127.0.0.1:1"}
    assert "http://127.0.0.1:1/api/webhook/… within" in walk.sentence
    await walk.fill_in("callback", **WEBHOOK)
    assert walk.created == {}
    assert shown(hass, CHANNEL) == "eventing"
    assert unheard.options == {**WEBHOOK, "poll_interval": 77}
    assert issue_of(hass, unheard, Issue.CALLBACK_UNREACHABLE) is None
    await hass.config_entries.async_unload(unheard.entry_id)


async def test_polling_can_be_chosen_for_good(
    hass: HomeAssistant, unheard: MockConfigEntry, cup: Cup
) -> None:
    walk = await Walk.repair(hass, unheard.entry_id, Issue.CALLBACK_UNREACHABLE)
    await walk.fill_in("callback", **{**WEBHOOK, "callback": "none"})
    assert walk.created == {}
    assert shown(hass, CHANNEL) == "polling"
    assert issue_of(hass, unheard, Issue.CALLBACK_UNREACHABLE) is None
    assert not (await cup.state())["endpoints"]
    await hass.config_entries.async_unload(unheard.entry_id)


async def test_a_callback_that_fails_is_given_up_for_the_former_one(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, unheard: MockConfigEntry, cup: Cup
) -> None:
    before = dict(unheard.options)
    walk = await Walk.repair(hass, unheard.entry_id, Issue.CALLBACK_UNREACHABLE)
    other = {**WEBHOOK, "callback_url": "http://127.0.0.1:2"}
    await in_time(freezer, cup, walk.fill_in("callback", **other), 15)
    assert walk.error == "not_called"
    assert "http://127.0.0.1:2/api/webhook/… within" in walk.sentence
    assert walk.suggested == other
    assert dict(unheard.options) == before
    assert unheard.state is ConfigEntryState.LOADED
    assert unheard.runtime_data.callback_url.startswith("http://127.0.0.1:1/")

    await walk.fill_in("callback", **WEBHOOK)
    assert walk.created == {}
    assert shown(hass, CHANNEL) == "eventing"
    await hass.config_entries.async_unload(unheard.entry_id)


async def test_an_address_that_cannot_be_called_is_not_even_tried(
    hass: HomeAssistant, unheard: MockConfigEntry, cup: Cup
) -> None:
    asked = cup.asked()
    walk = await Walk.repair(hass, unheard.entry_id, Issue.CALLBACK_UNREACHABLE)
    await walk.fill_in("callback", **WEBHOOK, callback_url="https://home.example")
    assert walk.result["errors"] == {"callback_url": "callback_url_not_http"}
    assert cup.asked() == asked
    await hass.config_entries.async_unload(unheard.entry_id)


async def test_a_place_that_does_not_open_or_is_refused_is_told(
    hass: HomeAssistant, unheard: MockConfigEntry, cup: Cup, unused_tcp_port: int
) -> None:
    before = dict(unheard.options)
    walk = await Walk.repair(hass, unheard.entry_id, Issue.CALLBACK_UNREACHABLE)
    taken = {"callback": "port", "callback_port": cup.simulator.ports.http}
    await walk.fill_in("callback", **taken)
    assert walk.error == "not_opened"
    await cup.inject("error", code=130, path="/endpoints", method="POST", count=1)
    await walk.fill_in("callback", callback="port", callback_port=unused_tcp_port)
    assert walk.error == "refused"
    assert f":{unused_tcp_port}/" in walk.sentence
    assert dict(unheard.options) == before
    await cup.inject("error", code=111, path="/sessions", method="POST", count=1)
    await walk.fill_in("callback", **WEBHOOK)
    assert walk.error == "not_connected"
    assert dict(unheard.options) == before
    assert unheard.state is ConfigEntryState.LOADED
    await hass.config_entries.async_unload(unheard.entry_id)


@pytest.mark.parametrize(
    "state",
    [
        ConfigEntryState.UNLOAD_IN_PROGRESS,
        ConfigEntryState.SETUP_IN_PROGRESS,
        ConfigEntryState.LOADED,
    ],
)
async def test_a_test_that_is_broken_off_leaves_the_former_options(
    hass: HomeAssistant, unheard: MockConfigEntry, cup: Cup, state: ConfigEntryState
) -> None:
    before = dict(unheard.options)
    walk = await Walk.repair(hass, unheard.entry_id, Issue.CALLBACK_UNREACHABLE)
    other = {**WEBHOOK, "callback_url": "http://127.0.0.1:2"}
    trying = asyncio.create_task(walk.fill_in("callback", **other))
    await until(lambda: unheard.state is not ConfigEntryState.LOADED)
    assert dict(unheard.options) != before
    await until(lambda: unheard.state is state)
    trying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trying
    await settled(cup)
    assert dict(unheard.options) == before
    assert unheard.state is ConfigEntryState.LOADED
    await hass.config_entries.async_unload(unheard.entry_id)


# The certificate


async def test_a_changed_certificate_is_shown_and_trusted_when_somebody_says_so(
    hass: HomeAssistant, cup: Cup, entry: MockConfigEntry, web_server: str
) -> None:
    hass.loop.set_debug(False)
    address = f"127.0.0.1:{cup.simulator.ports.https}"
    data = {
        **entry.data,
        "security": "https",
        "port": cup.simulator.ports.https,
        CONF_FINGERPRINTS: {address: "ab" * 32},
    }
    hass.config_entries.async_update_entry(entry, data=data)
    await hass.config_entries.async_setup(entry.entry_id)
    shown_now = sha256_in(cup.simulator.tls_dir)
    issue = issue_of(hass, entry, Issue.CERTIFICATE_CHANGED)
    assert issue is not None
    assert issue.translation_placeholders == {
        "title": "CUP",
        "address": address,
        "expected": fingerprint_text("ab" * 32),
        "found": fingerprint_text(shown_now),
    }
    walk = await Walk.repair(hass, entry.entry_id, Issue.CERTIFICATE_CHANGED)
    assert f"`{fingerprint_text('ab' * 32)}`" in walk.sentence
    assert f"`{fingerprint_text(shown_now)}`" in walk.sentence
    assert "Subject: `CN=" in walk.sentence
    assert cup.asked() == 0
    await walk.fill_in("confirm")
    assert walk.created == {}
    assert entry.data[CONF_FINGERPRINTS] == {address: shown_now}
    assert entry.state is ConfigEntryState.LOADED
    assert issue_of(hass, entry, Issue.CERTIFICATE_CHANGED) is None
    await hass.config_entries.async_unload(entry.entry_id)


async def test_the_other_certificate_of_a_node_is_trusted_beside_the_first(
    hass: HomeAssistant, cup: Cup, entry: MockConfigEntry, web_server: str
) -> None:
    hass.loop.set_debug(False)
    port = cup.simulator.ports.https
    address = f"127.0.0.1:{port}"
    rsa, ecdsa = (sha256_in(cup.simulator.tls_dir, name) for name in ("cup", "cup-ECDSA"))
    pins = {CONF_FINGERPRINTS: {address: rsa}}
    data = {**entry.data, "security": "https", "port": port, **pins}
    hass.config_entries.async_update_entry(entry, data=data)
    await show_first(cup, "cup-ECDSA", "cup")
    await hass.config_entries.async_setup(entry.entry_id)

    walk = await Walk.repair(hass, entry.entry_id, Issue.CERTIFICATE_CHANGED)
    assert walk.step == "two_certificates"
    for each in (f"RSA: `{fingerprint_text(rsa)}`", f"ECDSA: `{fingerprint_text(ecdsa)}`"):
        assert each in walk.sentence
    assert f"Trusted so far: `{fingerprint_text(rsa)}`" in walk.sentence
    assert "the connection is safe" in walk.sentence
    assert cup.asked() == 0
    await walk.fill_in("two_certificates")
    assert walk.created == {}
    assert entry.data[CONF_FINGERPRINTS] == {address: [ecdsa, rsa]}
    assert entry.state is ConfigEntryState.LOADED
    for name in ("cup", "cup-ECDSA"):
        await show_first(cup, name)
        await hass.config_entries.async_reload(entry.entry_id)
        assert entry.state is ConfigEntryState.LOADED
    await hass.config_entries.async_unload(entry.entry_id)


async def show_first(cup: Cup, *certificates: str) -> None:
    """Let the node show these certificates, the first where the client takes any."""
    node = cup.simulator.deployment.first
    node.tls = replace(node.tls, shows=certificates)
    await cup.simulator.apply_faults()


async def test_a_certificate_that_cannot_be_read_changes_nothing(
    hass: HomeAssistant, unloaded: MockConfigEntry
) -> None:
    entry, data = unloaded, dict(unloaded.data)
    async_raise_issue(hass, entry, Issue.NODE_NOT_TRUSTED, address="127.0.0.1:1")
    walk = await Walk.repair(hass, entry.entry_id, Issue.NODE_NOT_TRUSTED)
    assert walk.aborted == "not_read"
    assert dict(entry.data) == data
    assert issue_of(hass, entry, Issue.NODE_NOT_TRUSTED) is not None


async def test_a_node_that_is_trusted_by_the_system_has_no_pin_to_show(
    hass: HomeAssistant, cup: Cup, unloaded: MockConfigEntry
) -> None:
    entry = unloaded
    hass.loop.set_debug(False)
    hass.config_entries.async_update_entry(entry, data={**entry.data, "security": "https"})
    address = f"127.0.0.1:{cup.simulator.ports.https}"
    async_raise_issue(hass, entry, Issue.NODE_NOT_TRUSTED, address=address)
    walk = await Walk.repair(hass, entry.entry_id, Issue.NODE_NOT_TRUSTED)
    assert "Trusted so far: `-`" in walk.sentence
    walk.abandon()


# The server's limits, and other programs


@pytest.mark.parametrize(
    ("code", "path", "issue"),
    [
        (138, "/endpoints", Issue.NO_FREE_ENDPOINT),
        (139, SUBSCRIPTIONS, Issue.NO_FREE_SUBSCRIPTION),
    ],
)
async def test_room_at_the_server_is_asked_for_at_once(
    hass: HomeAssistant,
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
    code: int,
    path: str,
    issue: Issue,
) -> None:
    await cup.inject("error", code=code, path=path, method="POST")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settled(cup)
    walk = await Walk.repair(hass, entry.entry_id, issue)
    await walk.fill_in("confirm")
    assert walk.error == "nothing_free"
    assert issue_of(hass, entry, issue) is not None

    await cup.heal()
    await walk.fill_in("confirm")
    assert walk.created == {}
    assert issue_of(hass, entry, issue) is None
    await until(lambda: shown(hass, CHANNEL) == "eventing")
    await hass.config_entries.async_unload(entry.entry_id)


async def test_room_is_not_asked_for_where_nobody_is_connected(
    hass: HomeAssistant, unloaded: MockConfigEntry
) -> None:
    async_raise_issue(hass, unloaded, Issue.NO_FREE_ENDPOINT, url="")
    walk = await Walk.repair(hass, unloaded.entry_id, Issue.NO_FREE_ENDPOINT)
    await walk.fill_in("confirm")
    assert walk.error == "not_connected"
    walk.abandon()


async def test_a_server_that_is_silent_has_no_room(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    async_raise_issue(hass, loaded, Issue.NO_FREE_ENDPOINT, url="")
    loaded.runtime_data.eventing._queue._run = never
    walk = await Walk.repair(hass, loaded.entry_id, Issue.NO_FREE_ENDPOINT)
    await in_time(freezer, cup, walk.fill_in("confirm"), 15)
    assert walk.error == "nothing_free"
    walk.abandon()


async def never(_task: object) -> None:
    await asyncio.Event().wait()


async def test_a_session_is_taken_back(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    async_raise_issue(hass, loaded, Issue.SESSION_TAKEN_OVER, user="hass")
    running = loaded.runtime_data
    walk = await Walk.repair(hass, loaded.entry_id, Issue.SESSION_TAKEN_OVER)
    await cup.inject("error", code=111, path="/sessions", method="POST", count=1)
    await walk.fill_in("confirm")
    assert walk.error == "not_connected"
    await walk.fill_in("confirm")
    assert walk.created == {}
    assert loaded.runtime_data is not running
    assert issue_of(hass, loaded, Issue.SESSION_TAKEN_OVER) is None


async def test_refused_credentials_are_asked_for_again(
    hass: HomeAssistant, entry: MockConfigEntry, cup: Cup, web_server: str
) -> None:
    hass.config_entries.async_update_entry(entry, data={**entry.data, "password": "wrong"})
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert [flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()] == [
        SOURCE_REAUTH
    ]
    issue = ir.async_get(hass).async_get_issue(
        "homeassistant", f"config_entry_reauth_{DOMAIN}_{entry.entry_id}"
    )
    assert issue is not None


async def test_an_issue_that_is_gone_has_no_flow(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    with pytest.raises(UnknownStep):
        await Walk.repair(hass, entry.entry_id, Issue.SESSION_TAKEN_OVER)
