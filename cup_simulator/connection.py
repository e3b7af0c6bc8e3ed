"""Connections to a node that may be cut off: they are accepted, and carry nothing."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from .deployment import Node

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def connection_to(node: Node) -> Middleware:
    """Return what lets requests through to a node, and answers back, while it is reachable.

    Who asks meanwhile waits, and has the connection closed when the node is back.
    """

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
