"""Documents and lists as real senders write them, in ``documents``; the people are invented."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.pws import (
    Activity,
    AnswerNotUnderstood,
    ContactPresence,
    Presence,
    contact_key,
    read_pidf,
)
from custom_components.cisco_unified_presence.pws.answers import Concerning
from custom_components.cisco_unified_presence.pws.exchange import Answer
from custom_components.cisco_unified_presence.pws.rest_answers import read_contacts, read_reply
from custom_components.cisco_unified_presence.pws.soap_answers import (
    read_presence_list,
    read_response,
)

DOCUMENTS: Final = Path(__file__).parent / "documents"
NOW: Final = datetime(2026, 11, 29, 13, 0, tzinfo=UTC)
ABOUT: Final = Concerning("watcher")
KIM: Final = "kim@example.com"
LEE: Final = "lee@example.com"


# The word and the note of each.
READ_AS: Final[dict[str, tuple[Presence, str | None]]] = {
    "activity-as-text": (Presence.BUSY, "on a call"),
    "activity-in-capitals": (Presence.BUSY, None),
    "activity-steering": (Presence.BUSY, None),
    "activity-spectator": (Presence.AWAY, None),
    "activity-sleeping": (Presence.UNAVAILABLE, None),
    "activity-holiday": (Presence.VACATION, None),
    "activity-other": (Presence.AVAILABLE, None),
    "activity-over": (Presence.AVAILABLE, None),
    "activity-with-other-offset": (Presence.AVAILABLE, None),
    "activity-until-nonsense": (Presence.BUSY, None),
    "note-only-in-tuple": (Presence.AVAILABLE, "Back at three"),
    "note-of-mood": (Presence.BUSY, "In the workshop"),
    "note-in-two-languages": (Presence.BUSY, "At lunch"),
    "note-with-markup": (Presence.BUSY, "Until four, then gone"),
    "note-of-everyone": (Presence.AVAILABLE, "of the person"),
    "two-persons": (Presence.BUSY, "In a call"),
    "willingness": (Presence.AVAILABLE, None),
    "assistant": (Presence.UNAVAILABLE, None),
    "assistant-as-element": (Presence.UNAVAILABLE, None),
    "self": (Presence.AVAILABLE, None),
    "phone-behind-what-is-set": (Presence.DND, None),
}

WORDS: Final = {
    Presence.BUSY: (
        "appointment meeting presentation performance working in-transit steering worship busy "
        "on-the-phone"
    ),
    Presence.AWAY: (
        "away breakfast dinner lunch meal shopping travel spectator tv looking-for-work"
    ),
    Presence.VACATION: "vacation holiday",
    Presence.UNAVAILABLE: "permanent-absence sleeping",
    Presence.AVAILABLE: "other unknown",
}


def test_every_document_is_read() -> None:
    assert {file.stem for file in DOCUMENTS.glob("pidf-*")} == {f"pidf-{each}" for each in READ_AS}


@pytest.mark.parametrize("name", READ_AS)
def test_a_document_says_what_a_person_reads_in_it(name: str) -> None:
    rich = read_pidf((DOCUMENTS / f"pidf-{name}.xml").read_bytes(), now=NOW)
    assert (rich.presence, rich.note) == READ_AS[name]


@pytest.mark.parametrize(
    ("word", "presence"),
    [(word, presence) for presence, words in WORDS.items() for word in words.split()],
)
@pytest.mark.parametrize(
    "written", ["<{}/>", "<activity>{}</activity>", "<activity> {} </activity>"]
)
@pytest.mark.parametrize("spelled", [str, str.upper, str.title])
def test_words_of_rfc_4480(word: str, presence: Presence, written: str, spelled: object) -> None:
    assert callable(spelled)
    activity = written.format(spelled(word))
    rich = read_pidf(
        "<presence><tuple id='c'><status><basic>open</basic></status></tuple>"
        f"<person><activities>{activity}</activities></person></presence>"
    )
    assert rich.presence is presence
    assert (Activity.ON_THE_PHONE in rich.activities) is (word == "on-the-phone")


@pytest.mark.parametrize(
    ("language", "note"),
    [("de", "Am Zmittag"), ("de-CH", "Am Zmittag"), ("en-GB", "At lunch"), ("fr", "At lunch")],
)
def test_the_note_in_the_language_of_home_assistant(language: str, note: str) -> None:
    rich = read_pidf((DOCUMENTS / "pidf-note-in-two-languages.xml").read_bytes())
    assert rich.note_in(language) == note


def test_a_call_behind_what_is_set_is_seen_and_a_meeting_that_is_set_is_not() -> None:
    rich = read_pidf((DOCUMENTS / "pidf-phone-behind-what-is-set.xml").read_bytes())
    assert rich.reported_activities == {Activity.DND, Activity.ON_THE_PHONE}


@pytest.mark.parametrize("holder", ["person", "tuple"])
@pytest.mark.parametrize("inside", ["{}", "<status>{}</status>"])
def test_an_activity_outside_of_activities(holder: str, inside: str) -> None:
    activity = inside.format("<activity>on-the-phone</activity>")
    rich = read_pidf(f"<presence><{holder}>{activity}</{holder}></presence>")
    assert rich.presence is Presence.BUSY


def test_an_activity_that_is_over_is_none_outside_of_its_group_either() -> None:
    over = "<activities until='2001-01-01T00:00:00Z'><activity>busy</activity></activities>"
    rich = read_pidf(f"<presence><person>{over}</person></presence>")
    assert rich.presence is Presence.UNKNOWN


def test_the_tuple_of_a_relative_who_stands_in_the_status() -> None:
    status = "<status><basic>open</basic><relationship><family/></relationship></status>"
    rich = read_pidf(f"<presence><tuple id='a'>{status}</tuple></presence>")
    assert rich.devices == ()


@pytest.mark.parametrize("own", ["pws-override", "pws-persistent", "cisco-pws"])
def test_what_is_set_through_the_service_reports_nothing(own: str) -> None:
    tuple_ = f"<tuple id='{own}'><activities><on-the-phone/><meeting/></activities></tuple>"
    assert read_pidf(f"<presence>{tuple_}</presence>").reported_activities == frozenset()


# Lists


def in_rest(body: bytes, charset: str | None = None, *, rich: bool) -> list[ContactPresence]:
    reply = read_reply(Answer.parsed(200, None, body, charset), ABOUT)
    return list(read_contacts(reply, rich=rich))


def in_soap(body: bytes, charset: str | None = None, *, rich: bool) -> list[ContactPresence]:
    declaration, mark, inside = body.rpartition(b"?>\n")
    envelope = declaration + mark + b"<e:Envelope xmlns:e='urn:e'><e:Body><r>" + inside
    envelope += b"</r></e:Body></e:Envelope>"
    response = read_response(Answer.parsed(200, None, envelope, charset), ABOUT)
    return list(read_presence_list(response, rich=rich))


class Read(Protocol):
    """Reads a list in the form of a dialect."""

    def __call__(
        self, body: bytes, charset: str | None = None, *, rich: bool
    ) -> list[ContactPresence]: ...


DIALECTS: Final = pytest.mark.parametrize("read", [in_rest, in_soap])


@DIALECTS
@pytest.mark.parametrize(
    "name", ["escaped-says-utf-16", "escaped-says-latin-1", "escaped-with-mark"]
)
def test_what_an_escaped_document_says_of_its_encoding_does_not_count(
    read: Read, name: str
) -> None:
    kim, lee = read((DOCUMENTS / f"list-{name}.xml").read_bytes(), rich=True)
    assert (kim.contact, kim.presence, kim.unreadable) == (KIM, Presence.BUSY, None)
    assert kim.rich
    assert kim.rich.note == "Büro"
    assert (lee.contact, lee.presence) == (LEE, Presence.AWAY)


@DIALECTS
@pytest.mark.parametrize(
    "name",
    ["escaped-broken", "broken-markup", "control-character", "no-pidf", "error-inside", "no-uri"],
)
def test_one_contact_that_cannot_be_read_is_one(read: Read, name: str) -> None:
    kim, lee = read((DOCUMENTS / f"list-{name}.xml").read_bytes(), rich=True)
    assert (kim.contact, kim.presence) == ("" if name == "no-uri" else KIM, Presence.UNKNOWN)
    assert kim.unreadable
    assert kim.unreadable.sample
    assert (lee.contact, lee.presence, lee.unreadable) == (LEE, Presence.AWAY, None)


@DIALECTS
def test_a_contact_without_a_word_is_one(read: Read) -> None:
    kim, lee = read((DOCUMENTS / "basic-without-a-word.xml").read_bytes(), rich=False)
    assert (kim.contact, kim.presence) == (KIM, Presence.UNKNOWN)
    assert kim.unreadable
    assert lee == ContactPresence(LEE, Presence.AWAY)


@DIALECTS
def test_a_contact_without_a_uri_is_one(read: Read) -> None:
    nobody, lee = read((DOCUMENTS / "basic-without-a-uri.xml").read_bytes(), rich=False)
    assert nobody.contact == ""
    assert lee == ContactPresence(LEE, Presence.AWAY)


@DIALECTS
def test_schemes_are_not_part_of_a_contact(read: Read) -> None:
    kim, lee = read((DOCUMENTS / "basic-with-schemes.xml").read_bytes(), rich=False)
    assert kim == ContactPresence(KIM, Presence.BUSY)
    assert contact_key(lee.contact) == LEE


def test_a_list_that_is_cut_off_is_refused() -> None:
    body = (DOCUMENTS / "list-broken-markup.xml").read_bytes().rstrip()
    for length in range(len(body)):
        answer = Answer.parsed(200, None, body[:length])
        if answer.root is not None:
            pytest.fail(f"{length} bytes were read")


# Encodings


PLAIN: Final = (
    '<presenceList type="rich"><contact contactURI="kim@example.com"><presence><person>'
    "<activities><busy/></activities><note>Büro</note></person></presence></contact></presenceList>"
)
DECLARED: Final = '<?xml version="1.0" encoding="{}"?>' + PLAIN


@DIALECTS
@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (PLAIN.encode("iso-8859-1"), "ISO-8859-1"),
        (PLAIN.encode("windows-1252"), "windows-1252"),
        (PLAIN.encode(), "utf-8"),
        (PLAIN.encode(), None),
        (PLAIN.encode(), "klingon"),
        (PLAIN.encode(), "x" * 200),
        (PLAIN.encode("windows-1252"), None),
    ],
)
def test_the_charset_of_the_header_counts_where_the_document_is_silent(
    read: Read, body: bytes, charset: str | None
) -> None:
    (kim,) = read(body, charset, rich=True)
    assert kim.rich
    assert (kim.presence, kim.rich.note) == (Presence.BUSY, "Büro")


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (DECLARED.format("utf-8").encode(), "iso-8859-1"),
        (DECLARED.format("iso-8859-1").encode("iso-8859-1"), "utf-8"),
        (DECLARED.format("utf-16").encode("utf-16"), "utf-8"),
        (DECLARED.format("utf-16").encode(), None),
        ("\ufeff".encode() + DECLARED.format("iso-8859-1").encode(), None),
        (PLAIN.encode("utf-16-le"), None),
        (PLAIN.encode("utf-16-be"), "utf-8"),
    ],
)
def test_the_document_s_own_word_wins_unless_it_cannot_be_true(
    body: bytes, charset: str | None
) -> None:
    (kim,) = in_rest(body, charset, rich=True)
    assert kim.rich
    assert kim.rich.note == "Büro"


# Properties


NAMES: Final = st.sampled_from(
    [
        "presence",
        "person",
        "tuple",
        "activities",
        "activity",
        "status",
        "basic",
        "note",
        "relationship",
        "class",
        "contact",
        "x",
    ]
)
TEXTS: Final = st.sampled_from(["", "open", "busy", "assistant", "sip:a@b", "ü&amp;", "manual"])


@st.composite
def markup(draw: st.DrawFn, depth: int = 0) -> str:
    name = "presence" if depth == 0 else draw(NAMES)
    inner = draw(st.lists(markup(depth + 1), max_size=3)) if depth < 4 else []
    attribute = draw(
        st.sampled_from(["", " until='2020-01-01T00:00:00Z'", " id='i'", " xml:lang='de'"])
    )
    return f"<{name}{attribute}>{draw(TEXTS)}{''.join(inner)}</{name}>"


def broken(document: str, at: int, what: str) -> str:
    at %= len(document) + 1
    return document[:at] + what + document[at:]


@given(markup(), st.integers(0, 5000), st.sampled_from(["<", "&", "</x>", "&#0;", "\x01", ""]))
def test_whatever_one_document_is_the_others_are_read(document: str, at: int, what: str) -> None:
    kim = broken(document, at, what)
    body = (
        f'<presenceList type="rich"><contact contactURI="{KIM}">{kim}</contact>'
        f'<contact contactURI="{LEE}"><presence><person><activities><away/></activities></person>'
        "</presence></contact></presenceList>"
    )
    *_, lee = in_rest(body.encode(), rich=True)
    assert (lee.contact, lee.presence) == (LEE, Presence.AWAY)


@given(markup())
def test_a_document_is_read_alike_as_element_as_text_and_as_bytes(document: str) -> None:
    escaped = document.replace("&", "&amp;").replace("<", "&lt;")
    lists = [
        in_rest(
            f'<presenceList><contact contactURI="{KIM}">{inside}</contact></presenceList>'.encode(),
            rich=True,
        )
        for inside in (document, escaped, f"<![CDATA[{document}]]>")
    ]
    assert [each.rich for each in lists[0]] == [each.rich for each in lists[1]]
    assert lists[1] == lists[2]
    assert [each.rich for each in lists[0]] == [read_pidf(document)]


@given(st.text(max_size=200))
def test_any_text_is_a_document_or_none(text: str) -> None:
    try:
        rich = read_pidf(text)
    except AnswerNotUnderstood:
        return
    assert rich.presence in Presence


@given(st.text(max_size=60), st.sampled_from(["sip:", "SIPS:", "xmpp:", "pres:", "Im:"]))
def test_a_scheme_never_makes_another_person(name: str, scheme: str) -> None:
    contact = f"{name.translate({ord(each): 'x' for each in ':;?'})}@example.com".strip()
    assert contact_key(f"{scheme}{contact}") == contact_key(contact)
