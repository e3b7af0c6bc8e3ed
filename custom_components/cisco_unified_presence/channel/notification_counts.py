"""What came in at the callback, counted for diagnostics."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from homeassistant.core import callback

from .callback import NotificationHandler


@dataclass(slots=True)
class Notifications:
    """What came in at the callback so far.

    Attributes:
        received: Notifications of our subscription.
        forged: Notifications that name a subscription which is not ours; right after subscribing
            they may be real, and overtake the answer that names it.
        ignored: Requests that are no notification.
    """

    received: int = 0
    forged: int = 0
    ignored: int = 0

    def counting(
        self, take: Callable[[int], bool], fetched: Callable[[], Awaitable[None]]
    ) -> NotificationHandler:
        """Return a handler that counts and hands on.

        Args:
            take: Takes a notification; returns whether it named our subscription.
            fetched: Waits until what such a notification announced has been fetched.
        """

        @callback
        def handle(subscription: int | None) -> Awaitable[None] | None:
            if subscription is None:
                self.ignored += 1
                return None
            if not take(subscription):
                self.forged += 1
                return None
            self.received += 1
            return fetched()

        return handle
