"""Which nodes of a deployment may be used, and what is known of them from an earlier run.

The client sends the application user's password to every node that it is redirected to. So it
follows redirects only within the server's own domain, or to another port of the same host, and
never from HTTPS to HTTP.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
import re
from typing import Final, Self

from homeassistant.core import HomeAssistant
from homeassistant.util.network import is_ip_address

from ..const import DOMAIN
from ..pws import NodePolicy, OpenSession, Security, Server
from ..storage import HintStore, Stored

_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")


def is_of_the_same_deployment(server: Server, host: str) -> bool:
    """Return whether a host belongs to the deployment of the configured server."""
    named = replace(server, host=host)
    if not _is_host(named):
        return False
    own, other = _absolute(server), _absolute(named)
    if own == other:
        return True
    if is_ip_address(own) or is_ip_address(other) or _is_numeric(own) or _is_numeric(other):
        return False
    domain = own.partition(".")[2]
    return "." in domain and other.partition(".")[2] == domain


def _is_host(server: Server) -> bool:
    try:
        return bool(server.base_url)
    except ValueError:
        return False


def _absolute(server: Server) -> str:
    """Return the host without the dot that ends an absolute name."""
    return server.ascii_host.removesuffix(".")


def _is_numeric(host: str) -> bool:
    """Return whether a host is resolved as an IPv4 address in another spelling, as `0x7f.1` is."""
    return _NUMBER.fullmatch(host.rpartition(".")[2]) is not None


def node_policy(
    server: Server, backup: str | None, trust_of: Callable[[str, int], Security] | None
) -> NodePolicy:
    """Return which nodes may be used beside the configured one, and how they are trusted."""
    return NodePolicy(
        allow_node=lambda host, _port: is_of_the_same_deployment(server, host),
        trust_of=trust_of,
        backup=backup,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNodes:
    """What a run knows of the nodes, and the next one cannot find out.

    Attributes:
        backup: The backup of the configured node as ``host`` or ``host:port``. A configured node
            that is down cannot say it.
        logged_in: Whether the application user may be logged in.
        elsewhere: Sessions at other nodes. Where a backup has served, logins are redirected to the
            primary later, so that these sessions end only by their keys.
    """

    backup: str | None = None
    logged_in: bool = False
    elsewhere: frozenset[OpenSession] = frozenset()

    @classmethod
    def from_storage(cls, stored: Stored) -> Self:
        """Return what can be read."""
        backup, elsewhere = stored.get("backup"), stored.get("sessions")
        return cls(
            backup=backup if isinstance(backup, str) and backup else None,
            logged_in=stored.get("logged_in") is True,
            elsewhere=frozenset(_sessions_in(elsewhere if isinstance(elsewhere, list) else [])),
        )

    def as_storage(self) -> Stored:
        sessions = sorted((each.node, each.user, each.key) for each in self.elsewhere)
        return {
            "backup": self.backup,
            "logged_in": self.logged_in,
            "sessions": [{"node": node, "user": user, "key": key} for node, user, key in sessions],
        }


def _sessions_in(stored: list[object]) -> Iterator[OpenSession]:
    for each in stored:
        match each:
            case {"node": str(node), "user": str(user), "key": str(key)}:
                yield OpenSession(node, user, key)


class NodeStore:
    """Stores what is known of the nodes."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._store = HintStore(hass, f"{DOMAIN}.{entry_id}.backup")
        self.known = KnownNodes()

    async def async_load(self) -> KnownNodes:
        self.known = KnownNodes.from_storage(await self._store.async_load())
        return self.known

    async def async_remember(self, known: KnownNodes) -> None:
        if known != self.known:
            self.known = known
            await self._store.async_save(known.as_storage())

    async def async_forget(self) -> None:
        await self._store.async_remove()
