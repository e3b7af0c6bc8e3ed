"""What people and rooms do, and the presence that has to be requested because of it."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
import math
from typing import Final
from zoneinfo import ZoneInfo

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from cup_simulator.model import JABBER, Presence, Status
from cup_simulator.people import Person
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.states import PRESENCES

from . import scenario
from .course import Act, ActKind
from .home_assistant import RestartableHomeAssistant
from .server import RestartableServer

# Seconds after which a rule has begun or ended because of time, and the server has been told.
TIMELINESS: Final = 75.0


@dataclass(frozen=True, slots=True)
class RequestedPresence:
    """A presence and the status message beside it."""

    word: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ManualSetting:
    """A presence that was set by an action.

    It ends by wall-clock time. When that clock is set meanwhile, it may end at the time shown or
    after the duration; between the two both are right.
    """

    word: str
    begun: float
    lasts: float
    ends_at: float

    def may_be(self, now: float, wall: float, latest: float) -> set[bool]:
        """Return which answers to "does it still apply?" are right.

        Args:
            now: Monotonic seconds.
            wall: Wall-clock time.
            latest: The latest wall-clock time so far.
        """
        if not self.lasts:
            return {True}
        over = now >= self.begun + self.lasts
        if over and wall >= self.ends_at:
            return {False}
        return {True, False} if over or max(wall, latest) >= self.ends_at else {True}


# By user id, the settings that may apply, None for no setting.
type Settings = Mapping[str, set[ManualSetting | None]]


class Workday:
    """Carries out the acts of a course and knows their consequences."""

    def __init__(self, home: RestartableHomeAssistant, server: RestartableServer) -> None:
        self._home = home
        self._server = server
        self._manual: dict[str, set[ManualSetting | None]] = {
            user: {None} for user in scenario.CONTROLLED
        }
        self._latest = 0.0
        # When something last changed that may change what is requested for a person.
        self._touched = dict.fromkeys(scenario.CONTROLLED, -math.inf)

    async def act(self, act: Act) -> None:
        match act.kind:
            case ActKind.CHOOSE | ActKind.UNCHOOSE | ActKind.REPORT if not self._server.is_running:
                # The person's own client cannot reach the server.
                return
            case ActKind.CHOOSE:
                people = self._server.simulator.deployment.people
                people.choose_by_hand(self._person(act), Status(Presence(act.word)), JABBER)
            case ActKind.UNCHOOSE:
                self._server.simulator.deployment.people.be_automatic(self._person(act))
            case ActKind.REPORT:
                people = self._server.simulator.deployment.people
                people.report(self._person(act), Status(Presence(act.word)), JABBER)
            case ActKind.SET | ActKind.CLEAR:
                await self._ask_home_assistant(act)
            case ActKind.ENTER:
                await self._set_room(act.whom, "on")
            case ActKind.LEAVE:
                await self._set_room(act.whom, "off")
            case _:
                self._change_configuration(act)

    def _person(self, act: Act) -> Person:
        return self._server.simulator.deployment.people[act.whom]

    def _change_configuration(self, act: Act) -> None:
        self.touch()
        match act.kind:
            case ActKind.ADD_PERSON:
                self._home.add_person(act.whom)
            case ActKind.REMOVE_PERSON:
                # The setting is forgotten with the person, unless they return before that.
                if act.whom in self._manual:
                    self.forget_settings([act.whom])
                self._home.remove_person(act.whom)
            case ActKind.ADD_RULE:
                self._home.add_rule(act.whom)
            case ActKind.REMOVE_RULE:
                self._home.remove_rule(act.whom)
            case _:
                raise ValueError(f"{act} is no change of the configuration")

    def add_all_people(self) -> None:
        """Add the people who were removed."""
        self.touch()
        for user in scenario.USERS:
            self._home.add_person(user)

    async def _set_room(self, room: str, state: str) -> None:
        self.touch()
        await self._home.set_room(room, state)

    async def _ask_home_assistant(self, act: Act) -> None:
        hass = self._home.hass
        if hass is None or act.whom not in self._home.people:
            return
        before, after = self._manual[act.whom], _manual(act)
        self.touch([act.whom])
        try:
            await hass.services.async_call(DOMAIN, *_call(act), blocking=True)
        except HomeAssistantError:
            # A failed action changes nothing.
            return
        except asyncio.CancelledError:
            self._manual[act.whom] = before | {after}
            raise
        finally:
            self.touch([act.whom])
        removed = {None} if act.whom not in self._home.people else set()
        self._manual[act.whom] = {after, *removed}

    def touch(self, users: Iterable[str] = scenario.CONTROLLED) -> None:
        """Note that what is requested for these people may change now."""
        self._touched.update(dict.fromkeys(users, _now()))

    def forget_settings(self, users: Iterable[str] = scenario.CONTROLLED) -> None:
        """Note that the settings of these people may be lost."""
        self.touch()
        for user in users:
            self._manual[user].add(None)

    def settings(self) -> Settings:
        """Return a copy of what may be set for whom."""
        return {user: set(settings) for user, settings in self._manual.items()}

    def restore_settings(self, settings: Settings) -> None:
        """Note that what was set then is set again."""
        self.touch()
        self._manual = {user: set(each) for user, each in settings.items()}

    def note_time(self) -> None:
        """Remember the latest wall-clock time, before the clock is set."""
        self.touch()
        self._latest = max(self._latest, dt_util.utcnow().timestamp())

    def requested_since(self, user: str, seconds: float) -> set[RequestedPresence | None]:
        """Return what may have been requested for so long; nothing if that may have changed."""
        if _now() < self._touched[user] + seconds:
            return set()
        # The clocks differ by less than a second.
        return self.requested_for(user, before=-1.0) | self.requested_for(user, before=seconds)

    def requested_for(self, user: str, *, before: float = 0.0) -> set[RequestedPresence | None]:
        """Return the presences that may be requested for a person without manual changes.

        Args:
            user: The person.
            before: So many seconds before now, if only time has changed something since.
        """
        if user not in self._home.people:
            return {None}
        now, wall = _now() - before, dt_util.utcnow().timestamp() - before
        possible = set[RequestedPresence | None]()
        for manual in self._manual[user]:
            if manual is not None and True in manual.may_be(now, wall, self._latest):
                possible.add(RequestedPresence(manual.word))
            if manual is None or False in manual.may_be(now, wall, self._latest):
                possible.add(self._requested_by_rules(user, wall))
                possible.add(self._requested_by_rules(user, wall - TIMELINESS))
        return possible

    def _requested_by_rules(self, user: str, wall: float) -> RequestedPresence | None:
        local = datetime.fromtimestamp(wall, UTC).astimezone(ZoneInfo(self._home.time_zone))
        added = [scenario.ADDED_RULES[name] for name in self._home.added_rules]
        holding = [
            rule
            for rule in (*scenario.RULES, *added)
            if user in rule.people and rule.holds(self._home.rooms, local)
        ]
        if not holding:
            return None
        best = max(holding, key=lambda rule: rule.priority)
        return RequestedPresence(PRESENCES[best.presence], best.note)


def _call(act: Act) -> tuple[str, dict[str, object]]:
    target: dict[str, object] = {"entity_id": scenario.sensor_of(act.whom)}
    if act.kind is ActKind.CLEAR:
        return "clear_presence", target
    duration = {"duration": {"seconds": act.lasts}} if act.lasts else {}
    return "set_presence", {**target, "presence": act.word, **duration}


def _manual(act: Act) -> ManualSetting | None:
    """Return the setting that the action leads to when it is called now."""
    if act.kind is ActKind.CLEAR:
        return None
    wall = dt_util.utcnow().timestamp()
    return ManualSetting(PRESENCES[act.word], _now(), act.lasts, wall + act.lasts)


def _now() -> float:
    return asyncio.get_running_loop().time()
