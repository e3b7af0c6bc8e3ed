"""The REST dialect: requests to calls of the service, and results to answers.

Reference: "REST" and "Error codes". Requests are checked in this order: session key, type of
session, user, body, expiry, existence.
"""

from http import HTTPStatus
from urllib.parse import quote

from . import access, fields, pidf, rest_answer, xml
from .call import Answer, Call
from .errors import Code, PresenceServiceError
from .model import SUBSCRIPTION_TYPE, PresenceKind
from .place import Redirect
from .rest_request import RequestedEndpoint, RequestedSubscription, Route, presence_kind, readings
from .service import PresenceService
from .sessions import Session, SessionKind


class RestDialect:
    """The presence service in REST."""

    def __init__(self, service: PresenceService) -> None:
        self._service = service
        self._routes = (
            Route("POST", "users/{}/sessions", self._login),
            Route("PUT", "users/{}/session", self._login_by_force),
            Route("DELETE", "users/{}/session", self._logout),
            Route("POST", "endpoints", self._register_endpoint),
            Route("PUT", "endpoints/{}", self._renew_endpoint),
            Route("DELETE", "endpoints/{}", self._unregister_endpoint),
            Route("POST", "users/{}/subscriptions", self._subscribe),
            Route("PUT", "users/{}/subscriptions/{}", self._renew_subscription),
            Route("DELETE", "users/{}/subscriptions/{}", self._unsubscribe),
            Route("GET", "users/{}/presence/{}/subscriptions/{}", self._fetch),
            Route("GET", "users/{}/presence/{}/contacts/{}", self._poll),
            Route("PUT", "users/{}/presence/{}", self._set_presence),
        )

    def operation(self, _: Call) -> str:
        """Return an empty name: in REST, method and path are the operation."""
        return ""

    def failure(self, error: PresenceServiceError, _: Call) -> Answer:
        return rest_answer.failure(error)

    def answer(self, call: Call) -> Answer:
        """Answer a request; errors of the service become their documents."""
        try:
            return self._answer(call)
        except PresenceServiceError as error:
            return rest_answer.failure(error)

    def _answer(self, call: Call) -> Answer:
        allowed = set[str]()
        for segments in readings(call.path):
            for route in self._routes:
                arguments = route.arguments(segments)
                if arguments is None:
                    continue
                if route.method == call.method:
                    return route.operation(call, *arguments)
                allowed.add(route.method)
        if not allowed:
            return Answer(HTTPStatus.NOT_FOUND)
        headers = {"Allow": ", ".join(sorted(allowed))}
        return Answer(HTTPStatus.METHOD_NOT_ALLOWED, headers=headers)

    # Sessions

    def _login(self, call: Call, name: str) -> Answer:
        return self._log_in(call, name, force=False)

    def _login_by_force(self, call: Call, name: str) -> Answer:
        return self._log_in(call, name, force=True)

    def _log_in(self, call: Call, name: str, *, force: bool) -> Answer:
        """Log in an application user by password, or an end user by the application's key."""
        password = None if call.is_empty else xml.child(call.document("session"), "password")
        if password is not None:
            session = self._service.login_application(name, password.text or "", force=force)
        elif not call.key and not call.is_empty:
            raise PresenceServiceError(Code.EMPTY_PASSWORD)
        else:
            application = self._application(call)
            found = self._service.login_end_user(application, name, force=force)
            if isinstance(found, Redirect):
                return rest_answer.redirect(call, name, found)
            session = found
        backup = self._service.place.backup_name(call.scheme, call.host)
        return rest_answer.session(session, backup)

    def _logout(self, call: Call, name: str) -> Answer:
        session = access.session_of(self._service.sessions, call.key)
        if name in self._service.configuration.application_users:
            access.require(session, SessionKind.APPLICATION)
        elif self._service.people.get(name) is not None:
            access.require(session, SessionKind.END_USER)
        else:
            raise PresenceServiceError(Code.UNKNOWN_USER)
        if session.user != name:
            raise PresenceServiceError(Code.INVALID_SESSION_KEY)
        self._service.logout(session)
        return Answer(HTTPStatus.OK)

    # Endpoints

    def _register_endpoint(self, call: Call) -> Answer:
        session = self._application(call)
        wanted = RequestedEndpoint.read(call)
        endpoint = self._service.register_endpoint(session, wanted.url, wanted.expiry)
        return rest_answer.created(call, f"endpoints/{endpoint.id}")

    def _renew_endpoint(self, call: Call, endpoint_id: str) -> Answer:
        session = self._application(call)
        wanted = RequestedEndpoint(expiry=call.expiry)
        if not call.is_empty:
            wanted = RequestedEndpoint.read(call)
        if wanted.url:
            raise PresenceServiceError(Code.URL_WHEN_RENEWING)
        self._service.renew_endpoint(session, fields.identifier(endpoint_id), wanted.expiry)
        return Answer(HTTPStatus.CREATED)

    def _unregister_endpoint(self, call: Call, endpoint_id: str) -> Answer:
        session = self._application(call)
        self._service.unregister_endpoint(session, fields.identifier(endpoint_id))
        return Answer(HTTPStatus.OK)

    # Subscriptions

    def _subscribe(self, call: Call, user: str) -> Answer:
        session = self._end_user(call, user)
        wanted = RequestedSubscription.read(call)
        if wanted.type != SUBSCRIPTION_TYPE:
            raise PresenceServiceError(Code.BAD_SUBSCRIPTION_TYPE)
        subscription = self._service.subscribe(
            session, fields.identifier(wanted.endpoint), wanted.contacts, wanted.expiry
        )
        return rest_answer.created(call, f"users/{quote(user)}/subscriptions/{subscription.id}")

    def _renew_subscription(self, call: Call, user: str, subscription_id: str) -> Answer:
        session = self._subscriber(call, user)
        wanted = RequestedSubscription(expiry=call.expiry)
        if not call.is_empty:
            wanted = RequestedSubscription.read(call)
        if wanted.type not in {"", SUBSCRIPTION_TYPE}:
            raise PresenceServiceError(Code.BAD_SUBSCRIPTION_TYPE)
        self._service.renew_subscription(
            session,
            fields.identifier(subscription_id),
            contacts=wanted.contacts,
            expiry=wanted.expiry,
            endpoint_id=fields.identifier(wanted.endpoint) if wanted.endpoint else None,
        )
        return Answer(HTTPStatus.OK)

    def _unsubscribe(self, call: Call, user: str, subscription_id: str) -> Answer:
        session = self._subscriber(call, user)
        self._service.unsubscribe(session, fields.identifier(subscription_id))
        return Answer(HTTPStatus.OK)

    # Presence

    def _fetch(self, call: Call, user: str, kind: str, subscription_id: str) -> Answer:
        session = self._subscriber(call, user)
        form = presence_kind(kind)
        seen = self._service.fetch(session, fields.identifier(subscription_id))
        return rest_answer.presence(form, seen)

    def _poll(self, call: Call, user: str, kind: str, contact: str) -> Answer:
        session = self._end_user(call, user)
        form = presence_kind(kind)
        return rest_answer.presence(form, [self._service.poll_contact(session, contact)])

    def _set_presence(self, call: Call, user: str, kind: str) -> Answer:
        session = self._end_user(call, user)
        form = presence_kind(kind)
        body = call.document("presence")
        if form is PresenceKind.BASIC:
            word = fields.presence_word(xml.text(body))
            self._service.set_basic(session, word, override=call.override, expiry=call.expiry)
        else:
            published = pidf.read(body)
            self._service.set_rich(session, published, override=call.override, expiry=call.expiry)
        return Answer(HTTPStatus.OK)

    # Access

    def _application(self, call: Call) -> Session:
        return access.session_of_kind(self._service.sessions, call.key, SessionKind.APPLICATION)

    def _end_user(self, call: Call, user: str, other: Code = Code.INVALID_SESSION_KEY) -> Session:
        """Return the end user's session; `other` is the error if the key is another user's."""
        session = access.session_of_kind(self._service.sessions, call.key, SessionKind.END_USER)
        if self._service.people.get(user) is None:
            raise PresenceServiceError(Code.UNKNOWN_USER)
        if session.user != user:
            raise PresenceServiceError(other)
        return session

    def _subscriber(self, call: Call, user: str) -> Session:
        return self._end_user(call, user, other=Code.FOREIGN_SUBSCRIPTION)
