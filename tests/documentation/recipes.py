"""How the recipes by subject are played: what happens, and what each person is asked to show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

# A state, or a state and its attributes.
type Told = str | tuple[str, dict[str, Any]]

WITH_BEN = "ben@example.com (accepted), emma@example.com"
SUNSET = "2026-11-23T17:00:00+00:00"


@dataclass(frozen=True, slots=True)
class Played:
    """What happens, and what follows.

    Attributes:
        states: The states of entities, while which the rule is active.
        requested: The presence that is requested for each person; None: their own devices decide.
        note: The note of the people with a requested presence.
        seconds: How long it takes until the rule is active.
        ended_by: The states of entities that end the rule.
        ended_after: Or the time after which it ends.
    """

    states: Mapping[str, Told]
    requested: Mapping[str, str | None]
    note: str | None = None
    seconds: int = 0
    ended_by: Mapping[str, Told] = field(default_factory=dict)
    ended_after: int = 0


TODAY = date(2026, 11, 23)

RECIPES = {
    "Invited": Played(
        {"calendar.meeting_room": ("on", {"summary": "Review", "description": WITH_BEN})},
        {"anna": None, "ben": "busy"},
        ended_by={"calendar.meeting_room": "off"},
    ),
    "Timetable": Played(
        {"calendar.room_1": ("on", {"summary": "Maths (Anna)", "location": "Room 1"})},
        {"anna": "busy", "ben": None},
        note="In Room 1 until 13:00",
        ended_after=3600,
    ),
    "On call": Played(
        {"calendar.on_call": ("on", {"summary": "On call: Ben and Clara"})},
        {"anna": None, "ben": "available"},
        note="On call",
        ended_by={"calendar.on_call": ("on", {"summary": "On call: Clara"})},
    ),
    "Public holiday": Played(
        {
            "calendar.holidays": (
                "on",
                {"summary": "Thanksgiving", "start": TODAY, "end": TODAY + timedelta(1)},
            )
        },
        {"anna": "vacation", "ben": "vacation", "clara": None},
        note="Thanksgiving",
        ended_by={"calendar.holidays": ("on", {"summary": "Parade"})},
    ),
    "In a meeting until": Played(
        {"calendar.meeting_room": ("on", {"summary": "Review"})},
        {"anna": "busy"},
        note="in the meeting room",
        ended_after=3600,
    ),
    "From the other service": Played(
        {"select.anna_mode": "away"}, {"anna": "away"}, ended_by={"select.anna_mode": "available"}
    ),
    "Room in use": Played(
        {"binary_sensor.meeting_room_occupancy": "on"},
        {"anna": "busy"},
        ended_by={"binary_sensor.meeting_room_occupancy": "off"},
    ),
    "Meeting room": Played(
        {"binary_sensor.meeting_room_occupancy": "on"},
        {"anna": "busy"},
        seconds=60,
        ended_by={"binary_sensor.meeting_room_occupancy": "off"},
    ),
    "By title": Played(
        {"calendar.anna_focus": ("on", {"summary": "Focus"})},
        {"anna": "do_not_disturb", "ben": None},
        note="Focus",
        ended_by={"calendar.anna_focus": "off"},
    ),
    "Badges": Played(
        {"sensor.room_3_badge": "clara"},
        {"anna": None, "ben": None, "clara": "busy"},
        note="In room 3",
        ended_by={"sensor.room_3_badge": ""},
    ),
    "Visitor": Played(
        {"binary_sensor.anna_visitor": "on"},
        {"anna": "busy", "ben": None},
        note="With a visitor",
        seconds=60,
        ended_by={"binary_sensor.anna_visitor": "off"},
    ),
    "Commute": Played(
        {"person.anna": "Station"},
        {"anna": "away", "ben": None},
        note="On the way: Station",
        ended_by={"person.anna": "home"},
    ),
    "Open day": Played(
        {"schedule.open_day": "on"},
        {"anna": "busy", "ben": "busy", "clara": None},
        note="In office",
        ended_by={"schedule.open_day": "off"},
    ),
    "Reception": Played(
        {"binary_sensor.clara_desk": "on"},
        {"clara": "available"},
        ended_by={"binary_sensor.clara_desk": "off"},
    ),
    "Roster": Played(
        {"input_select.hotline": "Ben"},
        {"anna": None, "ben": "available"},
        note="Hotline",
        ended_by={"input_select.hotline": "None"},
    ),
    "On the mobile": Played(
        {"sensor.anna_mobile": "offhook"},
        {"anna": "busy", "ben": None},
        note="On the mobile",
        ended_by={"sensor.anna_mobile": "idle"},
    ),
    "Teams": Played(
        {"sensor.anna_teams": ("do_not_disturb", {"message": "Presenting"})},
        {"anna": "do_not_disturb", "ben": None},
        note="Presenting",
        ended_by={"sensor.anna_teams": "unknown_to_us"},
    ),
    "Lunch hour": Played(
        {"input_boolean.lunch": "on"}, {"anna": "away"}, note="At lunch", ended_after=3600
    ),
    "Quiet hours": Played(
        {"schedule.quiet_hours": ("on", {"next_event": SUNSET})},
        {"anna": "do_not_disturb", "ben": "do_not_disturb"},
        ended_by={"schedule.quiet_hours": "off"},
    ),
    "Until sunset": Played(
        {
            "sun.sun": ("above_horizon", {"next_setting": SUNSET}),
            "binary_sensor.workshop_occupancy": "on",
        },
        {"clara": "busy"},
        ended_by={"binary_sensor.workshop_occupancy": "off"},
    ),
    "Assembly": Played(
        {"schedule.assembly": "on"},
        {"anna": "away", "ben": "away", "clara": None},
        ended_by={"schedule.assembly": "off"},
    ),
    "Training": Played(
        {"schedule.training": "on"},
        {"anna": "busy", "ben": None},
        ended_by={"schedule.training": "off"},
    ),
    "Lunch, with care": Played(
        {"input_boolean.lunch": "on"},
        {"anna": "away", "ben": "away"},
        ended_by={"input_boolean.lunch": "off"},
    ),
    "Front desk meeting": Played(
        {"binary_sensor.meeting_room": "on"},
        {"anna": "busy", "ben": "busy"},
        ended_by={"binary_sensor.meeting_room": "off"},
        ended_after=300,
    ),
}
