"""A whole life of the client at a server of the real shapes, in both dialects."""

from collections.abc import AsyncIterator

from lxml import etree
import pytest

from custom_components.cisco_unified_presence.pws import (
    CannotRemoveContacts,
    DialectMode,
    NoSuchSubscription,
    Presence,
    PresenceClient,
)

from .conftest import MakeClient
from .strict_server import StrictServer
from .strict_shapes import NAMESPACE, OPERATIONS
from .strict_wire import ENVELOPE

ANNA, BEN, CLARA = "anna@example.com", "ben@example.com", "clara@example.com"
HOUR = 3600
SOAP_FORMS = ["qualified", "unqualified", None]


@pytest.fixture
async def strict(request: pytest.FixtureRequest) -> AsyncIterator[StrictServer]:
    async with StrictServer(getattr(request, "param", "qualified")) as running:
        yield running


async def life(server: StrictServer, client: PresenceClient) -> None:
    """Do all that the product does, in its order, and check what the server holds."""
    endpoint = await client.register_endpoint("http://ha:8123/cb", HOUR, watcher="watcher")
    assert list(server.endpoints.values()) == ["http://ha:8123/cb"]
    watch = await client.subscribe("watcher", [ANNA, BEN], endpoint, HOUR)

    seen = {each.contact: each.presence for each in await client.fetch("watcher", watch)}
    assert seen == {ANNA: Presence.UNKNOWN, BEN: Presence.UNKNOWN}
    server.tell("ben", "AWAY")
    (news,) = await client.fetch("watcher", watch)
    assert (news.contact, news.presence) == (BEN, Presence.AWAY)
    assert await client.fetch("watcher", watch, rich=True) == []

    await client.renew_endpoint(endpoint, HOUR)
    await client.renew_subscription("watcher", watch, HOUR, endpoint=endpoint)
    await client.renew_subscription("watcher", watch, 0, contacts=[CLARA], endpoint=endpoint)
    assert server.watches[watch].contacts == [ANNA, BEN, CLARA]

    await client.set_presence("anna", Presence.DND, override=True, expiry=HOUR)
    assert server.set["anna"] == ("DND", True)
    await client.set_rich_presence(
        "anna", ANNA, Presence.BUSY, note="In <Lab> & co", override=True, expiry=HOUR
    )
    assert server.set["anna"] == ("BUSY", True)
    polled = await client.poll_contacts("watcher", [ANNA, BEN], rich=True)
    assert [each.presence for each in polled] == [Presence.BUSY, Presence.AWAY]
    await client.clear_presence("anna", ANNA)
    assert server.set["anna"] == ("AVAILABLE", False)

    await client.unsubscribe("watcher", watch)
    assert server.watches == {}
    with pytest.raises(NoSuchSubscription):
        await client.fetch("watcher", watch)
    await client.unregister_endpoint(endpoint)
    assert server.endpoints == {}
    await client.log_out_user("anna")
    await client.log_out()
    assert server.keys == {}
    refused = [each for each in server.operations if each.startswith("REFUSED")]
    assert refused == ["REFUSED 133"]


@pytest.mark.parametrize("strict", SOAP_FORMS, indirect=True)
async def test_a_life_in_soap(strict: StrictServer, make_client: MakeClient) -> None:
    client = make_client(strict.port, dialect=DialectMode.SOAP)

    await life(strict, client)

    assert set(strict.operations) >= set(OPERATIONS)


async def test_a_life_in_rest(strict: StrictServer, make_client: MakeClient) -> None:
    await life(strict, make_client(strict.port, dialect=DialectMode.REST))


@pytest.mark.parametrize("strict", SOAP_FORMS, indirect=True)
async def test_contacts_are_removed_in_soap(strict: StrictServer, make_client: MakeClient) -> None:
    client = make_client(strict.port, dialect=DialectMode.SOAP)
    endpoint = await client.register_endpoint("http://ha/", HOUR, watcher="watcher")
    watch = await client.subscribe("watcher", [ANNA, BEN], endpoint, HOUR)

    await client.remove_contacts("watcher", watch, [BEN, CLARA])

    assert strict.watches[watch].contacts == [ANNA]


async def test_contacts_are_not_removed_in_rest(
    strict: StrictServer, make_client: MakeClient
) -> None:
    client = make_client(strict.port, dialect=DialectMode.REST)
    endpoint = await client.register_endpoint("http://ha/", HOUR, watcher="watcher")
    watch = await client.subscribe("watcher", [ANNA, BEN], endpoint, HOUR)

    with pytest.raises(CannotRemoveContacts):
        await client.remove_contacts("watcher", watch, [BEN])

    assert strict.watches[watch].contacts == [ANNA, BEN]


def test_the_server_refuses_a_flat_unsubscribe() -> None:
    server = StrictServer()
    server.keys = {"k": "watcher"}
    flat = etree.fromstring(
        f'<e:Envelope xmlns:e="{ENVELOPE}" xmlns:c="{NAMESPACE}">'
        "<e:Header><c:session-key>k</c:session-key></e:Header><e:Body><c:unsubscribe>"
        "<c:subscriptionID>1</c:subscriptionID><c:unsubscribeAll>true</c:unsubscribeAll>"
        "</c:unsubscribe></e:Body></e:Envelope>"
    )
    with pytest.raises(Exception, match="133"):
        server._answer(etree.tostring(flat))
