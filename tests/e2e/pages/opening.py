"""Opens pages."""

from playwright.async_api import Error, Page


async def go_to(page: Page, url: str) -> None:
    """Open a page, again if a dialog that closes late goes back in the browser's history."""
    try:
        await page.goto(url)
    except Error as error:
        if "ERR_ABORTED" not in error.message:
            raise
        await page.goto(url)
