"""What is said of answers and faults that are not understood, and the sample of each."""

from collections.abc import Callable

import pytest

from custom_components.cisco_unified_presence.pws import (
    AnswerNotUnderstood,
    contacts,
    encodings,
    read_pidf,
    salvage,
    xml,
)
from custom_components.cisco_unified_presence.pws.answers import Concerning, raise_fault
from custom_components.cisco_unified_presence.pws.batches import _matched
from custom_components.cisco_unified_presence.pws.certificate import read_der
from custom_components.cisco_unified_presence.pws.exchange import Answer
from custom_components.cisco_unified_presence.pws.lxml_document import parse_description
from custom_components.cisco_unified_presence.pws.presence_list import read_listed
from custom_components.cisco_unified_presence.pws.rest_answers import (
    Reply,
    read_contacts,
    read_location_id,
    read_reply,
    read_session,
    the_one_among,
)
from custom_components.cisco_unified_presence.pws.soap_answers import (
    read_id,
    read_presence_list,
    read_response,
    read_status,
)
from custom_components.cisco_unified_presence.pws.soap_answers import (
    read_session as read_session_of_soap,
)
from custom_components.cisco_unified_presence.pws.soap_writer import _unknown
from custom_components.cisco_unified_presence.pws.xml import parse

ANNA = Concerning("anna")


HTML = b"<html><body>x</body></html>"


BLANKS = b" " * 9


def rest(status: int, body: bytes = b"") -> Reply:
    return read_reply(Answer.parsed(status, None, body), ANNA)


def soap(status: int, body: bytes = b"") -> object:
    return read_response(Answer.parsed(status, None, body), ANNA)


def listed(text: str) -> object:
    (found,) = read_listed(parse(text.encode()), rich=False)
    assert found.unreadable is not None
    raise AnswerNotUnderstood(found.unreadable.detail, found.unreadable.sample)


def too_long_a_contact() -> None:
    list(salvage._parsed(b"x" * (256 * 1024 + 1), lambda _: iter(())))  # type: ignore[arg-type, return-value]


ROOT = parse(b"<r>text</r>")


@pytest.mark.parametrize(
    ("read", "detail", "sample"),
    [
        (lambda: raise_fault(200, None, ANNA), "it is an error without a code", ""),
        (lambda: read_session(Reply(None, None), "anna"), "it is empty", ""),
        (
            lambda: read_session(Reply(None, ROOT), "anna"),
            "its root is 'r', not 'session'",
            "<r>text</r>",
        ),
        (
            lambda: read_session(Reply(None, parse(b"<session/>")), "anna"),
            "a login without a session key",
            "",
        ),
        (lambda: rest(300), "it is a redirection (HTTP status 300)", ""),
        (lambda: rest(399), "it is a redirection (HTTP status 399)", ""),
        (lambda: rest(200, HTML), "it is an HTML page", HTML.decode()),
        (
            lambda: read_location_id(Reply(None, None), "endpoints"),
            "it does not say where in endpoints the new one is",
            "",
        ),
        (
            lambda: the_one_among((), "a@x"),
            "it does not speak of the contact that was asked for",
            "",
        ),
        (
            lambda: next(read_contacts(Reply(None, parse(b"<presence/>")))),
            "a rich presence that names nobody",
            "<presence></presence>",
        ),
        (
            lambda: _matched(("a@x", "b@x"), ()),
            "it does not speak of the contacts that were asked for",
            "",
        ),
        (lambda: soap(300), "it is a redirection (HTTP status 300)", ""),
        (lambda: soap(399), "it is a redirection (HTTP status 399)", ""),
        (lambda: soap(200, HTML), "it is an HTML page", ""),
        (lambda: soap(200, b"<r/>"), "its root is 'r', not a SOAP envelope", ""),
        (lambda: read_id(None, "endPointID"), "it is empty", ""),
        (lambda: read_id(ROOT, "endPointID"), "it does not tell the endPointID", ""),
        (lambda: next(read_presence_list(None, rich=False)), "it is empty", ""),
        (
            lambda: read_status(parse(b"<r status='BROKEN'/>")),
            "its status is 'BROKEN'",
            "",
        ),
        (lambda: read_session_of_soap(None, "anna"), "it is empty", ""),
        (lambda: read_der(b"x"), "its certificate is unreadable", ""),
        (
            lambda: contacts._domain_in(ROOT),
            "it does not tell the presence domain",
            "",
        ),
        (
            lambda: encodings.encoding_of(b"<?xml encoding='utf-7'?>", None),
            "it is not well-formed XML",
            "",
        ),
        (
            lambda: parse_description(b"<!DOCTYPE a><a/>"),
            "it holds too much for the description of a service",
            "",
        ),
        (lambda: parse_description(b"<a>"), "it is not well-formed XML", ""),
        (
            lambda: read_pidf(ROOT),
            "a rich presence that is no PIDF document",
            "<r>text</r>",
        ),
        (
            lambda: read_pidf("x" * (128 * 1024 + 1)),
            "a rich presence that is too long",
            "x" * 2000,
        ),
        (lambda: read_pidf("x"), "it is not well-formed XML", "x"),
        (
            lambda: listed("<l><contact/></l>"),
            "a contact without a presence",
            "<contact></contact>",
        ),
        (
            lambda: listed("<l><contact presenceStatus='BUSY'/></l>"),
            "a contact without a URI",
            '<contact presenceStatus="BUSY"></contact>',
        ),
        (too_long_a_contact, "a contact that is too long", ""),
        (
            lambda: (_ for _ in ()).throw(_unknown("{urn:x}since")),
            "its description requires a field that is not known, since",
            "",
        ),
        (lambda: parse(b"x" * (8 * 1024 * 1024 + 1)), "it is larger than 8 MiB", ""),
        (lambda: parse(BLANKS), "it is empty", ""),
        (lambda: parse(b"X<a/>"), "it is not well-formed XML", "X<a/>"),
        (lambda: parse(b"<a>"), "it is not well-formed XML", "<a>"),
        (lambda: parse(b"<a><html>"), "it is an HTML page", "<a><html>"),
        (lambda: parse(b"<a>" + b" " * 600 + b"<html>"), "it is not well-formed XML", None),
        (
            lambda: parse(b"<!DOCTYPE a><a/>"),
            "it holds a document type, which the service never sends",
            "",
        ),
        (lambda: parse(b"<!DOCTYPE HTML><a/>"), "it is an HTML page", ""),
        (lambda: parse(b"<a " + b"x" * 90_000), "it holds too long a tag", None),
    ],
)
def test_why_an_answer_is_not_understood(
    read: Callable[[], object], detail: str, sample: str | None
) -> None:
    with pytest.raises(AnswerNotUnderstood) as error:
        read()
    assert error.value.detail == detail
    assert str(error.value) == f"The server's answer was not understood: {detail}."
    if sample is not None:
        assert error.value.sample == sample


@pytest.mark.parametrize(
    ("name", "body", "detail"),
    [
        ("MAX_ELEMENTS", b"<r><a/></r>", "it holds too many elements"),
        ("MAX_NAMES", b"<r><a/></r>", "it holds too many different names"),
    ],
)
def test_why_a_large_document_is_not_read(
    monkeypatch: pytest.MonkeyPatch, name: str, body: bytes, detail: str
) -> None:
    monkeypatch.setattr(xml, name, 1)
    with pytest.raises(AnswerNotUnderstood) as error:
        parse(body)
    assert (error.value.detail, error.value.sample) == (detail, body.decode())


def test_a_sample_is_cut() -> None:
    with pytest.raises(AnswerNotUnderstood) as error:
        parse(b"x" * 20_001)
    assert error.value.sample == "x" * 20_000


@pytest.mark.parametrize(
    ("text", "is_document"),
    [(" \ufeff\r\n\t&lt;presence/>", True), ("X&lt;presence/>", False), ("X", False)],
)
def test_where_a_document_in_a_contact_begins(text: str, *, is_document: bool) -> None:
    listed = f"<l><contact contactURI='a@x'>{text}</contact></l>"
    (found,) = read_listed(parse(listed.encode()), rich=True)
    assert (found.rich is not None) is is_document


def test_the_sample_of_a_document_in_a_contact() -> None:
    text = "<l><contact contactURI='a@x'>&lt;presence&gt;&lt;x</contact></l>"
    (found,) = read_listed(parse(text.encode()), rich=True)
    assert found.unreadable is not None
    assert found.unreadable.sample == "<presence><x"
