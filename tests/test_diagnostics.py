"""Diagnostics: what they hold, and no name, key or password."""

from datetime import UTC, datetime
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from custom_components.cisco_unified_presence.channel import ChannelHistory
from custom_components.cisco_unified_presence.channel.history import LAST_STATES
from custom_components.cisco_unified_presence.const import Channel
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.pws import CannotConnect, ConnectFailure
from tests.common.diagnostics import diagnostics_of

from .common.entry import SECRET
from .common.live_channel import FETCHES, call_back, subscription_id
from .common.server import PASSWORD, Cup
from .common.waiting import pass_time, settled

pytestmark = pytest.mark.usefixtures("trusted_records")


DURATIONS = {"median": "<seconds>", "longest": "<seconds>"}


async def test_diagnostics_of_a_running_entry(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, web_server: str
) -> None:
    await settled(cup)
    await cup.choose("anna", "DND")
    await settled(cup)
    diagnostics = await diagnostics_of(hass, loaded)
    assert diagnostics["entry"]["state"] == "loaded"
    assert diagnostics["entry"]["version"] == "1.2"
    assert diagnostics["entry"]["data"]["password"] == "**REDACTED**"
    assert diagnostics["entry"]["data"]["application_user"] == "application"
    assert diagnostics["entry"]["people"][1] == {
        "user": "person_2",
        "contact": "person_2",
        "controlled": False,
    }
    running = diagnostics["running"]
    assert running["channel"] == "eventing"
    assert [state["channel"] for state in running["channel_history"]] == ["polling", "eventing"]
    assert running["reachable"] is True
    assert running["dialect"] == "rest"
    assert running["node"] == f"127.0.0.1:{cup.simulator.ports.http}"
    assert running["all_on_primary"] is True
    assert running["callback"] == f"{web_server}/**REDACTED**"
    assert running["notifications"]["last"] is not None
    assert running["notifications"]["received"] >= 2
    assert running["people"] == {
        "watched": 3,
        "controlled": 1,
        "held": 0,
        "logged_in": 1,
        "by_presence": {
            "AVAILABLE": 0,
            "AWAY": 0,
            "BUSY": 1,
            "DND": 1,
            "UNAVAILABLE": 1,
            "UNKNOWN": 0,
            "VACATION": 0,
            "not_seen": 0,
        },
    }
    assert running["requests"]["log_in"] == {"ok": 1}
    assert running["requests"]["subscribe"] == {"ok": 1}
    fetches = running["requests"]["fetch"]["ok"]
    assert running["fetch_seconds"]["count"] == fetches == cup.asked("GET", FETCHES)
    assert 0 < running["fetch_seconds"]["median"] <= running["fetch_seconds"]["longest"]
    assert running["last_errors"] == []
    loaded.runtime_data.coordinator.last_notification = None
    diagnostics = await diagnostics_of(hass, loaded)
    assert diagnostics["running"]["notifications"]["last"] is None


async def test_all_diagnostics(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    cup: Cup,
    web_server: str,
    entry: MockConfigEntry,
    snapshot: SnapshotAssertion,
) -> None:
    freezer.move_to(datetime(2026, 11, 23, 9, tzinfo=UTC))
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settled(cup)
    diagnostics = await diagnostics_of(hass, entry)
    # Ports and durations are different in every run.
    node = f"127.0.0.1:{cup.simulator.ports.http}"
    diagnostics["running"]["fetch_seconds"] = {
        **diagnostics["running"]["fetch_seconds"],
        **DURATIONS,
    }
    text = json.dumps(diagnostics).replace(web_server, "<home>").replace(node, "<node>")
    diagnostics = json.loads(text)
    diagnostics["entry"]["data"]["port"] = "<port>"
    assert diagnostics == snapshot


async def test_notifications_are_counted_by_kind(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, web_server: str
) -> None:
    await settled(cup)
    before = (await diagnostics_of(hass, loaded))["running"]["notifications"]
    await call_back(web_server, subscription_id(cup))
    await call_back(web_server, 999)
    await call_back(web_server, -1)
    await settled(cup)
    after = (await diagnostics_of(hass, loaded))["running"]["notifications"]
    assert {key: after[key] - before[key] for key in ("received", "forged", "ignored")} == {
        "received": 1,
        "forged": 1,
        "ignored": 1,
    }


async def test_errors_have_their_time_and_no_names(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await cup.inject("error", code=124, path="anna", count=1)
    await loaded.runtime_data.poller.async_poll("anna@example.com")
    diagnostics = await diagnostics_of(hass, loaded)
    (failure,) = diagnostics["running"]["last_errors"]
    assert failure["when"] == dt_util.utcnow().isoformat()
    assert failure["request"] == "poll"
    assert "person_1" in failure["sentence"]
    assert "watcher" in failure["sentence"]
    assert "anna" not in failure["sentence"]
    assert diagnostics["running"]["requests"]["poll"] == {"BadContact": 1}


async def test_diagnostics_of_an_entry_that_is_not_running(
    hass: HomeAssistant, entry: MockConfigEntry, cup: Cup, web_server: str
) -> None:
    options = {"callback_url": "http://home.example:8080/hidden"}
    hass.config_entries.async_update_entry(entry, options=options)
    await cup.inject("refuse_connections")
    await hass.config_entries.async_setup(entry.entry_id)
    diagnostics = await diagnostics_of(hass, entry)
    assert diagnostics["entry"]["state"] == "setup_retry"
    assert diagnostics["entry"]["reason"].startswith("127.0.0.1")
    assert diagnostics["entry"]["options"] == {
        "callback_url": "http://home.example:8080/**REDACTED**"
    }
    assert "running" not in diagnostics


async def test_diagnostics_have_no_secrets_after_any_failure(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await settled(cup)
    keys = [each["key"] for each in (await cup.state())["sessions"] if "key" in each]
    client = loaded.runtime_data.client
    keys += [session.key for session in client.application_sessions]
    keys += [(await client.session_of("watcher")).key]
    for kind, details in (
        ("error", {"code": 124}),
        ("error", {"code": 100}),
        ("error", {"code": 111}),
        ("garbage", {"body": "<html>anna@example.com</html>"}),
        ("throttle", {}),
        ("truncate", {}),
        ("refuse_connections", {}),
    ):
        await cup.inject(kind, **details)
        for user in ("anna", "unknown-user"):
            with pytest.raises(Exception, match=r"\w"):
                await client.set_presence("anna", "X", override=False, expiry=3600)
            poll = hass.async_create_task(client.poll_contact("watcher", f"{user}@example.com"))
            await pass_time(freezer, cup, 120)
            assert isinstance(await result_of(poll), Exception), kind
        await cup.heal()
    dump = json.dumps(await diagnostics_of(hass, loaded)).casefold()
    assert keys
    people = ("anna", "ben", "clara", "unknown-user")
    for secret in (PASSWORD, SECRET, *keys, *people, "watcher@example.com"):
        assert secret.casefold() not in dump


async def result_of(poll: Any) -> object:
    try:
        return await poll
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is asked for
        return error


def test_the_latest_states_of_the_channel_are_in_the_history(
    freezer: FrozenDateTimeFactory,
) -> None:
    coordinator = PresenceCoordinator("cup", {})
    history = ChannelHistory(coordinator)
    freezer.move_to("2027-03-01T12:00:00+00:00")
    coordinator.async_set_channel(Channel.EVENTING)
    coordinator.async_set_channel(Channel.EVENTING)
    freezer.move_to("2027-03-01T13:00:00+00:00")
    coordinator.async_set_unreachable(CannotConnect(ConnectFailure.REFUSED))
    states = [(state.since.hour, state.channel, state.reachable) for state in history.states]
    assert states[1:] == [(12, Channel.EVENTING, True), (13, Channel.EVENTING, False)]
    assert states[0][1:] == (Channel.POLLING, True)
    for _ in range(LAST_STATES):
        coordinator.async_set_channel(Channel.POLLING)
        coordinator.async_set_channel(Channel.EVENTING)
    assert len(history.states) == LAST_STATES
