"""Choosing the dialect, for a server that is added and for one that is there."""

from collections.abc import Generator
import re
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.faults import Fault, FaultKind, Garbage
from custom_components.cisco_unified_presence.const import CONF_DIALECT, SecurityMode
from custom_components.cisco_unified_presence.flows.server_form import CONF_ADVANCED
from custom_components.cisco_unified_presence.pws import DialectMode
from custom_components.cisco_unified_presence.settings import dialect_in
from tests.common.flows import Walk, left_nothing_behind, server_form
from tests.common.server import Cup

HTTP = SecurityMode.HTTP
WATCHER = {"watcher": "watcher", "presence_domain": "example.com"}
SOAP, REST, AUTOMATIC = DialectMode.SOAP, DialectMode.REST, DialectMode.AUTOMATIC


@pytest.fixture(autouse=True)
def _not_set_up() -> Generator[None]:
    """Make entries that do not come up; the flow is what is tested."""
    with patch("custom_components.cisco_unified_presence.async_setup_entry", return_value=False):
        yield


def spoken(dialect: DialectMode) -> dict[str, Any]:
    return {CONF_ADVANCED: {CONF_DIALECT: dialect.value}}


@pytest.mark.parametrize("dialect", DialectMode)
async def test_the_checks_speak_the_dialect_that_was_chosen(
    hass: HomeAssistant, cup: Cup, dialect: DialectMode
) -> None:
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP, **spoken(dialect)))
    await walk.fill_in("watcher", **WATCHER)
    assert walk.created[CONF_DIALECT] == dialect.value
    assert bool(cup.asked("POST", "/presence-service/soap")) is (dialect is SOAP)
    assert bool(cup.asked("POST", "/presence-service/users")) is (dialect is not SOAP)
    assert await left_nothing_behind(cup)


def without_rest(cup: Cup) -> None:
    page = Garbage("<html>Not found</html>", 404, "text/html")
    cup.simulator.faults.add(Fault(FaultKind.GARBAGE, garbage=page, path=re.compile("/users/")))


async def test_a_server_without_rest_is_spoken_to_in_soap_unless_rest_was_chosen(
    hass: HomeAssistant, cup: Cup
) -> None:
    without_rest(cup)
    walk = await Walk.config(hass)
    await walk.fill_in("user", **server_form(cup, HTTP, **spoken(REST)))
    assert (walk.step, walk.error) == ("user", "server_refused")
    # What was chosen stays chosen while the form is corrected.
    assert walk.suggested[CONF_ADVANCED] == {CONF_DIALECT: "rest"}
    await walk.fill_in("user", **server_form(cup, HTTP, **spoken(AUTOMATIC)))
    await walk.fill_in("watcher", **WATCHER)
    assert walk.created[CONF_DIALECT] == "automatic"
    assert cup.asked("POST", "/presence-service/soap")
    assert await left_nothing_behind(cup)


async def test_the_dialect_of_an_entry_is_shown_and_changed(
    hass: HomeAssistant, cup: Cup, entry: MockConfigEntry
) -> None:
    assert dialect_in(entry.data) is AUTOMATIC
    walk = Walk.going_on(hass, await entry.start_reconfigure_flow(hass))
    assert CONF_ADVANCED not in walk.suggested
    await walk.fill_in("reconfigure", **server_form(cup, HTTP, **spoken(SOAP)))
    await walk.fill_in("watcher", **WATCHER)
    assert walk.aborted == "reconfigure_successful"
    assert dialect_in(entry.data) is SOAP
    assert not cup.asked("POST", "/presence-service/users")

    walk = Walk.going_on(hass, await entry.start_reconfigure_flow(hass))
    assert walk.suggested[CONF_ADVANCED] == {CONF_DIALECT: "soap"}
    await walk.fill_in("reconfigure", **server_form(cup, HTTP, **spoken(AUTOMATIC)))
    await walk.fill_in("watcher", **WATCHER)
    assert dialect_in(entry.data) is AUTOMATIC


async def test_authenticating_again_keeps_the_dialect(
    hass: HomeAssistant, cup: Cup, entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_DIALECT: "soap"})
    walk = Walk.going_on(hass, await entry.start_reauth_flow(hass))
    await walk.fill_in("reauth_confirm", application_user="hass", password="simulator")
    assert walk.aborted == "reauth_successful"
    assert dialect_in(entry.data) is SOAP
    assert not cup.asked("POST", "/presence-service/users")
