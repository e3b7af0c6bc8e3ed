"""People of an entry, as the coordinator takes them."""

from custom_components.cisco_unified_presence.people import Person


def people(*contacts: str) -> dict[str, Person]:
    """Return people who are only watched, by their keys."""
    persons = (
        Person(
            subentry_id=contact,
            name=contact,
            user=contact.partition("@")[0],
            contact=contact,
            controlled=False,
        )
        for contact in contacts
    )
    return {person.key: person for person in persons}
