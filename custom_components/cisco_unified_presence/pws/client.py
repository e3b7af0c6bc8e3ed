"""The Presence Web Service client."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

from .account import AccountClient
from .batches import poll_many, poll_one, remove_many
from .dialect import Dialect, PublishOptions, Session
from .faults import InvalidRequest, PresenceRefused
from .limits import require_basic_override, require_expiry, require_settable, subscription_spec
from .model import MIN_EXPIRY, ContactPresence, EndpointId, SubscriptionId
from .node import Node
from .pidf_writer import write_clear, write_pidf
from .presence import Presence


class PresenceClient(AccountClient):
    """Watches and sets presence on the nodes of a deployment, as one application user.

    Every method may raise ``CannotConnect``, ``AnswerNotUnderstood``, ``Throttled``,
    ``ServerFailed``, ``SessionTakenOver`` and ``RedirectRefused``; further errors are named there.
    An ended session is renewed and the call repeated, once. End users are logged in when they are
    first needed, which makes them Available (rule 7). When a node cannot be reached, the call is
    repeated at its backup. Expiries are in seconds, from ``MIN_EXPIRY`` to ``MAX_EXPIRY``.
    """

    # Watching

    async def register_endpoint(
        self, url: str, expiry: int, *, watcher: str | None = None
    ) -> EndpointId:
        """Register a callback URL at the node that the watcher is homed on, or the application's.

        Raises EndpointRefused or NoFreeEndpoint.
        """
        require_expiry(expiry)

        async def register(node: Node) -> EndpointId:
            return await node.register_endpoint(url, expiry, watcher)

        if watcher is None:
            return await self._cluster.call_application_node(register)
        return await self._cluster.call_home_node(watcher, register)

    async def renew_endpoint(self, endpoint: int, expiry: int) -> None:
        """Count an endpoint's expiry from now. Raises NoSuchEndpoint."""
        require_expiry(expiry)
        await self._cluster.call_endpoint_node(
            endpoint, lambda node: node.renew_endpoint(endpoint, expiry)
        )

    async def unregister_endpoint(self, endpoint: int) -> None:
        """Raises NoSuchEndpoint."""
        await self._cluster.call_endpoint_node(
            endpoint, lambda node: node.unregister_endpoint(endpoint)
        )

    async def subscribe(
        self, watcher: str, contacts: Sequence[str], endpoint: int, expiry: int
    ) -> SubscriptionId:
        """Watch up to ``MAX_CONTACTS`` contacts.

        Raises BadContact, NoFreeSubscription, or NoSuchEndpoint, also for another node's endpoint.
        """
        require_expiry(expiry)
        spec = subscription_spec(contacts, endpoint, expiry)
        return await self._cluster.call_home_node(
            watcher, lambda node: node.subscribe(watcher, spec)
        )

    async def renew_subscription(
        self,
        watcher: str,
        subscription: int,
        expiry: int,
        *,
        contacts: Sequence[str] = (),
        endpoint: int,
    ) -> None:
        """Count a subscription's expiry from now, and add contacts; 0 adds contacts only.

        Raises BadContact or NoSuchSubscription.
        """
        if expiry != 0 or not contacts:
            require_expiry(expiry)
        spec = subscription_spec(contacts, endpoint, expiry)
        await self._cluster.call_home_node(
            watcher, lambda node: node.renew_subscription(watcher, subscription, spec)
        )

    async def remove_contacts(
        self, watcher: str, subscription: int, contacts: Sequence[str]
    ) -> None:
        """Remove contacts from a subscription, passing over those that are not in it.

        Raises NoSuchSubscription, or CannotRemoveContacts with REST.
        """
        if contacts:
            await remove_many(
                lambda batch: self._cluster.call_home_node(
                    watcher, lambda node: node.remove_contacts(watcher, subscription, batch)
                ),
                contacts,
            )

    async def unsubscribe(self, watcher: str, subscription: int) -> None:
        """Raises NoSuchSubscription."""
        await self._cluster.call_home_node(
            watcher, lambda node: node.unsubscribe(watcher, subscription)
        )

    async def fetch(
        self, watcher: str, subscription: int, *, rich: bool = False
    ) -> list[ContactPresence]:
        """Return what changed since the last fetch; the first one returns every contact.

        The server forgets the changes it returns (rules 10 to 12): after a failure poll all
        contacts. Raises AnswerLost or NoSuchSubscription.
        """
        return await self._cluster.call_home_node(
            watcher, lambda node: node.fetch(watcher, subscription, rich=rich)
        )

    async def poll_contact(
        self, watcher: str, contact: str, *, rich: bool = False
    ) -> ContactPresence:
        """Return a contact's presence now. Raises BadContact."""
        return await poll_one(lambda batch: self._poll(watcher, batch, rich=rich), contact)

    async def check_session(self, user: str, contact: str) -> None:
        """Poll a contact through the session of an end user, which is reported if it has ended.

        None is opened, since the server shows its user as available. Raises BadContact.
        """
        await self._cluster.call_home_node(
            user,
            lambda node: node.sessions.with_open(
                user, lambda session: node.dialect.poll(session, [contact], rich=False)
            ),
        )

    async def poll_contacts(
        self, watcher: str, contacts: Sequence[str], *, rich: bool = False
    ) -> list[ContactPresence]:
        """Return the presence of many contacts now, in their order, in as few requests as possible.

        Contacts that the server does not accept or does not list are UNKNOWN.
        """
        await self.log_in_user(watcher)
        size = self.contacts_per_poll(watcher)
        return await poll_many(lambda batch: self._poll(watcher, batch, rich=rich), contacts, size)

    async def _poll(
        self, watcher: str, contacts: Sequence[str], *, rich: bool
    ) -> list[ContactPresence]:
        return await self._as_user(
            watcher, lambda dialect, session: dialect.poll(session, contacts, rich=rich)
        )

    # Setting presence

    async def set_presence(
        self, user: str, presence: Presence, *, override: bool, expiry: int
    ) -> None:
        """Set a person's basic presence, over the devices' or as one more of them (rule 3).

        Raises PresenceRefused, also where the rules forbid it and nothing is sent.
        """
        require_settable(user, presence, expiry)
        require_basic_override(user, presence, override=override)
        options = PublishOptions(override, expiry)
        await self._as_user(
            user, lambda dialect, session: dialect.set_presence(session, presence.value, options)
        )

    async def set_rich_presence(
        self,
        user: str,
        contact: str,
        presence: Presence,
        *,
        note: str | None,
        override: bool,
        expiry: int,
    ) -> None:
        """Set a person's presence with a note; ``contact`` is that person's own URI.

        Raises PresenceRefused, also for a note that XML cannot carry.
        """
        require_settable(user, presence, expiry)
        with _writing(user):
            document = write_pidf(contact, presence, note=note, override=override)
        await self._set_rich(user, document, PublishOptions(override, expiry))

    async def clear_presence(
        self, user: str, contact: str | None = None, *, expiry: int = MIN_EXPIRY
    ) -> None:
        """Remove the presence that was set with override (rule 4). Raises PresenceRefused.

        ``contact`` is that person's own URI, for the document that clears. Without it, or when the
        server refuses that document, Available is set without override, which clears too.
        """
        require_settable(user, Presence.AVAILABLE, expiry)
        if contact is None or not await self._clear_with_document(user, contact, expiry):
            await self.set_presence(user, Presence.AVAILABLE, override=False, expiry=expiry)

    async def _clear_with_document(self, user: str, contact: str, expiry: int) -> bool:
        with _writing(user):
            document = write_clear(contact)
        try:
            await self._set_rich(user, document, PublishOptions(override=False, expiry=expiry))
        except PresenceRefused, InvalidRequest:
            return False
        return True

    async def _set_rich(self, user: str, document: bytes, options: PublishOptions) -> None:
        await self._as_user(
            user, lambda dialect, session: dialect.set_rich_presence(session, document, options)
        )

    async def _as_user[T](self, user: str, call: Callable[[Dialect, Session], Awaitable[T]]) -> T:
        return await self._cluster.call_home_node(
            user,
            lambda node: node.sessions.as_user(user, lambda session: call(node.dialect, session)),
        )


@contextmanager
def _writing(user: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        message = "The note or the contact holds characters that cannot be sent"
        raise PresenceRefused(message=message, user=user) from error
