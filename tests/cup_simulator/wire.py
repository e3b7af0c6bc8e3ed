"""A client that writes requests as bytes, and a callback server."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
import json
import re
from ssl import SSLContext
from typing import Any, Self

from cup_simulator import Simulator

HOST = "127.0.0.1"
HOUR = 3600

# Of the machine, which may be busy.
PATIENCE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came over the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def code(self) -> int | None:
        """The service's error code, None if there is none."""
        found = re.search(rb"<code>(\d+)</code>", self.body)
        return int(found[1]) if found else None

    @property
    def failure(self) -> tuple[int, int | None]:
        """Status and error code."""
        return self.status, self.code

    @property
    def key(self) -> str:
        found = re.search(rb"<sessionKey>([^<]+)</sessionKey>", self.body)
        assert found, self.body
        return found[1].decode()

    @property
    def words(self) -> dict[str, str]:
        """Basic presence by contact."""
        assert self.status == 200, self.body
        found = re.findall(rb'contactURI="([^"]*)" presenceStatus="([^"]*)"', self.body)
        return {contact.decode(): word.decode() for contact, word in found}

    @property
    def id(self) -> int:
        """The number at the end of the Location."""
        assert self.status == 201, self.body
        return int(self.headers["location"].rpartition("/")[2])

    @property
    def json(self) -> object:
        return json.loads(self.body)


async def send(port: int, data: bytes, tls: SSLContext | None = None) -> bytes:
    """Send bytes on a new connection; return everything received."""
    reader, writer = await asyncio.open_connection(
        HOST, port, ssl=tls, server_hostname="localhost" if tls else None
    )
    try:
        writer.write(data)
        return await asyncio.wait_for(reader.read(), PATIENCE_SECONDS)
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


def request_bytes(
    method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> bytes:
    """Return a request with `Connection: close`."""
    lines = [f"{method} {path} HTTP/1.1"]
    said = {"Host": "cup.example.com:8082", "Connection": "close", **(headers or {})}
    if body:
        said.setdefault("Content-Length", str(len(body)))
    lines += [f"{name}: {value}" for name, value in said.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def parse(data: bytes) -> Reply:
    head, _, body = data.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Reply(int(status.split()[1]), headers, body)


class Wire:
    """Speaks to a simulator as an application would, with the keys it was handed."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.application_key = ""

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes | str = b"",
        *,
        key: str | None = None,
        **headers: str,
    ) -> Reply:
        """Send a request below /presence-service; underscores in header names become hyphens."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            said["Presence-Session-Key"] = key
        data = body.encode() if isinstance(body, str) else body
        return parse(
            await send(
                self.simulator.ports.http,
                request_bytes(method, f"/presence-service{path}", said, data),
            )
        )

    async def control(self, method: str, path: str, body: object = None, **headers: str) -> Reply:
        port = self.simulator.ports.control
        data = b"" if body is None else json.dumps(body).encode()
        said = {"Host": f"{HOST}:{port}", **headers}
        return parse(await send(port, request_bytes(method, path, said, data)))

    async def state(self) -> dict[str, Any]:
        found = (await self.control("GET", "/control/state")).json
        assert isinstance(found, dict)
        return found

    async def login_application(self, name: str = "hass", method: str = "POST") -> str:
        """Log an application user in; later requests use its key."""
        path = f"/users/{name}/session" + ("s" if method == "POST" else "")
        reply = await self.ask(method, path, b"<session><password>simulator</password></session>")
        assert reply.status == 201, reply.body
        self.application_key = reply.key
        return reply.key

    async def login(self, user: str, method: str = "POST", key: str | None = None) -> str:
        """Log an end user in, and before it the application user if needed."""
        if not self.application_key:
            await self.login_application()
        path = f"/users/{user}/session" + ("s" if method == "POST" else "")
        reply = await self.ask(method, path, key=key or self.application_key)
        assert reply.status == 201, reply.body
        return reply.key

    async def register(self, url: str, expiry: int = HOUR) -> int:
        body = f"<endpoint><url>{url}</url></endpoint>"
        reply = await self.ask(
            "POST", "/endpoints", body, key=self.application_key, Presence_Expiry=str(expiry)
        )
        return reply.id

    async def subscribe(
        self, key: str, endpoint: int, *users: str, watcher: str = "watcher", expiry: int = HOUR
    ) -> int:
        reply = await self.ask(
            "POST",
            f"/users/{watcher}/subscriptions",
            subscription_body(endpoint, *users),
            key=key,
            Presence_Expiry=str(expiry),
        )
        return reply.id

    async def fetch(self, key: str, subscription: int, watcher: str = "watcher") -> dict[str, str]:
        """Fetch a subscription in basic form."""
        path = f"/users/{watcher}/presence/basic/subscriptions/{subscription}"
        return (await self.ask("GET", path, key=key)).words

    async def poll(self, key: str, user: str, watcher: str = "watcher") -> str:
        """Poll a person in basic form."""
        path = f"/users/{watcher}/presence/basic/contacts/{user}@example.com"
        return (await self.ask("GET", path, key=key)).words[f"{user}@example.com"]

    async def set_basic(
        self,
        key: str,
        word: str,
        *,
        override: str | None = "true",
        expiry: str | None = str(HOUR),
        user: str = "user1",
    ) -> Reply:
        headers = {"Presence_Override": override, "Presence_Expiry": expiry}
        return await self.ask(
            "PUT",
            f"/users/{user}/presence/basic",
            f"<presence>{word}</presence>",
            key=key,
            **{name: value for name, value in headers.items() if value is not None},
        )

    async def set_rich(
        self,
        key: str,
        document: bytes | str,
        *,
        override: str = "false",
        expiry: str = str(HOUR),
        user: str = "user1",
    ) -> Reply:
        return await self.ask(
            "PUT",
            f"/users/{user}/presence/rich",
            document,
            key=key,
            Presence_Override=override,
            Presence_Expiry=expiry,
        )

    async def choose(self, user: str, presence: str, **more: object) -> Reply:
        """Act as the person's own client."""
        body = {"presence": presence, **more}
        return await self.control("PUT", f"/control/people/{user}/presence", body)


def subscription_body(endpoint: int | str, *users: str) -> str:
    contacts = "".join(f'<contact contactURI="{user}@example.com"/>' for user in users)
    return (
        f"<subscription><contactsList>{contacts}</contactsList>"
        "<subscriptionType>PRESENCE_NOTIFICATION</subscriptionType>"
        f"<endPointID>{endpoint}</endPointID></subscription>"
    )


class Callback:
    """A server that records request lines."""

    def __init__(self) -> None:
        self.calls: asyncio.Queue[str] = asyncio.Queue()
        self.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        self.port = 0
        self._server: asyncio.Server

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self._server.close_clients()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.calls.put_nowait(head.decode().partition("\r\n")[0])
        writer.write(self.answer)
        await writer.drain()
        writer.close()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/cb"

    async def next(self) -> str:
        """Return the next call's request line."""
        return await asyncio.wait_for(self.calls.get(), PATIENCE_SECONDS)

    async def silence(self, simulator: Simulator) -> bool:
        """Return whether no call is left once all deliveries have ended."""
        await simulator.notifier.deliver_all()
        return self.calls.empty()
