"""The demo's dashboard in a browser."""

from typing import Literal

from playwright.async_api import Page, expect
import pytest

from .conftest import Picture
from .past import QUARTER_OF_AN_HOUR, remember
from .running import Demo

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SHOWN_WITHIN_MS = 60_000
LIVE_WITHIN_MS = 2_000
# The rule goes on so long after the room is empty; the demo's configuration says so.
HOLD_MS = 3_000

type Scheme = Literal["light", "dark"]
# Colors, width and height of what hangs there: a screen and a tablet, by day and by night.
WALLS: tuple[tuple[Scheme, int, int], ...] = (
    ("light", 1280, 900),
    ("dark", 1280, 900),
    ("light", 820, 1500),
    ("dark", 820, 1500),
)

# Texts that do not fit where they stand, through all shadow roots.
CUT_OFF = """() => {
  const cut = [];
  const collect = (root) => {
    for (const element of root.querySelectorAll("*")) {
      const style = getComputedStyle(element);
      const fits = element.scrollWidth <= element.clientWidth + 1;
      if (style.textOverflow === "ellipsis" && !fits && element.checkVisibility()) {
        cut.push(element.textContent.trim());
      }
      if (element.shadowRoot) collect(element.shadowRoot);
    }
  };
  collect(document);
  return cut;
}"""


async def test_a_change_at_the_server_is_on_the_dashboard_within_two_seconds(
    demo: Demo, page: Page, picture: Picture
) -> None:
    await page.goto(demo.home_assistant)
    ben = page.locator("hui-tile-card:visible", has_text="Ben Okafor")
    await expect(ben).to_contain_text("Available", timeout=SHOWN_WITHIN_MS)

    demo.choose("ben", "DND")
    await expect(ben).to_contain_text("Do not disturb", timeout=LIVE_WITHIN_MS)
    await expect(ben).to_have_count(1)

    demo.choose("ben", "AVAILABLE")
    await expect(ben).to_contain_text("Available", timeout=LIVE_WITHIN_MS)


async def test_the_meeting_room_makes_anna_busy_on_the_servers_page(demo: Demo, page: Page) -> None:
    people = await page.context.new_page()
    await people.goto(demo.cup)
    word = people.locator("article.person", has_text="Anna Lindqvist").locator(".word")
    await expect(word).to_have_text("Available")

    await page.goto(demo.home_assistant)
    room = page.locator("hui-entity-badge", has_text="Meeting room")
    rule = page.locator("hui-tile-card:visible", has_text="Rule · Meeting room")
    await room.click(timeout=SHOWN_WITHIN_MS)
    await expect(word).to_have_text("Busy", timeout=LIVE_WITHIN_MS)
    await expect(rule.first).to_be_visible(timeout=LIVE_WITHIN_MS)

    await room.click()
    await expect(word).to_have_text("Available", timeout=HOLD_MS + LIVE_WITHIN_MS)
    await expect(rule).to_have_count(0)


async def test_a_choice_on_the_tile_is_on_the_servers_page_until_it_is_automatic_again(
    demo: Demo, page: Page
) -> None:
    people = await page.context.new_page()
    await people.goto(demo.cup)
    word = people.locator("article.person", has_text="Ben Okafor").locator(".word")
    await expect(word).to_have_text("Available")

    await page.goto(demo.home_assistant)
    ben = page.locator("hui-section:visible", has_text="Ben Okafor")
    choice = ben.locator("hui-select-options-card-feature")
    for option, expected, source in (
        ("On vacation", "Vacation", "Manual"),
        ("Automatic", "Available", "Own devices"),
    ):
        await choice.click(timeout=SHOWN_WITHIN_MS)
        await choice.locator("ha-dropdown-item", has_text=option).click()
        await expect(word).to_have_text(expected, timeout=LIVE_WITHIN_MS)
        decided = ben.locator("hui-tile-card:visible", has_text="Decided by")
        await expect(decided).to_contain_text(source, timeout=LIVE_WITHIN_MS)


async def test_the_wall_says_who_is_what_in_full(demo: Demo, page: Page, picture: Picture) -> None:
    demo.act("input_boolean.turn_on", entity_id="input_boolean.meeting_room")
    demo.act(
        "select.select_option", entity_id="select.ben_okafor_presence", option="do_not_disturb"
    )
    await page.goto(demo.home_assistant)
    rules = page.locator("hui-section:visible", has_text="Rule · Meeting room")
    await expect(rules).to_have_count(2, timeout=SHOWN_WITHIN_MS)
    await expect(rules.get_by_text("Busy").first).to_be_visible()
    remember(demo.folder / "home-assistant_v2.db", QUARTER_OF_AN_HOUR)

    for scheme, width, height in WALLS:
        await page.emulate_media(color_scheme=scheme)
        await page.set_viewport_size({"width": width, "height": height})
        await page.reload()
        await expect(rules).to_have_count(2, timeout=SHOWN_WITHIN_MS)
        await expect(page.locator("hui-history-graph-card canvas").first).to_be_visible()
        await expect(page.locator("hui-logbook-card")).to_contain_text("Ben Okafor")
        await picture(page, f"dashboard-{scheme}-{width}")
        assert await page.evaluate(CUT_OFF) == [], (scheme, width)

    demo.act("input_boolean.turn_off", entity_id="input_boolean.meeting_room")
    demo.act("select.select_option", entity_id="select.ben_okafor_presence", option="automatic")
