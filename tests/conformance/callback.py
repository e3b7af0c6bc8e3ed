"""Receives notifications. Reference: rules 11 to 15."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import secrets
import socket
from typing import Final

from aiohttp import web
from yarl import URL

from .case import Differs, Skipped
from .target import Target

# Seconds. The reference says "within seconds".
_PATIENCE: Final = 10.0


class Callback:
    """A web server that records notifications; `url` is None where the server cannot reach it."""

    def __init__(self, url: URL | None) -> None:
        self._secret = f"/{secrets.token_hex(4)}"
        self._url = None if url is None else url.with_path(url.path.rstrip("/") + self._secret)
        self._calls: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    @property
    def url(self) -> str:
        """The callback URL. Raises Skipped if there is none."""
        if self._url is None:
            raise Skipped("needs CUP_CALLBACK_URL")
        return str(self._url)

    @property
    def port(self) -> int:
        return URL(self.url).port or 80

    @property
    def is_silent(self) -> bool:
        """Whether every notification received has been taken by `next`."""
        return self._calls.empty()

    async def next(self) -> tuple[str, str]:
        """Return method and query of the next call. Raises Differs if none comes in time."""
        try:
            return await asyncio.wait_for(self._calls.get(), _PATIENCE)
        except TimeoutError as error:
            raise Differs(f"no notification came within {_PATIENCE:.0f} s") from error

    async def handle(self, request: web.Request) -> web.Response:
        """Record a call; late calls to an earlier case's address are refused."""
        if not request.path.endswith(self._secret):
            return web.Response(status=404)
        self._calls.put_nowait((request.method, request.query_string))
        return web.Response()


@asynccontextmanager
async def listening(target: Target, *, simulated: bool) -> AsyncGenerator[Callback]:
    """Listen on the port of the target's URL, or on any port for a simulator."""
    url = target.callback_url
    if url is None and not simulated:
        yield Callback(None)
        return
    listener = socket.create_server((target.callback_host, 0 if url is None else url.port or 80))
    port = listener.getsockname()[1]
    callback = Callback(url or URL(f"http://{target.callback_host}:{port}"))
    calls = web.Application()
    calls.router.add_route("*", "/{anything:.*}", callback.handle)
    runner = web.AppRunner(calls, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        yield callback
    finally:
        await runner.cleanup()
