"""The board's cards on a dashboard that a user makes, and the feature of the tile."""

from typing import Any

from playwright.async_api import Page, expect
import pytest

from .conftest import Picture
from .pages.server_page import ServerPage
from .running import Demo

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SHOWN_WITHIN_MS = 60_000
LIVE_WITHIN_MS = 2_000
CARDS = ("person", "people", "rules", "timeline")
PERSON = "sensor.ben_okafor_presence"

COMMAND = "(each) => document.querySelector('home-assistant').hass.callWS(each)"


async def make_dashboard(page: Page, demo: Demo, *cards: dict[str, Any]) -> None:
    """Make a dashboard of these cards at /by-hand, in the place of the last."""
    await page.goto(f"{demo.home_assistant}/profile")
    await expect(page.locator("home-assistant-main")).to_be_attached(timeout=SHOWN_WITHIN_MS)
    dashboards = await page.evaluate(COMMAND, {"type": "lovelace/dashboards/list"})
    if not any(each["url_path"] == "by-hand" for each in dashboards):
        dashboard = {"url_path": "by-hand", "title": "By hand", "mode": "storage"}
        await page.evaluate(COMMAND, {"type": "lovelace/dashboards/create", **dashboard})
    config = {"views": [{"type": "sections", "sections": [{"type": "grid", "cards": list(cards)}]}]}
    save = {"type": "lovelace/config/save", "url_path": "by-hand", "config": config}
    await page.evaluate(COMMAND, save)


async def test_each_card_is_in_the_picker_with_a_preview_and_a_form(
    demo: Demo, page: Page, picture: Picture
) -> None:
    await make_dashboard(page, demo)
    await page.goto(f"{demo.home_assistant}/by-hand?edit=1")
    for card in CARDS:
        await page.get_by_role("button", name="Add card").first.click(timeout=SHOWN_WITHIN_MS)
        picker = page.locator("hui-dialog-create-card")
        await picker.locator("ha-tab-group-tab", has_text="By card").click()
        await picker.locator("hui-card-picker ha-input-search input").fill("Presence:")
        name = f"presence-{card}-card"
        offered = picker.locator(".card", has=page.locator(name))
        await expect(offered.get_by_text("Anna Lindqvist").first).to_be_visible()
        await picture(page, f"board-picker-{card}")
        await offered.locator(".overlay").click()
        editor = page.locator("hui-dialog-edit-card")
        await expect(editor.locator("hui-form-editor ha-form")).to_be_visible()
        await expect(editor.locator(name)).to_be_visible()
        await picture(page, f"board-form-{card}")
        await editor.get_by_role("button", name="Cancel").click()
        await expect(editor.locator("ha-form")).to_have_count(0)


async def test_a_press_on_the_tile_is_seen_at_the_server(
    demo: Demo, page: Page, picture: Picture
) -> None:
    tile = {
        "type": "tile",
        "entity": PERSON,
        "features": [{"type": "custom:presence-quick-set"}],
    }
    await make_dashboard(
        page, demo, tile, {"type": "custom:presence-person-card", "entity": PERSON}
    )
    server = ServerPage(await page.context.new_page(), demo.cup)
    await server.open()
    await page.goto(f"{demo.home_assistant}/by-hand")
    buttons = page.locator("presence-quick-set").get_by_role("radio")
    await expect(buttons).to_have_count(6, timeout=SHOWN_WITHIN_MS)
    await buttons.and_(page.get_by_label("Away")).click()
    await expect(server.presence_of("Ben Okafor")).to_have_text("Away", timeout=LIVE_WITHIN_MS)
    await expect(page.locator("presence-person")).to_contain_text("Away", timeout=LIVE_WITHIN_MS)
    await picture(page, "board-tile")
    demo.act("cisco_unified_presence.clear_presence", entity_id=PERSON)
    await expect(server.presence_of("Ben Okafor")).to_have_text("Available", timeout=LIVE_WITHIN_MS)


async def test_a_configuration_that_is_no_such_thing_is_refused(demo: Demo, page: Page) -> None:
    await make_dashboard(page, demo, {"type": "custom:presence-people-card", "areas": "studio"})
    await page.goto(f"{demo.home_assistant}/by-hand")
    error = page.locator("hui-error-card")
    await expect(error).to_contain_text("Configuration error", timeout=SHOWN_WITHIN_MS)
