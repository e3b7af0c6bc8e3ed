"""Reads presence as the watcher: words, or PIDF documents where they are wanted and readable."""

from collections.abc import Callable, Sequence

from ..pws import AnswerNotUnderstood, ContactPresence, PresenceClient


class PresenceReader:
    """Reads presence as the watcher, and falls back to words when documents cannot be parsed."""

    def __init__(
        self,
        client: PresenceClient,
        watcher: str,
        *,
        rich: bool,
        on_not_understood: Callable[[AnswerNotUnderstood], None],
    ) -> None:
        """Create the reader.

        Args:
            client: Speaks to the server.
            watcher: The end user who watches.
            rich: Whether to ask for documents.
            on_not_understood: Called once, with a document that cannot be parsed. Words, which
                every server has, are asked for from then on.
        """
        self._client = client
        self._watcher = watcher
        self._rich = rich
        self._on_not_understood = on_not_understood

    async def async_read(self, contact: str) -> ContactPresence:
        """Poll a contact.

        Raises:
            PresenceServiceError: The poll failed.
        """
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
        """Poll many contacts; return their presence in their order.

        A contact that the server does not accept is UNKNOWN.

        Raises:
            PresenceServiceError: The poll failed.
        """
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
