"""What a forecast and a simulation tell of the moments that were followed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.arbitration import (
    Decision,
    OwnPresence,
    RequestedPresence,
    RuleRequest,
    RulesGate,
    RulesPause,
    Source,
)
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules import PausesInForce
from custom_components.cisco_unified_presence.simulation import forecast, simulate
from custom_components.cisco_unified_presence.simulation.person_course import PersonMoment

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
BUSY = RequestedPresence(Presence.BUSY, override=True, note="At work")
DESK = RuleRequest(
    rule_id="desk",
    name="Desk",
    requested=BUSY,
    priority=0,
    order=0,
    insist=False,
    since=NOW,
)
OWN = Decision(source=Source.OWN)
BY_RULE = Decision(source=Source.RULE, requested=BUSY, rule_request=DESK, until=NOW + 2 * HOUR)
SET = Decision(source=Source.MANUAL, requested=BUSY, set_by="Ben", since=NOW)
OVERRULED = replace(BY_RULE, source=Source.OWN, requested=None, overruled=True)


def moment(at: timedelta, decision: Decision = OWN, *unknown: str, **said: Any) -> PersonMoment:
    return PersonMoment(
        at=NOW + at,
        decision=decision,
        pauses=PausesInForce(),
        overruled=None,
        unknown=unknown,
        **said,
    )


class Followed:
    """A simulation in which people's moments are known."""

    def __init__(self, *moments: PersonMoment) -> None:
        self.moments = moments
        self.ends: list[datetime] = []
        self.given: list[object] = []

    def __call__(self, _hass: object, end: datetime, given: object = None) -> Followed:
        self.ends.append(end)
        self.given.append(given)
        return self

    async def async_follow(
        self, people: list[Any]
    ) -> AsyncIterator[tuple[str, Any, list[PersonMoment]]]:
        for person in people:
            yield person.person.name.lower(), person, list(self.moments)

    def explain(self, person: Any, at: PersonMoment) -> dict[str, Any]:
        return {"explained": (person.person.name, at.at), "at": "other", "unknown": "other"}


ANNA: Any = SimpleNamespace(person=SimpleNamespace(name="Anna"), own=OwnPresence("available"))
BEN: Any = SimpleNamespace(person=SimpleNamespace(name="Ben"), own=OwnPresence())
HASS: Any = None


@pytest.fixture(autouse=True)
def _at_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have ten o'clock, by a clock in UTC."""
    monkeypatch.setattr("homeassistant.util.dt.DEFAULT_TIME_ZONE", UTC)
    monkeypatch.setattr("homeassistant.util.dt.utcnow", lambda: NOW)


async def forecast_of(
    monkeypatch: pytest.MonkeyPatch, *moments: PersonMoment, people: tuple[Any, ...] = (ANNA,)
) -> Any:
    monkeypatch.setattr(forecast, "Simulation", Followed(*moments))
    return await forecast.async_forecast(HASS, people)


TOLD: dict[str, Any] = {
    "shown": "available",
    "wanted": None,
    "note": None,
    "source": "own",
    "rule": None,
    "set_aside": False,
    "reason": "decided by the person's own devices",
    "until": None,
    "unknown": [],
}


async def test_all_of_a_change_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    paused = RulesGate(pause=RulesPause())
    told = await forecast_of(
        monkeypatch,
        moment(timedelta(0)),
        moment(HOUR, BY_RULE),
        moment(2 * HOUR, SET, "?"),
        moment(3 * HOUR, OVERRULED),
        moment(4 * HOUR, gate=paused),
        moment(5 * HOUR, gate=paused),
    )
    assert told["anna"]["changes"] == [
        {
            "at": "2026-11-23T11:00:00+00:00",
            "shown": "busy",
            "wanted": "busy",
            "note": "At work",
            "source": "rule",
            "rule": "Desk",
            "set_aside": False,
            "reason": "Busy until 12:00, because of the rule “Desk”",
            "until": "2026-11-23T12:00:00+00:00",
            "unknown": [],
        },
        {
            **TOLD,
            "at": "2026-11-23T12:00:00+00:00",
            "shown": "busy",
            "wanted": "busy",
            "note": "At work",
            "source": "manual",
            "reason": "Busy, set by Ben at 10:00",
            "unknown": ["?"],
        },
        {
            **TOLD,
            "at": "2026-11-23T13:00:00+00:00",
            "rule": "Desk",
            "set_aside": True,
            "reason": "changed by hand, which overrules the rule “Desk”",
            "until": "2026-11-23T12:00:00+00:00",
        },
        {
            **TOLD,
            "at": "2026-11-23T14:00:00+00:00",
            "reason": "decided by the person's own devices; rules are paused",
        },
    ]


async def test_what_is_so_now(monkeypatch: pytest.MonkeyPatch) -> None:
    told = await forecast_of(
        monkeypatch, moment(timedelta(0), OWN, "?"), moment(HOUR), people=(ANNA, BEN)
    )
    assert {key: (each["name"], each["now"]) for key, each in told.items()} == {
        name.lower(): (name, {"explained": (name, NOW), "at": "other", "unknown": "other"})
        for name in ("Anna", "Ben")
    }
    assert [each["unknown"] for each in told.values()] == [["?"]] * 2
    # What is not known any more is a change.
    assert [len(each["changes"]) for each in told.values()] == [1, 1]
    only = await forecast_of(monkeypatch, moment(timedelta(0), BY_RULE))
    assert (only["anna"]["unknown"], only["anna"]["changes"]) == ([], [])


SOON = timedelta.resolution


@pytest.mark.parametrize(("after", "unknown", "changes"), [(SOON, ["!"], 1), (2 * SOON, ["?"], 2)])
async def test_just_after_now_what_may_change_is_told_as_of_now(
    monkeypatch: pytest.MonkeyPatch, after: timedelta, unknown: list[str], changes: int
) -> None:
    told = await forecast_of(
        monkeypatch, moment(0 * HOUR, OWN, "?"), moment(after, OWN, "!"), moment(HOUR)
    )
    assert told["anna"]["now"]["explained"] == ("Anna", NOW)
    assert told["anna"]["unknown"] == unknown
    assert len(told["anna"]["changes"]) == changes


async def test_the_first_200_changes_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    minutes = [moment(timedelta(minutes=each), (OWN, SET)[each % 2]) for each in range(300)]
    changes = (await forecast_of(monkeypatch, *minutes))["anna"]["changes"]
    assert len(changes) == 200
    assert changes[-1]["at"] == "2026-11-23T13:20:00+00:00"


async def test_a_day_is_forecast(monkeypatch: pytest.MonkeyPatch) -> None:
    followed = Followed(moment(0 * HOUR))
    monkeypatch.setattr(forecast, "Simulation", followed)
    await forecast.async_forecast(HASS, [ANNA])
    await forecast.async_forecast(HASS, [ANNA], 1.5)
    assert followed.ends == [NOW + 24 * HOUR, NOW + 1.5 * HOUR]


async def test_the_last_moment_is_simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    followed = Followed(moment(0 * HOUR, OWN, "?"), moment(HOUR, OWN, "!"))
    monkeypatch.setattr(simulate, "Simulation", followed)
    given: Any = {"light.lamp": "on"}
    assert await simulate.async_simulate(HASS, [ANNA, BEN], NOW + HOUR, given) == {
        name.lower(): {
            "explained": (name, NOW + HOUR),
            "at": "2026-11-23T11:00:00+00:00",
            "unknown": ["!"],
        }
        for name in ("Anna", "Ben")
    }
    assert (followed.ends, followed.given) == ([NOW + HOUR], [given])
