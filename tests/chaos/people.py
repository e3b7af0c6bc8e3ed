"""What people and rooms do, and what should be wanted of whom because of it."""

import asyncio
from dataclasses import dataclass
from typing import assert_never

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from cup_simulator.model import JABBER, Presence, Status
from cup_simulator.people import Person
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.states import PRESENCES

from . import cast
from .course import Act, ActKind
from .house import House
from .office import Office


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to stand at the server: the word, and the message beside it."""

    word: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Manual:
    """What was set through Home Assistant.

    It ends by the clock on the wall. Who sets that clock may make it end at the time it shows or
    when so much time has passed; what lies between the two is both right.
    """

    word: str
    begun: float
    lasts: float
    ends_at: float

    def may_be(self, now: float, wall: float, latest: float) -> set[bool]:
        """Return whether it may stand still, and whether it may have ended.

        Args:
            now: Seconds that only ever grow.
            wall: What the clock on the wall shows.
            latest: The latest that it has ever shown.
        """
        if not self.lasts:
            return {True}
        over = now >= self.begun + self.lasts
        if over and wall >= self.ends_at:
            return {False}
        return {True, False} if over or max(wall, latest) >= self.ends_at else {True}


class People:
    """Everybody who does something."""

    def __init__(self, house: House, office: Office) -> None:
        """Let nobody have done anything yet."""
        self._house = house
        self._office = office
        self._manual: dict[str, set[Manual | None]] = {user: {None} for user in cast.CONTROLLED}
        self._latest = 0.0

    async def act(self, act: Act) -> None:
        """Do what somebody does."""
        match act.kind:
            case ActKind.CHOOSE | ActKind.UNCHOOSE | ActKind.REPORT if not self._office.is_running:
                # Whose client has no server has nobody to tell.
                return
            case ActKind.CHOOSE:
                people = self._office.simulator.deployment.people
                people.choose_by_hand(self._person(act), Status(Presence(act.word)), JABBER)
            case ActKind.UNCHOOSE:
                self._office.simulator.deployment.people.be_automatic(self._person(act))
            case ActKind.REPORT:
                people = self._office.simulator.deployment.people
                people.report(self._person(act), Status(Presence(act.word)), JABBER)
            case ActKind.HOLD | ActKind.CLEAR:
                await self._ask_home_assistant(act)
            case ActKind.ENTER:
                await self._house.set_room(act.whom, "on")
            case ActKind.LEAVE:
                await self._house.set_room(act.whom, "off")
            case _:
                assert_never(act.kind)

    def _person(self, act: Act) -> Person:
        return self._office.simulator.deployment.people[act.whom]

    async def _ask_home_assistant(self, act: Act) -> None:
        hass = self._house.hass
        if hass is None:
            return
        before, after = self._manual[act.whom], _manual(act)
        try:
            await hass.services.async_call(DOMAIN, *_call(act), blocking=True)
        except HomeAssistantError:
            # It failed, and so has changed nothing.
            return
        except asyncio.CancelledError:
            self._manual[act.whom] = before | {after}
            raise
        self._manual[act.whom] = {after}

    def note_time(self) -> None:
        """Note the time, before the clock is set."""
        self._latest = max(self._latest, dt_util.utcnow().timestamp())

    def wishes(self, user: str) -> set[Wish | None]:
        """Return what may be wanted of somebody who chooses nothing by hand: mostly one thing."""
        now, wall = _now(), dt_util.utcnow().timestamp()
        wishes = set[Wish | None]()
        for manual in self._manual[user]:
            if manual is not None and True in manual.may_be(now, wall, self._latest):
                wishes.add(Wish(manual.word))
            if manual is None or False in manual.may_be(now, wall, self._latest):
                wishes.add(self._wish_of_rules(user))
        return wishes

    def _wish_of_rules(self, user: str) -> Wish | None:
        holding = [
            rule
            for rule in cast.RULES
            if user in rule.people and self._house.rooms[rule.room] == "on"
        ]
        if not holding:
            return None
        best = max(holding, key=lambda rule: rule.priority)
        return Wish(PRESENCES[best.presence], best.note)


def _call(act: Act) -> tuple[str, dict[str, object]]:
    target: dict[str, object] = {"entity_id": cast.sensor_of(act.whom)}
    if act.kind is ActKind.CLEAR:
        return "clear_presence", target
    duration = {"duration": {"seconds": act.lasts}} if act.lasts else {}
    return "set_presence", {**target, "presence": act.word, **duration}


def _manual(act: Act) -> Manual | None:
    """Return what stands once Home Assistant has been asked, which it is now."""
    if act.kind is ActKind.CLEAR:
        return None
    wall = dt_util.utcnow().timestamp()
    return Manual(PRESENCES[act.word], _now(), act.lasts, wall + act.lasts)


def _now() -> float:
    return asyncio.get_running_loop().time()
