"""People as they are typed or pasted into a form: one a line."""

from dataclasses import dataclass
import re

# What stands before the @ of a contact URI; the server refuses spaces and separators.
_USER = re.compile(r"[^\s@,;:/\\<>\"]+")
_SCHEME = re.compile(r"sips?:", re.IGNORECASE)
_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)*")


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person as typed."""

    user: str
    contact: str
    name: str


class BadLine(ValueError):
    """A line names no person.

    Attributes:
        line: The line as it was typed.
    """

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


def read_person_lines(text: str, presence_domain: str) -> list[PersonLine]:
    """Return the people that a text names, in its order; the first line of a contact counts.

    A line is a user name or a contact URI, followed by a comma and a display name if that is
    another: "anna", "anna@example.com", "anna, Anna Example". Empty lines are skipped.

    Raises:
        BadLine: A line names no person.
    """
    people: dict[str, PersonLine] = {}
    for line in text.splitlines():
        if line.strip():
            person = _read(line, presence_domain)
            people.setdefault(person.contact.casefold(), person)
    return list(people.values())


def person_of(contact: str) -> PersonLine:
    """Return the person of a contact URI, with the user name for display.

    Raises:
        BadLine: The URI has a comma, or characters that the server refuses.
    """
    if "," in contact:
        raise BadLine(contact)
    return _read(contact, presence_domain="")


def _read(line: str, presence_domain: str) -> PersonLine:
    address, _, name = line.partition(",")
    user, at, domain = _SCHEME.sub("", address.strip()).partition("@")
    domain = domain if at else presence_domain
    # What is not printable cannot be sent, and would spoil the request for all others.
    if not (user.isprintable() and _USER.fullmatch(user) and _DOMAIN.fullmatch(domain)):
        raise BadLine(line.strip())
    return PersonLine(user=user, contact=f"{user}@{domain}", name=name.strip() or user)
