"""Entities that the version before named selects *Set presence* has registered stay as they are.

written_earlier/registry.json holds the registries and the subentries that version wrote: Anna is
controlled, Ben is only watched, and there is a rule and a group.
"""

import json
from pathlib import Path
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import category_registry as cr
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers import label_registry as lr
from homeassistant.helpers import restore_state as rs
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE, DOMAIN
from tests.common.server import Cup
from tests.common.setting_presence import set_presence
from tests.common.states import shown
from tests.common.waiting import settled

WRITTEN: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "written_earlier" / "registry.json").read_text()
)
REGISTRIES: Final = ("core.device_registry", "core.entity_registry")
ENTRY_ID: Final = WRITTEN["core.entity_registry"]["data"]["entities"][0]["config_entry_id"]

pytestmark = [
    pytest.mark.parametrize("load_registries", [False]),
    pytest.mark.usefixtures("all_rich_entities"),
]


@pytest.fixture
async def entry(
    hass: HomeAssistant, hass_storage: dict[str, Any], entry_data: dict[str, Any]
) -> MockConfigEntry:
    """Add the entry, and load the registries that an earlier version wrote of it."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="CUP",
        unique_id="example.com/hass",
        entry_id=ENTRY_ID,
        data=entry_data,
        options={CONF_RICH_PRESENCE: True},
        subentries_data=WRITTEN["subentries"],
    )
    entry.add_to_hass(hass)
    hass_storage.update({key: WRITTEN[key] for key in REGISTRIES})
    dr.async_setup(hass)
    for registry in (ar, cr, dr, er, fr, ir, lr, rs):
        await registry.async_load(hass)
    return entry


def ids_written() -> dict[str, str]:
    """Return the unique ids of enabled entities that were registered, by their entity ids."""
    entities = WRITTEN["core.entity_registry"]["data"]["entities"]
    return {each["entity_id"]: each["unique_id"] for each in entities if not each["disabled_by"]}


async def test_entities_keep_their_ids(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)

    registry = er.async_get(hass)
    now = {
        each.entity_id: each.unique_id
        for each in er.async_entries_for_config_entry(registry, loaded.entry_id)
    }
    assert now.items() >= ids_written().items()
    assert all(hass.states.get(entity_id) for entity_id in ids_written())


async def test_the_select_has_its_new_name_and_works(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")

    assert shown(hass, "select.anna_presence") == "busy"
    registered = er.async_get(hass).async_get("select.anna_presence")
    assert registered
    assert registered.original_name == "Set presence"
    assert hass.states.get("select.anna_set_presence") is None
