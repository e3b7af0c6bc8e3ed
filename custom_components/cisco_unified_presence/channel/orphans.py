"""What this entry has made on the server, remembered so that a later run can clean it up.

A Home Assistant that was killed leaves its endpoint and subscription behind, and the server has
only so many of them.
"""

from collections.abc import Awaitable
from dataclasses import asdict, dataclass
from typing import Any, Self

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from ..const import DOMAIN, LOGGER
from ..pws import NoSuchEndpoint, NoSuchSubscription, PresenceClient, PresenceServiceError

STORAGE_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphans:
    """An endpoint and subscriptions that may still stand on the server."""

    endpoint: int | None = None
    subscriptions: tuple[int, ...] = ()

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        """Return what was written down."""
        return cls(endpoint=stored["endpoint"], subscriptions=tuple(stored["subscriptions"]))


class OrphanStore:
    """Keeps what was made on the server over a restart."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file; nothing is read yet."""
        self._store: Store[dict[str, Any]] = Store(
            hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.leftovers", private=True
        )

    async def async_save(self, orphans: Orphans) -> None:
        """Write down what stands on the server now."""
        if orphans == Orphans():
            await self.async_forget()
        else:
            await self._store.async_save(asdict(orphans))

    async def async_forget(self) -> None:
        """Delete the file."""
        await self._store.async_remove()

    async def async_clean_up(self, client: PresenceClient, watcher: str) -> None:
        """Take away what an earlier run has left on the server.

        Must be called before anything new is made: a server that was restarted hands out the
        same numbers again.
        """
        if stored := await self._store.async_load():
            orphans = Orphans.from_storage(stored)
            await self.async_save(await async_remove_orphans(client, watcher, orphans))


async def async_remove_orphans(client: PresenceClient, watcher: str, orphans: Orphans) -> Orphans:
    """Take subscriptions and their endpoint off the server.

    What the server says it does not have is gone.

    Returns:
        What could not be taken away, since the server did not answer or could not just then.
    """
    endpoint = orphans.endpoint
    remaining = [
        subscription
        for subscription in orphans.subscriptions
        if not await _is_gone(client.unsubscribe(watcher, subscription))
    ]
    if endpoint is not None and await _is_gone(client.unregister_endpoint(endpoint)):
        endpoint = None
    return Orphans(endpoint=endpoint, subscriptions=tuple(remaining))


async def _is_gone(removal: Awaitable[None]) -> bool:
    try:
        await removal
    except (NoSuchEndpoint, NoSuchSubscription) as error:
        LOGGER.debug("The server had already lost it: %s", error)
    except PresenceServiceError as error:
        LOGGER.debug("It was not taken away: %s", error)
        return False
    return True
