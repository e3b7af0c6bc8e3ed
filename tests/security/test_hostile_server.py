"""A hostile server: whatever it says of people, the entities stay small, and come right again.

Each answer about people is replaced on its way; then the server is itself again.
"""

from collections.abc import AsyncIterator
from contextlib import suppress
import gzip
import json
import logging
from typing import Any, Final

from aiohttp import ClientSession
from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from yarl import URL

from custom_components.cisco_unified_presence.const import (
    CONF_DIALECT,
    CONF_RICH_PRESENCE,
    CONF_TOLD_NAME,
)
from custom_components.cisco_unified_presence.pws import DialectMode, PresenceServiceError
from tests.common.entry import person
from tests.common.server import Cup
from tests.common.states import shown
from tests.common.waiting import settled
from tests.pws.byte_server import ByteServer, Received, Reply, Then, http
from tests.pws.soap_wire import SOAP_1_1

from .test_hostile_answers import LONGEST_BLOCK, MOST_RECORDED, Watchdog

PASSED_ON: Final = (
    "Content-Type",
    "Presence-Expiry",
    "Presence-Override",
    "Presence-Session-Key",
    "SOAPAction",
)
USERS: Final = ("anna", "ben", "clara")
BIDI: Final = "\u202eevil\u202c\u200b\u2066x\x7f\u2028line\n\t"


def document(user: str, name: str = "N", note: str = "", devices: str = "") -> str:
    return (
        f'<contact contactURI="{user}@example.com"><presence entity="sip:{user}@example.com">'
        f"<person><activities><busy/></activities><note>{note}</note>"
        f"<display-name>{name}</display-name></person>{devices}</presence></contact>"
    )


def listed(name: str = "N", note: str = "", devices: str = "") -> bytes:
    documents = "".join(document(user, name, note, devices) for user in USERS)
    return f"<presenceList>{documents}</presenceList>".encode()


def devices(name: str) -> str:
    device = "<tuple id='{}'><status><basic>open</basic></status><note>{}</note></tuple>"
    return "".join(device.format(f"{number:02}{name}", name) for number in range(60))


def raw(*headers: str, body: bytes = b"", status: str = "200 OK") -> Reply:
    lines = "".join(f"{each}\r\n" for each in (f"HTTP/1.1 {status}", *headers))
    return Reply(f"{lines}\r\n".encode() + body, Then.CLOSE)


CHUNKED: Final = "Transfer-Encoding: chunked"
BOMB: Final = gzip.compress(b" " * 10_000_000)
ENVELOPE: Final = (
    f'<s:Envelope xmlns:s="{SOAP_1_1}"><s:Body><r>{{}}</r></s:Body></s:Envelope>'.encode()
)


def hostile(dialect: DialectMode) -> dict[str, Reply]:
    """Return answers about people."""

    def answer(body: bytes = b"", **headers: str) -> Reply:
        return http(200, enveloped(body), **headers)

    def enveloped(body: bytes) -> bytes:
        return body if dialect is DialectMode.REST else ENVELOPE.replace(b"{}", body)

    good = listed()
    whole = enveloped(good)
    return {
        "names": answer(listed(BIDI, BIDI, devices(BIDI))),
        "long names": answer(
            listed("\u0301" * 5000, "\U0001f468\u200d" * 400, devices("\U0001d54f" * 70))
        ),
        "references": answer(listed("&#xD7FF;&#xFFFD;", "&#x1F600;" * 3000)),
        "references to nothing": answer(listed("&#1;&#xD800;")),
        "attributes twice": answer(good.replace(b"<contact ", b'<contact a="1" a="2" ')),
        "no UTF-8": answer(good.replace(b">N<", b">" + b"\xf0\x9f" * 500_000 + b"<")),
        "UTF-16": http(200, whole.decode().encode("utf-16")),
        "marks": http(200, b"\xef\xbb\xbf" * 1_000_000 + whole),
        "a made-up encoding": answer(good, Content_Type="text/xml; charset=zlib_codec"),
        "a long type": answer(good, Content_Type="text/xml" + ";a=b" * 1900),
        "a bomb": raw("Content-Encoding: gzip", f"Content-Length: {len(BOMB)}", body=BOMB),
        "chunks and a length": raw(
            "Content-Length: 3", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"
        ),
        "two lengths": raw("Content-Length: 3", "Content-Length: 30", body=b"abc"),
        "more than the length": raw("Content-Length: 3", body=b"abcHTTP/1.1 200 OK\r\n\r\n<a/>"),
        "a negative chunk": raw(CHUNKED, body=b"-5\r\nhello\r\n0\r\n\r\n"),
        "a switch of protocols": raw("Upgrade: websocket", body=whole, status="101 Switching"),
        "no head": Reply(whole, Then.CLOSE),
        "declarations": http(200, b"<!DOCTYPE a [" + b"<!ELEMENT a ANY>" * 100_000 + b"]><a/>"),
        "many headers": raw(*(f"X-{number}: {'a' * 200}" for number in range(120))),
    }


class Between(ByteServer):
    """Passes requests on to a server, and replaces its answers about people on demand."""

    def __init__(self, port: int, session: ClientSession) -> None:
        super().__init__(handler=self._answer)
        self.replacement: Reply | None = None
        self.replaced = 0
        self._url = f"http://127.0.0.1:{port}"
        self._session = session

    async def _answer(self, request: Received) -> Reply:
        method, path = request.line.split(" ", 1)
        passed_on = [(key, request.headers[key]) for key in PASSED_ON if key in request.headers]
        url = URL(f"{self._url}{path}", encoded=True)
        async with self._session.request(
            method, url, headers=passed_on, data=request.body or None, allow_redirects=False
        ) as answer:
            body = await answer.read()
            if self.replacement is not None and b"contactURI" in body:
                self.replaced += 1
                return self.replacement
            kept = {key: answer.headers[key] for key in ("Location",) if key in answer.headers}
            return http(answer.status, body, **kept)


@pytest.fixture
async def between(cup: Cup) -> AsyncIterator[Between]:
    async with (
        ClientSession() as session,
        Between(cup.simulator.ports.http, session) as running,
    ):
        yield running


@pytest.fixture(params=[DialectMode.REST, DialectMode.SOAP])
def dialect(request: pytest.FixtureRequest) -> DialectMode:
    chosen: DialectMode = request.param
    return chosen


@pytest.fixture
def entry_data(
    entry_data: dict[str, Any], between: Between, dialect: DialectMode
) -> dict[str, Any]:
    return {**entry_data, CONF_PORT: between.port, CONF_DIALECT: dialect.value}


@pytest.fixture
def entry_options() -> dict[str, Any]:
    return {CONF_RICH_PRESENCE: True}


@pytest.fixture
def entry_people() -> list[dict[str, Any]]:
    """Each is named by the server."""
    named = [person(user, controlled=user == "anna") for user in USERS]
    for each in named:
        each["data"][CONF_TOLD_NAME] = each["title"]
    return named


async def test_entities_stay_small_and_come_right_again(
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    cup: Cup,
    between: Between,
    dialect: DialectMode,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert loaded.runtime_data.client.dialect is dialect
    eventing = loaded.runtime_data.eventing
    for kind, replacement in hostile(dialect).items():
        between.replacement, between.replaced, dog = replacement, 0, Watchdog()
        async with dog.watching():
            await eventing.async_refresh_now()
            with suppress(PresenceServiceError):
                # Whether there is a subscription by now, or not.
                await loaded.runtime_data.poller.async_refresh_all()
        assert between.replaced, kind
        assert dog.longest < LONGEST_BLOCK, kind
        for state in hass.states.async_all():
            attributes = json.dumps(dict(state.attributes), default=str, ensure_ascii=False)
            assert len(attributes.encode()) < MOST_RECORDED, (kind, state.entity_id)
            assert state.name.isprintable(), (kind, state.entity_id)
    between.replacement = None
    await eventing.async_refresh_now()
    await settled(cup)
    assert shown(hass, "sensor.anna_presence") == "available"
    errors = [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
    assert not errors
