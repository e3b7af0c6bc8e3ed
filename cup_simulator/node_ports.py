"""The listeners of one node, closed while the node is stopped or a fault refuses connections."""

from collections.abc import Callable
import ipaddress
from ssl import SSLContext

from .deployment import Node, NodeState
from .faults import FaultKind, Faults
from .listening import Listener
from .place import NodeAddress
from .tls import TlsSettings


class NodePorts:
    """The presence service (HTTP and HTTPS) and client configuration (HTTPS) of a node."""

    def __init__(
        self,
        node: Node,
        host: str,
        presence: Listener,
        configuration: Listener,
        make_tls: Callable[[TlsSettings], SSLContext],
    ) -> None:
        """`make_tls` creates the context of the presence service."""
        self.node = node
        self._tls = node.tls
        self._make_tls = make_tls
        self.presence = presence
        self.configuration = configuration
        self._host = "" if _is_unspecified(host) else host

    async def open(self) -> None:
        """Listen on all ports and set the node's address; raises ListenError if a port is taken."""
        await self.presence.open()
        await self.configuration.open()
        self.node.address = NodeAddress(self._host, *self.presence.ports, *self.configuration.ports)

    async def close(self) -> None:
        await self.presence.close()
        await self.configuration.close()

    async def apply(self, faults: Faults) -> None:
        """Open or close the ports as the node's state, its TLS and the faults require.

        Raises:
            ListenError: A port is taken.
        """
        if self.node.tls != self._tls:
            self.presence.use_tls(self._make_tls(self.node.tls))
            self._tls = self.node.tls
            await self.presence.close()
        await _set_open(
            self.presence, refuse=self._is_refused(faults, FaultKind.REFUSE_CONNECTIONS)
        )
        await _set_open(
            self.configuration, refuse=self._is_refused(faults, FaultKind.REFUSE_CONFIGURATION)
        )

    def _is_refused(self, faults: Faults, kind: FaultKind) -> bool:
        return self.node.state is NodeState.STOPPED or faults.is_active(kind, self.node.name)


async def _set_open(listener: Listener, *, refuse: bool) -> None:
    if refuse and listener.is_open:
        await listener.close()
    elif not refuse and not listener.is_open:
        await listener.open()


def _is_unspecified(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False
