"""The simulated server's own page, on which one plays the people's clients."""

from playwright.async_api import Locator, Page


class ServerPage:
    """The people as the server shows them."""

    def __init__(self, page: Page, url: str) -> None:
        """Take the browser's page and the simulator's address."""
        self._page = page
        self._url = url

    async def open(self) -> None:
        """Open the page."""
        await self._page.goto(self._url)

    def presence_of(self, name: str) -> Locator:
        """Return the word that is shown of a person."""
        return self._person(name).locator(".word")

    async def choose(self, name: str, presence: str) -> None:
        """Choose a presence in the person's own client."""
        await self._person(name).get_by_role("button", name=presence, exact=True).click()

    def _person(self, name: str) -> Locator:
        return self._page.locator("article.person", has_text=name)
