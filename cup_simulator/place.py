"""A node among the others: addresses, redirects, backups. Reference: rules 18 and 19."""

from dataclasses import dataclass
from typing import Protocol

STANDARD_PORTS = {"http": 8082, "https": 8083}


@dataclass(frozen=True, slots=True)
class NodeAddress:
    """Where a node is reached; an empty `host` is the host that was asked."""

    host: str
    http_port: int
    https_port: int
    epas_port: int

    def authority(self, scheme: str, asked: str) -> str:
        """Return host:port for a URL."""
        return f"{self._url_host(asked)}:{self._port(scheme)}"

    def name(self, scheme: str, asked: str) -> str:
        """Return the host, with the port unless it is the standard one."""
        if self._port(scheme) == STANDARD_PORTS[scheme]:
            return self.host or asked
        return self.authority(scheme, asked)

    def _port(self, scheme: str) -> int:
        return self.https_port if scheme == "https" else self.http_port

    def _url_host(self, asked: str) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host or asked


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where an end user logs in: `target` is the primary or its backup."""

    target: NodeAddress
    primary: NodeAddress
    backup: NodeAddress | None

    def servers(self, scheme: str, asked: str) -> dict[str, str]:
        """Return the attributes of a `redirect` element."""
        servers = {"primaryServer": self.primary.name(scheme, asked)}
        if self.backup is not None:
            servers["backupServer"] = self.backup.name(scheme, asked)
        return servers


class Place(Protocol):
    """What a node's service needs to know about the other nodes."""

    def redirect(self, user: str) -> Redirect | None:
        """Return where an end user is served, None if at this node."""
        ...

    def is_logged_in(self, user: str) -> bool:
        """Return whether an end user has a session at any node."""
        ...

    def backup_name(self, scheme: str, asked: str) -> str | None:
        """Return the name of the backup for an answer to a login."""
        ...
