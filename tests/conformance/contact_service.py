"""Section 9: the Client Configuration Web Service."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from lxml import etree

from custom_components.cisco_unified_presence.pws import (
    ContactService,
    PinnedCertificate,
    Server,
    Session,
    SoapVersion,
    make_ssl_context,
    open_session,
    read_certificate,
)
from custom_components.cisco_unified_presence.pws.exchange import Answer, Exchange, Request
from custom_components.cisco_unified_presence.pws.lxml_document import (
    LxmlElement,
    parse_description,
)
from custom_components.cisco_unified_presence.pws.soap_request import envelope
from custom_components.cisco_unified_presence.pws.xml import local_name, parse

from .case import Skipped, Spoken, Table
from .elements import element
from .expecting import holds, same
from .stage import Stage

TABLE = Table(9)

_NAMESPACE: Final = "urn:cisco:epas:soap"
# It speaks SOAP 1.2 alone, so its cases are run once.
_ONCE: Final = frozenset({Spoken.SOAP_1_2})
_GROUP: Final = "Conformance"


class _Service:
    """Requests to the service, as bytes."""

    def __init__(self, exchange: Exchange, contacts: ContactService) -> None:
        self.contacts = contacts
        self._exchange = exchange

    async def ask(
        self, request: LxmlElement, key: str = "", version: SoapVersion = SoapVersion.V1_2
    ) -> Answer:
        for each in request.iter():
            each.tag = etree.QName(_NAMESPACE, local_name(each))
        header = etree.Element(f"{{{_NAMESPACE}}}session-key")
        header.text = key
        kind = "text/xml" if version is SoapVersion.V1_1 else "application/soap+xml"
        body = envelope(version, header if key else None, request)
        headers = {"Content-Type": f"{kind}; charset=utf-8"}
        return await self._exchange.send(Request("POST", "/service", headers, body))

    async def get(self, path: str) -> Answer:
        return await self._exchange.send(Request("GET", path))


@asynccontextmanager
async def _service(stage: Stage) -> AsyncGenerator[_Service]:
    server = stage.target.contact_service
    if stage.is_simulated:
        port = stage.simulator.ports.epas
        shown = await read_certificate("127.0.0.1", port, timeout=5)
        server = Server(host="127.0.0.1", port=port, security=PinnedCertificate(shown.sha256))
    if server is None:
        raise Skipped("needs CUP_CONTACT_PORT")
    async with open_session(server, ssl_context=make_ssl_context(server.security)) as http:
        exchange = Exchange(server, http, 15, root="/EPASSoap")
        yield _Service(exchange, ContactService(server, http))


def _named(answer: Answer) -> list[str]:
    return [local_name(each) for each in parse(answer.body).iter()]


async def _configuration(service: _Service, session: Session, part: str) -> Answer:
    return await service.ask(element("get-all-config", element(part)), session.key)


@TABLE.case(dialects=_ONCE)
async def the_key_of_the_presence_service_is_valid_and_the_domain_is_told(stage: Stage) -> None:
    async with _service(stage) as service:
        domain = await service.contacts.presence_domain(await stage.watcher())
    same(domain, stage.target.domain, "presence domain")


@TABLE.case(dialects=_ONCE)
async def every_part_of_the_configuration_is_answered(stage: Stage) -> None:
    async with _service(stage) as service:
        for part in "system-config", "user-config", "contact-info":
            named = _named(await _configuration(service, await stage.watcher(), part))
            holds("get-all-config-resp" in named, f"{part} is not answered, but {named[-1]}")


@TABLE.case(dialects=_ONCE)
async def the_contact_list_can_be_read(stage: Stage) -> None:
    async with _service(stage) as service:
        await service.contacts.contact_list(await stage.watcher())


@TABLE.case(dialects=_ONCE, disturbs=True)
async def contacts_are_added_and_deleted(stage: Stage) -> None:
    watcher = await stage.watcher()
    async with _service(stage) as service:
        before = (await service.contacts.contact_list(watcher)).groups
        for operation, expected in ("add-contact", True), ("delete-contact", False):
            persona = element("persona-id", text=stage.target.person, domain=stage.target.domain)
            answer = await service.ask(
                element(operation, element("group", persona, name=_GROUP)), watcher.key
            )
            holds("Fault" not in _named(answer), f"{operation} is refused")
            groups = (await service.contacts.contact_list(watcher)).groups
            listed = {each.name: each.contacts for each in groups}
            same(stage.contact in listed.get(_GROUP, ()), expected, f"listed after {operation}")
        after = (await service.contacts.contact_list(watcher)).groups
        same([g for g in after if g.contacts], [g for g in before if g.contacts], "list at the end")


@TABLE.case(dialects=_ONCE)
async def a_login_has_force_and_the_client_as_attributes(stage: Stage) -> None:
    request = element(
        "login",
        element("username", text=stage.target.application_user),
        element("password", text=stage.target.password),
        **{"force": "false", "client-type": "thirdclient", "client-version": "1"},
    )
    async with _service(stage) as service:
        named = _named(await service.ask(request))
    holds({"login-resp", "success", "session-key"} <= set(named), "no login-resp with a key")
    await stage.application()  # The same session, which is logged out in the end.


@TABLE.case(dialects=_ONCE)
async def it_speaks_no_soap_1_1(stage: Stage) -> None:
    request = element("get-all-config", element("system-config"))
    async with _service(stage) as service:
        key = (await stage.application()).key
        answer = await service.ask(request, key, SoapVersion.V1_1)
    holds(b"Presence.Domain" not in answer.body, "a request in SOAP 1.1 is answered")


@TABLE.case(dialects=_ONCE)
async def it_describes_itself(stage: Stage) -> None:
    async with _service(stage) as service:
        for path in "/service?wsdl", "/service/latest?wsdl", "/service/v70?wsdl":
            root = parse_description((await service.get(path)).body)
            same(local_name(root), "definitions", f"root at {path}")
        for name in "epas-soap-interface.xsd", "presence-rules.xsd":
            root = parse_description((await service.get(f"/{name}")).body)
            same(local_name(root), "schema", f"root of {name}")
