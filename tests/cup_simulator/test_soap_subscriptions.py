"""Endpoints, subscriptions and news over SOAP. Reference: "SOAP", rules 6, 10, 11 and 15."""

import pytest

from cup_simulator import Simulator
from cup_simulator.clock import ManualClock

from .soap_wire import (
    SOAP_11,
    SOAP_12,
    SoapWire,
    contacts,
    registration,
    subscription,
    unsubscription,
)
from .wire import HOUR, Callback, Wire

URL = "<url>http://127.0.0.1:9/</url>"


@pytest.fixture(params=[SOAP_11, SOAP_12], ids=["1.1", "1.2"])
def soap(wire: Wire, request: pytest.FixtureRequest) -> SoapWire:
    return SoapWire(wire.simulator, request.param)


@pytest.fixture
async def key(soap: SoapWire) -> str:
    return await soap.enter("watcher")


@pytest.fixture
async def endpoint(soap: SoapWire, key: str) -> int:
    return await soap.add_endpoint("http://127.0.0.1:9/")


def number(subscription_id: int, more: str = "") -> str:
    return f"<subscriptionID>{subscription_id}</subscriptionID>{more}"


@pytest.mark.parametrize("url", ["", "<url/>", "<url> </url>"])
async def test_an_endpoint_is_registered_renewed_and_unregistered(
    soap: SoapWire, endpoint: int, clock: ManualClock, url: str
) -> None:
    clock.advance(HOUR - 1)
    which = f"<endPointID>{endpoint}</endPointID>"
    key = soap.application_key

    renewed = await soap.call("registerEndPoint", registration(url, endpoint, "7200"), key)

    assert int(renewed.text("endPointID")) == endpoint
    assert (await soap.state())["endpoints"] == [
        {"id": endpoint, "url": "http://127.0.0.1:9/", "application": "hass", "expires_in": 7200}
    ]
    assert (await soap.call("unregisterEndPoint", which, key)).text("status") == "SUCCESS"
    assert (await soap.state())["endpoints"] == []


@pytest.mark.parametrize(
    ("operation", "fields", "code"),
    [
        ("registerEndPoint", "<expiration>3600</expiration>", 130),
        ("registerEndPoint", registration(), 130),
        ("registerEndPoint", registration("<url/>"), 130),
        ("registerEndPoint", registration("<url>http://a b/</url>"), 142),
        ("registerEndPoint", registration(URL, 1), 123),
        ("registerEndPoint", f"{URL}<expiration>3600</expiration>", 102),
        ("registerEndPoint", f"{URL}<endPointID>0</endPointID>", 131),
        ("registerEndPoint", f"<endPointID>0</endPointID>{URL}<expiration>3600</expiration>", 102),
        ("registerEndPoint", f"<expiration>3600</expiration>{URL}<endPointID>0</endPointID>", 102),
        ("registerEndPoint", registration(URL, expiration="3599"), 131),
        ("registerEndPoint", registration(URL, expiration="86401"), 131),
        ("registerEndPoint", registration(URL, expiration="hour"), 131),
        ("registerEndPoint", registration(URL, expiration=""), 131),
        ("registerEndPoint", "<endPointID>1</endPointID>", 131),
        ("registerEndPoint", registration(endpoint=9), 132),
        ("registerEndPoint", registration(endpoint="x"), 132),
        ("unregisterEndPoint", "", 132),
        ("unregisterEndPoint", "<endPointID>0</endPointID>", 132),
        ("unregisterEndPoint", "<endPointID>9</endPointID>", 132),
    ],
)
async def test_endpoints_that_cannot_be_had(
    soap: SoapWire, endpoint: int, operation: str, fields: str, code: int
) -> None:
    reply = await soap.call(operation, fields, soap.application_key)

    assert (reply.http.status, reply.code) == (200, code)
    assert len((await soap.state())["endpoints"]) == 1


async def test_an_endpoint_of_another_application(soap: SoapWire, endpoint: int) -> None:
    other = await SoapWire(soap.simulator, soap.soap).enter(name="other")
    which = f"<endPointID>{endpoint}</endPointID>"

    assert (await soap.call("unregisterEndPoint", which, other)).code == 136


@pytest.mark.parametrize("operation", ["registerEndPoint", "unregisterEndPoint"])
async def test_endpoints_need_an_application_user(soap: SoapWire, key: str, operation: str) -> None:
    assert (await soap.call(operation, key=key)).code == 141


@pytest.mark.parametrize(
    "operation",
    ["subscribe", "unsubscribe", "getSubscribedPresence", "getPolledPresence", "setPresence"],
)
async def test_what_needs_an_end_user(soap: SoapWire, key: str, operation: str) -> None:
    assert (await soap.call(operation, key=soap.application_key)).code == 140
    assert (await soap.call(operation)).code == 100
    assert (await soap.call(operation, key="stale")).code == 101


async def test_only_what_changed_is_fetched(soap: SoapWire, key: str, endpoint: int) -> None:
    subscription_id = await soap.add_subscription(key, endpoint, "user1", "user2", "unknown")

    assert await soap.news(key, subscription_id) == {
        "user1@example.com": "AVAILABLE",
        "user2@example.com": "BUSY",
        "unknown@example.com": "UNKNOWN",
    }
    await soap.choose("user1", "DND")
    assert await soap.news(key, subscription_id) == {"user1@example.com": "DND"}
    assert await soap.news(key, subscription_id) == {}


async def test_an_endpoint_of_one_dialect_tells_news_of_the_other(
    soap: SoapWire, simulator: Simulator, callback: Callback
) -> None:
    key = await soap.enter("watcher")
    endpoint = await soap.add_endpoint(callback.url)
    rest = Wire(simulator)
    rest.application_key = soap.application_key

    over_rest = await rest.subscribe(key, endpoint, "user1")
    over_soap = await soap.add_subscription(key, endpoint, "user1")

    calls = {await callback.next(), await callback.next()}
    assert calls == {
        f"GET /cb?id={each}&eventType=PRESENCE_NOTIFICATION HTTP/1.1"
        for each in (over_rest, over_soap)
    }
    assert await rest.fetch(key, over_soap) == {"user1@example.com": "AVAILABLE"}
    assert await soap.news(key, over_rest) == {"user1@example.com": "AVAILABLE"}
    await soap.choose("user1", "DND")
    assert {await callback.next(), await callback.next()} == calls


@pytest.mark.parametrize("expiration", ["", "<expiration>0</expiration>"])
async def test_adding_contacts_leaves_the_expiry(
    soap: SoapWire, key: str, endpoint: int, clock: ManualClock, expiration: str
) -> None:
    subscription_id = await soap.add_subscription(key, endpoint, "user1")
    await soap.news(key, subscription_id)
    clock.advance(600)

    reply = await soap.call(
        "subscribe", number(subscription_id, expiration + contacts("user2")), key
    )

    assert int(reply.text("subscriptionID")) == subscription_id
    assert await soap.news(key, subscription_id) == {"user2@example.com": "BUSY"}
    assert (await soap.state())["subscriptions"][0]["expires_in"] == 3000


async def test_renewing_changes_the_endpoint_and_the_expiry(
    soap: SoapWire, key: str, endpoint: int
) -> None:
    subscription_id = await soap.add_subscription(key, endpoint, "user1")
    second = await soap.add_endpoint("http://127.0.0.1:9/2")
    change = f"<endPointID>{second}</endPointID><expiration>7200</expiration>"

    assert (await soap.call("subscribe", number(subscription_id, change), key)).code is None

    found = (await soap.state())["subscriptions"][0]
    assert (found["endpoint"], found["expires_in"]) == (second, 7200)
    assert found["contacts"] == ["user1@example.com"]


NEW = "<subscriptionType>PRESENCE_NOTIFICATION</subscriptionType>"
END = "<expiration>3600</expiration>"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ("", 134),
        ("<subscriptionType/>", 134),
        ("<subscriptionType>PRESENCE</subscriptionType>", 134),
        ("<subscriptionID>1</subscriptionID><subscriptionType>X</subscriptionType>", 134),
        (NEW, 146),
        (f"{NEW}<endPointID>1</endPointID>{END}<contactsList/>", 146),
        ("<subscriptionID>1</subscriptionID>", 145),
        ("<subscriptionID>1</subscriptionID><expiration>0</expiration>", 145),
        (f"{NEW}{END}{contacts('user1')}", 132),
        (f"{NEW}<endPointID>x</endPointID>{END}{contacts('user1')}", 132),
        (f"{NEW}<endPointID>9</endPointID>{END}{contacts('user1')}", 132),
        (f"{NEW}<endPointID>1</endPointID>{contacts('user1')}", 131),
        (subscription(1, "user1", expiration="0"), 131),
        (subscription(1, "user1", expiration="3599"), 131),
        (subscription(1, "user1", expiration="-1"), 131),
        (f"<subscriptionID>x</subscriptionID>{NEW}{END}{contacts('user1')}", 133),
        (f"<subscriptionID>9</subscriptionID>{END}", 133),
        (subscription(1, "a b"), 143),
        (subscription(1, "a@b"), 143),
        (f"{NEW}<endPointID>1</endPointID>{END}<contactsList><contact/></contactsList>", 124),
        (subscription(1, *(f"u{each}" for each in range(5001))), 135),
    ],
)
async def test_subscriptions_that_cannot_be_had(
    soap: SoapWire, key: str, endpoint: int, fields: str, code: int
) -> None:
    reply = await soap.call("subscribe", fields, key)

    assert (reply.http.status, reply.code) == (200, code)
    assert (await soap.state())["subscriptions"] == []


async def test_a_contact_may_be_an_element(soap: SoapWire, key: str, endpoint: int) -> None:
    listed = "<contact><contactURI>\nuser1@example.com </contactURI></contact>"
    fields = subscription(endpoint).replace("></contactsList", f">{listed}</contactsList")

    subscription_id = int((await soap.call("subscribe", fields, key)).text("subscriptionID"))

    assert await soap.news(key, subscription_id) == {"user1@example.com": "AVAILABLE"}


async def test_unsubscribing_some_contacts(soap: SoapWire, key: str, endpoint: int) -> None:
    subscription_id = await soap.add_subscription(key, endpoint, "user1", "user2", "user3")
    some = contacts("USER1", "user3")

    assert (await soap.call("unsubscribe", unsubscription(subscription_id, some), key)).code is None

    assert await soap.news(key, subscription_id) == {"user2@example.com": "BUSY"}
    await soap.choose("user1", "DND")
    assert await soap.news(key, subscription_id) == {}
    assert (await soap.state())["subscriptions"][0]["contacts"] == ["user2@example.com"]


async def test_unsubscribing_who_is_not_there_changes_nothing(
    soap: SoapWire, key: str, endpoint: int
) -> None:
    subscription_id = await soap.add_subscription(key, endpoint, "user1", "user2")
    some = contacts("user1", "user3")

    assert (await soap.call("unsubscribe", unsubscription(subscription_id, some), key)).code == 144

    assert len(await soap.news(key, subscription_id)) == 2


async def test_unsubscribing_all(soap: SoapWire, key: str, endpoint: int) -> None:
    subscription_id = await soap.add_subscription(key, endpoint, "user1", "user2")
    fields = unsubscription(subscription_id, "<unsubscribeAll>true</unsubscribeAll>")

    assert (await soap.call("unsubscribe", fields, key)).text("status") == "SUCCESS"

    assert (await soap.state())["subscriptions"] == []
    assert (await soap.call("unsubscribe", fields, key)).code == 133


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ("", 102),
        ("<subscriptionID>1</subscriptionID><unsubscribeAll>true</unsubscribeAll>", 102),
        ("<unsubscribeRequest/>", 133),
        (unsubscription("x", ""), 133),
        (unsubscription(9, "<unsubscribeAll>true</unsubscribeAll>"), 133),
        (unsubscription(1, ""), 146),
        (unsubscription(1, "<contactsList/>"), 146),
        (unsubscription(1, "<unsubscribeAll>false</unsubscribeAll>"), 146),
        (unsubscription(1, "<unsubscribeAll>all</unsubscribeAll>"), 102),
        (unsubscription(1, f"{contacts('user1')}<unsubscribeAll>true</unsubscribeAll>"), 102),
        (unsubscription(1, contacts("@")), 143),
    ],
)
async def test_what_cannot_be_unsubscribed(
    soap: SoapWire, key: str, endpoint: int, fields: str, code: int
) -> None:
    await soap.add_subscription(key, endpoint, "user1")

    assert (await soap.call("unsubscribe", fields, key)).code == code

    assert len((await soap.state())["subscriptions"]) == 1


async def test_a_subscription_of_another_end_user(soap: SoapWire, key: str, endpoint: int) -> None:
    subscription_id = await soap.add_subscription(key, endpoint, "user1")
    which = number(subscription_id)
    other = await soap.enter("user1")
    basic = "<presenceType>BASIC_PRESENCE</presenceType>"

    assert (await soap.call("getSubscribedPresence", which + basic, other)).code == 137
    some = unsubscription(subscription_id, contacts("user1"))
    assert (await soap.call("unsubscribe", some, other)).code == 137
    assert (await soap.call("subscribe", which + contacts("user2"), other)).code == 137


async def test_a_list_without_contacts_adds_none(
    soap: SoapWire, key: str, endpoint: int, clock: ManualClock
) -> None:
    await soap.call("subscribe", subscription(endpoint, "user1"), key)
    clock.advance(HOUR - 1)
    no_contacts = "<contactsList/>"

    renewed = await soap.call(
        "subscribe", number(1, f"<expiration>{HOUR}</expiration>{no_contacts}"), key
    )
    assert int(renewed.text("subscriptionID")) == 1
    assert (await soap.state())["subscriptions"][0]["expires_in"] == HOUR

    idle = await soap.call("subscribe", number(1, f"<expiration>0</expiration>{no_contacts}"), key)
    assert idle.code == 145
