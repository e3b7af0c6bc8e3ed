"""A user repairs what Home Assistant reports."""

from urllib.parse import urlsplit

from playwright.async_api import Page, expect
import pytest

from demo.processes import free_port

from .conftest import Picture
from .pages.device_page import DevicePage
from .pages.repairs_page import RepairsPage
from .running import Installation

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# The server is missed at the next request for news, and then has ten seconds to call.
NOTICED_WITHIN_MS = 90_000
TRIED_WITHIN_MS = 30_000


async def test_a_server_that_cannot_call_is_given_another_port(
    installation: Installation, page: Page, picture: Picture
) -> None:
    demo = installation.demo
    own_port = urlsplit(demo.home_assistant).port
    closed, open_ = free_port(), free_port()
    installation.configure_server(refuse_callback_ports=[own_port, closed])

    repairs = RepairsPage(page, demo.home_assistant)
    await repairs.open()
    flow = await repairs.repair(
        "example.com can't reach Home Assistant", within_ms=NOTICED_WITHIN_MS
    )
    await flow.says("within ten seconds")
    await picture(page, "repair")

    await flow.choose_one("A separate port")
    await flow.fill_number("Separate port", closed)
    await flow.submit("Test")
    await expect(flow.reads("within 15 seconds")).to_be_visible(timeout=TRIED_WITHIN_MS)
    await picture(page, "repair-failed")

    await flow.fill_number("Separate port", open_)
    await flow.submit("Test")
    await flow.finish()
    await expect(repairs.issue("example.com can't reach Home Assistant")).to_be_hidden()

    device = DevicePage(page, demo.home_assistant)
    await device.open("Anna Lindqvist")
    await device.open_connected_via("example.com")
    await expect(device.sensor("Update channel")).to_contain_text("Notifications")


async def test_another_certificate_is_trusted_after_both_were_shown(
    installation: Installation, page: Page, picture: Picture
) -> None:
    demo = installation.demo
    before = demo.fingerprint()
    demo.renew_certificate()
    demo.restart_server()
    assert demo.fingerprint() != before

    repairs = RepairsPage(page, demo.home_assistant)
    await repairs.open()
    flow = await repairs.repair(
        "The certificate of example.com has changed", within_ms=NOTICED_WITHIN_MS
    )
    await flow.titled("Trust the new certificate?")
    await flow.says(before)
    await flow.says(demo.fingerprint())
    await picture(page, "certificate-changed")
    await flow.submit("Trust the new certificate")
    await flow.finish()

    device = DevicePage(page, demo.home_assistant)
    await device.open("Anna Lindqvist")
    demo.choose("anna", "AWAY")
    await expect(device.sensor("Presence")).to_contain_text("Away")
    demo.choose("anna", "AVAILABLE")
