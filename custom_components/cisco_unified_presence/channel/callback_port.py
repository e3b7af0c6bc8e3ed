"""The port of the listener, with tight limits on what strangers can take up through it.

A node needs a connection now and then, a URL, a few headers and no body.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from http import HTTPStatus
import logging
from typing import Any, Final, override

from aiohttp import hdrs, web
from aiohttp.http import HttpProcessingError

from ..const import LOGGER

# No node sends longer or more lines.
MAX_REQUEST_BYTES: Final = 4096
MAX_HEADERS: Final = 32

# Connections at a time. One more closes the oldest, so that no stranger keeps a node out.
MAX_CONNECTIONS: Final = 64

# Seconds after which a connection without a whole request is closed.
IDLE_SECONDS: Final = 60.0

# Seconds for reading a body, which no node sends, before the connection is closed; a client that
# sends one without end delays the closing of the port by as much.
LINGERING_SECONDS: Final = 1.0

# As Home Assistant's own web server, this one does not say what it is.
HEADERS: Final = {hdrs.SERVER: ""}

type Handler = Callable[[web.BaseRequest], Awaitable[web.Response]]

_LOGGER = LOGGER.getChild("callback_port")


def _is_worth_logging(record: logging.LogRecord) -> bool:
    """Drop the traceback that aiohttp logs for each request that is no HTTP."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)


_LOGGER.addFilter(_is_worth_logging)


class _LimitedServer(web.Server):
    """Keeps the newest connections, up to MAX_CONNECTIONS."""

    def __init__(self, handler: Handler, **options: Any) -> None:  # noqa: ANN401 (aiohttp's)
        super().__init__(handler, **options)
        self._options = options
        self._tasks: set[asyncio.Task[None]] = set()

    @override
    def __call__(self) -> web.RequestHandler:
        return _Connection(self, self._tasks, **self._options)

    @override
    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        for connection in self.connections[:-MAX_CONNECTIONS]:
            connection.force_close()

    async def async_end_tasks(self) -> None:
        """End the tasks of all connections, of those too that the client has left."""
        if not self._tasks:
            return
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks, timeout=LINGERING_SECONDS)


class _Connection(web.RequestHandler):
    """Enters its task into a set for as long as the task runs."""

    __slots__ = ("_tasks",)

    def __init__(
        self,
        server: web.Server,
        tasks: set[asyncio.Task[None]],
        **options: Any,  # noqa: ANN401 (aiohttp's)
    ) -> None:
        super().__init__(server, loop=asyncio.get_running_loop(), **options)
        self._tasks = tasks

    @override
    async def start(self) -> None:
        if task := asyncio.current_task():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        await super().start()


class Listener:
    """A port that is open."""

    def __init__(self, server: _LimitedServer, runner: web.BaseRunner) -> None:
        self._server = server
        self._runner = runner

    async def async_close(self) -> None:
        """Close the port and its connections, and wait until their tasks have ended.

        That takes three times LINGERING_SECONDS at most.
        """
        # aiohttp cancels a task that does not end in time, and does not wait for it.
        await self._runner.cleanup()
        await self._server.async_end_tasks()


async def async_listen(port: int, paths: Collection[str], handler: Handler) -> Listener:
    """Listen on a port: handle requests for these paths, and answer all others with 404.

    Raises:
        OSError: The port cannot be opened.
    """

    async def handle(request: web.BaseRequest) -> web.Response:
        if request.path not in paths:
            return web.Response(status=HTTPStatus.NOT_FOUND, headers=HEADERS)
        response = await handler(request)
        response.headers.update(HEADERS)
        return response

    server = _LimitedServer(
        handle,
        access_log=None,
        logger=_LOGGER,
        keepalive_timeout=IDLE_SECONDS,
        lingering_time=LINGERING_SECONDS,
        max_line_size=MAX_REQUEST_BYTES,
        max_field_size=MAX_REQUEST_BYTES,
        max_headers=MAX_HEADERS,
    )
    runner = web.ServerRunner(server, shutdown_timeout=LINGERING_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, port=port).start()
    except OSError:
        await runner.cleanup()
        raise
    return Listener(server, runner)
