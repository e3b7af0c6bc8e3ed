"""Descriptions of services, which are parsed with their namespaces."""

import pytest

from custom_components.cisco_unified_presence.pws import AnswerNotUnderstood
from custom_components.cisco_unified_presence.pws.lxml_document import parse_description


def test_comments_and_instructions_are_left_out() -> None:
    root = parse_description(b'<a:r xmlns:a="urn:a"><!-- c --><?p?><a:b/></a:r>')

    assert root.tag == "{urn:a}r"
    assert [child.tag for child in root] == ["{urn:a}b"]


def test_the_charset_of_the_answer_counts() -> None:
    assert parse_description("<r>ä</r>".encode("iso-8859-1"), "iso-8859-1").text == "ä"


@pytest.mark.parametrize(
    "body",
    [
        b"<r>" + b"<a/>" * 10_000 + b"</r>",
        b"<r " + b" ".join(b'a%d=""' % number for number in range(10_000)) + b"/>",
        b"<!DOCTYPE r><r/>",
    ],
)
def test_too_much(body: bytes) -> None:
    with pytest.raises(AnswerNotUnderstood, match="it holds too much for the description"):
        parse_description(body)


@pytest.mark.parametrize("body", [b"<r>", b"text"])
def test_not_well_formed(body: bytes) -> None:
    with pytest.raises(AnswerNotUnderstood, match="it is not well-formed XML"):
        parse_description(body)
