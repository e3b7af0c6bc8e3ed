"""Several nodes: users at their homes, failover to the backup, and the way home."""

from dataclasses import replace
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from cup_simulator.configuration import Configuration, ConfiguredNode
from cup_simulator.deployment import NodeState
from custom_components.cisco_unified_presence.const import DEFAULT_FULL_REFRESH_INTERVAL, DOMAIN
from custom_components.cisco_unified_presence.issues import Issue
from custom_components.cisco_unified_presence.pws import OpenSession, PlainHttp, Server
from custom_components.cisco_unified_presence.trust import KnownNodes, NodeStore, node_policy
from custom_components.cisco_unified_presence.trust.nodes import is_of_the_same_deployment
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, settled, until

ANNA = "sensor.anna_presence"
BEN = "sensor.ben_presence"
CHANNEL = "sensor.cup_update_channel"


@pytest.fixture
def cup_configuration(cup_configuration: Configuration) -> Configuration:
    """Two nodes that stand in for each other; Anna is homed on the second."""
    people = tuple(
        replace(person, node="beta" if person.user == "anna" else "alpha")
        for person in cup_configuration.people
    )
    nodes = (
        ConfiguredNode("alpha", backup="beta"),
        ConfiguredNode("beta", backup="alpha"),
    )
    return replace(cup_configuration, people=people, nodes=nodes)


async def act(hass: HomeAssistant, action: str, **data: Any) -> None:
    await hass.services.async_call(DOMAIN, action, {"entity_id": ANNA, **data}, blocking=True)


async def homes(cup: Cup) -> dict[str, set[str]]:
    """Return who is logged in, by node."""
    found: dict[str, set[str]] = {"alpha": set(), "beta": set()}
    for session in (await cup.state())["sessions"]:
        found[session["node"]].add(session["user"])
    return found


async def test_people_on_different_nodes_work_side_by_side(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await act(hass, "set_presence", presence="busy")
    assert await homes(cup) == {"alpha": {"hass", "watcher"}, "beta": {"hass", "anna"}}
    await until(lambda: shown(hass, ANNA) == "busy")
    await cup.choose("ben", "AWAY")
    await until(lambda: shown(hass, BEN) == "away")

    await act(hass, "clear_presence")
    assert (await homes(cup))["beta"] <= {"hass"}
    await hass.config_entries.async_unload(loaded.entry_id)
    assert await homes(cup) == {"alpha": set(), "beta": set()}


async def test_a_hold_that_ended_unseen_at_another_node_is_written_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    """What Anna's own phone shows hides that it ended; nobody could tell until she changes it."""
    await act(hass, "set_presence", presence="busy")
    await cup.choose("anna", "BUSY", manual=False)
    await settled(cup)
    cup.simulator.deployment.nodes["beta"].service.lose_sessions()
    await settled(cup)
    assert (await homes(cup))["beta"] == set()
    assert shown(hass, ANNA) == "busy"

    await pass_time(freezer, cup, DEFAULT_FULL_REFRESH_INTERVAL.total_seconds())
    await settled(cup)

    assert (await homes(cup))["beta"] == {"hass", "anna"}
    await cup.choose("anna", "AVAILABLE", manual=False)
    await settled(cup)
    assert shown(hass, ANNA) == "busy"


async def test_backup_takes_over_and_the_primary_comes_back(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await act(hass, "set_presence", presence="do_not_disturb")
    await settled(cup)
    await cup.simulator.set_node_state("alpha", NodeState.STOPPED)
    await cup.choose("ben", "DND")
    for pause in (60, 2.5, 5, 10):
        await pass_time(freezer, cup, pause)
    await until(lambda: shown(hass, BEN) == "do_not_disturb")
    await until(lambda: shown(hass, CHANNEL) == "eventing")
    assert (await homes(cup))["beta"] == {"hass", "watcher", "anna"}
    assert await cup.presence_of("anna") == "DND"
    await cup.choose("ben", "AWAY")
    await until(lambda: shown(hass, BEN) == "away")

    await cup.simulator.set_node_state("alpha", NodeState.RUNNING)
    await pass_time(freezer, cup, 60)
    await until(lambda: shown(hass, CHANNEL) == "eventing")
    await settled(cup)
    assert "watcher" in (await homes(cup))["alpha"]
    await cup.choose("ben", "BUSY")
    await until(lambda: shown(hass, BEN) == "busy")


async def test_home_assistant_starts_while_the_primary_is_down(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await hass.config_entries.async_unload(loaded.entry_id)
    await cup.simulator.set_node_state("alpha", NodeState.STOPPED)
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await until(lambda: shown(hass, BEN) == "busy")
    assert (await homes(cup))["beta"] == {"hass", "watcher"}


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("cup1.example.com", True),
        ("CUP2.example.com", True),
        ("cup2.example.org", False),
        ("evil.com", False),
        ("example.com", False),
        ("192.0.2.1", False),
    ],
)
def test_password_goes_only_to_nodes_of_the_same_deployment(host: str, allowed: bool) -> None:  # noqa: FBT001 (given)
    server = Server(host="cup1.example.com", port=8082, security=PlainHttp())
    assert is_of_the_same_deployment(server, host) is allowed


def test_hosts_of_one_top_level_domain_are_strangers() -> None:
    server = Server(host="cup.com", port=8082, security=PlainHttp())
    assert not is_of_the_same_deployment(server, "evil.com")
    assert is_of_the_same_deployment(server, "cup.com")


@pytest.mark.parametrize(
    ("own", "host", "allowed"),
    [
        ("cup.strasse.de", "evil.straße.de", False),
        ("cup.strasse.de", "evil.xn--strae-oqa.de", False),
        ("cup.straße.de", "evil.strasse.de", False),
        ("cup.straße.de", "cup2.xn--strae-oqa.de", True),
        ("cup.STRAßE.de", "CUP2.straße.de", True),
        ("cup.strasse.de", "cup2.ſtraſſe.de", True),  # noqa: RUF001 (given)
        # The dot of an absolute name is no label.
        ("cup.com.", "evil.com.", False),
        ("cup.рф.", "evil.рф.", False),
        ("cup.example.com.", "cup2.example.com", True),
        ("cup.example.com", "cup.example.com.", True),
        # Dots, letters and digits of other scripts.
        ("cup.example.com", "cup2\u3002example\uff0ecom", True),
        ("cup.example.com", "cup2.e\u0445ample.com", False),
        ("cup.example.com", "cup2.example.co\u1e43", False),
        ("cup.kelvin.de", "cup2.\u212aelvin.de", True),
        ("192.0.2.1", "192.0.2.\uff11", True),
        # What else than a host is in it does not make it one.
        ("cup.example.com", "evil@cup.example.com", False),
        ("cup.example.com", "cup.example.com@evil.com", False),
        ("cup.example.com", "2130706433/.example.com", False),
        ("cup.example.com", "evil\uff0f.example.com", False),
        ("cup.example.com", "cup.example.com:8443", False),
        # Addresses are no names, in whatever spelling.
        ("192.0.2.1", "193.0.2.1", False),
        ("192.0.2.1.", "193.0.2.1.", False),
        ("010.0.0.1", "011.0.0.1", False),
        ("0xa.0.0.0x1", "0xb.0.0.0x1", False),
        ("0XA.0.0.0X1", "0XB.0.0.0X1", False),
        ("cup.example.0x", "cup2.example.0x", False),
        ("cup.example.2", "cup2.example.2", False),
        ("cup.example.x2", "cup2.example.x2", True),
        ("fe80::1%eth0", "fe80::1%eth1", False),
        ("fe80::1%eth0", "[fe80:0::1%eth0]", True),
        ("cup.example.com", "fe80::1%eth0.example.com", False),
        ("fe80::1%eth0.example.com", "cup.example.com", False),
    ],
)
def test_domains_are_compared_as_they_are_resolved(own: str, host: str, *, allowed: bool) -> None:
    server = Server(host=own, port=8083, security=PlainHttp())
    assert is_of_the_same_deployment(server, host) is allowed


def test_nodes_are_trusted_and_replaced_as_they_are_known() -> None:
    server = Server(host="cup1.example.com", port=8082, security=PlainHttp())

    def trust_of(host: str, port: int) -> PlainHttp:
        return PlainHttp()

    policy = node_policy(server, "cup2:8083", trust_of)
    assert (policy.backup, policy.trust_of) == ("cup2:8083", trust_of)
    assert policy.allow_node("cup2.example.com", 1)
    assert not policy.allow_node("cup2.example.org", 8082)


ONE, TWO = OpenSession("cup1:8082", "anna", "key 1"), OpenSession("cup2:8082", "ben", "key 2")
STORED: dict[str, Any] = {
    "backup": "cup2:8083",
    "logged_in": True,
    "sessions": [
        {"node": "cup1:8082", "user": "anna", "key": "key 1"},
        {"node": "cup2:8082", "user": "ben", "key": "key 2"},
    ],
}
KNOWN = KnownNodes(backup="cup2:8083", logged_in=True, elsewhere=frozenset({TWO, ONE}))


@pytest.mark.parametrize(
    ("changes", "known"),
    [
        ({}, KNOWN),
        ({"backup": 7}, replace(KNOWN, backup=None)),
        ({"backup": ""}, replace(KNOWN, backup=None)),
        ({"logged_in": "yes"}, replace(KNOWN, logged_in=False)),
        ({"sessions": {}}, replace(KNOWN, elsewhere=frozenset())),
        (
            {"sessions": [7, {"node": "cup1:8082"}, *STORED["sessions"][1:]]},
            replace(KNOWN, elsewhere=frozenset({TWO})),
        ),
    ],
)
def test_what_is_known_of_the_nodes_is_read_as_far_as_it_can_be(
    changes: dict[str, Any], known: KnownNodes
) -> None:
    assert KnownNodes.from_storage(STORED | changes) == known
    assert KnownNodes.from_storage({}) == KnownNodes()
    assert KNOWN.as_storage() == STORED
    assert KnownNodes().as_storage() == {"backup": None, "logged_in": False, "sessions": []}


async def test_what_is_known_is_stored_when_it_changes_and_forgotten(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    key = f"{DOMAIN}.entry.backup"
    store = NodeStore(hass, "entry")
    assert store.known == KnownNodes()
    assert await store.async_load() == KnownNodes()
    await store.async_remember(KnownNodes())
    assert key not in hass_storage
    await store.async_remember(KNOWN)
    assert store.known == KNOWN
    assert hass_storage[key]["data"] == STORED
    assert await NodeStore(hass, "entry").async_load() == KNOWN
    del hass_storage[key]
    await store.async_remember(KNOWN)
    assert key not in hass_storage
    await store.async_remember(KnownNodes())
    await store.async_forget()
    assert key not in hass_storage


async def test_taken_over_session_is_told(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    service = cup.simulator.service
    for _ in range(4):
        await settled(cup)
        application = service.login_application("hass", "simulator", force=False)
        service.login_end_user(application, "watcher", force=True)
        loaded.runtime_data.eventing.async_people_changed()
    await until(
        lambda: ir.async_get(hass).async_get_issue(
            DOMAIN, f"{Issue.SESSION_TAKEN_OVER}_{loaded.entry_id}"
        )
    )
