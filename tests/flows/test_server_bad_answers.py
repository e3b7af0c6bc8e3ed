"""Adding a server that answers amiss: each failure has its sentence, and the flow goes on."""

import asyncio
from collections.abc import Coroutine, Generator
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import CONF_HOST, CONF_PASSWORD
from homeassistant.core import HomeAssistant
import pytest

from cup_simulator.faults import Fault, FaultKind, Garbage
from custom_components.cisco_unified_presence.const import (
    CONF_PRESENCE_DOMAIN,
    CONF_WATCHER,
    SecurityMode,
)
from custom_components.cisco_unified_presence.flows import checks
from custom_components.cisco_unified_presence.pws import read_certificate
from custom_components.cisco_unified_presence.trust import certificate_question
from tests.common.flows import Walk, left_nothing_behind, server_form
from tests.common.server import PASSWORD, Cup
from tests.common.waiting import pass_time, settled

HTTP = SecurityMode.HTTP
WATCHER = {CONF_WATCHER: "watcher", CONF_PRESENCE_DOMAIN: "example.com"}


@pytest.fixture(autouse=True)
def _not_set_up() -> Generator[None]:
    """Make entries without setting them up; the flow is what is tested."""
    with patch("custom_components.cisco_unified_presence.async_setup_entry", return_value=False):
        yield


BOMB = """<?xml version="1.0"?><!DOCTYPE session [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;">]><session><sessionKey>&c;</sessionKey></session>"""


def garbage(body: str, content_type: str = "text/xml") -> Fault:
    return Fault(FaultKind.GARBAGE, garbage=Garbage(body, 200, content_type))


FAULTS = {
    "html": (
        garbage("<!doctype html><html><p>Log in</html>", "text/html"),
        "answer_not_understood",
        "an HTML page",
    ),
    "xhtml": (garbage("<html><br/></html>"), "answer_not_understood", "an HTML page"),
    "empty": (garbage(""), "answer_not_understood", "empty"),
    "not whole": (garbage("<session><sessi"), "answer_not_understood", "not well-formed"),
    "no key": (garbage("<session/>"), "answer_not_understood", "without a session key"),
    "something else": (garbage("<other/>"), "answer_not_understood", "'other'"),
    "20 MB": (garbage("<a>" + "x" * 20_000_000), "answer_not_understood", "larger than 8 MiB"),
    "entity bomb": (garbage(BOMB), "answer_not_understood", "document type"),
    "truncated": (Fault(FaultKind.TRUNCATE, length=20), "cannot_connect_dropped", "{address}"),
    "nothing": (Fault(FaultKind.TRUNCATE, length=0), "cannot_connect_dropped", "{address}"),
    "silent": (Fault(FaultKind.DELAY, delay=30.0), "cannot_connect_timed_out", "{address}"),
    "busy": (Fault(FaultKind.THROTTLE, code=210), "throttled", "too busy"),
    "rate": (Fault(FaultKind.THROTTLE, code=212), "throttled", "too busy"),
    "failed": (Fault(FaultKind.ERROR, code=203), "server_refused", "code 203"),
    "elsewhere": (
        Fault(FaultKind.ERROR, code=160),
        "logged_in_elsewhere",
        "hass is already logged in",
    ),
}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for no server that says it is busy."""
    monkeypatch.setattr(checks, "PATIENCE_SECONDS", 0.1)


async def answered(
    freezer: FrozenDateTimeFactory, cup: Cup, step: Coroutine[Any, Any, Walk]
) -> None:
    """Await a step of the flow, and let time pass while it waits for the server."""
    task = asyncio.create_task(step)
    await settled(cup)
    while not task.done():
        await pass_time(freezer, cup, 11)
    await task


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_answer_that_is_none_is_told_and_the_flow_goes_on(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup, fault: str
) -> None:
    bad, key, words = FAULTS[fault]
    address = f"127.0.0.1:{cup.simulator.ports.http}"
    walk = await Walk.config(hass)
    cup.simulator.faults.add(bad)
    await answered(freezer, cup, walk.fill_in("user", **server_form(cup, HTTP)))
    assert (walk.step, walk.error) == ("user", key)
    assert words.format(address=address) in walk.sentence
    assert walk.suggested[CONF_HOST] == "127.0.0.1"
    assert walk.suggested[CONF_PASSWORD] == PASSWORD  # what was typed is not lost
    assert PASSWORD not in walk.sentence

    cup.simulator.faults.clear()
    await walk.fill_in("user", **server_form(cup, HTTP))
    cup.simulator.faults.add(bad)
    await answered(freezer, cup, walk.fill_in("watcher", **WATCHER))
    assert (walk.step, walk.error) == ("watcher", key)
    assert walk.suggested == WATCHER

    cup.simulator.faults.clear()
    await walk.fill_in("watcher", **WATCHER)
    assert walk.created
    assert await left_nothing_behind(cup)


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_look_that_fails_leaves_nobody_logged_in(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup, fault: str
) -> None:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP))
    bad, _, _ = FAULTS[fault]
    reads = Fault(bad.kind, bad.code, bad.delay, bad.garbage, bad.length, method="GET")
    cup.simulator.faults.add(reads)
    await answered(freezer, cup, walk.fill_in("watcher", **WATCHER))
    assert walk.step == "watcher"
    assert walk.error
    assert await left_nothing_behind(cup)


async def test_a_server_that_goes_before_its_certificate_is_seen(
    hass: HomeAssistant, cup: Cup, monkeypatch: pytest.MonkeyPatch
) -> None:
    hass.loop.set_debug(False)  # or the loop reports the handshake that we refuse
    walk = await Walk.config(hass)
    read = read_certificate

    async def too_late(*args: Any, **kwargs: Any) -> Any:
        await cup.inject("refuse_connections")
        return await read(*args, **kwargs)

    monkeypatch.setattr(f"{certificate_question.__name__}.read_certificate", too_late)
    await walk.fill_in("user", **server_form(cup, SecurityMode.HTTPS))
    assert (walk.step, walk.error) == ("user", "cannot_connect_refused")
    await cup.heal()


async def test_a_logout_that_fails_does_not_fail_the_flow(
    hass: HomeAssistant, cup: Cup, caplog: pytest.LogCaptureFixture
) -> None:
    await cup.inject("error", code=203, method="DELETE")
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP))
    assert walk.step == "watcher"
    assert "The session of a check was left to the server" in caplog.text
    await cup.heal()
    await walk.fill_in("watcher", **WATCHER)
    assert await left_nothing_behind(cup)
