"""How changes of presence arrived lately: the states of the channel, for diagnostics."""

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
    """How changes arrived from a time on; nothing arrives while the server cannot be reached."""

    since: datetime
    channel: Channel
    reachable: bool


class ChannelHistory:
    """Notes each change of the channel's state.

    Attributes:
        states: The last ones, oldest first.
    """

    def __init__(self, coordinator: PresenceCoordinator) -> None:
        """Begin with the state of now; it lives as long as the coordinator."""
        self._coordinator = coordinator
        self.states = deque[ChannelState](maxlen=LAST_STATES)
        self._async_note()
        coordinator.async_subscribe_server(self._async_note)

    @callback
    def _async_note(self) -> None:
        channel, reachable = self._coordinator.channel, self._coordinator.reachable
        last = self.states[-1] if self.states else None
        if last is None or (last.channel, last.reachable) != (channel, reachable):
            self.states.append(ChannelState(dt_util.utcnow(), channel, reachable))
