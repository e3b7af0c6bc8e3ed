"""Reference: "The Client Configuration Web Service, as far as it is needed"."""

import asyncio
import ssl

from lxml import etree
import pytest

from cup_simulator import Simulator

from .soap_wire import SOAP_11, SOAP_12
from .wire import HOST, Reply, Wire, parse, request_bytes, send

EPAS = "urn:cisco:epas:soap"

CONFIGURATION = """
domain: example.com
application_users:
  hass: {password: simulator}
people:
  user1:
    contacts:
      Team: [user2, user3@example.org]
      Büro & Co: [user3]
      Empty: []
  user2: {}
"""


@pytest.fixture
def configuration() -> str:
    return CONFIGURATION


def envelope(parts: str, key: str | None = None, soap: str = SOAP_12, namespace: str = EPAS) -> str:
    """Return a request for parts of the configuration."""
    header = "" if key is None else f'<session-key xmlns="{namespace}">{key}</session-key>'
    request = f'<get-all-config xmlns="{EPAS}">{parts}</get-all-config>'
    return (
        f'<e:Envelope xmlns:e="{soap}"><e:Header>{header}</e:Header>'
        f"<e:Body>{request}</e:Body></e:Envelope>"
    )


async def ask(
    simulator: Simulator, body: str | bytes, path: str = "", method: str = "POST"
) -> Reply:
    """Send a request over TLS, trusting the service's own certificate alone."""
    tls = ssl.create_default_context(cafile=simulator.tls_dir / "tomcat.pem")
    data = body.encode() if isinstance(body, str) else body
    headers = {"Content-Type": "application/soap+xml"}
    request = request_bytes(method, f"/EPASSoap/service{path}", headers, data)
    return parse(await send(simulator.ports.epas, request, tls))


async def get(simulator: Simulator, parts: str, key: str) -> etree._Element:
    """Return the answer to a request."""
    reply = await ask(simulator, envelope(parts, key))
    assert reply.status == 200, reply.body
    assert reply.headers["content-type"] == "application/soap+xml; charset=utf-8"
    (answer,) = etree.fromstring(reply.body).findall(f"{{{SOAP_12}}}Body/*")
    assert answer.tag == f"{{{EPAS}}}get-all-config-resp"
    return answer


ALL = (
    "<system-config/><user-config/><contact-info/><non-presence-aware-contacts/>"
    '<federated-domains auth-policy="all"/>'
)


async def test_the_presence_domain(simulator: Simulator, wire: Wire) -> None:
    answer = await get(simulator, "<system-config/>", await wire.login_application())

    (found,) = answer
    assert found.tag == f"{{{EPAS}}}get-system-config-resp"
    (domain,) = found.findall(f"{{{EPAS}}}property[@name='Presence.Domain']")
    assert domain.text == "example.com"


async def test_the_contacts_of_whose_key_it_is(simulator: Simulator, wire: Wire) -> None:
    answer = await get(simulator, "<contact-info/>", await wire.login("user1"))

    (found,) = answer
    assert found.tag == f"{{{EPAS}}}get-contact-info-resp"
    groups = {
        group.get("name"): [(each.text, each.get("domain")) for each in group] for group in found
    }
    assert groups == {
        "Team": [("user2", "example.com"), ("user3", "example.org")],
        "Büro & Co": [("user3", "example.com")],
        "Empty": [],
    }
    assert {each.tag for each in found.iter()} == {
        f"{{{EPAS}}}{name}" for name in ("get-contact-info-resp", "group", "persona-id")
    }


@pytest.mark.parametrize("user", ["user2", "new"])
async def test_who_has_no_contacts(simulator: Simulator, wire: Wire, user: str) -> None:
    await wire.control("POST", "/control/people", {"user": "new"})

    (found,) = await get(simulator, "<contact-info/>", await wire.login(user))

    assert len(found) == 0


async def test_each_part_that_is_asked_for_is_answered(simulator: Simulator, wire: Wire) -> None:
    answer = await get(simulator, ALL, await wire.login("user1"))

    assert [etree.QName(each).localname for each in answer] == [
        "get-system-config-resp",
        "get-user-config-resp",
        "get-contact-info-resp",
        "get-non-presence-aware-contacts-resp",
        "get-federated-domains-resp",
    ]
    assert len(await get(simulator, "", await wire.login("user1"))) == 0


@pytest.mark.parametrize("path", ["", "/latest", "/v80", "/v105"])
async def test_the_paths(simulator: Simulator, wire: Wire, path: str) -> None:
    body = envelope("<system-config/>", await wire.login_application())

    assert (await ask(simulator, body, path)).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status"), [("POST", "/v9", 404), ("GET", "", 405), ("PUT", "/v80", 405)]
)
async def test_what_is_not_there(simulator: Simulator, method: str, path: str, status: int) -> None:
    assert (await ask(simulator, "", path, method)).status == status


@pytest.mark.parametrize("namespace", [EPAS, "", "urn:any"])
async def test_the_header_block_counts_by_its_name(
    simulator: Simulator, wire: Wire, namespace: str
) -> None:
    body = envelope("<system-config/>", await wire.login_application(), namespace=namespace)

    assert (await ask(simulator, body)).status == 200


FAULT = b"""\
<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope">
    <SOAP-ENV:Body>
        <SOAP-ENV:Fault>
            <SOAP-ENV:Code>
                <SOAP-ENV:Value>SOAP-ENV:Sender</SOAP-ENV:Value>
            </SOAP-ENV:Code>
            <SOAP-ENV:Reason>
                <SOAP-ENV:Text xml:lang="en">Invalid session key</SOAP-ENV:Text>
            </SOAP-ENV:Reason>
            <SOAP-ENV:Detail>
                <description xmlns="urn:cisco:epas:soap">
                    <code>101</code>
                    <message>Invalid session key</message>
                    <fix>Log in again</fix>
                </description>
            </SOAP-ENV:Detail>
        </SOAP-ENV:Fault>
    </SOAP-ENV:Body>
</SOAP-ENV:Envelope>
"""


async def test_a_fault_to_the_byte(simulator: Simulator) -> None:
    reply = await ask(simulator, envelope("<system-config/>", "stale"))

    assert (reply.status, reply.body) == (400, FAULT)
    assert reply.headers["content-type"] == "application/soap+xml; charset=utf-8"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("no XML", 102),
        (envelope("<everything/>", "{key}"), 102),
        (envelope("<system-config/>", "{key}", SOAP_11), 103),
        (envelope("", "{key}").replace("get-all-config", "add-contact"), 103),
        (envelope("<system-config/>"), 100),
        (envelope("<contact-info/>", "{key}"), 140),
    ],
)
async def test_what_is_refused(simulator: Simulator, wire: Wire, body: str, code: int) -> None:
    key = await wire.login_application()

    assert (await ask(simulator, body.replace("{key}", key))).failure == (400, code)


@pytest.mark.parametrize(
    ("body", "headers"),
    [(b"no gzip", {"Content-Encoding": "gzip"}), (b" " * (64 * 1024 + 1), {})],
)
async def test_a_body_that_cannot_be_read(
    simulator: Simulator,
    caplog: pytest.LogCaptureFixture,
    body: bytes,
    headers: dict[str, str],
) -> None:
    tls = ssl.create_default_context(cafile=simulator.tls_dir / "tomcat.pem")
    request = request_bytes("POST", "/EPASSoap/service", headers, body)

    reply = parse(await send(simulator.ports.epas, request, tls))

    assert reply.failure == (400, 150)
    assert reply.headers["content-type"] == "application/soap+xml; charset=utf-8"
    assert "Traceback" not in caplog.text


async def test_it_has_a_certificate_of_its_own(simulator: Simulator) -> None:
    tls = ssl.create_default_context(cafile=simulator.tls_dir / "cup.pem")

    with pytest.raises(ssl.SSLCertVerificationError):
        await send(simulator.ports.epas, b"", tls)


async def test_it_is_switched_off_and_on(simulator: Simulator, wire: Wire) -> None:
    key = await wire.login_application()
    await wire.control("POST", "/control/faults", {"kind": "refuse_configuration"})

    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(HOST, simulator.ports.epas)
    assert await wire.login_application() == key
    await wire.control("DELETE", "/control/faults")
    assert len(await get(simulator, "<system-config/>", key)) == 1


async def test_it_stays_when_the_presence_service_refuses_connections(
    simulator: Simulator, wire: Wire
) -> None:
    key = await wire.login_application()
    await wire.control("POST", "/control/faults", {"kind": "refuse_connections"})

    assert len(await get(simulator, "<system-config/>", key)) == 1


async def test_it_hangs_while_its_node_is_cut_off(simulator: Simulator, wire: Wire) -> None:
    key = await wire.login_application()
    await wire.control("POST", "/control/nodes/node1", {"state": "cut"})
    asked = asyncio.create_task(ask(simulator, envelope("<system-config/>", key)))
    done, _ = await asyncio.wait([asked], timeout=0.2)

    assert not done
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
