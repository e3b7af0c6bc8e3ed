"""The page of a device: a person, a rule or the server."""

from playwright.async_api import Locator, Page, expect

from .opening import go_to

SHOWN_WITHIN_MS = 60_000


class DevicePage:
    """A device's page."""

    def __init__(self, page: Page, home_assistant: str) -> None:
        self._page = page
        self._url = home_assistant
        self._device = page.locator("ha-config-device-page")

    async def open(self, name: str) -> None:
        """Open a device from the list of devices."""
        await go_to(self._page, f"{self._url}/config/devices/dashboard")
        await self._page.get_by_text(name, exact=True).first.click(timeout=SHOWN_WITHIN_MS)
        await expect(self._device).to_be_visible(timeout=SHOWN_WITHIN_MS)

    async def open_connected_via(self, name: str) -> None:
        """Open the device by which this one is connected."""
        await self._device.get_by_role("link", name=name, exact=True).click()

    def sensor(self, name: str) -> Locator:
        """Return the row of a sensor."""
        return self._device.locator("hui-sensor-entity-row, hui-simple-entity-row").filter(
            has=self._page.get_by_text(name, exact=True)
        )

    async def choose(self, select: str, option: str) -> None:
        row = self._device.locator("hui-select-entity-row", has_text=select)
        await row.locator("ha-select").click()
        await row.locator("ha-dropdown-item", has_text=option).click()

    async def toggle(self, switch: str) -> None:
        row = self._device.locator("hui-toggle-entity-row", has_text=switch)
        await row.locator("ha-switch, ha-entity-toggle").first.click()
