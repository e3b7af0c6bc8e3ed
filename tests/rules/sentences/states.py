"""What people and other services say of them."""

from custom_components.cisco_unified_presence.arbitration import OwnPresence

from .sentence import Sentence

SENTENCES = {
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
    "9 on air": Sentence(
        rule="""
people: [anna, ben]
when: {condition: state, entity_id: binary_sensor.on_air, state: "on"}
presence: do_not_disturb
note: On air
priority: 50
insist: true
""",
        states={"binary_sensor.on_air": "on"},
        own={"anna": OwnPresence("do_not_disturb")},
        expected={"anna": ("do_not_disturb", "On air"), "ben": ("do_not_disturb", "On air")},
        otherwise={"binary_sensor.on_air": "off"},
    ),
    "15 busy during a mobile call": Sentence(
        rule="""
people: [anna, ben]
when: "{{ states('sensor.' ~ person.user ~ '_mobile') in ['ringing', 'offhook'] }}"
presence: busy
note: On the mobile
""",
        states={"sensor.anna_mobile": "offhook", "sensor.ben_mobile": "idle"},
        expected={"anna": ("busy", "On the mobile"), "ben": None},
        otherwise={"sensor.anna_mobile": "idle"},
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
}
