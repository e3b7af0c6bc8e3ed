"""Choosing between REST and SOAP."""

import pytest

from custom_components.cisco_unified_presence.pws import (
    AnswerNotUnderstood,
    CannotConnect,
    DialectMode,
    InvalidCredentials,
    InvalidRequest,
    PresenceClient,
    ServerFailed,
    UnknownApplicationUser,
)

from . import soap_wire, wire
from .byte_server import ByteServer, Reply, Then, http
from .conftest import MakeClient
from .soap_wire import NO_DESCRIPTION, logged_in

REST_LOGIN = "POST /presence-service/users/hass/sessions"
DESCRIBE = "GET /presence-service/soap?wsdl"
SOAP = "POST /presence-service/soap"


async def test_rest_where_there_is_rest(server: ByteServer, client: PresenceClient) -> None:
    assert client.dialect is None
    server.will(wire.logged_in_application())
    await client.log_in()
    assert client.dialect is DialectMode.REST
    assert server.lines == [REST_LOGIN]


@pytest.mark.parametrize(
    "refusal",
    [
        http(404),
        http(405),
        http(404, b"<html>Not here</html>"),
        http(400),
        http(401),
        http(403, b"Forbidden"),
        http(501),
        http(302, Location="/login"),
        http(200, b"<html><body>It works!</body></html>"),
    ],
)
async def test_soap_where_there_is_no_rest(
    server: ByteServer, client: PresenceClient, refusal: Reply
) -> None:
    server.will(refusal, NO_DESCRIPTION, logged_in("k"), soap_wire.succeeded("logout"))
    await client.log_in()
    assert client.dialect is DialectMode.SOAP
    await client.log_out()
    server.will(logged_in("k"))
    await client.log_in()
    assert server.lines == [REST_LOGIN, DESCRIBE, SOAP, SOAP, SOAP]


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (wire.fault(404, 113), UnknownApplicationUser),
        (wire.fault(400, 114), InvalidCredentials),
        (http(500), ServerFailed),
        (http(503), ServerFailed),
        (Reply(b"", Then.CLOSE), CannotConnect),
    ],
)
async def test_what_the_service_itself_refuses_is_refused(
    server: ByteServer, client: PresenceClient, refusal: Reply, kind: type[Exception]
) -> None:
    server.will(refusal, refusal)
    with pytest.raises(kind):
        await client.log_in()
    assert set(server.lines) == {REST_LOGIN}
    assert client.dialect is None


@pytest.mark.parametrize("answer", [http(404), http(200, b"<html/>"), Reply(b"x", Then.CLOSE)])
async def test_where_there_is_neither_rest_is_spoken_of(
    server: ByteServer, client: PresenceClient, answer: Reply
) -> None:
    server.will(http(405), NO_DESCRIPTION, answer, answer)
    with pytest.raises(InvalidRequest) as error:
        await client.log_in()
    assert error.value.status == 405
    assert client.dialect is None


async def test_a_refusal_over_soap_decides(server: ByteServer, client: PresenceClient) -> None:
    server.will(http(404), NO_DESCRIPTION, soap_wire.fault(114))
    with pytest.raises(InvalidCredentials):
        await client.log_in()
    assert client.dialect is DialectMode.SOAP


async def test_rest_by_choice(server: ByteServer, make_client: MakeClient) -> None:
    client = make_client(server.port, dialect=DialectMode.REST)
    server.will(http(200, b"<html/>"))
    with pytest.raises(AnswerNotUnderstood):
        await client.log_in()
    assert server.lines == [REST_LOGIN]
    assert client.dialect is DialectMode.REST


async def test_a_password_that_cannot_be_sent_is_not_sent_otherwise(
    server: ByteServer, make_client: MakeClient
) -> None:
    client = make_client(server.port, password="\0")
    with pytest.raises(InvalidCredentials):
        await client.log_in()
    assert server.lines == []
