"""What is published, and what may be, when another node begins to serve a person."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import Configuration, ConfiguredNode
from cup_simulator.deployment import NodeState
from cup_simulator.sessions import Session
from custom_components.cisco_unified_presence.const import DOMAIN
from tests.common.server import Cup
from tests.common.setting_presence import (
    WRITES,
    anna_of,
    clear_presence,
    logged_in,
    set_presence,
    stored_records,
)
from tests.common.waiting import pass_time, settled, until

ANNAS = "anna@example.com"


@pytest.fixture
def cup_configuration(cup_configuration: Configuration) -> Configuration:
    """Two nodes that stand in for each other; Anna is homed on the second."""
    people = tuple(
        replace(person, node="beta" if person.user == "anna" else "alpha")
        for person in cup_configuration.people
    )
    nodes = (ConfiguredNode("alpha", backup="beta"), ConfiguredNode("beta", backup="alpha"))
    return replace(cup_configuration, people=people, nodes=nodes)


@pytest.fixture(autouse=True)
async def _served_at_the_end(loaded: MockConfigEntry, cup: Cup) -> AsyncIterator[None]:
    """Let no request hang at a node that is cut off when a test fails."""
    yield
    await cup.simulator.set_node_state("beta", NodeState.RUNNING)


async def pass_steps(freezer: FrozenDateTimeFactory, cup: Cup, *steps: float) -> None:
    for seconds in steps:
        await pass_time(freezer, cup, seconds)


async def clear_in_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup) -> None:
    """Clear Anna's presence, and let the time pass that a node takes to be given up."""
    clearing = hass.async_create_task(clear_presence(hass))
    for _ in range(12):
        await pass_time(freezer, cup, 6)
        if clearing.done():
            break
    assert clearing.done()
    await clearing


async def serve_again(freezer: FrozenDateTimeFactory, cup: Cup) -> None:
    """Let Anna's own node serve again, and the client return to it."""
    await cup.simulator.set_node_state("beta", NodeState.RUNNING)
    await pass_steps(freezer, cup, 60, 10, 10, 10, 10, 60)


def sessions_of(cup: Cup, user: str) -> list[str]:
    """Return the nodes at which a user is logged in."""
    nodes = cup.simulator.deployment.nodes.items()
    return [name for name, node in nodes if node.service.sessions.end_user(user)]


def watch_logouts(cup: Cup, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return a list that fills with whether each logout has taken away Anna's presence."""
    lost: list[bool] = []
    anna = cup.simulator.deployment.people["anna"]

    def watch(log_out: Callable[[Session], None]) -> Callable[[Session], None]:
        def watched(session: Session) -> None:
            log_out(session)
            lost.append(anna.override is None)

        return watched

    for node in cup.simulator.deployment.nodes.values():
        monkeypatch.setattr(node.service, "logout", watch(node.service.logout))
    return lost


@pytest.mark.parametrize("state", [NodeState.CUT, NodeState.STOPPED])
async def test_what_may_be_published_is_not_taken_for_gone_when_another_node_serves(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    loaded: MockConfigEntry,
    cup: Cup,
    state: NodeState,
) -> None:
    """The other node does not take the clear at first."""
    await set_presence(hass, "busy")
    await settled(cup)
    await cup.inject("error", code=200, path=WRITES)
    await cup.simulator.set_node_state("beta", state)
    with pytest.raises(HomeAssistantError):
        await clear_in_time(hass, freezer, cup)
    await pass_time(freezer, cup, 2)
    assert stored_records(hass_storage, loaded)[ANNAS]["unsure"]

    await cup.heal()
    await clear_presence(hass)

    await serve_again(freezer, cup)
    assert await cup.presence_of("anna") == "AVAILABLE"
    assert sessions_of(cup, "anna") == []


@pytest.mark.parametrize("state", [NodeState.CUT, NodeState.STOPPED])
async def test_clearing_succeeds_when_another_node_serves_and_leaves_no_one_logged_in(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    state: NodeState,
) -> None:
    await set_presence(hass, "busy")
    await settled(cup)
    assert sessions_of(cup, "anna") == ["beta"]
    await cup.simulator.set_node_state("beta", state)

    await clear_in_time(hass, freezer, cup)

    await serve_again(freezer, cup)
    assert await cup.presence_of("anna") == "AVAILABLE"
    assert sessions_of(cup, "anna") == []
    assert cup.simulator.deployment.people["anna"].override is None


@pytest.mark.parametrize("state", [NodeState.CUT, NodeState.STOPPED])
async def test_clearing_succeeds_though_the_other_node_refuses_the_logout_at_first(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    state: NodeState,
) -> None:
    """Nothing is published there any more, and the logout is tried again."""
    await set_presence(hass, "busy")
    await settled(cup)
    await cup.inject("error", code=200, path="/users/anna/session", method="DELETE")
    await cup.simulator.set_node_state("beta", state)

    await clear_in_time(hass, freezer, cup)

    assert sessions_of(cup, "anna")[0] == "alpha"
    await cup.heal()
    await serve_again(freezer, cup)
    assert await cup.presence_of("anna") == "AVAILABLE"
    assert sessions_of(cup, "anna") == []


async def test_published_presence_is_published_at_the_primary_before_the_backup_is_left(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await set_presence(hass, "busy")
    await cup.simulator.set_node_state("beta", NodeState.STOPPED)
    await pass_steps(freezer, cup, 10, 10, 31)
    assert sessions_of(cup, "anna") == ["alpha"]
    assert await cup.presence_of("anna") == "BUSY"
    lost = watch_logouts(cup, monkeypatch)

    await serve_again(freezer, cup)

    assert sessions_of(cup, "anna") == ["beta"]
    assert await cup.presence_of("anna") == "BUSY"
    assert lost == [False]


@pytest.mark.parametrize("by_hand", [False, True], ids=["by the removal", "by hand"])
async def test_removed_person_whose_clear_is_under_way_when_another_node_serves(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
    caplog: pytest.LogCaptureFixture,
    by_hand: bool,  # noqa: FBT001 (given)
) -> None:
    """While a clear by hand is under way, the removed person still has a record."""
    await set_presence(hass, "busy")
    await cup.inject("delay", delay=20, path=WRITES)
    clearing = hass.async_create_task(clear_presence(hass)) if by_hand else None
    if clearing:
        await until(lambda: cup.asked("PUT", WRITES) == 2)
    hass.config_entries.async_remove_subentry(loaded, anna_of(loaded).subentry_id)
    await until(lambda: cup.asked("PUT", WRITES) == 2)

    await cup.simulator.set_node_state("beta", NodeState.CUT)
    await cup.heal()
    await pass_steps(freezer, cup, 11, 10, 10, 20)
    if clearing:
        await clearing
    await serve_again(freezer, cup)

    assert await cup.presence_of("anna") == "AVAILABLE"
    assert "anna" not in await logged_in(cup)
    assert await hass.config_entries.async_unload(loaded.entry_id)
    assert await logged_in(cup) == set()
    errors = [each for each in caplog.records if each.levelname == "ERROR" and DOMAIN in each.name]
    assert not errors
