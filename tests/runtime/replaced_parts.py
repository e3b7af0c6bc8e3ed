"""An entry whose runtime, rule engine and feeds are replaced by what notes the calls."""

import asyncio
from typing import Any
from unittest.mock import AsyncMock, Mock, call

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

import custom_components.cisco_unified_presence as package
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.people import people_of
from tests.common.entry import SECRET, person

DATA = {
    "host": "cup",
    "port": 8083,
    "security": "https",
    "webhook_id": SECRET,
    "watcher": "desk",
    "presence_domain": "example.com",
}


DEVICES = (
    "async_update_server_device",
    "async_update_people_devices",
    "async_update_rule_devices",
    "async_update_group_devices",
)


class Replaced:
    """An entry that runs, whose parts, rules and devices are replaced by what notes the calls."""

    def __init__(self, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hass = hass
        self.entry = MockConfigEntry(
            domain=DOMAIN,
            title="CUP",
            data=DATA,
            subentries_data=[person("anna", controlled=True), person("ben")],
            state=ConfigEntryState.LOADED,
        )
        self.entry.add_to_hass(hass)
        self.calls = Mock()
        self.runtime = self.calls.runtime
        self.runtime.async_leave = AsyncMock()
        self.runtime.async_options_changed = AsyncMock()
        self.runtime.async_people_changed = AsyncMock()
        self.runtime.roster.contact_list.is_changing = False
        self.runtime.coordinator.people = people_of(self.entry)
        self.entry.runtime_data = self.runtime
        self.calls.engine.async_people_changed = AsyncMock()
        monkeypatch.setattr(package, "async_rule_engine", lambda _hass: self.calls.engine)
        for name in (*DEVICES, "async_schedule_reload", "async_end_feeds"):
            monkeypatch.setattr(package, name, getattr(self.calls, name))
        self.updates = package._EntryUpdates(hass, self.entry)

    @property
    def taken_over(self) -> list[Any]:
        return [
            call.runtime.async_options_changed(),
            call.runtime.async_people_changed(),
            call.engine.async_people_changed(self.entry),
        ]

    def change(self, **changed: Any) -> None:
        self.hass.config_entries.async_update_entry(self.entry, **changed)

    async def noted(self) -> list[Any]:
        """Return the calls to which a noted change has led in the next turn of the loop."""
        assert self.calls.mock_calls == []
        for _ in range(3):
            await asyncio.sleep(0)
            await self.hass.async_block_till_done()
        calls = list(self.calls.mock_calls)
        self.calls.reset_mock()
        return calls
