"""The repair of a person who keeps overriding a rule: who wins from now on."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control.takeover import SETTLE_SECONDS
from custom_components.cisco_unified_presence.issues import PersonIssue
from tests.common.entry import person
from tests.common.flows import Walk
from tests.common.rules import DESK, subentry
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import pass_time, settled

SOURCE = "sensor.anna_presence_source"


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    """Return Anna, and a rule of the interface that insists on Busy while the desk is occupied."""
    return [person("anna", controlled=True), subentry(insist=True)]


@pytest.fixture
def language() -> str:
    return "en"


@pytest.fixture
async def overridden(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    web_server: str,
    entry: MockConfigEntry,
    cup: Cup,
    language: str,
) -> MockConfigEntry:
    """Let Anna override the rule twice, so that it gives up."""
    hass.states.async_set(DESK, "on")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    hass.config.language = language
    await async_get_translations(hass, language, "entity", [DOMAIN])
    await settled(cup)
    await pass_time(freezer, cup, SETTLE_SECONDS)
    for _ in range(2):
        assert await cup.presence_of("anna") == "BUSY"
        await cup.choose("anna", "DND")
        await settled(cup)
        await pass_time(freezer, cup, SETTLE_SECONDS)
    assert issue_of_anna(hass, entry)
    return entry


def issue_id(entry: MockConfigEntry) -> str:
    return f"{PersonIssue.STOOD_BACK}_{entry.entry_id}_anna@example.com"


def issue_of_anna(hass: HomeAssistant, entry: MockConfigEntry) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, issue_id(entry))


async def walk_of(hass: HomeAssistant, entry: MockConfigEntry) -> Walk:
    return await Walk.repair_of(hass, PersonIssue.STOOD_BACK, issue_id(entry))


async def test_the_rule_is_applied_now(
    hass: HomeAssistant, overridden: MockConfigEntry, cup: Cup
) -> None:
    walk = await walk_of(hass, overridden)
    assert "Anna" in walk.sentence
    await walk.choose("init", "apply")
    assert walk.created == {}
    await settled(cup)
    assert await cup.presence_of("anna") == "BUSY"
    assert shown(hass, SOURCE) == "rule"
    assert issue_of_anna(hass, overridden) is None


@pytest.mark.parametrize("language", ["de"])
async def test_presences_are_told_in_the_language_of_home_assistant(
    hass: HomeAssistant, overridden: MockConfigEntry
) -> None:
    issue = issue_of_anna(hass, overridden)
    assert issue
    assert issue.translation_placeholders
    told = issue.translation_placeholders
    assert (told["wanted"], told["shown"]) == ("Beschäftigt", "Nicht stören")


async def test_the_rule_stops_insisting(
    hass: HomeAssistant, overridden: MockConfigEntry, cup: Cup
) -> None:
    walk = await walk_of(hass, overridden)
    await walk.choose("init", "stop_insisting")
    assert walk.created == {}
    await hass.async_block_till_done()
    await settled(cup)
    [rule] = overridden.get_subentries_of_type("rule")
    assert "insist" not in rule.data
    assert await cup.presence_of("anna") == "DND"
    assert issue_of_anna(hass, overridden) is None


async def test_nothing_is_changed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, overridden: MockConfigEntry, cup: Cup
) -> None:
    walk = await walk_of(hass, overridden)
    await walk.choose("init", "ignore")
    assert walk.aborted == "issue_ignored"
    await pass_time(freezer, cup, 120)
    issue = issue_of_anna(hass, overridden)
    assert issue
    assert issue.dismissed_version
    assert await cup.presence_of("anna") == "DND"


async def test_a_server_that_refuses_is_told(
    hass: HomeAssistant, overridden: MockConfigEntry, cup: Cup
) -> None:
    walk = await walk_of(hass, overridden)
    await cup.inject("error", code=120, path="/presence/", count=3)
    await walk.choose("init", "apply")
    assert walk.aborted == "not_applied"


async def test_a_server_that_is_not_connected_is_told(
    hass: HomeAssistant, overridden: MockConfigEntry, cup: Cup
) -> None:
    walk = await walk_of(hass, overridden)
    await hass.config_entries.async_unload(overridden.entry_id)
    await walk.choose("init", "apply")
    assert walk.aborted == "not_connected"
