"""A hostile server: no answer of any kind blocks the loop, grows memory, or makes long texts."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
import gc
import json
import time
from typing import Final

from lxml import etree
import pytest

from custom_components.cisco_unified_presence.pws import (
    ContactPresence,
    ContactService,
    PlainHttp,
    PresenceServiceError,
    Server,
    Session,
    open_session,
)
from custom_components.cisco_unified_presence.pws.dialect import (
    Dialect,
    PublishOptions,
    SubscriptionSpec,
)
from custom_components.cisco_unified_presence.pws.exchange import Exchange, Request
from custom_components.cisco_unified_presence.pws.presence_list import MAX_LISTED
from custom_components.cisco_unified_presence.pws.rest import RestDialect
from custom_components.cisco_unified_presence.pws.soap import SoapDialect
from tests.pws.byte_server import ByteServer, Received, Reply, http
from tests.pws.soap_wire import SOAP_1_1, SOAP_1_2

# Seconds of processor time of the loop's thread; waiting for other processes does not count.
# The aim is 50 ms, which a slow machine may miss.
LONGEST_BLOCK: Final = 0.1

# Work of known length: what else runs on a core nearly doubles the processor time of the same work.
YARDSTICK: Final = b"<a>" + b"<b/>" * 30_000 + b"</a>"
YARDSTICK_SECONDS: Final = 0.006

# The recorder drops all attributes of a state beyond it.
MOST_RECORDED: Final = 16 * 1024

SESSION: Final = Session("anna", "KEY")
SPEC: Final = SubscriptionSpec(("anna@example.com",), 1, 3600)
OPTIONS: Final = PublishOptions(override=True, expiry=3600)
CONTACT: Final = '<contact contactURI="anna@example.com">'


def times(count: int, text: str) -> str:
    """Return a text with each number in place of its @."""
    return "".join(text.replace("@", str(number)) for number in range(count))


def escaped(text: str) -> str:
    return text.replace("<", "&lt;")


def of_anna(inside: str) -> str:
    return f"{CONTACT}<presence entity='sip:anna@example.com'>{inside}</presence></contact>"


HOSTILE: Final = {
    "attributes": f"<contact {times(60_000, 'a@="" ')} contactURI='anna@example.com'/>",
    "attributes here and there": times(60, f"<contact {times(5000, 'a@="" ')}/>"),
    "different names": times(150_000, "<n@/>"),
    "namespaces": f"<contact {times(200_000, 'xmlns:a@="u" ')}/>",
    "elements": times(590_000, "<b/>"),
    "allowed elements": times(240_000, "<b/>"),
    "depth": "<b>" * 120_000 + "</b>" * 120_000,
    "contacts": times(118_000, '<contact contactURI="@@example.com" presenceStatus="BUSY"/>'),
    "all contacts": times(5000, '<contact contactURI="@@example.com" presenceStatus="BUSY"/>'),
    "documents": times(5000, of_anna("<person><activities><busy/></activities></person>" * 4)),
    "escaped documents": times(
        20_000,
        f"{CONTACT}{escaped('<presence><person><note>x</note></person></presence>')}</contact>",
    ),
    "long escaped document": CONTACT + escaped("<presence>" + "<b/>" * 1_000_000) + "</contact>",
    "note": of_anna(f"<person><note>{'x' * 7_000_000}</note></person>"),
    "note of many parts": of_anna(f"<person><note>{'x<b/>' * 200_000}</note></person>"),
    "devices": of_anna(times(80_000, "<tuple id='@'><note>n</note></tuple>")),
    "long devices": of_anna(
        times(80, f"<tuple id='@{'ü' * 9000}'><status><basic>open</basic></status></tuple>")
    ),
    "person": of_anna(f"<person>{'<b/>' * 240_000}</person>"),
    "text": "x" * 8_000_000,
    "ampersands": "&amp;" * 1_500_000,
    "blanks": " " * 8_000_000,
    "comments": "<!--x-->" * 200_000,
    "groups": times(100_000, '<group name="@"><persona-id domain="x">u@</persona-id></group>'),
    "properties": '<property name="x"/>' * 200_000,
    "definitions": "</r><definitions>" + "<operation name='x'/>" * 100_000,
    "operations": times(30_000, "<wsdl:operation name='@'/>"),
}


@dataclass(frozen=True)
class Call:
    """What the client asks, and what surrounds what is hostile in the answer to it."""

    ask: Callable[[Dialect], Awaitable[object]]
    status: int = 200
    around: str = "<r>{}</r>"


LISTS: Final = "<presenceList>{}</presenceList>"
CALLS: Final = {
    "log in": Call(lambda to: to.log_in("hass", "s3cret"), 201, "<session>{}</session>"),
    "log in a user": Call(
        lambda to: to.log_in_end_user("anna", SESSION), 201, "<session>{}</session>"
    ),
    "redirection": Call(lambda to: to.log_in("hass", "s3cret"), 307, "<session>{}</session>"),
    "refusal": Call(lambda to: to.log_in("hass", "s3cret"), 400, "<description>{}</description>"),
    "log out": Call(lambda to: to.log_out(SESSION)),
    "register": Call(lambda to: to.register_endpoint(SESSION, "http://x/", 3600), 201),
    "renew": Call(lambda to: to.renew_endpoint(SESSION, 1, 3600)),
    "subscribe": Call(lambda to: to.subscribe(SESSION, SPEC), 201),
    "unsubscribe": Call(lambda to: to.unsubscribe(SESSION, 1)),
    "fetch words": Call(lambda to: to.fetch(SESSION, 1, rich=False), around=LISTS),
    "fetch documents": Call(lambda to: to.fetch(SESSION, 1, rich=True), around=LISTS),
    "poll words": Call(
        lambda to: to.poll(SESSION, ("anna@example.com",), rich=False), around=LISTS
    ),
    "poll documents": Call(
        lambda to: to.poll(SESSION, ("anna@example.com",), rich=True), around=LISTS
    ),
    "set": Call(lambda to: to.set_presence(SESSION, "BUSY", OPTIONS)),
}

# Each call for these; the others with all that is hostile.
COMMON: Final = ("attributes", "allowed elements")
READING: Final = ("log in", "fetch documents")
MATRIX: Final = [
    (call, kind) for call in CALLS for kind in HOSTILE if call in READING or kind in COMMON
]


def slowness() -> float:
    """Return how many times as long as usual work takes now, at least 1."""
    before = time.thread_time()
    etree.fromstring(YARDSTICK)
    return max(1.0, (time.thread_time() - before) / YARDSTICK_SECONDS)


class Watchdog:
    """Measures the longest stretch of processor time between two turns of the loop.

    Attributes:
        longest: Seconds, as on a machine that is not slowed down by what else runs on it.
    """

    def __init__(self) -> None:
        self.longest = 0.0

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        async def watch() -> None:
            while True:
                before = time.thread_time()
                await asyncio.sleep(0)
                self.longest = max(self.longest, time.thread_time() - before)

        gc.collect()
        gc.disable()
        slow = slowness()
        task = asyncio.create_task(watch())
        await asyncio.sleep(0)
        try:
            yield
            # What came last counts, too.
            await asyncio.sleep(0)
        finally:
            gc.enable()
            task.cancel()
            self.longest /= max(slow, slowness())


@pytest.fixture
async def node(socket_enabled: None) -> AsyncIterator[ByteServer]:
    async with ByteServer() as running:
        yield running


@asynccontextmanager
async def exchange_with(
    node: ByteServer, root: str = "/presence-service"
) -> AsyncIterator[Exchange]:
    server = Server(host="127.0.0.1", port=node.port, security=PlainHttp())
    async with open_session(server, ssl_context=None) as session:
        yield Exchange(server, session, 20.0)


async def ask(call: Awaitable[object]) -> object:
    """Return what a call returns, None when it fails as it may."""
    dog = Watchdog()
    result: object = None
    async with dog.watching():
        with suppress(PresenceServiceError):
            result = await call
    assert dog.longest < LONGEST_BLOCK
    return result


def check(found: object) -> None:
    """Assert that contacts are as many as may be, and that nothing of them is long."""
    if not isinstance(found, list):
        return
    assert len(found) <= MAX_LISTED
    contacts: Iterable[ContactPresence] = found
    for contact in contacts:
        assert len(contact.contact) <= 512
        if contact.rich is not None:
            shown = {
                "note": contact.rich.note,
                "devices": {each.id: each.presence for each in contact.rich.devices},
                "activities": sorted(contact.rich.activities),
            }
            assert len(json.dumps(shown, ensure_ascii=False).encode()) < MOST_RECORDED


@pytest.mark.parametrize(("call", "kind"), MATRIX)
async def test_no_answer_in_rest_blocks_or_grows(node: ByteServer, call: str, kind: str) -> None:
    asked = CALLS[call]
    node.will(http(asked.status, asked.around.format(HOSTILE[kind]).encode()))
    async with exchange_with(node) as exchange:
        check(await ask(asked.ask(RestDialect(exchange))))


@pytest.mark.parametrize(("call", "kind"), MATRIX)
async def test_no_answer_in_soap_blocks_or_grows(node: ByteServer, call: str, kind: str) -> None:
    asked = CALLS[call]
    body = asked.around.format(HOSTILE[kind])
    envelope = f'<s:Envelope xmlns:s="{SOAP_1_1}"><s:Body>{body}</s:Body></s:Envelope>'
    node.will(http(404), http(asked.status, envelope.encode()))
    async with exchange_with(node) as exchange:
        check(await ask(asked.ask(SoapDialect(exchange))))


@pytest.mark.parametrize("kind", HOSTILE)
async def test_no_description_of_the_service_blocks_or_grows(node: ByteServer, kind: str) -> None:
    inside = HOSTILE[kind]
    document = f'<d:definitions xmlns:d="http://schemas.xmlsoap.org/wsdl/">{inside}</d:definitions>'
    node.will(http(200, document.encode()), http(400))
    async with exchange_with(node) as exchange:
        await ask(SoapDialect(exchange).log_in("hass", "s3cret"))


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("part", ["domain", "contacts"])
async def test_no_answer_of_the_contact_service_blocks_or_grows(
    node: ByteServer, part: str, kind: str
) -> None:
    envelope = (
        f'<s:Envelope xmlns:s="{SOAP_1_2}"><s:Body><get-all-config-resp>{HOSTILE[kind]}'
        "</get-all-config-resp></s:Body></s:Envelope>"
    )
    node.will(http(200, envelope.encode()))
    server = Server(host="127.0.0.1", port=node.port, security=PlainHttp())
    async with open_session(server, ssl_context=None) as session:
        service = ContactService(server, session)
        asked = (
            service.contact_list(SESSION)
            if part == "contacts"
            else service.presence_domain(SESSION)
        )
        await ask(asked)


async def test_many_documents_for_one_contact_do_not_block(node: ByteServer) -> None:
    document = of_anna(f"<person><activities>{'<busy/>' * 1900}</activities></person>")
    node.will(http(200, LISTS.format(document * 120).encode()))
    async with exchange_with(node) as exchange:
        await ask(RestDialect(exchange).poll(SESSION, ("anna@example.com",), rich=True))


async def test_a_content_type_of_many_parts_says_nothing(node: ByteServer) -> None:
    many = "text/xml; charset=iso-8859-1" + ";a=b" * 1900
    node.will(http(200, b"<a/>", Content_Type=many), http(200, b"<a/>", Content_Type=many[:28]))
    async with exchange_with(node) as exchange:
        answers = [await exchange.send(Request("GET", "/")) for _ in range(2)]
    assert [each.charset for each in answers] == [None, "iso-8859-1"]


INTERIM: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
HEADS: Final = {
    "interim answers": INTERIM * 100_000,
    "interim answers of many headers": (
        b"HTTP/1.1 103 E\r\n" + b"".join(b"X%d: a\r\n" % n for n in range(120)) + b"\r\n"
    )
    * 1000,
    "headers": b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 1_000_000,
    "a long header": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 8_000_000,
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 300_000,
}


@pytest.mark.parametrize("kind", HEADS)
async def test_no_head_of_an_answer_blocks(node: ByteServer, kind: str) -> None:
    async def answer(_: Received) -> Reply:
        return Reply(HEADS[kind])

    node.handler = answer
    server = Server(host="127.0.0.1", port=node.port, security=PlainHttp())
    async with open_session(server, ssl_context=None) as session:
        await ask(RestDialect(Exchange(server, session, 1.5)).fetch(SESSION, 1, rich=False))


async def test_names_that_are_never_repeated_do_not_stay(node: ByteServer) -> None:
    def pages() -> int:
        with open("/proc/self/statm", encoding="ascii") as told:  # noqa: PTH123
            return int(told.read().split()[1])

    async def answer(_: Received) -> Reply:
        rounds.append(None)
        text = times(900, f"<n{len(rounds)}x@ a{len(rounds)}x@='' />")
        return http(200, f"<presenceList>{text * 30}</presenceList>".encode())

    rounds: list[None] = []
    node.handler = answer
    async with exchange_with(node) as exchange:
        dialect = RestDialect(exchange)
        seen = []
        for _ in range(16):
            with suppress(PresenceServiceError):
                await dialect.fetch(SESSION, 1, rich=False)
            seen.append(pages())
    assert seen[-1] - seen[5] < 20 * 256
