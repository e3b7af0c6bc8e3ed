"""The running demo, and a browser."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
import os
from pathlib import Path

from playwright.async_api import Page, async_playwright
import pytest

from demo.configuring import configure
from demo.interfaces import FLOW, HomeAssistantApi, open_session
from demo.processes import CONTACT_LIST_PORT, Ports

from .running import REPOSITORY, Demo, Installation, running_demo

ARTIFACTS = REPOSITORY / "artifacts"
DOMAIN = "cisco_unified_presence"

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

type Picture = Callable[[Page, str], Awaitable[None]]


@pytest.fixture(scope="session")
def demo() -> Generator[Demo]:
    with running_demo() as running:
        yield running


@pytest.fixture(scope="session")
def empty_installation(tmp_path_factory: pytest.TempPathFactory) -> Generator[Installation]:
    """Run a server, and a Home Assistant without the integration."""
    server_file = tmp_path_factory.mktemp("server") / "simulator.yaml"
    server_file.write_text((REPOSITORY / "demo" / "simulator.yaml").read_text())
    with running_demo("--empty", "--server", server_file) as running:
        yield Installation(running, server_file)


@pytest.fixture
async def installation(empty_installation: Installation, socket_enabled: None) -> Installation:
    """Return the installation with the integration, which the first test to need it sets up."""
    demo = empty_installation.demo
    if demo.ask_home_assistant("GET", f"{FLOW}/entry?domain={DOMAIN}"):
        return empty_installation
    ports = Ports(
        http=demo.cup_http_port,
        https=demo.cup_https_port,
        control=0,
        epas=CONTACT_LIST_PORT if demo.offers_contact_list else 0,
    )
    async with open_session() as session:
        api = HomeAssistantApi(session, demo.home_assistant, demo.token)
        await configure(api, empty_installation.server_file, ports)
    return empty_installation


@pytest.fixture(scope="session")
def browser_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the browser cache of all tests; a page has megabytes."""
    return tmp_path_factory.mktemp("browser")


@pytest.fixture
async def page(socket_enabled: None, browser_folder: Path) -> AsyncGenerator[Page]:
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            browser_folder,
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=CHROMIUM_ARGUMENTS,
            viewport={"width": 1280, "height": 800},
            locale="en-US",
            timezone_id="UTC",
            reduced_motion="reduce",
            service_workers="block",
        )
        context.set_default_timeout(20_000)
        opened = context.pages[0]
        yield opened
        ARTIFACTS.mkdir(exist_ok=True)
        await opened.screenshot(path=ARTIFACTS / "last.png")
        await context.close()


@pytest.fixture
def picture() -> Picture:
    """Save screenshots by name."""
    ARTIFACTS.mkdir(exist_ok=True)

    async def take(page: Page, name: str) -> None:
        path: Path = ARTIFACTS / f"{name}.png"
        await page.screenshot(path=path, animations="disabled")

    return take
