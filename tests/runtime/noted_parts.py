"""The parts of an entry, put together, with calls to some of them noted."""

from typing import Any
from unittest.mock import AsyncMock, Mock, call

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.pws import PlainHttp, Server
from custom_components.cisco_unified_presence.runtime import Runtime
from tests.common.entry import SECRET

DATA: dict[str, Any] = {
    "host": "one",
    "port": 8082,
    "security": "http",
    "application_user": "hass",
    "password": "simulator",
    "watcher": "desk",
    "presence_domain": "example.com",
    "webhook_id": SECRET,
}


ONE, TWO = (Server(host=host, port=8082, security=PlainHttp()) for host in ("one", "two"))


# The parts that are told of something.
PARTS = ("eventing", "reconciler", "_session_watch", "roster", "_reader", "_callback")


class Parts:
    """The parts of an entry, put together and not started; calls to some are noted."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry, made: Runtime) -> None:
        self._hass = hass
        self.entry = entry
        self.runtime = made
        self.calls = Mock()
        for name in PARTS:
            part = AsyncMock()
            for sync in (
                "async_set_intervals",
                "async_reading_changed",
                "async_set_callback",
                "async_node_changed",
                "async_note_node_changed",
                "async_note_lost",
                "async_session_lost",
                "async_requests_changed",
                "async_set_options",
                "async_set_rich",
            ):
                setattr(part, sync, Mock())
            if name == "eventing":
                part.async_people_changed = Mock()
            setattr(made, name, part)
            self.calls.attach_mock(part, name.removeprefix("_"))
        self.calls.callback.async_open.return_value = "opened"

    async def change(self, **options: Any) -> list[Any]:
        """Change the options, and return the calls but for that of the roster."""
        self._hass.config_entries.async_update_entry(self.entry, options=options)
        self.calls.reset_mock()
        await self.runtime.async_options_changed()
        told, *others = self.calls.mock_calls
        assert told == call.roster.async_set_options(self.runtime._applied)
        return others
