"""The page of Home Assistant's repairs."""

from playwright.async_api import Locator, Page, expect

from .flow_dialog import FlowDialog
from .opening import go_to


class RepairsPage:
    """The list of repairs."""

    def __init__(self, page: Page, home_assistant: str) -> None:
        self._page = page
        self._url = home_assistant

    async def open(self) -> None:
        await go_to(self._page, f"{self._url}/config/repairs")

    def issue(self, title: str) -> Locator:
        return self._page.locator("ha-config-repairs").get_by_text(title)

    async def repair(self, title: str, *, within_ms: float) -> FlowDialog:
        """Wait for an issue, and start its repair flow."""
        await expect(self.issue(title)).to_be_visible(timeout=within_ms)
        await self.issue(title).click()
        return FlowDialog(self._page)
