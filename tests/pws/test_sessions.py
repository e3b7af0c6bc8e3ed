"""Sessions that have ended are renewed once, and only for the users concerned."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine

import pytest

from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    InvalidCredentials,
    InvalidSession,
    LoggedInElsewhere,
    Presence,
    PresenceClient,
)

from .byte_server import ByteServer, Received, Reply, Then, http
from .conftest import MakeClient
from .wire import description, fault, login_answer

APPLICATION = "hass"
LOGIN = "POST /presence-service/users/hass/sessions"


class Node:
    """Just enough of a server to hand out keys and to forget them."""

    def __init__(self) -> None:
        """Begin without sessions."""
        self.keys: dict[str, str] = {}
        self.logins: Counter[str] = Counter()
        self.calls: list[str] = []

    async def __call__(self, request: Received) -> Reply:
        """Answer a request."""
        await asyncio.sleep(0)
        self.calls.append(request.line)
        key = request.headers.get("Presence-Session-Key")
        if request.line.startswith("POST") and request.line.endswith("/sessions"):
            return self._log_in(request.line.split("/")[-2], key)
        if key not in self.keys.values():
            return fault(401, 101, "Invalid session key")
        if request.line.startswith("DELETE") and request.line.endswith("/session"):
            self._log_out(request.line.split("/")[-2])
        if "/contacts/" in request.line:
            return http(
                200,
                b'<presenceList><contact contactURI="b@x" presenceStatus="BUSY"/></presenceList>',
            )
        return http(200)

    def _log_in(self, name: str, key: str | None) -> Reply:
        if name != APPLICATION and key != self.keys.get(APPLICATION):
            return fault(401, 101, "Invalid session key")
        if name not in self.keys:
            self.logins[name] += 1
            self.keys[name] = f"{name}-{self.logins[name]}"
        return http(201, login_answer(self.keys[name]))

    def _log_out(self, name: str) -> None:
        self.keys.pop(name, None)
        if name == APPLICATION:
            self.keys.clear()

    def lose(self, *names: str) -> None:
        """Forget sessions; without names all of them."""
        for name in names or tuple(self.keys):
            self.keys.pop(name, None)


@pytest.fixture
def node(server: ByteServer) -> Node:
    """A server that hands out keys."""
    node = Node()
    server.handler = node
    return node


@pytest.fixture
def lost() -> list[str]:
    """The users whose sessions were reported as lost."""
    return []


@pytest.fixture
async def client(server: ByteServer, make_client: MakeClient, lost: list[str]) -> PresenceClient:
    """A client that reports lost sessions."""
    return make_client(server.port, on_session_lost=lost.append)


async def test_a_call_logs_in_whom_it_needs(node: Node, client: PresenceClient) -> None:
    await client.set_presence("anna", Presence.BUSY, override=True, expiry=3600)
    assert [call.split("/", 2)[2] for call in node.calls] == [
        "users/hass/sessions",
        "users/anna/sessions",
        "users/anna/presence/basic",
    ]
    await client.set_presence("anna", Presence.AWAY, override=True, expiry=3600)
    assert node.logins == {"hass": 1, "anna": 1}


async def test_logging_in_twice_is_one_login(node: Node, client: PresenceClient) -> None:
    for _ in range(2):
        await client.log_in()
        await client.log_in_user("anna")
    assert len(node.calls) == 2


async def test_sessions_for_other_services(node: Node, client: PresenceClient) -> None:
    """The service of contact lists takes the same keys."""
    assert (await client.session_of("anna")).key == node.keys["anna"]
    assert (await client.session_of(None)).key == node.keys["hass"]
    assert client.application_sessions == {await client.session_of(None)}


async def test_clients_of_one_account_share_its_session(
    node: Node, client: PresenceClient, server: ByteServer, make_client: MakeClient
) -> None:
    other = make_client(server.port)
    assert client.application_sessions == frozenset()
    await client.log_in()
    await other.log_in()
    assert client.application_sessions == other.application_sessions
    assert [session.key for session in client.application_sessions] == [node.keys["hass"]]
    assert node.keys["hass"] not in repr(client.application_sessions)
    await other.log_out(spare=client.application_sessions)
    assert "hass" in node.keys
    await other.log_out()
    assert other.application_sessions == frozenset()


async def test_a_lost_session_of_an_end_user(
    node: Node, client: PresenceClient, lost: list[str]
) -> None:
    await client.log_in_user("ben")
    await client.poll_contact("anna", "b@x")
    node.lose("anna")
    assert (await client.poll_contact("anna", "b@x")).presence is Presence.BUSY
    assert node.logins == {"hass": 1, "anna": 2, "ben": 1}
    assert lost == ["anna"]
    assert client.logged_in_users == {"anna", "ben"}


async def test_a_lost_session_of_the_application(
    node: Node, client: PresenceClient, lost: list[str]
) -> None:
    """Its end users went with it, and are logged in when they are needed."""
    await client.log_in_user("ben")
    await client.poll_contact("anna", "b@x")
    node.lose()
    await client.poll_contact("anna", "b@x")
    assert node.logins == {"hass": 2, "anna": 2, "ben": 1}
    assert sorted(lost) == ["anna", "ben"]
    assert client.logged_in_users == {"anna"}
    await client.poll_contact("ben", "b@x")
    assert node.logins["ben"] == 2
    assert sorted(lost) == ["anna", "ben"]


async def test_a_lost_application_is_noticed_by_its_own_call(
    node: Node, client: PresenceClient, lost: list[str]
) -> None:
    await client.log_in_user("anna")
    node.lose()
    await client.unregister_endpoint(1)
    assert node.logins == {"hass": 2, "anna": 1}
    assert lost == ["anna"]


async def test_a_thousand_calls_log_in_once(
    node: Node, client: PresenceClient, lost: list[str]
) -> None:
    await asyncio.gather(*(client.poll_contact("anna", "b@x") for _ in range(500)))
    assert node.logins == {"hass": 1, "anna": 1}
    node.lose()
    await asyncio.gather(
        *(client.poll_contact("anna", "b@x") for _ in range(300)),
        *(client.renew_endpoint(1, 3600) for _ in range(100)),
        *(client.poll_contact("ben", "b@x") for _ in range(100)),
    )
    assert node.logins == {"hass": 2, "anna": 2, "ben": 1}
    assert lost == ["anna"]


@pytest.mark.parametrize(
    ("slow", "path", "logins"),
    [
        (lambda c: c.unsubscribe("anna", 7), "subscriptions/7", {"hass": 1, "anna": 2}),
        (lambda c: c.unregister_endpoint(7), "endpoints/7", {"hass": 2, "anna": 2}),
    ],
)
async def test_who_hears_late_of_a_lost_session_uses_the_new_one(
    server: ByteServer,
    node: Node,
    client: PresenceClient,
    lost: list[str],
    slow: Callable[[PresenceClient], Coroutine[None, None, None]],
    path: str,
    logins: dict[str, int],
) -> None:
    await client.poll_contact("anna", "b@x")
    node.lose(*logins if logins["hass"] == 2 else ["anna"])
    arrived, go = asyncio.Event(), asyncio.Event()

    async def hold_back(request: Received) -> Reply:
        reply = await node(request)
        if request.line.endswith(path) and not arrived.is_set():
            arrived.set()
            await go.wait()
        return reply

    server.handler = hold_back
    late = asyncio.create_task(slow(client))
    await arrived.wait()
    await client.poll_contact("anna", "b@x")
    go.set()
    await late
    assert node.logins == logins
    assert lost == ["anna"]
    assert client.logged_in_users == {"anna"}


async def test_a_session_that_stays_invalid_is_renewed_only_once(
    server: ByteServer, client: PresenceClient
) -> None:
    async def refuse(request: Received) -> Reply:
        if request.line.endswith("/sessions"):
            return http(201, login_answer("k"))
        return fault(401, 101)

    server.handler = refuse
    with pytest.raises(InvalidSession):
        await client.poll_contact("anna", "b@x")
    assert len([line for line in server.lines if "/contacts/" in line]) == 2
    with pytest.raises(InvalidSession):
        await client.renew_endpoint(1, 3600)
    assert len([line for line in server.lines if "/endpoints/" in line]) == 2
    # Nothing is left of the second session either.
    assert client.application_sessions == frozenset()


async def test_a_password_that_changed_is_told_and_not_tried_twice(
    server: ByteServer, node: Node, client: PresenceClient
) -> None:
    await client.poll_contact("anna", "b@x")
    node.lose()

    async def refuse(request: Received) -> Reply:
        if request.line.endswith("/hass/sessions"):
            return fault(400, 114, "Login failed")
        return fault(401, 101)

    server.handler = refuse
    before = len(server.received)
    with pytest.raises(InvalidCredentials) as error:
        await client.poll_contact("anna", "b@x")
    assert error.value.user == "hass"
    assert len(server.received) - before == 3


async def test_logged_in_elsewhere_is_never_forced(
    server: ByteServer, client: PresenceClient
) -> None:
    server.will(http(201, login_answer("k")), http(409, description(160, "Already logged in")))
    with pytest.raises(LoggedInElsewhere) as error:
        await client.log_in_user("anna")
    assert error.value.user == "anna"
    assert client.logged_in_users == frozenset()
    assert len(server.received) == 2


async def test_log_out_of_one_user(node: Node, client: PresenceClient, lost: list[str]) -> None:
    await client.log_in_user("anna")
    await client.log_in_user("ben")
    await client.log_out_user("anna")
    await client.log_out_user("nobody")
    assert client.logged_in_users == {"ben"}
    assert set(node.keys) == {"hass", "ben"}
    assert node.calls[-1] == "DELETE /presence-service/users/anna/session"
    assert lost == []


async def test_log_out_of_all(node: Node, client: PresenceClient, lost: list[str]) -> None:
    await client.log_in_user("ben")
    await client.log_in_user("anna")
    node.calls.clear()
    await client.log_out()
    assert node.calls == ["DELETE /presence-service/users/hass/session"]
    assert node.keys == {}
    assert client.logged_in_users == frozenset()
    assert lost == []
    await client.log_out()
    assert len(node.calls) == 1


async def test_log_out_keeps_what_is_held(node: Node, client: PresenceClient) -> None:
    await client.log_in_user("anna")
    await client.log_in_user("ben")
    await client.log_out(keep={"ben", "nobody"})
    assert set(node.keys) == {"hass", "ben"}
    assert client.logged_in_users == {"ben"}
    await client.log_out(keep={"nobody"})
    assert node.keys == {}


async def test_a_session_that_is_gone_already_is_logged_out(
    node: Node, client: PresenceClient
) -> None:
    await client.log_in_user("anna")
    node.lose()
    await client.log_out()
    assert client.logged_in_users == frozenset()
    assert node.logins == {"hass": 1, "anna": 1}


async def test_users_are_logged_out_when_the_application_user_s_logout_fails(
    server: ByteServer, node: Node, client: PresenceClient
) -> None:
    for user in ("anna", "ben", "cy"):
        await client.log_in_user(user)

    async def answer(request: Received) -> Reply:
        if "/hass/" in request.line or "/ben/" in request.line:
            return fault(500, 201 if "/hass/" in request.line else 202, "Server failed")
        return await node(request)

    server.handler = answer
    with pytest.raises(Exception, match="code 201"):
        await client.log_out()
    assert set(node.keys) == {"hass", "ben"}
    assert client.logged_in_users == {"ben"}


@pytest.mark.parametrize("keep", [(), ("cy",)])
async def test_a_server_that_is_gone_is_not_asked_for_every_user(
    server: ByteServer, node: Node, client: PresenceClient, keep: tuple[str, ...]
) -> None:
    for user in ("anna", "ben", "cy"):
        await client.log_in_user(user)

    async def break_off(_: Received) -> Reply:
        return Reply(b"", Then.ABORT)

    server.handler = break_off
    before = len(server.received)
    with pytest.raises(CannotConnect):
        await client.log_out(keep=keep)
    # One logout, which is sent twice since the connection was an old one.
    assert len({request.line for request in server.received[before:]}) == 1
    assert client.logged_in_users == {"anna", "ben", "cy"}


async def test_calls_of_the_application_at_the_same_time_share_one_login(
    node: Node, client: PresenceClient
) -> None:
    await asyncio.gather(*(client.renew_endpoint(1, 3600) for _ in range(5)))
    assert node.calls.count(LOGIN) == 1


async def test_calls_for_a_user_at_the_same_time_share_one_login(
    node: Node, client: PresenceClient
) -> None:
    await asyncio.gather(*(client.log_in_user("anna") for _ in range(5)))
    assert node.calls == [LOGIN, "POST /presence-service/users/anna/sessions"]


async def test_a_login_that_is_under_way_is_waited_for(node: Node, client: PresenceClient) -> None:
    sessions = client._cluster.application_node.sessions
    refreshed, opened = await asyncio.gather(sessions.refresh_application(), sessions.application())
    assert refreshed == opened
    assert node.calls == [LOGIN]


async def test_who_logs_out_twice_at_the_same_time_is_logged_out_once(
    node: Node, client: PresenceClient
) -> None:
    await client.log_in_user("anna")
    node.calls.clear()
    await asyncio.gather(client.log_out_user("anna"), client.log_out_user("anna"))
    await asyncio.gather(client.log_out(), client.log_out())
    assert node.calls == [
        "DELETE /presence-service/users/anna/session",
        "DELETE /presence-service/users/hass/session",
    ]


async def test_a_login_that_is_cancelled_is_done_by_the_next_who_waits(
    server: ByteServer, node: Node, client: PresenceClient
) -> None:
    arrived, go = asyncio.Event(), asyncio.Event()

    async def slow(request: Received) -> Reply:
        arrived.set()
        await go.wait()
        return await node(request)

    server.handler = slow
    first = asyncio.create_task(client.log_in_user("anna"))
    await arrived.wait()
    second = asyncio.create_task(client.log_in_user("anna"))
    await asyncio.sleep(0)
    first.cancel()
    go.set()
    await second
    assert client.logged_in_users == {"anna"}
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_the_backup_is_remembered_when_a_login_names_none(
    server: ByteServer, client: PresenceClient
) -> None:
    server.will(
        http(201, login_answer("one", backup="two")),
        http(201, login_answer("anna")),
        http(200),
        http(201, login_answer("again")),
    )

    await client.log_in_user("anna")
    assert client.backup == "two"

    await client.log_out()
    await client.log_in()
    assert client.backup == "two"


async def test_an_end_users_login_names_the_backup(
    server: ByteServer, client: PresenceClient
) -> None:
    server.will(
        http(201, login_answer("one", backup="two")),
        http(201, login_answer("anna", backup="three")),
    )

    await client.log_in_user("anna")

    assert client.backup == "three"
