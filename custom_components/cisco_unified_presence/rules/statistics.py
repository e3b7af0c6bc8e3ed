"""How often and how long each rule has won: for each person, and in sum; over restarts."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import NoneType
from typing import Any, Final, Self

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..storage import RecordStore, Stored, of_type, stored_amount
from .directory import PersonId
from .runner import stored_key

# A kill loses so much; a stop loses nothing.
SAVE_WITHIN: Final = 300.0

# How often the time of rules that win is told; a state each second would fill the database.
TELL_EACH: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Count:
    """How often a rule has won, and for how many seconds, until the last time that it ended."""

    wins: int = 0
    seconds: float = 0.0

    def plus(self, *, wins: int = 0, seconds: float = 0.0) -> Count:
        return Count(self.wins + wins, self.seconds + seconds)


_NONE: Final = Count()


@dataclass(slots=True)
class RuleWins:
    """The wins of one rule.

    Attributes:
        entry_id: The entry that the rule belongs to, None for a rule in YAML.
        total: In sum, also of people who are gone.
        people: By person, as stored.
        since: Since when it wins, by person, where it does.
    """

    entry_id: str | None
    total: Count = field(default_factory=Count)
    people: dict[str, Count] = field(default_factory=dict)
    since: dict[str, datetime] = field(default_factory=dict)

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        return cls(
            entry_id=of_type(stored["entry_id"], str, NoneType),
            total=_count_from(stored["total"]),
            people={of_type(key, str): _count_from(each) for key, each in stored["people"].items()},
        )

    def snapshot(self) -> RuleWins:
        """Return it as it is now, whatever changes later."""
        return replace(self, people={**self.people}, since={**self.since})

    def as_storage(self, now: datetime) -> Stored:
        people = {key: self.of(key, now) for key in self.people}
        return {
            "entry_id": self.entry_id,
            "total": [self.total.wins, self.seconds(now)],
            "people": {key: [each.wins, each.seconds] for key, each in people.items()},
        }

    def begin(self, person: str, now: datetime, *, goes_on: bool) -> None:
        """Note that it wins; a win that goes on from an earlier run is not another one."""
        won = 0 if goes_on else 1
        self.people[person] = self.people.get(person, _NONE).plus(wins=won)
        self.total = self.total.plus(wins=won)
        self.since[person] = now

    def end(self, person: str, now: datetime) -> None:
        if (since := self.since.pop(person, None)) is not None:
            seconds = _seconds(since, now)
            self.people[person] = self.people[person].plus(seconds=seconds)
            self.total = self.total.plus(seconds=seconds)

    def seconds(self, now: datetime) -> float:
        """Return for how long it has won in sum, up to now."""
        return self.total.seconds + sum(_seconds(since, now) for since in self.since.values())

    def of(self, person: str, now: datetime) -> Count:
        """Return the wins for one person, up to now."""
        count, since = self.people.get(person, _NONE), self.since.get(person)
        return count.plus(seconds=_seconds(since, now)) if since else count


def _count_from(stored: list[Any]) -> Count:
    wins, seconds = stored
    return Count(
        stored_amount(of_type(wins, int)), float(stored_amount(of_type(seconds, int, float)))
    )


def _seconds(since: datetime, now: datetime) -> float:
    # The clock may have been set back.
    return max(0.0, (now - since).total_seconds())


class RuleStatistics:
    """The wins of all rules."""

    def __init__(self, hass: HomeAssistant, on_tell: Callable[[Iterable[str]], None]) -> None:
        """Initialize; on_tell is called with the rules whose time goes on, now and then."""
        self._hass = hass
        self._on_tell = on_tell
        self._store = RecordStore(
            hass,
            f"{DOMAIN}.rule_statistics",
            self._snapshot,
            within=SAVE_WITHIN,
            encode=_as_storage,
        )
        self._wins: dict[str, RuleWins] = {}
        # Which rule has won when the last run, or the entry, ended.
        self._interrupted: dict[str, str] = {}
        self._stop_telling: CALLBACK_TYPE | None = None

    async def async_load(self) -> None:
        """Read what was counted; what cannot be read begins anew."""
        loaded = await self._store.async_load(_from_storage)
        for rule_id, (wins, interrupted) in loaded.records.items():
            self._wins[rule_id] = wins
            self._interrupted.update(dict.fromkeys(interrupted, rule_id))

    @callback
    def async_start(self) -> None:
        self._stop_telling = async_track_time_interval(
            self._hass, self._tell, TELL_EACH, cancel_on_shutdown=True
        )

    @callback
    def async_stop(self) -> None:
        if self._stop_telling is not None:
            self._stop_telling()
            self._stop_telling = None

    def wins_of(self, rule_id: str) -> int:
        wins = self._wins.get(rule_id)
        return wins.total.wins if wins else 0

    def seconds_of(self, rule_id: str) -> float:
        wins = self._wins.get(rule_id)
        return wins.seconds(dt_util.utcnow()) if wins else 0.0

    def by_person(self, rule_id: str, people: Iterable[PersonId]) -> Mapping[PersonId, Count]:
        """Return the wins of a rule for those of the people for whom it has won."""
        wins, now = self._wins.get(rule_id), dt_util.utcnow()
        if wins is None:
            return {}
        keys = {person: stored_key(person) for person in people}
        return {person: wins.of(key, now) for person, key in keys.items() if key in wins.people}

    @callback
    def async_note(
        self, person: PersonId, before: str | None, rule_id: str | None, entry_id: str | None
    ) -> None:
        """Note which rule wins for a person now.

        Args:
            person: The person.
            before: The rule that has won before, None without one.
            rule_id: The rule that wins, None without one.
            entry_id: The entry that it belongs to.
        """
        key, now = stored_key(person), dt_util.utcnow()
        interrupted = self._interrupted.pop(key, None) if self._interrupted else None
        if before == rule_id:
            return
        if before is not None and (ended := self._wins.get(before)):
            ended.end(key, now)
        if rule_id is not None:
            wins = self._wins.setdefault(rule_id, RuleWins(entry_id))
            wins.begin(key, now, goes_on=interrupted == rule_id)
        self._store.async_note_change()

    @callback
    def async_interrupt(self, winners: Mapping[PersonId, str]) -> None:
        """Let wins go on that end only because an entry is left."""
        for person, rule_id in winners.items():
            self._interrupted[stored_key(person)] = rule_id

    @callback
    def async_delete(self, entry_id: str | None, keep: Container[str] = ()) -> None:
        """Delete what was counted of an entry's rules, or those in YAML, but for those to keep."""
        gone = [
            rule_id
            for rule_id, wins in self._wins.items()
            if wins.entry_id == entry_id and rule_id not in keep
        ]
        for rule_id in gone:
            del self._wins[rule_id]
        if gone:
            self._store.async_note_change()

    @callback
    def _tell(self, _now: datetime) -> None:
        if going_on := [rule_id for rule_id, wins in self._wins.items() if wins.since]:
            self._store.async_note_change()
            self._on_tell(going_on)

    def _snapshot(self) -> dict[str, Any]:
        """Return what is to be stored, and what changes no more: it is encoded in the executor."""
        interrupted: defaultdict[str, list[str]] = defaultdict(list)
        for person, rule_id in self._interrupted.items():
            interrupted[rule_id].append(person)
        return {
            rule_id: (wins.snapshot(), dt_util.utcnow(), interrupted[rule_id])
            for rule_id, wins in self._wins.items()
        }


def _as_storage(snapshot: Mapping[str, tuple[RuleWins, datetime, list[str]]]) -> Stored:
    return {
        rule_id: {**wins.as_storage(now), "open": [*wins.since, *interrupted]}
        for rule_id, (wins, now, interrupted) in snapshot.items()
    }


def _from_storage(stored: dict[str, Any]) -> tuple[RuleWins, list[str]]:
    return RuleWins.from_storage(stored), [of_type(key, str) for key in stored["open"]]
