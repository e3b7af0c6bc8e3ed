"""The decision what a reading of the contact list comes to: a table of cases."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.people import Person
from custom_components.cisco_unified_presence.pws import ContactGroup, ContactList
from custom_components.cisco_unified_presence.roster.plan import (
    ListedPerson,
    Membership,
    SyncPlan,
    SyncRecord,
    labels_after,
    membership,
    plan_sync,
)

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

ANNA, BEN, CLARA = "anna@example.com", "ben@example.com", "clara@example.com"


def people(listed: str = "", by_hand: str = "") -> dict[str, Person]:
    """Return people who came from the list, and people whom the user has added."""
    found = {}
    for user in (*listed.split(), *by_hand.split()):
        contact = f"{user}@example.com"
        found[contact] = Person(
            subentry_id=user,
            name=user,
            user=user,
            contact=contact,
            controlled=False,
            is_from_list=user in listed.split(),
        )
    return found


def on_list(users: str, *, tells_absence: bool = True) -> Membership:
    members = {
        f"{each}@example.com": ListedPerson(each, f"{each}@example.com") for each in users.split()
    }
    return Membership(members, tells_absence)


@dataclass(kw_only=True)
class Case:
    """A reading, and what it is to come to."""

    listed: Membership
    people: dict[str, Person]
    record: SyncRecord = field(default_factory=SyncRecord)
    removes: bool = True
    add: str = ""
    remove: str = ""
    present: str = ""
    missing: dict[str, datetime] = field(default_factory=dict)


def known(*keys: str, **missing: datetime) -> SyncRecord:
    since = {f"{user}@example.com": each for user, each in missing.items()}
    return SyncRecord(present=frozenset(keys), missing=since)


CASES = {
    "who is on the list is added": Case(listed=on_list("anna ben"), people={}, add="anna ben"),
    "who is there already is not": Case(
        listed=on_list("anna ben"), people=people("anna", "ben"), present="anna ben"
    ),
    "whom the user has removed is not added again": Case(
        listed=on_list("anna ben"),
        people=people("anna"),
        record=known(ANNA, BEN),
        present="anna ben",
    ),
    "... until the list has been without this person": Case(
        listed=on_list("anna"), people=people("anna"), record=known(ANNA, BEN), present="anna"
    ),
    "... and has the person again": Case(
        listed=on_list("anna ben"),
        people=people("anna"),
        record=known(ANNA),
        add="ben",
        present="anna",
    ),
    "who goes missing is noted": Case(
        listed=on_list("anna"),
        people=people("anna ben"),
        record=known(ANNA, BEN),
        present="anna",
        missing={BEN: NOW},
    ),
    "who is missing for less than a day stays": Case(
        listed=on_list("anna"),
        people=people("anna ben"),
        record=known(ANNA, ben=NOW - DAY + HOUR),
        present="anna",
        missing={BEN: NOW - DAY + HOUR},
    ),
    "who is missing for a day goes": Case(
        listed=on_list("anna"),
        people=people("anna ben"),
        record=known(ANNA, ben=NOW - DAY),
        remove="ben",
        present="anna",
    ),
    "who comes back stays, and the next absence counts anew": Case(
        listed=on_list("anna ben"),
        people=people("anna ben"),
        record=known(ANNA, ben=NOW - DAY),
        present="anna ben",
    ),
    "whom the user has added never goes": Case(
        listed=on_list("anna"),
        people=people("anna", "ben"),
        record=known(ANNA, ben=NOW - 9 * DAY),
        present="anna",
    ),
    "an absence of the future, by a clock that was set back, counts from now": Case(
        listed=on_list("anna"),
        people=people("anna ben"),
        record=known(ANNA, ben=NOW + DAY),
        present="anna",
        missing={BEN: NOW},
    ),
    "a reading that tells no absence adds": Case(
        listed=on_list("anna clara", tells_absence=False),
        people=people("anna"),
        record=known(ANNA),
        add="clara",
        present="anna",
    ),
    "... removes nobody and counts no new absence": Case(
        listed=on_list("", tells_absence=False),
        people=people("anna ben"),
        record=known(ANNA, BEN, ben=NOW - 2 * DAY),
        present="anna ben",
        missing={BEN: NOW - 2 * DAY},
    ),
    "... and forgets nobody whom the user has removed": Case(
        listed=on_list("anna", tells_absence=False),
        people=people("anna"),
        record=known(ANNA, BEN),
        present="anna ben",
    ),
    "a group that is empty by its own word empties": Case(
        listed=on_list(""),
        people=people("anna"),
        record=known(ANNA, anna=NOW - DAY),
        remove="anna",
    ),
    "without removing, people are only added": Case(
        listed=on_list("clara"),
        people=people("anna ben"),
        record=known(ANNA, BEN, ben=NOW - 2 * DAY),
        removes=False,
        add="clara",
    ),
}


def addresses(users: str) -> tuple[str, ...]:
    return tuple(f"{user}@example.com" for user in users.split())


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    case = CASES[name]
    plan = plan_sync(case.listed, case.people, case.record, NOW, removes=case.removes)
    assert tuple(each.contact for each in plan.add) == addresses(case.add)
    assert plan.remove == addresses(case.remove)
    assert plan.record.present == set(addresses(case.present))
    assert plan.record.missing == case.missing


def test_nicknames_and_groups_are_those_of_everybody_on_the_list() -> None:
    listed = ContactList(
        (
            ContactGroup("Team", (ANNA, "SIP:Ben@example.com")),
            ContactGroup("Friends", (BEN, "ben@EXAMPLE.com", CLARA)),
            ContactGroup("", (CLARA,)),
        ),
        {BEN: "Benny", CLARA: ""},
    )
    found = membership(listed, None)
    assert found.tells_absence
    assert found.members[BEN] == ListedPerson(
        "Ben", "Ben@example.com", "Benny", ("Team", "Friends")
    )
    plan = plan_sync(found, {}, SyncRecord(), NOW, removes=True)
    assert [each.user for each in plan.add] == ["anna", "Ben", "clara"]
    assert plan.nicknames == {BEN: "Benny"}
    assert plan.groups == {ANNA: ("Team",), BEN: ("Team", "Friends"), CLARA: ("Friends",)}
    team = membership(listed, "Team")
    assert team.members.keys() == {ANNA, BEN}
    assert team.members[BEN].groups == ("Team", "Friends")


@pytest.mark.parametrize(
    ("listed", "group", "tells"),
    [
        (ContactList(), None, False),
        (ContactList((ContactGroup("Team", ()),)), None, True),
        (ContactList((ContactGroup("Team", ()),)), "Team", True),
        (ContactList((ContactGroup("Team", (ANNA,)),)), "Friends", False),
        (ContactList((ContactGroup("Team", (ANNA,)),), is_complete=False), "Team", False),
        (ContactList((ContactGroup("", (ANNA,)),)), None, True),
    ],
)
def test_which_lists_tell_who_is_absent(
    listed: ContactList, group: str | None, *, tells: bool
) -> None:
    assert membership(listed, group).tells_absence is tells


KEYS = st.sampled_from([f"user{n}@example.com" for n in range(6)])


@given(
    on=st.frozensets(KEYS),
    there=st.frozensets(KEYS),
    by_hand=st.frozensets(KEYS),
    present=st.frozensets(KEYS),
    missing=st.dictionaries(KEYS, st.integers(-50, 50)),
    tells=st.booleans(),
    removes=st.booleans(),
)
def test_what_never_happens(
    on: frozenset[str],
    there: frozenset[str],
    by_hand: frozenset[str],
    present: frozenset[str],
    missing: dict[str, int],
    *,
    tells: bool,
    removes: bool,
) -> None:
    users = " ".join(each.partition("@")[0] for each in there - by_hand)
    hand = " ".join(each.partition("@")[0] for each in by_hand)
    listed = on_list(" ".join(each.partition("@")[0] for each in on), tells_absence=tells)
    record = SyncRecord(present, {key: NOW - each * HOUR for key, each in missing.items()})
    plan: SyncPlan = plan_sync(listed, people(users, hand), record, NOW, removes=removes)
    gone = set(plan.remove)
    assert not gone & (on | by_hand)
    assert not gone or (tells and removes)
    assert all(missing[key] >= 24 for key in gone)
    assert not {each.contact for each in plan.add} & (there | by_hand)
    assert not gone & set(plan.record.missing)


@pytest.mark.parametrize(
    ("current", "ours", "wanted", "labels", "then_ours"),
    [
        ("", "", "team", "team", "team"),
        ("mine", "", "team", "mine team", "team"),
        ("team", "", "team", "team", ""),
        ("team", "", "", "team", ""),
        ("mine team", "team", "", "mine", ""),
        ("team", "team", "friends", "friends", "friends"),
        # The user has taken it away.
        ("", "team", "team", "", "team"),
        ("", "team", "", "", ""),
    ],
)
def test_labels(current: str, ours: str, wanted: str, labels: str, then_ours: str) -> None:
    found = labels_after(set(current.split()), set(ours.split()), set(wanted.split()))
    assert found == (frozenset(labels.split()), frozenset(then_ours.split()))
