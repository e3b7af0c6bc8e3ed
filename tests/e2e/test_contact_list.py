"""A user lets people follow the watcher's contact list."""

from collections.abc import Generator

from playwright.async_api import Page, expect
import pytest

from .conftest import Picture
from .pages.integration_page import IntegrationPage
from .running import Demo, running_demo

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def demo() -> Generator[Demo]:
    """Run the demo with the contact list at its usual port."""
    with running_demo("--contact-list") as running:
        if not running.offers_contact_list:
            pytest.skip("Another program uses the port of the contact list.")
        yield running


async def test_people_follow_the_contact_list(demo: Demo, page: Page, picture: Picture) -> None:
    integrations = IntegrationPage(page, demo.home_assistant)
    await integrations.open()
    flow = await integrations.add_people()
    await flow.says("Select people from the watcher's contact list, enter others, or both.")
    await flow.says("greta (Music)")
    await picture(page, "contact-list-picks")
    await flow.close()

    flow = await integrations.configure()
    await flow.switch("Sync people with the watcher's contact list")
    await picture(page, "contact-list-option")
    await flow.submit()
    await flow.titled("Sync with the contact list")
    await flow.says("The watcher's contact list has 8 contacts.")
    await flow.switch("Create labels from groups")
    await picture(page, "contact-list-follow")
    await flow.submit()
    await flow.finish()

    # Greta is on the list, and was not added.
    await expect(integrations.subentry("Greta Nilsson")).to_be_visible()
    await picture(page, "contact-list-followed")
    assert demo.state("sensor.greta_nilsson_presence") == "busy"
    await page.goto(f"{demo.home_assistant}/config/labels")
    await expect(page.get_by_text("Production", exact=True).first).to_be_visible()
    await picture(page, "contact-list-labels")
