"""What calendars say of people."""

from tests.common.calendars import meeting, whole_day
from tests.common.rules import ANNA

from .sentence import Sentence

SENTENCES = {
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
    "5 by event title, any other is Busy": Sentence(
        rule="""
people: [anna, ben]
variables: {words: {vacation: vacation, focus: do_not_disturb}}
when:
  - condition: cisco_unified_presence.calendar_event
    options: {linked: calendar}
presence: "{{ words.get(event.summary | lower, 'busy') }}"
note: "{{ event.summary }}"
""",
        states={"calendar.anna": [meeting("Budget", 11, 13)]},
        expected={"anna": ("busy", "Budget"), "ben": None},
        otherwise={"calendar.anna": []},
    ),
    "10 school timetable by room": Sentence(
        rule="""
people: [anna, ben]
when:
  - condition: cisco_unified_presence.calendar_event
    target: {entity_id: [calendar.room_1, calendar.room_2]}
    options: {title: "*({{ person.name }})"}
presence: busy
note: "In {{ event.location }} until {{ event.end.strftime('%H:%M') }}"
""",
        states={
            "calendar.room_1": [meeting("Maths (Anna)", 11.5, 12.25, location="Room 1")],
            "calendar.room_2": [meeting("Physics (Ben)", 13, 13.75, location="Room 2")],
        },
        expected={"anna": ("busy", "In Room 1 until 12:15"), "ben": None},
        otherwise={"calendar.room_1": [meeting("Maths (Clara)", 11.5, 12.25)]},
    ),
    "17 public holidays": Sentence(
        rule="""
people: [{label_id: staff}]
when:
  - condition: cisco_unified_presence.calendar_event
    target: {entity_id: calendar.holidays}
    options: {all_day: true}
presence: vacation
note: "{{ event.summary }}"
""",
        states={"calendar.holidays": [whole_day("Labor Thanksgiving Day")]},
        expected={
            "anna": ("vacation", "Labor Thanksgiving Day"),
            "ben": ("vacation", "Labor Thanksgiving Day"),
        },
        otherwise={"calendar.holidays": [meeting("Parade", 11, 13)]},
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
}
