"""Checks of a server that is one node of several."""

from dataclasses import replace

from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import Configuration, ConfiguredNode
from custom_components.cisco_unified_presence.flows.checks import (
    Access,
    async_check_login,
    async_check_watcher,
)
from custom_components.cisco_unified_presence.pws import (
    PlainHttp,
    Presence,
    RedirectRefused,
    Server,
)
from custom_components.cisco_unified_presence.roster import contact_service
from tests.common.flows import Walk, left_nothing_behind
from tests.common.server import PASSWORD, Cup

AT_ALPHA = {"hass", "watcher"}


@pytest.fixture
def cup_configuration(cup_configuration: Configuration) -> Configuration:
    """Two nodes; the watcher is homed on the first, Anna and Clara on the second."""
    people = tuple(
        replace(
            person,
            node="beta" if person.user in {"anna", "clara"} else "alpha",
            contacts={"Team": ("dora@example.com",)},
        )
        for person in cup_configuration.people
    )
    nodes = (ConfiguredNode("alpha", backup="beta"), ConfiguredNode("beta", backup="alpha"))
    return replace(cup_configuration, people=people, nodes=nodes)


def access_to(cup: Cup, node: str) -> Access:
    port = cup.simulator.nodes[node].node.address.http_port
    server = Server(host="127.0.0.1", port=port, security=PlainHttp())
    return Access(server=server, user="hass", password=PASSWORD)


async def logged_in(cup: Cup) -> dict[str, set[str]]:
    """Return who is logged in, by node."""
    found: dict[str, set[str]] = {"alpha": set(), "beta": set()}
    for session in (await cup.state())["sessions"]:
        found[session["node"]].add(session["user"])
    return found


@pytest.mark.parametrize("node", ["alpha", "beta"])
@pytest.mark.parametrize("watcher", ["watcher", "clara"])
async def test_a_watcher_of_another_node_is_seen_and_nobody_stays(
    hass: HomeAssistant, cup: Cup, node: str, watcher: str
) -> None:
    contact = f"{watcher}@example.com"
    seen = await async_check_watcher(hass, access_to(cup, node), watcher, contact)
    assert seen is Presence.AVAILABLE
    assert await left_nothing_behind(cup)


async def test_what_was_logged_in_at_another_node_beside_a_running_entry_goes(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    assert await logged_in(cup) == {"alpha": AT_ALPHA, "beta": set()}
    await async_check_watcher(hass, access_to(cup, "alpha"), "clara", "clara@example.com")
    assert await logged_in(cup) == {"alpha": AT_ALPHA, "beta": set()}


async def test_what_a_running_entry_uses_at_another_node_stays(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry
) -> None:
    await loaded.runtime_data.client.log_in_user("anna")
    before = await logged_in(cup)
    assert before == {"alpha": AT_ALPHA, "beta": {"hass", "anna"}}
    for node in ("alpha", "beta"):
        await async_check_login(hass, access_to(cup, node))
        await async_check_watcher(hass, access_to(cup, node), "clara", "clara@example.com")
        await async_check_watcher(hass, access_to(cup, node), "anna", "anna@example.com")
        assert await logged_in(cup) == before
    sessions = loaded.runtime_data.client.logged_in_users
    assert sessions == {"watcher", "anna"}


async def test_the_password_is_not_sent_to_another_deployment(
    hass: HomeAssistant, cup: Cup, monkeypatch: pytest.MonkeyPatch
) -> None:
    beta = cup.simulator.nodes["beta"].node
    monkeypatch.setattr(beta, "address", replace(beta.address, host="localhost"))
    with pytest.raises(RedirectRefused):
        await async_check_watcher(hass, access_to(cup, "alpha"), "clara", "clara@example.com")
    assert await left_nothing_behind(cup)


@pytest.mark.usefixtures("trusted_client_configuration")
async def test_the_contact_list_is_asked_for_at_the_watchers_own_node(
    hass: HomeAssistant,
    cup: Cup,
    entry: MockConfigEntry,
    web_server: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = {**entry.data, CONF_PORT: cup.simulator.nodes["beta"].node.address.http_port}
    hass.config_entries.async_update_entry(entry, data=data)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    # Only the node that gave the key, here the first, takes it.
    walk = await Walk.people(hass, entry.entry_id)
    assert walk.step == "contacts"
    [port] = cup.simulator.nodes["beta"].configuration.ports
    monkeypatch.setattr(contact_service, "PORTS", (port,))
    walk = await Walk.people(hass, entry.entry_id)
    assert walk.step == "user"
    await hass.config_entries.async_unload(entry.entry_id)
