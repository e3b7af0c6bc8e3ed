"""Twelve sentences as the interface submits them when clicked; each is its rule in YAML."""

import json
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
import yaml

from custom_components.cisco_unified_presence.flows.rule_data import as_typed, read_rule
from custom_components.cisco_unified_presence.flows.rule_form import rule_form
from custom_components.cisco_unified_presence.flows.rule_people import PeopleOffer
from custom_components.cisco_unified_presence.rules import RULE_SCHEMA, Rule
from tests.common.rules import TABLE_WORDS

ANNA, BEN, CLARA, DAVID, EMMA = (
    f"{each}@example.com" for each in ("anna", "ben", "clara", "david", "emma")
)
GINA = "gina@example.org"
USUAL: dict[str, Any] = {
    "priority": 0,
    "override": "as_usual",
    "yields_to": ["as_usual"],
    "insist": False,
}


def on(entity_id: str) -> dict[str, Any]:
    return {"condition": "state", "entity_id": entity_id, "state": ["on"]}


def lasting(**parts: int) -> dict[str, int]:
    return {"days": 0, "hours": 0, "minutes": 0, "seconds": 0, **parts}


def clicked(
    name: str, people: list[str], *, advanced: dict[str, Any] | None = None, **fields: Any
) -> dict[str, Any]:
    usual = {"name": name, "presence": "busy", "advanced": {**USUAL, **(advanced or {})}}
    return {**usual, **({"people": people} if people else {}), **fields}


# What is submitted, and the rule in YAML.
SENTENCES: list[tuple[dict[str, Any], str]] = [
    (
        clicked(
            "Meeting room",
            [ANNA, GINA],
            when=[on("input_boolean.meeting_room")],
            note="In the meeting room",
        ),
        """
people: [anna@example.com, gina@example.org]
when: {condition: state, entity_id: input_boolean.meeting_room, state: ["on"]}
presence: busy
note: In the meeting room
""",
    ),
    (
        clicked(
            "Appointment",
            [ANNA],
            when=[
                {
                    "condition": "cisco_unified_presence.calendar_event",
                    "options": {"linked": "calendar"},
                }
            ],
            note="{{ event.summary }}, back at {{ event.end.strftime('%H:%M') }}",
            advanced={"until": "{{ event.end }}"},
        ),
        """
people: [anna@example.com]
when: {condition: cisco_unified_presence.calendar_event, options: {linked: calendar}}
presence: busy
note: "{{ event.summary }}, back at {{ event.end.strftime('%H:%M') }}"
until: "{{ event.end }}"
""",
    ),
    (
        clicked(
            "At the desk",
            [],
            places={"label_id": ["team"]},
            exceptions={"label_id": ["wardens"]},
            when=[
                {
                    "condition": "cisco_unified_presence.linked_entity",
                    "options": {"link": "desk", "state": "on", "for": "00:00:00"},
                }
            ],
            presence="available",
            note="At my desk",
        ),
        """
people: [{label_id: team}]
except: [{label_id: wardens}]
when:
  condition: cisco_unified_presence.linked_entity
  options: {link: desk, state: "on", for: "00:00:00"}
presence: available
note: At my desk
""",
    ),
    (
        clicked(
            "After hours",
            [BEN],
            when=[{"condition": "time", "after": "18:00:00", "weekday": ["mon", "sun"]}],
            presence="away",
            note="Opens at eight",
        ),
        """
people: [ben@example.com]
when: {condition: time, after: "18:00:00", weekday: [mon, sun]}
presence: away
note: Opens at eight
""",
    ),
    (
        clicked(
            "On air",
            [CLARA],
            when=[on("input_boolean.on_air")],
            advanced={
                "for": lasting(seconds=2),
                "hold": lasting(seconds=3),
                "yields_to": ["as_usual", "on_the_phone"],
            },
        ),
        """
people: [clara@example.com]
when: {condition: state, entity_id: input_boolean.on_air, state: ["on"]}
for: 2
hold: 3
presence: busy
yields_to: [do_not_disturb, on_the_phone]
""",
    ),
    (
        clicked(
            "Fire drill",
            [],
            places={"floor_id": ["ground_floor"]},
            exceptions={"except": ["hotline"]},
            when=[on("input_boolean.fire_drill")],
            presence="away",
            note="Fire drill",
            advanced={"priority": 1000, "beats_manual": True},
        ),
        """
people: [{floor_id: ground_floor}]
except: [hotline]
when: {condition: state, entity_id: input_boolean.fire_drill, state: ["on"]}
presence: away
note: Fire drill
priority: 1000
beats_manual: true
""",
    ),
    (
        clicked(
            "Lunch",
            [DAVID],
            when=[on("input_boolean.lunch")],
            presence="away",
            advanced={"until": "14:00", "at_most": lasting(hours=1)},
        ),
        """
people: [david@example.com]
when: {condition: state, entity_id: input_boolean.lunch, state: ["on"]}
presence: away
until: "14:00"
at_most: {hours: 1}
""",
    ),
    (
        clicked(
            "Work mode",
            [EMMA],
            when=[],
            presence="mapped",
            mapped={
                "entity_id": "input_select.work_mode",
                "map": [
                    {"value": "focus", "presence": "do_not_disturb"},
                    {"value": "lunch", "presence": "away", "note": "Lunch"},
                ],
            },
        ),
        """
people: [emma@example.com]
presence:
  entity_id: input_select.work_mode
  map:
    focus: do_not_disturb
    lunch: {presence: away, note: Lunch}
""",
    ),
    (
        clicked(
            "Weekdays",
            ["hotline"],
            when=[{"condition": "time", "after": "06:00:00", "weekday": ["mon", "sun"]}],
            presence="own",
            advanced={"priority": -40},
        ),
        """
people: [hotline]
when: {condition: time, after: "06:00:00", weekday: [mon, sun]}
presence: own
priority: -40
""",
    ),
    (
        clicked(
            "Focus",
            [DAVID, GINA],
            when=[on("input_boolean.on_air")],
            presence="mapped",
            mapped={"template": "{{ 'busy' }}"},
            advanced={
                "until_entity": "input_datetime.back_at",
                "overruled_for": lasting(hours=1),
            },
        ),
        """
people: [david@example.com, gina@example.org]
when: {condition: state, entity_id: input_boolean.on_air, state: ["on"]}
presence: "{{ 'busy' }}"
until: {entity_id: input_datetime.back_at}
overruled_for: {hours: 1}
""",
    ),
    (
        clicked(
            "On air, really",
            [ANNA],
            when=[on("input_boolean.on_air")],
            presence="do_not_disturb",
            advanced={"insist": True, "grace": lasting(minutes=1)},
        ),
        """
people: [anna@example.com]
when: {condition: state, entity_id: input_boolean.on_air, state: ["on"]}
presence: do_not_disturb
insist: true
grace: {minutes: 1}
""",
    ),
    (
        clicked(
            "Workshop",
            [],
            places={"area_id": ["studio"], "label_id": ["team"]},
            when=[on("input_boolean.workshop")],
            advanced={"override": "no", "yields_to": []},
        ),
        """
people: [{area_id: studio, label_id: team}]
when: {condition: state, entity_id: input_boolean.workshop, state: ["on"]}
presence: busy
override: false
yields_to: []
""",
    ),
]


@pytest.mark.parametrize(
    ("submitted", "text"), SENTENCES, ids=[str(typed["name"]) for typed, _ in SENTENCES]
)
async def test_a_clicked_sentence_is_its_rule_in_yaml(
    hass: HomeAssistant, submitted: dict[str, Any], text: str
) -> None:
    written = Rule.of(RULE_SCHEMA({"name": submitted["name"], **yaml.safe_load(text)}))
    offer = PeopleOffer.of(hass)
    form = rule_form(offer, TABLE_WORDS, submitted)
    name, data = read_rule(form(submitted))
    assert json.loads(json.dumps(data)) == data
    assert Rule.of(RULE_SCHEMA({"name": name, **data})) == written
    assert read_rule(form(as_typed(name, data, offer))) == (name, data)
