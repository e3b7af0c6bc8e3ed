"""What is tried of a server before it is believed, and that nothing stays behind."""

import asyncio
from dataclasses import replace
from pathlib import Path
import re

from aiohttp import ClientSession
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.faults import Fault, FaultKind, Garbage
from cup_simulator.server import Simulator
from custom_components.cisco_unified_presence.flows import checks
from custom_components.cisco_unified_presence.flows.checks import (
    Access,
    async_check_login,
    async_check_watcher,
)
from custom_components.cisco_unified_presence.pws import (
    AnswerNotUnderstood,
    InvalidCredentials,
    PinnedCertificate,
    PlainHttp,
    Presence,
    Server,
    ServerFailed,
    SystemTrust,
    Throttled,
    UnknownUser,
    UntrustedCertificate,
    read_certificate,
)
from tests.common.cancelling import cancel_at
from tests.common.flows import left_nothing_behind
from tests.common.server import PASSWORD, Cup
from tests.common.waiting import settled, until

CONTACT = "watcher@example.com"


@pytest.fixture
def access(cup: Cup) -> Access:
    """Get in at the simulated server, in plain HTTP."""
    server = Server(host="127.0.0.1", port=cup.simulator.ports.http, security=PlainHttp())
    return Access(server=server, user="hass", password=PASSWORD)


async def test_a_login_is_really_tried_and_ended(
    hass: HomeAssistant, cup: Cup, access: Access
) -> None:
    await async_check_login(hass, access)
    asked = [(method, path, status) for method, path, status in await cup.requests()]
    assert asked == [
        ("POST", "/presence-service/users/hass/sessions", 201),
        ("DELETE", "/presence-service/users/hass/session", 200),
    ]
    assert await left_nothing_behind(cup)


async def test_a_wrong_password_is_raised(hass: HomeAssistant, cup: Cup, access: Access) -> None:
    with pytest.raises(InvalidCredentials):
        await async_check_login(hass, replace(access, password="wrong"))
    assert cup.asked("DELETE") == 0


async def test_a_server_that_is_too_busy_is_not_asked_for_longer_than_a_user_waits(
    hass: HomeAssistant, cup: Cup, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "PATIENCE_SECONDS", 0)
    cup.simulator.faults.add(Fault(FaultKind.THROTTLE, code=210))
    async with asyncio.timeout(10):
        with pytest.raises(Throttled):
            await async_check_login(hass, access)
    assert cup.asked() == 1


async def test_a_pinned_certificate_is_enough_and_an_untrusted_one_is_not(
    hass: HomeAssistant, cup: Cup, access: Access
) -> None:
    hass.loop.set_debug(False)  # or the loop reports the handshake that we refuse
    port = cup.simulator.ports.https
    untrusted = Server(host="127.0.0.1", port=port, security=SystemTrust())
    with pytest.raises(UntrustedCertificate):
        await async_check_login(hass, replace(access, server=untrusted))
    assert cup.asked() == 0
    shown = await read_certificate("127.0.0.1", port, timeout=5)
    pinned = Server(host="127.0.0.1", port=port, security=PinnedCertificate(shown.sha256))
    await async_check_login(hass, replace(access, server=pinned))
    assert await left_nothing_behind(cup)


async def test_the_watcher_sees_itself(hass: HomeAssistant, cup: Cup, access: Access) -> None:
    seen = await async_check_watcher(hass, access, "watcher", CONTACT)
    assert seen is Presence.AVAILABLE
    logins = [path for method, path, _ in await cup.requests() if method == "POST"]
    assert [path.rpartition("/users/")[2] for path in logins] == [
        "hass/sessions",
        "watcher/sessions",
    ]
    # Both sessions have ended, by whatever logouts.
    assert (await cup.state())["sessions"] == []
    assert await left_nothing_behind(cup)


async def test_a_watcher_at_another_domain_is_unknown(
    hass: HomeAssistant, cup: Cup, access: Access
) -> None:
    seen = await async_check_watcher(hass, access, "watcher", "watcher@other.example")
    assert seen is Presence.UNKNOWN
    assert await left_nothing_behind(cup)


async def test_an_unknown_watcher_leaves_nobody_logged_in(
    hass: HomeAssistant, cup: Cup, access: Access
) -> None:
    with pytest.raises(UnknownUser) as raised:
        await async_check_watcher(hass, access, "nobody", "nobody@example.com")
    assert raised.value.user == "nobody"
    assert await left_nothing_behind(cup)


async def test_a_look_that_is_not_understood_leaves_nobody_logged_in(
    hass: HomeAssistant, cup: Cup, access: Access
) -> None:
    html = Garbage("<html></html>", 200, "text/html")
    cup.simulator.faults.add(Fault(FaultKind.GARBAGE, garbage=html, method="GET"))
    with pytest.raises(AnswerNotUnderstood):
        await async_check_watcher(hass, access, "watcher", CONTACT)
    assert await left_nothing_behind(cup)


async def test_a_check_that_is_broken_off_leaves_nobody_logged_in(
    hass: HomeAssistant, cup: Cup, access: Access
) -> None:
    cup.simulator.faults.add(Fault(FaultKind.DELAY, delay=30.0, method="GET"))
    check = asyncio.ensure_future(async_check_watcher(hass, access, "watcher", CONTACT))
    await until(lambda: cup.asked("GET"))
    check.cancel()
    with pytest.raises(asyncio.CancelledError):
        await check
    assert await left_nothing_behind(cup)


@pytest.mark.parametrize("path", ["/session$", "/users/watcher/session$", "/users/hass/session$"])
async def test_a_logout_that_fails_fails_no_check(
    hass: HomeAssistant, cup: Cup, access: Access, path: str
) -> None:
    """Which of the sessions is ended by a logout of its own is not the form's concern."""
    pattern = re.compile(path)
    cup.simulator.faults.add(Fault(FaultKind.ERROR, code=203, method="DELETE", path=pattern))
    assert await async_check_watcher(hass, access, "watcher", CONTACT) is Presence.AVAILABLE
    await async_check_login(hass, access)
    cup.simulator.faults.clear()
    # What a logout has left is ended by that of the next check.
    await async_check_login(hass, access)
    assert await left_nothing_behind(cup)


@pytest.mark.parametrize("path", ["/users/hass/session$"])
async def test_a_logout_that_fails_hides_neither_success_nor_failure(
    hass: HomeAssistant,
    cup: Cup,
    access: Access,
    path: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    pattern = re.compile(path)
    cup.simulator.faults.add(Fault(FaultKind.ERROR, code=203, method="DELETE", path=pattern))
    seen = await async_check_watcher(hass, access, "watcher", CONTACT)
    assert seen is Presence.AVAILABLE
    assert "left to the server" in caplog.text
    cup.simulator.faults.add(Fault(FaultKind.ERROR, code=204, method="GET"))
    with pytest.raises(ServerFailed) as raised:
        await async_check_watcher(hass, access, "watcher", CONTACT)
    assert raised.value.code == 204


async def test_the_session_of_a_running_entry_stays_and_only_what_was_added_goes(
    hass: HomeAssistant, cup: Cup, access: Access, loaded: MockConfigEntry
) -> None:
    sessions = (await cup.state())["sessions"]
    await async_check_login(hass, access)
    await async_check_watcher(hass, access, "watcher", CONTACT)
    await async_check_watcher(hass, access, "clara", "clara@example.com")
    assert (await cup.state())["sessions"] == sessions
    assert [(method, path) for method, path, _ in await cup.requests() if method == "DELETE"] == [
        ("DELETE", "/presence-service/users/clara/session")
    ]


async def test_who_is_logged_in_at_another_server_is_logged_out_of_this_one(
    hass: HomeAssistant, cup: Cup, access: Access, loaded: MockConfigEntry, tls_dir: Path
) -> None:
    async with (
        Simulator(cup.simulator.service.configuration, tls_dir=tls_dir) as simulator,
        ClientSession() as session,
    ):
        other = Cup(simulator, session)
        server = replace(access.server, port=simulator.ports.http)
        await async_check_watcher(hass, replace(access, server=server), "watcher", CONTACT)
        assert await left_nothing_behind(other)


@pytest.mark.usefixtures("trusted_records")
async def test_a_session_that_a_running_entry_has_lost_is_ended(
    hass: HomeAssistant, cup: Cup, access: Access, loaded: MockConfigEntry
) -> None:
    cup.simulator.service.lose_sessions()
    await async_check_login(hass, access)
    assert (await cup.state())["sessions"] == []


async def test_nothing_stays_behind_of_a_check_whose_form_is_closed(
    hass: HomeAssistant, cup: Cup, access: Access
) -> None:
    number = 0
    while await cancel_at(number, async_check_watcher(hass, access, "watcher", CONTACT)):
        await settled(cup)
        assert await left_nothing_behind(cup), number
        number += 1
    assert number
