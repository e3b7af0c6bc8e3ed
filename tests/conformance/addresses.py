"""Section 2: the addresses of the service, and its connections."""

from collections.abc import AsyncIterator

import aiohttp

from custom_components.cisco_unified_presence.pws import (
    PinnedCertificate,
    Server,
    make_ssl_context,
    open_session,
    read_certificate,
)
from custom_components.cisco_unified_presence.pws.exchange import Exchange, Request
from custom_components.cisco_unified_presence.pws.lxml_document import parse_description
from custom_components.cisco_unified_presence.pws.rest import RestDialect
from custom_components.cisco_unified_presence.pws.soap import SoapDialect
from custom_components.cisco_unified_presence.pws.soap_request import Call, Language
from custom_components.cisco_unified_presence.pws.soap_writer import Fields
from custom_components.cisco_unified_presence.pws.wsdl import ServiceDescription, SoapVersion
from custom_components.cisco_unified_presence.pws.xml import local_name

from .case import REST_ONLY, SOAP_ONLY, Skipped, Table
from .elements import element, written
from .expecting import holds, refused, same
from .stage import HOUR, Stage

TABLE = Table(2)

_OPERATIONS = (
    "login",
    "logout",
    "registerEndPoint",
    "unregisterEndPoint",
    "subscribe",
    "unsubscribe",
    "getSubscribedPresence",
    "getPolledPresence",
    "setPresence",
)


async def _speaks_at(stage: Stage, server: Server) -> None:
    context = make_ssl_context(server.security)
    async with open_session(server, ssl_context=context) as http:
        exchange = Exchange(server, http, 15)
        dialect = RestDialect(exchange) if stage.is_rest else SoapDialect(exchange)
        session = await dialect.log_in(stage.target.application_user, stage.target.password)
        stage.remember(session)
        holds(session.key, "the login gave no session key")


@TABLE.case()
async def the_service_answers_over_https(stage: Stage) -> None:
    server = stage.target.https
    if server is None and not stage.is_simulated:
        raise Skipped("needs CUP_HTTPS_PORT")
    if server is None:
        port = stage.simulator.ports.https
        shown = await read_certificate("127.0.0.1", port, timeout=5)
        server = Server(host="127.0.0.1", port=port, security=PinnedCertificate(shown.sha256))
    await _speaks_at(stage, server)


@TABLE.case()
async def the_service_answers_over_http(stage: Stage) -> None:
    if stage.target.http is None:
        raise Skipped("needs CUP_HTTP_PORT; the password would be sent in the clear")
    await _speaks_at(stage, stage.target.http)


@TABLE.case(dialects=SOAP_ONLY)
async def the_wsdl_describes_every_operation(stage: Stage) -> None:
    answer = await stage.exchange.send(Request("GET", "/soap?wsdl"))
    same(answer.status, 200, "status")
    description = ServiceDescription(parse_description(answer.body))
    missing = [name for name in _OPERATIONS if description.request(name) is None]
    same(missing, [], "operations without a description")
    holds(description.element("session-key"), "the header block session-key is not described")


@TABLE.case(dialects=SOAP_ONLY)
async def the_wsdl_has_the_known_names_and_one_port(stage: Stage) -> None:
    root = parse_description((await stage.exchange.send(Request("GET", "/soap?wsdl"))).body)
    named = [(local_name(each), each.get("name")) for each in root.iter("*")]
    for expected in ("service", "PresenceSoapService"), ("portType", "PresenceSoapPortType"):
        holds(expected in named, f"there is no {' '.join(expected)}")
    same(sum(kind == "port" for kind, _ in named), 1, "ports")


@TABLE.case(dialects=SOAP_ONLY)
async def the_wsdl_offers_soap_1_1(stage: Stage) -> None:
    described = (await stage.raw.language()).described
    holds(SoapVersion.V1_1 in described.versions, "the description offers no SOAP 1.1")


@TABLE.case()
async def chunked_bodies_cannot_be_read(stage: Stage) -> None:
    """Reference: also "Error codes", 150."""
    server = stage.target.server
    url = server.base_url + ("/users/unknown/sessions" if stage.is_rest else "/soap")
    language = Language.of(None, SoapVersion.V1_1)
    body = (
        written(element("session", element("password", text="none")))
        if stage.is_rest
        else language.write(Call("login", {"username": "unknown", "password": "none"}), None)
    )
    headers = {"Content-Type": "text/xml"}
    try:
        async with stage.http.post(url, data=_in_pieces(body), headers=headers) as answer:
            said = await answer.read()
    except aiohttp.ClientError:
        return
    holds(b"150" in said, f"the chunked body was answered with {answer.status} and no code 150")


async def _in_pieces(body: bytes) -> AsyncIterator[bytes]:
    yield body[:10]
    yield body[10:]


@TABLE.case(dialects=REST_ONLY)
async def bodies_may_be_text_or_application_xml(stage: Stage) -> None:
    application = await stage.application()
    body = written(element("endpoint", element("url", text=stage.url)))
    for content_type in ("text/xml", "application/xml"):
        answer = await stage.exchange.send(
            Request(
                "POST",
                "/endpoints",
                {
                    "Content-Type": content_type,
                    "Presence-Expiry": str(HOUR),
                    "Presence-Session-Key": application.key,
                },
                body,
            )
        )
        same(answer.status, 201, f"status for {content_type}")
        location = answer.location or ""
        await stage.dialect.unregister_endpoint(application, int(location.rpartition("/")[2]))


@TABLE.case()
async def a_connection_is_kept_and_used_again(stage: Stage) -> None:
    reused: list[bool] = []

    async def note(*_: object) -> None:
        reused.append(True)

    trace = aiohttp.TraceConfig()
    trace.on_connection_reuseconn.append(note)
    connector = stage.http.connector
    async with aiohttp.ClientSession(
        connector=connector, connector_owner=False, trace_configs=[trace]
    ) as http:
        exchange = Exchange(stage.target.server, http, 15)
        for _ in range(2):
            await exchange.send(Request("GET", "/users/unknown/presence/basic/contacts/a@b"))
    holds(reused, "the server closes the connection after each answer")


@TABLE.case()
async def every_request_but_login_needs_the_session_key(stage: Stage) -> None:
    watcher = stage.target.watcher
    contact = {"contactURI": stage.contact}
    contacts: Fields = {"presenceType": "BASIC_PRESENCE", "contactsList": {"contact": [contact]}}
    requests = [
        (
            Request("GET", f"/users/{watcher}/presence/basic/contacts/{stage.contact}"),
            Call("getPolledPresence", contacts),
        ),
        (Request("DELETE", "/endpoints/1"), Call("unregisterEndPoint", {"endPointID": "1"})),
        (Request("DELETE", f"/users/{watcher}/session"), Call("logout")),
    ]
    for rest, soap in requests:
        await refused(stage, stage.raw.send(None, rest, soap), 100)
