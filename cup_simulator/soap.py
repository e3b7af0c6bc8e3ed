"""The SOAP dialect: envelopes to calls of the service, and results to envelopes.

Reference: "SOAP" and "Error codes". Requests are checked in the order
of REST: envelope and operation, session key, type of session, fields, schema, existence.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from lxml import etree

from . import access, fields, pidf, presence_list, soap_envelope, soap_request, soap_schema, xml
from .call import Answer, Call
from .errors import Code, PresenceServiceError
from .model import PresenceKind
from .place import Redirect
from .service import PresenceService
from .sessions import Session, SessionKind
from .soap_envelope import Envelope
from .soap_request import Login, Registration, Setting, Subscribing, Unsubscribing
from .soap_schema import NAMESPACE

PATH = "/presence-service/soap"
SESSION_KEY = "session-key"
THROTTLED = (Code.CPU_LIMIT, Code.RATE_LIMIT)
"""Codes whose faults have status 503; all others have 200."""


class SoapDialect:
    """The presence service in SOAP."""

    def __init__(self, service: PresenceService) -> None:
        self._service = service
        self._operations: Mapping[str, Callable[[Call, Envelope], etree._Element]] = {
            "login": self._login,
            "logout": self._logout,
            "registerEndPoint": self._register_endpoint,
            "unregisterEndPoint": self._unregister_endpoint,
            "subscribe": self._subscribe,
            "unsubscribe": self._unsubscribe,
            "getSubscribedPresence": self._fetch,
            "getPolledPresence": self._poll,
            "setPresence": self._set_presence,
        }

    def operation(self, call: Call) -> str:
        """Return the name of the requested operation, empty if there is none."""
        try:
            return xml.local_name(soap_envelope.read(call.body, call.encoding).payload)
        except PresenceServiceError:
            return ""

    def answer(self, call: Call) -> Answer:
        """Answer a request; errors of the service become faults."""
        if call.method == "GET" and call.query.lower() == "wsdl":
            address = f"{call.scheme}://{call.authority}{PATH}"
            return Answer(HTTPStatus.OK, soap_schema.wsdl(address))
        if call.method != "POST":
            return Answer(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
        try:
            envelope = soap_envelope.read(call.body, call.encoding)
            return soap_envelope.answer(envelope.version, self._answer(call, envelope))
        except PresenceServiceError as error:
            return self.failure(error, call)

    def failure(self, error: PresenceServiceError, call: Call) -> Answer:
        """Return the fault of an error, in the SOAP version of the request."""
        version = soap_envelope.version_of(call)
        status = HTTPStatus.OK
        if error.code in THROTTLED:
            status = HTTPStatus.SERVICE_UNAVAILABLE
        fault = soap_envelope.fault(version, error, NAMESPACE)
        return soap_envelope.answer(version, fault, status)

    def _answer(self, call: Call, envelope: Envelope) -> etree._Element:
        operation = self._operations.get(xml.local_name(envelope.payload))
        if operation is None or not soap_schema.is_ours(envelope.payload):
            raise PresenceServiceError(Code.WRONG_ROOT)
        return operation(call, envelope)

    # Sessions

    def _login(self, call: Call, envelope: Envelope) -> etree._Element:
        """Log in an application user by password, an end user by the application's key."""
        wanted = _read(envelope, Login.read)
        if wanted.password is not None:
            session = self._service.login_application(
                wanted.user, wanted.password, force=wanted.force
            )
            return self._success(call, session)
        application = access.session_of_kind(
            self._service.sessions, wanted.application_key, SessionKind.APPLICATION
        )
        found = self._service.login_end_user(application, wanted.user, force=wanted.force)
        if isinstance(found, Redirect):
            return _redirect(call, found)
        return self._success(call, found)

    def _success(self, call: Call, session: Session) -> etree._Element:
        response = _response("login")
        success = _add(response, "success")
        _add(success, SESSION_KEY, session.key)
        backup = self._service.place.backup_name(call.scheme, call.host)
        if backup is not None:
            _add(success, "backupServer", backup)
        return response

    def _logout(self, _: Call, envelope: Envelope) -> etree._Element:
        session = access.session_of(self._service.sessions, envelope.header_text(SESSION_KEY))
        soap_schema.check(soap_schema.conform(envelope.payload))
        self._service.logout(session)
        return _status("logout")

    # Endpoints

    def _register_endpoint(self, _: Call, envelope: Envelope) -> etree._Element:
        session = self._session(envelope, SessionKind.APPLICATION)
        wanted = _read(envelope, Registration.read)
        endpoint_id = wanted.endpoint
        if endpoint_id is None:
            endpoint_id = self._service.register_endpoint(session, wanted.url, wanted.expiry).id
        else:
            self._service.renew_endpoint(session, endpoint_id, wanted.expiry)
        response = _response("registerEndPoint")
        _add(response, "endPointID", str(endpoint_id))
        return response

    def _unregister_endpoint(self, _: Call, envelope: Envelope) -> etree._Element:
        session = self._session(envelope, SessionKind.APPLICATION)
        self._service.unregister_endpoint(session, _read(envelope, soap_request.endpoint_id))
        return _status("unregisterEndPoint")

    # Subscriptions

    def _subscribe(self, _: Call, envelope: Envelope) -> etree._Element:
        session = self._session(envelope, SessionKind.END_USER)
        wanted = _read(envelope, Subscribing.read)
        subscription_id = wanted.subscription
        if subscription_id is None:
            subscription = self._service.subscribe(
                session, wanted.endpoint or 0, wanted.contacts, wanted.expiry
            )
            subscription_id = subscription.id
        else:
            self._service.renew_subscription(
                session,
                subscription_id,
                contacts=wanted.contacts,
                expiry=wanted.expiry,
                endpoint_id=wanted.endpoint,
            )
        response = _response("subscribe")
        _add(response, "subscriptionID", str(subscription_id))
        return response

    def _unsubscribe(self, _: Call, envelope: Envelope) -> etree._Element:
        session = self._session(envelope, SessionKind.END_USER)
        wanted = _read(envelope, Unsubscribing.read)
        if wanted.contacts:
            self._service.unwatch(session, wanted.subscription, wanted.contacts)
        else:
            self._service.unsubscribe(session, wanted.subscription)
        return _status("unsubscribe")

    # Presence

    def _fetch(self, _: Call, envelope: Envelope) -> etree._Element:
        session = self._session(envelope, SessionKind.END_USER)
        subscription_id, kind = _read(envelope, _subscription_and_kind)
        seen = self._service.fetch(session, subscription_id)
        response = _response("getSubscribedPresence")
        response.append(presence_list.write(kind, seen, NAMESPACE))
        return response

    def _poll(self, _: Call, envelope: Envelope) -> etree._Element:
        session = self._session(envelope, SessionKind.END_USER)
        kind, contacts = _read(envelope, _kind_and_contacts)
        seen = self._service.poll_contacts(session, contacts)
        response = _response("getPolledPresence")
        response.append(presence_list.write(kind, seen, NAMESPACE))
        return response

    def _set_presence(self, _: Call, envelope: Envelope) -> etree._Element:
        session = self._session(envelope, SessionKind.END_USER)
        wanted = _read(envelope, Setting.read)
        if wanted.kind is PresenceKind.BASIC:
            word = fields.presence_word(wanted.content)
            self._service.set_basic(session, word, override=wanted.override, expiry=wanted.expiry)
        else:
            published = pidf.read(xml.read_root(wanted.content.encode(), "presence", "utf-8"))
            self._service.set_rich(
                session, published, override=wanted.override, expiry=wanted.expiry
            )
        return _status("setPresence")

    def _session(self, envelope: Envelope, kind: SessionKind) -> Session:
        key = envelope.header_text(SESSION_KEY)
        return access.session_of_kind(self._service.sessions, key, kind)


def _read[Wanted](envelope: Envelope, reader: Callable[[etree._Element], Wanted]) -> Wanted:
    """Parse a request and check it against the schema."""
    request = soap_schema.conform(envelope.payload)
    wanted = reader(request)
    soap_schema.check(request)
    return wanted


def _subscription_and_kind(request: etree._Element) -> tuple[int, PresenceKind]:
    return soap_request.subscription_id(request), soap_request.presence_kind(request)


def _kind_and_contacts(request: etree._Element) -> tuple[PresenceKind, tuple[str, ...]]:
    return soap_request.presence_kind(request), soap_request.polled_contacts(request)


def _redirect(call: Call, found: Redirect) -> etree._Element:
    response = _response("login")
    _add(response, "redirect").attrib.update(found.servers(call.scheme, call.host))
    return response


def _response(operation: str) -> etree._Element:
    return etree.Element(etree.QName(NAMESPACE, f"{operation}Response"), nsmap={None: NAMESPACE})


def _status(operation: str) -> etree._Element:
    response = _response(operation)
    _add(response, "status", "SUCCESS")
    return response


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, etree.QName(NAMESPACE, name))
    element.text = text
    return element
