"""People as they are typed or pasted into a form: lines, mail recipients, columns of a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
import re
from typing import Final

from ..people import contact_key
from ..pws import without_scheme

# What stands before the @ of a contact URI; the server refuses spaces and separators.
_USER: Final = re.compile(r"[^\s@,;:/\\<>\"]+")
_DOMAIN: Final = re.compile(r"[\w-]+(\.[\w-]+)*")

# One of the recipients that mail programs write in a row, some with a comma in the name.
_RECIPIENT: Final = re.compile(r"\s*(?P<name>[^<>;]*)<(?P<address>[^<>]*)>\s*(?:[,;]|$)")
_OTHER_SCHEME: Final = re.compile(r"\A(mailto|xmpp|im):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person as typed.

    Attributes:
        given_name: The name that the user typed, None when the line has none.
    """

    user: str
    contact: str
    given_name: str | None = None


class BadLine(ValueError):
    """A line names no person; ``line`` is the line as typed."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


def read_person_lines(text: str, presence_domain: str) -> list[PersonLine]:
    """Return the people of a text.

    A line is "anna", "anna@example.com" or "anna, Anna Example"; recipients as mail programs write
    them ("Anna Example <anna@example.com>; ..."); a list of users or addresses; or a row of a table
    with a column of addresses. Of several lines for one contact the first counts; empty lines and
    the headings of a table are skipped.

    Raises:
        BadLine: A line names no person.
    """
    people: dict[str, PersonLine] = {}
    for line in _without_headings([each for each in text.splitlines() if each.strip()]):
        for person in _people_in(line, presence_domain):
            people.setdefault(contact_key(person.contact), person)
    return list(people.values())


def person_of(contact: str) -> PersonLine:
    """Return the person of a contact URI. Raises: BadLine."""
    if (person := _person(contact, presence_domain="")) is None:
        raise BadLine(contact)
    return person


def _without_headings(lines: list[str]) -> list[str]:
    """Return the lines without a first row that has no address where the next row has one."""
    has_headings = len(lines) > 1 and "\t" in lines[0] and "@" not in lines[0] and "@" in lines[1]
    return lines[1:] if has_headings else lines


def _people_in(line: str, presence_domain: str) -> list[PersonLine]:
    for read in (_recipients, _row, _list, _person_and_name):
        if people := read(line, presence_domain):
            return people
    raise BadLine(line.strip())


def _recipients(line: str, presence_domain: str) -> list[PersonLine]:
    """Return the people of "Anna Example <anna@example.com>, ...", none for another line."""
    people: list[PersonLine] = []
    end = 0
    while end < len(line.rstrip()):
        found = _RECIPIENT.match(line, end)
        person = found and _person(found["address"], presence_domain, _name(found["name"]))
        if not (found and person):
            return []
        people.append(person)
        end = found.end()
    return people


def _row(line: str, presence_domain: str) -> list[PersonLine]:
    """Return the person of a row of a table, none for another line."""
    return _of_cells(line.split("\t"), presence_domain) if "\t" in line else []


def _list(line: str, presence_domain: str) -> list[PersonLine]:
    """Return the people of "anna; ben" and of "anna@example.com, ben@example.com"."""
    separator = ";" if ";" in line else ","
    cells = [cell for cell in line.split(separator) if cell.strip()]
    people = [each for cell in cells if (each := _person(cell, presence_domain))]
    is_list = len(people) == len(cells) and (separator == ";" or all("@" in c for c in cells))
    if is_list:
        return people
    if separator == ";":
        return _of_cells(line.split(";"), presence_domain)
    # A name first, as in tables whose columns commas separate.
    return [] if _person(cells[0], presence_domain) else _of_cells(cells, presence_domain)


def _person_and_name(line: str, presence_domain: str) -> list[PersonLine]:
    address, _, name = line.partition(",")
    person = _person(address, presence_domain, _name(name))
    return [person] if person else []


def _of_cells(cells: Sequence[str], presence_domain: str) -> list[PersonLine]:
    """Return the person of columns: the first address, else the first user name.

    The name is what stands before it, as first and last name may, else the column after it.
    """
    cells = [cell.strip() for cell in cells if cell.strip()]
    for index in _addresses_first(cells):
        before, after = cells[:index], cells[index + 1 : index + 2]
        name = _name(" ".join(before or after))
        if person := _person(cells[index], presence_domain, name):
            return [person]
    return []


def _addresses_first(cells: Sequence[str]) -> Iterator[int]:
    return iter(sorted(range(len(cells)), key=lambda index: ("@" not in cells[index], index)))


def _name(text: str) -> str | None:
    return " ".join(text.strip().strip("\"'").split()) or None


def _person(address: str, presence_domain: str, given_name: str | None = None) -> PersonLine | None:
    """Return the person of a user name or an address, None if it is neither."""
    typed = _OTHER_SCHEME.sub("", without_scheme(address).strip())
    user, at, domain = typed.partition("@")
    domain = domain if at else presence_domain
    # What is not printable cannot be sent, and would spoil the request for all others.
    if not (user.isprintable() and _USER.fullmatch(user) and _DOMAIN.fullmatch(domain)):
        return None
    return PersonLine(user=user, contact=f"{user}@{domain}", given_name=given_name)
