"""The simulator, which can be restarted, behind proxies whose ports stay the same."""

from collections.abc import Callable
from contextlib import AsyncExitStack
import hashlib
from pathlib import Path
import ssl
from typing import Final, Self

from bench.loop_clock import LoopClock
from cup_simulator.budget import NO_LIMIT, Budget
from cup_simulator.certificate import server_context
from cup_simulator.configuration import (
    ApplicationUser,
    Configuration,
    ConfiguredNode,
    ConfiguredPerson,
)
from cup_simulator.model import Presence, Status
from cup_simulator.place import NodeAddress
from cup_simulator.server import LOOPBACK, Simulator

from . import scenario
from .course import Scheme, Shape
from .proxy import HOST, NotificationProxy, ServerProxy

# The simulator's own interval would take most of the time of a simulated week; expiries are long.
TICK_SECONDS = 5.0


class RestartableServer:
    """The server, over any number of runs.

    Attributes:
        simulator: The current run, or the last one.
        proxies: The proxies in front of the nodes' presence service, by the node's name.
        notifications: The proxy in front of Home Assistant's callback.
        certificate: The number of the certificate that the server shows.
        on_start: Called after each start but the first.
    """

    simulator: Simulator

    def __init__(self, folder: Path, shape: Shape, callback_port: int) -> None:
        self.certificate = 0
        self.is_running = False
        self.on_start: Callable[[], None] = lambda: None
        names = [node.name for node in _nodes(shape)]
        self.proxies = {name: ServerProxy(lambda name=name: self._port(name)) for name in names}  # type: ignore[misc]
        self.notifications = NotificationProxy(lambda: callback_port)
        self._folder = folder
        self._shape = shape
        self._running = AsyncExitStack()
        self._open_proxies = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for proxy in (*self.proxies.values(), self.notifications):
            await self._open_proxies.enter_async_context(proxy)
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open_proxies.aclose()
        await self.stop()

    async def start(self) -> None:
        """Start the server without any state of an earlier run."""
        self.simulator = await self._running.enter_async_context(
            Simulator(_configuration(self._shape), tls_dir=self._certificates(), clock=LoopClock())
        )
        for name, proxy in self.proxies.items():
            at = NodeAddress(HOST, proxy.port, proxy.port, 1)
            self.simulator.nodes[name].node.address = at
        self.is_running = True
        self.on_start()

    async def stop(self) -> None:
        self.is_running = False
        await self._running.aclose()
        self._running = AsyncExitStack()

    @property
    def port(self) -> int:
        """Return the port in Home Assistant's configuration."""
        return next(iter(self.proxies.values())).port

    @property
    def fingerprint(self) -> str:
        pem = (self._certificates() / "cup.pem").read_text()
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()

    @property
    def callback_url(self) -> str:
        """Return the base URL of the callback, as in the entry's options."""
        return f"http://{HOST}:{self.notifications.port}"

    def shown(self, user: str) -> str:
        """Return the presence that the server shows."""
        people = self.simulator.deployment.people
        shown = people.shown_contact(scenario.contact_of(user))
        assert shown is not None
        return shown.status.presence

    def _port(self, name: str) -> int:
        http, https = self.simulator.nodes[name].presence.ports
        return https if self._shape.scheme is Scheme.HTTPS else http

    def _certificates(self) -> Path:
        return self._folder / f"certificate-{self.certificate}"


# Of a small node: requests and milliseconds of computing in a second.
SMALL: Final = Budget(requests=20, cpu=300)


def make_certificates(folder: Path, count: int) -> None:
    """Make certificates for all courses; generating keys takes long."""
    for number in range(count):
        made = folder / f"certificate-{number}"
        made.mkdir()
        server_context(made, LOOPBACK)
        server_context(made, LOOPBACK, service="tomcat")


def _configuration(shape: Shape) -> Configuration:
    nodes = _nodes(shape)
    return Configuration(
        domain=scenario.DOMAIN,
        application_users={scenario.APPLICATION: ApplicationUser(scenario.PASSWORD)},
        people=(
            *(
                ConfiguredPerson(
                    user,
                    user.title(),
                    Status(Presence.AVAILABLE),
                    node=nodes[-1].name if user in scenario.ON_SECOND_NODE else None,
                )
                for user in scenario.USERS
            ),
            ConfiguredPerson(scenario.WATCHER, "Watcher"),
        ),
        nodes=nodes,
        budget=SMALL if shape.small else NO_LIMIT,
    )


def _nodes(shape: Shape) -> tuple[ConfiguredNode, ...]:
    if not shape.cluster:
        return (ConfiguredNode("alpha"),)
    return (
        ConfiguredNode("alpha", http_port=0, https_port=0, epas_port=0, backup="beta"),
        ConfiguredNode("beta", http_port=0, https_port=0, epas_port=0, backup="alpha"),
    )
