"""The part of a node's Client Configuration Web Service that integrations need.

SOAP 1.2 only. It answers the presence domain and an end user's contacts. Reference: "The Client
Configuration Web Service, as far as it is needed". The form of listed contacts is not public; here
it is the one in which contacts are written.
"""

from http import HTTPStatus

from aiohttp import web
from lxml import etree

from . import access, soap_envelope, xml
from .call import Answer
from .connection import connection_to
from .deployment import Deployment, Node
from .errors import Code, PresenceServiceError
from .request_body import read_body
from .sessions import Session, SessionKind
from .soap_envelope import SOAP_12, Envelope

NAMESPACE = "urn:cisco:epas:soap"
PATHS = ("", "/latest", "/v80", "/v105")
MAX_BODY_BYTES = 64 * 1024
REQUEST = "get-all-config"
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
        self._node = node
        self._domain = deployment.configuration.domain
        self._contacts = {each.user: each.contacts for each in deployment.configuration.people}

    def application(self) -> web.Application:
        application = web.Application(
            client_max_size=MAX_BODY_BYTES, middlewares=[connection_to(self._node)]
        )
        application.add_routes(
            [web.post(f"/EPASSoap/service{path}", self._handle) for path in PATHS]
        )
        return application

    async def _handle(self, request: web.Request) -> web.Response:
        try:
            answer = self._answer(await read_body(request, MAX_BODY_BYTES))
        except PresenceServiceError as error:
            answer = _failure(error)
        return web.Response(
            status=answer.status, body=answer.body, headers={"Content-Type": answer.content_type}
        )

    def _answer(self, body: bytes) -> Answer:
        try:
            return soap_envelope.answer(SOAP_12, self._configuration(_envelope(body)))
        except PresenceServiceError as error:
            return _failure(error)

    def _configuration(self, envelope: Envelope) -> etree._Element:
        """Return the response element, with one child for each requested part."""
        key = envelope.header_text("session-key")
        session = access.session_of(self._node.service.sessions, key)
        parts = [xml.local_name(part) for part in envelope.payload]
        if any(part not in PARTS for part in parts):
            raise PresenceServiceError(Code.UNREADABLE_XML)
        answer = etree.Element(_name(f"{REQUEST}-resp"), nsmap={None: NAMESPACE})
        for part in parts:
            found = etree.SubElement(answer, _name(f"get-{part}-resp"))
            if part == "system-config":
                self._add_system(found)
            if part == "contact-info":
                self._add_contacts(found, session)
        return answer

    def _add_system(self, parent: etree._Element) -> None:
        etree.SubElement(parent, _name("property"), name="Presence.Domain").text = self._domain

    def _add_contacts(self, parent: etree._Element, session: Session) -> None:
        access.require(session, SessionKind.END_USER)
        for name, contacts in self._contacts.get(session.user, {}).items():
            group = etree.SubElement(parent, _name("group"), name=name)
            for contact in contacts:
                user, _, domain = contact.partition("@")
                etree.SubElement(group, _name("persona-id"), domain=domain).text = user


def _envelope(body: bytes) -> Envelope:
    """Return the envelope, which must be SOAP 1.2. Codes: 102, 103."""
    envelope = soap_envelope.read(body)
    if envelope.version is not SOAP_12 or xml.local_name(envelope.payload) != REQUEST:
        raise PresenceServiceError(Code.WRONG_ROOT)
    return envelope


def _failure(error: PresenceServiceError) -> Answer:
    fault = soap_envelope.fault(SOAP_12, error, NAMESPACE)
    return soap_envelope.answer(SOAP_12, fault, HTTPStatus.BAD_REQUEST)


def _name(local: str) -> etree.QName:
    return etree.QName(NAMESPACE, local)
