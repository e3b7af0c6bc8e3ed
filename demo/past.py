"""History for the demo's pictures: the last quarter of an hour.

Home Assistant has no interface for this, so it is written into the recorder's database.
"""

from collections.abc import Mapping
from pathlib import Path
import sqlite3
import time

# Pairs of minutes ago, and the state from then on.
type Course = tuple[tuple[float, str], ...]

QUARTER_OF_AN_HOUR: Mapping[str, Course] = {
    "sensor.anna_lindqvist_presence": (
        (14.8, "available"),
        (13, "busy"),
        (9.5, "available"),
        (6, "do_not_disturb"),
        (3.2, "available"),
    ),
    "sensor.ben_okafor_presence": (
        (14.8, "away"),
        (13.5, "available"),
        (11, "away"),
        (8, "available"),
        (6, "do_not_disturb"),
        (3.2, "available"),
    ),
    "sensor.clara_moreau_presence": ((14.8, "available"), (13, "busy"), (9.5, "available")),
    "sensor.david_weiss_presence": ((14.8, "available"), (12, "busy"), (7, "away")),
    "sensor.emma_rossi_presence": ((14.8, "vacation"),),
    "sensor.felix_de_vries_presence": ((14.8, "available"), (10.5, "offline")),
    "binary_sensor.rule_on_air_active": ((14.8, "off"), (6, "on"), (3.2, "off")),
    "binary_sensor.rule_meeting_room_active": ((14.8, "off"), (13, "on"), (9.5, "off")),
    "binary_sensor.rule_lunch_active": ((14.8, "on"), (13.5, "off")),
}


def remember(database: Path, courses: Mapping[str, Course]) -> None:
    """Insert these courses before the recorder's first own state."""
    now = time.time()
    with sqlite3.connect(database, timeout=10) as connection:
        for entity_id, course in courses.items():
            (number, attributes) = connection.execute(
                "SELECT metadata_id, attributes_id FROM states JOIN states_meta USING (metadata_id)"
                " WHERE states_meta.entity_id = ? ORDER BY last_updated_ts LIMIT 1",
                (entity_id,),
            ).fetchone()
            connection.executemany(
                "INSERT INTO states (state, metadata_id, attributes_id, last_updated_ts,"
                " origin_idx) VALUES (?, ?, ?, ?, 0)",
                [(state, number, attributes, now - minutes * 60) for minutes, state in course],
            )
    connection.close()
