"""The visual editor of automations."""

from playwright.async_api import Locator, Page, expect

from .flow_dialog import DEVICE, choose_element, choose_in_picker
from .opening import go_to

SHOWN_WITHIN_MS = 60_000


class AutomationEditor:
    """An automation in the editor."""

    def __init__(self, page: Page, home_assistant: str) -> None:
        self._page = page
        self._url = home_assistant

    async def open_new(self) -> None:
        await go_to(self._page, f"{self._url}/config/automation/edit/new")

    async def add(self, kind: str, name: str, description: str) -> None:
        """Add a trigger, a condition or an action; the sidebar then shows it."""
        await self._page.get_by_role("button", name=f"Add {kind}").click(timeout=SHOWN_WITHIN_MS)
        await choose_element(self._page, name, description)

    async def add_person(self, name: str) -> None:
        """Add a person to the targets of the element in the sidebar."""
        await self.side.get_by_role("button", name="Add target").click()
        await choose_in_picker(self._page, name, DEVICE)

    async def choose(self, option: str) -> None:
        """Choose an option in the sidebar's first select."""
        await self.side.locator("ha-selector-select").first.click()
        # Where several may be chosen, the list can be searched; else it is a plain one.
        options = self._page.locator("ha-picker-combo-box ha-combo-box-item").or_(
            self._page.locator("ha-dropdown-item:visible")
        )
        await options.filter(has_text=option).click()

    async def open(self, name: str) -> None:
        """Show an existing element in the sidebar."""
        row = self._page.locator("ha-automation-trigger-row", has_text=name)
        await row.locator("ha-automation-row").first.click(position={"x": 20, "y": 20})
        await expect(self.side).to_contain_text(name)

    async def save_as(self, name: str) -> None:
        await self._page.get_by_role("button", name="Save").click()
        dialog = self._page.locator("ha-dialog-automation-save")
        await dialog.locator("input").first.fill(name)
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog.locator("ha-dialog")).to_be_hidden()

    @property
    def side(self) -> Locator:
        return self._page.locator("ha-automation-sidebar")
