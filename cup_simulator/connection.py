"""Middleware that makes the connections of a cut-off node hang."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from .deployment import Node

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def connection_to(node: Node) -> Middleware:
    """Hold requests and answers while a node is cut off, then close their connections."""

    @web.middleware
    async def carry(request: web.Request, handler: Handler) -> web.StreamResponse:
        if node.reachable.is_set():
            response = await handler(request)
            if node.reachable.is_set():
                return response
        await node.reachable.wait()
        request.protocol.force_close()
        return web.StreamResponse()

    return carry
