"""How much of an answer is read: each limit at its border."""

from xml.etree.ElementTree import Element, SubElement

import pytest

from custom_components.cisco_unified_presence.pws import contacts, encodings, xml
from custom_components.cisco_unified_presence.pws.contacts import ContactGroup, ContactList
from custom_components.cisco_unified_presence.pws.encodings import encoding_of, utf8_at_once
from custom_components.cisco_unified_presence.pws.errors import AnswerNotUnderstood, one_line
from custom_components.cisco_unified_presence.pws.lxml_document import parse_description
from custom_components.cisco_unified_presence.pws.pidf_reader import read_pidf
from custom_components.cisco_unified_presence.pws.xml import (
    attribute,
    child_named,
    field,
    field_anywhere,
    own_text,
    parse,
    whole_text,
)

# Documents of people


def test_elements_of_a_document() -> None:
    # The root counts.
    assert read_pidf(f"<presence>{'<a/>' * 1999}</presence>").presence == "UNKNOWN"
    assert read_pidf(f"<presence>{'<a/>' * 1999}</presence>".encode()).presence == "UNKNOWN"
    for document in (
        f"<presence>{'<a/>' * 2000}</presence>",
        f"<presence>{'<a/>' * 2000}</presence>".encode(),
    ):
        with pytest.raises(AnswerNotUnderstood, match="of too many elements"):
            read_pidf(document)


def test_characters_of_a_document() -> None:
    beginning, end = "<presence><note>", "</note></presence>"
    filling = "x" * (128 * 1024 - len(beginning + end))
    assert read_pidf(f"{beginning}{filling}{end}").note == "x" * 1000
    with pytest.raises(AnswerNotUnderstood, match="that is too long") as error:
        read_pidf(f"{beginning}{filling}x{end}")
    assert error.value.sample == f"{beginning}{filling}"[:2000]
    # Of marks that begin an element there are at most two for each.
    with pytest.raises(AnswerNotUnderstood, match="that is too long"):
        read_pidf(f"<presence>{'<' * 4000}")
    with pytest.raises(AnswerNotUnderstood, match="well-formed") as broken:
        read_pidf(f"<presence>{'<' * 3999}")
    assert broken.value.sample == f"<presence>{'<' * 3999}"[:2000]


def test_devices_notes_and_names() -> None:
    devices = "".join(f'<tuple id="{number}"/>' for number in range(33))
    assert len(read_pidf(f"<presence>{devices}</presence>").devices) == 32
    notes = "".join(f"<note>{number}</note>" for number in range(9))
    found = read_pidf(f"<presence>{notes}<person><class>manual</class></person></presence>")
    assert [note.text for note in found.notes] == list("01234567")
    long = "y" * 99
    found = read_pidf(
        f'<presence entity="{"e" * 600}"><display-name>{long}</display-name>'
        f'<tuple id="{long}"><source>{long}</source><user-input>{long}</user-input>'
        f'<note xml:lang="{long}">{"n" * 999} {"n" * 9}</note></tuple></presence>'
    )
    cut = "y" * 64
    assert (found.entity, found.display_name) == ("e" * 512, cut)
    (device,) = found.devices
    assert (device.id, device.source, device.user_input) == (cut, cut, cut)
    assert device.note == "n" * 999
    assert found.notes[0].language == cut


# Fields


def test_what_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MAX_SEARCHED", 3)
    root = Element("r", {"a": "1", "b": "2", "X-c": " 3 ", "X-d": "4"})
    assert attribute(root, "xc") == "3"
    assert attribute(root, "xd") is None
    for name in "efgh":
        SubElement(root, name).text = name
    assert child_named(root, "g") is root[2]
    assert child_named(root, "h") is None
    assert field(root, "g") == "g"
    assert field(root, "X-d") == "4"


def test_a_field_is_searched_near_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MAX_SEARCHED", 4)
    assert field_anywhere(parse(b"<r><a/><b/><c key='1'/></r>"), "KEY") == "1"
    assert field_anywhere(parse(b"<r><a/><b/><c/><d key='1'/></r>"), "KEY") is None
    assert field_anywhere(parse(b"<r><a/><b/><key>1</key></r>"), "KEY") == "1"
    assert field_anywhere(parse(b"<r><a/><b/><c/><key>1</key></r>"), "KEY") is None
    # Attributes count as well.
    assert field_anywhere(parse(b"<r a='1' b='2' c='3' key='4'/>"), "key") == "4"
    assert field_anywhere(parse(b"<r a='1' b='2' c='3' d='4' key='5'/>"), "key") is None
    # The root is no field of itself, and an empty one is none.
    assert field_anywhere(parse(b"<key>1</key>"), "key") is None
    assert field_anywhere(parse(b"<r key=''><key> </key><key>2</key></r>"), "key") == "2"


def test_texts_are_cut() -> None:
    long = "t" * 5000
    root = parse(f"<r a='{long}' B-b='{long}'>{long}<c>{long}</c></r>".encode())
    cut = "t" * 4096
    assert (attribute(root, "a"), attribute(root, "bb")) == (cut, cut)
    assert (own_text(root), field(root, "c"), whole_text(root)) == (cut, cut, cut)
    many = parse(f"<r>{'<p>x </p>' * 300}</r>".encode())
    assert whole_text(many) == " ".join(["x"] * 200)


def test_a_namespace_is_no_attribute() -> None:
    root = Element("r", {"xmlns:key": "no", "n:K-e-y": "yes"})
    assert attribute(root, "key") == "yes"


def test_one_line() -> None:
    assert one_line(" a\n b\x00c\t ") == "a b c"
    assert one_line("x" * 301) == "x" * 300
    assert one_line("abc", 2) == "ab"


# Whole documents


@pytest.mark.parametrize(
    ("name", "limit", "fits", "too_much"),
    [
        ("MAX_BODY", 10, b"<r>345</r>", b"<r>3456</r>"),
        ("MAX_ELEMENTS", 3, b"<r><a/><b/></r>", b"<r><a/><b/><c/></r>"),
        ("MAX_MARKUP", 4, b"<r a='' b=''/>", None),
        ("MAX_MARKUP", 4, b"<r a=''></r>", b"<r a='' b=''></r><!-- = -->"),
        ("MAX_NAMES", 3, b"<r a=''/>", b"<r a=''><b/><c/></r>"),
    ],
)
def test_documents_have_limits(
    monkeypatch: pytest.MonkeyPatch, name: str, limit: int, fits: bytes, too_much: bytes | None
) -> None:
    monkeypatch.setattr(xml, name, limit)
    assert parse(fits).tag == "r"
    if too_much is not None:
        with pytest.raises(AnswerNotUnderstood, match=r"larger than|too many"):
            parse(too_much)


def test_descriptions_have_a_limit() -> None:
    def described(count: int) -> bytes:
        return f"<r>{'<a b=""/>' * count}</r>".encode()

    assert len(parse_description(described(4999))) == 4999
    with pytest.raises(AnswerNotUnderstood, match="too much for the description"):
        parse_description(described(5000))
    with pytest.raises(AnswerNotUnderstood, match="too much for the description"):
        parse_description(b"<!DOCTYPE a><a/>")
    with pytest.raises(AnswerNotUnderstood, match="not well-formed"):
        parse_description(b"<a>")


# Encodings


@pytest.mark.parametrize(
    ("body", "charset", "encoding"),
    [
        (b"<a/>", None, "utf-8"),
        (b"<a/>", "iso-8859-1", "iso8859-1"),
        (b"<a/>", "latin1", "iso8859-1"),
        (b"<a/>", "utf-16", "utf-8"),
        (b"<a/>", "nonsense", "utf-8"),
        (b"<a/>", "rot13", "utf-8"),
        (b"<a/>", "x" * 41, "utf-8"),
        (b"\xef\xbb\xbf<a/>", "latin1", "utf-8"),
        (b"\xff\xfe\0\0<\0\0\0", None, "utf-32-le"),
        (b"\0\0\xfe\xff", None, "utf-32-be"),
        (b"\xff\xfe<\0", None, "utf-16-le"),
        (b"\xfe\xff\0<", None, "utf-16-be"),
        (b"<\0a\0", None, "utf-16-le"),
        (b"\0<\0a", None, "utf-16-be"),
        (b"<?xml version='1.0' encoding='Windows-1251'?>", "latin1", "cp1251"),
        (b' \r\n\t<?xml encoding = "koi8-r"?>', None, "koi8-r"),
        (b"<?xml encoding='gb2312'?>", None, "gb2312"),
        (b"<?xml encoding='shift_jis'?>", None, "shift_jis"),
        # The declaration was readable, so it is not true.
        (b"<?xml encoding='utf-16'?>", "latin1", "iso8859-1"),
        (b"<?xml encoding='UTF-32BE'?>", None, "utf-8"),
    ],
)
def test_the_encoding_of_a_document(body: bytes, charset: str | None, encoding: str) -> None:
    assert encoding_of(body, charset) == encoding


@pytest.mark.parametrize("name", ["rot13", "nonsense", "ebcdic-cp-us", "utf-7"])
def test_an_encoding_that_is_not_read(name: str) -> None:
    with pytest.raises(AnswerNotUnderstood, match="not well-formed"):
        encoding_of(f"<?xml encoding='{name}'?>".encode(), "latin1")


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        (b" \n<a>x</a>\n", None, "<a>x</a>\n"),
        (b"\xef\xbb\xbf \t<a/>", None, "<a/>"),
        (b"<a>\0\x07\x1f\t\r\n\x7f</a>", None, "<a>???\t\r\n\x7f</a>"),
        (b"<a>\xe4</a>", "latin1", "<a>ä</a>"),
        (b"<a>\x93</a>", None, "<a>“</a>"),
        (b"<a>\x93</a>", "ascii", "<a>“</a>"),
        (b"<a>\xff</a>", "shift_jis", "<a>\ufffd</a>"),
        (b"", None, ""),
        (b"", "latin1", ""),
    ],
)
def test_a_document_in_utf_8(body: bytes, charset: str | None, text: str) -> None:
    assert utf8_at_once(body, charset).decode() == text


def test_the_fallback_is_for_reading_alone() -> None:
    with pytest.raises(UnicodeEncodeError):
        "ä".encode("ascii", encodings._FALLBACK)


# Contact lists


def listed(text: str) -> ContactList:
    found = list(contacts._found_in(parse(text.encode())))
    return contacts._contact_list(found[: contacts._MAX_SEARCHED])


PERSONA = '<persona-id domain="example.com">anna</persona-id>'


@pytest.mark.parametrize(("others", "nickname"), [(9, "Annie"), (10, None)])
def test_an_element_around_a_contact_alone_names_it(others: int, nickname: str | None) -> None:
    text = f'<l><c alias="Annie">{PERSONA}{"<x/>" * others}</c></l>'
    found = listed(text)
    assert found.nicknames == ({"anna@example.com": nickname} if nickname else {})
    assert found.groups == (ContactGroup("", ("anna@example.com",)),)


@pytest.mark.parametrize("name", ["nickname", "alias", "displayName"])
def test_a_group_names_no_contact(name: str) -> None:
    assert listed(f'<group name="Team" {name}="x">{PERSONA}</group>').nicknames == {}


def test_names_in_a_list_are_cut() -> None:
    found = listed(
        f'<l><group name="{"g" * 101}"><persona-id domain="x" alias="{"n" * 101}">a</persona-id>'
        "</group></l>"
    )
    assert found == ContactList((ContactGroup("g" * 100, ("a@x",)),), {"a@x": "n" * 100})


@pytest.mark.parametrize(
    ("user", "domain", "is_read"),
    [
        ("a" * 256, "d" * 253, True),
        ("a" * 257, "d", False),
        ("a", "d" * 254, False),
        ("", "d", False),
        ("a", "", False),
        ("a@b", "d", False),
        ("a b", "d", False),
        ("a", "d:1", False),
        ("a", "d/e", False),
    ],
)
def test_which_contacts_can_be_read(user: str, domain: str, *, is_read: bool) -> None:
    found = listed(f'<group name="T"><persona-id domain="{domain}">{user}</persona-id></group>')
    expected = (f"{user}@{domain}",) if is_read else ()
    assert found == ContactList((ContactGroup("T", expected),), is_complete=is_read)


def test_groups_and_contacts_in_their_order() -> None:
    def persona(user: str) -> str:
        return f'<persona-id domain="x" nickname="{user.upper()}">{user}</persona-id>'

    found = listed(
        f'<l>{persona("a")}<group name="Z">{persona("c")}{persona("b")}{persona("c")}</group>'
        f'<group name="A"><group>{persona("d")}</group></group><group name="Z">{persona("e")}'
        "</group></l>"
    )
    assert found == ContactList(
        (
            ContactGroup("", ("a@x", "d@x")),
            ContactGroup("Z", ("c@x", "b@x", "e@x")),
            ContactGroup("A", ()),
        ),
        {"a@x": "A", "c@x": "C", "b@x": "B", "d@x": "D", "e@x": "E"},
    )


def test_a_list_that_is_too_long_is_not_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"<l>{PERSONA}<x/></l>"
    monkeypatch.setattr(contacts, "_MAX_SEARCHED", 4)
    assert listed(text).is_complete
    monkeypatch.setattr(contacts, "_MAX_SEARCHED", 3)
    assert not listed(text).is_complete


@pytest.mark.parametrize(
    ("config", "domain"),
    [
        ("<property name='Presence.Domain'>a.b</property>", "a.b"),
        ("<property name='Presence.Domain' value='a.b'/>", "a.b"),
        (
            "<p><property name='O'>x</property><property name='Presence.Domain'>y</property></p>",
            "y",
        ),
        (
            (
                "<p><property name='Presence.Domain'>no domain</property>"
                "<property name='Presence.Domain'>y</property></p>"
            ),
            "y",
        ),
    ],
)
def test_the_domain_of_a_configuration(config: str, domain: str) -> None:
    assert contacts._domain_in(parse(config.encode())) == domain


def test_only_the_beginning_of_a_configuration_is_searched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(contacts, "_MAX_SEARCHED", 2)
    domain = "<property name='Presence.Domain'>a.b</property>"
    name = "<property name='display-name'>Anna</property>"
    for before, is_found in (("", True), ("<x/>", False)):
        root = parse(f"<p>{before}{name}</p>".encode())
        assert contacts._display_name_in(root) == ("Anna" if is_found else None)
        root = parse(f"<p>{before}{domain}</p>".encode())
        if is_found:
            assert contacts._domain_in(root) == "a.b"
        else:
            with pytest.raises(AnswerNotUnderstood, match="does not tell the presence domain"):
                contacts._domain_in(root)
