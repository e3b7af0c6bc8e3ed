"""A user sets the integration up in an empty Home Assistant."""

from playwright.async_api import Page, expect
import pytest

from .conftest import Picture
from .pages.device_page import DevicePage
from .pages.flow_dialog import FlowDialog
from .pages.integration_page import IntegrationPage
from .running import Installation

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


async def test_the_server_is_added_by_clicking(
    empty_installation: Installation, page: Page, picture: Picture
) -> None:
    demo = empty_installation.demo
    integrations = IntegrationPage(page, demo.home_assistant)
    await integrations.open_list()
    flow = await integrations.add_integration("Cisco Unified Presence", search="Jabber")

    await flow.titled("Connect to Cisco Unified Presence")
    await picture(page, "add-integration")
    await flow.fill(host="127.0.0.1", application_user="hass", password="wrong")
    await flow.fill_number("Port", demo.cup_https_port)
    await flow.submit()

    await flow.titled("Trust this certificate?")
    await flow.says(demo.fingerprint())
    await picture(page, "certificate")
    await flow.submit("Trust this certificate")

    await flow.says("The server rejected the login of hass. Check the username")
    await picture(page, "wrong-password")
    await flow.fill(password="simulator")
    await flow.submit()

    await flow.titled("Watcher account")
    await flow.fill(watcher="wacher", presence_domain="exmple.com")
    await flow.submit()
    await flow.says("The server has no user named wacher.")
    await picture(page, "watcher")
    await flow.fill(watcher="watcher")
    await flow.submit()

    await flow.titled("Is the presence domain correct?")
    await picture(page, "domain")
    await flow.choose_one("Change the domain")
    await flow.fill(presence_domain="example.com")
    await flow.submit()

    await flow.titled("Add people")
    await flow.close()

    await integrations.open()
    await expect(integrations.entry).to_contain_text("example.com")


async def test_people_are_added_many_at_once(
    installation: Installation, page: Page, picture: Picture
) -> None:
    integrations = IntegrationPage(page, installation.demo.home_assistant)
    await integrations.open()
    flow = await integrations.add_people()
    await flow.fill(people="anna, Anna Lindqvist\nben@@example.com\nclara, Clara Moreau")
    await flow.submit()
    await flow.says("Can't read this line: ben@@example.com.")
    await picture(page, "people")
    pasted = "Anna Lindqvist <anna@example.com>; Ben Okafor <ben@example.com>\nclara\tClara Moreau"
    await flow.fill(people=pasted)
    await flow.switch("Control their presence from Home Assistant")
    await flow.submit()
    await flow.says("Added 3 people: Anna Lindqvist, Ben Okafor, Clara Moreau.")
    await picture(page, "people-added")
    await flow.finish()

    flow = await integrations.add_people()
    await flow.fill(people="david, David Weiss\nemma, Emma Rossi\nnobody")
    await flow.submit()
    await flow.titled("Add unknown people?")
    await flow.says("nobody@example.com")
    await flow.choose_one("Change the names")
    await flow.fill(people="david, David Weiss\nemma, Emma Rossi")
    # The tests of rules, which may follow, set their presence.
    await flow.switch("Control their presence from Home Assistant")
    await flow.submit()
    await flow.finish()
    for name in ("Anna Lindqvist", "Ben Okafor", "Clara Moreau", "David Weiss", "Emma Rossi"):
        await expect(integrations.subentry(name).first).to_be_visible()
    await picture(page, "integration")

    device = DevicePage(page, installation.demo.home_assistant)
    await device.open("David Weiss")
    await expect(device.sensor("Presence")).to_contain_text("Away")
    await device.open("Anna Lindqvist")
    await expect(device.sensor("Presence")).to_contain_text("Available")
    await picture(page, "device")


async def test_the_options_say_how_often_to_ask(
    installation: Installation, page: Page, picture: Picture
) -> None:
    integrations = IntegrationPage(page, installation.demo.home_assistant)
    await integrations.open()
    flow = await integrations.configure()
    await flow.fill(callback_url="https://home.example.com")
    await flow.fill_number("Polling interval", 5)
    await flow.submit()
    await flow.says("Enter a plain HTTP address")
    await picture(page, "options")
    await flow.fill(callback_url="")
    await flow.submit()
    await FlowDialog(page).finish()
    await expect(integrations.entry).to_contain_text("example.com")
