"""Log lines: one per change of health, and never a secret."""

from collections import Counter
from contextlib import nullcontext
import logging
import re

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.pws import PlainHttp, Server
from tests.common.server import PASSWORD, Cup
from tests.common.setting_presence import set_presence
from tests.common.waiting import pass_time, settled

OURS = f"custom_components.{DOMAIN}"
MINUTES = 3


def ours(caplog: pytest.LogCaptureFixture) -> Counter[str]:
    """Return the integration's messages at info and above, with their numbers."""
    return Counter(
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(OURS) and record.levelno >= logging.INFO
    )


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        ("refuse_connections", {}),
        ("error", {"code": 200}),
        ("garbage", {"body": "<html><body>Log in</body></html>"}),
        ("garbage", {"body": "<not-closed>"}),
        ("garbage", {"body": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
        ("garbage", {"body": ""}),
        ("truncate", {}),
        ("drop_notifications", {}),
        ("error", {"code": 113}),
        ("error", {"code": 160}),
    ],
)
async def test_failure_is_logged_once(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    caplog: pytest.LogCaptureFixture,
    kind: str,
    details: dict[str, object],
) -> None:
    await settled(cup)
    caplog.clear()
    await cup.inject(kind, **details)
    await cup.choose("anna", "DND")
    for _ in range(MINUTES * 6):
        await pass_time(freezer, cup, 10)

    said = ours(caplog)
    assert said
    assert max(said.values()) == 1
    assert len(said) == 1
    await cup.heal()


async def test_recovery_is_logged_once(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await settled(cup)
    await cup.inject("refuse_connections")
    for _ in range(6):
        await pass_time(freezer, cup, 20)
    await cup.heal()
    caplog.clear()
    for _ in range(12):
        await pass_time(freezer, cup, 20)

    assert ours(caplog) == {f"127.0.0.1:{cup.simulator.ports.http} answers again": 1}


async def test_flapping_channel_is_logged_now_and_then(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    web_server: str,
    loaded: MockConfigEntry,
    cup: Cup,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await pass_time(freezer, cup, 600)
    caplog.clear()
    for _ in range(10):
        await cup.inject("drop_notifications", count=1)
        await cup.choose("anna", "DND")
        await pass_time(freezer, cup, 60)
        await cup.choose("anna", "AWAY")
        await pass_time(freezer, cup, 60)

    said = ours(caplog)
    assert sum(said.values()) <= 2 * 3
    assert {message.rpartition(" ")[2] for message in said} == {"polling", "eventing"}


async def test_quiet_days_are_not_logged(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await settled(cup)
    caplog.clear()
    for _ in range(24):
        await pass_time(freezer, cup, 3600)
    assert ours(caplog) == {}


async def test_secrets_are_never_logged(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, OURS)
    keys = {session.key for session in cup.simulator.service.sessions}
    busy = {"entity_id": "sensor.anna_presence", "presence": "busy"}
    await hass.services.async_call(DOMAIN, "set_presence", busy, blocking=True)
    for kind, details in (
        ("lose_sessions", {}),
        ("error", {"code": 200}),
        ("garbage", {"body": "<html>"}),
        ("truncate", {}),
        ("refuse_connections", {}),
    ):
        await cup.inject(kind, **details)
        keys |= {session.key for session in cup.simulator.service.sessions}
        await pass_time(freezer, cup, 60)
        with pytest.raises(HomeAssistantError) if kind != "lose_sessions" else nullcontext():
            await hass.services.async_call(DOMAIN, "set_presence", busy, blocking=True)
        await cup.heal()
    await pass_time(freezer, cup, 60)
    keys |= {session.key for session in cup.simulator.service.sessions}
    assert await hass.config_entries.async_unload(loaded.entry_id)

    lines = [
        line
        for record in caplog.records
        if record.name.startswith(OURS)
        for line in (record.getMessage(), record.exc_text or "")
    ]
    assert any("presence-service" in line or "/users/" in line for line in lines)
    secrets = re.compile("|".join(map(re.escape, {PASSWORD, *keys})))
    assert not [line for line in lines if secrets.search(line)]


async def test_the_same_request_again_is_logged_once(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for presence in ("busy", "busy", "away", "busy"):
        freezer.tick(90)
        await set_presence(hass, presence)

    said = ours(caplog)
    wanted = "set through Home Assistant"
    assert (said[f"Anna: Busy, {wanted}"], said[f"Anna: Away, {wanted}"]) == (2, 1)


@pytest.mark.parametrize(("state", "says"), [("LOADED", 2), ("SETUP_IN_PROGRESS", 0)])
async def test_another_node_is_logged_for_a_running_entry_and_not_for_each_attempt(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    state: str,
    says: int,
) -> None:
    loaded.mock_state(hass, ConfigEntryState[state])
    one, two = (Server(host=host, port=8082, security=PlainHttp()) for host in ("one", "two"))
    for _ in range(5):
        loaded.runtime_data.client.on_node_changed(one, two)
        loaded.runtime_data.client.on_node_changed(two, one)
    loaded.mock_state(hass, ConfigEntryState.LOADED)

    said = ours(caplog)
    moves = ("two:8082", "one:8082"), ("one:8082", "two:8082")
    assert sum(said[f"{new} serves now in the place of {old}"] for new, old in moves) == says
