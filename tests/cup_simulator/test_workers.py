"""The worker processes of a node."""

from unittest.mock import Mock

from aiohttp import web
import pytest

from cup_simulator.workers import Workers


@pytest.mark.parametrize("limit", [None, 2])
async def test_closed_connections_are_forgotten_when_others_are_opened(limit: int | None) -> None:
    workers = Workers(limit)
    serve = workers.middleware()

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response()

    for _ in range(20):
        connection = Mock(web.RequestHandler, transport=Mock())
        await serve(Mock(web.Request, protocol=connection), answer)
        await serve(Mock(web.Request, protocol=connection), answer)
        connection.transport = None

    assert len(workers._connections) == 1
    assert workers.connections == 0
