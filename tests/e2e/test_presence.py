"""A presence changes on one side, and the other side shows it."""

from playwright.async_api import Page, expect
import pytest

from .conftest import Picture
from .pages.device_page import DevicePage
from .pages.server_page import ServerPage
from .running import Installation

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

LIVE_WITHIN_MS = 2_000


async def test_what_is_chosen_on_the_device_page_is_seen_on_the_servers_page(
    installation: Installation, page: Page, picture: Picture
) -> None:
    server = ServerPage(await page.context.new_page(), installation.demo.cup)
    await server.open()
    await expect(server.presence_of("Anna Lindqvist")).to_have_text("Available")

    device = DevicePage(page, installation.demo.home_assistant)
    await device.open("Anna Lindqvist")
    await device.choose("Set presence", "Busy")
    await expect(server.presence_of("Anna Lindqvist")).to_have_text("Busy", timeout=LIVE_WITHIN_MS)
    await expect(device.sensor("Presence")).to_contain_text("Busy", timeout=LIVE_WITHIN_MS)
    await expect(device.sensor("Presence source")).to_contain_text("Manual")
    await picture(page, "device")

    await device.choose("Set presence", "Automatic")
    await expect(server.presence_of("Anna Lindqvist")).to_have_text(
        "Available", timeout=LIVE_WITHIN_MS
    )


async def test_the_switch_on_the_device_page_asks_not_to_be_disturbed(
    installation: Installation, page: Page
) -> None:
    server = ServerPage(await page.context.new_page(), installation.demo.cup)
    await server.open()
    device = DevicePage(page, installation.demo.home_assistant)
    await device.open("Ben Okafor")
    await device.toggle("Do not disturb")
    await expect(server.presence_of("Ben Okafor")).to_have_text(
        "Do Not Disturb", timeout=LIVE_WITHIN_MS
    )
    await device.toggle("Do not disturb")
    await expect(server.presence_of("Ben Okafor")).to_have_text("Available", timeout=LIVE_WITHIN_MS)


async def test_what_is_chosen_on_the_servers_page_is_seen_on_the_device_page(
    installation: Installation, page: Page, picture: Picture
) -> None:
    server_page = await page.context.new_page()
    server = ServerPage(server_page, installation.demo.cup)
    await server.open()
    device = DevicePage(page, installation.demo.home_assistant)
    await device.open("David Weiss")
    for chosen, shown in (("Do Not Disturb", "Do not disturb"), ("Vacation", "On vacation")):
        await server.choose("David Weiss", chosen)
        await expect(device.sensor("Presence")).to_contain_text(shown, timeout=LIVE_WITHIN_MS)
    await picture(server_page, "simulator")
    await server.choose("David Weiss", "Automatic")
    await expect(device.sensor("Presence")).to_contain_text("Available", timeout=LIVE_WITHIN_MS)
