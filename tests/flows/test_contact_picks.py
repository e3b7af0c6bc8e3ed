"""The watcher's contact list, as people pick from it."""

from hypothesis import given
from hypothesis import strategies as st

from custom_components.cisco_unified_presence.flows.contact_picks import picks_from
from custom_components.cisco_unified_presence.flows.person_lines import BadLine, person_of
from custom_components.cisco_unified_presence.pws import ContactGroup

DOMAIN = "example.com"


def labels(*groups: ContactGroup, added: tuple[str, ...] = ()) -> list[str]:
    return [pick.label(DOMAIN) for pick in picks_from(groups, added).values()]


def test_people_stand_in_the_lists_order_with_their_groups() -> None:
    work = ContactGroup("Work", ("zoe@example.com", "anna@example.com"))
    friends = ContactGroup("Friends", ("ben@example.com",))
    assert labels(work, friends) == ["zoe (Work)", "anna (Work)", "ben (Friends)"]


def test_a_person_of_several_groups_stands_there_once() -> None:
    work = ContactGroup("Work", ("anna@example.com", "anna@example.com"))
    friends = ContactGroup("Friends", ("ben@example.com", "ANNA@Example.com"))
    assert labels(work, friends) == ["anna (Work, Friends)", "ben (Friends)"]
    assert picks_from([work, friends], ())["anna@example.com"].person.contact == "anna@example.com"


def test_who_is_in_no_group_has_none() -> None:
    none = ContactGroup("", ("anna@example.com", "ben@example.com"))
    work = ContactGroup("Work", ("ben@example.com",))
    assert labels(none, work) == ["anna", "ben (Work)"]


def test_another_domain_is_shown() -> None:
    work = ContactGroup("Work", ("guest@example.org", "anna@EXAMPLE.com"))
    assert labels(work) == ["guest@example.org (Work)", "anna (Work)"]


def test_a_nickname_stands_before_the_user() -> None:
    work = ContactGroup("Work", ("anna@example.com", "guest@example.org"))
    nicknames = {"anna@example.com": "Anna Ito", "guest@example.org": "Guest"}
    assert [each.label(DOMAIN) for each in picks_from([work], (), nicknames).values()] == [
        "Anna Ito, anna (Work)",
        "Guest, guest@example.org (Work)",
    ]


def test_who_has_been_added_is_not_offered() -> None:
    work = ContactGroup("Work", ("Anna@example.com", "sip:anna@example.com", "ben@example.com"))
    assert labels(work, added=("anna@example.com",)) == ["ben (Work)"]


def test_a_contact_that_could_not_be_typed_is_left_out() -> None:
    strange = ("a,b@example.com", "a;b@example.com", "a\x07@example.com", "anna@", "anna")
    assert labels(ContactGroup("Work", (*strange, "ben@example.com"))) == ["ben (Work)"]


@given(st.text(max_size=30) | st.text(alphabet="ab@,. :;", max_size=12))
def test_a_person_who_is_offered_has_the_contact_of_the_list(contact: str) -> None:
    try:
        person = person_of(contact)
    except BadLine:
        return
    assert f"{person.user}@" in person.contact
    assert person.given_name is None
    assert person.contact in contact
