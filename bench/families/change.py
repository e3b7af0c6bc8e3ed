"""One change among many people: states written, and time of the loop."""

from collections.abc import Sequence
import random

from bench.arrivals import WORDS, Arrivals, time_change
from bench.blocks import LONGEST_ALLOWED, watched_blocks
from bench.course import Course
from bench.families.stage import integration
from bench.population import OURS
from bench.row import Row

# Whatever grows with the number of people is found by this.
MOST = 1.5


async def measure(course: Course) -> Sequence[Row]:
    size = course.choose(thorough=5000, quick=20)
    writes: list[float] = []
    busy: dict[int, list[float]] = {1: [], size: []}
    longest: list[float] = []
    for people, spent in busy.items():
        async with integration(course, people, "https") as ready:
            users = ready.node.population.watched_by(OURS)
            picked = random.Random(2).choices(users, k=course.choose(thorough=200, quick=3))  # noqa: S311
            for number, user in enumerate(picked):
                with Arrivals(ready.hass) as arrivals, watched_blocks() as blocks:
                    word = WORDS[number % len(WORDS)]
                    if ready.shows(user, word):
                        word = "VACATION"
                    entity = ready.entities[user]
                    await time_change(ready.node, arrivals, user, entity, word)
                spent.append(blocks.total)
                if people == size:
                    longest.append(blocks.longest)
                    writes.append(arrivals.writes)
    return [
        Row(
            name=f"one change among {size} people, states written",
            ours=writes,
            against="one",
            base=[1],
            unit="writes",
            most=1,
        ),
        Row(
            name=f"one change among {size} people, time of the loop",
            ours=busy[size],
            against="among 1",
            base=busy[1],
            unit="ms",
            most=MOST,
        ),
        Row(
            name=f"one change among {size} people, longest block",
            ours=longest,
            against="allowed",
            base=[LONGEST_ALLOWED],
            unit="ms",
            most=1,
        ),
    ]
