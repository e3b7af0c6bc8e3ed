"""What office people say first, each sentence as one rule with what it requests.

The numbers are those of the sentences in the specification of the language; the file grows.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from custom_components.cisco_unified_presence.arbitration import (
    ManualSetting,
    OwnPresence,
    RequestedPresence,
    decide,
)
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules import RULE_SCHEMA, Rule
from tests.common.calendars import meeting, serve_calendars
from tests.common.entry import person
from tests.common.rules import ANNA, BEN, open_engine

NOON = datetime(2026, 11, 23, 20, tzinfo=UTC)  # local noon, a Monday
OFF_DUTY = {"anna": None, "ben": None}


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence as a rule, and what it means in a world.

    Attributes:
        rule: In YAML.
        states: The world in which the sentence is true for someone.
        expected: By user, the state and perhaps the note; None for the own devices.
        own: The people's own presences.
        manual: Whether both are set to Available by hand.
    """

    rule: str
    states: dict[str, Any]
    expected: dict[str, Any]
    own: dict[str, OwnPresence] = field(default_factory=dict)
    manual: bool = False
    otherwise: dict[str, Any] = field(default_factory=dict)


SENTENCES = {
    "1 room occupied: these people Busy": Sentence(
        rule="""
people: [anna, ben]
when: {condition: state, entity_id: binary_sensor.room, state: "on"}
presence: busy
""",
        states={"binary_sensor.room": "on"},
        expected={"anna": "busy", "ben": "busy"},
        otherwise={"binary_sensor.room": "off"},
    ),
    "2 who is invited to the room calendar's event is Busy": Sentence(
        rule="""
people: [anna, ben]
when:
  - condition: cisco_unified_presence.calendar_event
    target: {entity_id: calendar.room}
    options: {description: "*{{ person.contact }}*"}
presence: busy
""",
        states={"calendar.room": [meeting("Review", 11, 13, description=f"With {ANNA}")]},
        expected={"anna": "busy", "ben": None},
    ),
    "3 note Back at 14:30 from the calendar": Sentence(
        rule="""
people: [anna]
when:
  - condition: cisco_unified_presence.calendar_event
    target: {entity_id: calendar.anna}
presence: away
note: "Back at {{ event.end.strftime('%H:%M') }}"
""",
        states={"calendar.anna": [meeting("Dentist", 11, 14.5)]},
        expected={"anna": ("away", "Back at 14:30")},
        otherwise={"calendar.anna": [meeting("Dentist", 13, 14)]},
    ),
    "4 Do Not Disturb until my event ends": Sentence(
        rule="""
people: [anna, ben]
when:
  - condition: cisco_unified_presence.calendar_event
    options: {linked: calendar}
presence: do_not_disturb
until: "{{ event.end }}"
""",
        states={"calendar.anna": [meeting("Focus", 11, 13)]},
        expected={"anna": "do_not_disturb", "ben": None},
    ),
    "5 by event title": Sentence(
        rule="""
people: [anna]
when:
  - condition: cisco_unified_presence.calendar_event
    target: {entity_id: calendar.anna}
presence:
  template: "{{ event.summary | lower }}"
  map: {vacation: vacation, focus: do_not_disturb, review: busy}
""",
        states={"calendar.anna": [meeting("Focus", 11, 13)]},
        expected={"anna": "do_not_disturb"},
        otherwise={"calendar.anna": [meeting("Lunch", 11, 13)]},
    ),
    "7 hotline roster from an input_select of names": Sentence(
        rule="""
people: [anna, ben]
when: "{{ is_state('input_select.hotline', person.name) }}"
presence: available
note: Hotline
""",
        states={"input_select.hotline": "Ben"},
        expected={"anna": None, "ben": ("available", "Hotline")},
        otherwise={"input_select.hotline": "Clara"},
    ),
    "8 whose badge is where": Sentence(
        rule="""
people: [anna, ben]
when: "{{ person.user in [states('sensor.badge_1'), states('sensor.badge_2')] }}"
presence: busy
""",
        states={"sensor.badge_1": "ben", "sensor.badge_2": "clara"},
        expected={"anna": None, "ben": "busy"},
    ),
    "11 hot desks": Sentence(
        rule="""
people: [anna, ben]
variables: {room: "{{ states('sensor.' ~ person.user ~ '_area') }}"}
when: "{{ room in ['Blue', 'Red'] }}"
presence: busy
note: "In {{ room }}"
""",
        states={"sensor.anna_area": "Blue", "sensor.ben_area": "Kitchen"},
        expected={"anna": ("busy", "In Blue"), "ben": None},
    ),
    "18 three hundred staff by label": Sentence(
        rule="""
people: [{label_id: staff}]
when: "{{ is_state('input_boolean.assembly', 'on') }}"
presence: away
""",
        states={"input_boolean.assembly": "on"},
        expected={"anna": "away", "ben": "away"},
        otherwise={"input_boolean.assembly": "off"},
    ),
    "19 fire drill, except the wardens, whatever anybody has set": Sentence(
        rule="""
people: [{label_id: staff}]
except: [{label_id: wardens}]
when: {condition: state, entity_id: input_boolean.fire_drill, state: "on"}
presence: away
note: Fire drill
beats_manual: true
priority: 1000
""",
        states={"input_boolean.fire_drill": "on"},
        manual=True,
        expected={"anna": ("away", "Fire drill"), "ben": "available"},
    ),
    "23 on call by event title": Sentence(
        rule="""
people: [anna, ben]
when:
  - condition: cisco_unified_presence.calendar_event
    target: {entity_id: calendar.on_call}
    options: {title: "on call*{{ person.name }}*"}
presence: available
note: On call
""",
        states={"calendar.on_call": [meeting("On call: Ben and Clara", 0, 24)]},
        expected={"anna": None, "ben": ("available", "On call")},
    ),
    "24 until sunset": Sentence(
        rule="""
people: [anna]
when: {condition: state, entity_id: binary_sensor.dome, state: "on"}
presence: busy
until: {entity_id: sun.sun, attribute: next_setting}
""",
        states={
            "binary_sensor.dome": "on",
            "sun.sun": ("above_horizon", {"next_setting": "2026-11-24T00:30:00+00:00"}),
        },
        expected={"anna": "busy"},
    ),
    "25 work mode": Sentence(
        rule="""
people: [anna]
when: "{{ true }}"
presence:
  entity_id: select.work_mode
  map: {focus: do_not_disturb, lunch: {presence: away, note: Lunch}}
""",
        states={"select.work_mode": "lunch"},
        expected={"anna": ("away", "Lunch")},
        otherwise={"select.work_mode": "open"},
    ),
    "26 copy a Teams sensor, message included": Sentence(
        rule="""
people: [anna, ben]
when: "{{ has_value('sensor.teams_' ~ person.user) }}"
presence: "{{ states('sensor.teams_' ~ person.user) }}"
note: "{{ state_attr('sensor.teams_' ~ person.user, 'message') }}"
""",
        states={"sensor.teams_anna": ("busy", {"message": "In Oslo"}), "sensor.teams_ben": "away"},
        expected={"anna": ("busy", "In Oslo"), "ben": "away"},
    ),
    "29 only if she is Available now": Sentence(
        rule="""
people: [anna, ben]
when: "{{ person.own == 'available' and is_state('input_boolean.training', 'on') }}"
presence: busy
""",
        states={"input_boolean.training": "on"},
        own={"anna": OwnPresence("available"), "ben": OwnPresence("away")},
        expected={"anna": "busy", "ben": None},
    ),
    "30 never over her own Do Not Disturb or a call": Sentence(
        rule="""
people: [anna, ben]
when: "{{ is_state('input_boolean.lunch', 'on') }}"
presence: away
yields_to: [do_not_disturb, on_the_phone]
""",
        states={"input_boolean.lunch": "on"},
        own={"anna": OwnPresence("busy", frozenset({"on_the_phone"})), "ben": OwnPresence("busy")},
        expected={"anna": None, "ben": "away"},
    ),
    "12 at the own desk": Sentence(
        rule="""
people: [anna, ben]
when:
  - condition: cisco_unified_presence.linked_entity
    options: {link: desk, state: "on"}
presence: available
note: At the desk
""",
        states={"binary_sensor.desk_anna": "on"},
        expected={"anna": ("available", "At the desk"), "ben": None},
        otherwise={"binary_sensor.desk_anna": "off"},
    ),
    "36 hand back to the own devices": Sentence(
        rule="""
people: [anna]
when: {condition: state, entity_id: binary_sensor.late, state: "on"}
presence: own
""",
        states={"binary_sensor.late": "on"},
        expected={"anna": "own"},
    ),
    "39 everybody in this room gets the room's name as note": Sentence(
        rule="""
people: [{area_id: lab}]
when: {condition: state, entity_id: input_boolean.open_day, state: "on"}
presence: busy
note: "In {{ person.area }}"
""",
        states={"input_boolean.open_day": "on"},
        expected={"anna": ("busy", "In Lab"), "ben": None},
    ),
}


@pytest.fixture
def entry_data() -> dict[str, Any]:
    """No server is needed."""
    return {}


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    anna, ben = person("anna", controlled=True), person("ben", controlled=True)
    links = {"link_calendar": "calendar.anna", "link_desk": "binary_sensor.desk_anna"}
    return [{**anna, "data": {**anna["data"], **links}}, ben]


@pytest.fixture(autouse=True)
def _noon(freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]) -> None:
    freezer.move_to(NOON)


@pytest.fixture
def staff(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Put Anna into the lab; both have the label staff, and Ben is a warden."""
    area = ar.async_get(hass).async_create("Lab")
    labels = {ANNA: {"staff"}, BEN: {"staff", "wardens"}}
    for subentry in entry.subentries.values():
        contact = subentry.data["contact"]
        device = dr.async_get(hass).async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=subentry.subentry_id,
            identifiers={(DOMAIN, contact)},
        )
        dr.async_get(hass).async_update_device(
            device.id, area_id=area.id if contact == ANNA else None, labels=labels[contact]
        )
        er.async_get(hass).async_get_or_create(
            "sensor",
            DOMAIN,
            f"{entry.entry_id}_{contact}_presence",
            config_entry=entry,
            config_subentry_id=subentry.subentry_id,
            device_id=device.id,
        )


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize("sentence", SENTENCES.values(), ids=SENTENCES)
async def test_sentence(hass: HomeAssistant, entry: MockConfigEntry, sentence: Sentence) -> None:
    calendars = serve_calendars(hass)

    async def put(states: dict[str, Any]) -> None:
        for entity_id, state in states.items():
            if entity_id.startswith("calendar."):
                calendars.put(entity_id, state)
            elif isinstance(state, tuple):
                hass.states.async_set(entity_id, *state)
            else:
                hass.states.async_set(entity_id, state)
        await hass.async_block_till_done()
        await hass.async_block_till_done()

    await put(sentence.states)
    engine = await open_engine(
        hass, Rule.of(RULE_SCHEMA({"name": "Sentence", **yaml.safe_load(sentence.rule)}))
    )
    own = {f"{user}@example.com": each for user, each in sentence.own.items()}
    await engine.async_add_entry(
        entry, lambda: people_of(entry), lambda key: own.get(key, OwnPresence("available"))
    )
    await hass.async_block_till_done()

    def shown(user: str) -> Any:
        key = f"{user}@example.com"
        available = RequestedPresence(Presence.AVAILABLE, override=False)
        manual = ManualSetting(available, NOON) if sentence.manual else None
        requests = engine.requests_for(entry.entry_id, key)
        decision = decide(manual, requests, None, NOON, own.get(key, OwnPresence("available")))
        if decision.requested is None:
            return "own" if decision.rule_request else None
        word = decision.requested.presence.value.lower().replace("dnd", "do_not_disturb")
        return (word, decision.requested.note) if decision.requested.note else word

    assert {user: shown(user) for user in sentence.expected} == sentence.expected
    if sentence.otherwise:
        await put(sentence.otherwise)
        assert {shown(user) for user in sentence.expected} == {None}
