"""What the version before manual settings had a usual end has stored loads unchanged.

The files in written_earlier were written by that version: Anna was set without an end, and Ben for
two hours.
"""

from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from tests.common.server import Cup
from tests.common.setting_presence import set_presence
from tests.common.states import shown
from tests.common.storage import on_disk, put_data
from tests.common.waiting import settled

FILES = Path(__file__).parent / "written_earlier"
SOURCE = "sensor.anna_presence_source"


def written(name: str) -> Any:
    return json.loads((FILES / name).read_text())


@pytest.fixture
def entry(
    hass: HomeAssistant,
    directory: Path,
    freezer: FrozenDateTimeFactory,
    cup: Cup,
    trusted_records: None,
) -> MockConfigEntry:
    freezer.move_to(datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    stored = written("entry.json")
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={**stored["data"], "port": cup.simulator.ports.http},
        subentries_data=stored["subentries"],
        **{key: stored[key] for key in ("options", "title", "unique_id", "version")},
        minor_version=stored["minor_version"],
    )
    entry.add_to_hass(hass)
    put_data(directory, f"{DOMAIN}.{entry.entry_id}.kept", written("control.json"))
    return entry


def until(hass: HomeAssistant, source: str) -> datetime | None:
    state = hass.states.get(source)
    assert state
    ends: datetime | None = state.attributes["until"]
    return ends


async def test_manual_settings_go_on_as_they_were(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)

    assert shown(hass, "sensor.anna_presence") == "busy"
    assert shown(hass, "sensor.ben_presence") == "away"
    assert until(hass, SOURCE) is None
    assert until(hass, "sensor.ben_presence_source") == datetime(2026, 11, 23, 11, tzinfo=UTC)
    state = hass.states.get(SOURCE)
    assert state
    assert state.attributes["set_by"] is None
    assert "set through Home Assistant" in state.attributes["reason"]


async def test_entry_has_no_usual_end_before_its_options_say_one(
    hass: HomeAssistant, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "vacation")

    assert until(hass, SOURCE) is None
    assert loaded.options == {}


async def test_what_an_automation_sets_is_stored_as_before(
    hass: HomeAssistant, directory: Path, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "vacation", duration="01:00:00")

    stored = on_disk(directory, f"{DOMAIN}.{loaded.entry_id}.kept")["anna@example.com"]["manual"]
    assert stored.keys() == {"want", "since", "until"}
    assert datetime.fromisoformat(stored["until"]) == dt_util.utcnow().replace(hour=10)
