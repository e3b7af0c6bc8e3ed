"""The action simulate: what would be, with nothing written and nothing changed."""

from datetime import timedelta
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import voluptuous as vol

from custom_components.cisco_unified_presence.actions import simulate
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules import async_rule_engine
from tests.common.asking import about, answer, use_rules
from tests.common.calendars import meeting, serve_calendars
from tests.common.server import Cup
from tests.common.setting_presence import set_presence
from tests.common.waiting import settled

pytestmark = pytest.mark.usefixtures("at_eleven")

ROOM = "binary_sensor.room"

OFFICE = """
- name: Meeting room
  people: [anna, ben]
  when: {condition: state, entity_id: binary_sensor.room, state: "on"}
  presence: busy
  note: In the meeting room
- name: On air
  people: [anna]
  when: {condition: state, entity_id: light.recording, state: "on"}
  presence: do_not_disturb
  priority: 50
"""


@pytest.fixture
async def office(hass: HomeAssistant, at_eleven: None, cup: Cup) -> None:
    hass.states.async_set(ROOM, "off", {"friendly_name": "Meeting room occupied"})
    hass.states.async_set("light.recording", "off")
    await use_rules(hass, cup, OFFICE)


@pytest.mark.usefixtures("office")
async def test_time_passes_while_it_is_asked_for(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock of the tests stands still."""
    asked = dt_util.utcnow() - timedelta.resolution
    monkeypatch.setattr(simulate, "_moment", lambda _call, _now: asked)

    assert (await about(hass, "simulate", "anna"))["source"] == "own"


@pytest.mark.usefixtures("office")
async def test_other_states_tell_what_would_be(hass: HomeAssistant) -> None:
    simulated = await about(hass, "simulate", "anna", states={ROOM: "on"})

    assert simulated["wanted"] == simulated["shown"] == "busy"
    assert simulated["rule"] == "Meeting room"
    assert simulated["note"] == "In the meeting room"
    assert "because of the rule “Meeting room”" in simulated["reason"]
    assert simulated["unknown"] == []

    both = {ROOM: "on", "light.recording": {"state": "on", "attributes": {"brightness": 3}}}
    simulated = await about(hass, "simulate", "anna", states=both)
    assert simulated["wanted"] == "do_not_disturb"


@pytest.mark.usefixtures("office")
async def test_nothing_is_written_and_nothing_changes(
    hass: HomeAssistant, cup: Cup, loaded: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    engine = async_rule_engine(hass)
    await engine.async_stored()

    def all_there_is() -> tuple[object, ...]:
        requests = engine.evaluations_for(loaded.entry_id, "anna@example.com")
        stored = {key: str(each) for key, each in hass_storage.items()}
        return cup.asked(), hass.states.async_all(), requests, stored

    before, listeners = all_there_is(), hass.bus.async_listeners()
    await answer(hass, "simulate", states={ROOM: "on", "sensor.new": "1"}, at="13:00:00")
    await settled(cup)

    now = all_there_is()
    assert now[1:] == before[1:]
    assert hass.bus.async_listeners() == listeners
    assert hass.states.get("sensor.new") is None


@pytest.mark.usefixtures("office")
async def test_without_people_all_are_simulated(hass: HomeAssistant) -> None:
    response: Any = await answer(hass, "simulate", states={ROOM: "on"})

    assert {contact: each["wanted"] for contact, each in response["people"].items()} == {
        "anna@example.com": "busy",
        "ben@example.com": "busy",
        "clara@example.com": None,
    }


async def test_time_passes_until_the_time(hass: HomeAssistant, cup: Cup) -> None:
    """A rule that waits begins meanwhile, and one that ends has ended."""
    hass.states.async_set(ROOM, "off")
    await use_rules(
        hass,
        cup,
        """
- name: Occupied
  people: [anna]
  when: {condition: state, entity_id: binary_sensor.room, state: "on"}
  presence: busy
  for: "00:10:00"
  at_most: "01:00:00"
""",
    )

    async def at(time: str) -> str | None:
        simulated = await about(hass, "simulate", "anna", states={ROOM: "on"}, at=time)
        wanted: str | None = simulated["wanted"]
        return wanted

    assert await at("11:05:00") is None
    assert await at("11:10:00") == "busy"
    assert await at("12:09:59") == "busy"
    assert await at("12:10:00") is None


@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_hours_sun_and_templates_count_by_the_time(hass: HomeAssistant, cup: Cup) -> None:
    hass.config.latitude, hass.config.longitude = 52.5, 0.0
    assert await async_setup_component(hass, "sun", {})
    await use_rules(
        hass,
        cup,
        """
- name: Lunch
  people: [anna]
  when: {condition: time, after: "12:00:00", before: "12:30:00", weekday: [mon]}
  presence: away
- name: Dark
  people: [anna]
  when: {condition: sun, after: sunset}
  presence: offline
- name: Template
  people: [anna]
  when: "{{ now().hour == 14 and utcnow().minute >= 30 and now() > today_at('14:15') }}"
  presence: busy
""",
    )

    async def at(time: str) -> str | None:
        rule: str | None = (await about(hass, "simulate", "anna", at=time))["rule"]
        return rule

    assert await at("12:10:00") == "Lunch"
    assert await at("2026-11-24 12:10:00") is None
    assert await at("14:20:00") is None
    assert await at("14:40:00") == "Template"
    assert await at("18:00:00") == "Dark"


@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_schedules_and_calendars_are_known_ahead(hass: HomeAssistant, cup: Cup) -> None:
    quiet = {
        "name": "Hours",
        "monday": [{"from": "13:00:00", "to": "14:00:00", "data": {"kind": "quiet"}}],
    }
    assert await async_setup_component(hass, "schedule", {"schedule": {"hours": quiet}})
    serve_calendars(hass).put("calendar.anna", [meeting("Review", 15, 16)])
    await use_rules(
        hass,
        cup,
        """
- name: Quiet hours
  people: [anna]
  when:
    - {condition: state, entity_id: schedule.hours, state: "on"}
    - "{{ is_state_attr('schedule.hours', 'kind', 'quiet') }}"
  presence: do_not_disturb
- name: Calendar
  people: [anna]
  when:
    - condition: cisco_unified_presence.calendar_event
      target: {entity_id: calendar.anna}
      options: {title: "*review*"}
  presence: busy
  note: "{{ event.summary }}"
  until: "{{ event.end }}"
""",
    )

    quiet_hours = await about(hass, "simulate", "anna", at="13:30:00")
    assert quiet_hours["rule"] == "Quiet hours"
    review = await about(hass, "simulate", "anna", at="15:30:00")
    assert (review["rule"], review["note"]) == ("Calendar", "Review")
    assert review["until"].startswith("2026-11-23T16:00:00")
    assert (await about(hass, "simulate", "anna", at="16:00:00"))["rule"] is None


async def test_a_given_calendar_has_the_event_that_it_shows(hass: HomeAssistant, cup: Cup) -> None:
    serve_calendars(hass).put("calendar.anna", [])
    await use_rules(
        hass,
        cup,
        """
- name: Calendar
  people: [anna]
  when:
    - condition: cisco_unified_presence.calendar_event
      target: {entity_id: calendar.anna}
  presence: busy
  note: "{{ event.summary }}"
""",
    )
    event = {"state": "on", "attributes": {"message": "Review"}}

    simulated = await about(hass, "simulate", "anna", states={"calendar.anna": event})

    assert simulated["note"] == "Review"


async def test_what_cannot_be_known_says_so(hass: HomeAssistant, cup: Cup) -> None:
    """A foreign condition may ask for anything, the time too; so may a template."""
    hass.states.async_set("light.desk", "on")
    hass.states.async_set("update.firmware", "on")
    await use_rules(
        hass,
        cup,
        """
- name: Long
  people: [anna]
  when:
    - condition: light.is_on
      target: {entity_id: light.desk}
      options: {for: "01:00:00"}
  presence: busy
- name: Fresh
  people: [anna]
  when: "{{ time_since(states.update.firmware.last_changed) == '5 seconds' }}"
  presence: away
  priority: 5
""",
    )

    simulated = await about(hass, "simulate", "anna", at="13:00:00")

    assert simulated["wanted"] is None
    assert simulated["unknown"] == [
        "“Long”: light.is_on cannot be told for another time or state",
        "“Fresh”: time_since cannot be told for another time",
    ]
    assert (await about(hass, "simulate", "anna"))["unknown"] == []


async def test_a_manual_setting_counts_until_its_end(
    hass: HomeAssistant, cup: Cup, office: None
) -> None:
    await set_presence(hass, "away", until="12:00:00")

    during = await about(hass, "simulate", "anna", at="11:30:00", states={ROOM: "on"})
    assert (during["source"], during["wanted"]) == ("manual", "away")
    after = await about(hass, "simulate", "anna", at="12:00:00", states={ROOM: "on"})
    assert (after["source"], after["wanted"]) == ("rule", "busy")


async def test_a_pause_counts_until_its_end(hass: HomeAssistant, cup: Cup, office: None) -> None:
    await hass.services.async_call(DOMAIN, "pause_rules", {"until": "12:00:00"}, blocking=True)

    during = await about(hass, "simulate", "anna", at="11:30:00", states={ROOM: "on"})
    assert (during["wanted"], during["rules_paused"]) == (None, True)
    after = await about(hass, "simulate", "anna", at="12:30:00", states={ROOM: "on"})
    assert (after["wanted"], after["rules_paused"]) == ("busy", False)


async def test_rules_for_each_person_are_simulated_for_each(hass: HomeAssistant, cup: Cup) -> None:
    hass.states.async_set("binary_sensor.desk_anna", "off")
    await use_rules(
        hass,
        cup,
        """
- name: At the desk
  people: [anna, ben]
  when:
    - condition: cisco_unified_presence.linked_entity
      options: {link: desk, state: "on"}
  presence: busy
  note: "{{ person.name }} is at the desk"
""",
    )

    response: Any = await answer(hass, "simulate", states={"binary_sensor.desk_anna": "on"})

    notes = {contact: each["note"] for contact, each in response["people"].items()}
    assert notes["anna@example.com"] == "Anna is at the desk"
    assert notes["ben@example.com"] is None


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"at": "2026-11-23 10:00:00"}, "end_has_passed"),
        ({"at": "2027-11-23 10:00:00"}, "end_too_far"),
        ({"people": ["nobody"]}, "person_not_known"),
    ],
)
async def test_what_cannot_be_simulated_is_said(
    hass: HomeAssistant, data: dict[str, Any], key: str
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await answer(hass, "simulate", **data)
    assert raised.value.translation_key == key


TOO_MANY = {f"sensor.x{number}": "on" for number in range(1001)}


@pytest.mark.parametrize(
    "states",
    [{"no entity": "on"}, {ROOM: {"attributes": {}}}, ["on"], TOO_MANY],
    ids=["no entity", "no state", "a list", "too many"],
)
async def test_states_that_are_none_are_refused(hass: HomeAssistant, states: Any) -> None:
    with pytest.raises(vol.Invalid):
        await answer(hass, "simulate", states=states)


async def test_a_user_simulates_whom_they_may_read(hass: HomeAssistant) -> None:
    only_ben = {"entities": {"entity_ids": {"sensor.ben_presence": {"read": True}}}}
    user = MockUser(groups=[]).add_to_hass(hass)
    user.mock_policy(only_ben)
    context = Context(user_id=user.id)

    async def simulate(**data: Any) -> Any:
        return await hass.services.async_call(
            DOMAIN, "simulate", data, blocking=True, return_response=True, context=context
        )

    assert list((await simulate())["people"]) == ["ben@example.com"]
    with pytest.raises(Unauthorized):
        await simulate(people=["anna"])
