"""Home Assistant's limit of enabled entities of an entry, and which entities count towards it."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_platform
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.entity import Entity
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE, DOMAIN
from custom_components.cisco_unified_presence.entities import PersonEntity
from custom_components.cisco_unified_presence.entities import limit as module
from custom_components.cisco_unified_presence.entities.limit import (
    EntityLimit,
    async_entity_limit,
)
from custom_components.cisco_unified_presence.issues import Issue
from tests.common.entry import person
from tests.common.people import people
from tests.common.server import Cup
from tests.common.waiting import settled, until


def issue_of(hass: HomeAssistant, entry: MockConfigEntry) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{Issue.ENTITY_LIMIT}_{entry.entry_id}")


class TestNoRoom:
    """Three people who are watched, and room for one."""

    @pytest.fixture
    def entry_people(self) -> list[dict[str, Any]]:
        return [person("anna"), person("ben"), person("clara")]

    @pytest.fixture(autouse=True)
    def let_go(self, monkeypatch: pytest.MonkeyPatch) -> list[Entity]:
        """Return the entities that Home Assistant lets go of."""
        # The connection is added after the people.
        monkeypatch.setattr(entity_platform, "MAX_ENABLED_ENTITIES_PER_CONFIG_ENTRY", 2)
        let_go: list[Entity] = []
        abort = Entity.add_to_platform_abort

        def note(entity: Entity) -> None:
            let_go.append(entity)
            abort(entity)

        monkeypatch.setattr(Entity, "add_to_platform_abort", note)
        return let_go

    async def test_an_issue_names_the_people_without_entities(
        self, hass: HomeAssistant, loaded: MockConfigEntry, let_go: list[Entity]
    ) -> None:
        people = [each.unique_id for each in let_go if isinstance(each, PersonEntity)]
        start = f"{loaded.entry_id}_"
        assert people == [f"{start}{user}@example.com_presence" for user in ("ben", "clara")]
        issue = issue_of(hass, loaded)
        assert issue
        assert issue.translation_placeholders == {
            "title": "CUP",
            "count": "2",
            "names": "Ben, Clara",
        }
        assert hass.states.get("sensor.anna_presence")
        assert hass.states.get("sensor.ben_presence") is None

    async def test_the_next_person_gets_the_place_of_one_who_is_removed(
        self, hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
    ) -> None:
        anna = next(each for each in loaded.subentries.values() if each.title == "Anna")
        hass.config_entries.async_remove_subentry(loaded, anna.subentry_id)
        await settled(cup)
        await until(lambda: hass.states.get("sensor.ben_presence"))
        issue = issue_of(hass, loaded)
        assert issue
        assert issue.translation_placeholders
        assert issue.translation_placeholders["names"] == "Clara"

    async def test_the_issue_ends_when_all_have_a_place(
        self, hass: HomeAssistant, loaded: MockConfigEntry
    ) -> None:
        for title in ("Ben", "Clara"):
            gone = next(each for each in loaded.subentries.values() if each.title == title)
            hass.config_entries.async_remove_subentry(loaded, gone.subentry_id)
        await until(lambda: issue_of(hass, loaded) is None)


@pytest.mark.parametrize(
    ("count", "names"),
    [
        (10, "u00@x, u01@x, u02@x, u03@x, u04@x, u05@x, u06@x, u07@x, u08@x, u09@x"),
        (11, "u00@x, u01@x, u02@x, u03@x, u04@x, u05@x, u06@x, u07@x, u08@x, u09@x, …"),
    ],
)
async def test_ten_people_are_named(hass: HomeAssistant, count: int, names: str) -> None:
    entry = MockConfigEntry(domain=DOMAIN, title="CUP", data={"webhook_id": "x" * 64})
    entry.add_to_hass(hass)
    limit = async_entity_limit(hass, entry)
    refused = people(*(f"u{number:02}@x" for number in reversed(range(count))))
    for each in refused.values():
        # Two entities of each.
        limit.async_refuse(f"{each.key}_presence", each)
        limit.async_refuse(f"{each.key}_note", each)
    await hass.async_block_till_done()
    issue = issue_of(hass, entry)
    assert issue
    assert issue.translation_placeholders == {"title": "CUP", "count": str(count), "names": names}

    limit.async_accept("another_presence")
    limit.async_accept("u00@x_presence")
    assert not limit.is_refused("u00@x_presence")
    assert limit.is_refused("u00@x_note")
    limit.async_forget_gone({"u00@x": refused["u00@x"]})
    await hass.async_block_till_done()
    issue = issue_of(hass, entry)
    assert issue
    assert issue.translation_placeholders == {"title": "CUP", "count": "1", "names": "u00@x"}
    limit.async_forget_gone({})
    await hass.async_block_till_done()
    assert issue_of(hass, entry) is None


async def test_entities_that_were_not_refused_are_added_without_a_word(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports: list[object] = []
    monkeypatch.setattr(module, "async_clear_issues", lambda *_: reports.append(True))
    entry = MockConfigEntry(domain=DOMAIN)
    limit = async_entity_limit(hass, entry)
    limit.async_accept("anna_presence")
    await hass.async_block_till_done()
    assert reports == []
    limit.async_refuse("anna_presence", *people("anna@x").values())
    limit.async_accept("anna_presence")
    await hass.async_block_till_done()
    assert reports == [True]


async def test_what_was_refused_is_forgotten_with_the_entry(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    limit = async_entity_limit(hass, loaded)
    assert async_entity_limit(hass, loaded) is limit
    await hass.config_entries.async_unload(loaded.entry_id)
    other = async_entity_limit(hass, loaded)
    assert other is not limit
    assert async_entity_limit(hass, loaded) is other


async def test_no_issue_below_the_limit(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    assert issue_of(hass, loaded) is None


@pytest.mark.parametrize("entry_options", [{CONF_RICH_PRESENCE: True}])
async def test_entities_that_few_need_are_disabled(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    registry = er.async_get(hass)
    for entity_id in ("sensor.anna_status_message", "binary_sensor.anna_in_a_meeting"):
        entity = registry.async_get(entity_id)
        assert entity
        assert entity.disabled_by is er.RegistryEntryDisabler.INTEGRATION
        limit = async_entity_limit(hass, loaded)
        assert not limit.is_refused(entity.unique_id)
    assert issue_of(hass, loaded) is None
    assert hass.states.get("binary_sensor.anna_on_the_phone")


@pytest.mark.parametrize("entry_options", [{CONF_RICH_PRESENCE: True}])
async def test_entities_that_are_registered_already_stay_enabled(
    hass: HomeAssistant, web_server: str, entry: MockConfigEntry
) -> None:
    registry = er.async_get(hass)
    known = registry.async_get_or_create(
        "sensor",
        DOMAIN,
        f"{entry.entry_id}_anna@example.com_status_message",
        config_entry=entry,
        suggested_object_id="anna_status_message",
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get(known.entity_id)
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.usefixtures("all_rich_entities")
@pytest.mark.parametrize("entry_options", [{CONF_RICH_PRESENCE: True}])
async def test_each_entity_of_a_person_that_is_added_is_refused_no_more(
    hass: HomeAssistant, web_server: str, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted: list[str] = []
    monkeypatch.setattr(EntityLimit, "async_accept", lambda _, each: accepted.append(each))
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    start = f"{entry.entry_id}_anna@example.com_"
    registered = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    of_anna = [each.unique_id for each in registered if each.unique_id.startswith(start)]
    # Status messages and presences are of two platforms.
    assert len(of_anna) == 11
    assert sorted(each for each in accepted if each.startswith(start)) == sorted(of_anna)
    await hass.config_entries.async_unload(entry.entry_id)
