"""Hours, ends, and what is shared by many."""

from .sentence import Sentence

SENTENCES = {
    "13 lunch, an hour at most": Sentence(
        rule="""
people: [anna]
when: {condition: state, entity_id: input_boolean.lunch, state: "on"}
at_most: {hours: 1}
presence: away
note: At lunch
""",
        states={"input_boolean.lunch": "on"},
        expected={"anna": ("away", "At lunch")},
        otherwise_minutes=60,
    ),
    "16 quiet hours by a schedule helper": Sentence(
        rule="""
people: [{label_id: staff}]
when: {condition: state, entity_id: schedule.quiet_hours, state: "on"}
presence: do_not_disturb
until: {entity_id: schedule.quiet_hours, attribute: next_event}
""",
        states={
            "schedule.quiet_hours": ("on", {"next_event": "2026-11-23T13:00:00-08:00"}),
        },
        expected={"anna": "do_not_disturb", "ben": "do_not_disturb"},
        otherwise_minutes=60,
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
    "36 hand back to the own devices": Sentence(
        rule="""
people: [anna]
when: {condition: state, entity_id: binary_sensor.late, state: "on"}
presence: own
""",
        states={"binary_sensor.late": "on"},
        expected={"anna": "own"},
    ),
    "36 after hours Offline, working late wins": Sentence(
        rule="""
- name: After hours
  people: [anna, ben]
  when: {condition: time, after: "18:00:00", before: "07:00:00"}
  presence: offline
  priority: -50
- name: Working late
  people: [anna, ben]
  when:
    - condition: cisco_unified_presence.linked_entity
      options: {link: desk, state: "on"}
  presence: own
""",
        states={"binary_sensor.desk_anna": "on"},
        minutes=6 * 60,
        expected={"anna": "own", "ben": "offline"},
    ),
    "38 shared pieces": Sentence(
        rule="""
- name: Meeting
  people: &front_desk [anna, ben]
  when: {condition: state, entity_id: binary_sensor.room, state: "on"}
  hold: &short {minutes: 5}
  presence: busy
- name: Lunch
  people: *front_desk
  when: {condition: state, entity_id: input_boolean.lunch, state: "on"}
  hold: *short
  presence: away
""",
        states={"binary_sensor.room": "off", "input_boolean.lunch": "on"},
        expected={"anna": "away", "ben": "away"},
        otherwise={"input_boolean.lunch": "off"},
        otherwise_minutes=5,
    ),
}
