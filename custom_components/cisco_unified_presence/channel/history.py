"""The last states of the update channel, for diagnostics."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ..const import Channel
from ..coordinator import PresenceCoordinator

LAST_STATES = 50


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How changes arrived from a time on; none arrive while the server is not reachable."""

    since: datetime
    channel: Channel
    reachable: bool


class ChannelHistory:
    """Records each change of the channel's state.

    Attributes:
        states: The last ones, oldest first.
    """

    def __init__(self, coordinator: PresenceCoordinator) -> None:
        self._coordinator = coordinator
        self.states = deque[ChannelState](maxlen=LAST_STATES)
        self._async_record()
        coordinator.async_subscribe_server(self._async_record)

    @callback
    def _async_record(self) -> None:
        channel, reachable = self._coordinator.channel, self._coordinator.reachable
        last = self.states[-1] if self.states else None
        if last is None or (last.channel, last.reachable) != (channel, reachable):
            self.states.append(ChannelState(dt_util.utcnow(), channel, reachable))
