"""Counts of what came in at the callback, for diagnostics."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from homeassistant.core import callback

from .callback import NotificationHandler


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

    def counting(
        self, take: Callable[[int], bool], fetched: Callable[[], Awaitable[None]]
    ) -> NotificationHandler:
        """Return a handler that counts requests and hands notifications on.

        Args:
            take: Takes a notification; returns whether it names a subscription of ours.
            fetched: Waits for the fetch that such a notification causes.
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
