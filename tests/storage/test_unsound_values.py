"""Values of the right type that raise only later: they cost the record, and stop nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control.history import PastDecision
from custom_components.cisco_unified_presence.control.pending_clears import PendingClears
from custom_components.cisco_unified_presence.presence_times import PresenceTime
from custom_components.cisco_unified_presence.roster.never_seen import Observation
from custom_components.cisco_unified_presence.rules.pause import Pause
from custom_components.cisco_unified_presence.rules.statistics import RuleWins
from custom_components.cisco_unified_presence.rules.store import RuleRecord
from custom_components.cisco_unified_presence.storage import read_records
from tests.common.storage import put_data

TIME = "2026-11-29T10:00:00+00:00"
# As local times elsewhere they are out of range.
LAST, FIRST = "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+00:00"
ACCOUNT = {"host": "127.0.0.1", "port": 443, "application_user": "hass", "password": "p"}
SCOPE = {"people": None, "rules": None}


def pause(until: str) -> dict[str, Any]:
    return {"scope": SCOPE, "until": until, "resumed": [], "by_switch": False}


def rule(**want: Any) -> dict[str, Any]:
    times = dict.fromkeys(("true_since", "false_since", "unreadable_since", "holds_since"))
    return {
        "entry_id": None,
        "conditions": "c",
        "enabled": True,
        "stretch": {**times, "spent": False},
        "want": {"presence": "BUSY", "override": True, "note": None, **want},
    }


def wins(*total: float) -> dict[str, Any]:
    return {"entry_id": None, "total": list(total), "people": {}}


def decision(at: str) -> dict[str, Any]:
    return {"at": at, "source": "rule", "cause": "rules"}


def undo(**account: Any) -> dict[str, Any]:
    data = {key: value for key, value in {**ACCOUNT, **account}.items() if value is not None}
    return {"people": {}, "account": {"data": data}, "log_out_until": TIME}


@pytest.mark.parametrize(
    ("from_storage", "sound", "unsound"),
    [
        (Pause.from_storage, pause(TIME), [pause(LAST), pause(FIRST), pause("2026-11-29")]),
        (
            RuleRecord.from_storage,
            rule(note="x"),
            [rule(override=[]), rule(override=None), rule(note=5), rule(note={})],
        ),
        (
            RuleWins.from_storage,
            wins(1, 5.0),
            [wins(2**64, 5), wins(-1, 5), wins(1, 1e308), wins(1, -1.0)],
        ),
        (
            Observation.from_storage,
            {"offline": 5, "seen": False},
            [{"offline": 1e308, "seen": False}, {"offline": -5, "seen": False}],
        ),
        (
            PresenceTime.from_storage,
            {"presence": "BUSY", "since": TIME},
            [{"presence": "BUSY", "since": time} for time in (FIRST, LAST, "2026-11-29")],
        ),
        (PastDecision.from_storage, decision(TIME), [decision(FIRST), decision(LAST)]),
        (
            PendingClears.from_storage,
            undo(),
            [undo(host=None), undo(host=5), undo(port="443"), undo(password=None)],
        ),
    ],
)
def test_unsound_value_makes_a_record_unreadable(
    from_storage: Callable[[Any], object], sound: Any, unsound: list[Any]
) -> None:
    stored = {str(number): each for number, each in enumerate(unsound)}
    records, unreadable = read_records({"sound": sound, **stored}, from_storage)
    assert list(records) == ["sound"]
    assert list(unreadable) == list(stored)


@pytest.mark.usefixtures("web_server")
async def test_no_unsound_value_fails_a_set_up(
    hass: HomeAssistant, directory: Path, entry: MockConfigEntry
) -> None:
    stored: dict[str, Any] = {
        "pauses": {"0": pause(LAST)},
        "rules": {"r": rule(note={})},
        "rule_statistics": {"r": {**wins(2**64, 1e308), "open": []}},
        "undo": {"gone": undo(host=None)},
        f"{entry.entry_id}.decisions": {"anna@example.com": {"decisions": [decision(FIRST)]}},
    }
    for name, data in stored.items():
        put_data(directory, f"{DOMAIN}.{name}", data)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    await hass.async_block_till_done()
    assert await hass.config_entries.async_unload(entry.entry_id)
