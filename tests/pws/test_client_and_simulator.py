"""The client and the simulator, written apart from the same reference, meet over real sockets."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AsyncExitStack
import hashlib
import ssl

import pytest

from cup_simulator.clock import ManualClock
from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from cup_simulator.faults import Fault, FaultKind
from cup_simulator.model import Presence as CupPresence
from cup_simulator.model import Status
from cup_simulator.server import Simulator
from custom_components.cisco_unified_presence.pws import (
    SETTABLE,
    Activity,
    AnswerLost,
    BadContact,
    CannotConnect,
    CertificateChanged,
    ConnectFailure,
    ContactPresence,
    InvalidCredentials,
    LoggedInElsewhere,
    NoFreeEndpoint,
    NoFreeSubscription,
    NoSuchEndpoint,
    NoSuchSubscription,
    PinnedCertificate,
    PlainHttp,
    Presence,
    PresenceClient,
    Security,
    Server,
    SystemTrust,
    Throttled,
    TrustedAuthority,
    UnknownApplicationUser,
    UnknownUser,
    UntrustedCertificate,
    make_ssl_context,
    open_session,
    read_certificate,
)

EXPIRY = 3600
ANNA, BEN, NOBODY = "anna@example.com", "ben@example.com", "nobody@example.com"
CALLBACK = "http://127.0.0.1:9/callback"

CONFIGURATION = Configuration(
    domain="example.com",
    application_users={
        "hass": ApplicationUser("simulator"),
        "other": ApplicationUser("other"),
    },
    people=(
        ConfiguredPerson("anna", "Anna", Status(CupPresence.AVAILABLE)),
        ConfiguredPerson("ben", "Ben", Status(CupPresence.BUSY)),
        ConfiguredPerson("watcher", "Watcher"),
    ),
    endpoint_limit=2,
    subscription_limit=2,
)


@pytest.fixture
async def simulator(socket_enabled: None) -> AsyncGenerator[Simulator]:
    """Run a server whose time stands still."""
    async with Simulator(CONFIGURATION, clock=ManualClock()) as running:
        yield running


def pem(simulator: Simulator) -> str:
    """Return the server's certificate."""
    return (simulator.tls_dir / "cup.pem").read_text()


def fingerprint(simulator: Simulator) -> str:
    """Return the SHA-256 fingerprint of the server's certificate."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem(simulator))).hexdigest()


async def _no_pause(_seconds: float) -> None:
    """Wait for nothing."""


type Connect = Callable[..., PresenceClient]


@pytest.fixture
async def connect(simulator: Simulator) -> AsyncGenerator[Connect]:
    """Return what makes clients of the server."""
    async with AsyncExitStack() as sessions:

        def make(
            security: Security | None = None,
            *,
            user: str = "hass",
            password: str = "simulator",
            port: int | None = None,
        ) -> PresenceClient:
            security = security or PlainHttp()
            plain = isinstance(security, PlainHttp)
            usual = simulator.ports.http if plain else simulator.ports.https
            server = Server(host="127.0.0.1", port=port or usual, security=security)
            session = open_session(server, ssl_context=make_ssl_context(security))
            sessions.push_async_callback(session.close)
            return PresenceClient(server, user, password, session, patience=0, sleep=_no_pause)

        yield make


@pytest.fixture
async def client(connect: Connect) -> PresenceClient:
    """Return a client over plain HTTP."""
    return connect()


@pytest.fixture(params=["plain", "pinned", "authority"])
async def secured(
    request: pytest.FixtureRequest, simulator: Simulator, connect: Connect
) -> PresenceClient:
    """Return a client for each way of connecting."""
    ways: dict[str, Callable[[], Security]] = {
        "plain": PlainHttp,
        "pinned": lambda: PinnedCertificate(fingerprint(simulator)),
        "authority": lambda: TrustedAuthority(pem(simulator)),
    }
    return connect(ways[request.param]())


def words(seen: Iterable[ContactPresence]) -> dict[str, Presence]:
    """Return the word of each contact."""
    return {each.contact: each.presence for each in seen}


async def test_watching_from_login_to_logout(secured: PresenceClient, simulator: Simulator) -> None:
    await secured.log_in()
    endpoint = await secured.register_endpoint(CALLBACK, EXPIRY)
    subscription = await secured.subscribe("watcher", [ANNA, BEN, NOBODY], endpoint, EXPIRY)
    everybody = {ANNA: Presence.AVAILABLE, BEN: Presence.BUSY, NOBODY: Presence.UNKNOWN}
    assert words(await secured.fetch("watcher", subscription)) == everybody
    assert await secured.fetch("watcher", subscription) == []

    simulator.service.people.choose_by_hand(
        simulator.service.people["anna"], Status(CupPresence.DND), "jabber"
    )
    assert words(await secured.fetch("watcher", subscription)) == {ANNA: Presence.DND}
    assert (await secured.poll_contact("watcher", ANNA)).presence is Presence.DND

    await secured.renew_endpoint(endpoint, 2 * EXPIRY)
    await secured.renew_subscription("watcher", subscription, 2 * EXPIRY, endpoint=endpoint)
    await secured.unsubscribe("watcher", subscription)
    with pytest.raises(NoSuchSubscription):
        await secured.fetch("watcher", subscription)
    await secured.unregister_endpoint(endpoint)
    with pytest.raises(NoSuchEndpoint):
        await secured.renew_endpoint(endpoint, EXPIRY)
    await secured.log_out()
    assert list(simulator.service.sessions) == []


async def test_contacts_can_be_added(client: PresenceClient) -> None:
    endpoint = await client.register_endpoint(CALLBACK, EXPIRY)
    subscription = await client.subscribe("watcher", [ANNA], endpoint, EXPIRY)
    await client.fetch("watcher", subscription)
    await client.renew_subscription(
        "watcher", subscription, EXPIRY, contacts=[BEN], endpoint=endpoint
    )
    assert words(await client.fetch("watcher", subscription)) == {BEN: Presence.BUSY}


@pytest.mark.parametrize("word", sorted(SETTABLE - {Presence.AVAILABLE}))
async def test_a_word_stands_over_the_devices_until_it_is_cleared(
    client: PresenceClient, word: Presence
) -> None:
    await client.set_presence("anna", word, override=True, expiry=EXPIRY)
    assert (await client.poll_contact("watcher", ANNA)).presence is word
    await client.clear_presence("anna", ANNA)
    await client.log_out_user("anna")
    assert (await client.poll_contact("watcher", ANNA)).presence is Presence.AVAILABLE


async def test_a_word_beside_the_devices_is_weighed_against_them(client: PresenceClient) -> None:
    await client.set_presence("ben", Presence.AWAY, override=False, expiry=EXPIRY)
    assert (await client.poll_contact("watcher", BEN)).presence is Presence.BUSY


async def test_a_word_ends_with_its_expiry(client: PresenceClient, simulator: Simulator) -> None:
    await client.set_presence("anna", Presence.DND, override=True, expiry=EXPIRY)
    clock(simulator).advance(EXPIRY)
    assert (await client.poll_contact("watcher", ANNA)).presence is Presence.AVAILABLE


async def test_rich_presence_is_written_and_read(client: PresenceClient) -> None:
    await client.set_rich_presence(
        "anna", ANNA, Presence.BUSY, note="In the lab <3 & über", override=True, expiry=EXPIRY
    )
    seen = await client.poll_contact("watcher", ANNA, rich=True)
    assert seen.presence is Presence.BUSY
    assert seen.rich
    assert seen.rich.note == "In the lab <3 & über"
    assert Activity.BUSY in seen.rich.activities
    await client.clear_presence("anna", ANNA)
    cleared = (await client.poll_contact("watcher", ANNA, rich=True)).rich
    assert cleared
    assert (cleared.presence, cleared.note) == (Presence.AVAILABLE, None)


async def test_available_may_override_in_rich_form(client: PresenceClient) -> None:
    await client.set_rich_presence(
        "ben", BEN, Presence.AVAILABLE, note=None, override=True, expiry=EXPIRY
    )
    assert (await client.poll_contact("watcher", BEN)).presence is Presence.AVAILABLE


async def test_lost_sessions_come_back_once_with_everybody_told(
    client: PresenceClient, simulator: Simulator
) -> None:
    lost: list[str] = []
    client.on_session_lost = lost.append
    await client.set_presence("anna", Presence.DND, override=True, expiry=EXPIRY)
    await client.log_in_user("watcher")
    simulator.service.lose_sessions()
    before = len(list(simulator.log))
    seen = await asyncio.gather(*(client.poll_contact("watcher", ANNA) for _ in range(100)))
    assert {each.presence for each in seen} == {Presence.AVAILABLE}
    assert sorted(lost) == ["anna", "watcher"]
    logins = [record.path for record in list(simulator.log)[before:] if record.status == 201]
    assert sorted(path.rsplit("/", 2)[1] for path in logins) == ["hass", "watcher"]


async def test_a_user_of_another_application_is_not_taken_over(connect: Connect) -> None:
    await connect(user="other", password="other").log_in_user("anna")
    with pytest.raises(LoggedInElsewhere) as error:
        await connect().log_in_user("anna")
    assert error.value.user == "anna"


async def test_a_second_client_of_the_same_account_shares_its_session(connect: Connect) -> None:
    first, second = connect(), connect()
    endpoint = await first.register_endpoint(CALLBACK, EXPIRY)
    await second.renew_endpoint(endpoint, EXPIRY)


async def test_refusals_have_their_class(client: PresenceClient, connect: Connect) -> None:
    with pytest.raises(InvalidCredentials):
        await connect(password="wrong").log_in()
    with pytest.raises(UnknownApplicationUser):
        await connect(user="nobody").log_in()
    with pytest.raises(UnknownUser):
        await client.log_in_user("nobody")
    with pytest.raises(BadContact):
        await client.poll_contact("watcher", "no contact")
    with pytest.raises(NoSuchEndpoint):
        await client.subscribe("watcher", [ANNA], 99, EXPIRY)


async def test_limits_have_their_class(client: PresenceClient) -> None:
    endpoints = [await client.register_endpoint(CALLBACK, EXPIRY) for _ in range(2)]
    with pytest.raises(NoFreeEndpoint):
        await client.register_endpoint(CALLBACK, EXPIRY)
    for _ in range(2):
        await client.subscribe("watcher", [ANNA], endpoints[0], EXPIRY)
    with pytest.raises(NoFreeSubscription):
        await client.subscribe("watcher", [ANNA], endpoints[0], EXPIRY)


async def test_endpoint_and_subscription_end_with_their_expiry(
    client: PresenceClient, simulator: Simulator
) -> None:
    endpoint = await client.register_endpoint(CALLBACK, EXPIRY)
    subscription = await client.subscribe("watcher", [ANNA], endpoint, EXPIRY)
    clock(simulator).advance(EXPIRY - 1)
    await client.renew_endpoint(endpoint, EXPIRY)
    clock(simulator).advance(1)
    with pytest.raises(NoSuchSubscription):
        await client.fetch("watcher", subscription)
    await client.unregister_endpoint(endpoint)


@pytest.mark.parametrize("code", [210, 212])
async def test_a_busy_server_is_told_as_such(
    client: PresenceClient, simulator: Simulator, code: int
) -> None:
    await client.log_in()
    simulator.faults.add(Fault(FaultKind.THROTTLE, code=code))
    with pytest.raises(Throttled) as error:
        await client.poll_contact("watcher", ANNA)
    assert error.value.code == code


async def test_a_truncated_fetch_is_a_lost_one(
    client: PresenceClient, simulator: Simulator
) -> None:
    endpoint = await client.register_endpoint(CALLBACK, EXPIRY)
    subscription = await client.subscribe("watcher", [ANNA], endpoint, EXPIRY)
    simulator.faults.add(Fault(FaultKind.TRUNCATE, length=60, remaining=1))
    with pytest.raises(AnswerLost):
        await client.fetch("watcher", subscription)
    assert await client.fetch("watcher", subscription) == []
    assert (await client.poll_contact("watcher", ANNA)).presence is Presence.AVAILABLE


async def test_certificates(simulator: Simulator, connect: Connect) -> None:
    shown = await read_certificate("127.0.0.1", simulator.ports.https, timeout=5)
    assert shown.sha256 == fingerprint(simulator)
    assert shown.self_signed
    with pytest.raises(UntrustedCertificate):
        await connect(SystemTrust()).log_in()
    with pytest.raises(CertificateChanged) as changed:
        await connect(PinnedCertificate("0" * 64)).log_in()
    assert changed.value.found == fingerprint(simulator)
    assert list(simulator.log) == []


async def test_a_session_is_asked_about_and_none_is_opened_for_it(
    client: PresenceClient, simulator: Simulator
) -> None:
    lost: list[str] = []
    client.on_session_lost = lost.append
    await client.log_in_user("watcher")
    await client.log_in_user("anna")
    await client.check_session("anna", ANNA)
    assert (lost, "anna" in client.logged_in_users) == ([], True)
    simulator.service.lose_sessions()
    await client.check_session("anna", ANNA)
    await client.check_session("anna", ANNA)
    assert lost == ["anna"]
    assert "anna" not in {each.user for each in simulator.service.sessions}


async def test_an_answer_tells_that_a_node_is_trusted_again(
    client: PresenceClient,
) -> None:
    told: list[str] = []
    await client.log_in()
    client.on_trusted = told.append
    client.traffic.distrusted.add(client.node.address)
    await client.poll_contact("watcher", ANNA)
    assert told == [client.node.address]
    client.on_trusted = None
    client.traffic.distrusted.add(client.node.address)
    await client.poll_contact("watcher", ANNA)
    assert not client.traffic.distrusted


async def test_wrong_ports(simulator: Simulator, connect: Connect) -> None:
    with pytest.raises(CannotConnect) as not_tls:
        await connect(SystemTrust(), port=simulator.ports.http).log_in()
    assert not_tls.value.reason is ConnectFailure.NOT_TLS
    with pytest.raises(CannotConnect) as tls_required:
        await connect(PlainHttp(), port=simulator.ports.https).log_in()
    assert tls_required.value.reason is ConnectFailure.TLS_REQUIRED


def clock(simulator: Simulator) -> ManualClock:
    """Return the clock by which the server lives."""
    assert isinstance(simulator.clock, ManualClock)
    return simulator.clock
