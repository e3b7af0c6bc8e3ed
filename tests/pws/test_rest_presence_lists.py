"""Reading answers: presence lists and documents."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.pws import (
    Activity,
    AnswerNotUnderstood,
    ContactPresence,
    Presence,
)
from custom_components.cisco_unified_presence.pws.answers import Concerning
from custom_components.cisco_unified_presence.pws.exchange import Answer
from custom_components.cisco_unified_presence.pws.rest_answers import (
    Reply,
    read_contacts,
    read_reply,
    the_one_among,
)
from custom_components.cisco_unified_presence.pws.xml import parse

from .wire import FIRST_FETCH, RICH_ANNA

ABOUT = Concerning("anna", secrets=("KEY", ""))


def replied(body: bytes, location: str | None = None) -> Reply:
    """Return a successful answer."""
    return read_reply(Answer.parsed(200, location, body), ABOUT)


def contacts_in(body: bytes) -> list[ContactPresence]:
    """Return what a successful answer says of contacts."""
    return list(read_contacts(replied(body)))


def read_contact(reply: Reply, contact: str) -> ContactPresence:
    """Return what an answer to a poll says of the contact that was asked for."""
    return the_one_among(list(read_contacts(reply, asked=contact)), contact)


def test_a_presence_list_as_a_real_server_writes_it() -> None:
    assert contacts_in(FIRST_FETCH) == [
        ContactPresence("anna@example.com", Presence.AVAILABLE),
        ContactPresence("ben@example.com", Presence.UNKNOWN),
    ]


@pytest.mark.parametrize(
    "inside",
    [
        '<contact contactURI="a@b" presenceStatus="DND"/>',
        '<x:contact xmlns:x="urn:x" x:contactURI="a@b" x:presenceStatus="DND"/>',
        "<contact><contactURI>a@b</contactURI><presenceStatus>DND</presenceStatus></contact>",
    ],
)
def test_basic_presence_in_other_shapes(inside: str) -> None:
    body = f'<presenceList type="basic"><other/>{inside}</presenceList>'.encode()
    assert contacts_in(body) == [ContactPresence("a@b", Presence.DND)]


def test_nothing_new() -> None:
    assert contacts_in(b'<presenceList type="basic"/>') == []


def escaped(document: bytes) -> bytes:
    """Return a document as text in another one."""
    return document.replace(b"&", b"&amp;").replace(b"<", b"&lt;")


@pytest.mark.parametrize(
    "inside",
    [
        RICH_ANNA,
        escaped(RICH_ANNA),
        b"\n" + escaped(b'<?xml version="1.0" encoding="UTF-8"?>\n' + RICH_ANNA),
        b"<richPresence>" + RICH_ANNA + b"</richPresence>",
        b"<richPresence>" + escaped(RICH_ANNA) + b"</richPresence>",
        b"<![CDATA[" + RICH_ANNA + b"]]>",
    ],
)
def test_rich_presence_inside_a_contact(inside: bytes) -> None:
    body = (
        b'<presenceList type="rich"><contact contactURI="anna@example.com">'
        + inside
        + b"</contact></presenceList>"
    )
    (contact,) = contacts_in(body)
    assert contact.contact == "anna@example.com"
    assert contact.presence is Presence.BUSY
    assert contact.rich is not None
    assert contact.rich.activities == {Activity.BUSY, Activity.MEETING}
    assert len(contact.rich.devices) == 2


def test_a_bare_document_is_a_list_of_one() -> None:
    (contact,) = contacts_in(RICH_ANNA)
    assert (contact.contact, contact.presence) == ("anna@example.com", Presence.BUSY)


def test_a_bare_document_is_about_its_entity() -> None:
    contact = read_contact(replied(RICH_ANNA), "anna@example.com")
    assert contact.contact == "anna@example.com"
    assert contact.presence is Presence.BUSY
    assert contact.rich is not None


def test_a_bare_document_that_names_nobody_is_about_whom_was_asked() -> None:
    contact = read_contact(replied(b"<presence><person/></presence>"), "anna@example.com")
    assert contact.contact == "anna@example.com"


def test_a_bare_document_that_cannot_be_read_is_about_whom_was_asked_or_nobody() -> None:
    body = b"<presence>" + b"<a/>" * 2000 + b"</presence>"
    contact = read_contact(replied(body), "anna@example.com")
    assert (contact.contact, contact.presence) == ("anna@example.com", Presence.UNKNOWN)
    assert contact.unreadable
    with pytest.raises(AnswerNotUnderstood, match="too many elements"):
        contacts_in(body)


def test_a_contact_of_whom_nothing_is_known() -> None:
    body = b'<presenceList type="rich"><contact contactURI="a@b"/></presenceList>'
    assert contacts_in(body) == [ContactPresence("a@b", Presence.UNKNOWN)]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "empty"),
        (b"<session/>", "root is 'session'"),
        (b"<presence>BUSY</presence>", "names nobody"),
    ],
)
def test_what_is_no_presence_list(body: bytes, what: str) -> None:
    with pytest.raises(AnswerNotUnderstood, match=what):
        contacts_in(body)


@pytest.mark.parametrize(
    ("uri", "contact"),
    [("a@b", "a@b"), ("A@B", "A@B"), ("sip:a@b", "a@b"), ("XMPP:A@b", "A@b"), ("sip:a@b;x", "a@b")],
)
def test_a_poll_finds_its_contact(uri: str, contact: str) -> None:
    body = f'<presenceList><contact contactURI="{uri}" presenceStatus="DND"/></presenceList>'
    expected = ContactPresence(contact, Presence.DND)
    assert read_contact(replied(body.encode()), "a@b") == expected


def test_a_poll_finds_its_contact_among_others() -> None:
    assert read_contact(replied(FIRST_FETCH), "BEN@example.com") == ContactPresence(
        "ben@example.com", Presence.UNKNOWN
    )


@pytest.mark.parametrize("body", [FIRST_FETCH, b"<presenceList/>"])
def test_a_poll_that_speaks_of_others(body: bytes) -> None:
    with pytest.raises(AnswerNotUnderstood, match="asked for"):
        read_contact(replied(body), "cy@example.com")


URIS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cc", "Cs", "Z"], exclude_characters="\ufffe\uffff"
    ),
    min_size=1,
    max_size=20,
)


@given(st.lists(st.tuples(URIS, st.sampled_from(Presence)), max_size=20))
def test_any_presence_list(contacts: list[tuple[str, Presence]]) -> None:
    def attribute(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")

    rows = "".join(
        f'<contact contactURI="{attribute(uri)}" presenceStatus="{word}"/>'
        for uri, word in contacts
    )
    found = contacts_in(f'<presenceList type="basic">{rows}</presenceList>'.encode())
    assert found == [ContactPresence(uri, word) for uri, word in contacts]


@given(st.data())
def test_a_damaged_list_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(FIRST_FETCH)
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = list(read_contacts(Reply(None, parse(bytes(whole)))))
    except AnswerNotUnderstood:
        return
    assert len(found) <= 2


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (["ben@x"], "ben@x"),
        (["BEN@x"], "BEN@x"),
        # A server that has its own name for the one who was asked for.
        (["benjamin@x"], "benjamin@x"),
        (["anna@x", "sip:Ben@x"], "sip:Ben@x"),
        ([], None),
        (["anna@x", "cy@x"], None),
        (["ben@x", "ben@x"], None),
    ],
)
def test_the_one_who_was_asked_for(found: list[str], told: str | None) -> None:
    seen = [ContactPresence(each, Presence.BUSY) for each in found]
    if told is not None:
        assert the_one_among(seen, "ben@x").contact == told
        return
    with pytest.raises(AnswerNotUnderstood, match="does not speak of the contact"):
        the_one_among(seen, "ben@x")
