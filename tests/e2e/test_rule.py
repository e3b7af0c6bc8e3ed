"""A user creates a rule in the interface, and it takes effect."""

from playwright.async_api import Page, expect
import pytest

from .conftest import Picture
from .pages.device_page import DevicePage
from .pages.integration_page import IntegrationPage
from .pages.server_page import ServerPage
from .running import Installation

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ROOM = "input_boolean.meeting_room"


async def test_a_rule_is_made_holds_and_is_switched_off(
    installation: Installation, page: Page, picture: Picture
) -> None:
    demo = installation.demo
    integrations = IntegrationPage(page, demo.home_assistant)
    await integrations.open()
    flow = await integrations.add_rule()
    await flow.fill(name="Meeting room", note="In the meeting room")
    await flow.tick("Anna Lindqvist")
    await flow.add_condition_of_state("Meeting room occupied", "On")
    await page.set_viewport_size({"width": 900, "height": 1750})
    await picture(page, "rule")
    await flow.submit()
    await flow.says("Anna Lindqvist: no change. Not true: Meeting room occupied is off")
    await picture(page, "rule-preview")
    await flow.choose_step("Save")
    await flow.finish()
    await expect(integrations.subentry("Rule: Meeting room").first).to_be_visible()

    server = ServerPage(await page.context.new_page(), demo.cup)
    await server.open()
    demo.act("input_boolean.turn_on", entity_id=ROOM)
    await expect(server.presence_of("Anna Lindqvist")).to_have_text("Busy")

    device = DevicePage(page, demo.home_assistant)
    await device.open("Meeting room")
    await expect(device.sensor("Active")).to_contain_text("On")
    await picture(page, "rule-device")
    await device.toggle("Enabled")
    await expect(server.presence_of("Anna Lindqvist")).to_have_text("Available")
    await expect(device.sensor("Active")).to_contain_text("Off")
    demo.act("input_boolean.turn_off", entity_id=ROOM)
