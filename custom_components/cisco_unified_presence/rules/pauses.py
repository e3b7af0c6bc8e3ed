"""The pauses of rules: stored, ended by the clock, and told to those whom they concern."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from ..arbitration import RulesGate, RulesPause
from ..const import DOMAIN
from ..listeners import add_listener
from ..storage import RecordStore, Stored
from .directory import PersonId
from .issues import async_raise_pauses_lost
from .pause import Pause, PausesInForce, Scope

# Changes are awaited by the actions and the switch; this bounds those by the clock.
SAVE_WITHIN: Final = 5.0

# A state takes Home Assistant a fraction of a millisecond.
PEOPLE_PER_BATCH: Final = 100

type Listener = Callable[[], None]


class Pauses:
    """The pauses that count now: those by actions, and people's switches that are off."""

    def __init__(self, hass: HomeAssistant, on_change: Callable[[Scope], None]) -> None:
        """Initialize; on_change is called with what a pause that begins or ends is about."""
        self._hass = hass
        self._on_change = on_change
        self._store = RecordStore(hass, f"{DOMAIN}.pauses", self._as_storage, within=SAVE_WITHIN)
        self._pauses: tuple[Pause, ...] = ()
        self._listeners: defaultdict[PersonId, list[Listener]] = defaultdict(list)
        self._cancel_timer: CALLBACK_TYPE | None = None

    async def async_load(self) -> None:
        loaded = await self._store.async_load(Pause.from_storage)
        if not loaded.complete:
            async_raise_pauses_lost(self._hass)
            self._store.async_note_change()
        self._pauses = tuple(loaded.records.values())
        self.async_end_by_clock()

    @callback
    def async_stop(self) -> None:
        """End no pause any more, as Home Assistant stops."""
        self._set_timer(None)

    async def async_stored(self) -> None:
        """Return once all pauses are on disk as they are now."""
        await self._store.async_stored()

    # What is paused

    @property
    def ends(self) -> frozenset[datetime]:
        """Return when pauses end."""
        return frozenset(pause.until for pause in self._pauses if pause.until)

    def at(self, moment: datetime) -> PausesInForce:
        """Return the pauses that will count at a moment."""
        return PausesInForce(tuple(each for each in self._pauses if not each.has_ended(moment)))

    def stop(self, person: PersonId, rule_id: str) -> bool:
        """Tell whether a rule does not act for a person now."""
        return self.in_force.stop(person, rule_id)

    def follows_rules(self, person: PersonId) -> bool:
        """Tell whether a person's switch is on."""
        return self.in_force.follows_rules(person)

    def of(self, person: PersonId | None, rule_id: str | None) -> RulesPause | None:
        """Return the pause of a rule for a person, but for the switch; None stands for all."""
        return self.in_force.of(person, rule_id)

    def gate_of(self, person: PersonId) -> RulesGate:
        return self.in_force.gate_of(person)

    @property
    def in_force(self) -> PausesInForce:
        return PausesInForce(self._pauses)

    @callback
    def async_subscribe(self, person: PersonId, listener: Listener) -> CALLBACK_TYPE:
        """Call the listener when pauses that concern a person have begun or ended."""
        return add_listener(self._listeners[person], listener)

    # What changes

    @callback
    def async_pause(self, scope: Scope, until: datetime | None) -> None:
        """Pause; a pause of just the same is replaced, whether or not it would last longer."""
        others = (each for each in self._pauses if each.by_switch or each.scope != scope)
        self._replace((*others, Pause(scope=scope, until=until)), scope)

    @callback
    def async_resume(self, scope: Scope) -> None:
        left = (each.without(scope) for each in self._pauses)
        self._replace((each for each in left if each), scope)

    @callback
    def async_set_follows_rules(self, person: PersonId, *, follows: bool) -> None:
        scope = Scope(people=frozenset({person}))
        others = [each for each in self._pauses if not each.by_switch or each.scope != scope]
        self._replace(others if follows else (*others, Pause(scope=scope, by_switch=True)), scope)

    @callback
    def async_retain_people(self, entry_id: str, keys: Iterable[str]) -> None:
        """Forget the people of an entry who are not among these."""
        retained = {(entry_id, key) for key in keys}
        named = {person for each in self._pauses for person in each.scope.people or ()}
        gone = frozenset(each for each in named if each[0] == entry_id and each not in retained)
        if gone:
            left = (each.without_people(gone) for each in self._pauses)
            self._replace((each for each in left if each), Scope(people=gone))

    @callback
    def async_end_by_clock(self) -> None:
        """End the pauses whose time has come, and wait for the next one."""
        now = dt_util.utcnow()
        ended = [each for each in self._pauses if each.has_ended(now)]
        left = tuple(each for each in self._pauses if not each.has_ended(now))
        for each in ended:
            self._replace(left, each.scope)
        self._set_timer(min((each.until for each in left if each.until), default=None))

    def _replace(self, pauses: Iterable[Pause], changed: Scope) -> None:
        self._pauses = tuple(pauses)
        self._store.async_note_change()
        ends = (each.until for each in self._pauses if each.until)
        self._set_timer(min(ends, default=None))
        self._on_change(changed)
        people = self._listeners.keys() if changed.people is None else changed.people
        self._notify(tuple(people))

    @callback
    def _notify(self, people: Sequence[PersonId]) -> None:
        """Call the listeners of people in batches, so that the loop is not blocked."""
        for person in people[:PEOPLE_PER_BATCH]:
            for listener in tuple(self._listeners.get(person, ())):
                listener()
        if later := people[PEOPLE_PER_BATCH:]:
            self._hass.loop.call_soon(self._notify, later)

    @callback
    def _set_timer(self, moment: datetime | None) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None
        if moment is not None:
            job = HassJob(self._timer_fired, "end of a pause", cancel_on_shutdown=True)
            self._cancel_timer = async_track_point_in_utc_time(self._hass, job, moment)

    @callback
    def _timer_fired(self, _now: datetime) -> None:
        self._cancel_timer = None
        self.async_end_by_clock()

    def _as_storage(self) -> Stored:
        return {str(number): each.as_storage() for number, each in enumerate(self._pauses)}
