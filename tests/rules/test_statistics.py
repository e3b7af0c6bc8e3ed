"""How often and how long rules have won."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules.statistics import (
    Count,
    RuleStatistics,
    RuleWins,
)

KEY = f"{DOMAIN}.rule_statistics"
NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
LATER = NOW + timedelta(seconds=30)
ANNA, BEN = ("entry", "anna@example.com"), ("entry", "ben@example.com")


class Counted:
    """Statistics of two rules, and of which of them time was told."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        self._hass = hass
        self._freezer = freezer
        self.told: list[list[str]] = []
        self.statistics = RuleStatistics(hass, self._tell)

    def _tell(self, rules: Iterable[str]) -> None:
        self.told.append(sorted(rules))

    async def after(self, seconds: float) -> None:
        self._freezer.tick(timedelta(seconds=seconds))
        async_fire_time_changed(self._hass)
        await self._hass.async_block_till_done()

    def of(self, rule: str) -> tuple[int, float]:
        return self.statistics.wins_of(rule), self.statistics.seconds_of(rule)


@pytest.fixture
async def counted(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> Counted:
    counted = Counted(hass, freezer)
    await counted.statistics.async_load()
    return counted


def test_wins_of_one_rule() -> None:
    wins = RuleWins("entry")
    wins.begin("anna", NOW, goes_on=False)
    assert (wins.total, wins.seconds(LATER), wins.of("anna", LATER)) == (Count(1), 30, Count(1, 30))
    wins.end("anna", LATER)
    wins.end("anna", LATER + timedelta(hours=1))
    wins.begin("ben", LATER, goes_on=True)
    assert wins.people == {"anna": Count(1, 30), "ben": Count(0)}
    assert wins.of("clara", LATER) == Count(0)
    # The clock was set back.
    wins.end("ben", NOW)
    assert wins.total == Count(1, 30)


def test_what_is_stored_is_as_it_was() -> None:
    wins = RuleWins("entry")
    wins.begin("anna", NOW, goes_on=False)
    snapshot = wins.snapshot()
    wins.end("anna", NOW)
    wins.begin("ben", NOW, goes_on=False)
    stored = {"entry_id": "entry", "total": [1, 30.0], "people": {"anna": [1, 30.0]}}
    assert snapshot.as_storage(LATER) == stored
    read = RuleWins.from_storage(stored)
    assert (read.entry_id, read.total, read.people, read.since) == (
        "entry",
        Count(1, 30),
        {"anna": Count(1, 30)},
        {},
    )


@pytest.mark.parametrize(
    "change",
    [
        {"entry_id": 7},
        {"total": [1]},
        {"total": ["1", 2]},
        {"total": [1, "2"]},
        {"total": [-1, 2]},
        {"people": {"anna": [1, None]}},
    ],
)
def test_what_cannot_be_read(change: dict[str, Any]) -> None:
    stored = {"entry_id": None, "total": [1, 30.0], "people": {"anna": [1, 30.0]}, **change}
    with pytest.raises((TypeError, ValueError)):
        RuleWins.from_storage(stored)


async def test_a_rule_wins_until_another_does(counted: Counted) -> None:
    note = counted.statistics.async_note
    note(ANNA, None, "desk", "entry")
    note(BEN, None, "desk", "entry")
    await counted.after(10)
    note(ANNA, "desk", "desk", "entry")
    note(ANNA, "desk", "call", None)
    await counted.after(5)
    note(BEN, "desk", None, None)
    await counted.after(5)
    assert counted.of("desk") == (2, 25)
    assert counted.of("call") == (1, 10)
    assert counted.of("unknown") == (0, 0)
    by_person = counted.statistics.by_person("desk", [ANNA, BEN, ("entry", "clara")])
    assert by_person == {ANNA: Count(1, 10), BEN: Count(1, 15)}
    assert counted.statistics.by_person("unknown", [ANNA]) == {}


async def test_time_that_goes_on_is_told(counted: Counted) -> None:
    counted.statistics.async_start()
    await counted.after(301)
    counted.statistics.async_note(ANNA, None, "desk", "entry")
    counted.statistics.async_note(BEN, None, "call", "entry")
    counted.statistics.async_note(BEN, "call", None, None)
    await counted.after(301)
    counted.statistics.async_stop()
    await counted.after(301)
    assert counted.told == [["desk"]]


async def test_a_win_goes_on_after_the_entry_was_left(counted: Counted) -> None:
    note = counted.statistics.async_note
    note(ANNA, None, "desk", "entry")
    note(BEN, None, "desk", "entry")
    counted.statistics.async_interrupt({ANNA: "desk", BEN: "desk"})
    note(ANNA, None, "desk", "entry")
    note(BEN, None, "call", "entry")
    assert counted.of("desk")[0] == 2
    assert counted.of("call")[0] == 1
    note(ANNA, "desk", None, None)
    note(ANNA, None, "desk", "entry")
    assert counted.of("desk")[0] == 3


async def test_a_win_goes_on_over_a_restart(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    counted: Counted,
    hass_storage: dict[str, Any],
) -> None:
    counted.statistics.async_note(ANNA, None, "desk", "entry")
    await counted.after(301)
    assert hass_storage[KEY]["data"] == {
        "desk": {
            "entry_id": "entry",
            "total": [1, 301.0],
            "people": {"/".join(ANNA): [1, 301.0]},
            "open": ["/".join(ANNA)],
        }
    }
    again = Counted(hass, freezer)
    await again.statistics.async_load()
    again.statistics.async_note(ANNA, None, "desk", "entry")
    assert again.of("desk") == (1, 301)


async def test_what_was_counted_of_an_entry_is_deleted(counted: Counted) -> None:
    for rule, entry_id in (("desk", "entry"), ("call", "entry"), ("yaml", None), ("x", "other")):
        counted.statistics.async_note(ANNA, None, rule, entry_id)
    counted.statistics.async_delete("entry", keep=["call"])
    assert [counted.of(rule)[0] for rule in ("desk", "call", "yaml", "x")] == [0, 1, 1, 1]
    counted.statistics.async_delete(None)
    assert [counted.of(rule)[0] for rule in ("desk", "call", "yaml", "x")] == [0, 1, 0, 1]
