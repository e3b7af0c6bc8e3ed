"""The triggers, in real automations and driven by the server: when they fire, and for whom."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr
from homeassistant.helpers import label_registry as lr
from homeassistant.helpers import trigger
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE, DOMAIN, TargetFeature
from custom_components.cisco_unified_presence.pws import CannotConnect, ConnectFailure, Presence
from custom_components.cisco_unified_presence.trigger import TRIGGERS

from .common.automations import ANNA, BEN, CLARA, MEETING, PHONES, automate, choose, show, who
from .common.server import Cup
from .common.waiting import pass_time

pytestmark = pytest.mark.usefixtures("all_rich_entities")

WORDS = {
    "AVAILABLE": "available",
    "BUSY": "busy",
    "DND": "do_not_disturb",
    "AWAY": "away",
    "VACATION": "vacation",
    "UNAVAILABLE": "offline",
}


@pytest.fixture
def entry_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Ask for rich presence in the tests of activities."""
    return {CONF_RICH_PRESENCE: getattr(request, "param", False)}


FEATURES = {
    "went_on_the_phone": TargetFeature.PHONE,
    "left_the_phone": TargetFeature.PHONE,
    "went_into_a_meeting": TargetFeature.MEETING,
    "left_a_meeting": TargetFeature.MEETING,
}

rich = pytest.mark.parametrize("entry_options", [True], indirect=True)


def on(key: str, target: str | list[str] | dict[str, Any], **options: Any) -> dict[str, Any]:
    """Return the configuration of one of our triggers."""
    chosen = target if isinstance(target, dict) else {"entity_id": target}
    return {"trigger": f"{DOMAIN}.{key}", "target": chosen, "options": options}


# Presence


@pytest.mark.parametrize(("word", "state"), WORDS.items())
async def test_presence_changed_to_each_presence(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, word: str, state: str
) -> None:
    await choose(cup, "anna", "AVAILABLE" if word == "BUSY" else "BUSY")
    calls = await automate(hass, triggers=[on("presence_changed_to", ANNA, presence=state)])
    await choose(cup, "anna", word)
    assert who(calls) == [ANNA]
    await choose(cup, "anna", "AVAILABLE" if word == "BUSY" else "BUSY")
    assert who(calls) == [ANNA]


async def test_a_change_between_chosen_presences_does_not_fire(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    asked = on("presence_changed_to", ANNA, presence=["busy", "do_not_disturb"])
    calls = await automate(hass, triggers=[asked])
    await choose(cup, "anna", "DND")
    await choose(cup, "anna", "BUSY")
    assert len(calls) == 1
    await choose(cup, "anna", "AWAY")
    await choose(cup, "anna", "BUSY")
    assert len(calls) == 2


@pytest.mark.parametrize(
    "chosen",
    [{}, {"options": {}}, {"options": {"presence": []}}, {"options": {"behavior": "first"}}],
)
async def test_without_a_choice_any_change_fires(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, chosen: dict[str, Any]
) -> None:
    trigger = on("presence_changed_to", [ANNA, BEN])
    del trigger["options"]
    calls = await automate(hass, triggers=[{**trigger, **chosen}])
    await choose(cup, "anna", "DND")
    await choose(cup, "ben", "AWAY")
    await choose(cup, "anna", "AVAILABLE")
    assert who(calls) == [ANNA, BEN, ANNA]


@pytest.mark.parametrize(
    ("before", "available", "again"),
    [
        ("BUSY", 1, 1),
        ("DND", 1, 1),
        ("AWAY", 1, 1),
        ("VACATION", 1, 1),
        ("UNAVAILABLE", 1, 0),
        ("AVAILABLE", 0, 0),
    ],
)
async def test_available_and_available_again(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cup: Cup,
    before: str,
    available: int,
    again: int,
) -> None:
    await choose(cup, "anna", before)
    triggers = [
        on("became_available", ANNA) | {"id": "became_available"},
        on("became_available_again", ANNA) | {"id": "became_available_again"},
    ]
    fire = {"action": "test.fired", "data": {"entity_id": "{{ trigger.id }}"}}
    calls = await automate(hass, triggers=triggers, actions=[fire], mode="queued")
    await choose(cup, "anna", "AVAILABLE")
    assert who(calls).count("became_available") == available
    assert who(calls).count("became_available_again") == again


async def test_went_offline(hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup) -> None:
    calls = await automate(hass, triggers=[on("went_offline", [ANNA, BEN])])
    await choose(cup, "ben", "AWAY")
    assert not calls
    await choose(cup, "ben", "UNAVAILABLE")
    assert who(calls) == [BEN]


# Activities


@rich
@pytest.mark.parametrize(
    ("begins", "ends", "activity", "entity_id"),
    [
        ("went_on_the_phone", "left_the_phone", "on-the-phone", PHONES[0]),
        ("went_into_a_meeting", "left_a_meeting", "meeting", MEETING),
    ],
)
async def test_an_activity_begins_and_ends(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cup: Cup,
    begins: str,
    ends: str,
    activity: str,
    entity_id: str,
) -> None:
    device = er.async_get(hass).async_get(entity_id)
    assert device
    target = {"device_id": device.device_id}
    triggers = [on(begins, target) | {"id": "begins"}, on(ends, target) | {"id": "ends"}]
    data = {"entity_id": "{{ trigger.id }} {{ trigger.entity_id }}"}
    calls = await automate(
        hass, triggers=triggers, actions=[{"action": "test.fired", "data": data}]
    )
    await choose(cup, "anna", "BUSY", activities=[activity])
    assert who(calls) == [f"begins {entity_id}"]
    await choose(cup, "anna", "BUSY", note="Still busy", activities=[activity])
    assert len(calls) == 1
    await choose(cup, "anna", "BUSY")
    assert who(calls)[1:] == [f"ends {entity_id}"]


# How long, and how many


async def test_for_waits_and_starts_anew(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    asked = on("presence_changed_to", ANNA, presence="busy", **{"for": "00:05:00"})
    calls = await automate(hass, triggers=[asked])
    await choose(cup, "anna", "BUSY")
    await pass_time(freezer, cup, 240)
    await choose(cup, "anna", "AWAY")
    await choose(cup, "anna", "BUSY")
    await pass_time(freezer, cup, 240)
    assert not calls
    await pass_time(freezer, cup, 60)
    assert who(calls) == [ANNA]


async def test_for_ends_when_the_server_is_lost(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    asked = on("presence_changed_to", ANNA, presence="busy", **{"for": "00:00:30"})
    calls = await automate(hass, triggers=[asked])
    await choose(cup, "anna", "BUSY")
    loaded.runtime_data.coordinator.async_set_unreachable(CannotConnect(ConnectFailure.REFUSED))
    await hass.async_block_till_done()
    await pass_time(freezer, cup, 31)
    assert not calls


@pytest.mark.parametrize(
    ("behavior", "fired"),
    [("each", [ANNA, CLARA, BEN]), ("first", [ANNA]), ("all", [BEN])],
)
async def test_each_the_first_or_all(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup, behavior: str, fired: list[str]
) -> None:
    asked = on(
        "presence_changed_to",
        [ANNA, BEN, CLARA],
        presence=["away", "vacation"],
        behavior=behavior,
    )
    calls = await automate(hass, triggers=[asked], mode="queued")
    await choose(cup, "anna", "AWAY")
    await choose(cup, "clara", "VACATION")
    await choose(cup, "ben", "AWAY")
    assert who(calls) == fired


# Where a target leads


async def test_device_area_floor_and_label_lead_to_the_presence_alone(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    entities, devices = er.async_get(hass), dr.async_get(hass)
    floor = fr.async_get(hass).async_create("Ground")
    area = ar.async_get(hass).async_create("Office", floor_id=floor.floor_id)
    label = lr.async_get(hass).async_create("Team")
    anna = entities.async_get(ANNA)
    assert anna
    assert anna.device_id
    devices.async_update_device(anna.device_id, area_id=area.id, labels={label.label_id})
    targets = {
        "device": {"device_id": anna.device_id},
        "area": {"area_id": area.id},
        "floor": {"floor_id": floor.floor_id},
        "label": {"label_id": label.label_id},
    }
    triggers = [
        on("presence_changed_to", target, presence="busy") | {"id": kind}
        for kind, target in targets.items()
    ]
    fire = {"action": "test.fired", "data": {"entity_id": "{{ trigger.id }}"}}
    calls = await automate(hass, triggers=triggers, actions=[fire], mode="parallel")
    await choose(cup, "clara", "BUSY")
    assert not calls
    await choose(cup, "anna", "BUSY")
    assert sorted(who(calls)) == sorted(targets)


@rich
async def test_other_entities_of_the_integration_never_fire(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    strangers = ["sensor.anna_status_message", "sensor.cup_update_channel", MEETING]
    er.async_get(hass).async_get_or_create(
        "sensor", "stranger", "1", suggested_object_id="stranger", translation_key="presence"
    )
    hass.states.async_set("sensor.stranger", "available")
    hass.states.async_set("sensor.unregistered", "available")
    strangers += ["sensor.stranger", "sensor.unregistered"]
    calls = await automate(
        hass,
        triggers=[
            on("presence_changed_to", strangers, presence="busy"),
            on("went_on_the_phone", strangers),
        ],
    )
    await choose(cup, "anna", "BUSY", note="available", activities=["meeting"])
    await choose(cup, "anna", "BUSY", note="busy")
    for entity_id in strangers:
        hass.states.async_set(entity_id, "away")
        hass.states.async_set(entity_id, "busy")
        hass.states.async_set(entity_id, "on")
    await hass.async_block_till_done()
    assert not calls


async def test_a_renamed_sensor_still_fires(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    renamed = "sensor.whatever"
    er.async_get(hass).async_update_entity(ANNA, new_entity_id=renamed, name="Whatever")
    await hass.async_block_till_done()
    calls = await automate(hass, triggers=[on("presence_changed_to", renamed, presence="busy")])
    await choose(cup, "anna", "BUSY")
    assert who(calls) == [renamed]


# Outages


async def test_neither_an_outage_nor_unknown_presence_fires(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    everything = list(WORDS.values())
    calls = await automate(
        hass, triggers=[on("presence_changed_to", ANNA, presence=everything)], mode="queued"
    )
    coordinator = loaded.runtime_data.coordinator
    coordinator.async_set_unreachable(CannotConnect(ConnectFailure.REFUSED))
    await hass.async_block_till_done()
    coordinator.async_set_reachable()
    await hass.async_block_till_done()
    show(loaded, "anna", Presence.UNKNOWN)
    await hass.async_block_till_done()
    show(loaded, "anna", Presence.BUSY)
    await hass.async_block_till_done()
    assert not calls


# What Home Assistant makes of them


async def validated(hass: HomeAssistant, config: dict[str, Any]) -> None:
    await trigger.async_validate_trigger_config(hass, cv.TRIGGER_SCHEMA(config))


@pytest.mark.parametrize("presence", [["unavailable"], ["Busy"], {"busy": True}])
async def test_invalid_presences_are_refused(
    hass: HomeAssistant, loaded: MockConfigEntry, presence: object
) -> None:
    with pytest.raises(vol.Invalid):
        await validated(hass, on("presence_changed_to", ANNA, presence=presence))


async def test_the_editor_gets_every_trigger(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    descriptions = await trigger.async_get_all_descriptions(hass)
    ours = {
        key.partition(".")[2]: descriptions[key]
        for key in descriptions
        if key.startswith(f"{DOMAIN}.")
    }
    assert ours.keys() == TRIGGERS.keys()
    for key, description in ours.items():
        assert description
        fields = {"behavior", "for"} | ({"presence"} if key == "presence_changed_to" else set())
        assert description["fields"].keys() == fields
        (entities,) = description["target"]["entity"]
        assert entities["supported_features"] == [FEATURES.get(key, TargetFeature.PRESENCE)]
