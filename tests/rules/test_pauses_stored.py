"""When pauses are stored, and when the next one ends."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.rules import pauses as module
from custom_components.cisco_unified_presence.rules.pause import Pause, Scope
from custom_components.cisco_unified_presence.rules.pauses import (
    PEOPLE_PER_BATCH,
    SAVE_WITHIN,
    Pauses,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANNA, BEN = ("entry", "anna"), ("entry", "ben")
OF_ANNA, OF_BEN = (Scope(people=frozenset({each})) for each in (ANNA, BEN))
DESK = Scope(rules=frozenset({"desk"}))


class Around:
    """Pauses, by a clock and timers of their own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        self.timers: list[tuple[datetime, Any]] = []
        self.loaded: dict[str, Pause] = {}
        self.complete = True
        self.noted: list[object] = []
        self.made: tuple[object, ...] = ()
        monkeypatch.setattr("homeassistant.util.dt.utcnow", lambda: self.now)
        monkeypatch.setattr(module, "async_track_point_in_utc_time", self._track)
        monkeypatch.setattr(module, "RecordStore", self._store)
        monkeypatch.setattr(module, "async_raise_pauses_lost", lambda _: self.noted.append("lost"))
        loop = SimpleNamespace(
            call_soon=lambda call, *of: asyncio.get_running_loop().call_soon(call, *of)
        )
        hass: Any = SimpleNamespace(loop=loop)
        self.pauses = Pauses(hass, self.noted.append)

    def _store(self, _hass: object, key: str, as_storage: Any, *, within: float) -> Any:
        self.made = (key, within)
        self.as_storage = as_storage

        async def load(_read: object) -> Any:
            return SimpleNamespace(records=self.loaded, complete=self.complete)

        return SimpleNamespace(
            async_load=load, async_note_change=lambda: self.noted.append("stored")
        )

    def _track(self, _hass: object, job: Any, moment: datetime) -> Callable[[], None]:
        timer = (moment, job)
        self.timers.append(timer)
        return lambda: self.timers.remove(timer) if timer in self.timers else None

    @property
    def waits_for(self) -> list[datetime]:
        return [moment for moment, _ in self.timers]

    def fire(self) -> None:
        ((moment, job),) = self.timers
        self.timers.clear()
        self.now = max(self.now, moment)
        job.target(self.now)

    def taken(self) -> list[object]:
        taken = [*self.noted]
        self.noted.clear()
        return taken


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> Around:
    return Around(monkeypatch)


def test_the_next_end_is_waited_for(around: Around) -> None:
    assert around.made == ("cisco_unified_presence.pauses", SAVE_WITHIN)
    assert (SAVE_WITHIN, PEOPLE_PER_BATCH) == (5.0, 100)
    pauses = around.pauses
    pauses.async_pause(OF_ANNA, NOW + 2 * HOUR)
    pauses.async_pause(OF_BEN, NOW + HOUR)
    pauses.async_pause(DESK, None)
    assert around.taken() == ["stored", OF_ANNA, "stored", OF_BEN, "stored", DESK]
    assert around.waits_for == [NOW + HOUR]
    assert around.timers[0][1].cancel_on_shutdown
    assert pauses.ends == {NOW + HOUR, NOW + 2 * HOUR}
    around.fire()
    assert around.taken() == ["stored", OF_BEN]
    assert around.waits_for == [NOW + 2 * HOUR]
    # Both end at the same time, of which each is told.
    pauses.async_pause(OF_BEN, NOW + 2 * HOUR)
    around.taken()
    around.fire()
    assert around.taken() == ["stored", OF_ANNA, "stored", OF_BEN]
    assert (around.waits_for, pauses.ends) == ([], frozenset())
    assert pauses.of(None, "desk")
    pauses.async_end_by_clock()
    assert around.taken() == []
    pauses.async_resume(DESK)
    assert pauses.of(None, "desk") is None
    assert around.as_storage() == {}


def test_a_stop_waits_for_nothing(around: Around) -> None:
    around.pauses.async_pause(OF_ANNA, NOW + HOUR)
    around.pauses.async_stop()
    around.pauses.async_stop()
    assert around.waits_for == []
    assert around.as_storage() == {
        "0": {
            "scope": {"people": [["entry", "anna"]], "rules": None},
            "until": "2026-11-23T13:00:00+00:00",
            "resumed": [],
            "by_switch": False,
        }
    }


@pytest.mark.parametrize("complete", [True, False])
async def test_what_is_loaded(around: Around, *, complete: bool) -> None:
    around.complete = complete
    around.loaded = {
        "0": Pause(scope=OF_ANNA, until=NOW),
        "1": Pause(scope=OF_BEN, until=NOW + HOUR),
        "2": Pause(scope=DESK),
    }
    await around.pauses.async_load()
    lost = [] if complete else ["lost", "stored"]
    assert around.taken() == [*lost, "stored", OF_ANNA]
    assert around.waits_for == [NOW + HOUR]
    assert list(around.as_storage()) == ["0", "1"]
    gate = around.pauses.gate_of(BEN)
    assert (gate.follows, gate.paused_until) == (True, NOW + HOUR)


async def test_listeners_are_called_some_a_turn(around: Around) -> None:
    told: list[int] = []
    for number in range(250):
        person = ("entry", str(number))
        around.pauses.async_subscribe(person, lambda number=number: told.append(number))  # type: ignore[misc]
    around.pauses.async_pause(DESK, None)
    counted = [len(told)]
    for _ in range(3):
        await asyncio.sleep(0)
        counted.append(len(told))
    assert counted == [100, 200, 250, 250]
    told.clear()
    some = frozenset({("entry", "7"), ("entry", "x")})
    around.pauses.async_pause(Scope(people=some), None)
    assert told == [7]


def test_a_listener_may_end_itself(around: Around) -> None:
    told: list[str] = []

    def first() -> None:
        told.append("first")
        end()

    end = around.pauses.async_subscribe(ANNA, first)
    around.pauses.async_subscribe(ANNA, lambda: told.append("second"))
    for _ in range(2):
        around.pauses.async_pause(OF_ANNA, None)
    assert told == ["first", "second", "second"]


def test_the_switch_of_a_person(around: Around) -> None:
    pauses = around.pauses
    pauses.async_pause(OF_ANNA, None)
    for follows in (False, False, True, True):
        around.taken()
        pauses.async_set_follows_rules(ANNA, follows=follows)
        assert around.taken() == ["stored", OF_ANNA]
        assert pauses.follows_rules(ANNA) is follows
    assert len(around.as_storage()) == 1
    pauses.async_set_follows_rules(BEN, follows=False)
    assert pauses.follows_rules(ANNA)
    pauses.async_retain_people("other", [])
    pauses.async_retain_people("entry", ["anna", "ben"])
    around.taken()
    pauses.async_retain_people("entry", ["anna"])
    assert around.taken() == ["stored", OF_BEN]
    assert pauses.follows_rules(BEN)
