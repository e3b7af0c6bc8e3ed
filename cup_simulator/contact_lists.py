"""The contact lists that people have on the server."""

from collections.abc import Mapping, Sequence

from .contact_uri import contact_key

type ContactList = Mapping[str, Sequence[str]]
"""Contact URIs by group."""


class ContactLists:
    """The contact lists of all users."""

    def __init__(
        self,
        lists: Mapping[str, ContactList],
        nicknames: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """`nicknames` holds what each user calls contacts, by contact URI."""
        self._lists = {user: _copy(listed) for user, listed in lists.items()}
        self._nicknames = {
            (user, contact_key(contact)): name
            for user, names in (nicknames or {}).items()
            for contact, name in names.items()
        }

    def of(self, user: str) -> ContactList:
        return self._lists.get(user, {})

    def nickname(self, user: str, contact: str) -> str | None:
        """Return what a user calls a contact."""
        return self._nicknames.get((user, contact_key(contact)))

    def call(self, user: str, contact: str, nickname: str | None) -> None:
        """Let a user call a contact so; None takes the nickname away."""
        self._nicknames.pop((user, contact_key(contact)), None)
        if nickname is not None:
            self._nicknames[user, contact_key(contact)] = nickname

    def replace(self, user: str, listed: ContactList) -> None:
        self._lists[user] = _copy(listed)

    def add(self, user: str, group: str, contact: str) -> None:
        """Add a contact to a group, which is created if need be."""
        contacts = self._lists.setdefault(user, {}).setdefault(group, [])
        if contact_key(contact) not in map(contact_key, contacts):
            contacts.append(contact)

    def remove(self, user: str, group: str, contact: str) -> bool:
        """Remove a contact from a group; return whether it was there. The group stays."""
        contacts = self._lists.get(user, {}).get(group, [])
        found = [each for each in contacts if contact_key(each) == contact_key(contact)]
        for each in found:
            contacts.remove(each)
        return bool(found)


def _copy(listed: ContactList) -> dict[str, list[str]]:
    return {group: list(contacts) for group, contacts in listed.items()}
