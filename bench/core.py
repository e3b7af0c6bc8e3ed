"""A real Home Assistant core with its own web server, in this process, and an entry in it."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
import hashlib
import json
from pathlib import Path
import socket
import ssl
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
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component

import custom_components  # noqa: F401 (Home Assistant finds the integration in what is imported)
from custom_components.cisco_unified_presence.const import DOMAIN, SUBENTRY_PERSON

from .population import DOMAIN as PRESENCE_DOMAIN
from .population import OURS, PASSWORD, contact_of, watcher_of
from .serving import NodeAt

SECRET = "0123456789abcdef" * 4
DAY = 24 * 3600


@asynccontextmanager
async def home_assistant(folder: Path) -> AsyncGenerator[HomeAssistant]:
    """Run Home Assistant with its web server and webhooks only."""
    port = seed_web_server(folder)
    hass = HomeAssistant(str(folder))
    hass.config.skip_pip = True
    hass.config_entries = ConfigEntries(hass, {})
    hass.config.internal_url = f"http://127.0.0.1:{port}"
    loader.async_setup(hass)
    await bootstrap.async_load_base_functionality(hass)
    hass.auth = await auth_manager_from_config(hass, [], [])
    if not await async_setup_component(hass, "webhook", {}):
        raise RuntimeError("Home Assistant's webhooks could not be set up")
    await hass.async_start()
    try:
        yield hass
    finally:
        await hass.async_stop(force=True)


def seed_web_server(folder: Path, port: int = 0) -> int:
    """Store the web server's configuration; port 0 is a free port. Return the port."""
    with socket.create_server(("127.0.0.1", port)) as probe:
        port = int(probe.getsockname()[1])
    storage = folder / ".storage"
    storage.mkdir(parents=True, exist_ok=True)
    stable = {
        "server_host": ["127.0.0.1"],
        "server_port": port,
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": True,
        "ssl_profile": "modern",
        "use_x_frame_options": True,
    }
    data = {"stable": stable, "pending": None, "yaml_migration_done": True}
    content = {"version": 2, "minor_version": 2, "key": "http", "data": data}
    (storage / "http").write_text(json.dumps(content))
    return port


def server_fingerprint(node: NodeAt) -> str:
    pem = (node.folder / "cup.pem").read_text()
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


def server_entry(node: NodeAt, scheme: str, *, controlled: int = 0, **options: Any) -> ConfigEntry:
    """Return an entry with all users of the integration; by default it hardly polls.

    The presence of as many as are ``controlled`` can be set.
    """
    return entry_of(
        DOMAIN,
        node.population.watched_by(OURS),
        data={
            "host": "127.0.0.1",
            "port": node.ports[scheme],
            "security": scheme,
            "fingerprint": server_fingerprint(node) if scheme == "https" else None,
            "application_user": OURS,
            "password": PASSWORD,
            "watcher": watcher_of(OURS),
            "presence_domain": PRESENCE_DOMAIN,
            "webhook_id": SECRET,
        },
        options={"callback": "webhook", "poll_interval": DAY, "look_interval": DAY, **options},
        controlled=controlled,
    )


def entry_of(
    domain: str,
    users: Iterable[str],
    data: dict[str, Any],
    options: dict[str, Any],
    controlled: int = 0,
) -> ConfigEntry:
    return ConfigEntry(
        data=data,
        discovery_keys=MappingProxyType({}),
        domain=domain,
        minor_version=1,
        options=options,
        source="user",
        subentries_data=[
            _person(user, controlled=number < controlled) for number, user in enumerate(users)
        ],
        title="CUP",
        unique_id=domain,
        version=1,
    )


def _person(user: str, *, controlled: bool) -> ConfigSubentryData:
    contact = contact_of(user)
    return ConfigSubentryData(
        data={"user": user, "contact": contact, "controlled": controlled},
        subentry_type=SUBENTRY_PERSON,
        title=user.title(),
        unique_id=f"person_{contact}",
    )


async def add_entry(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Add an entry and set it up.

    Raises:
        RuntimeError: It could not be set up.
    """
    await hass.config_entries.async_add(entry)
    if entry.state is not ConfigEntryState.LOADED:
        raise RuntimeError(f"The entry is {entry.state}: {entry.reason}")


def presence_entity(hass: HomeAssistant, entry: ConfigEntry, user: str) -> str:
    """Return the entity that shows a user's presence.

    Raises:
        RuntimeError: There is none.
    """
    unique_id = f"{entry.entry_id}_{contact_of(user)}_presence"
    found = er.async_get(hass).async_get_entity_id("sensor", entry.domain, unique_id)
    if found is None:
        raise RuntimeError(f"{user} has no entity")
    return found
