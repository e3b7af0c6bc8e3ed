"""Where notifications come in. Reference: rules 11 to 15."""

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
    """A web server that keeps what it is called with."""

    def __init__(self, url: URL | None) -> None:
        """Take the address that the presence server is told, None when there is none."""
        self._secret = f"/{secrets.token_hex(4)}"
        self._url = None if url is None else url.with_path(url.path.rstrip("/") + self._secret)
        self._calls: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    @property
    def url(self) -> str:
        """Where to call. Raises Skipped when nothing can be called."""
        if self._url is None:
            raise Skipped("needs CUP_CALLBACK_URL")
        return str(self._url)

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return URL(self.url).port or 80

    @property
    def is_silent(self) -> bool:
        """Whether nothing came that was not waited for."""
        return self._calls.empty()

    async def next(self) -> tuple[str, str]:
        """Return method and query of the next call, which must come within seconds."""
        try:
            return await asyncio.wait_for(self._calls.get(), _PATIENCE)
        except TimeoutError as error:
            raise Differs(f"no notification came within {_PATIENCE:.0f} s") from error

    async def handle(self, request: web.Request) -> web.Response:
        """Take a call, unless it is a late one to the address of an earlier case."""
        if not request.path.endswith(self._secret):
            return web.Response(status=404)
        self._calls.put_nowait((request.method, request.query_string))
        return web.Response()


@asynccontextmanager
async def listening(target: Target, *, simulated: bool) -> AsyncGenerator[Callback]:
    """Listen for notifications on the port of the target's URL; of a simulator on any port."""
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
