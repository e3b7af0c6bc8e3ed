"""What people and rooms do, and the presence that has to be requested because of it."""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
import math
from typing import Final
from zoneinfo import ZoneInfo

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from cup_simulator.composition import compose
from cup_simulator.model import JABBER, Presence, Status
from cup_simulator.people import Person
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.pws import Presence as PwsPresence
from custom_components.cisco_unified_presence.states import PRESENCES, STATES
from tests.control.expected_rules import ExpectedDoors

from . import scenario
from .course import ALL, Act, ActKind
from .home_assistant import RestartableHomeAssistant
from .rules import (
    ADDED_RULES,
    ALL_RULES,
    OVERRULED_FOR,
    RULES,
    PresenceRule,
    RequestedPresence,
    Situation,
    winning,
)
from .server import RestartableServer
from .settings import MANUAL, OVERRULABLE, ManualSetting, PossibleSettings

# Seconds after which a rule has begun or ended because of time, and the server has been told.
TIMELINESS: Final = 75.0
# How late the integration may notice that a rule has ended, when nothing fails.
OVERRULED_MARGIN: Final = 30.0
# Old servers do; nobody can tell whether a person has chosen it.
SHOWN_AS_AWAY: Final = frozenset({"BUSY", "VACATION"})
_OF_DOORS: Final = frozenset({ActKind.PAUSE, ActKind.RESUME, ActKind.FOLLOW, ActKind.UNFOLLOW})


class Workday:
    """Carries out the acts of a course and knows their consequences."""

    def __init__(self, home: RestartableHomeAssistant, server: RestartableServer) -> None:
        self._home = home
        self._server = server
        self._settings = PossibleSettings()
        self._latest = 0.0
        # Since the last check. During faults, the integration may know an earlier one, or none.
        self._recently_own: dict[str, set[str | None]] = {
            user: {None} for user in scenario.CONTROLLED
        }
        # Since nothing was set over it.
        self._chosen: dict[str, set[str | None]] = {
            user: set() for user in scenario.WITH_MANUAL_CHANGES
        }
        # What people have chosen over since a fault, and when, as long as that is sure.
        self._surely_overruled: dict[str, tuple[float, RequestedPresence | None]] = {}
        # When something last changed that may change what is requested for a person.
        self._touched = dict.fromkeys(scenario.CONTROLLED, -math.inf)

    async def act(self, act: Act) -> None:
        match act.kind:
            case ActKind.CHOOSE | ActKind.UNCHOOSE | ActKind.REPORT:
                # The person's own client may not reach the server.
                if self._server.is_running:
                    self._change_own(act)
            case ActKind.SET | ActKind.CLEAR:
                await self._ask_home_assistant(act)
            case ActKind.PAUSE | ActKind.RESUME | ActKind.FOLLOW | ActKind.UNFOLLOW:
                await self._ask_home_assistant(act)
            case ActKind.ENTER:
                await self._set_room(act.whom, "on")
            case ActKind.LEAVE:
                await self._set_room(act.whom, "off")
            case _:
                self._change_configuration(act)

    def _change_own(self, act: Act) -> None:
        """Let a person choose a presence in the own client, or a device report one."""
        self._touch_own(act.whom)
        over = self._surely_published(act.whom) if act.kind is ActKind.CHOOSE else None
        people, person = self._server.simulator.deployment.people, self._person(act)
        if act.kind is ActKind.UNCHOOSE:
            people.be_automatic(person)
        elif act.kind is ActKind.REPORT:
            people.report(person, Status(Presence(act.word)), JABBER)
        else:
            people.choose_by_hand(person, Status(Presence(act.word)), JABBER)
            if act.whom in self._settings.overruled:
                self._settings.overruled[act.whom] |= OVERRULABLE
                self._chosen[act.whom].add(_own_word(Status(Presence(act.word))))
        self._touch_own(act.whom)
        if (
            over
            and over.word != act.word
            and not (over.word in SHOWN_AS_AWAY and act.word == "AWAY")
        ):
            self._surely_overruled[act.whom] = _now(), over

    def _surely_published(self, user: str) -> RequestedPresence | None:
        """Return what is requested and published for a person, if that is sure."""
        override = self._server.simulator.deployment.people[user].override
        if override is None or user not in self._settings.overruled or not self._home.is_loaded:
            return None
        status = override.device.status
        published = RequestedPresence(status.presence, status.note or None)
        return published if self.requested_for(user) == {published} else None

    def _touch_own(self, user: str) -> None:
        """Note that a person's own presence changes."""
        if user in self._touched:
            self.touch([user])
            self._recently_own[user] |= self._own_presences(user)

    def _person(self, act: Act) -> Person:
        return self._server.simulator.deployment.people[act.whom]

    def _change_configuration(self, act: Act) -> None:
        self.touch()
        match act.kind:
            case ActKind.ADD_PERSON:
                if act.whom in self._recently_own:
                    self._recently_own[act.whom].add(None)
                self._home.add_person(act.whom)
            case ActKind.REMOVE_PERSON:
                self._settings.forget(act.whom)
                self._home.remove_person(act.whom)
            case ActKind.ADD_RULE:
                self._home.add_rule(act.whom)
            case ActKind.REMOVE_RULE:
                self._home.remove_rule(act.whom)
            case ActKind.CHANGE_GROUP:
                self._home.change_group(act.whom, act.word.split())
            case _:
                raise ValueError(f"{act} is no change of the configuration")

    def note_fault(self) -> None:
        """Note that the integration may lose what it knows of people's own presences."""
        self._surely_overruled.clear()
        for own in self._recently_own.values():
            own.add(None)

    def add_all_people(self) -> None:
        """Add the people who were removed."""
        self.touch()
        for user in scenario.USERS:
            self._home.add_person(user)

    async def _set_room(self, room: str, state: str) -> None:
        self.touch()
        await self._home.set_room(room, state)

    async def _ask_home_assistant(self, act: Act) -> None:
        """Call an action; what it leads to is uncertain when Home Assistant ends meanwhile."""
        hass, user = self._home.hass, act.whom
        if hass is None or (user != ALL and user not in self._home.people):
            return
        before, after = set(self._settings.manual.get(user, ())), _consequence(act)
        users = scenario.CONTROLLED if user == ALL else [user]
        self.touch(users)
        ended = self._home.ended
        try:
            if not await _call(hass, act):
                return
        except HomeAssistantError:
            # A failed action changes nothing, unless a kill has made it fail once it was stored.
            if self._home.ended != ended:
                self._settle(act, after, before, surely=False)
            return
        except asyncio.CancelledError:
            self._settle(act, after, before, surely=False)
            raise
        finally:
            self.touch(users)
        self._settle(act, after, before, surely=self._home.ended == ended)

    def _settle(
        self,
        act: Act,
        after: ManualSetting | datetime | None,
        before: set[ManualSetting | None],
        *,
        surely: bool,
    ) -> None:
        """Note what an action has led to."""
        user = act.whom
        if act.kind in _OF_DOORS:
            self._settings.change_doors(partial(_change_doors, act, after), surely=surely)
            return
        assert not isinstance(after, datetime)
        # Another action may have ended since, as uncertain as this one.
        uncertain = set() if surely else before | self._settings.manual[user]
        removed = {None} if user not in self._home.people else set()
        self._settings.manual[user] = {after, *uncertain, *removed}
        if surely and user in self._settings.overruled and not self._chooses(user):
            self._settings.overruled[user].clear()

    def touch(self, users: Iterable[str] = scenario.CONTROLLED) -> None:
        """Note that what is requested for these people may change now."""
        self._touched.update(dict.fromkeys(users, _now()))

    def lose_settings(self, users: Iterable[str] = scenario.CONTROLLED) -> None:
        """Note that the settings of these people may be lost."""
        self.touch()
        self._settings.lose_manual(users)

    def lose_pauses(self) -> None:
        """Note that all pauses may be lost."""
        self.touch()
        self._settings.lose_pauses()

    def settings(self) -> PossibleSettings:
        """Return a copy of what may be set, paused and overruled."""
        return self._settings.copy()

    def restore_settings(self, settings: PossibleSettings) -> None:
        """Note that what was stored then is stored again."""
        self.touch()
        self._settings = settings.copy()

    def note_time(self) -> None:
        """Remember the latest wall-clock time, before the clock is set."""
        self.touch()
        self._latest = max(self._latest, dt_util.utcnow().timestamp())
        self._settings.change_doors(ExpectedDoors.note_jump, surely=True)

    def note_rest(self) -> None:
        """Note that the integration knows all, since nothing has failed for a while.

        What people have overruled is forgotten, where rules have ceased to request it.
        """
        self._recently_own = {user: set() for user in scenario.CONTROLLED}
        for user, chosen in self._chosen.items():
            person = self._server.simulator.deployment.people[user]
            if person.override is None:
                chosen.clear()
                if person.by_hand:
                    chosen.add(_own_word(person.by_hand.device.status))
        for user, overruled in self._settings.overruled.items():
            rested = _now() - self._touched[user]
            wall = dt_util.utcnow().timestamp()
            own = self._own_presences(user)
            held = [rule for acting, _ in self._acting(user, wall, own) for rule in acting]
            requested = {each.word for rule in held if (each := rule.requested_for(user))}
            overruled -= {
                word
                for word in overruled - requested - {MANUAL}
                if rested > _overruled_for(user, word) + OVERRULED_MARGIN
            }
            if self._settings.manual[user] == {None}:
                overruled.discard(MANUAL)

    def requested_since(self, user: str, seconds: float) -> set[RequestedPresence | None]:
        """Return what may have been requested for so long; nothing if that may have changed."""
        if _now() < self._touched[user] + seconds:
            return set()
        # The clocks differ by less than a second.
        own = self._own_presences(user) | self._recently_own[user]
        moments = (-1.0, seconds)
        return {each for before in moments for each in self._requested(user, own, before=before)}

    def requested_for(self, user: str) -> set[RequestedPresence | None]:
        """Return the presences that may be requested for a person."""
        possible = self._requested(user, self._own_presences(user))
        at, overruled = self._surely_overruled.get(user, (-math.inf, None))
        if self._touched[user] > at:
            return possible
        # A choice may make a rule yield to it, so that another one wins at once.
        return possible - {overruled} if overruled else possible

    def _requested(
        self, user: str, own: set[str | None], *, before: float = 0.0
    ) -> set[RequestedPresence | None]:
        """Return what may be requested for a person with one of these own presences.

        Args:
            user: The person.
            own: The own presences.
            before: So many seconds before now, if only time has changed something since.
        """
        if user not in self._home.people:
            return {None}
        now, wall = _now() - before, dt_util.utcnow().timestamp() - before
        possible = set[RequestedPresence | None]()
        for manual in self._settings.manual[user]:
            applies = manual.may_be(now, wall, self._latest) if manual else {False}
            for word in {manual.word if manual and each else None for each in applies}:
                for moment in (wall, wall - TIMELINESS):
                    for acting, situation in self._acting(user, moment, own):
                        possible |= self._outcomes(winning(acting, situation, word), user, word)
        return possible

    def _outcomes(
        self, requested: RequestedPresence | None, user: str, manual: str | None
    ) -> set[RequestedPresence | None]:
        """Return what is requested in the end: nothing as well where that may be overruled."""
        words = {requested.word} if requested else set[str]()
        if manual is not None:
            words.add(MANUAL)
        return {requested, None} if self._may_overrule(user, words) else {requested}

    def _may_overrule(self, user: str, words: set[str]) -> bool:
        """Return whether what is requested may be overruled, which has one of these words."""
        if user not in self._settings.overruled:
            return False
        overruled = self._settings.overruled[user]
        return self._chooses(user) or not words.isdisjoint(overruled)

    def _chooses(self, user: str) -> bool:
        """Return whether a person's choice stands at the server."""
        return self._server.simulator.deployment.people[user].by_hand is not None

    def _acting(
        self, user: str, wall: float, own_presences: set[str | None]
    ) -> Iterator[tuple[list[PresenceRule], Situation]]:
        """Yield the rules that may hold and act for a person, each time with the situation."""
        local = datetime.fromtimestamp(wall, UTC).astimezone(ZoneInfo(self._home.time_zone))
        added = [ADDED_RULES[name] for name in self._home.added_rules]
        groups = self._home.groups
        about = [rule for rule in (*RULES, *added) if rule.is_about(user, groups)]
        closed = set(self._settings.closed(user, wall))
        for own in own_presences:
            situation = Situation(user=user, rooms=self._home.rooms, now=local, own=own)
            holding = [rule for rule in about if rule.holds(situation)]
            for each in closed:
                yield [rule for rule in holding if rule.name not in each], situation

    def _own_presences(self, user: str) -> set[str | None]:
        """Return what a person's own presence may be.

        Without rich presence it is what was shown before something was published. With it, that
        goes for a choice by hand over which something was published.
        """
        person = self._server.simulator.deployment.people[user]
        if person.override is not None and not self._home.has_rich_presence:
            return {None, *PRESENCES}
        of_devices = _own_word(compose(person.devices.values()))
        chosen = _own_word(person.by_hand.device.status) if person.by_hand else of_devices
        if user not in self._chosen or person.shown_override() is person.by_hand:
            return {chosen}
        return {chosen, of_devices, *self._chosen[user]}


def _own_word(status: Status) -> str | None:
    return STATES.get(PwsPresence(status.presence))


def _change_doors(act: Act, until: ManualSetting | datetime | None, doors: ExpectedDoors) -> None:
    number = next((n for n, rule in enumerate(RULES) if rule.name == act.word), None)
    scope = (None if act.whom == ALL else frozenset({act.whom}), number)
    match act.kind:
        case ActKind.PAUSE:
            assert not isinstance(until, ManualSetting)
            doors.pause(scope, until)
        case ActKind.RESUME:
            doors.resume(scope)
        case ActKind.FOLLOW:
            doors.not_following.discard(act.whom)
        case _:
            doors.not_following.add(act.whom)


async def _call(hass: HomeAssistant, act: Act) -> bool:
    """Call the action of Home Assistant; return whether there is one."""
    target = {} if act.whom == ALL else {"entity_id": scenario.sensor_of(act.whom)}
    duration = {"duration": {"seconds": act.lasts}} if act.lasts else {}
    rule = {"rule": act.word} if act.word else {}
    call = partial(hass.services.async_call, DOMAIN, blocking=True)
    match act.kind:
        case ActKind.SET:
            await call("set_presence", {**target, "presence": act.word, **duration})
        case ActKind.CLEAR:
            await call("clear_presence", target)
        case ActKind.PAUSE:
            await call("pause_rules", {**target, **rule, **duration})
        case ActKind.RESUME:
            await call("resume_rules", {**target, **rule})
        case _:
            return await _turn(hass, scenario.follow_rules_of(act.whom), act.kind)
    return True


async def _turn(hass: HomeAssistant, switch: str, kind: ActKind) -> bool:
    """Turn a switch on or off; return whether it exists, since Home Assistant skips others."""
    state = hass.states.get(switch)
    if state is None or state.state == STATE_UNAVAILABLE:
        return False
    word = "turn_on" if kind is ActKind.FOLLOW else "turn_off"
    await hass.services.async_call("switch", word, {"entity_id": switch}, blocking=True)
    return True


def _consequence(act: Act) -> ManualSetting | datetime | None:
    """Return the setting, or the end of the pause, that the action leads to when called now."""
    wall = dt_util.utcnow()
    if act.kind is ActKind.SET:
        return ManualSetting(PRESENCES[act.word], _now(), act.lasts, wall.timestamp() + act.lasts)
    if act.kind is ActKind.PAUSE and act.lasts:
        return wall + timedelta(seconds=act.lasts)
    return None


def _overruled_for(user: str, word: str) -> float:
    """Return how long a choice over this presence is respected after rules have ended."""
    return max(
        (
            rule.overruled_for
            for rule in ALL_RULES
            if PRESENCES.get(rule.presence) == word and _may_be_about(user, rule)
        ),
        default=OVERRULED_FOR,
    )


def _may_be_about(user: str, rule: PresenceRule) -> bool:
    return user in rule.people or not scenario.GROUPS.keys().isdisjoint(rule.people)


def _now() -> float:
    return asyncio.get_running_loop().time()
