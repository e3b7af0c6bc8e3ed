"""Logging in and out over SOAP. Reference: "SOAP", and rules 7 to 9."""

import re

import pytest

from cup_simulator import Simulator, parse_configuration

from .soap_wire import OLDER, PRESENCE, SOAP_11, SOAP_12, SoapWire, envelope, operation
from .wire import Wire

HASS = "<username>hass</username><password>simulator</password>"
UUID = rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


@pytest.fixture(params=[SOAP_11, SOAP_12], ids=["1.1", "1.2"])
def soap(wire: Wire, request: pytest.FixtureRequest) -> SoapWire:
    return SoapWire(wire.simulator, request.param)


async def test_the_answer_to_a_login_to_the_byte(wire: Wire) -> None:
    reply = await SoapWire(wire.simulator).call("login", HASS)

    assert reply.http.status == 200
    assert re.fullmatch(
        rb'<\?xml version="1.0" encoding="UTF-8"\?>\n'
        rb'<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/">\n'
        rb"    <SOAP-ENV:Body>\n"
        rb'        <loginResponse xmlns="urn:cisco:cup:presence:soap">\n'
        rb"            <success>\n"
        rb"                <session-key>" + UUID + rb"</session-key>\n"
        rb"            </success>\n"
        rb"        </loginResponse>\n"
        rb"    </SOAP-ENV:Body>\n"
        rb"</SOAP-ENV:Envelope>\n",
        reply.http.body,
    )


async def test_both_dialects_share_their_sessions(soap: SoapWire) -> None:
    key = await soap.enter("user1")

    rest = Wire(soap.simulator)
    assert await rest.login_application() == soap.application_key
    assert await rest.login("user1") == key
    assert await rest.poll(key, "user1", watcher="user1") == "AVAILABLE"


async def test_force_changes_the_key(soap: SoapWire) -> None:
    key = await soap.enter()

    assert await soap.enter() == key
    for force in ("true", "1"):
        new = (await soap.call("login", f"{HASS}<force>{force}</force>")).key
        assert new != key
        key = new
    assert (await soap.call("login", f"{HASS}<force>false</force>")).key == key


async def test_an_end_user_of_another_application_needs_force(soap: SoapWire) -> None:
    await soap.enter("user1")
    other = SoapWire(soap.simulator, soap.soap)
    await other.enter(name="other")
    who = f"<username>user1</username><app-session-id>{other.application_key}</app-session-id>"

    assert (await other.call("login", who)).code == 160
    assert (await other.call("login", f"{who}<force>true</force>")).key


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ("", 113),
        ("<username/><password>simulator</password>", 113),
        ("<username>hass</username>", 112),
        (f"{HASS}<app-session-id>x</app-session-id>", 112),
        (f"{HASS}<force>maybe</force>", 112),
        ("<username>user1</username><password>x</password>", 112),
        ("<username>hass</username><password/>", 111),
        ("<username>hass</username><password>wrong</password>", 114),
        ("<username>unknown</username><password>x</password>", 113),
        ("<username>user1</username><app-session-id/>", 100),
        ("<username>user1</username><app-session-id>stale</app-session-id>", 101),
    ],
)
async def test_logins_that_fail(soap: SoapWire, fields: str, code: int) -> None:
    reply = await soap.call("login", fields)

    assert (reply.http.status, reply.code) == (200, code)


async def test_an_end_user_is_logged_in_by_the_key_of_an_application(soap: SoapWire) -> None:
    key = await soap.enter("user1")
    who = "<username>user2</username><app-session-id>{}</app-session-id>"

    assert (await soap.call("login", who.format(key))).code == 141
    application = soap.application_key
    unknown = who.replace("user2", "unknown").format(application)
    assert (await soap.call("login", unknown)).code == 114
    assert (await soap.call("login", who.replace("user2", "hass").format(application))).code == 112


async def test_logging_out_ends_the_session_whose_key_it_is(soap: SoapWire) -> None:
    key = await soap.enter("user1")

    reply = await soap.call("logout", key=key)

    assert reply.text("status") == "SUCCESS"
    assert (await soap.call("logout", key=key)).code == 101
    assert (await soap.call("logout")).code == 100
    assert (await soap.call("logout", key=soap.application_key)).text("status") == "SUCCESS"
    assert (await soap.state())["sessions"] == []


async def test_logging_out_takes_no_fields(soap: SoapWire) -> None:
    key = await soap.enter()

    assert (await soap.call("logout", "<username>hass</username>", key)).code == 102
    assert (await soap.state())["sessions"]


@pytest.mark.parametrize("namespace", [PRESENCE, OLDER, "", "urn:any"])
async def test_the_header_block_counts_by_its_name(soap: SoapWire, namespace: str) -> None:
    key = await soap.enter()

    body = envelope(operation("logout"), f" {key}\n", soap.soap, namespace)

    assert (await soap.post(body)).text("status") == "SUCCESS"


@pytest.mark.parametrize("key", ["", " "])
async def test_an_empty_header_block_is_no_key(soap: SoapWire, key: str) -> None:
    assert (await soap.call("logout", key=key)).code == 100


async def test_the_header_of_rest_is_no_key_here(soap: SoapWire) -> None:
    key = await soap.enter()

    reply = await soap.post(
        envelope(operation("logout"), None, soap.soap), {"Presence-Session-Key": key}
    )

    assert reply.code == 100


async def test_a_login_names_the_backup_node(socket_enabled: None) -> None:
    configuration = parse_configuration(
        "{domain: example.com, application_users: {hass: {password: simulator}},"
        " people: {}, backup_server: node2.example.com}"
    )
    async with Simulator(configuration) as simulator:
        reply = await SoapWire(simulator).call("login", HASS)

    assert reply.text("backupServer") == "node2.example.com"
