"""Counts of what came in at the callback, for diagnostics."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from homeassistant.core import callback

from .callback import NotificationHandler
from .poller import FetchGate


@dataclass(slots=True)
class Notifications:
    """Counts since the entry was set up.

    Attributes:
        received: Notifications that name a subscription of ours.
        forged: Notifications that name another. Right after subscribing one may be real, and have
            overtaken the answer that names the subscription.
        ignored: Requests that are no notification.
    """

    received: int = 0
    forged: int = 0
    ignored: int = 0

    def counting(self, take: Callable[[int], bool], gate: FetchGate) -> NotificationHandler:
        """Return a handler that counts requests and hands notifications on.

        It returns what waits for the fetch that a notification begins. One that comes during an
        earlier fetch is answered at once.

        Args:
            take: Takes a notification; returns whether it names a subscription of ours.
            gate: Is closed while a fetch is under way.
        """

        @callback
        def handle(subscription: int | None) -> Awaitable[None] | None:
            if subscription is None:
                self.ignored += 1
                return None
            is_fetching = gate.is_closed
            if not take(subscription):
                self.forged += 1
                return None
            self.received += 1
            return None if is_fetching else gate.wait()

        return handle
