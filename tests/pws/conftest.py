"""Fixtures: a server that replays bytes, certificates, and clients on a clock of their own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest

from custom_components.cisco_unified_presence.pws import (
    PlainHttp,
    PresenceClient,
    Security,
    Server,
    make_ssl_context,
    open_session,
)

from .byte_server import ByteServer
from .deployment import FakeNode, Told, deployed_pair


@pytest.fixture(autouse=True)
def sockets(socket_enabled: None) -> None:
    """Let every test here use sockets."""


@pytest.fixture
async def server() -> AsyncIterator[ByteServer]:
    """A server in plain HTTP."""
    async with ByteServer() as running:
        yield running


@dataclass
class Clock:
    """Time that passes only while the client sleeps."""

    now: float = 1000.0
    pauses: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        """Tell the time."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let time pass at once, and remember how much."""
        self.pauses.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> Clock:
    """A clock for the client."""
    return Clock()


type MakeClient = Callable[..., PresenceClient]


@pytest.fixture
async def make_client(clock: Clock) -> AsyncIterator[MakeClient]:
    """Make clients of a port on this machine; their sessions are closed at the end."""
    async with AsyncExitStack() as stack:

        def make(
            port: int,
            security: Security | None = None,
            *,
            host: str = "127.0.0.1",
            password: str = "s3cret & more",
            **options: object,
        ) -> PresenceClient:
            target = Server(host=host, port=port, security=security or PlainHttp())
            context = make_ssl_context(target.security)
            session = open_session(target, ssl_context=context)
            stack.push_async_callback(session.close)
            arguments: dict[str, object] = {
                "timeout": 5.0,
                "clock": clock,
                "sleep": clock.sleep,
                "random": lambda: 1.0,
                **options,
            }
            client = PresenceClient(target, "hass", password, session, **arguments)  # type: ignore[arg-type]
            stack.push_async_callback(client.close)
            return client

        yield make


@pytest.fixture
async def client(server: ByteServer, make_client: MakeClient) -> PresenceClient:
    """A client of the plain server."""
    return make_client(server.port)


@pytest.fixture
def told() -> Told:
    """What the client tells of."""
    return Told()


@pytest.fixture
async def nodes() -> AsyncIterator[list[FakeNode]]:
    """A pair of nodes, and one more."""
    async with deployed_pair() as running:
        yield running
