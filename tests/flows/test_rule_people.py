"""Whom a rule's form offers, and that nobody is lost when a stored rule is changed."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.selector import SelectSelector
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import SUBENTRY_RULE
from custom_components.cisco_unified_presence.rules import async_rule_engine
from tests.common.entry import add_group
from tests.common.rules import AT_DESK, add_rule
from tests.common.states import shown

from .rule_walks import ANNA, add, begin, change, choose, fill_in

SENSOR = "sensor.anna_presence"


def offered(schema: Any, field: str = "people") -> dict[str, str]:
    """Return the labels of the words that a field offers."""
    (selector,) = (each for key, each in schema.schema.items() if str(key) == field)
    assert isinstance(selector, SelectSelector)
    options: list[Any] = list(selector.config["options"])
    return {each["value"]: each["label"] for each in options}


async def test_people_are_offered_by_name_and_groups_too(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    group = add_group(hass, loaded, "Reception", ANNA)
    await hass.async_block_till_done()
    walk = await begin(hass, loaded)
    # Ben is only watched.
    assert offered(walk.result["data_schema"]) == {ANNA: "Anna", group.subentry_id: "Reception"}
    await fill_in(
        hass,
        walk,
        name="Front",
        people=[group.subentry_id],
        when=[AT_DESK],
        presence="busy",
        advanced={"priority": 0, "insist": False},
    )
    assert walk.created["people"] == [group.subentry_id]
    (rule,) = async_rule_engine(hass).rules_from(loaded.entry_id)
    status = async_rule_engine(hass).status_of(rule.id)
    assert status
    assert status.people == ("Anna",)


async def test_stored_targets_are_shown_as_people_and_places_and_all_of_them_stay(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    area = ar.async_get(hass).async_create("Studio")
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), loaded.entry_id)
    anna = next(each for each in devices if each.name == "Anna")
    stored: list[Any] = [
        {"entity_id": [SENSOR], "area_id": area.id},
        {"device_id": anna.id, "label_id": ["guests"]},
        "zoe",
        {"entity_id": ["sensor.of_another_server_presence"]},
    ]
    left_out: dict[str, Any] = {"except": [{"area_id": [area.id]}, "ben"]}
    add_rule(hass, loaded, people=stored, **left_out)
    await hass.async_block_till_done()
    walk = await change(hass, loaded)
    suggested = walk.suggested
    other = "sensor.of_another_server_presence"
    assert suggested["people"] == [ANNA, "zoe", other]
    assert suggested["places"] == {"area_id": [area.id], "label_id": ["guests"]}
    assert suggested["exceptions"] == {"except": ["ben"], "area_id": [area.id]}
    # What is not known now is offered as it was written.
    labels = {ANNA: "Anna", "zoe": "zoe", other: other}
    assert offered(walk.result["data_schema"]) == labels
    await walk.fill_in("rule", **suggested)
    assert walk.errors == {"people": "unknown_people"}
    assert (walk.suggested["people"], walk.suggested["places"]) == (
        suggested["people"],
        suggested["places"],
    )


async def test_people_of_the_same_name_are_told_apart(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    for each in loaded.subentries.values():
        data = {**each.data, "controlled": True}
        hass.config_entries.async_update_subentry(loaded, each, title="Anna", data=data)
    await hass.async_block_till_done()
    walk = await begin(hass, loaded)
    labels = offered(walk.result["data_schema"])
    assert labels[ANNA] == f"Anna ({ANNA})"
    assert len(labels) == len(loaded.subentries)


async def test_a_title_of_an_earlier_version_is_the_name_and_gets_a_word_before_it(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    add_rule(hass, loaded, "Desk")
    await hass.async_block_till_done()
    (rule,) = async_rule_engine(hass).rules_from(loaded.entry_id)
    assert rule.name == "Desk"
    walk = await change(hass, loaded)
    await fill_in(hass, walk, **walk.suggested)
    (changed,) = loaded.get_subentries_of_type(SUBENTRY_RULE)
    assert (changed.title, changed.data["name"]) == ("Rule: Desk", "Desk")
    (same,) = async_rule_engine(hass).rules_from(loaded.entry_id)
    assert (same.id, same.name) == (rule.id, "Desk")
    assert hass.states.get("switch.desk_enabled")
    # A title that is the user's own is the name.
    hass.config_entries.async_update_subentry(loaded, changed, title="At work")
    await hass.async_block_till_done()
    (renamed,) = async_rule_engine(hass).rules_from(loaded.entry_id)
    assert renamed.name == "At work"


async def test_a_rule_is_duplicated_with_another_name(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    await add(hass, loaded)
    for name in ("Desk (copy)", "Desk (copy) 2"):
        walk = await choose(hass, loaded, "duplicate")
        assert walk.suggested["name"] == name
        await fill_in(hass, walk, **{**walk.suggested, "presence": "away"})
        assert walk.aborted == "duplicated"
    original, copy, _ = loaded.get_subentries_of_type(SUBENTRY_RULE)
    assert (original.title, copy.title) == ("Rule: Desk", "Rule: Desk (copy)")
    assert {**original.data, "name": copy.data["name"], "presence": "away"} == copy.data


async def test_a_rule_is_switched_from_the_list(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    await add(hass, loaded)
    assert shown(hass, "switch.desk_enabled") == "on"
    walk = await choose(hass, loaded, "turn_off")
    assert walk.aborted == "turned_off"
    assert shown(hass, "switch.desk_enabled") == "off"
    walk = await choose(hass, loaded, "turn_on")
    assert walk.aborted == "turned_on"
    assert shown(hass, "switch.desk_enabled") == "on"


async def test_the_priorities_of_the_other_rules_are_shown(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    walk = await begin(hass, loaded)
    assert walk.result["description_placeholders"]["priorities"] == "none"
    add_rule(hass, loaded, "Desk", priority=5)
    add_rule(hass, loaded, "On air", priority=50)
    await hass.async_block_till_done()
    walk = await begin(hass, loaded)
    assert walk.result["description_placeholders"]["priorities"] == "On air (50), Desk (5)"
    walk = await change(hass, loaded)
    assert walk.result["description_placeholders"]["priorities"] == "On air (50)"
