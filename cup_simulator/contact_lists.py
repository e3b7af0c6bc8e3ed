"""The contact lists that people have on the server."""

from collections.abc import Mapping, Sequence

from .contact_uri import contact_key

type ContactList = Mapping[str, Sequence[str]]
"""Contact URIs by group."""


class ContactLists:
    """The contact lists of all users."""

    def __init__(self, lists: Mapping[str, ContactList]) -> None:
        self._lists = {user: _copy(listed) for user, listed in lists.items()}

    def of(self, user: str) -> ContactList:
        return self._lists.get(user, {})

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
