"""Sentences in the spellings that users of Home Assistant choose: shorthand, lists, templates."""

from tests.common.calendars import meeting

from .sentence import Sentence

ROOM = "binary_sensor.room"

SENTENCES = {
    "people in one text, one condition, several entities": Sentence(
        rule="""
people: anna, ben
when:
  condition: state
  entity_id: [binary_sensor.room, binary_sensor.on_air]
  match: any
  state: "on"
presence: busy
""",
        states={ROOM: "on", "binary_sensor.on_air": "off"},
        expected={"anna": "busy", "ben": "busy"},
        otherwise={ROOM: "off"},
    ),
    "a person of Home Assistant": Sentence(
        rule="""
people: person.anna
when: {condition: state, entity_id: input_boolean.sick, state: "on"}
presence: vacation
note: Sick
""",
        states={"input_boolean.sick": "on"},
        expected={"anna": ("vacation", "Sick"), "ben": None},
    ),
    "all people but one": Sentence(
        rule="""
people: all
except: ben
when: "{{ is_state('input_boolean.all_hands', 'on') }}"
presence: busy
""",
        states={"input_boolean.all_hands": "on"},
        expected={"anna": "busy", "ben": None},
    ),
    "without conditions the presence decides": Sentence(
        rule="""
people: [anna]
presence:
  entity_id: select.mode
  map:
    focus: do_not_disturb
    lunch: {presence: away, note: Lunch}
""",
        states={"select.mode": "lunch"},
        expected={"anna": ("away", "Lunch"), "ben": None},
        otherwise={"select.mode": "office"},
    ),
    "without conditions a template decides": Sentence(
        rule="""
people: [anna, ben]
presence: "{{ states('sensor.' ~ person.user ~ '_mode') }}"
""",
        states={"sensor.anna_mode": "away", "sensor.ben_mode": "at his desk"},
        expected={"anna": "away", "ben": None},
        otherwise={"sensor.anna_mode": "unknown"},
    ),
    "the end is an entity": Sentence(
        rule="""
people: anna
when: {condition: state, entity_id: input_boolean.away, state: "on"}
presence: vacation
until: input_datetime.back
""",
        states={"input_boolean.away": "on", "input_datetime.back": "2026-11-23 12:30:00"},
        expected={"anna": "vacation"},
        otherwise_minutes=30,
    ),
    "one of several titles": Sentence(
        rule="""
people: anna
when:
  condition: cisco_unified_presence.calendar_event
  options: {linked: calendar, title: ["focus*", "{{ person.name }} works deeply"]}
presence: do_not_disturb
""",
        states={"calendar.anna": [meeting("Anna works deeply", 11, 13)]},
        expected={"anna": "do_not_disturb"},
        otherwise={"calendar.anna": [meeting("Review", 11, 13)]},
    ),
    "on without quotation marks for what is linked": Sentence(
        rule="""
people: anna
when:
  condition: cisco_unified_presence.linked_entity
  options: {link: desk, state: on}
presence: available
""",
        states={"binary_sensor.desk_anna": "on"},
        expected={"anna": "available"},
        otherwise={"binary_sensor.desk_anna": "off"},
    ),
    "and, or, not in short": Sentence(
        rule="""
people: anna
when:
  - and:
      - or:
          - {condition: state, entity_id: binary_sensor.room, state: "on"}
          - "{{ is_state('binary_sensor.on_air', 'on') }}"
      - not: "{{ is_state('input_boolean.lunch', 'on') }}"
presence: busy
""",
        states={"binary_sensor.on_air": "on", ROOM: "off", "input_boolean.lunch": "off"},
        expected={"anna": "busy"},
        otherwise={"input_boolean.lunch": "on"},
    ),
    "one condition in short": Sentence(
        rule="""
people: anna
when:
  or:
    - {condition: state, entity_id: binary_sensor.room, state: "on"}
    - {condition: numeric_state, entity_id: sensor.people, above: 1}
presence: busy
""",
        states={"sensor.people": "2", ROOM: "off"},
        expected={"anna": "busy"},
        otherwise={"sensor.people": "1"},
    ),
    "disabled conditions, and names of conditions": Sentence(
        rule="""
people: anna
when:
  - {alias: Laptop at home, condition: state, entity_id: device_tracker.laptop, state: home}
  - {condition: trigger, id: pressed, enabled: false}
  - {condition: state, entity_id: binary_sensor.old, state: "on", enabled: false}
presence: available
note: Home office
""",
        states={"device_tracker.laptop": "home"},
        expected={"anna": ("available", "Home office")},
        otherwise={"device_tracker.laptop": "not_home"},
    ),
    "times without quotation marks": Sentence(
        rule="""
people: anna
when: {condition: state, entity_id: input_boolean.lunch, state: "on"}
for: 00:02:00
at_most: 1:00:00
presence: away
""",
        states={"input_boolean.lunch": "on"},
        expected={"anna": "away"},
        minutes=2,
        otherwise_minutes=60,
    ),
    "a state for as long as another entity says": Sentence(
        rule="""
people: anna
when:
  - condition: state
    entity_id: binary_sensor.room
    state: "on"
    for: {minutes: "{{ states('input_number.minutes') | int }}"}
presence: busy
""",
        states={ROOM: "on", "input_number.minutes": "5"},
        expected={"anna": "busy"},
        minutes=5.01,
        otherwise={ROOM: "off"},
    ),
    "between two helpers for times": Sentence(
        rule="""
people: anna
when: {condition: time, after: input_datetime.begin, before: input_datetime.end}
presence: do_not_disturb
""",
        states={
            f"input_datetime.{name}": (
                f"{hour}:{minute}:00",
                {"has_date": False, "has_time": True, "hour": hour, "minute": minute, "second": 0},
            )
            for name, hour, minute in (("begin", 12, 10), ("end", 13, 30))
        },
        expected={"anna": "do_not_disturb"},
        minutes=10,
        otherwise_minutes=80,
    ),
    "in a zone": Sentence(
        rule="""
people: anna
when: {condition: zone, entity_id: person.anna, zone: zone.station}
presence: away
""",
        states={
            "zone.station": ("0", {"latitude": 50, "longitude": 8, "radius": 100}),
            "person.anna": ("Station", {"latitude": 50, "longitude": 8, "gps_accuracy": 5}),
        },
        expected={"anna": "away"},
        otherwise={"person.anna": ("home", {"latitude": 51, "longitude": 8, "gps_accuracy": 5})},
    ),
    "a presence over several lines": Sentence(
        rule="""
people: anna
when:
  condition: cisco_unified_presence.calendar_event
  options: {linked: calendar}
presence: >
  {% if 'vacation' in event.summary | lower %}
    vacation
  {% elif 'focus' in event.summary | lower %}
    do_not_disturb
  {% else %}
    busy
  {% endif %}
note: >-
  {{ event.summary }}
""",
        states={"calendar.anna": [meeting("Focus time", 11, 13)]},
        expected={"anna": ("do_not_disturb", "Focus time")},
    ),
    "a condition over several lines": Sentence(
        rule="""
people: [anna, ben]
when: >
  {% set names = states('input_text.roster').split(',') | map('trim') | list %}
  {{ person.name in names }}
presence: available
note: Hotline
""",
        states={"input_text.roster": "Emma, Ben"},
        expected={"anna": None, "ben": ("available", "Hotline")},
        otherwise={"input_text.roster": "Emma"},
    ),
    "a variable for each person": Sentence(
        rule="""
people: [anna, ben]
variables:
  limits: {anna: 10}
  limit: "{{ limits.get(person.user, 30) }}"
when:
  - condition: template
    value_template: "{{ states('sensor.people') | int(0) > limit }}"
presence: busy
note: "More than {{ limit }}"
""",
        states={"sensor.people": "20"},
        expected={"anna": ("busy", "More than 10"), "ben": None},
        otherwise={"sensor.people": "5"},
    ),
    "a map of truth values": Sentence(
        rule="""
people: anna
presence:
  entity_id: binary_sensor.on_air
  map: {on: do_not_disturb, off: own}
""",
        states={"binary_sensor.on_air": "on"},
        expected={"anna": "do_not_disturb"},
    ),
    "an attribute of a state": Sentence(
        rule="""
people: anna
when: {condition: state, entity_id: media_player.tv, attribute: source, state: HDMI 1}
presence: busy
""",
        states={"media_player.tv": ("on", {"source": "HDMI 1"})},
        expected={"anna": "busy"},
        otherwise={"media_player.tv": ("on", {"source": "HDMI 2"})},
    ),
    "a condition of Home Assistant with a target": Sentence(
        rule="""
people: anna
when:
  condition: schedule.is_on
  target: {entity_id: schedule.quiet}
presence: do_not_disturb
""",
        states={"schedule.quiet": "on"},
        expected={"anna": "do_not_disturb"},
        otherwise={"schedule.quiet": "off"},
    ),
    "the end counts from a change": Sentence(
        rule="""
people: anna
when: {condition: state, entity_id: binary_sensor.room, state: "on"}
presence: busy
until: "{{ states.binary_sensor.room.last_changed + timedelta(minutes=30) }}"
""",
        states={ROOM: "on"},
        expected={"anna": "busy"},
        otherwise_minutes=31,
    ),
    "a label of the person in a condition": Sentence(
        rule="""
people: all
when: "{{ 'wardens' in person.labels and is_state('input_boolean.fire_drill', 'on') }}"
presence: busy
note: "{{ person.area or 'somewhere' }}"
""",
        states={"input_boolean.fire_drill": "on"},
        expected={"anna": None, "ben": ("busy", "somewhere")},
        otherwise={"input_boolean.fire_drill": "off"},
    ),
    "an attribute of an entity, with a note in the map": Sentence(
        rule="""
people: anna
presence:
  entity_id: sensor.teams
  attribute: availability
  map:
    Away: away
    Busy: {presence: busy, note: "{{ state_attr('sensor.teams', 'call') }}"}
note: From Teams
""",
        states={"sensor.teams": ("x", {"availability": "Busy", "call": "With Clara"})},
        expected={"anna": ("busy", "With Clara")},
        otherwise={"sensor.teams": ("x", {"availability": "Free"})},
    ),
}
