"""A cluster of three nodes, and a client that speaks to one of them."""

from typing import override

from cup_simulator import Simulator

from .wire import Reply, Wire, parse, request_bytes, send

CLUSTER = """
domain: example.com
application_users:
  hass: {password: simulator}
nodes:
  alpha: {backup: beta}
  beta: {backup: alpha}
  gamma: {host: localhost}
people:
  user1: {presence: AVAILABLE}
  user2: {presence: BUSY, node: beta}
  user3: {node: gamma}
  watcher: {}
"""


class NodeWire(Wire):
    """Speaks to one node of a simulator."""

    def __init__(self, simulator: Simulator, node: str) -> None:
        super().__init__(simulator)
        self.node = simulator.nodes[node].node

    @property
    def name(self) -> str:
        """Host and port of the node, as HTTP answers name it."""
        return f"{self.node.address.host}:{self.node.address.http_port}"

    @override
    async def ask(
        self,
        method: str,
        path: str,
        body: bytes | str = b"",
        *,
        key: str | None = None,
        **headers: str,
    ) -> Reply:
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            said["Presence-Session-Key"] = key
        data = body.encode() if isinstance(body, str) else body
        request = request_bytes(method, f"/presence-service{path}", said, data)
        return parse(await send(self.node.address.http_port, request))
