"""The part of a node's Client Configuration Web Service that integrations need.

SOAP 1.2 only. It logs users in, answers the presence domain, an end user's name and contacts, and
changes contacts. Reference: "The Client Configuration Web Service, as far as it is needed". The
form of listed contacts and of the answers to changes is not public; here contacts are listed in the
form in which they are written, with an attribute `nickname` where their owner has given one.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from importlib.resources import files

from aiohttp import web
from lxml import etree

from . import access, epas_request, soap_envelope, xml
from .call import Answer
from .connection import connection_to
from .deployment import Deployment, Node
from .errors import Code, PresenceServiceError
from .place import Redirect
from .request_body import read_body
from .sessions import Session, SessionKind
from .soap_envelope import SOAP_12, Envelope

NAMESPACE = "urn:cisco:epas:soap"
ROOT = "/EPASSoap"
PATHS = ("", "/latest", "/v70", "/v80", "/v105")
SCHEMAS = ("epas-soap-interface.xsd", "presence-rules.xsd")
MAX_BODY_BYTES = 64 * 1024
PARTS = (
    "system-config",
    "user-config",
    "contact-info",
    "non-presence-aware-contacts",
    "federated-domains",
)


class ConfigurationFront:
    """The HTTP application of one node's Client Configuration Web Service."""

    def __init__(self, deployment: Deployment, node: Node) -> None:
        self._deployment = deployment
        self._node = node
        self._operations: Mapping[str, Callable[[Envelope], etree._Element]] = {
            "login": self._login,
            "logout": self._logout,
            "get-all-config": self._configuration,
            "add-contact": self._add_contacts,
            "delete-contact": self._delete_contacts,
        }

    def application(self) -> web.Application:
        application = web.Application(
            client_max_size=MAX_BODY_BYTES, middlewares=[connection_to(self._node)]
        )
        for path in PATHS:
            application.router.add_post(f"{ROOT}/service{path}", self._handle)
            application.router.add_get(f"{ROOT}/service{path}", self._describe, allow_head=False)
        for name in SCHEMAS:
            application.router.add_get(f"{ROOT}/{name}", self._schema, allow_head=False)
        return application

    async def _handle(self, request: web.Request) -> web.Response:
        try:
            answer = self._answer(await read_body(request, MAX_BODY_BYTES))
        except PresenceServiceError as error:
            answer = _failure(error)
        return web.Response(
            status=answer.status, body=answer.body, headers={"Content-Type": answer.content_type}
        )

    async def _describe(self, request: web.Request) -> web.Response:
        if request.query_string.lower() != "wsdl":
            raise web.HTTPMethodNotAllowed("GET", ["POST"])
        document = etree.fromstring(_file("epas.wsdl"))
        for port in document.iter("{*}address"):
            port.set("location", f"https://{request.host}{request.path}")
        return _xml(xml.write(document))

    async def _schema(self, request: web.Request) -> web.Response:
        return _xml(_file(request.path.rpartition("/")[2]))

    def _answer(self, body: bytes) -> Answer:
        try:
            return soap_envelope.answer(SOAP_12, self._response(soap_envelope.read(body)))
        except PresenceServiceError as error:
            return _failure(error)

    def _response(self, envelope: Envelope) -> etree._Element:
        operation = self._operations.get(xml.local_name(envelope.payload))
        if envelope.version is not SOAP_12 or operation is None:
            raise PresenceServiceError(Code.WRONG_ROOT)
        return operation(envelope)

    # Sessions, which are those of the presence service

    def _login(self, envelope: Envelope) -> etree._Element:
        wanted = epas_request.Login.read(envelope.payload)
        service = self._node.service
        if wanted.password is not None:
            session = service.login_application(wanted.user, wanted.password, force=wanted.force)
            return _logged_in(session)
        application = access.session_of_kind(
            service.sessions, wanted.application_key, SessionKind.APPLICATION
        )
        found = service.login_end_user(application, wanted.user, force=wanted.force)
        return self._redirected(found) if isinstance(found, Redirect) else _logged_in(found)

    def _redirected(self, found: Redirect) -> etree._Element:
        response = _response("login")
        redirect = etree.SubElement(response, _name("redirect"))
        redirect.attrib.update(found.servers("https", self._node.address.host))
        return response

    def _logout(self, envelope: Envelope) -> etree._Element:
        self._node.service.logout(self._session(envelope))
        return _response("logout")

    # Configuration and contacts

    def _configuration(self, envelope: Envelope) -> etree._Element:
        """Return the response element, with one child for each requested part."""
        session = self._session(envelope)
        parts = [xml.local_name(part) for part in envelope.payload]
        if any(part not in PARTS for part in parts):
            raise PresenceServiceError(Code.UNREADABLE_XML)
        answer = _response("get-all-config")
        for part in parts:
            found = etree.SubElement(answer, _name(f"get-{part}-resp"))
            if part == "system-config":
                _add_property(found, "Presence.Domain", self._deployment.configuration.domain)
            if part == "user-config":
                self._add_user(found, session)
            if part == "contact-info":
                self._list_contacts(found, session)
        return answer

    def _add_user(self, parent: etree._Element, session: Session) -> None:
        person = self._deployment.people.get(session.user)
        if person is None:
            return
        domain = self._deployment.configuration.domain
        persona = etree.SubElement(parent, _name("persona-id"), domain=domain)
        persona.text = person.user
        _add_property(parent, "display-name", person.name)

    def _list_contacts(self, parent: etree._Element, session: Session) -> None:
        access.require(session, SessionKind.END_USER)
        for name, contacts in self._deployment.contact_lists.of(session.user).items():
            group = etree.SubElement(parent, _name("group"), name=name)
            for contact in contacts:
                user, _, domain = contact.partition("@")
                persona = etree.SubElement(group, _name("persona-id"), domain=domain)
                persona.text = user
                if nickname := self._deployment.contact_lists.nickname(session.user, contact):
                    persona.set("nickname", nickname)

    def _add_contacts(self, envelope: Envelope) -> etree._Element:
        session = self._end_user(envelope)
        for each in epas_request.contacts(envelope.payload):
            self._deployment.contact_lists.add(session.user, each.group, each.contact)
        return _response("add-contact")

    def _delete_contacts(self, envelope: Envelope) -> etree._Element:
        session = self._end_user(envelope)
        for each in epas_request.contacts(envelope.payload):
            if not self._deployment.contact_lists.remove(session.user, each.group, each.contact):
                raise PresenceServiceError(Code.CONTACT_NOT_SUBSCRIBED)
        return _response("delete-contact")

    def _session(self, envelope: Envelope) -> Session:
        key = envelope.header_text("session-key")
        return access.session_of(self._node.service.sessions, key)

    def _end_user(self, envelope: Envelope) -> Session:
        session = self._session(envelope)
        access.require(session, SessionKind.END_USER)
        return session


def _logged_in(session: Session) -> etree._Element:
    response = _response("login")
    success = etree.SubElement(response, _name("success"))
    etree.SubElement(success, _name("session-key")).text = session.key
    return response


def _response(operation: str) -> etree._Element:
    return etree.Element(_name(f"{operation}-resp"), nsmap={None: NAMESPACE})


def _add_property(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, _name("property"), name=name).text = text


def _failure(error: PresenceServiceError) -> Answer:
    fault = soap_envelope.fault(SOAP_12, error, NAMESPACE)
    return soap_envelope.answer(SOAP_12, fault, HTTPStatus.BAD_REQUEST)


def _name(local: str) -> etree.QName:
    return etree.QName(NAMESPACE, local)


def _file(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()


def _xml(body: bytes) -> web.Response:
    return web.Response(body=body, headers={"Content-Type": "text/xml; charset=utf-8"})
