"""Where people are, and what is next to them."""

from .sentence import Sentence

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
    "6 out and not at the desk for ten minutes": Sentence(
        rule="""
people: [anna, ben]
when:
  - condition: cisco_unified_presence.linked_entity
    options: {link: person, state: not_home}
  - condition: cisco_unified_presence.linked_entity
    options: {link: desk, state: "off"}
for: {minutes: 10}
presence: away
""",
        states={"person.anna": "not_home", "binary_sensor.desk_anna": "off"},
        minutes=10,
        expected={"anna": "away", "ben": None},
        otherwise={"binary_sensor.desk_anna": "on"},
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
    "12 a visitor at my desk": Sentence(
        rule="""
people: [anna, ben]
when: "{{ is_state('binary_sensor.' ~ person.user ~ '_visitor', 'on') }}"
for: {minutes: 1}
presence: busy
note: With a visitor
""",
        states={"binary_sensor.anna_visitor": "off", "binary_sensor.ben_visitor": "on"},
        minutes=1,
        expected={"anna": None, "ben": ("busy", "With a visitor")},
        otherwise={"binary_sensor.ben_visitor": "off"},
    ),
    "14 commute zone": Sentence(
        rule="""
people: [anna, ben]
when:
  - condition: cisco_unified_presence.linked_entity
    options: {link: person, state: [Commute, Station]}
presence: away
note: "On the way: {{ states(person.links.person) }}"
""",
        states={"person.anna": "Station"},
        expected={"anna": ("away", "On the way: Station"), "ben": None},
        otherwise={"person.anna": "home"},
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
