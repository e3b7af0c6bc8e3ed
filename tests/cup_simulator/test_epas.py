"""Reference: "The Client Configuration Web Service, as far as it is needed"."""

import asyncio
import ssl

from lxml import etree
import pytest
import requests
import zeep
from zeep.transports import Transport

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


@pytest.mark.parametrize("path", ["", "/latest", "/v70", "/v80", "/v105"])
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


async def call(simulator: Simulator, operation: str, key: str | None = None) -> etree._Element:
    """Send an operation and return what answers it."""
    name = etree.QName(etree.fromstring(operation)).localname
    body = envelope("", key).replace(f'<get-all-config xmlns="{EPAS}"></get-all-config>', operation)
    reply = await ask(simulator, body)
    assert reply.status == 200, reply.body
    (answer,) = etree.fromstring(reply.body).findall(f"{{{SOAP_12}}}Body/*")
    assert answer.tag == f"{{{EPAS}}}{name}-resp"
    return answer


def login(inside: str, attributes: str = 'force="false"') -> str:
    """Return a login as published clients write it."""
    client = 'client-type="thirdclient" client-version="8.0"'
    return f'<login xmlns="{EPAS}" {attributes} {client}>{inside}</login>'


HASS = "<username>hass</username><password>simulator</password>"


async def test_logging_in(simulator: Simulator, wire: Wire) -> None:
    answer = await call(simulator, login(HASS))
    (key,) = answer.findall(f"{{{EPAS}}}success/{{{EPAS}}}session-key")
    assert key.text == await wire.login_application()

    user = f"<username>user1</username><app-session-id>{key.text}</app-session-id>"
    answer = await call(simulator, login(user))
    assert answer.findtext(f".//{{{EPAS}}}session-key") == await wire.login("user1")
    for unforced in ('force="false"', 'force="0"', ""):
        again = await call(simulator, login(HASS, unforced))
        assert again.findtext(f".//{{{EPAS}}}session-key") == key.text
    known = {key.text or ""}
    for force in ("true", "1"):
        forced = await call(simulator, login(HASS, f'force="{force}"'))
        known.add(forced.findtext(f".//{{{EPAS}}}session-key", ""))
    assert len(known) == 3


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        (login(""), 113),
        (login("<username>hass</username>"), 112),
        (login(HASS, 'force="perhaps"'), 112),
        (login("<username>hass</username><password/>"), 111),
        (login("<username>hass</username><password>x</password>"), 114),
        (login("<username>user1</username><app-session-id/>"), 100),
        (login("<username>user1</username><app-session-id>x</app-session-id>"), 101),
    ],
)
async def test_logins_that_are_refused(simulator: Simulator, operation: str, code: int) -> None:
    body = envelope("").replace(f'<get-all-config xmlns="{EPAS}"></get-all-config>', operation)
    assert (await ask(simulator, body)).failure == (400, code)


async def contacts_of(simulator: Simulator, key: str) -> dict[str | None, list[str]]:
    (found,) = await get(simulator, "<contact-info/>", key)
    return {g.get("name"): [f"{e.text}@{e.get('domain')}" for e in g] for g in found}


def change(name: str, group: str, *contacts: str) -> str:
    """Return a change of contacts in the form of a published client."""
    listed = "".join(
        f'<persona-id domain="{each.partition("@")[2]}">{each.partition("@")[0]}</persona-id>'
        for each in contacts
    )
    return f'<{name} xmlns="{EPAS}"><group name="{group}">{listed}</group></{name}>'


async def test_contacts_are_added_and_deleted(simulator: Simulator, wire: Wire) -> None:
    key = await wire.login("user2")
    new = ("user1@example.com", "guest@example.org")
    for _ in range(2):
        await call(simulator, change("add-contact", "Friends", *new), key)
    assert await contacts_of(simulator, key) == {"Friends": list(new)}

    await call(simulator, change("delete-contact", "Friends", "USER1@example.com"), key)
    assert await contacts_of(simulator, key) == {"Friends": ["guest@example.org"]}

    await wire.control("POST", "/control/reset")
    await wire.login_application()
    assert await contacts_of(simulator, await wire.login("user2")) == {}


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        (change("delete-contact", "Team", "user9@example.com"), 144),
        (change("delete-contact", "Friends", "user2@example.com"), 144),
        (change("add-contact", "Team"), 146),
        (change("add-contact", "", "user2@example.com"), 102),
        (change("add-contact", "Team", "user2"), 143),
        (change("add-contact", "Team", "@"), 124),
    ],
)
async def test_changes_of_contacts_that_are_refused(
    simulator: Simulator, wire: Wire, operation: str, code: int
) -> None:
    await wire.login_application()
    key = await wire.login("user1")
    body = envelope("", key).replace(f'<get-all-config xmlns="{EPAS}"></get-all-config>', operation)
    before = await contacts_of(simulator, key)

    assert (await ask(simulator, body)).failure == (400, code)
    assert await contacts_of(simulator, key) == before


async def test_nicknames_stand_beside_contacts(simulator: Simulator, wire: Wire) -> None:
    key = await wire.login("user1")
    listed = await get(simulator, "<contact-info/>", key)
    named = {each.text: each.get("nickname") for each in listed.iter("{*}persona-id")}
    assert named["user2"] is None
    simulator.deployment.contact_lists.call("user1", "sip:USER2@example.com", "Two")
    listed = await get(simulator, "<contact-info/>", key)
    named = {each.text: each.get("nickname") for each in listed.iter("{*}persona-id")}
    assert named["user2"] == "Two"


async def test_the_list_is_changed_from_outside(simulator: Simulator, wire: Wire) -> None:
    listed = {"Team": ["user2", "guest@example.org"], "Empty": []}
    reply = await wire.control("PUT", "/control/people/user1/contacts", listed)
    assert reply.status == 200

    assert await contacts_of(simulator, await wire.login("user1")) == {
        "Team": ["user2@example.com", "guest@example.org"],
        "Empty": [],
    }
    refused = await wire.control("PUT", "/control/people/user1/contacts", {"Team": ["a b"]})
    assert (refused.status, refused.json) == (
        400,
        {"error": "Contacts must be users or user@domain."},
    )


async def test_a_user_is_told_the_own_name(simulator: Simulator, wire: Wire) -> None:
    await wire.control("POST", "/control/people", {"user": "new", "name": "New User"})
    (found,) = await get(simulator, "<user-config/>", await wire.login("new"))

    assert found.findtext(f"{{{EPAS}}}property[@name='display-name']") == "New User"
    assert found.findtext(f"{{{EPAS}}}persona-id") == "new"


@pytest.mark.parametrize("path", ["?wsdl", "/latest?wsdl", "/v70?wsdl"])
async def test_a_toolkit_works_from_its_wsdl(simulator: Simulator, path: str) -> None:
    address = f"https://127.0.0.1:{simulator.ports.epas}/EPASSoap/service{path}"

    def work() -> tuple[str, list[str]]:
        with requests.Session() as session:
            # Otherwise the environment's certificates precede the session's.
            session.trust_env = False
            session.verify = str(simulator.tls_dir / "tomcat.pem")
            service = zeep.Client(address, transport=Transport(session=session)).service
            application = service.login(username="hass", password="simulator", force=False)
            app = {"app-session-id": application.success["session-key"]}
            user = service.login(username="user2", **app)
            key = {"session-key": user.success["session-key"]}
            persona = {"_value_1": "user1", "domain": "example.com"}
            group = {"name": "Contacts", "persona-id": [persona]}
            service.add_contact(group=[group], _soapheaders=key)
            told = service.get_all_config(
                **{"system-config": {}, "contact-info": {}}, _soapheaders=key
            )
            domain = told["get-system-config-resp"].property[0]["_value_1"]
            (listed,) = told["get-contact-info-resp"].group
            return domain, [each["_value_1"] for each in listed["persona-id"]]

    assert await asyncio.to_thread(work) == ("example.com", ["user1"])


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
        (envelope("", "{key}").replace("get-all-config", "search-users"), 103),
        (envelope("", "{key}").replace("get-all-config", "add-contact"), 140),
        (envelope("", "{key}").replace("get-all-config", "delete-contact"), 140),
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
