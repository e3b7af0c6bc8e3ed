"""What office people say first about settings, pauses and other devices, with a server."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.template import Template
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service
import yaml

from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from cup_simulator.model import Presence, Status
from custom_components.cisco_unified_presence.const import CONF_RICH_PRESENCE, DOMAIN
from tests.common.asking import use_rules
from tests.common.automations import set_up
from tests.common.calendars import meeting, serve_calendars
from tests.common.entry import group, person
from tests.common.server import PASSWORD, Cup
from tests.common.setting_presence import set_presence
from tests.common.states import shown
from tests.common.waiting import pass_time, settled

ELEVEN = datetime(2026, 11, 23, 11, tzinfo=UTC)
ROOM = "binary_sensor.room"
SOURCE = "sensor.anna_presence_source"
MINUTE = 60
HOUR = 60 * MINUTE

ROOM_RULE = """
name: Meeting room
people: [anna, ben]
when: {condition: state, entity_id: binary_sensor.room, state: "on"}
presence: busy
"""


@pytest.fixture
def cup_configuration() -> Configuration:
    return Configuration(
        domain="example.com",
        application_users={"hass": ApplicationUser(PASSWORD)},
        people=(
            ConfiguredPerson("anna", "Anna", Status(Presence.AVAILABLE)),
            ConfiguredPerson("ben", "Ben", Status(Presence.AVAILABLE)),
            ConfiguredPerson("emma", "Emma", Status(Presence.AWAY)),
            ConfiguredPerson("watcher", "Watcher"),
        ),
    )


@pytest.fixture
def entry_options() -> dict[str, Any]:
    return {CONF_RICH_PRESENCE: True}


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    anna, ben, emma = (person(each, controlled=True) for each in ("anna", "ben", "emma"))
    anna["data"]["link_desk"] = "binary_sensor.desk_anna"
    return [anna, ben, emma, group("Hotline", "anna", "ben")]


@pytest.fixture
async def at_eleven(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(ELEVEN)
    await settled(cup)


async def put(hass: HomeAssistant, cup: Cup, entity_id: str, state: str) -> None:
    hass.states.async_set(entity_id, state)
    await settled(cup)


async def call(hass: HomeAssistant, cup: Cup, action: str, **data: Any) -> None:
    domain, name = action.split(".")
    await hass.services.async_call(domain, name, data, blocking=True)
    await settled(cup)


def attribute(hass: HomeAssistant, name: str) -> Any:
    state = hass.states.get(SOURCE)
    assert state
    return state.attributes[name]


@pytest.mark.usefixtures("at_eleven")
async def test_20_the_door_shows_until_when(hass: HomeAssistant, cup: Cup) -> None:
    serve_calendars(hass).put("calendar.room", [meeting("Review", 10, 12 + 8 / 60)])
    await use_rules(
        hass,
        cup,
        """
name: Meeting room
people: [anna]
when:
  - condition: cisco_unified_presence.calendar_event
    target: {entity_id: calendar.room}
presence: busy
note: in the meeting room
until: "{{ event.end }}"
""",
    )
    door = """
{{ states('sensor.anna_presence') | title }}, {{ state_attr('sensor.anna_presence', 'note') }}
until {{ (state_attr('sensor.anna_presence_source', 'until') | as_local).strftime('%H:%M') }}
"""
    assert await cup.presence_of("anna") == "BUSY"
    text = str(Template(door.strip(), hass).async_render()).replace("\n", " ")
    assert text == "Busy, in the meeting room until 12:08"


@pytest.mark.usefixtures("at_eleven")
async def test_21_a_light_for_each_desk(hass: HomeAssistant, cup: Cup) -> None:
    calls = async_mock_service(hass, "light", "turn_on")
    await set_up(
        hass,
        yaml.safe_load("""
alias: Desk lights
mode: queued
triggers:
  - trigger: cisco_unified_presence.presence_changed_to
    target: &desks {entity_id: [sensor.anna_presence, sensor.ben_presence]}
    options: {presence: [available]}
  - trigger: cisco_unified_presence.presence_changed_to
    target: *desks
    options: {presence: [busy]}
actions:
  - action: light.turn_on
    target:
      entity_id: "light.desk_{{ trigger.entity_id.split('.')[1] | replace('_presence', '') }}"
    data:
      color_name: "{{ {'available': 'green', 'busy': 'red'}[trigger.to_state.state] }}"
"""),
    )
    await use_rules(hass, cup, ROOM_RULE.replace(", ben", ""))
    await put(hass, cup, ROOM, "on")
    await cup.choose("ben", "BUSY")
    await settled(cup)
    await put(hass, cup, ROOM, "off")
    assert [(each.data["entity_id"], each.data["color_name"]) for each in calls] == [
        (["light.desk_anna"], "red"),
        (["light.desk_ben"], "red"),
        (["light.desk_anna"], "green"),
    ]


@pytest.mark.usefixtures("at_eleven")
async def test_22_nobody_of_the_hotline_is_free_for_two_minutes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup
) -> None:
    await use_rules(
        hass,
        cup,
        """
name: Emma takes over
people: [emma]
when: {condition: state, entity_id: binary_sensor.hotline_anyone_available, state: "off"}
for: {minutes: 2}
presence: available
note: Hotline
""",
    )
    await cup.choose("anna", "BUSY")
    await pass_time(freezer, cup, 10 * MINUTE)
    assert await cup.presence_of("emma") == "AWAY"
    await cup.choose("ben", "AWAY")
    await settled(cup)
    await pass_time(freezer, cup, MINUTE)
    assert await cup.presence_of("emma") == "AWAY"
    await pass_time(freezer, cup, MINUTE)
    assert await cup.presence_of("emma") == "AVAILABLE"
    await cup.choose("ben", "AVAILABLE")
    await settled(cup)
    assert await cup.presence_of("emma") == "AWAY"


# Home Assistant's sun goes on to be polled after it is unloaded.
@pytest.mark.parametrize("expected_lingering_timers", [True])
@pytest.mark.usefixtures("at_eleven")
async def test_24_until_sunset(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup
) -> None:
    sky = MockConfigEntry(domain="sun")
    sky.add_to_hass(hass)
    assert await hass.config_entries.async_setup(sky.entry_id)
    sun = hass.states.get("sun.sun")
    assert sun
    sunset = datetime.fromisoformat(sun.attributes["next_setting"])
    await use_rules(
        hass,
        cup,
        ROOM_RULE.strip() + "\nuntil: {entity_id: sun.sun, attribute: next_setting}",
    )
    freezer.move_to(sunset - timedelta(minutes=30))
    await settled(cup)
    await put(hass, cup, ROOM, "on")
    assert await cup.presence_of("anna") == "BUSY"
    assert attribute(hass, "until") == sunset
    await pass_time(freezer, cup, 31 * MINUTE)
    assert await cup.presence_of("anna") == "AVAILABLE"
    await hass.config_entries.async_unload(sky.entry_id)


@pytest.mark.usefixtures("at_eleven")
async def test_27_two_way_sync_with_another_service(hass: HomeAssistant, cup: Cup) -> None:
    """The other service is told of the person's own presence only, so nothing comes back."""
    options = ["available", "busy", "away"]
    helper = {"teams": {"options": options, "initial": "available"}}
    assert await async_setup_component(hass, "input_select", {"input_select": helper})
    await use_rules(
        hass,
        cup,
        """
name: From the other service
people: [anna]
when: "{{ states('input_select.teams') != 'available' }}"
presence: "{{ states('input_select.teams') }}"
""",
    )
    await set_up(
        hass,
        yaml.safe_load("""
alias: To the other service
triggers:
  - trigger: state
    entity_id: sensor.anna_presence_source
    attribute: own
actions:
  - action: input_select.select_option
    target: {entity_id: input_select.teams}
    data: {option: "{{ trigger.to_state.attributes.own }}"}
"""),
    )

    async def choose_there(option: str) -> None:
        entity_id = "input_select.teams"
        await call(hass, cup, "input_select.select_option", entity_id=entity_id, option=option)

    await choose_there("busy")
    assert await cup.presence_of("anna") == "BUSY"
    assert shown(hass, "input_select.teams") == "busy"
    await choose_there("available")
    assert await cup.presence_of("anna") == "AVAILABLE"
    await cup.choose("anna", "AWAY")
    await settled(cup)
    assert shown(hass, "input_select.teams") == "away"
    await cup.choose("anna", "AVAILABLE")
    await settled(cup)
    assert shown(hass, "input_select.teams") == "available"
    assert await cup.presence_of("anna") == "AVAILABLE"


@pytest.mark.usefixtures("at_eleven")
async def test_28_limits_are_visible(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup
) -> None:
    await use_rules(
        hass,
        cup,
        """
name: Copy
people: [anna]
when: "{{ has_value('sensor.mode') }}"
presence: "{{ states('sensor.mode') }}"
""",
    )
    for mode in ("busy", "away") * 3:
        await put(hass, cup, "sensor.mode", mode)
    assert attribute(hass, "waiting_until") is None
    await put(hass, cup, "sensor.mode", "vacation")
    assert await cup.presence_of("anna") == "AWAY"
    assert attribute(hass, "waiting_until") is not None
    assert "after six changes within a minute" in attribute(hass, "reason")
    await pass_time(freezer, cup, MINUTE)
    assert await cup.presence_of("anna") == "VACATION"


@pytest.mark.usefixtures("at_eleven")
async def test_31_rules_only_extend_what_was_set(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup
) -> None:
    await use_rules(hass, cup, ROOM_RULE)
    await set_presence(hass, "busy", duration="00:30:00")
    await put(hass, cup, ROOM, "on")
    await pass_time(freezer, cup, 10 * MINUTE)
    await put(hass, cup, ROOM, "off")
    assert await cup.presence_of("anna") == "BUSY"
    await put(hass, cup, ROOM, "on")
    await pass_time(freezer, cup, 25 * MINUTE)
    assert (shown(hass, SOURCE), await cup.presence_of("anna")) == ("rule", "BUSY")
    await put(hass, cup, ROOM, "off")
    assert await cup.presence_of("anna") == "AVAILABLE"


@pytest.mark.usefixtures("at_eleven")
async def test_32_ask_me_first(hass: HomeAssistant, cup: Cup) -> None:
    asked = async_mock_service(hass, "notify", "anna")
    helper: dict[str, Any] = {"input_boolean": {"agreed": {}}}
    assert await async_setup_component(hass, "input_boolean", helper)
    agreed = "{condition: state, entity_id: input_boolean.agreed, state: 'on'}"
    alone = ROOM_RULE.replace(", ben", "").replace("when: {", "when: [{")
    await use_rules(hass, cup, alone.replace('"on"}', f'"on"}}, {agreed}]'))
    await set_up(
        hass,
        yaml.safe_load("""
alias: Ask Anna
mode: restart
triggers:
  - {trigger: state, entity_id: binary_sensor.room, to: "on"}
actions:
  - {action: input_boolean.turn_off, target: {entity_id: input_boolean.agreed}}
  - {action: notify.anna, data: {message: "Busy?", data: {actions: [{action: "YES", title: Yes}]}}}
  - wait_for_trigger:
      - {trigger: event, event_type: mobile_app_notification_action, event_data: {action: "YES"}}
  - {action: input_boolean.turn_on, target: {entity_id: input_boolean.agreed}}
"""),
    )
    for answers in (True, False):
        await put(hass, cup, ROOM, "on")
        assert await cup.presence_of("anna") == "AVAILABLE"
        if answers:
            hass.bus.async_fire("mobile_app_notification_action", {"action": "YES"})
            await settled(cup)
            assert await cup.presence_of("anna") == "BUSY"
        await put(hass, cup, ROOM, "off")
        assert await cup.presence_of("anna") == "AVAILABLE"
    assert len(asked) == 2
    await call(hass, cup, "automation.turn_off", entity_id="automation.ask_anna")


@pytest.mark.usefixtures("at_eleven")
async def test_33_pause_all_rules_for_an_hour(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup
) -> None:
    await use_rules(hass, cup, ROOM_RULE)
    await put(hass, cup, ROOM, "on")
    await call(hass, cup, f"{DOMAIN}.pause_rules", duration="01:00:00")
    assert [await cup.presence_of(each) for each in ("anna", "ben")] == ["AVAILABLE"] * 2
    assert attribute(hass, "paused_until") == ELEVEN + timedelta(hours=1)
    await pass_time(freezer, cup, HOUR)
    assert [await cup.presence_of(each) for each in ("anna", "ben")] == ["BUSY"] * 2


@pytest.mark.usefixtures("at_eleven")
async def test_34_leave_me_alone_today(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, cup: Cup
) -> None:
    await use_rules(hass, cup, ROOM_RULE)
    await put(hass, cup, ROOM, "on")
    people = {"entity_id": "sensor.anna_presence"}
    await call(hass, cup, f"{DOMAIN}.pause_rules", until="00:00", **people)
    await pass_time(freezer, cup, 12 * HOUR)
    assert [await cup.presence_of(each) for each in ("anna", "ben")] == ["AVAILABLE", "BUSY"]
    await pass_time(freezer, cup, HOUR)
    assert [await cup.presence_of(each) for each in ("anna", "ben")] == ["BUSY", "BUSY"]

    await call(hass, cup, "switch.turn_off", entity_id="switch.anna_follow_rules")
    assert [await cup.presence_of(each) for each in ("anna", "ben")] == ["AVAILABLE", "BUSY"]


@pytest.mark.usefixtures("at_eleven")
async def test_40_receptionist_at_the_desk_is_available_though_idle(
    hass: HomeAssistant, cup: Cup
) -> None:
    await use_rules(
        hass,
        cup,
        """
name: Reception
people: [anna, ben]
when:
  - condition: cisco_unified_presence.linked_entity
    options: {link: desk, state: "on"}
presence: available
""",
    )
    for each in ("anna", "ben"):
        await cup.choose(each, "AWAY", manual=False)
    await put(hass, cup, "binary_sensor.desk_anna", "on")
    assert [await cup.presence_of(each) for each in ("anna", "ben")] == ["AVAILABLE", "AWAY"]
    await put(hass, cup, "binary_sensor.desk_anna", "off")
    assert await cup.presence_of("anna") == "AWAY"
