"""What is decided for a person at each moment at which something may change."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from custom_components.cisco_unified_presence.arbitration import (
    ManualSetting,
    Outcome,
    Overruled,
    RequestedPresence,
    Source,
)
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.rules.pause import PausesInForce
from custom_components.cisco_unified_presence.simulation.person_course import Standing, follow

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
BUSY = RequestedPresence(Presence.BUSY, override=True)
ANNA = ("entry", "anna")


def moments(standing: Standing, *pauses: float) -> list[Any]:
    ends: Any = SimpleNamespace(
        ends=frozenset(NOW + hours * HOUR for hours in pauses), at=lambda _: PausesInForce(())
    )
    return list(follow(standing, {}, ends, NOW, NOW + 5 * HOUR))


def hours(standing: Standing, *pauses: float) -> list[float]:
    return [(moment.at - NOW) / HOUR for moment in moments(standing, *pauses)]


def test_ends_of_settings_and_pauses_are_moments() -> None:
    manual = ManualSetting(BUSY, NOW - HOUR, NOW + 2 * HOUR)
    standing = Standing(person=ANNA, manual=manual)
    # What is over, or comes later, is none.
    assert hours(standing, 1, 2, -1, 6) == [0, 1, 2, 5]
    assert [moment.decision.source for moment in moments(standing)] == [
        Source.MANUAL,
        Source.OWN,
        Source.OWN,
    ]


def test_what_is_overruled_is_forgotten_in_time() -> None:
    overruled = Overruled(Outcome(Source.RULE, "desk", BUSY))
    standing = Standing(person=ANNA, overruled=overruled)
    # No rule requests it any more; a quarter of an hour later it is forgotten.
    assert hours(standing) == [0, 0.25, 5]
    assert [moment.overruled is None for moment in moments(standing)] == [False, False, True]
