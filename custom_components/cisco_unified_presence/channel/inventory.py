"""The inventory of what exists on the server, stored so that a later run can remove it."""

from collections.abc import Awaitable, Callable, Collection

from ..pws import EndpointId, PresenceClient, SubscriptionId, may_have_been_done
from .orphans import Orphans, OrphanStore, async_remove_orphans


class Inventory:
    """The endpoint and the subscriptions that exist, or may exist, on the server.

    A subscription is stored before it is made: without an id, which the server assigns.

    Attributes:
        endpoint: The id of the endpoint, None without one.
        subscriptions: The ids of the subscriptions, oldest first.
    """

    def __init__(self, client: PresenceClient, watcher: str, store: OrphanStore) -> None:
        self._client = client
        self._watcher = watcher
        self._store = store
        self._unnamed = False
        self.endpoint: int | None = None
        self.subscriptions: list[int] = []

    async def async_add_endpoint(self, register: Callable[[], Awaitable[EndpointId]]) -> int:
        self.endpoint = await register()
        await self._async_save()
        return self.endpoint

    async def async_add_subscription(
        self, subscribe: Callable[[], Awaitable[SubscriptionId]]
    ) -> int:
        """Subscribe, and return the id.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """
        await self._async_save(subscribing=True)
        try:
            number = await subscribe()
        except BaseException as error:
            self._unnamed = self._unnamed or may_have_been_done(error)
            raise
        self.subscriptions.append(number)
        await self._async_save()
        return number

    async def async_remove_all_but(
        self, used: Collection[int], notified: Collection[int] = ()
    ) -> None:
        """Remove subscriptions that are not used, as far as the server answers.

        Args:
            used: The ids of those that stay.
            notified: The ids in calls of the server. When the answer to subscribing was lost, the
                call that follows subscribing names the subscription.
        """
        lost = set(notified).difference(self.subscriptions) if self._unnamed else set()
        if lost:
            self._unnamed = False
            self.subscriptions += sorted(lost)
        unused = [number for number in self.subscriptions if number not in used]
        if not unused:
            return
        left = await self._async_remove(Orphans(subscriptions=tuple(unused)))
        self.subscriptions = [*left.subscriptions, *used]
        await self._async_save()

    async def async_remove_everything(self) -> None:
        """Remove the subscriptions and the endpoint, as far as the server answers."""
        orphans = Orphans(endpoint=self.endpoint, subscriptions=tuple(self.subscriptions))
        left = await self._async_remove(orphans)
        self.endpoint, self.subscriptions = left.endpoint, list(left.subscriptions)
        await self._async_save()

    async def _async_remove(self, orphans: Orphans) -> Orphans:
        return await async_remove_orphans(self._client, self._watcher, orphans)

    async def _async_save(self, *, subscribing: bool = False) -> None:
        await self._store.async_save(
            Orphans(
                endpoint=self.endpoint,
                subscriptions=tuple(self.subscriptions),
                unnamed=self._unnamed or subscribing,
            )
        )
