"""What the recorder writes of people in a working day, against bare sensors of the same states."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
import sqlite3

from homeassistant.components.recorder import DOMAIN as RECORDER
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import async_initialize_recorder, get_instance
from homeassistant.setup import async_setup_component

from bench.arrivals import WORDS, Arrivals, bare_entity, state_of
from bench.core import add_entry, home_assistant, presence_entity, server_entry
from bench.course import Course
from bench.population import OURS
from bench.row import Row
from bench.serving import node

CHANGES_A_DAY = 20
PATIENCE_SECONDS = 120
MOST = 1.1


async def measure(course: Course) -> Sequence[Row]:
    people = course.choose(thorough=100, quick=5)
    ours = await _written_by_us(course, people)
    base = await _written_by_bare(course, people)
    return [
        Row(
            name=f"recorded of a person in a day of {CHANGES_A_DAY} changes",
            ours=[ours / people],
            against="a bare sensor",
            base=[base / people],
            unit="B",
            most=MOST,
        )
    ]


async def _written_by_us(course: Course, people: int) -> int:
    async with (
        node(people, course.folder / "tls") as server,
        home_assistant(course.new_folder()) as hass,
        _recorder(hass) as database,
    ):
        entry = server_entry(server.at, "http")
        await add_entry(hass, entry)
        users = server.population.watched_by(OURS)
        entities = [presence_entity(hass, entry, user) for user in users]
        before = await _size(hass, database)
        for number in range(CHANGES_A_DAY):
            word = WORDS[number % len(WORDS)]
            with Arrivals(hass) as arrivals:
                server.change(*((user, word) for user in users))
                async with asyncio.timeout(PATIENCE_SECONDS):
                    while not all(hass.states.is_state(each, state_of(word)) for each in entities):
                        await arrivals.wait()
        return await _size(hass, database) - before


async def _written_by_bare(course: Course, people: int) -> int:
    async with home_assistant(course.new_folder()) as hass, _recorder(hass) as database:
        entities = [bare_entity(f"user{number}") for number in range(people)]

        def show(word: str) -> None:
            for entity in entities:
                attributes = {"friendly_name": f"{entity} Presence", "device_class": "enum"}
                hass.states.async_set(entity, state_of(word), attributes)

        show("AVAILABLE")
        before = await _size(hass, database)
        for number in range(CHANGES_A_DAY):
            show(WORDS[number % len(WORDS)])
            await hass.async_block_till_done()
        return await _size(hass, database) - before


@asynccontextmanager
async def _recorder(hass: HomeAssistant) -> AsyncGenerator[Path]:
    """Record to a file."""
    database = Path(hass.config.path("recorded.db"))
    async_initialize_recorder(hass)
    settings = {"db_url": f"sqlite:///{database}", "commit_interval": 0}
    if not await async_setup_component(hass, RECORDER, {RECORDER: settings}):
        raise RuntimeError("Home Assistant's recorder could not be set up")
    await get_instance(hass).async_recorder_ready.wait()
    yield database


async def _size(hass: HomeAssistant, database: Path) -> int:
    """Return the size of the states and their attributes, in bytes."""
    await hass.async_block_till_done()
    await get_instance(hass).async_block_till_done()

    def measured() -> int:
        with sqlite3.connect(database) as connection:
            pages, size = (
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "page_size")
            )
        return int(pages) * int(size)

    return await hass.async_add_executor_job(measured)
