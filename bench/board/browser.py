"""What scripts of a page take, by the browser's profiler.

`ScriptDuration` of the DevTools protocol leaves out microtasks, in which lit draws.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
import json
import os
from typing import Any, Final

from playwright.async_api import CDPSession, Page, WebSocket, async_playwright

from .house import EMPTY, SHOWN, House, address_of

# Chromium would otherwise try to reach its maker, and find no sandbox where it runs as root.
ARGUMENTS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SAMPLE_MICROSECONDS: Final = 200
NO_SCRIPT: Final = frozenset({"(idle)", "(program)", "(root)"})
QUIET_SECONDS: Final = 1.0
PAINT_SECONDS: Final = 3.0

# Counts elements by their name, through all shadow roots.
COUNTED: Final = """([name, count]) => {
  let found = 0;
  const search = (root) => {
    for (const each of root?.querySelectorAll("*") ?? []) {
      if (each.localName === name) found++;
      if (each.shadowRoot) search(each.shadowRoot);
    }
  };
  search(document.querySelector("home-assistant")?.shadowRoot);
  return found >= count;
}"""
GO: Final = """(path) => {
  history.pushState(null, "", path);
  window.dispatchEvent(new CustomEvent("location-changed"));
}"""


class Browser:
    """A page of Home Assistant with a profiler.

    Attributes:
        sent: How many commands of each type the page has sent by its WebSocket.
    """

    def __init__(self, page: Page, devtools: CDPSession, house: House) -> None:
        self.sent: Counter[str] = Counter()
        self._page = page
        self._devtools = devtools
        self._house = house
        page.on("websocket", self._follow)

    def _follow(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: self.sent.update(_types_in(frame)))

    async def load(self, dashboard: str) -> None:
        """Load the whole page at a dashboard, and let it come to rest."""
        await self._page.goto(f"{self._house.home_assistant.url}/{address_of(dashboard)}")
        await self._until_shown(dashboard)
        await asyncio.sleep(QUIET_SECONDS)

    async def scripting_of_paint(self, dashboard: str) -> float:
        """Return the milliseconds of scripts until a dashboard is shown in a page that runs."""
        await self.load(EMPTY)
        await self._page.evaluate(GO, "/config/info")
        await asyncio.sleep(QUIET_SECONDS)
        self.sent.clear()

        async def paint() -> None:
            await self._page.evaluate(GO, f"/{address_of(dashboard)}")
            await asyncio.sleep(PAINT_SECONDS)

        spent = await self._profiled(paint)
        await self._until_shown(dashboard)
        return spent

    async def scripting_of(self, act: Callable[[], Awaitable[None]]) -> float:
        """Return the milliseconds of scripts while something is done."""
        return await self._profiled(act)

    async def _profiled(self, act: Callable[[], Awaitable[None]]) -> float:
        await self._devtools.send("Profiler.start")
        await act()
        profile = (await self._devtools.send("Profiler.stop"))["profile"]
        names = {each["id"]: each["callFrame"]["functionName"] for each in profile["nodes"]}
        samples = zip(profile["samples"], profile["timeDeltas"], strict=True)
        return float(sum(delta for node, delta in samples if names[node] not in NO_SCRIPT)) / 1000

    async def _until_shown(self, dashboard: str) -> None:
        shown = [SHOWN[dashboard], self._house.count(dashboard)]
        await self._page.wait_for_function(COUNTED, arg=shown, polling=200)


def _types_in(frame: str | bytes) -> list[str]:
    """Return the types of the commands in a frame, which holds one or a list."""
    found: Any = json.loads(frame)
    commands = found if isinstance(found, list) else [found]
    return [str(each.get("type")) for each in commands]


@asynccontextmanager
async def browser(house: House) -> AsyncGenerator[Browser]:
    """Open a browser that is logged in."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=ARGUMENTS
        )
        context = await chromium.new_context(
            viewport={"width": 1280, "height": 800},
            locale="en-US",
            timezone_id="UTC",
            reduced_motion="reduce",
            service_workers="block",
        )
        context.set_default_timeout(60_000)
        page = await context.new_page()
        devtools = await context.new_cdp_session(page)
        await devtools.send("Profiler.enable")
        await devtools.send("Profiler.setSamplingInterval", {"interval": SAMPLE_MICROSECONDS})
        yield Browser(page, devtools, house)
        await chromium.close()
