"""Whether the server has called, or calls in time."""

from collections.abc import Callable
from typing import Any

from homeassistant.core import CALLBACK_TYPE
import pytest

from custom_components.cisco_unified_presence.const import Channel
from custom_components.cisco_unified_presence.listeners import add_listener
from custom_components.cisco_unified_presence.repair.callback import async_has_called


class Server:
    """A coordinator, as far as it tells of the channel."""

    def __init__(self, *channels: Channel) -> None:
        """Each channel but the first comes as soon as somebody listens."""
        self.channel, *self._channels = channels
        self.listeners: list[Callable[[], None]] = []

    def async_subscribe_server(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        stop = add_listener(self.listeners, listener)
        for channel in self._channels:
            self.channel = channel
            listener()
        return stop


@pytest.mark.parametrize(
    ("channels", "has_called"),
    [
        ([Channel.EVENTING], True),
        ([Channel.POLLING, Channel.EVENTING, Channel.POLLING], True),
        ([Channel.POLLING], False),
        ([Channel.POLLING, Channel.POLLING], False),
    ],
)
async def test_the_server_has_called_or_not_and_nobody_listens_any_more(
    channels: list[Channel], *, has_called: bool
) -> None:
    server: Any = Server(*channels)
    assert await async_has_called(server, within=0) is has_called
    assert server.listeners == []
