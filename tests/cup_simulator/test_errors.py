"""Reference: "Error codes", and the shape of an error in "REST"."""

import gzip
from pathlib import Path
import re

import pytest
from syrupy.assertion import SnapshotAssertion

from cup_simulator.call import Answer
from cup_simulator.errors import DESCRIPTIONS, PresenceServiceError
from cup_simulator.rest_answer import failure

from .wire import Wire, parse, request_bytes, send

THROTTLED = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b"\n"
    b'    <description xmlns="urn:cisco:cup:presence:soap">\n'
    b"        <code>210</code>\n"
    b"        <message>Max cpu utilization reached</message>\n"
    b"        <fix>Wait before sending another request</fix>\n"
    b"    </description>\n"
)

STATUS_OF_CODE = {
    401: {100, 101},
    404: {113},
    409: {160},
    500: set(range(200, 210)),
    503: {210, 211, 212},
}


def test_an_error_to_the_byte() -> None:
    assert failure(PresenceServiceError(210)) == Answer(503, THROTTLED)


@pytest.mark.parametrize("code", DESCRIPTIONS)
def test_every_code_has_the_status_of_the_reference(code: int) -> None:
    expected = next((status for status, codes in STATUS_OF_CODE.items() if code in codes), 400)

    assert failure(PresenceServiceError(code)).status == expected


@pytest.mark.parametrize("code", DESCRIPTIONS)
def test_every_code_has_words_that_xml_can_carry(code: int) -> None:
    description = DESCRIPTIONS[code]

    for words in (description.message, description.fix):
        assert re.fullmatch(r"[A-Z][A-Za-z0-9 ,.:@_-]+", words)


def test_every_code_of_the_reference_is_known() -> None:
    spoken = {*range(100, 104), *range(110, 116), *range(120, 126), *range(130, 149), 150}
    spoken |= {160, 161, 162, *range(200, 213)}

    assert set(DESCRIPTIONS) == spoken


async def test_an_error_over_the_wire(wire: Wire) -> None:
    await wire.control("POST", "/control/faults", {"kind": "throttle"})

    reply = await wire.ask("GET", "/users/watcher/presence/basic/contacts/user1@example.com")

    assert (reply.status, reply.body) == (503, THROTTLED)
    assert reply.headers["content-type"] == "text/xml; charset=utf-8"
    assert reply.headers["content-length"] == str(len(THROTTLED))


CHUNKED = (
    b"POST /presence-service/users/hass/sessions HTTP/1.1\r\nHost: cup\r\nConnection: close\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
    b"35\r\n<session><password>simulator</password></session>    \r\n0\r\n\r\n"
)


async def test_a_chunked_body_cannot_be_read(wire: Wire) -> None:
    assert parse(await send(wire.simulator.ports.http, CHUNKED)).failure == (400, 150)


async def test_a_body_of_more_than_4_mib_cannot_be_read(wire: Wire) -> None:
    body = b"<session><password>simulator</password></session>".ljust(4 * 1024 * 1024 + 1)

    assert (await wire.ask("POST", "/users/hass/sessions", body)).failure == (400, 150)


async def test_a_body_of_4_mib_is_read(wire: Wire) -> None:
    padded = b"<session><password>simulator</password></session>".ljust(4 * 1024 * 1024)

    assert (await wire.ask("POST", "/users/hass/sessions", padded)).status == 201


async def test_a_body_that_grows_beyond_4_mib_cannot_be_read(wire: Wire) -> None:
    body = gzip.compress(b" " * (4 * 1024 * 1024 + 1))

    reply = await wire.ask("POST", "/users/hass/sessions", body, Content_Encoding="gzip")

    assert reply.failure == (400, 150)


async def test_a_body_that_is_not_what_its_encoding_says_cannot_be_read(wire: Wire) -> None:
    reply = await wire.ask("POST", "/users/hass/sessions", b"no gzip", Content_Encoding="gzip")

    assert reply.failure == (400, 150)


BOMB = (
    '<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<session><password>&b;</password></session>"
)
OUTSIDE = '<!DOCTYPE s [<!ENTITY a SYSTEM "file://{}">]><session><password>&a;</password></session>'


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        BOMB.encode("utf-16"),
        "<!DOCTYPE session><session><password>simulator</password></session>",
        '<!DOCTYPE session SYSTEM "http://127.0.0.1:1/x"><session/>',
        "<session>" * 100_000,
        "<a>" * 1000 + "</a>" * 1000,
        "<session><password>simulator</password>",
        "not XML",
        b"\xff\xfe\x00",
        '<?xml version="1.0" encoding="no-such"?><session/>',
    ],
)
async def test_hostile_xml_is_unreadable(wire: Wire, body: str | bytes) -> None:
    assert (await wire.ask("POST", "/users/hass/sessions", body)).failure == (400, 102)


async def test_no_file_is_read_for_an_entity(wire: Wire, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("simulator", encoding="utf-8")

    reply = await wire.ask("POST", "/users/hass/sessions", OUTSIDE.format(password))

    assert reply.failure == (400, 102)


LATIN = (
    '<?xml version="1.0" encoding="ISO-8859-1"?>'
    "<session><name>\xe4</name><password>simulator</password></session>"
)


@pytest.mark.parametrize(
    "body",
    [
        '<session xmlns="urn:any"><password>simulator</password></session>',
        '<s:session xmlns:s="urn:any"><s:password>simulator</s:password></s:session>',
        "\n <session>\n<!-- who --><password>simulator</password></session>\n",
        "<session><password>simulator</password></session>".encode("utf-16"),
        LATIN,
    ],
)
@pytest.mark.parametrize("content", ["text/xml", "application/xml", "", "text/plain"])
async def test_what_is_read(wire: Wire, body: str | bytes, content: str) -> None:
    data = body.encode("latin-1") if isinstance(body, str) else body
    headers = {"Content_Type": content} if content else {}

    reply = await wire.ask("POST", "/users/hass/sessions", data, **headers)

    assert reply.status == 201


UNDECLARED = "<session><name>\xe4</name><password>simulator</password></session>"
DECLARED = f'<?xml version="1.0" encoding="{{}}"?>{UNDECLARED}'


@pytest.mark.parametrize(
    ("body", "charset", "read"),
    [
        (UNDECLARED.encode("latin-1"), "iso-8859-1", True),
        (UNDECLARED.encode("latin-1"), '"ISO-8859-1"', True),
        (UNDECLARED.encode("utf-16-le"), "utf-16le", True),
        # Programs that store texts in UTF-16 and send them in UTF-8 write this.
        (DECLARED.format("utf-16").encode(), "utf-8", True),
        (DECLARED.format("iso-8859-1").encode("latin-1"), "no-such", True),
        (DECLARED.format("iso-8859-1").encode("latin-1"), "", True),
        (DECLARED.format("iso-8859-1").encode("latin-1"), "\xe4", True),
        (UNDECLARED.encode("utf-16"), "utf-8", True),
        (UNDECLARED.encode("utf-8-sig"), "iso-8859-1", True),
        (UNDECLARED.encode("latin-1"), "utf-8", False),
        (DECLARED.format("utf-16").encode(), "no-such", False),
        (BOMB.encode("utf-16-be"), "utf-16be", False),
    ],
)
async def test_the_content_type_says_the_encoding(
    wire: Wire, body: bytes, charset: str, *, read: bool
) -> None:
    content_type = f"text/xml; charset={charset}"

    reply = await wire.ask("POST", "/users/hass/sessions", body, Content_Type=content_type)

    assert (reply.status, reply.code) == ((201, None) if read else (400, 102))


async def test_names_of_headers_have_no_case(wire: Wire) -> None:
    key = await wire.login("user1")
    path = "/presence-service/users/user1/presence/basic"
    headers = {
        "PRESENCE-SESSION-KEY": key,
        "presence-override": "true",
        "pReSeNcE-eXpIrY": "3600",
    }
    data = request_bytes("PUT", path, headers, b"<presence>DND</presence>")

    assert parse(await send(wire.simulator.ports.http, data)).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("POST", "/users/hass/session/", 405),
        ("GET", "/endpoints", 405),
        ("PATCH", "/endpoints/1", 405),
        ("POST", "", 404),
    ],
)
async def test_what_is_not_there(wire: Wire, method: str, path: str, status: int) -> None:
    reply = await wire.ask(method, path)

    assert (reply.status, reply.body) == (status, b"")


async def test_the_methods_that_are_there_are_named(wire: Wire) -> None:
    assert (await wire.ask("GET", "/endpoints/7")).headers["allow"] == "DELETE, PUT"


async def test_a_path_elsewhere_is_not_ours(wire: Wire) -> None:
    data = request_bytes("POST", "/users/hass/sessions", {}, b"<session/>")

    assert parse(await send(wire.simulator.ports.http, data)).status == 404


async def test_a_trailing_slash_is_tolerated(wire: Wire) -> None:
    body = "<session><password>simulator</password></session>"
    key = (await wire.ask("POST", "/users/hass/sessions/", body)).key

    assert (await wire.ask("DELETE", "/users/hass/session/", key=key)).status == 200


def test_the_words_of_every_code(snapshot: SnapshotAssertion) -> None:
    assert {
        int(code): (int(each.status), each.message, each.fix) for code, each in DESCRIPTIONS.items()
    } == snapshot
