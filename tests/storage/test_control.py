"""What is stored of controlled people, and what its file may hold instead."""

from datetime import timedelta
import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from hypothesis import given
from hypothesis import strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.arbitration import (
    ManualSetting,
    Outcome,
    Overruled,
    RequestedPresence,
    Source,
    decide,
)
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control.losses import LossIssue
from custom_components.cisco_unified_presence.control.record import PersonRecord, PublishedPresence
from custom_components.cisco_unified_presence.control.store import StoredRecord
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.storage import read_records
from tests.common.entry import person
from tests.common.server import Cup
from tests.common.setting_presence import logged_in, set_presence
from tests.common.states import shown
from tests.common.storage import OTHER_JSON, files, on_disk, put, put_data
from tests.common.strategies import NOW
from tests.common.waiting import settled

ANNA, BEN = "anna@example.com", "ben@example.com"
BUSY = RequestedPresence(Presence.BUSY, override=True, note="In the lab")
FULL = PersonRecord(
    manual=ManualSetting(BUSY, NOW, NOW + timedelta(hours=1)),
    overruled=Overruled(Outcome(Source.RULE, "room", BUSY)),
    winner=Outcome(Source.MANUAL, NOW.isoformat(), BUSY),
    published=PublishedPresence(BUSY, NOW, "mark", Presence.AWAY),
    losses=(NOW,),
)
STORED: dict[str, Any] = json.loads(json.dumps(FULL.as_storage()))


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    return [person("anna", controlled=True), person("ben", controlled=True)]


def key_of(entry: MockConfigEntry) -> str:
    return f"{DOMAIN}.{entry.entry_id}.kept"


def losses(hass: HomeAssistant) -> list[tuple[str | None, dict[str, str] | None]]:
    return [
        (issue.translation_key, issue.translation_placeholders)
        for issue in ir.async_get(hass).issues.values()
        if issue.active and issue.translation_key in {*LossIssue}
    ]


def test_record_of_the_version_before_is_read_unchanged() -> None:
    read = StoredRecord.from_storage(STORED)

    assert read.record == FULL
    assert read.addressee is None
    assert STORED.keys() == {"manual", "set_aside", "winner", "written", "unsure", "losses"}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
PATHS = (
    *((key,) for key in STORED),
    *(("manual", key) for key in STORED["manual"]),
    *(("written", key) for key in STORED["written"]),
    *(("winner", key) for key in STORED["winner"]),
    *(("set_aside", "want", key) for key in STORED["set_aside"]["want"]),
    ("losses", 0),
)
times = st.datetimes().map(str) | st.sampled_from(
    ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00Z"]
)


@given(path=st.sampled_from(PATHS), value=anything | times)
def test_damaged_record_is_refused_or_can_be_decided_by(path: tuple[Any, ...], value: Any) -> None:
    stored = json.loads(json.dumps(STORED))
    place = stored
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value

    records, _ = read_records({"anna": stored}, StoredRecord.from_storage)

    for each in records.values():
        record = each.record.at(NOW).without_future(NOW)
        record.after(decide(record.manual, (), record.overruled, NOW))
        record.agrees_with(BUSY, NOW)
        record.after_jump(timedelta(hours=-1))
        json.dumps(record.as_storage())


async def test_record_that_cannot_be_read_costs_that_record(
    hass: HomeAssistant, directory: Path, loaded: MockConfigEntry, cup: Cup
) -> None:
    await set_presence(hass, "busy")
    await hass.services.async_call(
        DOMAIN,
        "set_presence",
        {"entity_id": "sensor.ben_presence", "presence": "away"},
        blocking=True,
    )
    await loaded.runtime_data.async_leave(keep_published=True)
    stored = on_disk(directory, key_of(loaded))
    stored[ANNA]["manual"]["since"] = "yesterday"
    put_data(directory, key_of(loaded), stored)

    assert await hass.config_entries.async_reload(loaded.entry_id)
    await settled(cup)

    assert shown(hass, "sensor.ben_presence_source") == "manual"
    assert await cup.presence_of("ben") == "AWAY"
    # What she was set to is not known any more, but that something may be published.
    assert shown(hass, "sensor.anna_presence_source") == "own"
    assert await cup.presence_of("anna") == "AVAILABLE"
    assert "anna" not in await logged_in(cup)
    assert losses(hass) == [("settings_lost", {"title": "CUP", "people": "Anna"})]


@pytest.mark.parametrize("content", OTHER_JSON)
async def test_file_of_another_form_costs_what_is_in_it_only(
    hass: HomeAssistant, directory: Path, loaded: MockConfigEntry, content: str
) -> None:
    assert await hass.config_entries.async_unload(loaded.entry_id)
    put(directory, key_of(loaded), content)

    assert await hass.config_entries.async_setup(loaded.entry_id)

    assert loaded.state is ConfigEntryState.LOADED
    ((issue, placeholders),) = losses(hass)
    assert issue == "settings_file_lost"
    assert placeholders
    kept = files(directory, key_of(loaded))
    assert content.encode() in kept.values()
    assert Path(placeholders["path"]).name in kept


async def test_loss_names_ten_people_at_most(
    hass: HomeAssistant, directory: Path, loaded: MockConfigEntry
) -> None:
    assert await hass.config_entries.async_unload(loaded.entry_id)
    put_data(directory, key_of(loaded), {f"user{n}@x": None for n in range(12)})

    assert await hass.config_entries.async_setup(loaded.entry_id)

    ((_, placeholders),) = losses(hass)
    assert placeholders
    assert placeholders["people"].endswith("user9@x, … (+2)")
