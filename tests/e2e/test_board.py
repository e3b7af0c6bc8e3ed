"""The board in a browser, from the dialog that adds it to the choices that people make on it."""

from collections.abc import AsyncGenerator, Awaitable, Callable
import json
import re
from typing import Any

from playwright.async_api import Page, WebSocketRoute, expect
import pytest

from .conftest import DOMAIN, Picture
from .pages.board_page import BoardPage
from .running import REPOSITORY, Demo

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

LIVE_WITHIN_MS = 2_000
RELOADED_WITHIN_MS = 30_000
# The cards learn of a dark theme a moment after the page is drawn in it.
TRIES, PAUSE_MS = 50, 100
AXE = REPOSITORY / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TEXTS = {
    file.stem: json.loads(file.read_text())
    for file in (REPOSITORY / "custom_components" / DOMAIN / "translations").glob("*.json")
}

CHOICES = (
    ("Busy", "BUSY"),
    ("Do not disturb", "DND"),
    ("Away", "AWAY"),
    ("On vacation", "VACATION"),
    ("Offline", "UNAVAILABLE"),
    ("Available", "AVAILABLE"),
)

type Speaking = Callable[[str], Awaitable[None]]

# What belongs to the module, of what the checker of accessibility finds.
FINDINGS = """async () => {
  const {violations} = await axe.run({rules: {region: {enabled: false}}});
  return violations.flatMap(({id, nodes}) => nodes
    .filter(({target}) => target.flat().some((part) => /presence-(?!board)/.test(part)))
    .map(({target, failureSummary}) => `${id} ${target.flat().slice(-2)} ${failureSummary}`));
}"""

# Tells how often each person is drawn from now on.
COUNT_DRAWN = """() => {
  const prototype = customElements.get("presence-person").prototype;
  const draw = prototype.render;
  window.drawn = [];
  prototype.render = function () {
    window.drawn.push(this.person);
    return draw.call(this);
  };
}"""


@pytest.fixture(scope="module")
def board_made() -> list[str]:
    """Return where the dashboard has been made; it is made once."""
    return []


@pytest.fixture
async def board(demo: Demo, page: Page, board_made: list[str]) -> BoardPage:
    board = BoardPage(page, demo.home_assistant)
    if not board_made:
        await board.create()
        board_made.append(demo.home_assistant)
    return board


@pytest.fixture
async def speaking(page: Page) -> AsyncGenerator[Speaking]:
    """Set the language of the browser, until the test ends: the next test has the same browser."""

    async def speak(language: str) -> None:
        await page.add_init_script(f"localStorage.selectedLanguage = '\"{language}\"'")

    yield speak
    await page.evaluate("localStorage.removeItem('selectedLanguage')")


async def test_the_dialog_adds_a_board_of_all_people(board: BoardPage, picture: Picture) -> None:
    await board.open()
    await expect(board.people).to_have_count(7)
    await expect(board.person("Emma Rossi")).to_contain_text("On vacation")
    await picture(board._page, "board-people")


async def test_a_change_at_the_server_draws_one_person(
    board: BoardPage, demo: Demo, page: Page
) -> None:
    await board.open()
    ben = board.person("Ben Okafor")
    await expect(ben).to_contain_text("Available")
    await page.evaluate(COUNT_DRAWN)
    demo.choose("ben", "DND")
    await expect(ben).to_contain_text("Do not disturb", timeout=LIVE_WITHIN_MS)
    assert len(set(await page.evaluate("window.drawn"))) == 1
    demo.choose("ben", "AVAILABLE")
    await expect(ben).to_contain_text("Available", timeout=LIVE_WITHIN_MS)


async def test_each_choice_is_seen_at_the_server(
    board: BoardPage, demo: Demo, picture: Picture
) -> None:
    await board.open()
    anna = board.person("Anna Lindqvist")
    choices = await board.open_choices("Anna Lindqvist")
    for word, presence in CHOICES:
        await choices.get_by_role("radio", name=word, exact=True).click()
        await expect(choices.get_by_role("status")).to_have_text("Done")
        await expect(anna).to_contain_text(word)
        assert demo.presence_of("anna") == presence

    await choices.get_by_role("radio", name="30 min").check()
    await expect(anna).to_contain_text("until")
    await choices.get_by_label("Note").fill("<b>Lunch</b>")
    await choices.get_by_label("Note").press("Enter")
    await expect(choices.get_by_role("status")).to_have_text("Done")
    await choices.get_by_role("button", name="Don't follow rules today").click()
    await expect(choices.get_by_role("button", name="Follow rules again")).to_be_visible()
    await picture(board._page, "board-choices")
    await choices.get_by_role("button", name="Follow rules again").click()
    await expect(choices.get_by_role("button", name="Don't follow rules today")).to_be_visible()
    await choices.get_by_role("button", name="Automatic").click()
    await expect(anna).not_to_contain_text("until")
    await choices.get_by_role("button", name="Close").click()
    await expect(choices).to_have_count(0)


async def test_a_choice_is_made_by_keyboard_and_taken_back_when_it_is_refused(
    board: BoardPage, page: Page
) -> None:
    await refuse_actions(page)
    await board.open()
    await board.person("Ben Okafor").get_by_role("button").focus()
    await page.keyboard.press("Enter")
    choices = page.get_by_role("dialog", name="Ben Okafor")
    await choices.get_by_role("radio", name="Available").focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await expect(choices.get_by_role("alert")).to_have_text("The server refused it.")
    await page.keyboard.press("Escape")
    await expect(choices).to_have_count(0)
    await expect(board.person("Ben Okafor")).to_contain_text("Available")


async def test_the_board_says_when_it_is_not_live_and_comes_back(
    board: BoardPage, demo: Demo
) -> None:
    await board.open()
    await expect(board.people).to_have_count(7)
    (entry,) = demo.ask_home_assistant("GET", f"/api/config/config_entries/entry?domain={DOMAIN}")
    entry_path = f"/api/config/config_entries/entry/{entry['entry_id']}"
    demo.ask_home_assistant("POST", f"{entry_path}/reload", {})
    await expect(board.notice).to_have_count(0, timeout=RELOADED_WITHIN_MS)
    demo.choose("felix", "BUSY")
    await expect(board.person("Felix de Vries")).to_contain_text("Busy", timeout=RELOADED_WITHIN_MS)


async def _findings(page: Page) -> list[str]:
    """Return what the checker still finds once the frontend has told the cards of its theme."""
    found: list[str] = await page.evaluate(FINDINGS)
    for _ in range(TRIES):
        if not found:
            break
        await page.wait_for_timeout(PAUSE_MS)
        found = await page.evaluate(FINDINGS)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_view_is_accessible(
    board: BoardPage, page: Page, picture: Picture, scheme: Any
) -> None:
    if not AXE.exists():
        pytest.skip("The checker comes with script/board.")
    await page.emulate_media(color_scheme=scheme)
    for view in ("people", "rooms", "rules", "today"):
        await board.open(view)
        if view == "people":
            await board.open_choices("Anna Lindqvist")
        await page.evaluate(AXE.read_text())
        assert await _findings(page) == [], view
        await picture(page, f"board-{view}-{scheme}")


@pytest.mark.parametrize("language", ["de", "es", "fr", "it", "nl"])
async def test_the_board_speaks_the_users_language(
    board: BoardPage, speaking: Speaking, page: Page, language: str
) -> None:
    await speaking(language)
    await board.open()
    texts = TEXTS[language]
    word = texts["entity"]["sensor"]["presence"]["state"]["vacation"]
    await expect(board.person("Emma Rossi")).to_contain_text(word)
    count = texts["config_panel"]["board"]["count"]
    for part in filter(None, re.split(r"{\w+}", count)):
        await expect(page.locator("presence-summary")).to_contain_text(part.strip())


@pytest.mark.parametrize("width", [390, 1024, 1920])
async def test_people_fit(board: BoardPage, page: Page, picture: Picture, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 600})
    await board.open()
    await expect(board.people.first).to_be_visible()
    await picture(page, f"board-{width}")
    assert await page.evaluate("document.scrollingElement.scrollWidth") == width


async def test_the_options_of_the_board_are_kept(board: BoardPage, page: Page) -> None:
    await board.open()
    editor = await board.edit()
    await editor.locator("ha-form ha-switch").first.click()
    await editor.get_by_role("button", name="Save").click()
    await expect(board.person("Hana Sato")).to_have_count(0)


async def refuse_actions(page: Page) -> None:
    """Answer for Home Assistant that it cannot do what a page asks for."""

    def connect(browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()

        def forward(message: str | bytes) -> None:
            asked = json.loads(message)
            if isinstance(asked, dict) and asked.get("type") == "call_service":
                error = {"code": "home_assistant_error", "message": "The server refused it."}
                answer = {"id": asked["id"], "type": "result", "success": False, "error": error}
                browser.send(json.dumps(answer))
            else:
                server.send(message)

        browser.on_message(forward)

    await page.route_web_socket("**/api/websocket", connect)
