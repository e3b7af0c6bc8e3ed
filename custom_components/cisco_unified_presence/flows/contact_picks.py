"""The watcher's contact list as options of a form."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ..people import contact_key
from ..pws import ContactGroup
from .person_lines import BadLine, PersonLine, person_of


@dataclass(frozen=True, slots=True)
class ContactPick:
    """A person of the contact list, and the names of the groups that contain this person."""

    person: PersonLine
    groups: tuple[str, ...]

    def label(self, presence_domain: str) -> str:
        """Return the user, or the whole contact URI of another domain, and the groups."""
        domain = self.person.contact.rpartition("@")[2]
        is_own = contact_key(domain) == contact_key(presence_domain)
        name = self.person.user if is_own else self.person.contact
        return f"{name} ({', '.join(self.groups)})" if self.groups else name


def picks_from(groups: Iterable[ContactGroup], added: Collection[str]) -> Mapping[str, ContactPick]:
    """Return who can be picked, by contact key, without those whose key is among ``added``."""
    picks: dict[str, ContactPick] = {}
    for group in groups:
        for person in filter(None, map(_person_of, group.contacts)):
            key = contact_key(person.contact)
            if key not in added:
                earlier = picks.get(key, ContactPick(person, ()))
                picks[key] = ContactPick(earlier.person, _with(earlier.groups, group.name))
    return picks


def _person_of(contact: str) -> PersonLine | None:
    try:
        return person_of(contact)
    except BadLine:
        return None


def _with(groups: tuple[str, ...], name: str) -> tuple[str, ...]:
    return groups if not name or name in groups else (*groups, name)
