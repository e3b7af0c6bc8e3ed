"""The demo, running as its users run it, and a browser that looks at it."""

from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
import json
import os
from pathlib import Path
import signal
import subprocess

from homeassistant.const import __version__
from playwright.async_api import Page, async_playwright
import pytest

REPOSITORY = Path(__file__).parents[2]
ARTIFACTS = REPOSITORY / "artifacts"
STOP_SECONDS = 60

# Chromium would otherwise try to reach its maker, and find no sandbox where tests run as root.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True, slots=True)
class Demo:
    """Where the running demo is."""

    home_assistant: str
    cup: str


@pytest.fixture(scope="session")
def demo() -> Generator[Demo]:
    """Run the demo on free ports."""
    with subprocess.Popen(  # noqa: S603 (our own script)
        [REPOSITORY / "script" / "demo", "--announce", "--home-assistant", __version__],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        announced = process.stdout.readline()
        assert announced, "The demo did not start; what it printed stands above."
        addresses = json.loads(announced)
        yield Demo(addresses["home_assistant"], addresses["cup"])
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_SECONDS) == 0


@pytest.fixture
async def page(socket_enabled: None) -> AsyncGenerator[Page]:
    """Open a browser; each test begins without memories of the one before."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=CHROMIUM_ARGUMENTS,
        )
        context = await browser.new_context(
            viewport={"width": 1280, "height": 800},
            locale="en-US",
            timezone_id="UTC",
            reduced_motion="reduce",
            service_workers="block",
        )
        yield await context.new_page()
        await browser.close()
