"""The contact list of an entry, without a server: what is done with what is read."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import label_registry as lr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import Issue, async_ignore_issue
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.pws import ContactGroup, ContactList
from custom_components.cisco_unified_presence.roster import sync
from custom_components.cisco_unified_presence.roster.plan import SyncRecord
from custom_components.cisco_unified_presence.roster.sync import SyncHealth
from custom_components.cisco_unified_presence.settings import ContactListSettings
from tests.common.entry import person
from tests.roster.followed_alone import ANNA, BEN, CLARA, NOW, Followed

DORA = "dora@example.com"


async def test_who_is_added(followed: Followed) -> None:
    followed.lists(Team="anna ben")
    followed.names.told = {BEN: "Ben B."}
    await followed.start()
    ben = list(people_of(followed.entry).values())[1]
    assert (ben.user, ben.contact, ben.name, ben.told_name) == ("ben", BEN, "Ben B.", "Ben B.")
    assert ben.is_from_list
    assert not ben.controlled
    assert followed.names.asked == [[BEN]]
    assert followed.changes == [False]
    assert followed.sync.record == SyncRecord(present=frozenset({ANNA}))
    await followed.pass_time(61)
    assert followed.sync.record == SyncRecord(present=frozenset({ANNA, BEN}))
    # Nothing has changed since.
    assert followed.changes == [False]
    assert followed.names.asked == [[BEN]]


@pytest.mark.parametrize(("count", "asked"), [(50, 50), (51, 0)])
async def test_names_of_very_many_are_not_asked_for(
    followed: Followed, count: int, asked: int
) -> None:
    followed.lists(Team=" ".join(f"user{number}" for number in range(count)))
    await followed.start()
    assert len(followed.users) == count + 1
    assert [len(each) for each in followed.names.asked] == [asked]


async def test_nobody_sees_the_list_half_taken_over(
    followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "_PEOPLE_PER_BATCH", 2)
    followed.lists(Team="ben clara dora emil finn")
    seen: set[tuple[int, bool]] = set()

    async def watch() -> None:
        while len(followed.users) < 6:
            seen.add((len(followed.users), followed.sync.is_changing))
            await asyncio.sleep(0)

    await followed.sync.async_start(lambda: followed.changes.append(followed.sync.is_changing))
    await watch()
    await followed.done()
    assert {count for count, _ in seen} == {1, 3, 5}
    assert all(is_changing for count, is_changing in seen if count > 1)
    assert followed.changes == [False]
    assert not followed.sync.is_changing


async def test_whom_the_user_adds_meanwhile_is_not_added_twice(
    hass: HomeAssistant, followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask(_contacts: Sequence[str]) -> dict[str, str]:
        made = MockConfigEntry(subentries_data=[person("ben", name="Benny")])
        hass.config_entries.async_add_subentry(followed.entry, next(iter(made.subentries.values())))
        return {}

    monkeypatch.setattr(followed.names, "async_ask", ask)
    followed.lists(Team="ben clara")
    await followed.start()
    assert [each.name for each in people_of(followed.entry).values()] == ["Anna", "Benny", "clara"]


async def test_who_is_missing_is_told_and_goes_after_a_day(followed: Followed) -> None:
    followed.lists(Team="anna ben clara")
    await followed.start()
    followed.lists(Team="anna")
    await followed.pass_time(61)
    issue = followed.issue(Issue.PEOPLE_LEFT_CONTACT_LIST)
    assert issue
    assert issue.translation_placeholders == {"title": "CUP", "people": "ben, clara"}
    assert followed.sync.record.missing == {
        key: NOW + timedelta(seconds=61) for key in (BEN, CLARA)
    }
    assert await followed.pass_time(86400 - 1) == 1
    assert followed.users == ["anna", "ben", "clara"]
    assert await followed.pass_time(901) == 1
    assert followed.users == ["anna"]
    assert followed.issue(Issue.PEOPLE_LEFT_CONTACT_LIST) is None
    assert followed.changes == [False, False]


async def test_the_user_lets_some_stay_and_removes_others(followed: Followed) -> None:
    followed.lists(Team="ben clara dora")
    await followed.start()
    followed.lists(Team="anna")
    await followed.pass_time(61)
    people = people_of(followed.entry)
    await followed.sync.async_let_stay([people[BEN]])
    assert [each.contact for each in followed.sync.leaving] == [CLARA, "dora@example.com"]
    await followed.sync.async_remove([people[CLARA]])
    assert followed.users == ["anna", "ben", "dora"]
    assert [each.user for each in followed.sync.leaving] == ["dora"]
    assert not people_of(followed.entry)[BEN].is_from_list
    # A person who is gone already is passed over, and so is one whom the user has let stay.
    await followed.sync.async_let_stay([people[CLARA]])
    await followed.sync.async_remove([people[BEN], people[CLARA]])
    assert followed.users == ["anna", "ben", "dora"]
    issue = followed.issue(Issue.PEOPLE_LEFT_CONTACT_LIST)
    assert issue
    assert (issue.translation_placeholders or {})["people"] == "dora"
    await followed.pass_time(2 * 86400)
    assert followed.users == ["anna", "ben"]


async def test_who_is_to_stay_keeps_no_other_from_being_removed(followed: Followed) -> None:
    followed.lists(Team="ben clara")
    await followed.start()
    people = people_of(followed.entry)
    await followed.sync.async_let_stay([people[BEN]])
    await followed.sync.async_remove([people[BEN], people[CLARA]])
    assert followed.users == ["anna", "ben"]


async def test_whom_the_user_removes_meanwhile_is_passed_over(
    hass: HomeAssistant, followed: Followed
) -> None:
    followed.lists(Team="ben clara dora")
    await followed.start()
    people = people_of(followed.entry)
    leaving = [people[key] for key in (BEN, CLARA, DORA)]
    removing = hass.async_create_task(followed.sync.async_remove(leaving))
    assert followed.users == ["anna", "clara", "dora"]
    hass.config_entries.async_remove_subentry(followed.entry, people[CLARA].subentry_id)
    await removing
    assert followed.users == ["anna"]


async def test_an_ignored_issue_is_shown_again_when_it_names_others(
    hass: HomeAssistant, followed: Followed
) -> None:
    def is_ignored() -> bool:
        issue = followed.issue(Issue.PEOPLE_LEFT_CONTACT_LIST)
        assert issue
        return issue.dismissed_version is not None

    followed.lists(Team="ben clara dora")
    await followed.start()
    followed.lists(Team="dora")
    await followed.pass_time(61)
    async_ignore_issue(hass, followed.entry, Issue.PEOPLE_LEFT_CONTACT_LIST, ignore=True)
    followed.lists(Team="dora clara")
    await followed.pass_time(901)
    assert is_ignored()
    followed.lists(Team="clara")
    await followed.pass_time(901)
    assert not is_ignored()


async def test_nicknames_are_handed_on(followed: Followed) -> None:
    followed.answer = ContactList(
        (ContactGroup("Team", (ANNA, BEN)),), {ANNA: " An\nna ", BEN: " "}
    )
    await followed.start()
    assert followed.names.nicknames == [{ANNA: "An na"}]
    # Who is missing keeps the nickname until it is clear who stays.
    followed.answer = ContactList((ContactGroup("Team", (BEN,)),), {BEN: "Benny"})
    await followed.pass_time(61)
    assert followed.names.nicknames[-1] == {ANNA: "An na", BEN: "Benny"}
    followed.answer = ContactList((ContactGroup("Team", (ANNA, BEN)),))
    await followed.pass_time(901)
    assert followed.names.nicknames[-1] == {}


@pytest.mark.parametrize(
    "list_settings", [ContactListSettings(group=None, removes=True, labels=True)]
)
async def test_who_is_removed_leaves_without_our_labels(
    hass: HomeAssistant, followed: Followed
) -> None:
    """Home Assistant remembers the labels of a device that is deleted."""
    followed.lists(Team="ben")
    await followed.start()
    device = followed.add_device(BEN)
    await followed.done()
    devices = dr.async_get(hass)
    assert devices.async_get(device.id).labels == {"team"}  # type: ignore[union-attr]
    await followed.sync.async_remove([people_of(followed.entry)[BEN]])
    assert devices.async_get(device.id).labels == set()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "list_settings", [ContactListSettings(group=None, removes=True, labels=True)]
)
async def test_what_was_done_is_taken_back(
    hass: HomeAssistant, followed: Followed, hass_storage: dict[str, Any]
) -> None:
    anna = followed.add_device(ANNA)
    followed.answer = ContactList((ContactGroup("Team", (ANNA, BEN)),), {ANNA: "Annie"})
    await followed.start()
    assert followed.names.nicknames == [{ANNA: "Annie"}]
    labels = lr.async_get(hass)
    assert [label.name for label in labels.async_list_labels()] == ["Team"]
    devices = dr.async_get(hass)
    assert devices.async_get(anna.id).labels == {"team"}  # type: ignore[union-attr]
    key = f"{DOMAIN}.{followed.entry.entry_id}.contact_list"
    assert hass_storage[key]["data"] == {
        "present": [ANNA],
        "missing": {},
        "labels": {
            "of_group": {"Team": "team"},
            "created": ["team"],
            "assigned": {ANNA: ["team"]},
        },
    }
    # A device that is made later, of a person and no other one.
    ben = followed.add_device(BEN)
    await followed.done()
    assert devices.async_get(ben.id).labels == {"team"}  # type: ignore[union-attr]
    assert hass_storage[key]["data"]["labels"]["assigned"] == {ANNA: ["team"], BEN: ["team"]}

    followed.sync.async_set_settings(None)
    await followed.done()
    assert list(labels.async_list_labels()) == []
    assert devices.async_get(anna.id).labels == set()  # type: ignore[union-attr]
    assert hass_storage[key]["data"] == {
        "present": [],
        "missing": {},
        "labels": {"of_group": {}, "created": [], "assigned": {}},
    }
    assert followed.names.nicknames[-1] == {}
    assert followed.sync.health == SyncHealth()
    assert followed.users == ["anna", "ben"]
