"""Adding a server that tells its presence domain by itself, or does not, or not as it should."""

import asyncio
from collections.abc import Generator
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import (
    CONF_PRESENCE_DOMAIN,
    CONF_WATCHER,
    SecurityMode,
)
from custom_components.cisco_unified_presence.roster import contact_service
from tests.common.flows import Walk, left_nothing_behind, server_form
from tests.common.server import Cup
from tests.common.tls_garbage import GARBAGE, listening
from tests.common.waiting import until

HTTP, HTTPS = SecurityMode.HTTP, SecurityMode.HTTPS


@pytest.fixture(autouse=True)
def _not_set_up(hass: HomeAssistant) -> Generator[None]:
    """Make entries without setting them up, and let handshakes fail without an error in the log."""
    hass.loop.set_debug(False)
    with patch("custom_components.cisco_unified_presence.async_setup_entry", return_value=False):
        yield


async def to_the_watcher(hass: HomeAssistant, cup: Cup) -> Walk:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP))
    assert (walk.step, walk.error) == ("watcher", None)
    assert await left_nothing_behind(cup)
    return walk


@pytest.mark.usefixtures("trusted_client_configuration")
async def test_the_presence_domain_is_filled_in(hass: HomeAssistant, cup: Cup) -> None:
    walk = await to_the_watcher(hass, cup)
    assert walk.suggested == {CONF_PRESENCE_DOMAIN: "example.com"}
    await walk.fill_in("watcher", watcher="watcher", **walk.suggested)
    assert walk.created[CONF_PRESENCE_DOMAIN] == "example.com"
    # One login to find out, one to see the watcher.
    assert cup.asked("POST", "/users/hass/sessions") == 2
    assert await left_nothing_behind(cup)


@pytest.mark.usefixtures("trusted_client_configuration")
async def test_it_is_told_after_the_other_certificate_was_trusted(
    hass: HomeAssistant, cup: Cup
) -> None:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTPS))
    await walk.fill_in("certificate")
    assert walk.suggested == {CONF_PRESENCE_DOMAIN: "example.com"}
    assert await left_nothing_behind(cup)


@pytest.mark.usefixtures("client_configuration_port")
async def test_a_certificate_that_is_not_trusted_is_not_asked_about(
    hass: HomeAssistant, cup: Cup, caplog: pytest.LogCaptureFixture
) -> None:
    walk = await to_the_watcher(hass, cup)
    assert walk.suggested == {}
    assert "is not trusted" in caplog.text


@pytest.mark.usefixtures("trusted_client_configuration")
async def test_a_port_that_is_shut_is_passed_over(hass: HomeAssistant, cup: Cup) -> None:
    await cup.inject("refuse_configuration")
    walk = await to_the_watcher(hass, cup)
    assert walk.suggested == {}
    await cup.heal()


@pytest.mark.usefixtures("trusted_client_configuration")
@pytest.mark.parametrize("answer", GARBAGE)
async def test_an_answer_that_is_none_is_passed_over(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    cup: Cup,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
) -> None:
    async with listening(cup.simulator.tls_dir, GARBAGE[answer]) as (port, asked):
        monkeypatch.setattr(contact_service, "PORTS", (port,))
        walking = asyncio.create_task(to_the_watcher(hass, cup))
        await until(lambda: asked)
        if not GARBAGE[answer]:
            freezer.tick(contact_service.PATIENCE_SECONDS + 0.1)
        walk = await walking
    assert walk.suggested == {}


@pytest.mark.usefixtures("trusted_client_configuration")
async def test_a_domain_that_is_known_is_not_asked_for(
    hass: HomeAssistant, cup: Cup, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = {**entry.data, CONF_PRESENCE_DOMAIN: "chosen.example"}
    hass.config_entries.async_update_entry(entry, data=data)
    walk = Walk.going_on(hass, await entry.start_reconfigure_flow(hass))
    async with listening(cup.simulator.tls_dir, b"") as (port, asked):
        monkeypatch.setattr(contact_service, "PORTS", (port,))
        await walk.fill_in("reconfigure", **server_form(cup, HTTP))
    suggested = walk.suggested
    assert suggested == {CONF_WATCHER: "watcher", CONF_PRESENCE_DOMAIN: "chosen.example"}
    assert not asked
