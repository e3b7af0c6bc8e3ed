"""People as they are typed or pasted into a form: one a line."""

from dataclasses import dataclass
import re

from ..people import contact_key
from ..pws import without_scheme

# What stands before the @ of a contact URI; the server refuses spaces and separators.
_USER = re.compile(r"[^\s@,;:/\\<>\"]+")
_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)*")


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
    """Return the people of "anna", "anna@example.com" or "anna, Anna Example", one a line.

    Of several lines for one contact the first counts; empty lines are skipped.

    Raises:
        BadLine: A line names no person.
    """
    people: dict[str, PersonLine] = {}
    for line in text.splitlines():
        if line.strip():
            person = _read(line, presence_domain)
            people.setdefault(contact_key(person.contact), person)
    return list(people.values())


def person_of(contact: str) -> PersonLine:
    """Return the person of a contact URI. Raises: BadLine."""
    if "," in contact:
        raise BadLine(contact)
    return _read(contact, presence_domain="")


def _read(line: str, presence_domain: str) -> PersonLine:
    address, _, name = line.partition(",")
    user, at, domain = without_scheme(address).partition("@")
    domain = domain if at else presence_domain
    # What is not printable cannot be sent, and would spoil the request for all others.
    if not (user.isprintable() and _USER.fullmatch(user) and _DOMAIN.fullmatch(domain)):
        raise BadLine(line.strip())
    return PersonLine(user=user, contact=f"{user}@{domain}", given_name=name.strip() or None)
