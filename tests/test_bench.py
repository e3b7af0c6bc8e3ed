"""The families of ``script/bench`` run and return plausible rows; nothing is timed here."""

import asyncio
from contextlib import closing
from datetime import UTC, datetime
import json
from pathlib import Path
import sys
from typing import Any

import pytest

from bench.row import Row, percentile
from bench.table import comparison, table
from bench.working_week.virtual_time import VirtualClock, VirtualLoop

REPOSITORY = Path(__file__).parent.parent
PATIENCE_SECONDS = 240


def row(**different: object) -> Row:
    given = {
        "name": "a row",
        "ours": [3.0, 1.0, 2.0],
        "against": "a base",
        "base": [4.0],
        "unit": "ms",
    }
    return Row(**(given | different))  # type: ignore[arg-type] # rows by the name of their fields


def test_a_row_is_the_ratio_of_the_medians() -> None:
    assert row().ratio == 0.5
    assert row().p95 == 0.75


@pytest.mark.parametrize(
    ("target", "met"),
    [({}, None), ({"most": 0.5}, True), ({"most": 0.4}, False)],
)
def test_a_target_is_met_or_not(target: dict[str, float], *, met: bool | None) -> None:
    assert row(**target).met is met
    assert row(**target).as_json()["met"] is met


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile(range(100), 0.95) == 95
    assert percentile([7.0], 0.95) == 7.0


def test_the_table_says_whether_a_target_is_met() -> None:
    met, missed, free = table([row(most=1), row(most=0.1), row()]).splitlines()[2:]
    assert "| <= 1 " in met
    assert met.endswith("| yes |")
    assert missed.endswith("| NO  |")
    assert free.endswith("|     |")


def test_a_comparison_says_what_a_change_cost() -> None:
    earlier = [row().as_json(), row(name="free of cost", ours=[0.0]).as_json()]
    rows = [row(ours=[3.0]), row(name="free of cost"), row(name="another")]
    dearer, free, new = comparison(rows, earlier).splitlines()[2:]
    assert "| 0.5        | 0.75      | +50 %  |" in dearer
    assert "| 0          | 0.5       |        |" in free
    assert "| new        | 0.5       |        |" in new


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        ("parsing", "reading a list of 100"),
        ("change", "one change among 20 people, states written"),
        ("events", "event to state, https, 1 people"),
        ("burst", "20 notifications in 1 s, stale states written, and one"),
        ("silence", "event after an hour of silence"),
        ("start", "start with 10 people, until the picture is complete"),
        ("hour", "hour with 20 people, live, requests"),
        ("setting", "setting 3 by a rule, requests for each"),
        ("recorder", "recorded of a person in a day of 20 changes"),
        ("idle", "idle hour with 20 people, requests"),
        ("rules", "explain of 20 people, longest block"),
        ("week", "wrong presence, 20 people, 10 rules, 1 days with faults"),
    ],
)
async def test_each_family_gives_rows(family: str, expected: str, tmp_path: Path) -> None:
    rows = await quick_rows(family, tmp_path)
    assert expected in {each["name"] for each in rows}
    assert all(each["ratio"] >= 0 and each["count"] > 0 and each["against"] for each in rows)


async def test_nothing_grows_with_events_strangers_or_days(tmp_path: Path) -> None:
    """The soak in short; the benchmark has a longer one, and a year can be asked for."""
    (row,) = await quick_rows("soak", tmp_path)
    assert row["name"] == "2 days of 10 people, memory at the end"
    assert row["met"], row


@pytest.mark.timeout(10)
@pytest.mark.parametrize("seconds", [0.0, 0.1])
def test_virtual_time_passes_after_half_a_year(seconds: float) -> None:
    clock = VirtualClock(datetime(2026, 11, 20, tzinfo=UTC))
    # From here on the next time is further away than the resolution of the loop's clock.
    clock.elapsed = 2.0**24
    with closing(VirtualLoop(clock)) as loop:
        due = loop.create_future()
        loop.call_at(loop.time() + seconds, due.set_result, None)
        loop.run_until_complete(due)
    assert clock.elapsed == pytest.approx(2.0**24 + seconds)


async def quick_rows(family: str, folder: Path) -> list[dict[str, Any]]:
    """Return the rows of a family; the exit status says whether targets are met."""
    written = folder / "rows.json"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench", family, "--quick", "--json", written),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE_SECONDS):
        output, errors = await process.communicate()
    assert written.exists(), errors.decode()
    rows: list[dict[str, Any]] = json.loads(written.read_text())["rows"]
    assert all(each["name"] in output.decode() for each in rows)
    assert process.returncode == int(any(each["met"] is False for each in rows))
    return rows
