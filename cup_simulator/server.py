"""The whole simulator: nodes, ports, and the passing of time."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
import logging
from pathlib import Path
from ssl import SSLContext
import tempfile
from typing import Self

from .certificate import TOMCAT, presence_context, server_context
from .changes import Changes
from .clock import Clock, SystemClock
from .configuration import DEFAULT, Configuration
from .control import Control
from .deployment import Deployment, Node, NodeState
from .epas import ConfigurationFront
from .faults import Faults
from .front import PresenceFront
from .listening import Address, Listener, ListenError
from .node_ports import NodePorts
from .notifier import Notifier
from .request_log import RequestLog
from .service import PresenceService
from .tls import TlsSettings

_LOGGER = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
TICK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of the first node and of the control interface; 0 is any free port."""

    http: int = 0
    https: int = 0
    control: int = 0
    epas: int = 0


FREE_PORTS = Ports()


class Simulator:
    """A CUP server in this process; an asynchronous context manager.

    Certificates are stored in `tls_dir`, or in a temporary directory without one. Entering raises
    ListenError if a port is taken, and CertificateError if `tls_dir` cannot be used.
    """

    def __init__(
        self,
        configuration: Configuration = DEFAULT,
        ports: Ports = FREE_PORTS,
        *,
        host: str = LOOPBACK,
        control_host: str = LOOPBACK,
        tls_dir: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.ports = ports
        self.clock = clock or SystemClock()
        self.faults = Faults(self.clock)
        self.log = RequestLog()
        self.changes = Changes()
        self.notifier = Notifier(self.faults, configuration.refused_ports)
        self.deployment = Deployment(configuration, self.clock, self.notifier.notify)
        self.nodes: Mapping[str, NodePorts] = {}
        self._host = host
        self._control_host = control_host
        self._tls_dir = tls_dir
        self._running = AsyncExitStack()
        self._ports_lock = asyncio.Lock()

    @property
    def service(self) -> PresenceService:
        return self.deployment.first.service

    @property
    def tls_dir(self) -> Path:
        if self._tls_dir is None:
            raise RuntimeError("The simulator has not been started.")
        return self._tls_dir

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            if self._tls_dir is None:
                self._tls_dir = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            await stack.enter_async_context(self.notifier)
            self.nodes = self._nodes(self._tls_dir)
            for node in self.nodes.values():
                stack.push_async_callback(node.close)
                await node.open()
            control = self._control_listener()
            await control.open()
            stack.push_async_callback(control.close)
            self.ports = self._chosen_ports(control)
            ticking = asyncio.create_task(self._tick())
            stack.push_async_callback(_cancel, ticking)
            self._running = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._running.aclose()

    async def set_node_state(self, name: str, state: NodeState) -> None:
        """Stop a node, cut it off, or let it run; raises ListenError if a port is taken."""
        self.deployment.set_state(self.deployment.nodes[name], state)
        await self.apply_faults()

    async def apply_faults(self) -> None:
        """Open or close the ports of all nodes as node states and faults require.

        Raises:
            ListenError: A port is taken.
        """
        async with self._ports_lock:
            for node in self.nodes.values():
                await node.apply(self.faults)

    def _nodes(self, tls_dir: Path) -> dict[str, NodePorts]:
        hosts = [each.configured.host or self._host for each in self.deployment.nodes.values()]

        def make_tls(settings: TlsSettings) -> SSLContext:
            return presence_context(tls_dir, settings, *hosts)

        presence = make_tls(self.deployment.configuration.tls)
        configuration = server_context(tls_dir, *hosts, service=TOMCAT)
        return {
            node.name: NodePorts(
                node,
                host,
                self._presence_listener(node, host, presence),
                self._configuration_listener(node, host, configuration),
                make_tls,
            )
            for node, host in zip(self.deployment.nodes.values(), hosts, strict=True)
        }

    def _presence_listener(self, node: Node, host: str, tls: SSLContext) -> Listener:
        front = PresenceFront(
            self.deployment,
            node,
            faults=self.faults,
            log=self.log,
            clock=self.clock,
            on_change=self.changes.announce,
        )
        configured, ports = node.configured, self._default_ports(node)
        return Listener(
            front.application,
            Address(host, _configured_or(configured.http_port, ports.http)),
            Address(host, _configured_or(configured.https_port, ports.https), tls),
        )

    def _configuration_listener(self, node: Node, host: str, tls: SSLContext) -> Listener:
        front = ConfigurationFront(self.deployment, node)
        port = _configured_or(node.configured.epas_port, self._default_ports(node).epas)
        return Listener(front.application, Address(host, port, tls))

    def _default_ports(self, node: Node) -> Ports:
        return self.ports if node is self.deployment.first else FREE_PORTS

    def _chosen_ports(self, control: Listener) -> Ports:
        first = self.nodes[self.deployment.first.name]
        return Ports(*first.presence.ports, *control.ports, *first.configuration.ports)

    def _control_listener(self) -> Listener:
        control = Control(
            self.deployment,
            faults=self.faults,
            log=self.log,
            clock=self.clock,
            changes=self.changes,
            apply_faults=self.apply_faults,
            host=self._control_host,
        )
        return Listener(control.application, Address(self._control_host, self.ports.control))

    async def _tick(self) -> None:
        """Apply expiries and the ends of faults once a second."""
        warned = False
        while True:
            await self.clock.sleep(TICK_SECONDS)
            if self.deployment.expire():
                self.changes.announce()
            try:
                await self.apply_faults()
            except ListenError as error:
                if not warned:
                    _LOGGER.warning("%s Trying again every second.", error)
                warned = True
            else:
                warned = False


def _configured_or(configured: int | None, otherwise: int) -> int:
    return otherwise if configured is None else configured


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
