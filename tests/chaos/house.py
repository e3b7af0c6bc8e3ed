"""Home Assistant: a real core with its own web server, started, stopped and killed."""

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
import custom_components  # noqa: F401 (Home Assistant finds the integration in what is imported)
from custom_components.cisco_unified_presence.const import (
    DOMAIN,
    MINOR_VERSION,
    SUBENTRY_PERSON,
    CallbackMode,
)

from . import cast
from .course import Scheme, Shape
from .proxy import free_port

STORAGE = ".storage"


class House:
    """One Home Assistant with one entry, over any number of runs.

    Attributes:
        hass: The run of now, None while there is none.
        rooms: The states of the rooms' sensors, which a restart does not change.
    """

    def __init__(self, folder: Path, shape: Shape) -> None:
        """Prepare the first run; the addresses are told to ``start``."""
        self.hass: HomeAssistant | None = None
        self.rooms = dict.fromkeys(cast.ROOMS, "off")
        self._folder = folder
        self._shape = shape
        self._web_port = seed_web_server(folder, free_port())
        self._own_port = free_port()

    @property
    def callback_port(self) -> int:
        """Return where notifications come in."""
        is_own = self._shape.callback == CallbackMode.PORT
        return self._own_port if is_own else self._web_port

    @property
    def entry(self) -> ConfigEntry | None:
        """Return the entry, None while there is no run that has one."""
        entries = self.hass.config_entries.async_entries(DOMAIN) if self.hass else []
        return entries[0] if entries else None

    @property
    def is_loaded(self) -> bool:
        """Return whether the entry is loaded."""
        return self.entry is not None and self.entry.state is ConfigEntryState.LOADED

    @property
    def running(self) -> HomeAssistant:
        """Return the run of now, which there must be."""
        assert self.hass is not None, "Home Assistant does not run"
        return self.hass

    async def start(self) -> None:
        """Start Home Assistant; an entry that there is is set up, if the server lets it."""
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
        """Add the entry, as the form does."""
        await self.running.config_entries.async_add(
            _entry(self._shape, port, callback_url, fingerprint, self._own_port)
        )

    async def stop(self) -> None:
        """Stop Home Assistant as its owner does."""
        hass, self.hass = self.hass, None
        if hass is None:
            return
        await hass.async_stop(force=True)
        # The loop goes on after this run, other than in a process of its own.
        with suppress(AttributeError):
            delattr(hass.loop, async_._SHUTDOWN_RUN_CALLBACK_THREADSAFE)

    async def kill(self, cut_off: Callable[[], Awaitable[None]]) -> None:
        """End Home Assistant with nothing said to anybody, and nothing more written down.

        Args:
            cut_off: Sees to it that nobody hears what is said from now on.
        """
        kept = self._folder.with_name(f"{self._folder.name}-kept")
        storage = self._folder / STORAGE
        shutil.copytree(storage, kept)
        await cut_off()
        await self.stop()
        shutil.rmtree(storage)
        kept.rename(storage)

    async def set_room(self, room: str, state: str) -> None:
        """Let a room's sensor change."""
        self.rooms[room] = state
        if self.hass is not None:
            self.hass.states.async_set(room, state)


def _configuration() -> dict[str, Any]:
    return {DOMAIN: {"rules": [rule.as_yaml() for rule in cast.RULES]}}


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
            "application_user": cast.APPLICATION,
            "password": cast.PASSWORD,
            "watcher": cast.WATCHER,
            "presence_domain": cast.DOMAIN,
            "webhook_id": cast.CALLBACK_SECRET,
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
        subentries_data=[_person(user) for user in cast.EVERYBODY],
        title="CUP",
        unique_id=f"{cast.DOMAIN}/{cast.APPLICATION}",
        version=1,
    )


def _person(user: str) -> ConfigSubentryData:
    contact = cast.contact_of(user)
    return ConfigSubentryData(
        data={"user": user, "contact": contact, "controlled": user in cast.CONTROLLED},
        subentry_type=SUBENTRY_PERSON,
        title=user.title(),
        unique_id=f"person_{contact}",
    )
