"""What chaos expects to be requested for people."""

from typing import cast
from unittest.mock import Mock

from freezegun.api import FrozenDateTimeFactory
import pytest

from bench.loop_clock import LoopClock
from bench.working_week.scenario import MONDAY
from cup_simulator.deployment import Deployment
from cup_simulator.model import Device, Presence, Status
from cup_simulator.server import Simulator
from custom_components.cisco_unified_presence.states import PRESENCES

from . import rules, scenario
from .course import ALL, Act, ActKind, Shape
from .home_assistant import RestartableHomeAssistant
from .rules import OVERRULED_FOR, RULES, RequestedPresence
from .server import RestartableServer, _configuration
from .settings import ManualSetting
from .workday import Workday, _change_doors

BUSY_AT_DESK = RequestedPresence("BUSY", "At the desk of clara")


class FakeHome:
    """A Home Assistant of which only the configuration counts."""

    hass = None
    people = frozenset(scenario.USERS)
    added_rules = frozenset[str]()
    groups: rules.Groups = scenario.GROUPS
    has_rich_presence = True
    time_zone = "UTC"

    def __init__(self) -> None:
        self.rooms = dict.fromkeys(scenario.ROOMS, "off")

    async def set_room(self, room: str, state: str) -> None:
        self.rooms[room] = state


def workday_of(home: FakeHome, deployment: Deployment | None = None) -> Workday:
    deployment = deployment or Deployment(_configuration(Shape()), LoopClock(), Mock())
    server = Mock(
        RestartableServer, is_running=True, simulator=Mock(Simulator, deployment=deployment)
    )
    return Workday(cast("RestartableHomeAssistant", home), server)


async def test_rules_by_time_hold_by_the_time_zone_of_home_assistant(
    freezer: FrozenDateTimeFactory,
) -> None:
    freezer.move_to(MONDAY)
    home = FakeHome()
    workday = workday_of(home)
    assert workday.requested_for("clara") == {None}

    home.time_zone = "Asia/Tokyo"

    assert workday.requested_for("clara") == {RequestedPresence("BUSY")}


async def test_nothing_is_requested_for_people_who_were_removed(
    freezer: FrozenDateTimeFactory,
) -> None:
    freezer.move_to(MONDAY)
    home = FakeHome()
    home.rooms["binary_sensor.studio"] = "on"
    workday = workday_of(home)
    assert workday.requested_for("clara") == {RequestedPresence("DND")}

    home.people = frozenset({"anna"})

    assert workday.requested_for("clara") == {None}


async def test_a_rule_that_is_added_counts(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(MONDAY)
    home = FakeHome()
    home.rooms["binary_sensor.canteen"] = "on"
    workday = workday_of(home)
    assert workday.requested_for("clara") == {RequestedPresence("AWAY")}

    home.added_rules = frozenset({"Visitors"})

    assert workday.requested_for("clara") == {RequestedPresence("BUSY", "With visitors")}


class _Office:
    """Home Assistant, the server and what is expected, on Monday at midnight."""

    def __init__(self) -> None:
        self.home = FakeHome()
        deployment = Deployment(_configuration(Shape()), LoopClock(), Mock())
        self.people = deployment.people
        self.workday = workday_of(self.home, deployment)

    def occupy(self, *rooms: str) -> None:
        self.home.rooms.update(dict.fromkeys(rooms, "on"))

    async def act(self, kind: ActKind, whom: str, word: str = "") -> None:
        await self.workday.act(Act(at=0.0, kind=kind, whom=whom, word=word))

    def pause(self, kind: ActKind, whom: str, rule: str = "") -> None:
        """Pause or resume rules, as a successful action does."""
        act = Act(at=0.0, kind=kind, whom=whom, word=rule)
        self.workday._settings.change_doors(
            lambda doors: _change_doors(act, None, doors), surely=True
        )

    def set_manually(self, user: str, word: str) -> None:
        """Set a presence, as a successful action does."""
        act = Act(at=0.0, kind=ActKind.SET, whom=user, word=word)
        after = ManualSetting(PRESENCES[word], 0.0, 0.0, 0.0)
        self.workday._settle(act, after, set(), surely=True)

    def requested(self, user: str) -> set[RequestedPresence | None]:
        return self.workday.requested_for(user)


@pytest.fixture
def office(freezer: FrozenDateTimeFactory, socket_enabled: None) -> _Office:
    freezer.move_to(MONDAY)
    return _Office()


async def test_a_rule_yields_to_the_own_presence(office: _Office) -> None:
    office.occupy(scenario.desk_of("clara"))
    assert office.requested("clara") == {BUSY_AT_DESK}

    await office.act(ActKind.REPORT, "clara", "BUSY")
    assert office.requested("clara") == {None}

    await office.act(ActKind.REPORT, "clara", "DND")
    assert office.requested("clara") == {BUSY_AT_DESK}


async def test_without_rich_presence_the_own_presence_is_not_known_while_something_is_set(
    office: _Office,
) -> None:
    office.home.has_rich_presence = False
    office.occupy(scenario.desk_of("clara"))
    await office.act(ActKind.REPORT, "clara", "BUSY")
    assert office.requested("clara") == {None}

    office.people.set_override(office.people["clara"], Device("x", Status(Presence.BUSY)), 7200)

    assert office.requested("clara") >= {None, BUSY_AT_DESK}


async def test_what_is_set_wins_over_all_rules_but_those_that_beat_it(office: _Office) -> None:
    office.occupy(scenario.STUDIO)
    office.set_manually("clara", "away")
    assert office.requested("clara") == {RequestedPresence("AWAY")}

    office.occupy(scenario.DRILL)

    assert office.requested("clara") == {RequestedPresence("AWAY", "Fire drill")}
    assert office.requested("dora") == {RequestedPresence("DND")}


async def test_a_rule_hands_the_people_of_a_group_back_to_their_devices(office: _Office) -> None:
    office.occupy(scenario.STUDIO, scenario.OFF_DUTY)
    assert office.requested("clara") == {None}
    assert office.requested("dora") == {RequestedPresence("DND")}

    office.home.groups = {**scenario.GROUPS, scenario.CHANGING_GROUP: ("dora",)}

    assert office.requested("clara") == {RequestedPresence("DND")}
    assert office.requested("dora") == {None}


async def test_rules_depend_on_the_person(office: _Office) -> None:
    office.occupy(scenario.CANTEEN, scenario.desk_of("clara"))

    assert office.requested("clara") == {BUSY_AT_DESK}
    assert office.requested("dora") == {RequestedPresence("AWAY")}


async def test_the_own_presence_is_an_input(office: _Office) -> None:
    await office.act(ActKind.REPORT, "dora", "AWAY")

    assert office.requested("dora") == {RequestedPresence("VACATION", "Out of the house")}


async def test_a_paused_rule_does_not_act(office: _Office) -> None:
    office.occupy(scenario.STUDIO, scenario.CANTEEN)
    office.pause(ActKind.PAUSE, ALL, "Studio")
    assert office.requested("dora") == {RequestedPresence("AWAY")}

    office.pause(ActKind.RESUME, "dora", "Studio")
    assert office.requested("dora") == {RequestedPresence("DND")}

    office.pause(ActKind.UNFOLLOW, "dora")
    assert office.requested("dora") == {None}

    office.workday.lose_pauses()
    assert office.requested("dora") == {None, RequestedPresence("DND")}


async def test_a_pause_goes_with_the_person(office: _Office) -> None:
    office.occupy(scenario.STUDIO)
    office.pause(ActKind.PAUSE, "dora")
    assert office.requested("dora") == {None}

    office.workday._settings.forget("dora")

    assert office.requested("dora") == {None, RequestedPresence("DND")}


async def test_what_a_person_may_have_overruled_is_requested_or_not(office: _Office) -> None:
    office.occupy(scenario.MEETING_ROOM)
    busy = RequestedPresence("BUSY", "In the meeting room")
    assert office.requested("emil") == {busy}

    await office.act(ActKind.CHOOSE, "emil", "VACATION")
    assert office.requested("emil") == {None, busy}

    await office.act(ActKind.UNCHOOSE, "emil")
    assert office.requested("emil") == {None, busy}


@pytest.mark.parametrize("rested", [True, False])
async def test_what_was_overruled_is_forgotten_once_no_rule_has_requested_it_for_a_while(
    office: _Office, *, rested: bool
) -> None:
    await office.act(ActKind.CHOOSE, "emil", "VACATION")
    await office.act(ActKind.UNCHOOSE, "emil")
    office.workday._touched["emil"] -= 60 if rested else 10
    office.workday.note_rest()

    office.occupy(scenario.MEETING_ROOM)
    assert (None in office.requested("emil")) is not rested
    office.occupy(scenario.STUDIO)
    assert None in office.requested("emil")


async def test_a_setting_ends_what_was_overruled(office: _Office) -> None:
    await office.act(ActKind.CHOOSE, "emil", "VACATION")
    await office.act(ActKind.UNCHOOSE, "emil")

    office.set_manually("emil", "busy")

    assert office.requested("emil") == {RequestedPresence("BUSY")}


def test_the_rules_use_every_word_and_have_priorities_of_their_own() -> None:
    words = {word for rule in RULES for word in rule.as_yaml()}

    assert words >= {"except", "variables", "yields_to", "beats_manual", "overruled_for", "note"}
    assert len({rule.priority for rule in RULES}) == len(RULES)
    assert any(rule.overruled_for == OVERRULED_FOR for rule in RULES)
