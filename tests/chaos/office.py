"""The server's side: the simulator, started and restarted, behind proxies that stay."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime
import hashlib
from pathlib import Path
import ssl
from typing import Self, override

from homeassistant.util import dt as dt_util

from cup_simulator.certificate import server_context
from cup_simulator.clock import Clock
from cup_simulator.configuration import (
    ApplicationUser,
    Configuration,
    ConfiguredNode,
    ConfiguredPerson,
)
from cup_simulator.model import Presence, Status
from cup_simulator.place import NodeAddress
from cup_simulator.server import LOOPBACK, Simulator

from . import cast
from .course import Scheme, Shape
from .proxy import HOST, NotificationProxy, ServerProxy

# Expiries are long; in a week of seconds most of the work would be looking whether they are over.
TICK_SECONDS = 5.0


class LoopClock(Clock):
    """The loop's time: nobody who sets Home Assistant's clock sets the server's."""

    @override
    def seconds(self) -> float:
        return asyncio.get_running_loop().time()

    @override
    def utc(self) -> datetime:
        return dt_util.utcnow()

    @override
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    @override
    def advance(self, seconds: float) -> None:
        raise RuntimeError("The loop's time passes for everybody; nobody may run ahead of it")


class Office:
    """A server, over any number of runs.

    Attributes:
        simulator: The run of now, or the last one.
        proxies: In front of each node's port of the presence service, by its name.
        notifications: In front of the place where Home Assistant hears.
        certificate: Which of the certificates the server shows.
        is_running: Whether there is a run now.
    """

    simulator: Simulator

    def __init__(self, folder: Path, shape: Shape, callback_port: int) -> None:
        """Prepare the first run."""
        self.certificate = 0
        self.is_running = False
        names = [node.name for node in _nodes(shape)]
        self.proxies = {name: ServerProxy(lambda name=name: self._port(name)) for name in names}  # type: ignore[misc]
        self.notifications = NotificationProxy(lambda: callback_port)
        self._folder = folder
        self._shape = shape
        self._running = AsyncExitStack()
        self._doors = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open the proxies and start the server."""
        for door in (*self.proxies.values(), self.notifications):
            await self._doors.enter_async_context(door)
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop it all."""
        await self._doors.aclose()
        await self.stop()

    async def start(self) -> None:
        """Start the server, with nothing known of what was before."""
        self.simulator = await self._running.enter_async_context(
            Simulator(_configuration(self._shape), tls_dir=self._certificates(), clock=LoopClock())
        )
        for name, proxy in self.proxies.items():
            at = NodeAddress(HOST, proxy.port, proxy.port, 1)
            self.simulator.nodes[name].node.address = at
        self.is_running = True

    async def stop(self) -> None:
        """Stop the server."""
        self.is_running = False
        await self._running.aclose()
        self._running = AsyncExitStack()

    @property
    def port(self) -> int:
        """Return the port that is configured in Home Assistant."""
        return next(iter(self.proxies.values())).port

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of the certificate that the server shows."""
        pem = (self._certificates() / "cup.pem").read_text()
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()

    @property
    def callback_url(self) -> str:
        """Return the beginning of the address that the server is to call."""
        return f"http://{HOST}:{self.notifications.port}"

    def shown(self, user: str) -> str:
        """Return the word that the server shows of somebody."""
        people = self.simulator.deployment.people
        shown = people.shown_contact(cast.contact_of(user))
        assert shown is not None
        return shown.status.presence

    def _port(self, name: str) -> int:
        http, https = self.simulator.nodes[name].presence.ports
        return https if self._shape.scheme is Scheme.HTTPS else http

    def _certificates(self) -> Path:
        return self._folder / f"certificate-{self.certificate}"


def make_certificates(folder: Path, count: int) -> None:
    """Make certificates: their keys take time, and are the same for all courses."""
    for number in range(count):
        made = folder / f"certificate-{number}"
        made.mkdir()
        server_context(made, LOOPBACK)
        server_context(made, LOOPBACK, service="tomcat")


def _configuration(shape: Shape) -> Configuration:
    nodes = _nodes(shape)
    return Configuration(
        domain=cast.DOMAIN,
        application_users={cast.APPLICATION: ApplicationUser(cast.PASSWORD)},
        people=(
            *(
                ConfiguredPerson(
                    user,
                    user.title(),
                    Status(Presence.AVAILABLE),
                    node=nodes[-1].name if user in cast.ELSEWHERE else None,
                )
                for user in cast.EVERYBODY
            ),
            ConfiguredPerson(cast.WATCHER, "Watcher"),
        ),
        nodes=nodes,
    )


def _nodes(shape: Shape) -> tuple[ConfiguredNode, ...]:
    if not shape.cluster:
        return (ConfiguredNode("alpha"),)
    return (
        ConfiguredNode("alpha", http_port=0, https_port=0, epas_port=0, backup="beta"),
        ConfiguredNode("beta", http_port=0, https_port=0, epas_port=0, backup="alpha"),
    )
