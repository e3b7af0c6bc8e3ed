"""A real Home Assistant core with its web server, which can be started, stopped and killed."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
import shutil
from types import MappingProxyType
from typing import Any

from homeassistant import bootstrap, loader
from homeassistant.auth import auth_manager_from_config
from homeassistant.config_entries import (
    ConfigEntries,
    ConfigEntry,
    ConfigEntryState,
    ConfigSubentryData,
)
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import async_

from bench.core import seed_web_server
import custom_components  # noqa: F401 (Home Assistant looks integrations up in it)
from custom_components.cisco_unified_presence.const import (
    DOMAIN,
    MINOR_VERSION,
    SUBENTRY_PERSON,
    CallbackMode,
)

from . import scenario
from .course import Scheme, Shape
from .proxy import free_port

STORAGE = ".storage"


class RestartableHomeAssistant:
    """Home Assistant with one entry, over any number of runs.

    Attributes:
        hass: The current run, None while stopped.
        rooms: The states of the rooms' sensors, which survive restarts.
    """

    def __init__(self, folder: Path, shape: Shape) -> None:
        self.hass: HomeAssistant | None = None
        self.rooms = dict.fromkeys(scenario.ROOMS, "off")
        self._folder = folder
        self._shape = shape
        self._web_port = seed_web_server(folder, free_port())
        self._own_port = free_port()

    @property
    def callback_port(self) -> int:
        """Return the port where Home Assistant receives notifications."""
        is_own = self._shape.callback == CallbackMode.PORT
        return self._own_port if is_own else self._web_port

    @property
    def entry(self) -> ConfigEntry | None:
        entries = self.hass.config_entries.async_entries(DOMAIN) if self.hass else []
        return entries[0] if entries else None

    @property
    def is_loaded(self) -> bool:
        return self.entry is not None and self.entry.state is ConfigEntryState.LOADED

    @property
    def running(self) -> HomeAssistant:
        """Return the current run, which has to exist."""
        assert self.hass is not None, "Home Assistant does not run"
        return self.hass

    async def start(self) -> None:
        """Start Home Assistant and set up the stored entry, if there is one."""
        hass = HomeAssistant(str(self._folder))
        hass.config.skip_pip = True
        hass.config_entries = ConfigEntries(hass, _configuration())
        hass.config.internal_url = f"http://127.0.0.1:{self._web_port}"
        await hass.config.async_set_time_zone("UTC")
        loader.async_setup(hass)
        await bootstrap.async_load_base_functionality(hass)
        hass.auth = await auth_manager_from_config(hass, [], [])
        assert await async_setup_component(hass, "webhook", {})
        for room, state in self.rooms.items():
            hass.states.async_set(room, state)
        assert await async_setup_component(hass, DOMAIN, _configuration())
        self.hass = hass
        await hass.async_start()

    async def add_entry(self, port: int, callback_url: str, fingerprint: str) -> None:
        await self.running.config_entries.async_add(
            _entry(self._shape, port, callback_url, fingerprint, self._own_port)
        )

    async def stop(self) -> None:
        """Stop Home Assistant regularly."""
        hass, self.hass = self.hass, None
        if hass is None:
            return
        await hass.async_stop(force=True)
        # Home Assistant marks the loop as ended, but here the next run uses it again.
        with suppress(AttributeError):
            delattr(hass.loop, async_._SHUTDOWN_RUN_CALLBACK_THREADSAFE)

    async def kill(self, cut_off: Callable[[], Awaitable[None]]) -> None:
        """Stop Home Assistant without a message to the server and without another write to disk.

        Args:
            cut_off: Cuts the connections to the server.
        """
        before = self._folder.with_name(f"{self._folder.name}-before")
        storage = self._folder / STORAGE
        shutil.copytree(storage, before)
        await cut_off()
        await self.stop()
        shutil.rmtree(storage)
        before.rename(storage)

    async def set_room(self, room: str, state: str) -> None:
        self.rooms[room] = state
        if self.hass is not None:
            self.hass.states.async_set(room, state)


def _configuration() -> dict[str, Any]:
    return {DOMAIN: {"rules": [rule.as_yaml() for rule in scenario.RULES]}}


def _entry(
    shape: Shape, port: int, callback_url: str, fingerprint: str, own_port: int
) -> ConfigEntry:
    pins: Mapping[str, str] = (
        {f"127.0.0.1:{port}": fingerprint} if shape.scheme is Scheme.HTTPS else {}
    )
    return ConfigEntry(
        data={
            "host": "127.0.0.1",
            "port": port,
            "security": shape.scheme.value,
            "fingerprints": dict(pins),
            "application_user": scenario.APPLICATION,
            "password": scenario.PASSWORD,
            "watcher": scenario.WATCHER,
            "presence_domain": scenario.DOMAIN,
            "webhook_id": scenario.CALLBACK_SECRET,
            "dialect": shape.dialect,
        },
        discovery_keys=MappingProxyType({}),
        domain=DOMAIN,
        minor_version=MINOR_VERSION,
        options={
            "callback": shape.callback,
            "callback_url": callback_url,
            "callback_port": own_port,
            "rich_presence": shape.rich,
        },
        source="user",
        subentries_data=[_person(user) for user in scenario.USERS],
        title="CUP",
        unique_id=f"{scenario.DOMAIN}/{scenario.APPLICATION}",
        version=1,
    )


def _person(user: str) -> ConfigSubentryData:
    contact = scenario.contact_of(user)
    return ConfigSubentryData(
        data={"user": user, "contact": contact, "controlled": user in scenario.CONTROLLED},
        subentry_type=SUBENTRY_PERSON,
        title=user.title(),
        unique_id=f"person_{contact}",
    )
