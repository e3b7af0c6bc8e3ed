"""What chaos expects to be requested for people."""

from typing import cast
from unittest.mock import Mock

from freezegun.api import FrozenDateTimeFactory
from homeassistant.exceptions import HomeAssistantError
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
OUT_OF_THE_HOUSE = RequestedPresence("VACATION", "Out of the house")


class FakeHome:
    """A Home Assistant of which only the configuration counts."""

    hass: Mock | None = None
    ended = 0
    people = frozenset(scenario.USERS)
    added_rules = frozenset[str]()
    groups: rules.Groups = scenario.GROUPS
    has_rich_presence = True
    is_loaded = True
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


class _Installation:
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
def installation(freezer: FrozenDateTimeFactory, socket_enabled: None) -> _Installation:
    freezer.move_to(MONDAY)
    return _Installation()


async def test_a_rule_yields_to_the_own_presence(installation: _Installation) -> None:
    installation.occupy(scenario.desk_of("clara"))
    assert installation.requested("clara") == {BUSY_AT_DESK}

    await installation.act(ActKind.REPORT, "clara", "BUSY")
    assert installation.requested("clara") == {None}

    await installation.act(ActKind.REPORT, "clara", "DND")
    assert installation.requested("clara") == {BUSY_AT_DESK}


async def test_the_own_presence_may_be_known_late_while_something_fails(
    installation: _Installation,
) -> None:
    installation.occupy(scenario.desk_of("clara"))
    await installation.act(ActKind.REPORT, "clara", "BUSY")
    await installation.act(ActKind.REPORT, "clara", "AVAILABLE")
    workday = installation.workday
    workday._touched["clara"] -= 60

    assert installation.requested("clara") == {BUSY_AT_DESK}
    assert workday.requested_since("clara", 60) == {BUSY_AT_DESK, None}

    workday.note_rest()
    await installation.act(ActKind.REPORT, "clara", "AWAY")
    workday._touched["clara"] -= 60
    assert workday.requested_since("clara", 60) == {OUT_OF_THE_HOUSE, BUSY_AT_DESK}
    workday.note_rest()
    assert workday.requested_since("clara", 60) == {OUT_OF_THE_HOUSE}
    workday.note_fault()
    assert workday.requested_since("clara", 60) == {OUT_OF_THE_HOUSE, BUSY_AT_DESK}


async def test_without_rich_presence_the_own_presence_is_not_known_while_something_is_set(
    installation: _Installation,
) -> None:
    installation.home.has_rich_presence = False
    installation.occupy(scenario.desk_of("clara"))
    await installation.act(ActKind.REPORT, "clara", "BUSY")
    assert installation.requested("clara") == {None}

    installation.people.set_override(
        installation.people["clara"], Device("x", Status(Presence.BUSY)), 7200
    )

    assert installation.requested("clara") >= {None, BUSY_AT_DESK}


async def test_what_is_set_wins_over_all_rules_but_those_that_beat_it(
    installation: _Installation,
) -> None:
    installation.occupy(scenario.STUDIO)
    installation.set_manually("clara", "away")
    assert installation.requested("clara") == {RequestedPresence("AWAY")}

    installation.occupy(scenario.DRILL)

    assert installation.requested("clara") == {RequestedPresence("AWAY", "Fire drill")}
    assert installation.requested("dora") == {RequestedPresence("DND")}


async def test_a_rule_hands_the_people_of_a_group_back_to_their_devices(
    installation: _Installation,
) -> None:
    installation.occupy(scenario.STUDIO, scenario.OFF_DUTY)
    assert installation.requested("clara") == {None}
    assert installation.requested("dora") == {RequestedPresence("DND")}

    installation.home.groups = {**scenario.GROUPS, scenario.CHANGING_GROUP: ("dora",)}

    assert installation.requested("clara") == {RequestedPresence("DND")}
    assert installation.requested("dora") == {None}


async def test_rules_depend_on_the_person(installation: _Installation) -> None:
    installation.occupy(scenario.CANTEEN, scenario.desk_of("clara"))

    assert installation.requested("clara") == {BUSY_AT_DESK}
    assert installation.requested("dora") == {RequestedPresence("AWAY")}


async def test_the_own_presence_is_an_input(installation: _Installation) -> None:
    await installation.act(ActKind.REPORT, "dora", "AWAY")

    assert installation.requested("dora") == {RequestedPresence("VACATION", "Out of the house")}


@pytest.mark.parametrize("killed", [True, False])
async def test_an_action_that_fails_by_a_kill_may_have_been_stored(
    installation: _Installation, *, killed: bool
) -> None:
    async def fail(*_: object, **__: object) -> None:
        installation.home.ended += killed
        raise HomeAssistantError

    installation.home.hass = Mock(services=Mock(async_call=fail))

    await installation.act(ActKind.SET, "clara", "busy")

    assert installation.requested("clara") == (
        {None, RequestedPresence("BUSY")} if killed else {None}
    )


async def test_a_paused_rule_does_not_act(installation: _Installation) -> None:
    installation.occupy(scenario.STUDIO, scenario.CANTEEN)
    installation.pause(ActKind.PAUSE, ALL, "Studio")
    assert installation.requested("dora") == {RequestedPresence("AWAY")}

    installation.pause(ActKind.RESUME, "dora", "Studio")
    assert installation.requested("dora") == {RequestedPresence("DND")}

    installation.pause(ActKind.UNFOLLOW, "dora")
    assert installation.requested("dora") == {None}

    installation.workday.lose_pauses()
    assert installation.requested("dora") == {None, RequestedPresence("DND")}


async def test_a_pause_goes_with_the_person(installation: _Installation) -> None:
    installation.occupy(scenario.STUDIO)
    installation.pause(ActKind.PAUSE, "dora")
    assert installation.requested("dora") == {None}

    installation.workday._settings.forget("dora")

    assert installation.requested("dora") == {None, RequestedPresence("DND")}


async def test_what_a_person_may_have_overruled_is_requested_or_not(
    installation: _Installation,
) -> None:
    installation.occupy(scenario.MEETING_ROOM)
    busy = RequestedPresence("BUSY", "In the meeting room")
    assert installation.requested("emil") == {busy}

    await installation.act(ActKind.CHOOSE, "emil", "VACATION")
    assert installation.requested("emil") == {None, busy}

    await installation.act(ActKind.UNCHOOSE, "emil")
    assert installation.requested("emil") == {None, busy}


async def test_what_a_person_has_surely_overruled_is_not_requested(
    installation: _Installation,
) -> None:
    installation.occupy(scenario.MEETING_ROOM)
    busy = RequestedPresence("BUSY", "In the meeting room")
    override = Device("pws-override", Status(Presence.BUSY, note="In the meeting room"))
    installation.people.set_override(installation.people["emil"], override, 7200)
    await installation.act(ActKind.CHOOSE, "emil", "VACATION")
    assert installation.requested("emil") == {None}

    at_desk = RequestedPresence("BUSY", "At the desk of emil")
    installation.occupy(scenario.desk_of("emil"))
    assert installation.requested("emil") == {None, at_desk}

    installation.home.rooms[scenario.desk_of("emil")] = "off"
    installation.workday.note_fault()
    assert installation.requested("emil") == {None, busy}


@pytest.mark.parametrize("rested", [True, False])
async def test_what_was_overruled_is_forgotten_once_no_rule_has_requested_it_for_a_while(
    installation: _Installation, *, rested: bool
) -> None:
    await installation.act(ActKind.CHOOSE, "emil", "VACATION")
    await installation.act(ActKind.UNCHOOSE, "emil")
    installation.workday._touched["emil"] -= 60 if rested else 10
    installation.workday.note_rest()

    installation.occupy(scenario.MEETING_ROOM)
    assert (None in installation.requested("emil")) is not rested
    installation.occupy(scenario.STUDIO)
    assert None in installation.requested("emil")


async def test_a_setting_ends_what_was_overruled(installation: _Installation) -> None:
    await installation.act(ActKind.CHOOSE, "emil", "VACATION")
    await installation.act(ActKind.UNCHOOSE, "emil")

    installation.set_manually("emil", "busy")

    assert installation.requested("emil") == {RequestedPresence("BUSY")}


def test_the_rules_use_every_word_and_have_priorities_of_their_own() -> None:
    words = {word for rule in RULES for word in rule.as_yaml()}

    assert words >= {"except", "variables", "yields_to", "beats_manual", "overruled_for", "note"}
    assert len({rule.priority for rule in RULES}) == len(RULES)
    assert any(rule.overruled_for == OVERRULED_FOR for rule in RULES)
