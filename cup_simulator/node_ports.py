"""The ports of one node: they are shut while it is stopped, or while a fault says so."""

import ipaddress

from .deployment import Node, NodeState
from .faults import FaultKind, Faults
from .listening import Listener
from .place import NodeAddress


class NodePorts:
    """What a node listens with: `presence` on HTTP and HTTPS, `configuration` on one port."""

    def __init__(self, node: Node, host: str, presence: Listener, configuration: Listener) -> None:
        """Be shut; `host` is where the node is reached."""
        self.node = node
        self.presence = presence
        self.configuration = configuration
        self._host = "" if _is_unspecified(host) else host

    async def open(self) -> None:
        """Listen on all ports, and let the node know its address.

        Raises:
            ListenError: one of them cannot be listened on.
        """
        await self.presence.open()
        await self.configuration.open()
        self.node.address = NodeAddress(self._host, *self.presence.ports, *self.configuration.ports)

    async def close(self) -> None:
        """Shut all ports."""
        await self.presence.close()
        await self.configuration.close()

    async def obey(self, faults: Faults) -> None:
        """Shut the ports or open them, as the node's state and the faults say.

        Raises:
            ListenError: one of them cannot be listened on.
        """
        await _obey(self.presence, refuse=self._is_refused(faults, FaultKind.REFUSE_CONNECTIONS))
        await _obey(
            self.configuration, refuse=self._is_refused(faults, FaultKind.REFUSE_CONFIGURATION)
        )

    def _is_refused(self, faults: Faults, kind: FaultKind) -> bool:
        return self.node.state is NodeState.STOPPED or faults.is_active(kind, self.node.name)


async def _obey(listener: Listener, *, refuse: bool) -> None:
    if refuse and listener.is_open:
        await listener.close()
    elif not refuse and not listener.is_open:
        await listener.open()


def _is_unspecified(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False
