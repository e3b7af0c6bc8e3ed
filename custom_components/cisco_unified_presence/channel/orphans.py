"""Orphans: the endpoint and subscriptions of an earlier run, which a later one removes.

A Home Assistant that was killed leaves them on the server, which has a limited number of each.
"""

from collections.abc import Awaitable
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from homeassistant.core import HomeAssistant

from ..const import DOMAIN, LOGGER
from ..pws import NoSuchEndpoint, NoSuchSubscription, PresenceClient, PresenceServiceError
from ..storage import HintStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphans:
    """An endpoint and subscriptions that may still exist on the server.

    Attributes:
        unnamed: Whether there may be another subscription, whose id was never learned.
    """

    endpoint: int | None = None
    subscriptions: tuple[int, ...] = ()
    unnamed: bool = False

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        """Return those that can be read."""
        endpoint, subscriptions = stored.get("endpoint"), stored.get("subscriptions")
        numbers = subscriptions if isinstance(subscriptions, list) else []
        return cls(
            endpoint=endpoint if type(endpoint) is int else None,
            subscriptions=tuple(each for each in numbers if type(each) is int),
            unnamed=stored.get("unnamed") is True,
        )


class OrphanStore:
    """Stores what exists on the server, for the next run."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._store = HintStore(hass, f"{DOMAIN}.{entry_id}.leftovers")

    async def async_save(self, orphans: Orphans) -> None:
        if orphans == Orphans():
            await self.async_forget()
        else:
            await self._store.async_save(asdict(orphans))

    async def async_forget(self) -> None:
        await self._store.async_remove()

    async def async_clean_up(self, client: PresenceClient, watcher: str) -> None:
        """Remove what an earlier run has left on the server.

        Must run before anything new is made: a restarted server hands out the same ids again.
        """
        orphans = Orphans.from_storage(await self._store.async_load())
        if orphans.unnamed:
            orphans = await _async_remove_unnamed(client, watcher, orphans)
        await self.async_save(await async_remove_orphans(client, watcher, orphans))


async def _async_remove_unnamed(client: PresenceClient, watcher: str, orphans: Orphans) -> Orphans:
    """Log the watcher out, which removes subscriptions whose ids are not known, with all others."""
    try:
        # The server hands out the session that made them.
        await client.log_in_user(watcher)
        await client.log_out_user(watcher)
    except PresenceServiceError as error:
        LOGGER.debug("Orphans whose ids are not known were not removed: %s", error)
        return orphans
    return replace(orphans, subscriptions=(), unnamed=False)


async def async_remove_orphans(client: PresenceClient, watcher: str, orphans: Orphans) -> Orphans:
    """Remove subscriptions and their endpoint from the server.

    Returns:
        What could not be removed, since the server did not answer or failed.
    """
    endpoint = orphans.endpoint
    remaining = [
        subscription
        for subscription in orphans.subscriptions
        if not await _is_gone(client.unsubscribe(watcher, subscription))
    ]
    if endpoint is not None and await _is_gone(client.unregister_endpoint(endpoint)):
        endpoint = None
    return replace(orphans, endpoint=endpoint, subscriptions=tuple(remaining))


async def _is_gone(removal: Awaitable[None]) -> bool:
    try:
        await removal
    except (NoSuchEndpoint, NoSuchSubscription) as error:
        LOGGER.debug("The server had already lost an orphan: %s", error)
    except PresenceServiceError as error:
        LOGGER.debug("An orphan was not removed: %s", error)
        return False
    return True
