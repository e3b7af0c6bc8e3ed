"""Reads presence as the watcher: words, or PIDF documents where they are wanted and readable."""

from collections.abc import Callable, Sequence

from ..pws import AnswerNotUnderstood, ContactPresence, PresenceClient


class PresenceReader:
    """Reads presence as the watcher.

    The first document that cannot be parsed is reported, and words, which every server has, are
    asked for from then on.
    """

    def __init__(
        self,
        client: PresenceClient,
        watcher: str,
        *,
        rich: bool,
        on_not_understood: Callable[[AnswerNotUnderstood], None],
    ) -> None:
        self._client = client
        self._watcher = watcher
        self._rich = rich
        self._on_not_understood = on_not_understood

    async def async_read(self, contact: str) -> ContactPresence:
        rich = self._rich
        try:
            return await self._client.poll_contact(self._watcher, contact, rich=rich)
        except AnswerNotUnderstood as error:
            if not rich:
                raise
            # A server whose words cannot be parsed either fails for another reason.
            seen = await self._client.poll_contact(self._watcher, contact)
            self._give_up_rich(error)
            return seen

    async def async_read_many(self, contacts: Sequence[str]) -> list[ContactPresence]:
        """Return the presence of contacts in their order; UNKNOWN for one that is refused."""
        rich = self._rich
        try:
            return await self._client.poll_contacts(self._watcher, contacts, rich=rich)
        except AnswerNotUnderstood as error:
            if not rich:
                raise
            seen = await self._client.poll_contacts(self._watcher, contacts)
            self._give_up_rich(error)
            return seen

    async def async_fetch(self, subscription: int) -> list[ContactPresence]:
        """Return what has changed in a subscription since the last fetch.

        Raises:
            PresenceServiceError: The fetch failed; news may be lost.
        """
        rich = self._rich
        try:
            return await self._client.fetch(self._watcher, subscription, rich=rich)
        except AnswerNotUnderstood as error:
            if rich:
                await self._client.fetch(self._watcher, subscription)
                self._give_up_rich(error)
            raise

    def _give_up_rich(self, error: AnswerNotUnderstood) -> None:
        if self._rich:
            self._rich = False
            self._on_not_understood(error)
