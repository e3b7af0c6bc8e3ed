"""Days of a company on a virtual clock: what stays in memory."""

from collections.abc import Sequence

from bench.course import Course
from bench.families.hour import passed
from bench.row import Row

# Rare refreshes, since each is a request for each person for as long as it is.
REFRESH_SECONDS = 6 * 3600
# Of what is allocated after the first day, which fills what has a bound.
MOST = 1.005


async def measure(course: Course) -> Sequence[Row]:
    people, days = course.choose(thorough=(200, 4), quick=(10, 2))
    spans = await passed(
        course,
        *("--people", str(people), "--controlled", str(people // 10), "--days", str(days)),
        *("--changes", "8", "--look", str(REFRESH_SECONDS)),
    )
    changes = people * 8
    return [
        Row(
            name=f"{days} days of {people} people, memory at the end",
            ours=[spans[-1]["blocks"]],
            against="after the first",
            base=[spans[0]["blocks"]],
            unit="blocks",
            most=MOST,
            remark=f"{changes} changes a day, and 20 contacts that are not ours",
        )
    ]
