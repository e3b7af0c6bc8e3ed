"""A port of our own, and how little of Home Assistant a stranger can take up through it.

A node needs a connection now and then, a URL, a few headers and no body.
"""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
import logging
from typing import Final, override

from aiohttp import hdrs, web
from aiohttp.http import HttpProcessingError

from ..const import LOGGER

# Who sends more in a line, or more lines, is no node.
MAX_REQUEST_BYTES: Final = 4096
MAX_HEADERS: Final = 32

# Connections at a time. When there is one more, the one that is open longest has to go, so that
# nobody who only holds connections keeps a node out.
MAX_VISITORS: Final = 64

# Seconds after which a connection is closed on which no whole request came.
IDLE_SECONDS: Final = 60.0

# Seconds for reading what nobody asked for, before the connection is closed; as long may somebody
# who sends it without end hold up the closing of the port.
LINGERING_SECONDS: Final = 1.0

# As Home Assistant's own web server: a stranger need not know what runs here.
HEADERS: Final = {hdrs.SERVER: ""}

type Handler = Callable[[web.BaseRequest], Awaitable[web.Response]]

_LOGGER = LOGGER.getChild("callback_port")


def _is_worth_logging(record: logging.LogRecord) -> bool:
    """Drop the traceback that aiohttp logs for each request that is no HTTP."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)


_LOGGER.addFilter(_is_worth_logging)


class _Door(web.Server):
    """Lets so many connections in at a time."""

    @override
    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        for visitor in self.connections[:-MAX_VISITORS]:
            visitor.force_close()


async def async_listen(port: int, path: str, handler: Handler) -> web.BaseRunner:
    """Have requests for one path handled, and everything else turned away.

    Raises:
        OSError: The port cannot be opened.
    """

    async def handle(request: web.BaseRequest) -> web.Response:
        if request.path != path:
            return web.Response(status=HTTPStatus.NOT_FOUND, headers=HEADERS)
        response = await handler(request)
        response.headers.update(HEADERS)
        return response

    door = _Door(
        handle,
        access_log=None,
        logger=_LOGGER,
        keepalive_timeout=IDLE_SECONDS,
        lingering_time=LINGERING_SECONDS,
        max_line_size=MAX_REQUEST_BYTES,
        max_field_size=MAX_REQUEST_BYTES,
        max_headers=MAX_HEADERS,
    )
    runner = web.ServerRunner(door, shutdown_timeout=LINGERING_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, port=port).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner
