"""The server moves, or its account gets another password."""

from playwright.async_api import Page, expect
import pytest

from .conftest import Picture
from .pages.device_page import DevicePage
from .pages.integration_page import IntegrationPage
from .running import Installation

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


async def test_after_a_change_of_the_password_the_new_one_is_asked_for(
    installation: Installation, page: Page, picture: Picture
) -> None:
    demo = installation.demo
    installation.configure_server(application_users={"hass": {"password": "renewed"}})

    integrations = IntegrationPage(page, demo.home_assistant)
    await integrations.open_list()
    flow = await integrations.log_in_again()
    await flow.fill(password="still wrong")
    await flow.submit()
    await flow.says("The server rejected the login of hass.")
    await picture(page, "log-in-again")
    await flow.fill(password="renewed")
    await flow.submit()
    await flow.says("Re-authentication was successful")
    await flow.close()

    demo.choose("anna", "AWAY")
    device = DevicePage(page, demo.home_assistant)
    await device.open("Anna Lindqvist")
    await expect(device.sensor("Presence")).to_contain_text("Away")
    demo.choose("anna", "AVAILABLE")


async def test_the_server_moves_and_people_stay(
    installation: Installation, page: Page, picture: Picture
) -> None:
    demo = installation.demo
    integrations = IntegrationPage(page, demo.home_assistant)
    await integrations.open()
    flow = await integrations.reconfigure()
    await picture(page, "reconfigure")
    await flow.fill(host="localhost", password=installation.password)
    await flow.submit()
    await flow.titled("Trust this certificate?")
    await flow.submit("Trust this certificate")
    await flow.titled("Watcher account")
    await flow.submit()
    await flow.says("Reconfiguration was successful")
    await flow.close()

    demo.choose("anna", "DND")
    device = DevicePage(page, demo.home_assistant)
    await device.open("Anna Lindqvist")
    await expect(device.sensor("Presence")).to_contain_text("Do not disturb")
    demo.choose("anna", "AVAILABLE")
