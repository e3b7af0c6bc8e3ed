"""The WSDL document, and the schema that requests are held against. Reference: "SOAP"."""

import ssl

from lxml import etree
import pytest

from cup_simulator import Simulator
from cup_simulator.soap_schema import FIELDS

from .soap_wire import (
    PATH,
    PRESENCE,
    SCHEMA,
    SoapWire,
    contacts,
    operation,
    registration,
    setting,
    subscription,
    unsubscription,
)
from .wire import Reply, Wire, parse, request_bytes, send

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
XS = "{http://www.w3.org/2001/XMLSchema}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
OPERATIONS = [
    "login",
    "logout",
    "registerEndPoint",
    "unregisterEndPoint",
    "subscribe",
    "unsubscribe",
    "getSubscribedPresence",
    "getPolledPresence",
    "setPresence",
]


async def document(
    port: int, tls: ssl.SSLContext | None = None, host: str = "cup", query: str = "wsdl"
) -> Reply:
    data = request_bytes("GET", f"{PATH}?{query}", {"Host": host})
    return parse(await send(port, data, tls))


@pytest.fixture
async def wsdl(simulator: Simulator) -> etree._Element:
    return etree.fromstring((await document(simulator.ports.http)).body)


async def test_it_is_an_xml_document(simulator: Simulator) -> None:
    reply = await document(simulator.ports.http, query="WSDL")

    assert (reply.status, reply.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    root = etree.fromstring(reply.body)
    assert (root.tag, root.get("targetNamespace")) == (f"{WSDL}definitions", PRESENCE)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("cup.example.com", "cup.example.com"),
        ("cup.example.com:8082", "cup.example.com:8082"),
        ("[::1]:8082", "[::1]:8082"),
    ],
)
async def test_its_addresses_are_those_that_were_asked(
    simulator: Simulator, host: str, expected: str
) -> None:
    tls = ssl.create_default_context(cafile=simulator.tls_dir / "cup.pem")
    for port, context, scheme in (
        (simulator.ports.http, None, "http"),
        (simulator.ports.https, tls, "https"),
    ):
        root = etree.fromstring((await document(port, context, host)).body)
        addresses = [each.get("location") for each in root.iter("{*}address")]
        assert addresses == [f"{scheme}://{expected}{PATH}"]


@pytest.mark.parametrize("host", ["", "a b", "<&>", '"'])
async def test_a_host_that_makes_no_sense_is_not_repeated(simulator: Simulator, host: str) -> None:
    root = etree.fromstring((await document(simulator.ports.http, host=host)).body)

    addresses = {each.get("location") for each in root.iter("{*}address")}
    assert addresses == {f"http://127.0.0.1:{simulator.ports.http}{PATH}"}


async def test_the_schema_in_it_stands_by_itself(wsdl: etree._Element) -> None:
    (schema,) = wsdl.iter(f"{XS}schema")

    alone = etree.XMLSchema(etree.fromstring(etree.tostring(schema)))

    assert alone.validate(etree.fromstring(operation("logout")))
    assert not alone.validate(etree.fromstring(operation("login")))


async def test_every_reference_within_it_leads_somewhere(wsdl: etree._Element) -> None:
    (schema,) = wsdl.iter(f"{XS}schema")
    elements = {f"tns:{each.get('name')}" for each in schema.findall(f"{XS}element")}
    messages = {f"tns:{each.get('name')}" for each in wsdl.findall(f"{WSDL}message")}
    (port_type,) = wsdl.findall(f"{WSDL}portType")
    bindings = {f"tns:{each.get('name')}" for each in wsdl.findall(f"{WSDL}binding")}

    assert {each.get("element") for each in wsdl.iter(f"{WSDL}part")} == elements
    used = {each.get("message") for each in port_type.iter() if each.get("message")}
    headers = {each.get("message") for each in wsdl.iter("{*}header")}
    assert used | headers == messages
    assert {each.get("type") for each in wsdl.findall(f"{WSDL}binding")} == {
        f"tns:{port_type.get('name')}"
    }
    assert {each.get("binding") for each in wsdl.iter(f"{WSDL}port")} == bindings


async def test_it_has_the_real_names_and_one_port(wsdl: etree._Element) -> None:
    assert [each.get("name") for each in wsdl.iter(f"{WSDL}service")] == ["PresenceSoapService"]
    assert [each.get("name") for each in wsdl.iter(f"{WSDL}portType")] == ["PresenceSoapPortType"]
    assert [each[0].tag for each in wsdl.iter(f"{WSDL}port")] == [f"{SOAP}address"]


async def test_every_operation_is_bound(wsdl: etree._Element) -> None:
    (found,) = wsdl.findall(f"{WSDL}binding")

    operations = found.findall(f"{WSDL}operation")

    assert [each.get("name") for each in operations] == OPERATIONS
    style = found.find(f"{SOAP}binding")
    assert style is not None
    assert style.get("style") == "document"
    without_key = [
        each.get("name")
        for each in operations
        if each.find(f"{WSDL}input/{SOAP}header[@part='session-key']") is None
    ]
    assert without_key == ["login"]
    assert all(
        each.find(f"{WSDL}input/{SOAP}body[@use='literal']") is not None for each in operations
    )


def test_fields_are_put_in_the_order_of_the_schema() -> None:
    full = {
        "login": "<username>a</username><password>b</password><force>true</force>",
        "registerEndPoint": registration("<url>http://a/</url>"),
        "subscribe": subscription(1, "a"),
        "unsubscribe": unsubscription(1, contacts("a")),
        "setPresence": setting("BUSY"),
    }
    for name, fields in full.items():
        request = etree.fromstring(operation(name, fields))
        SCHEMA.assertValid(request)
        names = [etree.QName(each).localname for each in request]
        assert names == sorted(names, key=FIELDS.index)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("login", "<username>a</username><password>b</password><locale>en</locale>"),
        ("login", "<username>a</username><username>b</username><password>c</password>"),
        ("login", '<username id="1">a</username><password>b</password>'),
        ("login", "<username>a<b/></username><password>b</password>"),
        ("login", "text<username>a</username><password>b</password>"),
        ("login", '<username xmlns="urn:any">a</username><password>b</password>'),
        ("registerEndPoint", registration("<url>http://a/</url>") + "<name/>"),
        ("unregisterEndPoint", "<endPointID>1</endPointID><endPointID>2</endPointID>"),
        ("subscribe", subscription(1, "user1") + "<priority>1</priority>"),
        ("subscribe", subscription(1, "user1") + contacts("user2")),
        ("subscribe", subscription(1, "user1").replace("<contact ", '<contact name="x" ')),
        ("unsubscribe", unsubscription(1, f"{contacts('user1')}<all/>")),
        ("unsubscribe", unsubscription(1, contacts("user1")) * 2),
        ("getSubscribedPresence", "<subscriptionID>1</subscriptionID>{basic}<filter/>"),
        ("getPolledPresence", "{basic}" + contacts("user1") + "<filter/>"),
        ("setPresence", setting("BUSY").replace("</pre", "<note/></pre", 1)),
        ("setPresence", setting("BUSY").replace("</basicP", "<note/></basicP", 1)),
        (
            "setPresence",
            setting("BUSY").replace("<basic", "<basicPresence>BUSY</basicPresence><basic", 1),
        ),
    ],
)
async def test_what_the_schema_does_not_know_is_refused(wire: Wire, name: str, fields: str) -> None:
    soap = SoapWire(wire.simulator)
    key = await soap.enter("user1")
    await soap.add_subscription(key, await soap.add_endpoint("http://127.0.0.1:9/"), "user2")
    before = await soap.state()
    if name.endswith("EndPoint"):
        key = soap.application_key
    basic = "<presenceType>BASIC_PRESENCE</presenceType>"

    reply = await soap.call(name, fields.replace("{basic}", basic), key)

    assert (reply.http.status, reply.code) == (200, 102)
    assert await soap.state() == before
