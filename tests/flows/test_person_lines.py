"""People as they are typed: what is read, what is refused, and nothing in between."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.flows.person_lines import (
    BadLine,
    PersonLine,
    read_person_lines,
)

DOMAIN = "example.com"


def read(text: str) -> list[tuple[str, str, str]]:
    people = read_person_lines(text, DOMAIN)
    return [(each.user, each.contact, each.given_name or each.user) for each in people]


@pytest.mark.parametrize(
    ("line", "user", "contact", "name"),
    [
        ("anna", "anna", "anna@example.com", "anna"),
        ("anna@other.example", "anna", "anna@other.example", "anna"),
        ("  anna ,  Anna Example ", "anna", "anna@example.com", "Anna Example"),
        ("anna,", "anna", "anna@example.com", "anna"),
        ("anna, Example, Anna", "anna", "anna@example.com", "Example, Anna"),
        ("sip:anna@example.com", "anna", "anna@example.com", "anna"),
        ("SIPS:anna@example.com", "anna", "anna@example.com", "anna"),
        ("Anna.O'Neil-1", "Anna.O'Neil-1", "Anna.O'Neil-1@example.com", "Anna.O'Neil-1"),
        ("jürgen@münchen.example", "jürgen", "jürgen@münchen.example", "jürgen"),
    ],
)
def test_a_line_names_a_person(line: str, user: str, contact: str, name: str) -> None:
    assert read(line) == [(user, contact, name)]


ANNA = ("anna", "anna@example.com", "Anna Lindqvist")
BEN = ("ben", "ben@other.example", "Ben Okoro")


@pytest.mark.parametrize(
    "pasted",
    [
        # From mail programs.
        "Anna Lindqvist <anna@example.com>; Ben Okoro <ben@other.example>",
        "Anna Lindqvist <anna@example.com>, Ben Okoro <ben@other.example>;",
        "\"Anna Lindqvist\" <anna@example.com>,\n'Ben Okoro' <mailto:ben@other.example>",
        # From a table, by tabs, semicolons or commas.
        "anna@example.com\tAnna Lindqvist\nben@other.example\tBen Okoro",
        "Anna\tLindqvist\tanna@example.com\tSales\nBen\tOkoro\tben@other.example\tRadiology",
        "First\tLast\tE-mail\nAnna\tLindqvist\tanna@example.com\nBen\tOkoro\tben@other.example",
        "anna@example.com\t\tAnna Lindqvist\tSales\nben@other.example\tBen Okoro\tRadiology",
        "Anna Lindqvist;anna@example.com\nBen Okoro;ben@other.example",
        "Anna Lindqvist,anna@example.com\nBen Okoro,ben@other.example",
        # As typed.
        "anna, Anna Lindqvist\nben@other.example, Ben Okoro",
        "sip:anna@example.com, Anna Lindqvist\nxmpp:ben@other.example; Ben Okoro",
    ],
)
def test_what_people_have_can_be_pasted(pasted: str) -> None:
    assert read(pasted) == [ANNA, BEN]


@pytest.mark.parametrize(
    ("line", "users"),
    [
        ("anna; ben;clara", ["anna", "ben", "clara"]),
        ("anna@example.com, ben@example.com", ["anna", "ben"]),
        ("<anna@example.com>; <ben>", ["anna", "ben"]),
        ("anna; ;ben;", ["anna", "ben"]),
        ("anna@example.com, ben@example.com,", ["anna", "ben"]),
    ],
)
def test_one_line_may_name_several_people(line: str, users: list[str]) -> None:
    assert [user for user, _, _ in read(line)] == users


@pytest.mark.parametrize(
    ("table", "users"),
    [
        ("Name\tE-mail\nAnna\tanna@example.com", ["anna"]),
        ("E-mail\tName\nanna@example.com", ["anna"]),
        ("E-mail\tName\nanna@example.com\tAnna\nben\tBen", ["anna", "ben"]),
        # A row without an address may be a person.
        ("anna\tAnna\nben\tBen", ["anna", "ben"]),
        ("anna\tAnna", ["anna"]),
    ],
)
def test_headings_stand_above_an_address(table: str, users: list[str]) -> None:
    assert [user for user, _, _ in read(table)] == users


def test_a_comma_in_a_name_is_no_separator() -> None:
    assert read("Lindqvist, Anna <anna@example.com>; Okoro, Ben <ben@example.com>") == [
        ("anna", "anna@example.com", "Lindqvist, Anna"),
        ("ben", "ben@example.com", "Okoro, Ben"),
    ]


def test_lines_keep_their_order_and_empty_ones_are_nothing() -> None:
    assert [user for user, _, _ in read("\nben\r\n\r\n  \nanna\n")] == ["ben", "anna"]
    assert read(" \n ") == []


def test_of_lines_for_the_same_person_the_first_counts() -> None:
    assert read("anna, Anna Example\nANNA@Example.com\nben\nanna, Other") == [
        ("anna", "anna@example.com", "Anna Example"),
        ("ben", "ben@example.com", "ben"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        ", Anna",
        "@example.com",
        "anna@",
        "anna@example.com@example.com",
        "anna@exam ple.com",
        "anna@example..com",
        "anna@.example.com",
        "anna example",
        "anna/ben",
        "<anna@example.com",
        "Anna Example <>",
        "Anna Example <anna@example.com> and others",
        "Anna Example; Ben Example",
        '"anna"',
        "http://example.com/anna",
        "Tim:anna@example.com",
        ",",
        ", ,",
        ";",
        "anna\x07",
        "anna\u200b",
        "anna\ud800",
        "anna\ufffe",
    ],
)
def test_a_line_that_names_nobody_is_told(line: str) -> None:
    with pytest.raises(BadLine) as raised:
        read(f"ben\n  {line} ")
    assert raised.value.line == str(raised.value) == line.strip()


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        people = read_person_lines(text, DOMAIN)
    except BadLine:
        return
    keys = [person.contact.casefold() for person in people]
    assert len(set(keys)) == len(keys)
    for person in people:
        assert person.given_name != ""
        assert person.contact.count("@") == 1
        assert person.contact.isprintable()
        assert not set(person.contact) & set(' ,;:/\\<>"\t')


USERS = st.from_regex(r"[a-z][a-z0-9._-]{0,10}", fullmatch=True)
NAMES = st.from_regex(r"[A-Z][a-z]{0,8}( [A-Z][a-z]{0,8})?", fullmatch=True)


@given(st.lists(st.tuples(USERS, NAMES), unique_by=lambda each: each[0]))
def test_what_is_written_is_read_back(people: list[tuple[str, str]]) -> None:
    text = "\n".join(f"{user}, {name}" for user, name in people)
    assert read_person_lines(text, DOMAIN) == [
        PersonLine(user=user, contact=f"{user}@{DOMAIN}", given_name=name) for user, name in people
    ]
