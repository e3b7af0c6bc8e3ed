"""The client for an entry that is not loaded: how it is made, and that it is closed."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.control import undo_client as module
from custom_components.cisco_unified_presence.control.undo_client import open_client
from custom_components.cisco_unified_presence.pws import (
    DialectMode,
    OpenSession,
    PinnedCertificate,
    Security,
    Server,
)
from custom_components.cisco_unified_presence.trust import KnownNodes, account_client

PIN, OTHER = "11" * 32, "22" * 32
DATA = {
    "host": "cup.example.com",
    "port": 8083,
    "security": "https",
    "fingerprints": {"cup.example.com:8083": PIN, "cup2.example.com:8083": OTHER},
    "application_user": "hass",
    "password": "secret",
    "dialect": "soap",
}
SERVER = Server(host="cup.example.com", port=8083, security=PinnedCertificate(PIN))
LEFT = frozenset({OpenSession("cup2.example.com:8083", "anna", "key")})


class Client:
    """Notes how it is made and used."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self.given = given
        self.named = named
        self.done: list[Any] = []
        made.append(self)

    async def abandon(self, sessions: frozenset[OpenSession]) -> None:
        self.done.append(("abandon", sessions))

    async def close(self) -> None:
        self.done.append("close")


made: list[Client] = []


@pytest.fixture(autouse=True)
def sessions(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list of the sessions that are open."""
    made.clear()
    opened: list[Any] = []

    @asynccontextmanager
    async def open_session(server: Server, *, ssl_context: object) -> AsyncGenerator[str]:
        assert server == SERVER
        opened.append(ssl_context)
        yield "session"
        opened.remove(ssl_context)

    def make_ssl_context(security: Security) -> str:
        assert security == SERVER.security
        return "context"

    monkeypatch.setattr(module, "open_session", open_session)
    monkeypatch.setattr(module, "make_ssl_context", make_ssl_context)
    monkeypatch.setattr(account_client, "PresenceClient", Client)
    return opened


async def test_a_client_is_made_of_what_is_known_and_closed(
    hass: HomeAssistant, sessions: list[Any]
) -> None:
    known = KnownNodes(backup="cup2.example.com", elsewhere=LEFT)
    async with open_client(hass, DATA, known) as opened:
        (client,) = made
        assert cast("Any", opened) is client
        assert sessions == ["context"]
        assert client.done == [("abandon", LEFT)]
    assert client.done[1:] == ["close"]
    assert sessions == []
    assert client.given == (SERVER, "hass", "secret", "session")
    nodes = client.named.pop("nodes")
    assert client.named == {"dialect": DialectMode.SOAP}
    assert nodes.backup == "cup2.example.com"
    assert nodes.allow_node("cup2.example.com", 8083)
    assert not nodes.allow_node("cup2.example.org", 8083)
    assert nodes.trust_of("cup2.example.com", 8083) == PinnedCertificate(OTHER)


async def test_a_client_is_closed_after_a_failure(hass: HomeAssistant) -> None:
    with pytest.raises(ZeroDivisionError):
        async with open_client(hass, DATA, KnownNodes()):
            raise ZeroDivisionError
    assert made[0].done[-1] == "close"
