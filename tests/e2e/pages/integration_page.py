"""The integration's page, and the list of all integrations."""

from playwright.async_api import Locator, Page, expect

from .flow_dialog import FlowDialog
from .opening import go_to

DOMAIN = "cisco_unified_presence"
SHOWN_WITHIN_MS = 60_000


class IntegrationPage:
    """The integration's own page, and the list of all integrations."""

    def __init__(self, page: Page, home_assistant: str) -> None:
        self._page = page
        self._url = home_assistant

    async def open(self) -> None:
        await go_to(self._page, f"{self._url}/config/integrations/integration/{DOMAIN}")
        await expect(self._page.get_by_role("button", name="Add people")).to_be_visible(
            timeout=SHOWN_WITHIN_MS
        )

    async def open_list(self) -> None:
        await go_to(self._page, f"{self._url}/config/integrations/dashboard")

    async def add_integration(self, brand: str, *, search: str) -> FlowDialog:
        await self._page.get_by_role("button", name="Add integration").click(
            timeout=SHOWN_WITHIN_MS
        )
        dialog = self._page.locator("dialog-add-integration")
        await dialog.get_by_placeholder("Search for a brand name").fill(search)
        await dialog.locator("ha-integration-list-item", has_text=brand).first.click()
        return FlowDialog(self._page)

    async def add_people(self) -> FlowDialog:
        await self._page.get_by_role("button", name="Add people").click()
        return await FlowDialog(self._page).titled("Add people")

    async def add_rule(self) -> FlowDialog:
        await self._page.get_by_role("button", name="Add presence rule").click()
        return await FlowDialog(self._page).titled("Presence rule")

    async def change_person(self, name: str) -> FlowDialog:
        row = self.subentry(name).first
        await row.get_by_role("button", name="Change person").first.click()
        return await FlowDialog(self._page).titled("Change person")

    async def configure(self) -> FlowDialog:
        await self.entry.get_by_role("button", name="Configure").first.click()
        return await FlowDialog(self._page).titled("Connection and updates")

    async def reconfigure(self) -> FlowDialog:
        await self.entry.locator("ha-dropdown ha-icon-button").first.click()
        await self._page.locator("ha-dropdown-item:visible", has_text="Reconfigure").first.click()
        return await FlowDialog(self._page).titled("Change the server")

    async def log_in_again(self) -> FlowDialog:
        """Start the reauthentication flow."""
        await self._page.get_by_role("button", name="Reconfigure").first.click(
            timeout=SHOWN_WITHIN_MS
        )
        return await FlowDialog(self._page).titled("Log in again")

    @property
    def entry(self) -> Locator:
        """The row of the server's entry."""
        return self._page.locator("ha-config-entry-row").first

    def subentry(self, name: str) -> Locator:
        """Return the row of a person or a rule."""
        return self._page.locator("ha-config-sub-entry-row", has_text=name)
