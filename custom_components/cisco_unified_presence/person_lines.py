"""People as they are typed or pasted into a form: one a line."""

from dataclasses import dataclass
import re

# What stands before the @ of a contact URI; the server refuses spaces and separators.
_USER = re.compile(r"[^\s@,;:/\\<>\"]+")
_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)*")


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person that somebody typed."""

    user: str
    contact: str
    name: str


class BadLine(ValueError):
    """A line names nobody.

    Attributes:
        line: The line as it was typed.
    """

    def __init__(self, line: str) -> None:
        """Remember the line."""
        super().__init__(line)
        self.line = line


def read_person_lines(text: str, presence_domain: str) -> list[PersonLine]:
    """Return the people that a text names, each once, in its order.

    A line is a user name or a contact URI, and after a comma the name to show if it is another:
    "anna", "anna@example.com", "anna, Anna Example". Empty lines are nothing.

    Raises:
        BadLine: A line names nobody.
    """
    people = (_read(line, presence_domain) for line in text.splitlines() if line.strip())
    return list({person.contact.casefold(): person for person in people}.values())


def _read(line: str, presence_domain: str) -> PersonLine:
    address, _, name = line.partition(",")
    user, at, domain = address.strip().removeprefix("sip:").partition("@")
    domain = domain if at else presence_domain
    if not _USER.fullmatch(user) or not _DOMAIN.fullmatch(domain):
        raise BadLine(line.strip())
    return PersonLine(user=user, contact=f"{user}@{domain}", name=name.strip() or user)
