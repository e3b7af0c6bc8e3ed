"""Which nodes of a deployment may be used, and the backup node known from an earlier run.

The client sends the application user's password to every node that it is redirected to. So it
follows redirects only within the server's own domain, or to another port of the same host, and
never from HTTPS to HTTP.
"""

from collections.abc import Callable
from dataclasses import replace

from homeassistant.core import HomeAssistant
from homeassistant.util.network import is_ip_address

from ..const import DOMAIN
from ..pws import NodePolicy, Security, Server
from ..storage import HintStore


def is_of_the_same_deployment(server: Server, host: str) -> bool:
    """Return whether a host belongs to the deployment of the configured server."""
    own, other = server.ascii_host, replace(server, host=host).ascii_host
    if own == other:
        return True
    if is_ip_address(own) or is_ip_address(other):
        return False
    domain = own.partition(".")[2]
    return "." in domain and other.partition(".")[2] == domain


def node_policy(
    server: Server, backup: str | None, trust_of: Callable[[str, int], Security] | None
) -> NodePolicy:
    """Return which nodes may be used beside the configured one, and how they are trusted."""
    return NodePolicy(
        allow_node=lambda host, _port: is_of_the_same_deployment(server, host),
        trust_of=trust_of,
        backup=backup,
    )


class BackupStore:
    """Stores the address of the backup node, which a configured node that is down cannot say."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._store = HintStore(hass, f"{DOMAIN}.{entry_id}.backup")
        self._known: str | None = None

    async def async_load(self) -> str | None:
        """Return the backup as ``host`` or ``host:port``, None when none is known."""
        backup = (await self._store.async_load()).get("backup")
        self._known = backup if isinstance(backup, str) and backup else None
        return self._known

    async def async_remember(self, backup: str | None) -> None:
        if backup and backup != self._known:
            self._known = backup
            await self._store.async_save({"backup": backup})

    async def async_forget(self) -> None:
        await self._store.async_remove()
