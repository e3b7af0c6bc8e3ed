"""Rules and their records that an earlier version has written load unchanged.

The files rules.json and configuration.json in written_earlier are of the version before rules were
evaluated for each person.
"""

from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import CoreState, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules import RULE_SCHEMA, Rule
from custom_components.cisco_unified_presence.rules.store import RuleRecord
from tests.common.rules import ANNA, names, open_engine, pass_by, start
from tests.common.storage import put_data

FILES = Path(__file__).parent / "written_earlier"
RECORDS: dict[str, Any] = json.loads((FILES / "rules.json").read_text())
WRITTEN: list[dict[str, Any]] = json.loads((FILES / "configuration.json").read_text())


@pytest.fixture
def entry_data() -> dict[str, Any]:
    """No server is needed."""
    return {}


@pytest.mark.parametrize("written", WRITTEN, ids=lambda each: each["name"])
async def test_record_belongs_to_its_rule_and_is_written_as_it_was(
    hass: HomeAssistant, written: dict[str, Any]
) -> None:
    rule = Rule.of(RULE_SCHEMA(written))
    stored = RECORDS[rule.id]
    record = RuleRecord.from_storage(stored)

    assert record.conditions == rule.fingerprint
    assert record.as_storage() == stored
    assert not rule.is_personal
    assert not rule.has_texts
    assert not rule.beats_manual


async def test_rule_goes_on_as_it_was(
    hass: HomeAssistant,
    directory: Path,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    freezer.move_to(datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    hass.set_state(CoreState.starting)
    put_data(directory, f"{DOMAIN}.rules", RECORDS)

    engine = await open_engine(hass, *(Rule.of(RULE_SCHEMA(each)) for each in WRITTEN), entry=entry)

    assert names(engine, entry, ANNA) == ["Meeting room"]
    status = engine.status_of("meeting_room")
    assert status
    assert status.since == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert status.until == datetime(2026, 11, 23, 12, tzinfo=UTC)
    off = engine.status_of("off")
    assert off
    assert not off.enabled
    hass.states.async_set("binary_sensor.room", "on")
    await start(hass)
    assert names(engine, entry, ANNA) == ["Meeting room"]
    # Home Assistant cleans up after its start, and then waits whether to do so again.
    await pass_by(hass, freezer, timedelta(minutes=1))
    await pass_by(hass, freezer, timedelta(minutes=1))
