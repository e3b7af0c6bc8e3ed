"""Reading the contacts of a presence list, each by itself.

One contact that cannot be read is reported as such, and the others are read.
"""

from collections import deque
from collections.abc import Iterator
from typing import Final

from .contact_uri import LONGEST_CONTACT, without_scheme
from .errors import AnswerNotUnderstood
from .model import MAX_CONTACTS, ContactPresence, Unreadable
from .pidf_reader import read_pidf
from .presence import Presence
from .rich import RichPresence
from .samples import sample_of_element
from .xml import MAX_SEARCHED, XmlElement, elements_near_the_beginning, field, is_named

# A subscription holds half as many; what a server says twice is still read.
MAX_LISTED: Final = 2 * MAX_CONTACTS

# Elements from the root to a contact: an envelope, its body, a response, a list.
_DEEPEST_LIST: Final = 6


class ContactReader:
    """Reads the contacts of a long list while it is parsed, and removes them from it.

    Attributes:
        contacts: Those read so far, in the server's order.
    """

    def __init__(self, *, rich: bool) -> None:
        self.contacts: list[ContactPresence] = []
        self._rich = rich

    def take(self, root: XmlElement) -> None:
        """Read the contacts that are complete.

        Raises:
            AnswerNotUnderstood: There are more than a subscription holds.
        """
        parent = _parent_of_last_contact(root)
        if parent is None:
            return
        others: list[XmlElement] = []
        for element in parent[:-1]:
            if is_named(element, "contact"):
                self.contacts.append(_read(element, rich=self._rich, asked=None))
            else:
                others.append(element)
        parent[:-1] = others
        if len(self.contacts) > MAX_LISTED:
            raise _too_many()

    def forget(self) -> None:
        self.contacts.clear()


def _parent_of_last_contact(root: XmlElement) -> XmlElement | None:
    parent = root
    for _ in range(_DEEPEST_LIST):
        if not len(parent) or is_named(parent, "presence"):
            # A document has elements called contact that are none.
            return None
        if is_named(parent[-1], "contact"):
            return parent
        parent = parent[-1]
    return None


def _too_many() -> AnswerNotUnderstood:
    return AnswerNotUnderstood("it names more contacts than a subscription holds")


def read_listed(
    root: XmlElement, *, rich: bool, asked: str | None = None
) -> Iterator[ContactPresence]:
    """Yield the contacts of a presence list, in the server's order.

    A contact that nothing names, and that is not the one that was asked about, has an empty name.

    Args:
        root: What holds the list.
        rich: Whether documents were asked for, which a contact need not have.
        asked: The contact that was asked about, where it was one alone.

    Raises:
        AnswerNotUnderstood: There are more contacts than a subscription holds, or other things.
    """
    for number, element in enumerate(_contacts_in(root)):
        if number >= MAX_LISTED:
            raise _too_many()
        yield _read(element, rich=rich, asked=asked)


def _contacts_in(root: XmlElement) -> Iterator[XmlElement]:
    """Yield the contacts, not searching inside them: rich presence has contacts of its own."""
    others = 0
    waiting = deque([iter((root,))])
    while waiting:
        for element in waiting.popleft():
            if is_named(element, "contact"):
                yield element
                continue
            others += 1
            if others > MAX_SEARCHED:
                raise AnswerNotUnderstood("it holds too much that is no contact")
            waiting.append(iter(element))


def _read(element: XmlElement, *, rich: bool, asked: str | None) -> ContactPresence:
    named = without_scheme(field(element, "contactURI") or "")
    contact = named if 0 < len(named) <= LONGEST_CONTACT else asked or ""
    try:
        document = _document_in(element)
        if document is not None:
            contact = contact or without_scheme(document.entity)
            return _named(ContactPresence(contact, document.presence, document))
        return _named(ContactPresence(contact, _word_in(element, may_be_silent=rich)))
    except AnswerNotUnderstood as error:
        unreadable = Unreadable(error.detail, error.sample or sample_of_element(element))
        return ContactPresence(contact, Presence.UNKNOWN, unreadable=unreadable)


def _named(contact: ContactPresence) -> ContactPresence:
    if not contact.contact:
        raise AnswerNotUnderstood("a contact without a URI")
    return contact


def _word_in(contact: XmlElement, *, may_be_silent: bool) -> Presence:
    word = field(contact, "presenceStatus")
    if word is None:
        word = field(contact, "basicPresence")
    if word:
        return Presence.read(word)
    if may_be_silent and not any(not is_named(child, "contactURI") for child in contact):
        return Presence.UNKNOWN
    raise AnswerNotUnderstood("a contact without a presence")


def _document_in(contact: XmlElement) -> RichPresence | None:
    """Return the PIDF document in a contact: an element, or the same as escaped text."""
    if not len(contact) and not contact.text:
        return None
    inside = elements_near_the_beginning(contact)
    next(inside)
    for element in inside:
        if is_named(element, "presence"):
            return read_pidf(element)
    for element in elements_near_the_beginning(contact):
        text = (element.text or "").lstrip(" \t\r\n\ufeff")
        if text.startswith("<"):
            return read_pidf(text)
    return None
