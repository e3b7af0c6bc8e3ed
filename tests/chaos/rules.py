"""The rules of all courses, and what they request, reckoned from their words alone."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from custom_components.cisco_unified_presence.states import PRESENCES
from tests.control.expected_rules import ExpectedGroups

from .scenario import (
    CANTEEN,
    CHANGING_GROUP,
    CONTROLLED,
    DRILL,
    MEETING_ROOM,
    OFF_DUTY,
    STAFF,
    STUDIO,
    WITHOUT_MANUAL_CHANGES,
    desk_of,
)

# A rule that says nothing else yields to this own presence.
YIELDS_TO: Final = frozenset({"do_not_disturb"})
# A rule that says nothing else: how many seconds a person's choice is respected.
OVERRULED_FOR: Final = 900
# The presence of a rule that hands people back to their own devices.
OWN: Final = "own"

type Groups = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class RequestedPresence:
    """A presence and the status message beside it."""

    word: str
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What conditions depend on, for one person.

    Attributes:
        rooms: The states of the sensors.
        now: The local time.
        own: The person's own presence, None while it is not known.
    """

    user: str
    rooms: Mapping[str, str]
    now: datetime
    own: str | None


@dataclass(frozen=True, slots=True)
class When:
    """A condition, as it is written and as it is meant."""

    written: dict[str, Any] | str
    holds: Callable[[Situation], bool]


def _occupied(room: str) -> When:
    written = {"condition": "state", "entity_id": room, "state": "on"}
    return When(written, lambda now: now.rooms[room] == "on")


def _between(begin: int, end: int) -> When:
    written = {"condition": "time", "after": f"{begin:02}:00:00", "before": f"{end:02}:00:00"}
    return When(written, lambda now: begin <= now.now.hour < end)


def _at_own_desk(now: Situation) -> bool:
    return now.rooms[desk_of(now.user)] == "on"


_AT_DESK: Final = When(
    {
        "condition": "cisco_unified_presence.linked_entity",
        "options": {"link": "desk", "state": "on"},
    },
    _at_own_desk,
)
_DESK_IS_LEFT: Final = When("{{ desk == 'off' }}", lambda now: not _at_own_desk(now))
_OWN_IS_AWAY: Final = When("{{ person.own == 'away' }}", lambda now: now.own == "away")


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceRule:
    """A rule.

    Attributes:
        people: User names and names of groups.
        note: `{user}` stands for the person.
        overruled_for: Seconds.
    """

    name: str
    people: tuple[str, ...]
    when: tuple[When, ...]
    presence: str
    priority: int
    excluded: tuple[str, ...] = ()
    variables: Mapping[str, str] | None = None
    note: str | None = None
    yields_to: frozenset[str] = YIELDS_TO
    beats_manual: bool = False
    overruled_for: int = OVERRULED_FOR

    def as_yaml(self) -> dict[str, Any]:
        """Return the rule as it is configured, without what is as usual."""
        usual = frozenset[str]() if self.presence == "do_not_disturb" else YIELDS_TO
        optional: dict[str, Any] = {
            "except": list(self.excluded),
            "variables": self.variables,
            "note": self.note and self.note.format(user="{{ person.user }}"),
            "beats_manual": self.beats_manual,
        }
        if self.yields_to != usual:
            optional["yields_to"] = sorted(self.yields_to)
        if self.overruled_for != OVERRULED_FOR:
            optional["overruled_for"] = {"seconds": self.overruled_for}
        return {
            "name": self.name,
            "people": list(self.people),
            "when": [each.written for each in self.when],
            "presence": self.presence,
            "priority": self.priority,
            **{key: value for key, value in optional.items() if value or key == "yields_to"},
        }

    def is_about(self, user: str, groups: Groups) -> bool:
        expected = ExpectedGroups(CONTROLLED, groups)
        return user in expected.people(self.people) - expected.people(self.excluded)

    def holds(self, now: Situation) -> bool:
        return all(each.holds(now) for each in self.when)

    def requested_for(self, user: str) -> RequestedPresence | None:
        if self.presence == OWN:
            return None
        note = self.note and self.note.format(user=user)
        return RequestedPresence(PRESENCES[self.presence], note)


def winning(
    acting: Iterable[PresenceRule], now: Situation, manual: str | None
) -> RequestedPresence | None:
    """Return what is requested for a person.

    Args:
        acting: The rules that are about the person, hold and are not paused.
        now: The situation of the person.
        manual: The presence that is set for the person.
    """
    free: Collection[PresenceRule] = [each for each in acting if now.own not in each.yields_to]
    if manual is not None:
        free = [each for each in free if each.beats_manual]
    if not free:
        return None if manual is None else RequestedPresence(manual)
    return max(free, key=lambda each: each.priority).requested_for(now.user)


# Each has a priority of its own.
RULES: Final = (
    PresenceRule(
        name="Fire drill",
        people=CONTROLLED,
        excluded=("dora",),
        when=(_occupied(DRILL),),
        presence="away",
        priority=90,
        note="Fire drill",
        yields_to=frozenset(),
        beats_manual=True,
        overruled_for=20,
    ),
    PresenceRule(
        name="Off duty",
        people=(CHANGING_GROUP,),
        when=(_occupied(OFF_DUTY),),
        presence=OWN,
        priority=60,
        yields_to=frozenset(),
    ),
    PresenceRule(
        name="Studio",
        people=CONTROLLED,
        when=(_occupied(STUDIO),),
        presence="do_not_disturb",
        priority=50,
        yields_to=frozenset(),
    ),
    PresenceRule(
        name="At the desk",
        people=(STAFF,),
        when=(_AT_DESK,),
        presence="busy",
        priority=20,
        note="At the desk of {user}",
        yields_to=frozenset({"away", "busy"}),
        overruled_for=20,
    ),
    PresenceRule(
        name="Meeting room",
        people=("clara", "emil"),
        when=(_occupied(MEETING_ROOM),),
        presence="busy",
        priority=10,
        note="In the meeting room",
        overruled_for=20,
    ),
    PresenceRule(
        name="Lunch",
        people=(STAFF,),
        when=(_occupied(CANTEEN), _DESK_IS_LEFT),
        variables={"desk": "{{ states('binary_sensor.desk_' ~ person.user) }}"},
        presence="away",
        priority=0,
        overruled_for=20,
    ),
    PresenceRule(
        name="Out",
        people=CONTROLLED,
        when=(_OWN_IS_AWAY,),
        presence="vacation",
        priority=-5,
        note="Out of the house",
        overruled_for=20,
    ),
    # It holds in some time zones, and after the clock was set.
    PresenceRule(
        name="Office hours",
        people=WITHOUT_MANUAL_CHANGES,
        when=(_between(8, 17),),
        presence="busy",
        priority=-10,
        yields_to=frozenset({"do_not_disturb", "offline"}),
    ),
)
# Added in the interface, and removed again, in the middle of a course.
ADDED_RULES: Final = {
    rule.name: rule
    for rule in (
        PresenceRule(
            name="Visitors",
            people=(CHANGING_GROUP, "dora"),
            when=(_occupied(CANTEEN),),
            presence="busy",
            priority=70,
            note="With visitors",
            overruled_for=20,
        ),
        PresenceRule(
            name="Quiet",
            people=(STAFF,),
            excluded=("clara",),
            when=(_occupied(MEETING_ROOM),),
            presence="vacation",
            priority=5,
            yields_to=frozenset(),
        ),
    )
}
ALL_RULES: Final = (*RULES, *ADDED_RULES.values())
