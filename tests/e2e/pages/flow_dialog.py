"""The dialog of Home Assistant's flows."""

from contextlib import suppress
from typing import Self

from playwright.async_api import Locator, Page, expect

ANSWERED_WITHIN_MS = 20_000
SHOWN_WITHIN_MS = 2_000
# How often a value is chosen that the interface does not show afterwards.
CHOICES = 3
# What stands below a device's name in a list of targets.
DEVICE = "Cisco Unified Presence"


class FlowDialog:
    """Forms, one after another, until the flow ends."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._dialog = page.locator("dialog-data-entry-flow")

    async def titled(self, title: str) -> Self:
        """Wait for the step with this title."""
        heading = self._dialog.get_by_text(title, exact=True)
        await expect(heading.first).to_be_visible(timeout=ANSWERED_WITHIN_MS)
        return self

    async def says(self, sentence: str) -> None:
        """Wait until the dialog contains a sentence: a description or an error."""
        await expect(self._dialog).to_contain_text(sentence, timeout=ANSWERED_WITHIN_MS)

    def reads(self, sentence: str) -> Locator:
        return self._dialog.get_by_text(sentence)

    async def fill(self, **fields: str) -> None:
        """Fill text fields, by their keys."""
        for key, text in fields.items():
            await self._dialog.locator(f"input[name={key}], textarea[name={key}]").fill(text)

    async def fill_number(self, label: str, number: int) -> None:
        """Fill a number field, by its label."""
        await self._field("number", label).locator("input").fill(str(number))

    async def switch(self, label: str) -> None:
        await self._field("boolean", label).locator("ha-switch").click()

    async def choose_one(self, label: str) -> None:
        """Choose one of several visible options."""
        await self._dialog.get_by_text(label, exact=True).click()

    async def choose(self, field: str, option: str) -> None:
        """Choose an option of a drop-down list."""
        await self._field("select", field).locator("ha-select").click()
        await self._page.locator("ha-dropdown-item:visible", has_text=option).click()

    async def tick(self, label: str) -> None:
        """Tick one of several visible check boxes."""
        await self._dialog.locator("ha-checkbox", has_text=label).first.click()

    async def unfold(self, section: str) -> None:
        """Unfold a section of the form."""
        panel = self._section(section)
        await panel.get_by_text(section, exact=True).click()
        await expect(panel.locator("ha-form").first).to_be_visible()

    async def tick_in(self, section: str, label: str) -> None:
        """Tick a check box in a section."""
        await self._section(section).locator("ha-checkbox", has_text=label).click()

    async def pick_entity(self, field: str, entity: str) -> None:
        """Pick an entity in the field with this label."""
        await self._field("entity", field).locator("ha-entity-picker").click()
        await choose_in_picker(self._page, entity)

    async def add_label(self, section: str, label: str) -> None:
        """Add a label in a section."""
        await self._section(section).get_by_role("button", name="Add label").click()
        await choose_in_picker(self._page, label)

    async def add_condition(self, name: str, description: str) -> None:
        await self._dialog.get_by_role("button", name="Add condition").click()
        await choose_element(self._page, name, description)

    async def open_condition(self) -> None:
        """Open the first condition, which an error has folded up."""
        row = self._dialog.locator("ha-automation-condition-row").first
        await row.click(position={"x": 100, "y": 20})

    async def choose_option_of_condition(self, option: str, value: str) -> None:
        """Tick an option of the condition, and choose its value."""
        row = self._dialog.locator("ha-automation-condition-editor ha-settings-row")
        row = row.filter(has_text=option)
        await row.locator("ha-checkbox").click()
        await row.get_by_text(value, exact=True).click()

    async def add_row(self, value: str, presence: str) -> None:
        """Add a row to the table of presences."""
        await self._dialog.get_by_role("button", name="Add", exact=True).click()
        row = self._page.locator("dialog-form")
        await row.locator("input[name=value]").fill(value)
        await row.locator("ha-select").click()
        await self._page.locator("ha-dropdown-item:visible", has_text=presence).click()
        await row.get_by_role("button", name="Add", exact=True).click()
        await expect(row.locator("ha-dialog")).to_be_hidden()

    async def choose_step(self, label: str) -> None:
        """Choose a step of a menu."""
        items = self._dialog.locator("ha-list-item, ha-md-list-item, ha-list-item-button")
        await items.filter(has_text=label).first.click()

    async def pick(self, field: str, option: str) -> None:
        """Pick an option of a field that takes other values as well."""
        await self._field("select", field).locator("ha-generic-picker").click()
        await choose_in_picker(self._page, option)

    async def add_person(self, name: str) -> None:
        """Add a person to the first field that takes people."""
        await self._dialog.get_by_role("button", name="Add target").first.click()
        await choose_in_picker(self._page, name, DEVICE)

    async def add_condition_of_state(self, entity: str, state: str) -> None:
        await self._dialog.get_by_role("button", name="Add condition").click()
        await choose_element(self._page, "State", "Tests if an entity")
        condition = self._dialog.locator("ha-automation-condition-editor")
        await condition.locator("ha-entity-picker").click()
        await choose_in_picker(self._page, entity)
        await expect(condition.locator("ha-entity-picker")).to_contain_text(entity)
        # The interface loses a choice that is made while it reads what the entity can be.
        chosen = condition.locator("ha-selector-state")
        for _ in range(CHOICES):
            await chosen.click()
            await choose_in_picker(self._page, state)
            with suppress(AssertionError):
                await expect(chosen).to_contain_text(state, timeout=SHOWN_WITHIN_MS)
                return
        await expect(chosen).to_contain_text(state)

    async def submit(self, label: str = "Submit") -> None:
        await self._dialog.get_by_role("button", name=label, exact=True).click()

    async def finish(self) -> None:
        """Close the last step."""
        done = self._dialog.get_by_role("button", name="Skip and finish").or_(
            self._dialog.get_by_role("button", name="Finish", exact=True)
        )
        await done.first.click(timeout=ANSWERED_WITHIN_MS)
        await self.is_closed()

    async def close(self) -> None:
        """Abort the flow."""
        await self._dialog.get_by_role("button", name="Close").first.click()
        await self.is_closed()

    async def is_closed(self) -> None:
        await expect(self._dialog.locator("ha-dialog")).to_be_hidden(timeout=ANSWERED_WITHIN_MS)
        # A dialog goes back in the browser's history when it closes, which may come late.
        await self._page.wait_for_function("() => !history.state?.open")

    def _section(self, title: str) -> Locator:
        return self._dialog.locator("ha-expansion-panel", has_text=title).first

    def _field(self, kind: str, label: str) -> Locator:
        return self._dialog.locator(f"ha-selector-{kind}", has_text=label).first


async def choose_in_picker(page: Page, name: str, kind: str = "") -> None:
    """Search in the list that has just dropped down, and take the first that is found.

    Args:
        page: The page that shows the list.
        name: What to search for.
        kind: What stands below the name, when several things have it.
    """
    picker = page.locator("ha-picker-combo-box").last
    await picker.locator("input").fill(name)
    items = picker.locator("ha-combo-box-item", has_text=name)
    await items.filter(has_text=kind).first.click()
    # Until the list has gone, the next search would be typed into it.
    await expect(picker).to_be_hidden(timeout=ANSWERED_WITHIN_MS)


async def choose_element(page: Page, name: str, description: str) -> None:
    """Choose a trigger, a condition or an action in the dialog that lists them."""
    dialog = page.locator("add-automation-element-dialog")
    await dialog.get_by_placeholder("Search").fill(name)
    await dialog.locator("ha-combo-box-item", has_text=description).first.click()
