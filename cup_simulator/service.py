"""The presence service of a node, independent of dialects and connections.

A dialect parses a request, calls a method here and writes what it returns. Methods are synchronous,
so that requests cannot interleave.
"""

from collections.abc import Callable, Sequence

from . import credentials, fields, publication
from .clock import Clock
from .configuration import Configuration
from .errors import Code, PresenceServiceError
from .model import Presence, PublishedPresence, Seen
from .people import People
from .place import Place, Redirect
from .publication import Publication
from .sessions import Session, SessionKind, Sessions
from .subscriptions import MAX_CONTACTS, Endpoint, Endpoints, Subscription, Subscriptions


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
        """`notify` delivers a notification of a subscription to an endpoint."""
        self.configuration = configuration
        self.place = place
        self._clock = clock
        self._notify = notify
        self.start(people)

    def start(self, people: People) -> None:
        """Reset to the state after a start."""
        configuration = self.configuration
        self.people = people
        self.sessions = Sessions()
        self.endpoints = Endpoints(self._clock, configuration.endpoint_limit)
        self.subscriptions = Subscriptions(
            self._clock, configuration.subscription_limit, self._tell
        )

    def expire(self) -> bool:
        """Remove everything that has expired; return whether anything has."""
        gone = (self.endpoints.expire(), self.subscriptions.expire())
        return any(gone)

    # Sessions: reference, "Rules that decide whether it works", rules 7 to 9.

    def login_application(self, name: str, password: str, *, force: bool) -> Session:
        """Log an application user in; an open session is returned as it is. Codes: 111 to 114."""
        credentials.check_application(self.configuration, self.people, name, password)
        session = self.sessions.application(name)
        if session is None:
            return self.sessions.open(SessionKind.APPLICATION, name, application=name)
        if force:
            self.sessions.renew_key(session)
        return session

    def login_end_user(self, by: Session, user: str, *, force: bool) -> Session | Redirect:
        """Log an end user in, or return the node that does. Codes: 112, 113, 114, 160."""
        person = credentials.find_end_user(self.configuration, self.people, user)
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
        """Log a user out; an application user takes its end users along."""
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

    def lose_sessions(self) -> None:
        """Log everyone out, as a server that lost its state."""
        for session in list(self.sessions):
            if session.kind is SessionKind.APPLICATION:
                self.logout(session)

    # Endpoints and subscriptions: rules 6, 10, 11, 15 and 17.

    def register_endpoint(self, session: Session, url: str, expiry: int | None) -> Endpoint:
        """Codes: 130, 131, 138, 142."""
        url = fields.callback_url(url)
        return self.endpoints.register(session.application, url, fields.expiry(expiry))

    def renew_endpoint(self, session: Session, endpoint_id: int, expiry: int | None) -> None:
        """Codes: 131, 132, 136."""
        seconds = fields.expiry(expiry)
        self.endpoints.renew(self.endpoints.of(session.application, endpoint_id), seconds)

    def unregister_endpoint(self, session: Session, endpoint_id: int) -> None:
        """Codes: 132, 136."""
        self.endpoints.remove(self.endpoints.of(session.application, endpoint_id))

    def subscribe(
        self, session: Session, endpoint_id: int, contacts: Sequence[str], expiry: int | None
    ) -> Subscription:
        """Codes: 124, 131, 132, 135, 136, 139, 143, 146."""
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
        """Extend a subscription, and add contacts to it.

        If there are contacts, an expiry of 0 or None leaves the expiry unchanged.
        Codes: 124, 131, 132, 133, 135, 136, 137, 143, 145.
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
        """Codes: 133, 137."""
        self.subscriptions.remove(self.subscriptions.of(session.user, subscription_id))

    def unwatch(self, session: Session, subscription_id: int, contacts: Sequence[str]) -> None:
        """Remove contacts from a subscription. Codes: 124, 133, 137, 143, 144."""
        contacts = fields.listed_contacts(contacts)
        self.subscriptions.of(session.user, subscription_id).remove(contacts)

    def _tell(self, subscription: Subscription) -> bool:
        endpoint = self.endpoints.get(subscription.endpoint)
        if endpoint is None:
            return False
        self._notify(endpoint, subscription)
        return True

    # Presence: rules 1 to 5, 10 and 21.

    def fetch(self, session: Session, subscription_id: int) -> list[Seen]:
        """Return and consume the changes since the last fetch. Codes: 133, 137."""
        subscription = self.subscriptions.of(session.user, subscription_id)
        return [self._seen(session, contact) for contact in subscription.take_news()]

    def poll_contact(self, session: Session, contact: str) -> Seen:
        """Return the presence of a contact; consumes nothing. Codes: 147, 148."""
        return self._seen(session, fields.contact(contact))

    def poll_contacts(self, session: Session, contacts: Sequence[str]) -> list[Seen]:
        """Return the presence of contacts; consumes nothing. Codes: 124, 135, 143."""
        contacts = fields.listed_contacts(contacts)
        if len(contacts) > MAX_CONTACTS:
            raise PresenceServiceError(Code.TOO_MANY_CONTACTS)
        return [self._seen(session, contact) for contact in contacts]

    def _seen(self, session: Session, contact: str) -> Seen:
        return Seen(contact, self.people.seen_contact(session.user, contact))

    def set_basic(
        self, session: Session, presence: Presence, *, override: bool, expiry: int | None
    ) -> None:
        """Codes: 121, 122, 131."""
        self._publish(session, publication.of_basic(presence, override=override), expiry)

    def set_rich(
        self, session: Session, published: PublishedPresence, *, override: bool, expiry: int | None
    ) -> None:
        """Codes: 120, 131, 161, 162."""
        self._publish(session, publication.of_rich(published, override=override), expiry)

    def _publish(self, session: Session, wanted: Publication, expiry: int | None) -> None:
        seconds = fields.expiry(expiry)
        person = self.people[session.user]
        if wanted.clears:
            self.people.clear(person)
        if wanted.override is not None:
            self.people.set_override(person, wanted.override, seconds)
        if wanted.device is not None:
            self.people.set_device(person, wanted.device, seconds)
