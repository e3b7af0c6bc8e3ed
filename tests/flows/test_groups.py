"""Adding a group in the interface, and changing one."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import SUBENTRY_GROUP
from tests.common.entry import add_group
from tests.common.flows import Walk
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.texts import TEXTS

PEOPLE = {"entity_id": ["sensor.anna_presence", "sensor.clara_presence"]}


async def begin(hass: HomeAssistant, entry: MockConfigEntry) -> Walk:
    walk = Walk(hass.config_entries.subentries, TEXTS["config_subentries"][SUBENTRY_GROUP])
    return await walk.begin((entry.entry_id, SUBENTRY_GROUP), {"source": SOURCE_USER})


async def test_group_is_added_and_changed(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    walk = await begin(hass, loaded)
    await walk.fill_in("user", name=" Front desk ", people=PEOPLE)
    await hass.async_block_till_done()
    (added,) = loaded.get_subentries_of_type(SUBENTRY_GROUP)
    assert (added.title, dict(added.data)) == ("Front desk", {"people": [PEOPLE]})
    assert added.unique_id == "group_front_desk"
    assert shown(hass, "sensor.front_desk_available") == "1"

    result = await loaded.start_subentry_reconfigure_flow(hass, added.subentry_id)
    walk = Walk(hass.config_entries.subentries, TEXTS["config_subentries"][SUBENTRY_GROUP])
    walk._take(result)
    assert walk.suggested == {"name": "Front desk", "people": PEOPLE}
    fewer = {"entity_id": ["sensor.clara_presence"]}
    await walk.fill_in("reconfigure", name="Front desk", people=fewer)
    assert walk.aborted == "reconfigure_successful"
    await hass.async_block_till_done()
    assert shown(hass, "sensor.front_desk_available") == "0"


async def test_a_group_may_be_renamed(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    add_group(hass, loaded, "Lab", "anna")
    other = add_group(hass, loaded, "Front desk", "anna")
    walk = Walk(hass.config_entries.subentries, TEXTS["config_subentries"][SUBENTRY_GROUP])
    walk._take(await loaded.start_subentry_reconfigure_flow(hass, other.subentry_id))
    await walk.fill_in("reconfigure", name="LAB", people=PEOPLE)
    assert walk.result["errors"] == {"base": "name_taken"}
    assert walk.suggested == {"name": "LAB", "people": PEOPLE}
    await walk.fill_in("reconfigure", name=" Entrance ", people=PEOPLE)
    assert walk.aborted == "reconfigure_successful"
    changed = loaded.subentries[other.subentry_id]
    assert (changed.title, changed.unique_id) == ("Entrance", "group_entrance")
    assert dict(changed.data) == {"people": [PEOPLE]}


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"name": "front DESK", "people": PEOPLE}, "name_taken"),
        ({"name": " … ", "people": PEOPLE}, "no_name"),
        ({"name": "Lab", "people": {}}, "no_people"),
        (
            {"name": "Lab", "people": {"entity_id": ["sensor.nobody", "sensor.no_one"]}},
            "unknown_people",
        ),
    ],
)
async def test_bad_group_is_refused(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, form: dict[str, Any], error: str
) -> None:
    add_group(hass, loaded, "Front_desk", "anna")
    walk = await begin(hass, loaded)
    await walk.fill_in("user", **form)
    assert walk.result["errors"] == {"base": error}
    assert walk.suggested == form
    if error == "unknown_people":
        assert "for sensor.nobody, sensor.no_one." in walk.sentence
    await walk.fill_in("user", name="Lab", people=PEOPLE)
    assert walk.created == {"people": [PEOPLE]}
