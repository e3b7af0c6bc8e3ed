"""The watcher's contact list as options of a form."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from ..people import contact_key
from ..pws import ContactGroup
from ..roster import readable_name
from .person_lines import BadLine, PersonLine, person_of


@dataclass(frozen=True, slots=True)
class ContactPick:
    """A person of the contact list, and the names of the groups that contain this person."""

    person: PersonLine
    groups: tuple[str, ...]
    nickname: str | None = None

    def label(self, presence_domain: str) -> str:
        """Return the user, or the whole contact URI of another domain, nickname and groups."""
        domain = self.person.contact.rpartition("@")[2]
        is_own = contact_key(domain) == contact_key(presence_domain)
        user = self.person.user if is_own else self.person.contact
        name = f"{self.nickname}, {user}" if self.nickname else user
        return f"{name} ({', '.join(self.groups)})" if self.groups else name


def picks_from(
    groups: Iterable[ContactGroup],
    added: Collection[str],
    nicknames: Mapping[str, str] = MappingProxyType({}),
) -> Mapping[str, ContactPick]:
    """Return who can be picked, by contact key, without those whose key is among ``added``.

    Args:
        groups: The contact list.
        added: The keys of people who are there.
        nicknames: What the list calls contacts, by contact URI.
    """
    picks: dict[str, ContactPick] = {}
    for group in groups:
        for contact in group.contacts:
            person = _person_of(contact)
            if person is None or (key := contact_key(person.contact)) in added:
                continue
            earlier = picks.get(key, ContactPick(person, (), readable_name(nicknames.get(contact))))
            picks[key] = replace(earlier, groups=_with(earlier.groups, group.name))
    return picks


def _person_of(contact: str) -> PersonLine | None:
    try:
        return person_of(contact)
    except BadLine:
        return None


def _with(groups: tuple[str, ...], name: str) -> tuple[str, ...]:
    return groups if not name or name in groups else (*groups, name)
