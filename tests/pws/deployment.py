"""A deployment of nodes that redirect users, stop answering and start again."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from custom_components.cisco_unified_presence.pws import Presence, PresenceClient, Server

from .byte_server import ByteServer, Received, Reply, Then, http
from .wire import fault, login_answer

APPLICATION = "hass"


@dataclass
class FakeNode:
    """One node: who is homed on it, which key it gave to whom, and what was made there."""

    name: str
    server: ByteServer
    people: set[str] = field(default_factory=set)
    backup: str = ""
    sends_on: dict[str, str] = field(default_factory=dict)
    names_backup: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=lambda: {"endpoints": 0, "subscriptions": 0})
    alive: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    down: bool = False

    @property
    def address(self) -> str:
        """``host:port``."""
        return f"127.0.0.1:{self.server.port}"

    async def __call__(self, request: Received) -> Reply:
        """Answer a request, or not at all."""
        return Reply(b"", Then.ABORT) if self.down else self._answer(request)

    def _answer(self, request: Received) -> Reply:
        method, _, path = request.line.partition(" /presence-service/")
        self.calls.append(f"{method} {path}")
        key = request.headers.get("Presence-Session-Key")
        owner = next((user for user, given in self.keys.items() if given == key), None)
        parts = path.split("/")
        if method == "POST" and parts[-1] == "sessions":
            return self._log_in(parts[1], owner)
        if owner is None:
            return fault(401, 101, "Invalid session key")
        if method == "POST":
            return self._make(parts[-1])
        if method == "DELETE" and parts[-1] == "session":
            self._log_out(parts[1])
            return http(200)
        if parts[-2] in self.made:
            return self._of_made(method, f"{parts[-2]}/{parts[-1]}")
        return http(200, b'<contact contactURI="b@x" presenceStatus="BUSY"/>'.join(LIST))

    def _log_out(self, name: str) -> None:
        del self.keys[name]
        if name == APPLICATION:
            self.keys.clear()

    def _log_in(self, user: str, caller: str | None) -> Reply:
        if user != APPLICATION:
            if caller != APPLICATION:
                return fault(401, 101, "Invalid session key")
            if user in self.sends_on:
                return http(307, self._redirect(user), Location=self.sends_on[user])
            if user not in self.people:
                return fault(404, 113, "Unknown user")
        self.keys.setdefault(user, f"{self.name}-{user}-{len(self.calls)}")
        return http(201, login_answer(self.keys[user], backup=self.backup))

    def _redirect(self, user: str) -> bytes:
        """Return a document that names the backup, for a user whose redirection tells it."""
        backup = self.names_backup.get(user)
        if backup is None:
            return b""
        server = urlsplit(self.sends_on[user]).netloc
        redirect = f'<redirect primaryServer="{server}" backupServer="{backup}"/>'
        return f"<session>{redirect}</session>".encode()

    def _make(self, collection: str) -> Reply:
        self.made[collection] += 1
        name = f"{collection}/{self.made[collection]}"
        self.alive.add(name)
        return http(201, Location=f"http://h/presence-service/{name}")

    def _of_made(self, method: str, name: str) -> Reply:
        if name not in self.alive:
            return fault(400, 132 if name.startswith("endpoints") else 133, "Gone")
        if method == "DELETE":
            self.alive.discard(name)
        return http(200, b"".join(LIST)) if method == "GET" else http(200)

    def send(self, user: str, node: FakeNode) -> None:
        """Home a user on another node."""
        self.people.discard(user)
        node.people.add(user)
        self.sends_on[user] = f"http://{node.address}/presence-service/users/{user}/session"

    def stop(self) -> None:
        """Stop answering."""
        self.down = True

    def start(self, *, fresh: bool = True) -> None:
        """Answer again, with ``fresh`` without sessions, endpoints and subscriptions."""
        self.down = False
        if fresh:
            self.keys.clear()
            self.alive.clear()


LIST = (b'<presenceList type="basic">', b"</presenceList>")


@asynccontextmanager
async def deployed(*names: str) -> AsyncIterator[list[FakeNode]]:
    """Run nodes of these names."""
    async with AsyncExitStack() as stack:
        nodes = []
        for name in names:
            server = await stack.enter_async_context(ByteServer())
            node = FakeNode(name, server)
            server.handler = node
            nodes.append(node)
        yield nodes


@asynccontextmanager
async def deployed_homes() -> AsyncIterator[list[FakeNode]]:
    """Run three nodes: anna is homed on the first, ben on the second, cy on the third."""
    async with deployed("one", "two", "three") as nodes:
        one, two, three = nodes
        one.people.add("anna")
        one.send("ben", two)
        one.send("cy", three)
        yield nodes


@asynccontextmanager
async def deployed_pair() -> AsyncIterator[list[FakeNode]]:
    """Run two nodes that are each other's backup, with anna, and a third, with ben."""
    async with deployed("one", "two", "three") as nodes:
        one, two, three = nodes
        one.backup, two.backup = two.address, one.address
        one.people.add("anna")
        two.people.add("anna")
        one.send("ben", three)
        yield nodes


@dataclass
class Told:
    """What a client told of."""

    lost: list[str] = field(default_factory=list)
    moves: list[tuple[int, int]] = field(default_factory=list)

    def moved(self, old: Server, new: Server) -> None:
        """Note a change of nodes, by their ports."""
        self.moves.append((old.port, new.port))


async def set_busy(client: PresenceClient, user: str = "anna") -> None:
    """Set a user's presence."""
    await client.set_presence(user, Presence.BUSY, override=True, expiry=3600)
