"""Triggers and conditions: what their files describe is what the code has.

Home Assistant's hassfest action checks that they have texts and icons.
"""

from typing import Any

from homeassistant.const import ATTR_SUPPORTED_FEATURES
from homeassistant.core import HomeAssistant
from homeassistant.helpers import condition, service, trigger
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from custom_components.cisco_unified_presence.condition import CONDITIONS
from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE, DOMAIN
from custom_components.cisco_unified_presence.states import PRESENCES
from custom_components.cisco_unified_presence.trigger import TRIGGERS

from .common.entry import group, person
from .common.texts import FOLDER


def described(kind: str) -> dict[str, Any]:
    """Return what a file describes, without the anchors, whose keys have a dot."""
    everything = yaml.safe_load((FOLDER / f"{kind}.yaml").read_text())
    return {key: value for key, value in everything.items() if not key.startswith(".")}


# They are no conditions on entities of people.
WITHOUT_BEHAVIOR = {"calendar_event", "linked_entity"}


@pytest.mark.parametrize(
    ("kind", "mode", "known"),
    [("triggers", "trigger", TRIGGERS), ("conditions", "condition", CONDITIONS)],
)
def test_what_is_described_is_there(kind: str, mode: str, known: dict[str, type]) -> None:
    files = described(kind)
    assert files.keys() == known.keys()
    for key, description in files.items():
        if key in WITHOUT_BEHAVIOR:
            continue
        assert description["fields"]["behavior"]["selector"] == {
            "automation_behavior": {"mode": mode}
        }


@pytest.mark.parametrize("kind", ["triggers", "conditions"])
def test_groups_are_offered_beside_people(kind: str) -> None:
    """Entities of groups have no device class, and one of each kind of entity."""
    for key, description in described(kind).items():
        if key in WITHOUT_BEHAVIOR:
            continue
        offered = description["target"]["entity"]
        assert offered.keys() == {"domain", "supported_features"}
        assert offered["domain"] in {"sensor", "binary_sensor"}


@pytest.mark.parametrize(
    ("kind", "key"), [("triggers", "presence_changed_to"), ("conditions", "is_presence")]
)
def test_presences_are_offered_by_their_names(kind: str, key: str) -> None:
    select = described(kind)[key]["fields"]["presence"]["selector"]["select"]
    assert select["options"] == list(PRESENCES)
    assert select["multiple"] is True


def entities_offered(
    hass: HomeAssistant, entry: MockConfigEntry, offered: dict[str, Any]
) -> dict[str, list[str]]:
    """Return the entity ids that a target's filter matches, by device, as the frontend counts.

    It knows states, but not the integrations of entities; entities with a category do not count.
    """
    (feature,) = offered["supported_features"]
    found: dict[str, list[str]] = {}
    for each in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        state = hass.states.get(each.entity_id)
        features = state.attributes.get(ATTR_SUPPORTED_FEATURES, 0) if state else 0
        if each.domain in offered["domain"] and not each.entity_category and features & feature:
            found.setdefault(each.device_id or "", []).append(each.entity_id)
    return found


@pytest.mark.parametrize("kind", ["trigger", "condition", "service"])
@pytest.mark.parametrize("entry_options", [{CONF_RICH_PRESENCE: True}])
@pytest.mark.parametrize(
    "entry_people", [[person("anna", controlled=True), person("ben"), group("Team", "anna")]]
)
@pytest.mark.usefixtures("all_rich_entities")
async def test_each_person_and_each_group_is_one_target(
    hass: HomeAssistant, loaded: MockConfigEntry, kind: str
) -> None:
    if kind == "service":
        descriptions = (await service.async_get_all_descriptions(hass))[DOMAIN]
    else:
        assert await async_setup_component(hass, "automation", {})
        helper = trigger if kind == "trigger" else condition
        all_descriptions = await helper.async_get_all_descriptions(hass)
        descriptions = {
            key: each for key, each in all_descriptions.items() if key.startswith(f"{DOMAIN}.")
        }
    asked = 0
    for key, description in descriptions.items():
        target = (description or {}).get("target")
        if not target or "calendar_event" in key:
            continue
        asked += 1
        (offered,) = target["entity"]
        entities = entities_offered(hass, loaded, offered)
        assert [len(each) for each in entities.values()] == [1, 1, 1], (key, entities)
    assert asked
