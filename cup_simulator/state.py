"""The presence service itself, which knows nothing of dialects and connections.

A dialect reads a request into these calls and writes what they return. Each call is
atomic: it returns without giving the event loop a chance to run anything else.
"""

from collections.abc import Callable, Sequence
import hmac

from . import fields
from .clock import Clock
from .configuration import Configuration
from .errors import Code, PresenceServiceError
from .model import (
    OVERRIDE_TUPLES,
    Capabilities,
    Device,
    Presence,
    PublishedPresence,
    Seen,
    Source,
    Status,
)
from .people import People, Person
from .place import Place, Redirect
from .sessions import Session, SessionKind, Sessions
from .subscriptions import MAX_CONTACTS, Endpoint, Endpoints, Subscription, Subscriptions

JABBER = "jabber"
"""The device of a person's own client, unless another is named."""


class PresenceService:
    """One node's sessions, endpoints and subscriptions, and the rules between them.

    The people are shared with the other nodes of the deployment.
    """

    people: People
    sessions: Sessions
    endpoints: Endpoints
    subscriptions: Subscriptions

    def __init__(
        self,
        configuration: Configuration,
        people: People,
        clock: Clock,
        notify: Callable[[Endpoint, Subscription], None],
        place: Place,
    ) -> None:
        """Start with nobody logged in; `notify` tells an endpoint that a subscription has news."""
        self.configuration = configuration
        self.place = place
        self._clock = clock
        self._notify = notify
        self.start(people)

    def start(self, people: People) -> None:
        """Be as freshly started among these people."""
        configuration = self.configuration
        self.people = people
        self.sessions = Sessions()
        self.endpoints = Endpoints(self._clock, configuration.endpoint_limit)
        self.subscriptions = Subscriptions(
            self._clock, configuration.subscription_limit, self._tell
        )

    def expire(self) -> bool:
        """Let go of everything that has reached its expiry; say whether there was any."""
        gone = (self.endpoints.expire(), self.subscriptions.expire())
        return any(gone)

    # Sessions: reference, "Rules that decide whether it works", rules 7 to 9.

    def login_application(self, name: str, password: str, *, force: bool) -> Session:
        """Log an application user in; who is logged in already keeps the session.

        Raises:
            PresenceServiceError: 111, 112, 113 or 114.
        """
        if not name:
            raise PresenceServiceError(Code.UNKNOWN_USER)
        if not password:
            raise PresenceServiceError(Code.EMPTY_PASSWORD)
        expected = self.configuration.application_users.get(name)
        if expected is None:
            known = self.people.get(name) is not None
            raise PresenceServiceError(Code.BAD_LOGIN_TYPE if known else Code.UNKNOWN_USER)
        if not hmac.compare_digest(expected.password.encode(), password.encode()):
            raise PresenceServiceError(Code.LOGIN_FAILED)
        session = self.sessions.application(name)
        if session is None:
            return self.sessions.open(SessionKind.APPLICATION, name, application=name)
        if force:
            self.sessions.renew_key(session)
        return session

    def login_end_user(self, by: Session, user: str, *, force: bool) -> Session | Redirect:
        """Log an end user in on behalf of an application user, or say where that can be done.

        Raises:
            PresenceServiceError: 112, 113, 114 or 160.
        """
        if not user:
            raise PresenceServiceError(Code.UNKNOWN_USER)
        person = self.people.get(user)
        if person is None:
            known = user in self.configuration.application_users
            raise PresenceServiceError(Code.BAD_LOGIN_TYPE if known else Code.LOGIN_FAILED)
        elsewhere = self.place.redirect(user)
        if elsewhere is not None:
            return elsewhere
        session = self.sessions.end_user(user)
        if session is None:
            if not self.place.is_logged_in(user):
                self.people.sign_in(person)
            return self.sessions.open(SessionKind.END_USER, user, by.application)
        if not force and session.application != by.application:
            raise PresenceServiceError(Code.ALREADY_LOGGED_IN)
        if session.application != by.application:
            self.subscriptions.remove_all_of(user)
            session.application = by.application
        if force:
            self.sessions.renew_key(session)
        return session

    def logout(self, session: Session) -> None:
        """Log a user out, and with an application user everyone it logged in."""
        if session.kind is SessionKind.APPLICATION:
            for end_user in self.sessions.end_users_of(session.application):
                self._logout_end_user(end_user)
            self.endpoints.remove_all_of(session.application)
            self.sessions.close(session)
            return
        self._logout_end_user(session)

    def _logout_end_user(self, session: Session) -> None:
        self.subscriptions.remove_all_of(session.user)
        self.sessions.close(session)
        if not self.place.is_logged_in(session.user):
            self.people.sign_out(self.people[session.user])

    # Endpoints and subscriptions: rules 6, 10, 11, 15 and 17.

    def register_endpoint(self, session: Session, url: str, expiry: int | None) -> Endpoint:
        """Register where an application user wants to be told.

        Raises:
            PresenceServiceError: 130, 131, 138 or 142.
        """
        url = fields.callback_url(url)
        return self.endpoints.register(session.application, url, fields.expiry(expiry))

    def renew_endpoint(self, session: Session, endpoint_id: int, expiry: int | None) -> None:
        """Let an endpoint live on.

        Raises:
            PresenceServiceError: 131, 132 or 136.
        """
        seconds = fields.expiry(expiry)
        self.endpoints.renew(self.endpoints.of(session.application, endpoint_id), seconds)

    def unregister_endpoint(self, session: Session, endpoint_id: int) -> None:
        """Remove an endpoint.

        Raises:
            PresenceServiceError: 132 or 136.
        """
        self.endpoints.remove(self.endpoints.of(session.application, endpoint_id))

    def subscribe(
        self, session: Session, endpoint_id: int, contacts: Sequence[str], expiry: int | None
    ) -> Subscription:
        """Let an end user watch contacts.

        Raises:
            PresenceServiceError: 124, 131, 132, 135, 136, 139, 143 or 146.
        """
        if not contacts:
            raise PresenceServiceError(Code.NO_CONTACTS)
        contacts = fields.listed_contacts(contacts)
        seconds = fields.expiry(expiry)
        endpoint = self.endpoints.of(session.application, endpoint_id)
        return self.subscriptions.subscribe(session.user, endpoint.id, contacts, seconds)

    def renew_subscription(
        self,
        session: Session,
        subscription_id: int,
        contacts: Sequence[str],
        expiry: int | None,
        endpoint_id: int | None,
    ) -> None:
        """Let a subscription live on, and add contacts to it.

        With contacts an expiry that is 0 or not said leaves it as it is.

        Raises:
            PresenceServiceError: 124, 131, 132, 133, 135, 136, 137, 143 or 145.
        """
        contacts = fields.listed_contacts(contacts)
        if not contacts and not expiry:
            raise PresenceServiceError(Code.NEITHER_EXPIRY_NOR_CONTACTS)
        seconds = fields.expiry(expiry) if expiry else None
        subscription = self.subscriptions.of(session.user, subscription_id)
        if endpoint_id is not None:
            self.endpoints.of(session.application, endpoint_id)
        self.subscriptions.renew(subscription, endpoint_id, contacts, seconds)

    def unsubscribe(self, session: Session, subscription_id: int) -> None:
        """End a subscription.

        Raises:
            PresenceServiceError: 133 or 137.
        """
        self.subscriptions.remove(self.subscriptions.of(session.user, subscription_id))

    def unwatch(self, session: Session, subscription_id: int, contacts: Sequence[str]) -> None:
        """Take contacts out of a subscription, which goes on with the others.

        Raises:
            PresenceServiceError: 124, 133, 137, 143 or 144.
        """
        contacts = fields.listed_contacts(contacts)
        self.subscriptions.of(session.user, subscription_id).remove(contacts)

    # Presence: rules 1 to 5, 10 and 21.

    def fetch(self, session: Session, subscription_id: int) -> list[Seen]:
        """Return what changed since the last fetch, which is thereby consumed.

        Raises:
            PresenceServiceError: 133 or 137.
        """
        subscription = self.subscriptions.of(session.user, subscription_id)
        return [Seen(contact, self.people.look(contact)) for contact in subscription.take_news()]

    def look(self, contact: str) -> Seen:
        """Return what is seen of a contact now; this consumes nothing.

        Raises:
            PresenceServiceError: 147 or 148.
        """
        contact = fields.contact(contact)
        return Seen(contact, self.people.look(contact))

    def poll(self, contacts: Sequence[str]) -> list[Seen]:
        """Return what is seen of many contacts now; this consumes nothing.

        Raises:
            PresenceServiceError: 124, 135 or 143.
        """
        contacts = fields.listed_contacts(contacts)
        if len(contacts) > MAX_CONTACTS:
            raise PresenceServiceError(Code.TOO_MANY_CONTACTS)
        return [Seen(contact, self.people.look(contact)) for contact in contacts]

    def set_basic(
        self, session: Session, presence: Presence, *, override: bool, expiry: int | None
    ) -> None:
        """Set an end user's word.

        Raises:
            PresenceServiceError: 121, 122 or 131.
        """
        if presence is Presence.AVAILABLE and override:
            raise PresenceServiceError(Code.AVAILABLE_WITH_OVERRIDE)
        if presence is Presence.DND and not override:
            raise PresenceServiceError(Code.DND_WITHOUT_OVERRIDE)
        seconds = fields.expiry(expiry)
        person = self.people[session.user]
        status = Status(presence)
        if override:
            device = Device(OVERRIDE_TUPLES[0], status, Source.SERVICE)
            self.people.set_override(person, device, seconds)
            return
        self._set_device(person, status, seconds)

    def set_rich(
        self, session: Session, published: PublishedPresence, *, override: bool, expiry: int | None
    ) -> None:
        """Set an end user's rich presence.

        Raises:
            PresenceServiceError: 120, 131, 161 or 162.
        """
        if published.clear:
            self._clear(session, override=override, expiry=expiry)
            return
        named = next((each for each in published.tuples if each.id in OVERRIDE_TUPLES), None)
        if override and named is None:
            raise PresenceServiceError(Code.BAD_OVERRIDE_TUPLE)
        if any(each.source not in Source for each in published.tuples):
            raise PresenceServiceError(Code.BAD_SOURCE)
        seconds = fields.expiry(expiry)
        person = self.people[session.user]
        if override and named is not None:
            device = Device(named.id, published.status, Source(named.source), named.capabilities)
            self.people.set_override(person, device, seconds)
            return
        capabilities = published.tuples[0].capabilities if published.tuples else None
        self._set_device(person, published.status, seconds, capabilities)

    def _set_device(
        self,
        person: Person,
        status: Status,
        seconds: int,
        capabilities: Capabilities | None = None,
    ) -> None:
        """Report as one device more; AVAILABLE clears the override as well (rule 4)."""
        if status.presence is Presence.AVAILABLE:
            self.people.clear(person)
        self.people.set_device(person, status, seconds, capabilities)

    def _clear(self, session: Session, *, override: bool, expiry: int | None) -> None:
        if override:
            raise PresenceServiceError(Code.PRESENCE_REFUSED)
        fields.expiry(expiry)
        self.people.clear(self.people[session.user])

    # What an accident does.

    def lose_sessions(self) -> None:
        """Forget everybody who is logged in, and with them all that was theirs."""
        for session in list(self.sessions):
            if session.kind is SessionKind.APPLICATION:
                self.logout(session)

    def _tell(self, subscription: Subscription) -> bool:
        endpoint = self.endpoints.get(subscription.endpoint)
        if endpoint is None:
            return False
        self._notify(endpoint, subscription)
        return True
