"""What is refused before any operation, and how it is said. Reference: "SOAP", the faults."""

import gzip

import pytest

from cup_simulator.errors import DESCRIPTIONS

from .soap_wire import (
    CONTENT_TYPES,
    OLDER,
    PATH,
    PRESENCE,
    SOAP_11,
    SOAP_12,
    SoapWire,
    envelope,
    operation,
    read,
)
from .wire import Wire, parse, request_bytes, send

LOGIN = operation("login", "<username>hass</username><password>simulator</password>")

FAULT_11 = b"""\
<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/">
    <SOAP-ENV:Body>
        <SOAP-ENV:Fault>
            <faultcode>SOAP-ENV:Client</faultcode>
            <faultstring>No session key</faultstring>
            <detail>
                <description xmlns="urn:cisco:cup:presence:soap">
                    <code>100</code>
                    <message>No session key</message>
                    <fix>Log in and send the session key</fix>
                </description>
            </detail>
        </SOAP-ENV:Fault>
    </SOAP-ENV:Body>
</SOAP-ENV:Envelope>
"""
FAULT_12 = b"""\
<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope">
    <SOAP-ENV:Body>
        <SOAP-ENV:Fault>
            <SOAP-ENV:Code>
                <SOAP-ENV:Value>SOAP-ENV:Sender</SOAP-ENV:Value>
            </SOAP-ENV:Code>
            <SOAP-ENV:Reason>
                <SOAP-ENV:Text xml:lang="en">No session key</SOAP-ENV:Text>
            </SOAP-ENV:Reason>
            <SOAP-ENV:Detail>
                <description xmlns="urn:cisco:cup:presence:soap">
                    <code>100</code>
                    <message>No session key</message>
                    <fix>Log in and send the session key</fix>
                </description>
            </SOAP-ENV:Detail>
        </SOAP-ENV:Fault>
    </SOAP-ENV:Body>
</SOAP-ENV:Envelope>
"""


@pytest.fixture(params=[SOAP_11, SOAP_12], ids=["1.1", "1.2"])
def soap(wire: Wire, request: pytest.FixtureRequest) -> SoapWire:
    return SoapWire(wire.simulator, request.param)


@pytest.mark.parametrize(("version", "expected"), [(SOAP_11, FAULT_11), (SOAP_12, FAULT_12)])
async def test_a_fault_to_the_byte(wire: Wire, version: str, expected: bytes) -> None:
    reply = await SoapWire(wire.simulator, version).call("logout")

    assert (reply.http.status, reply.http.body) == (200, expected)


@pytest.mark.parametrize("code", DESCRIPTIONS)
async def test_every_error_is_a_fault_with_its_status(soap: SoapWire, code: int) -> None:
    await soap.control("POST", "/control/faults", {"kind": "error", "code": code, "count": 1})

    reply = await soap.call("logout")

    assert reply.http.status == (503 if code in {210, 212} else 200)
    assert reply.code == code
    blamed = ("Server", "Receiver") if 200 <= code <= 212 else ("Client", "Sender")
    (fault,) = (each for each in reply.payload.iter() if (each.text or "").startswith("SOAP-ENV:"))
    assert fault.text == f"SOAP-ENV:{blamed[soap.soap == SOAP_12]}"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", 102),
        ("no XML", 102),
        (envelope(LOGIN)[:-1], 102),
        ("<!DOCTYPE e>" + envelope(LOGIN), 102),
        ("<session><password>simulator</password></session>", 103),
        (LOGIN, 103),
        (envelope(LOGIN, soap="urn:any"), 103),
        (envelope(LOGIN, soap="").replace('xmlns:e=""', 'xmlns:e="urn:x"'), 103),
        (envelope(LOGIN).replace("e:Body", "e:Head"), 103),
        (envelope(""), 103),
        (envelope(LOGIN + LOGIN), 103),
        (envelope(operation("getPresence")), 103),
        (envelope(operation("loginResponse")), 103),
        (envelope(LOGIN.replace(PRESENCE, "urn:any")), 103),
    ],
)
async def test_what_is_no_request(soap: SoapWire, body: str, code: int) -> None:
    reply = await soap.post(body)

    assert (reply.http.status, reply.code) == (200, code)


async def test_the_version_of_what_cannot_be_read_is_that_of_its_content_type(
    soap: SoapWire,
) -> None:
    kind = CONTENT_TYPES[soap.soap].upper()

    reply = await soap.post("no XML", {"Content-Type": f'{kind} ;charset="utf-8"; action="x"'})

    assert reply.http.body.count(soap.soap.encode()) == 1


async def test_the_envelope_says_the_version_whatever_the_content_type(soap: SoapWire) -> None:
    for kind in ("application/xml", "text/xml", "application/soap+xml", "text/plain", "nonsense"):
        reply = await soap.post(envelope(LOGIN, soap=soap.soap), {"Content-Type": kind})
        assert reply.key
        assert soap.soap.encode() in reply.http.body


async def test_the_content_type_says_the_encoding(soap: SoapWire) -> None:
    request = f'<?xml version="1.0" encoding="utf-16"?>{envelope(LOGIN, soap=soap.soap)}<!--\xe4-->'
    content_type = f"{CONTENT_TYPES[soap.soap]}; charset=iso-8859-1"

    reply = await soap.post(request.encode("latin-1"), {"Content-Type": content_type})

    assert reply.key


async def test_a_body_that_cannot_be_received(soap: SoapWire) -> None:
    chunked = (
        f"POST {PATH} HTTP/1.1\r\nHost: cup\r\nConnection: close\r\n"
        f"Content-Type: {CONTENT_TYPES[soap.soap]}\r\nTransfer-Encoding: chunked\r\n\r\n"
        "1\r\n \r\n0\r\n\r\n"
    )
    reply = read(parse(await send(soap.simulator.ports.http, chunked.encode())))
    assert (reply.http.status, reply.code) == (200, 150)
    assert soap.soap.encode() in reply.http.body

    bomb = gzip.compress(b" " * (4 * 1024 * 1024 + 1))
    assert (await soap.post(bomb, {"Content-Encoding": "gzip"})).code == 150


@pytest.mark.parametrize(
    ("namespace", "prefix"),
    [(PRESENCE, ""), (OLDER, ""), ("", ""), (PRESENCE, "p:"), (OLDER, "p:")],
)
async def test_a_request_is_read_in_any_namespace_of_ours(
    soap: SoapWire, namespace: str, prefix: str
) -> None:
    body = operation("login", "<username>hass</username><password>simulator</password>")
    body = body.replace(f'xmlns="{PRESENCE}"', f'xmlns{":p" if prefix else ""}="{namespace}"')
    for name in ("login", "username", "password"):
        body = body.replace(f"<{name}", f"<{prefix}{name}").replace(
            f"</{name}", f"</{prefix}{name}"
        )

    assert (await soap.post(envelope(body, soap=soap.soap))).key


async def test_fields_may_be_unqualified_and_in_any_order(soap: SoapWire) -> None:
    body = (
        f'<p:login xmlns:p="{PRESENCE}"><force>true</force><password>simulator</password>'
        "<!-- last --><username>hass</username></p:login>"
    )

    assert (await soap.post(envelope(body, soap=soap.soap))).key


async def test_what_toolkits_say_about_types_is_passed_over(soap: SoapWire) -> None:
    body = (
        f'<p:login xmlns:p="{PRESENCE}" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        ' xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
        f' xmlns:s="{SOAP_11}" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
        '<username i:type="xs:string">hass</username>'
        '<password i:type="xs:string">simulator</password></p:login>'
    )

    assert (await soap.post(envelope(body, soap=soap.soap))).key


async def test_unknown_header_blocks_are_ignored(soap: SoapWire) -> None:
    key = await soap.enter()
    body = envelope(operation("logout"), key, soap.soap)
    more = '<Security xmlns="urn:any"><session-key>other</session-key></Security>'
    body = body.replace("<e:Header>", f"<e:Header>{more}")

    assert (await soap.post(body)).text("status") == "SUCCESS"


async def test_the_last_slash_says_nothing(soap: SoapWire) -> None:
    request = request_bytes(
        "POST", f"{PATH}/", {"Content-Type": "text/xml"}, envelope(LOGIN).encode()
    )

    assert read(parse(await send(soap.simulator.ports.http, request))).key


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/soap"), ("GET", "/soap?xsd"), ("PUT", "/soap"), ("DELETE", "/soap?wsdl")],
)
async def test_other_methods_are_not_there(wire: Wire, method: str, path: str) -> None:
    reply = await wire.ask(method, path)

    assert (reply.status, reply.body) == (405, b"")
    assert reply.headers["allow"] == "POST"


async def test_faults_strike_an_operation_by_its_name(soap: SoapWire) -> None:
    key = await soap.enter("user1")
    throttle = {"kind": "throttle", "code": 212, "path": "/soap/getPolled"}
    await soap.control("POST", "/control/faults", throttle)

    throttled = await soap.call("getPolledPresence", key=key)

    assert (throttled.http.status, throttled.code) == (503, 212)
    assert (await soap.call("logout", key=key)).text("status") == "SUCCESS"


async def test_garbage_and_cut_answers(wire: Wire) -> None:
    soap = SoapWire(wire.simulator)
    data = request_bytes("POST", PATH, {}, envelope(LOGIN).encode())
    for fault in ({"kind": "garbage", "body": "?"}, {"kind": "truncate", "bytes": 1}):
        await wire.control("POST", "/control/faults", {**fault, "count": 1})
        reply = parse(await send(wire.simulator.ports.http, data))
        assert (reply.status, reply.body) == (200, b"?" if "body" in fault else b"<")

    assert (await soap.post(envelope(LOGIN))).key


async def test_the_log_names_the_operation(soap: SoapWire) -> None:
    await soap.call("logout")
    await soap.post("no XML")

    requests = (await soap.control("GET", "/control/requests")).json
    assert isinstance(requests, list)
    assert [(each["path"], each["status"]) for each in requests] == [(PATH, 200)] * 2
    assert requests[0]["operation"] == "logout"
    assert "operation" not in requests[1]
