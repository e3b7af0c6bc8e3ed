"""Where a client is sent to and does not go, and other connections. Reference: rule 19."""

import asyncio
from collections.abc import AsyncIterator
import itertools
from pathlib import Path

import pytest

from custom_components.cisco_unified_presence.pws import (
    CertificateChanged,
    DialectMode,
    NodePolicy,
    PinnedCertificate,
    PlainHttp,
    Presence,
    PresenceClient,
    Redirected,
    RedirectRefusal,
    RedirectRefused,
    Security,
    SystemTrust,
    TrustedAuthority,
    UntrustedCertificate,
)

from . import soap_wire
from .byte_server import ByteServer, http
from .certificates import make
from .conftest import MakeClient
from .deployment import FakeNode, deployed, deployed_homes
from .wire import logged_in_application, logged_in_user


@pytest.fixture
async def nodes() -> AsyncIterator[list[FakeNode]]:
    """Three nodes: anna is homed on the first, ben on the second, cy on the third."""
    async with deployed_homes() as running:
        yield running


@pytest.fixture
async def client(nodes: list[FakeNode], make_client: MakeClient) -> PresenceClient:
    """A client of the first node."""
    return make_client(nodes[0].server.port)


async def test_circles(nodes: list[FakeNode], client: PresenceClient) -> None:
    one, two, three = nodes
    two.send("ben", three)
    three.send("ben", one)
    with pytest.raises(RedirectRefused, match="disagree") as error:
        await client.log_in_user("ben")
    assert error.value.refusal is RedirectRefusal.LOOP
    assert (error.value.source, error.value.target) == (three.address, one.address)
    # When they agree again it is found.
    one.send("ben", two)
    two.sends_on.clear()
    two.people.add("ben")
    await client.log_in_user("ben")


async def test_too_many_nodes(make_client: MakeClient) -> None:
    async with deployed(*(str(n) for n in range(8))) as nodes:
        for here, there in itertools.pairwise(nodes):
            here.send("ben", there)
        client = make_client(nodes[0].server.port)
        with pytest.raises(RedirectRefused) as error:
            await client.log_in_user("ben")
        await client.close()
    assert error.value.refusal is RedirectRefusal.TOO_MANY
    assert nodes[5].calls
    assert not nodes[6].calls


async def test_a_node_that_is_not_allowed(nodes: list[FakeNode], make_client: MakeClient) -> None:
    one, two, three = nodes
    asked: list[tuple[str, int]] = []

    def allow(host: str, port: int) -> bool:
        asked.append((host, port))
        return port == three.server.port

    client = make_client(one.server.port, nodes=NodePolicy(allow_node=allow))
    await client.log_in_user("cy")
    with pytest.raises(RedirectRefused) as error:
        await client.log_in_user("ben")
    assert error.value.refusal is RedirectRefusal.NOT_ALLOWED
    assert (error.value.source, error.value.target) == (one.address, two.address)
    assert one.address in str(error.value)
    assert two.address in str(error.value)
    assert two.server.received == []
    assert asked == [("127.0.0.1", three.server.port), ("127.0.0.1", two.server.port)]


@pytest.mark.parametrize("location", ["https://127.0.0.1:{port}/x", "ftp://127.0.0.1/"])
async def test_another_kind_of_connection(
    nodes: list[FakeNode], client: PresenceClient, location: str
) -> None:
    one, two, _ = nodes
    one.sends_on["ben"] = location.format(port=two.server.port)
    with pytest.raises(RedirectRefused, match="HTTPS") as error:
        await client.log_in_user("ben")
    assert error.value.refusal is RedirectRefusal.OTHER_SCHEME


async def test_who_speaks_plain_http_goes_to_the_node_that_an_https_address_is_of(
    make_client: MakeClient,
) -> None:
    async with ByteServer() as one, ByteServer() as two:
        home = "https://127.0.0.1:8083/presence-service/users/ben/session"
        named = (
            f'<session><redirect primaryServer="127.0.0.1:{two.port}" backupServer="b"/></session>'
        )
        client = make_client(one.port)
        one.will(logged_in_application(), http(307, named.encode(), Location=home))
        two.will(logged_in_application(), logged_in_user())
        await client.log_in_user("ben")
        assert client.node_of("ben").address == f"127.0.0.1:{two.port}"
        assert not client.node_of("ben").is_secure
        await client.close()


async def test_each_node_has_its_own_certificate(make_client: MakeClient, tmp_path: Path) -> None:
    first, second = make(), make()
    async with (
        ByteServer(tls=first.server_context(tmp_path)) as one,
        ByteServer(tls=second.server_context(tmp_path)) as two,
    ):
        home = f"https://127.0.0.1:{two.port}/presence-service/users/ben/session"

        async def connect(nodes: NodePolicy) -> None:
            client = make_client(one.port, PinnedCertificate(first.sha256), nodes=nodes)
            one.will(logged_in_application(), http(307, Location=home))
            two.will(logged_in_application(), logged_in_user())
            try:
                await client.log_in_user("ben")
            finally:
                await client.close()

        asked: list[tuple[str, int]] = []

        def trust(host: str, port: int) -> Security:
            asked.append((host, port))
            return PinnedCertificate(second.sha256)

        await connect(NodePolicy(trust_of=trust))
        assert asked == [("127.0.0.1", two.port)]
        await connect(NodePolicy(trust_of=lambda *_: TrustedAuthority(second.pem)))
        # The executor's thread is not ours to leave.
        await asyncio.get_running_loop().shutdown_default_executor()
        assert len(two.received) == 4
        with pytest.raises(CertificateChanged) as changed:
            await connect(NodePolicy())
        assert changed.value.found == second.sha256
        assert changed.value.address == f"127.0.0.1:{two.port}"
        with pytest.raises(UntrustedCertificate):
            await connect(NodePolicy(trust_of=lambda *_: SystemTrust()))
        with pytest.raises(RedirectRefused) as refused:
            await connect(NodePolicy(trust_of=lambda *_: PlainHttp()))
        assert refused.value.refusal is RedirectRefusal.OTHER_SCHEME
        home = f"http://127.0.0.1:{two.port}/presence-service/users/ben/session"
        with pytest.raises(RedirectRefused) as refused:
            await connect(NodePolicy())
        assert refused.value.refusal is RedirectRefusal.OTHER_SCHEME
        assert len(two.received) == 4


async def test_the_application_itself_is_not_followed(
    server: ByteServer, make_client: MakeClient
) -> None:
    client = make_client(server.port)
    server.will(http(307, Location="http://127.0.0.1:1/presence-service/users/hass/session"))
    with pytest.raises(Redirected, match=r"another node: 127\.0\.0\.1"):
        await client.log_in()


async def test_over_soap(make_client: MakeClient) -> None:
    async with ByteServer() as one, ByteServer() as two:
        client = make_client(one.port, dialect=DialectMode.SOAP)
        one.will(soap_wire.NO_DESCRIPTION, soap_wire.logged_in("one"))
        one.will(soap_wire.redirect(f"127.0.0.1:{two.port}"))
        two.will(soap_wire.NO_DESCRIPTION, soap_wire.logged_in("app"))
        two.will(soap_wire.logged_in("ben"), soap_wire.succeeded("setPresence"))
        await client.set_presence("ben", Presence.BUSY, override=True, expiry=3600)
        assert soap_wire.operations(two) == ["login", "login", "setPresence"]
        assert "<n:app-session-id>app<" in soap_wire.body_of(two.received[2])
        assert soap_wire.header_of(two.received[3]) == "<n:session-key>ben</n:session-key>"
        await client.close()
