"""Fixtures of all tests: a simulated server, and Home Assistant connected to it."""

from asyncio import BaseEventLoop
from collections.abc import AsyncGenerator, Callable, Iterator
import logging
from pathlib import Path
from typing import Any

from aiohttp import ClientSession
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT, CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from hypothesis import settings
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from cup_simulator.certificate import TOMCAT, server_context
from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from cup_simulator.model import Presence, Status
from cup_simulator.server import LOOPBACK, Simulator

# Imported first: the test plug-in has a folder of that name too.
import custom_components  # noqa: F401
from custom_components.cisco_unified_presence.const import (
    CONF_APPLICATION_USER,
    CONF_PRESENCE_DOMAIN,
    CONF_SECURITY,
    CONF_WATCHER,
    DOMAIN,
    SecurityMode,
)
from custom_components.cisco_unified_presence.control import run_marker
from custom_components.cisco_unified_presence.entities import PersonEntity
from custom_components.cisco_unified_presence.roster import contact_service

from .common.entry import SECRET, person
from .common.executor_jobs import counted_jobs
from .common.open_requests import counted_requests
from .common.ports import unused_port
from .common.rule_requests import SetRequests, request_setter
from .common.server import PASSWORD, Cup

CLOSED_PORT = 1

# Home Assistant's plug-in asks for each statement of the recorder, whose thread prints them among
# the results.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)

# The same examples in every run, so that a test fails by what a change does. script/fuzz explores
# with other seeds.
settings.load_profile("ci")
settings.register_profile("explore", settings.get_profile("ci"), derandomize=False)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that run a Home Assistant."""
    for item in items:
        if isinstance(item, pytest.Function) and "hass" in item.fixturenames:
            item.add_marker(pytest.mark.home_assistant)


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Leave the debug mode of asyncio to the option `asyncio_debug`.

    The fixture of this name in Home Assistant's plug-in turns it on for every test.
    """


@pytest.fixture(scope="session", autouse=True)
def _debug_without_stacks() -> Iterator[None]:
    """Let the debug mode of asyncio find calls from the wrong thread, and record no stacks.

    A loop that is asked says that it is not in debug mode; its own checks do not ask. Each future
    would record the whole stack otherwise, which takes two fifths of the time.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseEventLoop, "get_debug", lambda _: False)
        yield


@pytest.fixture(scope="session", autouse=True)
def _counted() -> Iterator[None]:
    """Let tests wait until nothing runs in a thread and no request is under way."""
    with counted_jobs(), counted_requests():
        yield


@pytest.fixture
def unused_tcp_port(socket_enabled: None) -> int:
    """A port that stays free: that of pytest-asyncio may be an outgoing connection's by then."""
    return unused_port()


@pytest.fixture
def unused_tcp_port_factory(socket_enabled: None) -> Callable[[], int]:
    return unused_port


@pytest.fixture
def cup_configuration() -> Configuration:
    """The configuration of the simulated server; tests override it."""
    return Configuration(
        domain="example.com",
        application_users={"hass": ApplicationUser(PASSWORD)},
        people=(
            ConfiguredPerson("anna", "Anna", Status(Presence.AVAILABLE)),
            ConfiguredPerson("ben", "Ben", Status(Presence.BUSY)),
            ConfiguredPerson("clara", "Clara"),
            ConfiguredPerson("watcher", "Watcher"),
        ),
    )


@pytest.fixture(scope="session")
def tls_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the simulated server's certificate, once, and before any test freezes time."""
    directory = tmp_path_factory.mktemp("tls")
    server_context(directory, LOOPBACK)
    server_context(directory, LOOPBACK, service=TOMCAT)
    return directory


@pytest.fixture
async def cup(
    socket_enabled: None, cup_configuration: Configuration, tls_dir: Path
) -> AsyncGenerator[Cup]:
    """Run a simulated server."""
    async with (
        Simulator(cup_configuration, tls_dir=tls_dir) as simulator,
        ClientSession() as session,
    ):
        yield Cup(simulator, session)


@pytest.fixture(autouse=True)
def _no_client_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make client configuration absent, whatever listens at its usual port."""
    monkeypatch.setattr(contact_service, "PORTS", (CLOSED_PORT,))


@pytest.fixture
def client_configuration_port(cup: Cup, monkeypatch: pytest.MonkeyPatch) -> int:
    """Let the forms find the simulated server's client configuration; it is not trusted."""
    monkeypatch.setattr(contact_service, "PORTS", (cup.simulator.ports.epas,))
    return cup.simulator.ports.epas


@pytest.fixture
def trusted_client_configuration(
    client_configuration_port: int, cup: Cup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let the system trust the certificate of the simulated server's client configuration."""
    monkeypatch.setenv("SSL_CERT_FILE", str(cup.simulator.tls_dir / "tomcat.pem"))


@pytest.fixture(autouse=True)
def _custom_integrations(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant load this integration, in those tests that have one."""
    if "hass" in request.fixturenames:
        request.getfixturevalue("enable_custom_integrations")


@pytest.fixture
def all_rich_entities(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enable the entities of rich presence that are disabled by default."""
    monkeypatch.setattr(PersonEntity, "entity_registry_enabled_default", property(lambda _: True))


@pytest.fixture
def trusted_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let stored records be trusted, so that nothing is searched for at the start."""

    async def is_trusted(_marker: run_marker.RunMarker, _published: int) -> bool:
        return True

    monkeypatch.setattr(run_marker.RunMarker, "async_is_trusted", is_trusted)


@pytest.fixture
async def web_server(
    cup: Cup, hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> str:
    """Run Home Assistant's own web server, which receives notifications; return its address."""
    assert await async_setup_component(hass, "webhook", {})
    client = await hass_client_no_auth()
    hass.config.internal_url = str(client.make_url("")).rstrip("/")
    return hass.config.internal_url


@pytest.fixture
def entry_data(cup: Cup) -> dict[str, Any]:
    """The data of an entry for the simulated server."""
    return {
        CONF_HOST: "127.0.0.1",
        CONF_PORT: cup.simulator.ports.http,
        CONF_SECURITY: SecurityMode.HTTP.value,
        CONF_APPLICATION_USER: "hass",
        CONF_PASSWORD: PASSWORD,
        CONF_WATCHER: "watcher",
        CONF_PRESENCE_DOMAIN: "example.com",
        CONF_WEBHOOK_ID: SECRET,
    }


@pytest.fixture
def entry_options() -> dict[str, Any]:
    """The options of the entry; tests override it."""
    return {}


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    """The people of the entry, Anna controlled; tests override it."""
    return [person("anna", controlled=True), person("ben"), person("clara")]


@pytest.fixture
def entry(
    hass: HomeAssistant,
    entry_data: dict[str, Any],
    entry_options: dict[str, Any],
    entry_people: list[dict[str, Any]],
) -> MockConfigEntry:
    """Add an entry; it is not set up yet."""
    added = MockConfigEntry(
        domain=DOMAIN,
        title="CUP",
        unique_id="example.com/hass",
        data=entry_data,
        options=entry_options,
        subentries_data=entry_people,
    )
    added.add_to_hass(hass)
    return added


@pytest.fixture
async def loaded(
    hass: HomeAssistant, web_server: str, entry: MockConfigEntry
) -> AsyncGenerator[MockConfigEntry]:
    """Set the entry up, with the callback reachable; unload it in the end."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    yield entry
    if entry.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
def rules(loaded: MockConfigEntry) -> SetRequests:
    """Replace the rules' requests for Anna."""
    return request_setter(loaded.runtime_data.reconciler)
