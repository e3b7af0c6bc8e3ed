"""What is counted of rules, what is stored of it, and when."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.rules import statistics as module
from custom_components.cisco_unified_presence.rules.statistics import (
    SAVE_WITHIN,
    TELL_EACH,
    Count,
    RuleStatistics,
    RuleWins,
)

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
ANNA, BEN = ("entry", "anna"), ("entry", "ben")


class Around:
    """Statistics by a clock of their own, and what is stored of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        self.noted: list[object] = []
        self.loaded: dict[str, Any] = {}
        monkeypatch.setattr("homeassistant.util.dt.utcnow", lambda: self.now)
        monkeypatch.setattr(module, "RecordStore", self._store)
        monkeypatch.setattr(module, "async_track_time_interval", self._track)
        hass: Any = None
        self.statistics = RuleStatistics(hass, lambda rules: self.noted.append([*rules]))

    def _store(self, _hass: object, *made: object, within: float, encode: Any) -> Any:
        key, snapshot = made
        assert (key, within) == ("cisco_unified_presence.rule_statistics", SAVE_WITHIN)
        self.snapshot: Any = snapshot
        self.encode = encode

        async def load(read: Any) -> Any:
            records = {key: read(each) for key, each in self.loaded.items()}
            return SimpleNamespace(records=records)

        return SimpleNamespace(
            async_load=load, async_note_change=lambda: self.noted.append("changed")
        )

    def _track(self, _hass: object, action: Any, interval: timedelta, **how: object) -> Any:
        assert (interval, how) == (TELL_EACH, {"cancel_on_shutdown": True})
        self.tell = action
        return lambda: self.noted.append("stopped")

    def stored(self) -> Any:
        return self.encode(self.snapshot())

    def note(self, person: tuple[str, str], before: str | None, rule: str | None) -> None:
        self.statistics.async_note(person, before, rule, "entry" if rule else None)

    def after(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def taken(self) -> list[object]:
        taken = [*self.noted]
        self.noted.clear()
        return taken


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> Around:
    return Around(monkeypatch)


def record(entry_id: str | None, total: list[float], *still: str, **people: Any) -> dict[str, Any]:
    named = {f"entry/{key}": each for key, each in people.items()}
    opened = [f"entry/{each}" for each in still]
    return {"entry_id": entry_id, "total": total, "people": named, "open": opened}


def test_what_is_stored(around: Around) -> None:
    assert (SAVE_WITHIN, timedelta(minutes=5)) == (300.0, TELL_EACH)
    around.note(ANNA, None, "desk")
    around.note(BEN, None, "desk")
    assert around.taken() == ["changed"] * 2
    around.after(10)
    around.note(ANNA, "desk", "call")
    around.after(5)
    around.note(BEN, "desk", None)
    around.after(1)
    assert around.stored() == {
        "desk": record("entry", [2, 25.0], anna=[1, 10.0], ben=[1, 15.0]),
        "call": record("entry", [1, 6.0], "anna", anna=[1, 6.0]),
    }
    snapshot = around.snapshot()
    around.note(ANNA, "call", None)
    around.after(100)
    assert around.encode(snapshot)["call"] == record("entry", [1, 6.0], "anna", anna=[1, 6.0])
    around.taken()
    around.note(ANNA, "desk", "desk")
    around.note(ANNA, None, None)
    assert around.taken() == []
    around.note(ANNA, "gone", None)
    assert around.taken() == ["changed"]


def test_what_is_told_of_a_rule(around: Around) -> None:
    statistics = around.statistics
    assert (statistics.wins_of("desk"), statistics.seconds_of("desk")) == (0, 0.0)
    assert statistics.by_person("desk", [ANNA]) == {}
    around.note(ANNA, None, "desk")
    around.after(7)
    assert (statistics.wins_of("desk"), statistics.seconds_of("desk")) == (1, 7.0)
    assert statistics.by_person("desk", [ANNA, BEN]) == {ANNA: Count(1, 7.0)}
    assert statistics.by_person("desk", []) == {}


async def test_what_was_stored_is_taken_up(around: Around) -> None:
    around.loaded = {
        "desk": record("entry", [3, 30.5], "anna", "ben", anna=[2, 20], ben=[1, 10.5]),
        "yaml": record(None, [1, 5]),
    }
    await around.statistics.async_load()
    assert around.stored() == {
        "desk": record("entry", [3, 30.5], "anna", "ben", anna=[2, 20.0], ben=[1, 10.5]),
        "yaml": record(None, [1, 5.0]),
    }
    # Anna's win goes on, and Ben has another one.
    around.note(ANNA, None, "desk")
    around.note(BEN, None, "yaml")
    around.note(BEN, "yaml", "desk")
    around.after(4)
    assert around.stored() == {
        "desk": record("entry", [4, 38.5], "anna", "ben", anna=[2, 24.0], ben=[2, 14.5]),
        "yaml": record(None, [2, 5.0], ben=[1, 0.0]),
    }


def test_wins_that_only_an_unload_ends_go_on(around: Around) -> None:
    around.note(ANNA, None, "desk")
    around.after(3)
    around.statistics.async_interrupt({ANNA: "desk"})
    around.note(ANNA, "desk", None)
    assert around.statistics.wins_of("desk") == 1
    around.note(ANNA, None, "desk")
    # The first that is noted of a person tells whether it goes on.
    assert around.statistics.wins_of("desk") == 2
    around.note(ANNA, "desk", None)
    around.statistics.async_interrupt({ANNA: "desk"})
    assert around.stored()["desk"]["open"] == ["entry/anna"]
    around.note(ANNA, None, "desk")
    assert around.statistics.wins_of("desk") == 2


def test_time_that_goes_on_is_told(around: Around) -> None:
    around.statistics.async_start()
    around.tell(NOW)
    assert around.taken() == []
    for person, rule in ((ANNA, "desk"), (BEN, "call")):
        around.note(person, None, rule)
    around.note(BEN, "call", None)
    around.taken()
    around.tell(NOW)
    assert around.taken() == ["changed", ["desk"]]
    around.statistics.async_stop()
    around.statistics.async_stop()
    assert around.taken() == ["stopped"]


def test_what_was_counted_is_deleted(around: Around) -> None:
    for rule, entry_id in (("desk", "entry"), ("call", "entry"), ("yaml", None)):
        around.statistics.async_note(ANNA, None, rule, entry_id)
    around.taken()
    around.statistics.async_delete("entry", keep=["call"])
    assert around.taken() == ["changed"]
    assert list(around.stored()) == ["call", "yaml"]
    around.statistics.async_delete("entry", keep=["call"])
    assert around.taken() == []
    around.statistics.async_delete(None)
    assert list(around.stored()) == ["call"]


def test_counts() -> None:
    assert Count() == Count(0, 0.0)
    assert Count(1, 2.0).plus() == Count(1, 2.0)
    assert Count(1, 2.0).plus(wins=3, seconds=4.5) == Count(4, 6.5)
    wins = RuleWins("entry")
    wins.begin("anna", NOW, goes_on=True)
    assert (wins.total, wins.people, wins.since) == (Count(), {"anna": Count()}, {"anna": NOW})
    wins.end("ben", NOW)
    assert wins.people == {"anna": Count()}
