"""The situation that the plan of the channel finds."""

from collections.abc import Callable

from homeassistant.core import CoreState, HomeAssistant

from ..clock import Timers
from ..const import Channel
from ..coordinator import PresenceCoordinator
from ..settings import Intervals
from .callback import Callback
from .intervals import Timer
from .subscription import WatchersSubscription


class CurrentSituation:
    """The situation at the moment.

    Attributes:
        callback: Where notifications come in; None leaves polling.
        intervals: What the user chose.
        timers: Those that run.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        coordinator: PresenceCoordinator,
        subscription: WatchersSubscription,
        timers: Timers[Timer],
        intervals: Intervals,
        news_expected: Callable[[], int],
    ) -> None:
        """Initialize; ``news_expected`` returns of how many people news is expected."""
        self.callback: Callback | None = None
        self.intervals = intervals
        self.timers = timers.running
        self._hass = hass
        self._coordinator = coordinator
        self._subscription = subscription
        self._news_expected = news_expected

    @property
    def channel(self) -> Channel:
        return self._coordinator.channel

    @property
    def has_callback(self) -> bool:
        return self.callback is not None

    @property
    def callback_opens_later(self) -> bool:
        opens_later = self.callback is not None and self.callback.needs_running_home_assistant
        return opens_later and self._hass.state is not CoreState.running

    @property
    def is_open(self) -> bool:
        return self._subscription.is_open

    @property
    def has_unsubscribed(self) -> bool:
        return bool(self._subscription.unsubscribed)

    @property
    def is_on_primary(self) -> bool:
        return self._subscription.is_on_primary

    @property
    def has_left_out(self) -> bool:
        return self._subscription.has_left_out

    @property
    def news_expected(self) -> int:
        return self._news_expected()
