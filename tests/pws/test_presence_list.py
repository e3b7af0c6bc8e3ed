"""Contacts of a list, read one by one while it is parsed."""

from collections.abc import Generator
import xml.etree.ElementTree as ET

import pytest

from custom_components.cisco_unified_presence.pws import presence_list, salvage
from custom_components.cisco_unified_presence.pws.errors import AnswerNotUnderstood
from custom_components.cisco_unified_presence.pws.presence_list import ContactReader, read_listed
from custom_components.cisco_unified_presence.pws.salvage import in_pieces

CONTACT = '<contact contactURI="{}@x" presenceStatus="BUSY"/>'


def listed(users: str, others: str = "") -> ET.Element:
    return ET.fromstring(f"<r><l>{others}{''.join(map(CONTACT.format, users))}</l></r>")  # noqa: S314 (our own text)


def names(root: ET.Element) -> list[str]:
    return [each.contact for each in read_listed(root, rich=False)]


def test_complete_contacts_are_read_and_removed() -> None:
    root, reader = listed("abc", "<other/>"), ContactReader(rich=False)
    reader.take(root)
    assert [each.contact for each in reader.contacts] == ["a@x", "b@x"]
    # The last one may be incomplete.
    assert [each.tag for each in root[0]] == ["other", "contact"]
    reader.take(root)
    assert len(reader.contacts) == 2
    assert names(root) == ["c@x"]
    reader.forget()
    assert reader.contacts == []


@pytest.mark.parametrize("text", ["<r/>", "<r><presence><contact/></presence></r>"])
def test_what_holds_no_contacts_is_left_alone(text: str) -> None:
    root, reader = ET.fromstring(text), ContactReader(rich=False)  # noqa: S314 (our own text)
    reader.take(root)
    assert reader.contacts == []
    assert ET.tostring(root, short_empty_elements=True).decode() == text.replace("/>", " />")


def test_a_list_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence_list, "MAX_LISTED", 3)
    reader = ContactReader(rich=False)
    reader.take(listed("abcd"))
    assert len(reader.contacts) == 3
    with pytest.raises(AnswerNotUnderstood, match="more contacts"):
        reader.take(listed("ab"))
    assert names(listed("abc")) == ["a@x", "b@x", "c@x"]
    with pytest.raises(AnswerNotUnderstood, match="more contacts"):
        names(listed("abcd"))


def test_what_is_no_contact_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence_list, "MAX_SEARCHED", 5)
    # The root and the list count.
    assert names(listed("ab", "<x/><x/><x/>")) == ["a@x", "b@x"]
    with pytest.raises(AnswerNotUnderstood, match="too much that is no contact"):
        names(listed("ab", "<x/><x/><x/><x/>"))


# Lists of which a contact is not well-formed


def salvaged(text: str) -> list[tuple[str | None, str | None]] | None:
    """Return the contacts and texts of a list that is parsed piece by piece."""

    def parse(piece: bytes) -> Generator[None, None, ET.Element]:
        yield
        try:
            return ET.fromstring(piece)  # noqa: S314 (our own text)
        except ET.ParseError as error:
            raise AnswerNotUnderstood("broken") from error

    pieces = in_pieces(text.encode(), parse)
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            root = end.value
            break
    if root is None:
        return None
    return [(each.get("contactURI"), each.text) for each in root.iter("contact")]


BROKEN = '<contact contactURI="b&amp;b@x"><x></contact>'


@pytest.mark.parametrize(
    ("inside", "contacts"),
    [
        (CONTACT.format("a") + BROKEN, [("a@x", None), ("b&b@x", BROKEN)]),
        (BROKEN + CONTACT.format("a"), [("b&b@x", BROKEN), ("a@x", None)]),
        (BROKEN, [("b&b@x", BROKEN)]),
        (BROKEN * 2, None),
        ("", None),
        # The list itself is broken.
        (CONTACT.format("a") + "<l>" + BROKEN, None),
        # With a prefix, and with the contact's name in a child.
        (
            f"<n:contact contactURI='n@x'><x></n:contact>{CONTACT.format('a')}",
            [("n@x", "<n:contact contactURI='n@x'><x></n:contact>"), ("a@x", None)],
        ),
        (
            f"{CONTACT.format('a')}<contact><contactURI>c@x</contactURI><x></contact>",
            [("a@x", None), ("c@x", "<contact><contactURI>c@x</contactURI><x></contact>")],
        ),
        # The last one has no end of its own, or blanks in it.
        (BROKEN + CONTACT.format("a") + "\n", [("b&b@x", BROKEN), ("a@x", None)]),
        (
            f'{CONTACT.format("a")}<contact contactURI="e@x"><x></contact \n>',
            [("a@x", None), ("e@x", '<contact contactURI="e@x"><x></contact \n>')],
        ),
    ],
)
def test_a_broken_contact_is_a_text(
    inside: str, contacts: list[tuple[str | None, str | None]] | None
) -> None:
    assert salvaged(f"<r><l>{inside}</l></r>") == contacts


def test_of_more_contacts_than_a_subscription_holds_none_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    three = CONTACT.format("a") + BROKEN + CONTACT.format("c")
    monkeypatch.setattr(salvage, "MAX_CONTACTS", 3)
    assert len(salvaged(f"<r><l>{three}</l></r>") or ()) == 3
    monkeypatch.setattr(salvage, "MAX_CONTACTS", 2)
    assert salvaged(f"<r><l>{three}</l></r>") is None


@pytest.mark.parametrize(("blanks", "is_found"), [(20, True), (21, False)])
def test_a_contact_begins_near_its_name(
    monkeypatch: pytest.MonkeyPatch, blanks: int, *, is_found: bool
) -> None:
    monkeypatch.setattr(salvage, "_LONGEST_BEGINNING", 28)
    far = f'<contact{" " * blanks}contactURI="f@x"><x></contact>'
    found = salvaged(f"<r><l>{CONTACT.format('a')}{far}</l></r>")
    assert found is not None
    assert [text for _, text in found][1:] == ([far] if is_found else [])


def test_many_contacts_are_read_in_turns() -> None:
    many = "".join(CONTACT.format(number) for number in range(45)) + BROKEN
    found = salvaged(f"<r><l>{many}</l></r>")
    assert found
    assert len(found) == 46


def test_a_contact_that_is_too_long_is_a_text() -> None:
    long = f'<contact contactURI="l@x"><x>{"x" * 300_000}</x></contact>'
    found = salvaged(f"<r><l>{CONTACT.format('a')}{long}</l></r>")
    assert found
    assert found[0] == ("a@x", None)
    contact, text = found[1]
    assert contact == "l@x"
    assert text == long[:2000]
