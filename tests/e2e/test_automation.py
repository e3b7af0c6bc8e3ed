"""A user creates an automation in the visual editor, and it works."""

from playwright.async_api import Page, expect
import pytest

from .conftest import Picture
from .pages.automation_editor import AutomationEditor
from .pages.server_page import ServerPage
from .running import Installation

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


async def test_an_automation_with_our_trigger_condition_and_action_is_made_and_runs(
    installation: Installation, page: Page, picture: Picture
) -> None:
    editor = AutomationEditor(page, installation.demo.home_assistant)
    await editor.open_new()
    await editor.add("trigger", "Presence changed", "Triggers when the presence")
    await editor.add_person("Clara Moreau")
    await editor.choose("Do not disturb")
    await editor.add("condition", "Is available", "Tests if one or more people are available")
    await editor.add_person("Ben Okafor")
    await editor.add("action", "Set presence", "Set presence")
    await editor.add_person("Ben Okafor")
    await editor.choose("Busy")
    await editor.open("Presence changed")
    await picture(page, "automation")
    await editor.save_as("Ben stands in for Clara")

    server = ServerPage(await page.context.new_page(), installation.demo.cup)
    await server.open()
    await expect(server.presence_of("Ben Okafor")).to_have_text("Available")
    await server.choose("Clara Moreau", "Do Not Disturb")
    await expect(server.presence_of("Ben Okafor")).to_have_text("Busy")

    await server.choose("Clara Moreau", "Automatic")
    installation.demo.act("automation.turn_off", entity_id="automation.ben_stands_in_for_clara")
    installation.demo.act(
        "cisco_unified_presence.clear_presence", entity_id="sensor.ben_okafor_presence"
    )
    await expect(server.presence_of("Ben Okafor")).to_have_text("Available")
