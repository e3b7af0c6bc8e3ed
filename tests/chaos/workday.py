"""What people and rooms do, and the presence that has to be requested because of it."""

import asyncio
from dataclasses import dataclass
from typing import assert_never

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


class Workday:
    """Carries out the acts of a course and knows their consequences."""

    def __init__(self, home: RestartableHomeAssistant, server: RestartableServer) -> None:
        self._home = home
        self._server = server
        self._manual: dict[str, set[ManualSetting | None]] = {
            user: {None} for user in scenario.CONTROLLED
        }
        self._latest = 0.0

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
                await self._home.set_room(act.whom, "on")
            case ActKind.LEAVE:
                await self._home.set_room(act.whom, "off")
            case _:
                assert_never(act.kind)

    def _person(self, act: Act) -> Person:
        return self._server.simulator.deployment.people[act.whom]

    async def _ask_home_assistant(self, act: Act) -> None:
        hass = self._home.hass
        if hass is None:
            return
        before, after = self._manual[act.whom], _manual(act)
        try:
            await hass.services.async_call(DOMAIN, *_call(act), blocking=True)
        except HomeAssistantError:
            # A failed action changes nothing.
            return
        except asyncio.CancelledError:
            self._manual[act.whom] = before | {after}
            raise
        self._manual[act.whom] = {after}

    def note_time(self) -> None:
        """Remember the latest wall-clock time, before the clock is set."""
        self._latest = max(self._latest, dt_util.utcnow().timestamp())

    def requested_for(self, user: str) -> set[RequestedPresence | None]:
        """Return the presences that may be requested for a person without manual changes."""
        now, wall = _now(), dt_util.utcnow().timestamp()
        possible = set[RequestedPresence | None]()
        for manual in self._manual[user]:
            if manual is not None and True in manual.may_be(now, wall, self._latest):
                possible.add(RequestedPresence(manual.word))
            if manual is None or False in manual.may_be(now, wall, self._latest):
                possible.add(self._requested_by_rules(user))
        return possible

    def _requested_by_rules(self, user: str) -> RequestedPresence | None:
        holding = [
            rule
            for rule in scenario.RULES
            if user in rule.people and self._home.rooms[rule.room] == "on"
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
