"""A user makes rules of several kinds by clicking, and they take effect.

What the interface submits for other kinds of rules is tested in tests/flows/test_rule_sentences.py.
"""

import asyncio
from datetime import UTC, datetime, timedelta
import json
from typing import Any

from playwright.async_api import Page, expect
import pytest

from demo.interfaces import FLOW, Flow, HomeAssistantApi, open_session

from .pages.flow_dialog import FlowDialog
from .pages.integration_page import IntegrationPage
from .pages.server_page import ServerPage
from .running import Installation

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# Seconds.
WRITTEN_WITHIN = 20.0
BETWEEN_READINGS = 0.1

DOMAIN = "cisco_unified_presence"
NAMES = {"david": "David Weiss", "emma": "Emma Rossi"}


@pytest.fixture
async def furnished(installation: Installation) -> Installation:
    """Return the installation with what the rules are about, which is added once."""
    async with open_session() as session:
        demo = installation.demo
        api = HomeAssistantApi(session, demo.home_assistant, demo.token)
        if await api.state("input_select.work_mode") == "missing":
            await _furnish(api)
    return installation


async def _furnish(api: HomeAssistantApi) -> None:
    options = ["normal", "focus"]
    await api.command("input_select/create", name="Work mode", options=options)
    await api.command("input_boolean/create", name="Fire drill")
    flow = await Flow(api, f"{FLOW}/flow").start("local_calendar")
    await flow.fill_in("user", calendar_name="Emma", **{"import": "create_empty"})
    label = await api.command("config/label_registry/create", name="Team")
    people = (await api.command(f"{DOMAIN}/people/subscribe"))["people"]
    for each in people:
        if each["contact"].partition("@")[0] in NAMES:
            await api.command(
                "config/device_registry/update",
                device_id=each["device_id"],
                labels=[label["label_id"]],
            )


async def stored(installation: Installation, name: str) -> dict[str, Any]:
    """Return the data of a rule, which Home Assistant writes a second after it is saved."""
    path = installation.demo.folder / ".storage" / "core.config_entries"
    async with asyncio.timeout(WRITTEN_WITHIN):
        while True:
            entries = json.loads(path.read_text())["data"]["entries"]
            subentries = [each for entry in entries for each in entry["subentries"]]
            for each in subentries:
                if each["data"].get("name") == name:
                    return dict(each["data"])
            await asyncio.sleep(BETWEEN_READINGS)


async def save(flow: FlowDialog, preview: str) -> None:
    """Submit the form, compare the preview, and save the rule."""
    await flow.submit()
    await flow.says(preview)
    await flow.choose_step("Save")
    await flow.finish()


@pytest.fixture
async def server(furnished: Installation, page: Page) -> ServerPage:
    server = ServerPage(await page.context.new_page(), furnished.demo.cup)
    await server.open()
    return server


@pytest.fixture
async def integrations(furnished: Installation, server: ServerPage, page: Page) -> IntegrationPage:
    # A browser slows down what it does not show.
    await page.bring_to_front()
    integrations = IntegrationPage(page, furnished.demo.home_assistant)
    await integrations.open()
    return integrations


async def test_an_event_of_a_person_s_own_calendar(
    furnished: Installation, integrations: IntegrationPage, server: ServerPage
) -> None:
    demo = furnished.demo
    flow = await integrations.change_person("Emma Rossi")
    await flow.pick_entity("Calendar", "Emma")
    await flow.submit()
    await flow.close()
    now = datetime.now(UTC)
    begin, end = now - timedelta(minutes=5), now + timedelta(hours=1)
    demo.act(
        "calendar.create_event",
        entity_id="calendar.emma",
        summary="Review",
        start_date_time=begin.isoformat(),
        end_date_time=end.isoformat(),
    )
    flow = await integrations.add_rule()
    await flow.fill(name="Appointment", note="{{ event.summary }}")
    await flow.tick("Emma Rossi")
    await flow.add_condition("Calendar event", "All active events are checked")
    await flow.submit()
    await flow.says("Not saved yet. The message below says what to change.")
    await flow.says("Condition 1, Calendar event, has no calendar yet.")
    await flow.open_condition()
    await flow.choose_option_of_condition("Linked calendar", "Calendar")
    await flow.unfold("Advanced")
    await flow.fill(until="{{ event.end }}")
    await save(flow, "Emma Rossi: Busy until")
    await expect(server.presence_of("Emma Rossi")).to_have_text("Busy")
    demo.act(f"{DOMAIN}.pause_rules", rule="Appointment")


async def test_an_entity_decides_by_a_table(
    furnished: Installation, integrations: IntegrationPage, server: ServerPage
) -> None:
    demo = furnished.demo
    flow = await integrations.add_rule()
    await flow.fill(name="Work mode")
    await flow.tick("David Weiss")
    await flow.choose("Presence", "From an entity or template")
    await flow.unfold("Presence from an entity or template")
    await flow.pick_entity("Entity", "Work mode")
    await flow.add_row("focus", "Do not disturb")
    await save(flow, "David Weiss: no change.")
    demo.act("input_select.select_option", entity_id="input_select.work_mode", option="focus")
    await expect(server.presence_of("David Weiss")).to_have_text("Do Not Disturb")
    demo.act("input_select.select_option", entity_id="input_select.work_mode", option="normal")
    await expect(server.presence_of("David Weiss")).not_to_have_text("Do Not Disturb")


async def test_everyone_with_a_label_except_one(
    furnished: Installation, integrations: IntegrationPage, server: ServerPage
) -> None:
    demo = furnished.demo
    flow = await integrations.add_rule()
    await flow.fill(name="Fire drill", note="Fire drill")
    await flow.unfold("Areas, floors and labels")
    await flow.add_label("Areas, floors and labels", "Team")
    await flow.unfold("Exceptions")
    await flow.tick_in("Exceptions", "David Weiss")
    await flow.add_condition_of_state("Fire drill", "On")
    await flow.choose("Presence", "Away")
    await flow.unfold("Advanced")
    await flow.fill_number("Priority", 1000)
    await flow.switch("Override manual settings")
    await save(flow, "Emma Rossi: no change. Not true: Fire drill is off")
    rule = await stored(furnished, "Fire drill")
    assert rule["beats_manual"] is True
    assert rule["except"] == ["david@example.com"]
    demo.act("input_boolean.turn_on", entity_id="input_boolean.fire_drill")
    await expect(server.presence_of("Emma Rossi")).to_have_text("Away")
    demo.act("input_boolean.turn_off", entity_id="input_boolean.fire_drill")
