"""The SOAP dialect on the wire: what is sent, to the element, and what is made of the answers."""

from collections.abc import Awaitable, Callable

import pytest

from custom_components.cisco_unified_presence.pws import (
    ContactPresence,
    DialectMode,
    Presence,
    PresenceClient,
    SoapVersion,
)

from . import wire
from .byte_server import ByteServer, Reply, http
from .conftest import MakeClient
from .soap_wire import (
    NO_DESCRIPTION,
    ONLY_1_2,
    SOAP_1_1,
    SOAP_1_2,
    body_of,
    enveloped,
    header_of,
    logged_in,
    succeeded,
)
from .wire import APPLICATION_KEY, USER_KEY

USERS_KEY = f"<n:session-key>{USER_KEY}</n:session-key>"
APPLICATIONS_KEY = f"<n:session-key>{APPLICATION_KEY}</n:session-key>"
TWO = (
    "<n:contactsList>"
    '<n:contact contactURI="anna@x"></n:contact><n:contact contactURI="b&amp;n@x"></n:contact>'
    "</n:contactsList>"
)


@pytest.fixture
async def client(server: ByteServer, make_client: MakeClient) -> PresenceClient:
    """A client that speaks SOAP."""
    return make_client(server.port, dialect=DialectMode.SOAP)


async def ready(server: ByteServer, client: PresenceClient) -> None:
    """Log anna in at a server that does not describe itself, and forget the requests."""
    server.will(NO_DESCRIPTION, logged_in(APPLICATION_KEY), logged_in(USER_KEY))
    await client.log_in_user("anna")
    server.received.clear()


async def test_logins(server: ByteServer, client: PresenceClient) -> None:
    server.will(NO_DESCRIPTION, logged_in(APPLICATION_KEY), logged_in(USER_KEY))
    await client.log_in_user("anna")
    assert client.dialect is DialectMode.SOAP
    assert client.logged_in_users == {"anna"}
    described, application, user = server.received
    assert described.line == "GET /presence-service/soap?wsdl"
    assert application.line == user.line == "POST /presence-service/soap"
    assert application.told == {
        "Content-Type": "text/xml; charset=utf-8",
        "Content-Length": str(len(application.body)),
        "SOAPAction": '""',
    }
    assert application.body.decode() == (
        "<?xml version='1.0' encoding='utf-8'?>\n"
        f'<soap:Envelope xmlns:soap="{SOAP_1_1}"><soap:Header/><soap:Body>'
        '<cup:login xmlns:cup="urn:cisco:cup:presence:soap"><cup:username>hass</cup:username>'
        "<cup:password>s3cret &amp; more</cup:password><cup:force>false</cup:force></cup:login>"
        "</soap:Body></soap:Envelope>"
    )
    assert header_of(application) == header_of(user) == ""
    assert body_of(application) == (
        "<n:login><n:username>hass</n:username><n:password>s3cret &amp; more</n:password>"
        "<n:force>false</n:force></n:login>"
    )
    assert body_of(user) == (
        f"<n:login><n:username>anna</n:username><n:app-session-id>{APPLICATION_KEY}"
        "</n:app-session-id><n:force>false</n:force></n:login>"
    )


async def register(client: PresenceClient) -> None:
    """Register an endpoint, which becomes 7."""
    assert await client.register_endpoint("http://ha/?a&b", 3600, watcher="anna") == 7


async def subscribe(client: PresenceClient) -> None:
    """Make a subscription, which becomes 10."""
    assert await client.subscribe("anna", ["anna@x", "b&n@x"], 7, 3600) == 10


type Call = Callable[[PresenceClient], Awaitable[object]]

CALLS: list[tuple[Call, Reply, str, str]] = [
    (
        register,
        enveloped(
            "<registerEndPointResponse><endPointID> 7 </endPointID></registerEndPointResponse>"
        ),
        APPLICATIONS_KEY,
        (
            "<n:registerEndPoint><n:url>http://ha/?a&amp;b</n:url><n:endPointID>0</n:endPointID>"
            "<n:expiration>3600</n:expiration></n:registerEndPoint>"
        ),
    ),
    (
        lambda c: c.renew_endpoint(7, 7200),
        enveloped('<ns1:registerEndPointResponse endPointID="7"/>'),
        APPLICATIONS_KEY,
        (
            "<n:registerEndPoint><n:url></n:url><n:endPointID>7</n:endPointID>"
            "<n:expiration>7200</n:expiration></n:registerEndPoint>"
        ),
    ),
    (
        lambda c: c.unregister_endpoint(7),
        succeeded("unregisterEndPoint"),
        APPLICATIONS_KEY,
        "<n:unregisterEndPoint><n:endPointID>7</n:endPointID></n:unregisterEndPoint>",
    ),
    (
        subscribe,
        enveloped('<ns1:subscribeResponse subscription-id="10"/>'),
        USERS_KEY,
        (
            "<n:subscribe><n:subscriptionID>0</n:subscriptionID>"
            "<n:subscriptionType>PRESENCE_NOTIFICATION</n:subscriptionType>"
            f"<n:endPointID>7</n:endPointID><n:expiration>3600</n:expiration>{TWO}</n:subscribe>"
        ),
    ),
    (
        lambda c: c.renew_subscription("anna", 10, 3600, endpoint=7),
        enveloped(
            "<ns1:subscribeResponse><subscriptionID>10</subscriptionID></ns1:subscribeResponse>"
        ),
        USERS_KEY,
        (
            "<n:subscribe><n:subscriptionID>10</n:subscriptionID>"
            "<n:subscriptionType>PRESENCE_NOTIFICATION</n:subscriptionType>"
            "<n:endPointID>7</n:endPointID><n:expiration>3600</n:expiration></n:subscribe>"
        ),
    ),
    (
        lambda c: c.renew_subscription("anna", 10, 0, contacts=["anna@x", "b&n@x"], endpoint=7),
        http(202),
        USERS_KEY,
        (
            "<n:subscribe><n:subscriptionID>10</n:subscriptionID>"
            "<n:subscriptionType>PRESENCE_NOTIFICATION</n:subscriptionType>"
            f"<n:endPointID>7</n:endPointID><n:expiration>0</n:expiration>{TWO}</n:subscribe>"
        ),
    ),
    (
        lambda c: c.unsubscribe("anna", 10),
        succeeded("unsubscribe"),
        USERS_KEY,
        (
            "<n:unsubscribe><n:unsubscribeRequest><n:subscriptionID>10</n:subscriptionID>"
            "<n:unsubscribeAll>true</n:unsubscribeAll></n:unsubscribeRequest></n:unsubscribe>"
        ),
    ),
    (
        lambda c: c.remove_contacts("anna", 10, ["anna@x", "b&n@x"]),
        succeeded("unsubscribe"),
        USERS_KEY,
        (
            "<n:unsubscribe><n:unsubscribeRequest><n:subscriptionID>10</n:subscriptionID>"
            f"{TWO}</n:unsubscribeRequest></n:unsubscribe>"
        ),
    ),
    (
        lambda c: c.set_presence("anna", Presence.DND, override=True, expiry=7200),
        succeeded("setPresence"),
        USERS_KEY,
        (
            "<n:setPresence><n:presenceType>BASIC_PRESENCE</n:presenceType>"
            "<n:expiration>7200</n:expiration><n:presenceInfo><n:override>true</n:override>"
            "<n:basicPresence>DND</n:basicPresence></n:presenceInfo></n:setPresence>"
        ),
    ),
    (
        lambda c: c.log_out_user("anna"),
        succeeded("logout"),
        USERS_KEY,
        "<n:logout></n:logout>",
    ),
]


@pytest.mark.parametrize(("call", "answer", "header", "body"), CALLS, ids=range(len(CALLS)))
async def test_operations(
    server: ByteServer, client: PresenceClient, call: Call, answer: Reply, header: str, body: str
) -> None:
    await ready(server, client)
    server.will(answer)
    await call(client)
    (request,) = server.received
    assert header_of(request) == header
    assert body_of(request) == body


@pytest.mark.parametrize(("rich", "word"), [(False, "BASIC_PRESENCE"), (True, "RICH_PRESENCE")])
async def test_fetch(server: ByteServer, client: PresenceClient, *, rich: bool, word: str) -> None:
    await ready(server, client)
    listed = wire.FIRST_FETCH.decode().partition("?>")[2]
    server.will(
        enveloped(
            f"<ns1:getSubscribedPresenceResponse>{listed}</ns1:getSubscribedPresenceResponse>"
        )
    )
    assert await client.fetch("anna", 10, rich=rich) == [
        ContactPresence("anna@example.com", Presence.AVAILABLE),
        ContactPresence("ben@example.com", Presence.UNKNOWN),
    ]
    (request,) = server.received
    assert header_of(request) == USERS_KEY
    assert body_of(request) == (
        "<n:getSubscribedPresence><n:subscriptionID>10</n:subscriptionID>"
        f"<n:presenceType>{word}</n:presenceType></n:getSubscribedPresence>"
    )


async def test_poll(server: ByteServer, client: PresenceClient) -> None:
    await ready(server, client)
    server.will(
        enveloped(
            '<presenceList><contact contactURI="ANNA@x" presenceStatus="DND"/></presenceList>'
        )
    )
    assert await client.poll_contact("anna", "anna@x") == ContactPresence("ANNA@x", Presence.DND)
    assert body_of(server.received[0]) == (
        "<n:getPolledPresence><n:presenceType>BASIC_PRESENCE</n:presenceType><n:contactsList>"
        '<n:contact contactURI="anna@x"></n:contact></n:contactsList></n:getPolledPresence>'
    )


async def test_rich_presence_goes_as_escaped_text(
    server: ByteServer, client: PresenceClient
) -> None:
    await ready(server, client)
    server.will(succeeded("setPresence"))
    await client.set_rich_presence(
        "anna", "anna@x", Presence.BUSY, note="Grüße & <b>", override=False, expiry=3600
    )
    (request,) = server.received
    body = body_of(request)
    assert "<n:presenceType>RICH_PRESENCE</n:presenceType>" in body
    assert "<n:override>false</n:override><n:richPresence>&lt;presence " in body
    assert "Gr&amp;#252;&amp;#223;e &amp;amp; &amp;lt;b&amp;gt;" in body


async def test_soap_1_2_by_choice(server: ByteServer, make_client: MakeClient) -> None:
    client = make_client(server.port, dialect=DialectMode.SOAP, soap_version=SoapVersion.V1_2)
    server.will(NO_DESCRIPTION, logged_in("k"))
    await client.log_in()
    request = server.received[1]
    assert request.headers["Content-Type"] == "application/soap+xml; charset=utf-8"
    assert "SOAPAction" not in request.headers
    assert SOAP_1_2.encode() in request.body


async def test_soap_1_2_where_there_is_nothing_else(
    server: ByteServer, client: PresenceClient
) -> None:
    server.will(http(200, ONLY_1_2.encode()), logged_in("k"))
    await client.log_in()
    assert SOAP_1_2.encode() in server.received[1].body
