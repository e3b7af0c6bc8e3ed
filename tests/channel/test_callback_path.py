"""A port of its own that the server is told to call behind a path."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import ClientSession, web
from homeassistant.core import HomeAssistant
import pytest
from yarl import URL

from custom_components.cisco_unified_presence.channel import choose_callback
from custom_components.cisco_unified_presence.const import CallbackMode
from tests.common.callback_settings import settings
from tests.common.entry import SECRET

pytestmark = pytest.mark.usefixtures("socket_enabled")


@asynccontextmanager
async def proxy_to(port: int, rewrite: Callable[[str], str]) -> AsyncGenerator[int]:
    """Run a proxy that passes requests on with their path rewritten; return its port."""

    async def pass_on(request: web.BaseRequest) -> web.Response:
        path = rewrite(request.rel_url.raw_path_qs)
        target = URL(f"http://127.0.0.1:{port}{path}", encoded=True)
        async with ClientSession() as session, session.get(target) as answer:
            return web.Response(status=answer.status)

    runner = web.ServerRunner(web.Server(pass_on))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def status_of(url: str) -> int:
    async with ClientSession() as session, session.get(url) as answer:
        return answer.status


async def received_through(
    hass: HomeAssistant, path: str, port: int, call: Callable[[URL], Awaitable[int]]
) -> list[int | None]:
    """Open a port behind a path, have its URL called, and return the notifications."""
    received: list[int | None] = []
    typed = f"http://ha.example.com:8080{path}"
    place = choose_callback(hass, settings(CallbackMode.PORT, typed, port))
    await place.async_open(received.append)
    try:
        assert await call(URL(place.url)) == 200
    finally:
        await place.async_close()
    return received


PATHS = ["/cup", "/cup/", "/a/b", "/b%C3%BCro", "/büro", "/a%20b", "/a+b", ""]


@pytest.mark.parametrize("path", PATHS)
async def test_the_port_answers_where_the_server_is_told_to_call(
    hass: HomeAssistant, path: str, unused_tcp_port: int
) -> None:
    async def call(url: URL) -> int:
        here = url.with_host("127.0.0.1").with_port(unused_tcp_port)
        return await status_of(f"{here}?id=10")

    assert await received_through(hass, path, unused_tcp_port, call) == [10]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("cuts", [False, True])
async def test_a_proxy_may_pass_the_path_on_or_cut_it_off(
    hass: HomeAssistant, path: str, unused_tcp_port: int, *, cuts: bool
) -> None:
    def rewritten(called: str) -> str:
        return f"/{called.rpartition('/')[2]}" if cuts else called

    async def call(url: URL) -> int:
        async with proxy_to(unused_tcp_port, rewritten) as port:
            return await status_of(f"{url.with_host('127.0.0.1').with_port(port)}?id=10")

    assert await received_through(hass, path, unused_tcp_port, call) == [10]


async def test_other_paths_are_not_found(hass: HomeAssistant, unused_tcp_port: int) -> None:
    received: list[int | None] = []
    typed = "http://ha.example.com:8080/cup"
    place = choose_callback(hass, settings(CallbackMode.PORT, typed, unused_tcp_port))
    await place.async_open(received.append)
    for path in ("/cup", "/cup/", f"/other/{SECRET}", f"/cup/cup/{SECRET}", f"/cup/{SECRET}/"):
        assert await status_of(f"http://127.0.0.1:{unused_tcp_port}{path}?id=10") == 404
    await place.async_close()
    assert received == []
