"""The worker processes of a node: an open connection holds one. Reference: "Addresses"."""

import asyncio
from itertools import islice

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

WAIT_SECONDS = 0.02


class Workers:
    """A number of workers, and the connections that hold them or wait, oldest first.

    A connection takes part from its first request until it is closed. A `limit` of None is no
    limit.
    """

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self._connections: dict[web.RequestHandler, None] = {}

    @property
    def connections(self) -> int:
        """The number of open connections."""
        self._drop_closed()
        return len(self._connections)

    def middleware(self) -> Middleware:
        @web.middleware
        async def serve(request: web.Request, handler: Handler) -> web.StreamResponse:
            await self._wait(request.protocol)
            return await handler(request)

        return serve

    async def _wait(self, connection: web.RequestHandler) -> None:
        if connection not in self._connections:
            self._drop_closed()
            self._connections[connection] = None
        # aiohttp announces no connection's end.
        while not self._is_served(connection):  # noqa: ASYNC110
            await asyncio.sleep(WAIT_SECONDS)

    def _is_served(self, connection: web.RequestHandler) -> bool:
        if self.limit is None:
            return True
        self._drop_closed()
        return connection in islice(self._connections, self.limit)

    def _drop_closed(self) -> None:
        for connection in [each for each in self._connections if each.transport is None]:
            del self._connections[connection]
