"""Which entities triggers and conditions concern, of all that a target holds."""

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.automations import entities_showing
from custom_components.cisco_unified_presence.const import DOMAIN

from .common.entry import group, person
from .common.rules import subentry


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """An entry whose server has never been reached."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        subentries_data=[
            person("anna"),
            person("ben"),
            person("clara"),
            group("Team", "anna", "ben"),
            subentry("Desk"),
        ],
        state=ConfigEntryState.SETUP_RETRY,
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture(autouse=True)
def registered(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Register entities of all kinds."""
    anna, ben, clara, team, desk = entry.subentries.values()
    for each in (anna, ben, clara):
        key = f"{each.data['user']}@example.com"
        for domain, kind in (("sensor", "presence"), ("binary_sensor", "on_the_phone")):
            register(hass, domain, f"{entry.entry_id}_{key}_{kind}", kind, entry, each)
        register(hass, "select", f"{entry.entry_id}_{key}_set", "set_presence", entry, each)
    register(hass, "sensor", "group", "available", entry, team)
    register(hass, "binary_sensor", "desk", "rule_holds", entry, desk)
    register(hass, "binary_sensor", "server", "connected", entry)
    register(hass, "binary_sensor", "yaml", "yaml_rule_holds")


def register(
    hass: HomeAssistant,
    domain: str,
    unique_id: str,
    key: str,
    entry: MockConfigEntry | None = None,
    of: ConfigSubentry | None = None,
) -> None:
    name = f"{of.title if of else 'no'}_{key}"
    er.async_get(hass).async_get_or_create(
        domain,
        DOMAIN,
        unique_id,
        suggested_object_id=name,
        translation_key=key,
        config_entry=entry,
        config_subentry_id=of.subentry_id if of else None,
    )


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("presence", {"sensor.anna_presence", "sensor.ben_presence"}),
        ("on_the_phone", {"binary_sensor.anna_on_the_phone", "binary_sensor.ben_on_the_phone"}),
        ("in_a_meeting", set[str]()),
    ],
)
def test_a_group_stands_for_its_members(hass: HomeAssistant, key: str, found: set[str]) -> None:
    assert entities_showing(hass, key, {"sensor.team_available"}) == found


@pytest.mark.parametrize(
    "entity_id",
    [
        "select.anna_set_presence",
        "binary_sensor.anna_on_the_phone",
        "binary_sensor.desk_rule_holds",
        "binary_sensor.no_connected",
        "binary_sensor.no_yaml_rule_holds",
    ],
)
def test_other_entities_stand_for_nobody(hass: HomeAssistant, entity_id: str) -> None:
    assert er.async_get(hass).async_get(entity_id)
    assert entities_showing(hass, "presence", {entity_id}) == set()


def test_entities_of_other_integrations_do_not_hide_people(hass: HomeAssistant) -> None:
    others = {
        er.async_get(hass)
        .async_get_or_create("sensor", "other", str(number), translation_key="presence")
        .entity_id
        for number in range(10)
    }
    of_people = {f"sensor.{each}_presence" for each in ("anna", "ben", "clara")}
    of_nobody = {*others, "sensor.not_registered"}
    assert entities_showing(hass, "presence", of_people | of_nobody) == of_people
