"""The REST dialect: from a request to calls of the service, and back to an answer.

Reference: "REST" and "Error codes". The checks of a request come in this order: session
key, type of session, user, body, expiry, existence.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote, unquote

from lxml import etree

from . import access, fields, pidf, presence_list, xml
from .call import Answer, Call
from .errors import Code, PresenceServiceError
from .model import SUBSCRIPTION_TYPE, PresenceKind, Seen
from .place import Redirect
from .sessions import Session, SessionKind
from .state import PresenceService

ROOT = "/presence-service"

GAP = "{}"

type Operation = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """A method, a path with gaps, and what answers there, called with what fills them."""

    method: str
    path: str
    operation: Operation

    def arguments(self, segments: Sequence[str]) -> list[str] | None:
        """Return what stands in the path's gaps, None when it is another path."""
        expected = self.path.split("/")
        if len(segments) != len(expected):
            return None
        pairs = list(zip(expected, segments, strict=True))
        if any(part not in (GAP, segment) for part, segment in pairs):
            return None
        return [segment for part, segment in pairs if part == GAP]


class RestDialect:
    """The service as REST clients see it."""

    def __init__(self, service: PresenceService) -> None:
        """Speak for this service."""
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
            Route("GET", "users/{}/presence/{}/contacts/{}", self._look),
            Route("PUT", "users/{}/presence/{}", self._set_presence),
        )

    def operation(self, _: Call) -> str:
        """Return the operation that a request names: none, since method and path say it."""
        return ""

    def failure(self, error: PresenceServiceError, _: Call) -> Answer:
        """Return the document of an error."""
        return failure(error)

    def answer(self, call: Call) -> Answer:
        """Answer a request; errors of the service become their documents."""
        try:
            return self._answer(call)
        except PresenceServiceError as error:
            return failure(error)

    def _answer(self, call: Call) -> Answer:
        allowed = set[str]()
        for segments in _readings(call.path):
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
        """Log in an application user by password, an end user by the application's key."""
        password = None if call.is_empty else xml.child(call.document("session"), "password")
        if password is not None:
            session = self._service.login_application(name, password.text or "", force=force)
        elif not call.key and not call.is_empty:
            raise PresenceServiceError(Code.EMPTY_PASSWORD)
        else:
            application = self._application(call)
            found = self._service.login_end_user(application, name, force=force)
            if isinstance(found, Redirect):
                return _redirect(call, name, found)
            session = found
        return self._session(call, session)

    def _session(self, call: Call, session: Session) -> Answer:
        root = etree.Element("session")
        etree.SubElement(root, "sessionKey").text = session.key
        backup = self._service.place.backup_name(call.scheme, call.host)
        if backup is not None:
            etree.SubElement(root, "backupServer").text = backup
        return Answer(HTTPStatus.CREATED, xml.write(root))

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
        url = xml.text(xml.child(call.document("endpoint"), "url"))
        endpoint = self._service.register_endpoint(session, url, call.expiry)
        return _created(call, f"endpoints/{endpoint.id}")

    def _renew_endpoint(self, call: Call, endpoint_id: str) -> Answer:
        session = self._application(call)
        if not call.is_empty and xml.child(call.document("endpoint"), "url") is not None:
            raise PresenceServiceError(Code.URL_WHEN_RENEWING)
        self._service.renew_endpoint(session, fields.identifier(endpoint_id), call.expiry)
        return Answer(HTTPStatus.CREATED)

    def _unregister_endpoint(self, call: Call, endpoint_id: str) -> Answer:
        session = self._application(call)
        self._service.unregister_endpoint(session, fields.identifier(endpoint_id))
        return Answer(HTTPStatus.OK)

    # Subscriptions

    def _subscribe(self, call: Call, user: str) -> Answer:
        session = self._end_user(call, user)
        wanted = WantedSubscription.read(call.document("subscription"))
        if wanted.type != SUBSCRIPTION_TYPE:
            raise PresenceServiceError(Code.BAD_SUBSCRIPTION_TYPE)
        subscription = self._service.subscribe(
            session, fields.identifier(wanted.endpoint), wanted.contacts, call.expiry
        )
        return _created(call, f"users/{quote(user)}/subscriptions/{subscription.id}")

    def _renew_subscription(self, call: Call, user: str, subscription_id: str) -> Answer:
        session = self._subscriber(call, user)
        wanted = WantedSubscription()
        if not call.is_empty:
            wanted = WantedSubscription.read(call.document("subscription"))
        if wanted.type not in {"", SUBSCRIPTION_TYPE}:
            raise PresenceServiceError(Code.BAD_SUBSCRIPTION_TYPE)
        self._service.renew_subscription(
            session,
            fields.identifier(subscription_id),
            contacts=wanted.contacts,
            expiry=call.expiry,
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
        presence_kind = _presence_kind(kind)
        seen = self._service.fetch(session, fields.identifier(subscription_id))
        return _presence_list(presence_kind, seen)

    def _look(self, call: Call, user: str, kind: str, contact: str) -> Answer:
        self._end_user(call, user)
        presence_kind = _presence_kind(kind)
        return _presence_list(presence_kind, [self._service.look(contact)])

    def _set_presence(self, call: Call, user: str, kind: str) -> Answer:
        session = self._end_user(call, user)
        presence_kind = _presence_kind(kind)
        body = call.document("presence")
        if presence_kind is PresenceKind.BASIC:
            word = fields.presence_word(xml.text(body))
            self._service.set_basic(session, word, override=call.override, expiry=call.expiry)
        else:
            published = pidf.read(body)
            self._service.set_rich(session, published, override=call.override, expiry=call.expiry)
        return Answer(HTTPStatus.OK)

    # Whose request it is

    def _application(self, call: Call) -> Session:
        return access.session_of_kind(self._service.sessions, call.key, SessionKind.APPLICATION)

    def _end_user(self, call: Call, user: str, other: Code = Code.INVALID_SESSION_KEY) -> Session:
        """Return the end user's session, `other` being the error for a key of somebody else."""
        session = access.session_of_kind(self._service.sessions, call.key, SessionKind.END_USER)
        if self._service.people.get(user) is None:
            raise PresenceServiceError(Code.UNKNOWN_USER)
        if session.user != user:
            raise PresenceServiceError(other)
        return session

    def _subscriber(self, call: Call, user: str) -> Session:
        """Return the session of a request about one subscription."""
        return self._end_user(call, user, other=Code.FOREIGN_SUBSCRIPTION)


@dataclass(frozen=True, slots=True)
class WantedSubscription:
    """The body of a subscribe request, as text; empty where something is not said."""

    type: str = ""
    endpoint: str = ""
    contacts: tuple[str, ...] = ()

    @classmethod
    def read(cls, root: etree._Element) -> WantedSubscription:
        """Return what a `subscription` element says."""
        return cls(
            type=xml.text(xml.child(root, "subscriptionType")),
            endpoint=xml.text(xml.child(root, "endPointID")),
            contacts=tuple(
                contact.get("contactURI", "").strip()
                for listed in xml.children(root, "contactsList")
                for contact in xml.children(listed, "contact")
            ),
        )


def failure(error: PresenceServiceError) -> Answer:
    """Return the document of an error; its blank line and indents are the real server's."""
    description = error.description
    document = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "\n"
        '    <description xmlns="urn:cisco:cup:presence:soap">\n'
        f"        <code>{int(error.code)}</code>\n"
        f"        <message>{description.message}</message>\n"
        f"        <fix>{description.fix}</fix>\n"
        "    </description>\n"
    )
    return Answer(description.status, document.encode())


def _presence_kind(text: str) -> PresenceKind:
    if text not in PresenceKind:
        raise PresenceServiceError(Code.BAD_PRESENCE_TYPE)
    return PresenceKind(text)


def _presence_list(kind: PresenceKind, seen: Iterable[Seen]) -> Answer:
    return Answer(HTTPStatus.OK, xml.write(presence_list.write(kind, seen)))


def _redirect(call: Call, user: str, found: Redirect) -> Answer:
    """Send an end user to another node, by the same scheme."""
    root = etree.Element("session")
    etree.SubElement(root, "redirect").attrib.update(found.servers(call.scheme, call.host))
    node = found.target.authority(call.scheme, call.host)
    location = f"{call.scheme}://{node}{ROOT}/users/{quote(user)}/session"
    return Answer(HTTPStatus.TEMPORARY_REDIRECT, xml.write(root), headers={"Location": location})


def _created(call: Call, path: str) -> Answer:
    """Say where something new is: always http and without a port, as the reference shows."""
    return Answer(HTTPStatus.CREATED, headers={"Location": f"http://{call.host}{ROOT}/{path}"})


def _readings(path: str) -> list[list[str]]:
    """Return the decoded parts of a path below the service's root, none when elsewhere.

    A last slash may stand before an empty name, or say nothing: two readings.
    """
    if not path.startswith(f"{ROOT}/"):
        return []
    segments = [unquote(segment) for segment in path.removeprefix(f"{ROOT}/").split("/")]
    return [segments] if segments[-1] else [segments, segments[:-1]]
