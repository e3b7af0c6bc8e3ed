"""A start that fails leaves alone what is published, on all nodes: docs/rules.md, rule 21."""

from dataclasses import replace

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import Configuration, ConfiguredNode
from cup_simulator.deployment import NodeState
from custom_components.cisco_unified_presence.channel import EntryCallback
from custom_components.cisco_unified_presence.runtime import Runtime
from tests.common.server import Cup
from tests.common.setting_presence import WRITES, set_presence
from tests.common.waiting import settled


@pytest.fixture
def cup_configuration(cup_configuration: Configuration) -> Configuration:
    """Two nodes that back each other; Anna is homed on the second."""
    people = tuple(
        replace(person, node="beta" if person.user == "anna" else "alpha")
        for person in cup_configuration.people
    )
    nodes = (ConfiguredNode("alpha", backup="beta"), ConfiguredNode("beta", backup="alpha"))
    return replace(cup_configuration, people=people, nodes=nodes)


async def sessions(cup: Cup) -> set[tuple[str, str]]:
    return {(each["node"], each["user"]) for each in (await cup.state())["sessions"]}


@pytest.mark.parametrize("alpha", [NodeState.RUNNING, NodeState.STOPPED], ids=str)
async def test_start_that_fails_again_and_again_leaves_other_nodes_alone(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, alpha: NodeState
) -> None:
    await set_presence(hass, "busy")
    written = cup.asked("PUT", WRITES)
    await loaded.runtime_data.async_leave(keep_published=True)
    await cup.inject("error", code=200, path="/watcher/")
    await cup.simulator.set_node_state("alpha", alpha)

    for _ in range(3):
        assert not await hass.config_entries.async_reload(loaded.entry_id)
        assert loaded.state is ConfigEntryState.SETUP_RETRY
        assert await cup.presence_of("anna") == "BUSY"
        assert ("beta", "anna") in await sessions(cup)

    await cup.heal()
    await cup.simulator.set_node_state("alpha", NodeState.RUNNING)
    assert await hass.config_entries.async_reload(loaded.entry_id)
    await settled(cup)
    assert await cup.presence_of("anna") == "BUSY"
    assert cup.asked("PUT", WRITES) == written


@pytest.mark.parametrize("fails", [(Runtime, "async_start"), (EntryCallback, "async_open")])
async def test_start_that_ends_with_a_mistake_clears_nothing(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cup: Cup,
    monkeypatch: pytest.MonkeyPatch,
    fails: tuple[type, str],
) -> None:
    await set_presence(hass, "busy")
    await loaded.runtime_data.async_leave(keep_published=True)

    async def fail(_self: object) -> None:
        raise KeyError("spam")

    monkeypatch.setattr(*fails, fail)
    assert not await hass.config_entries.async_reload(loaded.entry_id)

    assert loaded.state is ConfigEntryState.SETUP_ERROR
    assert await cup.presence_of("anna") == "BUSY"
    assert ("beta", "anna") in await sessions(cup)


async def test_start_whose_platforms_fail_clears_nothing(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_presence(hass, "busy")
    await loaded.runtime_data.async_leave(keep_published=True)

    async def fail(*_args: object) -> None:
        raise KeyError("spam")

    monkeypatch.setattr(hass.config_entries, "async_forward_entry_setups", fail)
    assert not await hass.config_entries.async_reload(loaded.entry_id)

    assert loaded.state is ConfigEntryState.SETUP_ERROR
    assert await cup.presence_of("anna") == "BUSY"
