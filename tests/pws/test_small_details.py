"""Small things of the client that nothing else shows."""

from xml.etree.ElementTree import Element

from lxml import etree
import pytest

from custom_components.cisco_unified_presence.pws import (
    AnswerNotUnderstood,
    NodePolicy,
    PlainHttp,
    Presence,
    Redirected,
    RedirectRefusal,
    RedirectRefused,
    Server,
    contacts,
    encodings,
    read_pidf,
    salvage,
    xml,
)
from custom_components.cisco_unified_presence.pws.presence_list import read_listed
from custom_components.cisco_unified_presence.pws.wsdl import ServiceDescription
from custom_components.cisco_unified_presence.pws.xml import parse
from tests.common.pauses import note_pauses

SERVER = Server(host="cup", port=8082, security=PlainHttp())


async def test_long_documents_are_parsed_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = note_pauses(monkeypatch)
    short, long = b"<r/>", b"<r>" + b"x" * 16 * 1024 + b"</r>"
    assert (await xml.parse_in_turns(short)).tag == "r"
    assert pauses == []
    assert len((await xml.parse_in_turns(long)).text or "") == 16 * 1024
    # It is decoded, counted and parsed in two slices each.
    assert pauses == [0, 0, 0]


@pytest.mark.parametrize("location", [None, "", "//[", "/path"])
def test_a_redirection_that_names_no_node(location: str | None) -> None:
    with pytest.raises(RedirectRefused) as error:
        NodePolicy().target_of(Redirected(None, None, location), SERVER)
    assert (error.value.refusal, error.value.target) == (RedirectRefusal.UNREADABLE, "")


def test_the_language_of_a_note_beside_other_attributes() -> None:
    found = read_pidf(
        '<presence><note id="x" xml:lang="de">a</note><note id="y" lang="fr">b</note></presence>'
    )
    assert [note.language for note in found.notes] == ["de", "fr"]


def test_a_contact_of_whom_a_child_tells_the_uri_alone() -> None:
    root = parse(b"<l><contact><contactURI>a@x</contactURI></contact></l>")
    (found,) = read_listed(root, rich=True)
    assert (found.contact, found.presence, found.unreadable) == ("a@x", Presence.UNKNOWN, None)


def test_where_a_contact_begins() -> None:
    def begins(text: bytes) -> int | None:
        return salvage._beginning_before(text, text.index(b"contactURI"))

    assert begins(b"<l><contact contactURI=") == 3
    assert begins(b"<l><contact><contactURI") == 3
    assert begins(b"<l><contact><y contactURI") == 3
    assert begins(b"<l><contact><y><contactURI") is None
    assert begins(b"contactURI") is None


def test_a_contact_whose_tag_names_the_field_twice_is_one() -> None:
    text = b"<l><contact contactURI='a@x' of='contactURI'/></l>"
    steps = salvage._beginnings(text)
    with pytest.raises(StopIteration) as end:
        next(steps)
    assert end.value.value == [3]


def test_a_document_may_say_its_encoding() -> None:
    text = b"<?xml version='1.0' encoding='latin1'?><a>\xe4</a>"
    assert encodings.utf8_at_once(text, None).decode().endswith("<a>ä</a>")
    assert parse(text).text == "ä"


def test_elements_of_the_contact_service() -> None:
    made = contacts._element("session-key", "KEY")
    assert etree.tostring(made) == (
        b'<epas:session-key xmlns:epas="urn:cisco:epas:soap">KEY</epas:session-key>'
    )


def test_a_sample_of_an_element() -> None:
    element = Element("a")
    element.text = "x" * 9
    with pytest.raises(AnswerNotUnderstood) as error:
        read_pidf(element)
    assert error.value.sample == "<a>xxxxxxxxx</a>"


class Parts:
    """Counts how often parts were taken, and forgotten."""

    def __init__(self) -> None:
        self.taken = 0
        self.forgotten = 0

    def take(self, root: Element) -> None:
        assert root.tag == "r"
        self.taken += 1

    def forget(self) -> None:
        self.forgotten += 1


async def test_parts_of_a_document_that_is_refused_are_forgotten() -> None:
    inside = b"<a/>" * 5000
    whole, broken = Parts(), Parts()
    await xml.parse_in_turns(b"<r>" + inside + b"</r>", parts=whole)
    assert (whole.taken, whole.forgotten) == (1, 0)
    with pytest.raises(AnswerNotUnderstood):
        await xml.parse_in_turns(b"<r>" + inside + b"<b></r>", parts=broken)
    assert (broken.taken, broken.forgotten) == (1, 1)


def test_an_operation_without_a_message_is_the_element_of_its_name() -> None:
    described = ServiceDescription(
        etree.fromstring(
            '<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/"><w:types>'
            '<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t">'
            '<x:element name="LogOut"/></x:schema></w:types>'
            '<w:portType name="P"><w:operation name="logout"/></w:portType></w:definitions>'
        )
    )
    declared = described.request("logout")
    assert declared is not None
    assert declared.tag == "{urn:t}LogOut"
