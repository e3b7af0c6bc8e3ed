"""Rules through a working week, with faults: what stands at the server is what should.

The keeper, the rules, Home Assistant's conditions, timers and storage are real; the expectation is
reckoned apart from them, from the scenario alone (``bench/working_week/oracle.py``).
"""

from datetime import timedelta
import json
from pathlib import Path
import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from bench.working_week.oracle import Wishes, least_writes
from bench.working_week.scenario import MONDAY
from custom_components.cisco_unified_presence.arbitration import Want
from custom_components.cisco_unified_presence.pws import Presence

REPOSITORY = Path(__file__).parent.parent
BUSY = Want(Presence.BUSY, override=True)


def passed(*arguments: str) -> dict[str, float]:
    """Let a week pass in a process of its own, whose clock is not this one's."""
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-m", "bench.working_week", *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, float] = json.loads(done.stdout)
    return told


def test_200_people_and_50_rules_through_a_week() -> None:
    week = passed("--seed", "1")

    assert week["wrong"] == 0
    assert week["longest"] <= week["bound"]
    assert week["changes"] > 10_000
    assert week["writes"] <= week["least"] * 1.05


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**31))
def test_few_people_through_any_day(seed: int) -> None:
    day = passed("--seed", str(seed), "--people", "12", "--rules", "9", "--days", "1")

    assert day["wrong"] == 0


@pytest.mark.parametrize(
    ("hours", "writes"),
    [(1, 1 + 1), (1.6, 1 + 1 + 1), (3.2, 1 + 2 + 1)],
)
def test_least_are_a_write_for_each_difference_and_renewal(hours: float, writes: int) -> None:
    end = MONDAY + timedelta(hours=hours)
    wishes = Wishes(((MONDAY, BUSY), (end, None)), 0)

    assert least_writes(wishes, [], end + timedelta(hours=9)) == writes
