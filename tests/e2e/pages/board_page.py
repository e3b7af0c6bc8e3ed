"""The board: a dashboard of the integration's own cards."""

from playwright.async_api import Locator, Page, expect

from .opening import go_to

SHOWN_WITHIN_MS = 60_000


class BoardPage:
    """The dashboard, with a view each for people, rooms and groups, rules, and the day."""

    def __init__(self, page: Page, home_assistant: str) -> None:
        self._page = page
        self._home_assistant = home_assistant

    async def create(self) -> None:
        """Add the dashboard by its dialog, at the address that the dialog proposes."""
        await go_to(self._page, f"{self._home_assistant}/config/lovelace/dashboards")
        await self._page.get_by_role("button", name="Add dashboard").click(timeout=SHOWN_WITHIN_MS)
        dialog = self._page.locator("ha-dialog-new-dashboard")
        await dialog.locator("dashboard-card", has_text="Presence board").click()
        detail = self._page.locator("dialog-lovelace-dashboard-detail")
        await detail.get_by_role("button", name="Create").click()
        made = self._page.get_by_role("rowheader", name="Presence board")
        await expect(made).to_be_visible()

    async def open(self, view: str = "people") -> None:
        await go_to(self._page, f"{self._home_assistant}/presence-board/{view}")
        await expect(self.cards.first).to_be_visible(timeout=SHOWN_WITHIN_MS)

    async def open_choices(self, name: str) -> Locator:
        """Open the quick choices of a person."""
        await self.person(name).get_by_role("button").click()
        choices = self._page.get_by_role("dialog", name=name)
        await expect(choices).to_be_visible()
        return choices

    async def edit(self) -> Locator:
        """Open the options of the dashboard."""
        await self._page.get_by_role("button", name="Edit dashboard").click()
        editor = self._page.locator("dialog-dashboard-strategy-editor")
        await expect(editor.locator("presence-board-editor ha-form")).to_be_visible()
        return editor

    def person(self, name: str) -> Locator:
        return self._page.locator("presence-person", has_text=name)

    @property
    def people(self) -> Locator:
        return self._page.locator("presence-person")

    @property
    def cards(self) -> Locator:
        return self._page.locator(
            "presence-people-card, presence-rules-card, presence-timeline-card"
        )

    @property
    def notice(self) -> Locator:
        return self.cards.get_by_role("alert")
