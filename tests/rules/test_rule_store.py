"""Which records of rules are kept, and when they are stored."""

from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.rules import store as module
from custom_components.cisco_unified_presence.rules.store import (
    SAVE_WITHIN,
    InstanceRecord,
    RuleRecord,
    RuleStore,
)
from custom_components.cisco_unified_presence.rules.timing import TimingState
from tests.common.rules import ELSEWHERE, NOON, rule

HELD = InstanceRecord(TimingState(true_since=NOON, holds_since=NOON))


class Around:
    """Records, and how often they were to be stored."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.loaded = SimpleNamespace(records={}, unreadable={})
        self.running: dict[str, RuleRecord] = {}
        self.noted: list[str] = []
        monkeypatch.setattr(module, "RecordStore", self._store)
        hass: Any = None
        self.store = RuleStore(hass, lambda: self.running)

    def _store(self, _hass: object, key: str, as_storage: Any, *, within: float) -> Any:
        assert (key, within) == ("cisco_unified_presence.rules", 5.0)
        self.as_storage = as_storage

        async def load(read: object) -> Any:
            assert read == RuleRecord.from_storage
            return self.loaded

        async def stored() -> None:
            self.noted.append("stored")

        return SimpleNamespace(
            async_load=load,
            async_note_change=lambda: self.noted.append("changed"),
            async_stored=stored,
        )

    def taken(self) -> list[str]:
        taken = [*self.noted]
        self.noted.clear()
        return taken


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> Around:
    return Around(monkeypatch)


def record(**changes: Any) -> RuleRecord:
    usual = {"entry_id": "entry", "conditions": rule().fingerprint, "shared": HELD}
    return RuleRecord(**{**usual, **changes})


@pytest.mark.parametrize("unreadable", [{}, {"x": 1}])
async def test_records_are_read(around: Around, unreadable: dict[str, int]) -> None:
    assert SAVE_WITHIN == 5.0
    around.loaded = SimpleNamespace(records={"desk": record()}, unreadable=unreadable)
    loaded: Any = await around.store.async_load()
    assert loaded is around.loaded
    # What cannot be read is dropped.
    assert around.taken() == (["changed"] if unreadable else [])
    assert around.as_storage() == {"desk": record().as_storage()}
    await around.store.async_stored()
    assert around.taken() == ["stored"]


def test_with_which_record_a_rule_runs(around: Around) -> None:
    new = RuleRecord(entry_id="entry", conditions=rule().fingerprint)
    assert around.store.record_of(rule(), "entry") == new
    around.store.async_set("desk", record(enabled=False))
    assert around.store.record_of(rule(priority=7), "other") == record(enabled=False)
    other = rule(when=[ELSEWHERE])
    for enabled in (True, False):
        around.store.async_set("desk", record(enabled=enabled))
        assert around.store.record_of(other, "other") == RuleRecord(
            entry_id="other", conditions=other.fingerprint, enabled=enabled
        )


def test_changes_are_stored(around: Around) -> None:
    around.store.async_note_change()
    assert around.taken() == ["changed"]
    around.store.async_set("desk", record())
    around.store.async_set("desk", record())
    assert around.taken() == ["changed"]
    around.store.async_set("desk", record(enabled=False))
    around.store.async_set("call", record())
    around.taken()
    around.store.async_delete(lambda rule_id, each: rule_id == "x" or not each.entry_id)
    assert around.taken() == []
    around.store.async_delete(lambda _, each: not each.enabled)
    assert around.taken() == ["changed"]
    # A rule that runs is stored as it is now.
    around.running = {"call": record(enabled=False), "new": record()}
    assert around.as_storage() == {
        "call": record(enabled=False).as_storage(),
        "new": record().as_storage(),
    }
