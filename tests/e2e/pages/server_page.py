"""The simulator's page, which plays people's clients."""

from playwright.async_api import Locator, Page

from .opening import go_to


class ServerPage:
    """The people as the server shows them."""

    def __init__(self, page: Page, url: str) -> None:
        self._page = page
        self._url = url

    async def open(self) -> None:
        await go_to(self._page, self._url)

    def presence_of(self, name: str) -> Locator:
        """Return the presence word of a person."""
        return self._person(name).locator(".word")

    async def choose(self, name: str, presence: str) -> None:
        """Choose a presence in the person's own client."""
        await self._person(name).get_by_role("button", name=presence, exact=True).click()

    def _person(self, name: str) -> Locator:
        return self._page.locator("article.person", has_text=name)
