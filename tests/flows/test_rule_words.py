"""Every word of the language of rules can be said in the form, and is shown again as it was."""

import json
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
import voluptuous as vol
import yaml

from custom_components.cisco_unified_presence.flows.rule_data import as_typed, read_rule
from custom_components.cisco_unified_presence.flows.rule_form import rule_form
from custom_components.cisco_unified_presence.flows.rule_people import PeopleOffer
from custom_components.cisco_unified_presence.rules import RULE_SCHEMA, Rule
from tests.common.rules import TABLE_WORDS

PEOPLE = {"label_id": ["team"]}
CONDITION = "{{ is_state('binary_sensor.desk', 'on') }}"
USUAL: dict[str, Any] = {
    "name": "Word",
    "places": PEOPLE,
    "when": [CONDITION],
    "presence": "busy",
}
TABLE = [
    {"value": "focus", "presence": "do_not_disturb"},
    {"value": "on", "presence": "own"},
    {"value": "lunch", "presence": "away", "note": "Back {{ states('sensor.back') }}"},
]
MAP = """
  map:
    focus: do_not_disturb
    on: own
    lunch: {presence: away, note: "Back {{ states('sensor.back') }}"}
"""


def advanced(**changes: Any) -> dict[str, Any]:
    return {"advanced": changes}


def when(*conditions: Any) -> dict[str, Any]:
    return {"when": list(conditions)}


LINKED_ENTITY = {
    "condition": "cisco_unified_presence.linked_entity",
    "options": {"link": "desk", "state": "off", "for": {"hours": 0, "minutes": 10, "seconds": 0}},
}
LINKED_CALENDAR = {
    "condition": "cisco_unified_presence.calendar_event",
    "options": {"linked": "calendar", "title": "*{{ person.name }}*", "all_day": False},
}
CALENDAR = {
    "condition": "cisco_unified_presence.calendar_event",
    "target": {"entity_id": "calendar.room"},
    "options": {"location": "Lab", "description": "*@example.com*"},
}

# In YAML, and what is filled in.
WORDS: dict[str, tuple[str, dict[str, Any]]] = {
    "except": ("except: [{area_id: lab}]", {"exceptions": {"area_id": ["lab"]}}),
    "variables": (
        "variables: {room: \"{{ states('sensor.' ~ person.user) }}\", limit: 3, list: [a, b]}",
        advanced(
            variables={
                "room": "{{ states('sensor.' ~ person.user) }}",
                "limit": 3,
                "list": ["a", "b"],
            }
        ),
    ),
    "presence as own": ("presence: own", {"presence": "own"}),
    "presence as a template": (
        "presence: \"{{ states('select.mode') }}\"",
        {"presence": "mapped", "mapped": {"template": "{{ states('select.mode') }}"}},
    ),
    "presence by an entity": (
        "presence: {entity_id: select.mode}",
        {"presence": "mapped", "mapped": {"entity_id": "select.mode"}},
    ),
    "presence by an attribute with a map": (
        f"presence:\n  entity_id: select.mode\n  attribute: kind{MAP}",
        {
            "presence": "mapped",
            "mapped": {"entity_id": "select.mode", "attribute": "kind", "map": TABLE},
        },
    ),
    "presence by a template with a map": (
        f'presence:\n  template: "{{{{ person.own }}}}"{MAP}',
        {"presence": "mapped", "mapped": {"template": "{{ person.own }}", "map": TABLE}},
    ),
    "note": ("note: Lunch", {"note": "Lunch"}),
    "note as a template": ('note: "In {{ person.area }}"', {"note": "In {{ person.area }}"}),
    "override": ("override: true", advanced(override="yes")),
    "override: false": ("override: false", advanced(override="no")),
    "until a time of day": ('until: "17:00"', advanced(until="17:00")),
    "until a moment": (
        'until: "2026-12-24T12:00:00+01:00"',
        advanced(until="2026-12-24T12:00:00+01:00"),
    ),
    "until a template": ('until: "{{ event.end }}"', advanced(until="{{ event.end }}")),
    "until an entity": ("until: {entity_id: sensor.end}", advanced(until_entity="sensor.end")),
    "until an attribute": (
        "until: {entity_id: sun.sun, attribute: next_setting}",
        advanced(until_entity="sun.sun", until_attribute="next_setting"),
    ),
    "yields_to": (
        "yields_to: [on_the_phone, in_a_meeting, offline]",
        advanced(yields_to=["on_the_phone", "in_a_meeting", "offline"]),
    ),
    "yields_to nothing": ("yields_to: []", advanced(yields_to=[])),
    "yields_to what is usual": (
        "yields_to: do_not_disturb",
        advanced(yields_to=["do_not_disturb"]),
    ),
    "beats_manual": ("beats_manual: true", advanced(beats_manual=True)),
    "overruled_for": ("overruled_for: {hours: 2}", advanced(overruled_for={"hours": 2})),
    "overruled_for: 0": ("overruled_for: 0", advanced(overruled_for={"minutes": 0})),
    "for": ("for: {minutes: 2}", advanced(**{"for": {"minutes": 2}})),
    "hold": ("hold: {days: 1}", advanced(hold={"days": 1})),
    "at_most": ("at_most: {hours: 3}", advanced(at_most={"hours": 3})),
    "grace": ("grace: 0", advanced(grace={"seconds": 0})),
    "priority": ("priority: -50", advanced(priority=-50)),
    "insist": ("insist: true", advanced(insist=True)),
    "linked_entity": (f"when: [{json.dumps(LINKED_ENTITY)}]", when(LINKED_ENTITY)),
    "calendar_event, linked": (f"when: [{json.dumps(LINKED_CALENDAR)}]", when(LINKED_CALENDAR)),
    "calendar_event": (f"when: [{json.dumps(CALENDAR)}]", when(CALENDAR)),
    "conditions in conditions": (
        f"when: {{or: [{json.dumps(CALENDAR)}, {{not: [{json.dumps(LINKED_ENTITY)}]}}]}}",
        when({"or": [CALENDAR, {"not": [LINKED_ENTITY]}]}),
    ),
}
ALWAYS = {"id", "name", "people", "when", "presence"}


def written_as_yaml(text: str) -> Rule:
    usual = {"name": "Word", "people": [PEOPLE], "when": CONDITION, "presence": "busy"}
    return Rule.of(RULE_SCHEMA({**usual, **yaml.safe_load(text)}))


def filled_in(hass: HomeAssistant, typed: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return what the form stores, as it is read from the disk."""
    # The interface sends the section with its defaults.
    form = rule_form(PeopleOffer.of(hass), TABLE_WORDS, typed)
    name, data = read_rule(form({**USUAL, "advanced": {}, **typed}))
    stored: dict[str, Any] = json.loads(json.dumps(data))
    assert stored == data
    return name, stored


def test_every_word_is_here() -> None:
    schema: Any = next(each for each in RULE_SCHEMA.validators if isinstance(each, vol.Schema))
    said = {key for text, _ in WORDS.values() for key in yaml.safe_load(text)}
    assert said | ALWAYS == set(map(str, schema.schema))


@pytest.mark.parametrize(("text", "typed"), WORDS.values(), ids=WORDS)
async def test_form_makes_the_rule_that_yaml_makes(
    hass: HomeAssistant, text: str, typed: dict[str, Any]
) -> None:
    name, data = filled_in(hass, typed)
    made = Rule.of(RULE_SCHEMA({"name": name, **data}))
    assert made == written_as_yaml(text)
    assert made.fingerprint == written_as_yaml(text).fingerprint


@pytest.mark.parametrize("typed", [typed for _, typed in WORDS.values()], ids=WORDS)
async def test_form_shows_what_it_has_stored(hass: HomeAssistant, typed: dict[str, Any]) -> None:
    stored = filled_in(hass, typed)
    shown = as_typed(*stored, PeopleOffer.of(hass))
    assert filled_in(hass, shown) == stored
    for key, value in typed.items():
        assert shown[key] == value or value.items() <= shown[key].items()


@pytest.mark.parametrize("text", [text for text, _ in WORDS.values()], ids=WORDS)
async def test_form_shows_what_was_written_in_yaml(hass: HomeAssistant, text: str) -> None:
    """Pasted into the data of a subentry, words of YAML come back as they were."""
    usual = {"people": [PEOPLE], "when": [CONDITION], "presence": "busy"}
    read: Any = RULE_SCHEMA({"name": "Word", **usual, **yaml.safe_load(text)})
    words = yaml.safe_load(text).keys() - {"for", "hold", "at_most", "grace", "overruled_for"}
    data = {**usual, **{key: read[key] for key in words}}
    _, stored = filled_in(hass, as_typed("Word", data, PeopleOffer.of(hass)))
    assert Rule.of(RULE_SCHEMA({"name": "Word", **stored})) == Rule.of(
        RULE_SCHEMA({"name": "Word", **data})
    )
