"""Delivers notifications to endpoints. Reference: rules 11, 13 and 14."""

import asyncio
from collections.abc import Collection
import logging
from typing import Self

import aiohttp
from yarl import URL

from .faults import FaultKind, Faults
from .subscriptions import Endpoint, Subscription

_LOGGER = logging.getLogger(__name__)

TIMEOUT_SECONDS = 5


class Notifier:
    """Delivers notifications in the background, once each; an asynchronous context manager."""

    def __init__(self, faults: Faults, refused_ports: Collection[int]) -> None:
        """`refused_ports` are never called."""
        self._faults = faults
        self._refused_ports = refused_ports
        self._deliveries: set[asyncio.Task[None]] = set()
        self._is_open = False
        self._http: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self._is_open = True
        return self

    async def __aexit__(self, *_: object) -> None:
        """Cancel pending deliveries and refuse new ones."""
        self._is_open = False
        for delivery in self._deliveries:
            delivery.cancel()
        await asyncio.gather(*self._deliveries, return_exceptions=True)
        await self._http.close()

    def notify(self, endpoint: Endpoint, subscription: Subscription) -> None:
        """Schedule a notification; a no-op once the server stops."""
        if not self._is_open:
            return
        delivery = asyncio.get_running_loop().create_task(
            self._deliver(endpoint.id, endpoint.url, subscription.id)
        )
        self._deliveries.add(delivery)
        delivery.add_done_callback(self._deliveries.discard)

    async def deliver_all(self) -> None:
        """Wait until every scheduled notification is delivered or has failed."""
        await asyncio.gather(*self._deliveries)

    async def _deliver(self, endpoint: int, url: str, subscription: int) -> None:
        """Call an endpoint once. Its path and query may be secret and are not logged."""
        if self._faults.use(FaultKind.DROP_NOTIFICATIONS) is not None:
            _LOGGER.info("Notification of subscription %d dropped as told", subscription)
            return
        try:
            target = address(notification_url(url, subscription))
            if target.scheme == "https":
                _LOGGER.info(
                    "Notification of subscription %d not sent: servers call by plain HTTP only",
                    subscription,
                )
                return
            if target.port in self._refused_ports:
                _LOGGER.info(
                    "Notification of subscription %d not sent: this server refuses port %d",
                    subscription,
                    target.port,
                )
                return
            async with self._http.get(target, allow_redirects=False) as response:
                _LOGGER.info(
                    "Notification of subscription %d to endpoint %d at %s:%s answered %d",
                    subscription,
                    endpoint,
                    target.host,
                    target.port,
                    response.status,
                )
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            _LOGGER.info(
                "Notification of subscription %d to endpoint %d not delivered: %s",
                subscription,
                endpoint,
                type(error).__name__,
            )


def address(url: str) -> URL:
    """Return an address that is to be called.

    Raises:
        ValueError: It is none.
    """
    try:
        return URL(url, encoded=True)
    except IndexError as error:
        # yarl stumbles over brackets before an @ and nothing after it.
        raise ValueError("There is no host.") from error


def notification_url(callback: str, subscription: int) -> str:
    """Append the notification's query to a callback URL that may have its own."""
    base = callback.partition("#")[0]
    joint = "&" if "?" in base else "?"
    return f"{base}{joint}id={subscription}&eventType=PRESENCE_NOTIFICATION"
