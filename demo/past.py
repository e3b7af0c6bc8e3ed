"""History for the demo: the day so far.

Home Assistant has no interface for this, so it is written into the recorder's database.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
import sqlite3
import time
from typing import Final

# Pairs of minutes ago, and the state from then on.
type Course = tuple[tuple[float, str], ...]

THE_DAY_SO_FAR: Final[Mapping[str, Course]] = {
    "sensor.anna_lindqvist_presence": (
        (540, "available"),
        (425, "busy"),
        (365, "available"),
        (310, "away"),
        (262, "available"),
        (190, "do_not_disturb"),
        (150, "available"),
        (52, "busy"),
        (14, "available"),
    ),
    "sensor.ben_okafor_presence": (
        (500, "available"),
        (330, "away"),
        (270, "available"),
        (190, "do_not_disturb"),
        (150, "available"),
        (85, "busy"),
        (40, "available"),
    ),
    "sensor.clara_moreau_presence": (
        (515, "available"),
        (425, "busy"),
        (365, "available"),
        (320, "away"),
        (255, "available"),
        (48, "busy"),
    ),
    "sensor.david_weiss_presence": (
        (530, "available"),
        (400, "busy"),
        (345, "available"),
        (27, "away"),
    ),
    "sensor.emma_rossi_presence": ((545, "vacation"),),
    "sensor.felix_de_vries_presence": (
        (470, "available"),
        (340, "away"),
        (290, "available"),
        (9, "busy"),
    ),
    "sensor.hana_sato_presence": ((520, "available"), (240, "offline")),
}
RECORDED_SECONDS: Final = 20.0


async def remember(database: Path, courses: Mapping[str, Course] = THE_DAY_SO_FAR) -> None:
    """Insert courses before the recorder's first own states, once those are there."""
    async with asyncio.timeout(RECORDED_SECONDS):
        while not await asyncio.to_thread(_insert, database, courses):  # noqa: ASYNC110 (a file)
            await asyncio.sleep(0.2)


def _insert(database: Path, courses: Mapping[str, Course]) -> bool:
    """Insert all courses, and return True; nothing while an entity has no state yet."""
    now = time.time()
    with sqlite3.connect(database, timeout=10) as connection:
        first = {entity_id: _first_state(connection, entity_id) for entity_id in courses}
        found = {key: each for key, each in first.items() if each is not None}
        if len(found) < len(courses):
            return False
        connection.executemany(
            "INSERT INTO states (state, metadata_id, attributes_id, last_updated_ts, origin_idx)"
            " VALUES (?, ?, ?, ?, 0)",
            [
                (state, number, attributes, now - minutes * 60)
                for key, (number, attributes) in found.items()
                for minutes, state in courses[key]
            ],
        )
    connection.close()
    return True


def _first_state(connection: sqlite3.Connection, entity_id: str) -> tuple[int, int] | None:
    """Return the ids of an entity and of its attributes, as of its first recorded state."""
    row: tuple[int, int] | None = connection.execute(
        "SELECT metadata_id, attributes_id FROM states JOIN states_meta USING (metadata_id)"
        " WHERE states_meta.entity_id = ? ORDER BY last_updated_ts LIMIT 1",
        (entity_id,),
    ).fetchone()
    return row
