"""What strangers send as XML."""

import codecs
from contextlib import suppress
import encodings
import time

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.pws import MAX_CONTACTS, AnswerNotUnderstood
from custom_components.cisco_unified_presence.pws.encodings import encoding_of
from custom_components.cisco_unified_presence.pws.xml import (
    MAX_BODY,
    MAX_MARKUP,
    MAX_SEARCHED,
    SLICE,
    child_named,
    field,
    field_anywhere,
    local_name,
    parse,
)

from .byte_server import ByteServer, Reply, Then, http
from .conftest import MakeClient
from .wire import RICH_ANNA, description, logged_in_application, logged_in_user

XML = b"<session><sessionKey>k</sessionKey></session>"

ENTITY_BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE session [
 <!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">
 <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
 <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
 <!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
 <!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">
 <!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">
]>
<session><sessionKey note="&f;">&f;</sessionKey></session>"""


@pytest.mark.parametrize(
    "body",
    [
        XML,
        b"\n\r\n \t" + XML,
        b'<?xml version="1.0" encoding="UTF-8"?>\n\n\n' + XML,
        b'\n\n<?xml version="1.0" encoding="UTF-8"?>' + XML,
        codecs.BOM_UTF8 + XML,
        codecs.BOM_UTF8 + b"\n" + XML,
        XML.decode().encode("utf-16"),
        XML.decode().encode("utf-16-le"),
        XML.decode().encode("utf-16-be"),
        codecs.BOM_UTF16_LE + XML.decode().encode("utf-16-le"),
        codecs.BOM_UTF16_BE + XML.decode().encode("utf-16-be"),
        codecs.BOM_UTF32_LE + XML.decode().encode("utf-32-le"),
        codecs.BOM_UTF32_BE + XML.decode().encode("utf-32-be"),
        XML + b"\n\n<!-- bye --><?bye bye?>",
    ],
)
def test_what_comes_around_the_root_does_not_matter(body: bytes) -> None:
    root = parse(body)
    assert local_name(root) == "session"
    assert field(root, "sessionKey") == "k"


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "windows-1252", "utf-16"])
def test_declared_encodings(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><a b="Grüße"/>'
    assert field(parse(text.encode(encoding)), "b") == "Grüße"


KINDS = frozenset({"empty", "HTML page", "not well-formed"})


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"<html><body>Sorry<br></body></html>", "HTML page"),
        (b"<!DOCTYPE HTML><HTML><head><meta charset=utf-8>", "HTML page"),
        (b"<!DOCTYPE html><html/>", "HTML page"),
        (b"<!DOCTYPE a><a/>", "document type"),
        (b"Service Unavailable", "not well-formed"),
        (b"\x00\x01\x02", "not well-formed"),
        (XML[:-4], "not well-formed"),
        (b"<a>&nbsp;</a>", "not well-formed"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "not well-formed"),
        (b"<a>" * 100_000, "not well-formed"),
        (b"<a/>" + b" " * MAX_BODY, "larger than 8 MiB"),
    ],
)
def test_what_is_no_answer(body: bytes, what: str) -> None:
    with pytest.raises(AnswerNotUnderstood, match=what) as raised:
        parse(body)
    assert raised.value.detail.startswith("it is " if what in KINDS else "it ")


def test_an_entity_bomb_does_not_grow() -> None:
    with pytest.raises(AnswerNotUnderstood):
        parse(ENTITY_BOMB)


@pytest.mark.parametrize(
    "body",
    [
        b"<a>" + b"<b/>" * MAX_MARKUP + b"</a>",
        b"<a>" + b"<b></b>" * (MAX_MARKUP // 2) + b"</a>",
        b"<a " + b" ".join(b"b%d=''" % number for number in range(MAX_MARKUP)) + b"/>",
        ("<a>" + "<b/>" * MAX_MARKUP + "</a>").encode("utf-16"),
    ],
)
def test_a_crowd_of_elements_is_not_even_made(body: bytes) -> None:
    assert len(body) < MAX_BODY
    with pytest.raises(AnswerNotUnderstood, match="too many elements"):
        parse(body)


@pytest.mark.parametrize("encoding", ["cp037", "utf-7", "UTF7", "JAVA", "IBM-1047", "EBCDIC-US"])
def test_no_encoding_hides_where_elements_begin(encoding: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>'
    for body in (declaration.encode() + "<a/>".encode("cp037"), f"{declaration}<a/>".encode()):
        with pytest.raises(AnswerNotUnderstood, match="not well-formed"):
            parse(body)
    with pytest.raises(AnswerNotUnderstood, match="not well-formed"):
        parse(f"{declaration}<a/>".encode("cp037"))


def test_everybodys_documents_are_no_crowd() -> None:
    contact = b'<contact contactURI="anna@example.com">' + RICH_ANNA + b"</contact>"
    assert (contact.count(b"<") + contact.count(b"=")) * MAX_CONTACTS < MAX_MARKUP


def test_what_is_looked_for_is_looked_for_near_the_beginning() -> None:
    near, far = (b"<a>" + b"<b/>" * count + b'<c k="1"/></a>' for count in (900, MAX_SEARCHED))
    assert field_anywhere(parse(near), "k") == "1"
    assert field_anywhere(parse(far), "k") is None
    assert child_named(parse(near), "c") is not None
    assert child_named(parse(far), "c") is None


@pytest.mark.parametrize("kind", ["SYSTEM", 'PUBLIC "x"'])
def test_nothing_outside_is_read(tmp_path: object, kind: str) -> None:
    body = f'<!DOCTYPE a [<!ENTITY x {kind} "file:///etc/passwd">]><a>&x;</a>'
    with pytest.raises(AnswerNotUnderstood, match="document type"):
        parse(body.encode())
    body = f'<!DOCTYPE a {kind} "http://127.0.0.1:9/x.dtd"><a/>'
    with pytest.raises(AnswerNotUnderstood, match="document type"):
        parse(body.encode())


@given(st.binary(max_size=400))
def test_any_bytes_are_xml_or_refused(body: bytes) -> None:
    try:
        root = parse(body)
    except AnswerNotUnderstood:
        return
    assert local_name(root)


@given(st.data())
def test_every_damaged_answer_is_xml_or_refused(data: st.DataObject) -> None:
    whole = bytearray(description(210, "Max cpu utilization reached"))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        root = parse(bytes(whole))
    except AnswerNotUnderstood:
        return
    assert local_name(root)


def test_every_truncation_is_refused() -> None:
    whole = description(210, "Max cpu utilization reached").rstrip()
    for length in range(len(whole)):
        with pytest.raises(AnswerNotUnderstood):
            parse(whole[:length])


@pytest.mark.parametrize(
    "body",
    [
        b'<a b=" 1 "/>',
        b"<a><b>\n1 </b></a>",
        b'<a xmlns:n="urn:n" n:b="1"/>',
        b'<n:a xmlns:n="urn:n"><n:b>1</n:b></n:a>',
        b"<a><!-- c --><c>2</c><b>1<!-- d --></b><b>3</b></a>",
    ],
)
def test_a_field_is_an_attribute_or_an_element_of_any_namespace(body: bytes) -> None:
    root = parse(body)
    assert field(root, "b") == "1"
    assert field(root, "nothing") is None
    assert child_named(root, "nothing") is None


def test_a_field_anywhere() -> None:
    root = parse(b'<a k=""><b><k/></b><c><d k="1"/></c></a>')
    assert field_anywhere(root, "k") == "1"
    assert field_anywhere(root, "z") is None


@pytest.mark.parametrize("told", [True, False])
async def test_twenty_megabytes_are_not_read(
    server: ByteServer, make_client: MakeClient, *, told: bool
) -> None:
    size = 20 * 1024 * 1024
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n" if told else "HTTP/1.1 200 OK\r\n\r\n"
    )
    server.will(
        logged_in_application(),
        logged_in_user(),
        Reply(head.encode() + b"<presenceList>" + b" " * (size if not told else 1000), Then.HANG),
    )
    with pytest.raises(AnswerNotUnderstood, match="larger than 8 MiB"):
        await make_client(server.port).fetch("anna", 10)


async def test_a_compressed_answer_does_not_grow(
    server: ByteServer, make_client: MakeClient
) -> None:
    server.will(http(201, b"\x1f\x8b\x08\x00whatever", Content_Encoding="gzip"))
    with pytest.raises(AnswerNotUnderstood, match="not well-formed"):
        await make_client(server.port).log_in()
    assert server.received[0].headers["Accept-Encoding"] == "identity"


def test_python_remembers_no_names_of_encodings() -> None:
    before = set(encodings._cache)
    for number in range(20):
        name = f"made-up-{number}"
        declaration = f'<?xml version="1.0" encoding="{name}"?>'.encode()
        for body, charset in ((XML, name), (declaration + XML, None)):
            with suppress(AnswerNotUnderstood):
                parse(body, charset)
    assert not [each for each in encodings._cache.keys() - before if "made" in each]


@pytest.mark.parametrize(
    "name", ["ISO-8859-15", "latin1", "Windows-1250", "KOI8-U", "Shift_JIS", "mac-croatian"]
)
def test_names_that_python_knows_are_read(name: str) -> None:
    assert encoding_of(XML, name) == codecs.lookup(name).name


@pytest.mark.parametrize(
    "letters",
    ["é" * 9000, "é" + "a" * 40, "aé" * 9000, "a" * 9000 + "é" * 9000],
    ids=["dense", "sparse", "every other", "dense in the end"],
)
def test_what_is_no_utf_8_is_read_as_windows_text_however_much_of_it_there_is(letters: str) -> None:
    assert parse(f"<a>{letters}</a>".encode("cp1252")).text == letters


def test_what_is_no_utf_8_is_read_quickly() -> None:
    began = time.thread_time()
    parse(b"<a>" + b"\xff" * 1_000_000 + b"</a>")
    # It took more than a second of the processor for each megabyte.
    assert time.thread_time() - began < 0.3


def test_a_letter_at_the_border_of_what_is_no_utf_8_stays() -> None:
    text = b"<a>" + b"x" * (SLICE - 4) + "ü".encode() + b"\xff" * SLICE + b"</a>"
    read = parse(text).text or ""
    assert read.lstrip("x").rstrip("ÿ") in {"ü", "Ã¼"}
