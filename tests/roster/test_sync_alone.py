"""Following a contact list: when it is read, what is done, and what is told of failures."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers import label_registry as lr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import Issue, async_ignore_issue
from custom_components.cisco_unified_presence.people import people_of, person_device_identifier
from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    ConnectFailure,
    ContactGroup,
    ContactList,
    PresenceClient,
)
from custom_components.cisco_unified_presence.roster import sync
from custom_components.cisco_unified_presence.roster.names import DisplayNames
from custom_components.cisco_unified_presence.roster.plan import SyncRecord
from custom_components.cisco_unified_presence.roster.sync import ContactListSync, SyncHealth
from custom_components.cisco_unified_presence.settings import ContactListSettings
from tests.common.entry import SECRET, person
from tests.common.waiting import all_done

ANNA, BEN, CLARA = "anna@example.com", "ben@example.com", "clara@example.com"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DOWN = CannotConnect(ConnectFailure.REFUSED, "node:8443")
CLIENT = cast("PresenceClient", object())
ALL = ContactListSettings(group=None, removes=True, labels=False)


class Names:
    """Names that are told when they are asked for."""

    def __init__(self) -> None:
        self.told: dict[str, str] = {}
        self.asked: list[list[str]] = []
        self.nicknames: list[Mapping[str, str]] = []

    def async_set_nicknames(self, nicknames: Mapping[str, str]) -> None:
        self.nicknames.append(nicknames)

    async def async_ask(self, contacts: Sequence[str]) -> dict[str, str]:
        self.asked.append(list(contacts))
        return self.told

    def name_of(self, contact: str, told: Mapping[str, str]) -> str | None:
        return told.get(contact)


class Followed:
    """An entry with Anna, added by hand, that follows a list."""

    def __init__(
        self,
        hass: HomeAssistant,
        freezer: FrozenDateTimeFactory,
        settings: ContactListSettings | None,
    ) -> None:
        self._hass = hass
        self._freezer = freezer
        self.entry = MockConfigEntry(
            domain=DOMAIN,
            title="CUP",
            data={CONF_WEBHOOK_ID: SECRET},
            subentries_data=[person("anna")],
        )
        self.entry.add_to_hass(hass)
        self.names = Names()
        self.answer: ContactList | Exception = ContactList()
        self.asked: list[tuple[object, ...]] = []
        self.changes: list[bool] = []
        names = cast("DisplayNames", self.names)
        self.sync = ContactListSync(hass, self.entry, CLIENT, "desk", names, settings)

    async def contact_list(
        self, _hass: Any, client: Any, watcher: str, data: Any, *, within: float
    ) -> ContactList:
        self.asked.append((client, watcher, data, within))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def lists(self, **groups: str) -> None:
        """Let the list hold groups of users."""
        self.answer = ContactList(
            tuple(
                ContactGroup(name, tuple(f"{user}@example.com" for user in users.split()))
                for name, users in groups.items()
            )
        )

    @property
    def users(self) -> list[str]:
        return [each.user for each in people_of(self.entry).values()]

    async def start(self) -> None:
        await self.sync.async_start(lambda: self.changes.append(self.sync.is_changing))
        await self.done()

    async def done(self) -> None:
        await all_done(self._hass)

    async def pass_time(self, seconds: float) -> int:
        """Return how often the list was read meanwhile."""
        before = len(self.asked)
        self._freezer.tick(timedelta(seconds=seconds))
        await self.done()
        return len(self.asked) - before

    async def next_after(self, seconds: float) -> bool:
        """Tell whether the list is read after so many seconds, and not before."""
        early = await self.pass_time(seconds - 1)
        return early == 0 and await self.pass_time(1.5) == 1

    def issue(self, issue: Issue) -> ir.IssueEntry | None:
        issue_id = f"{issue}_{self.entry.entry_id}"
        return ir.async_get(self._hass).async_get_issue(DOMAIN, issue_id)

    def add_device(self, key: str) -> dr.DeviceEntry:
        return dr.async_get(self._hass).async_get_or_create(
            config_entry_id=self.entry.entry_id,
            identifiers={person_device_identifier(self.entry.entry_id, key)},
        )


@pytest.fixture
def list_settings() -> ContactListSettings | None:
    return ALL


@pytest.fixture
async def followed(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    hass_storage: dict[str, Any],
    list_settings: ContactListSettings | None,
) -> AsyncGenerator[Followed]:
    freezer.move_to(NOW)
    followed = Followed(hass, freezer, list_settings)
    monkeypatch.setattr(sync, "async_contact_list", followed.contact_list)
    yield followed
    await followed.sync.async_stop()


# When it is read


async def test_a_list_is_read_each_quarter_of_an_hour_and_soon_after_people_were_added(
    followed: Followed,
) -> None:
    followed.lists(Team="anna ben")
    await followed.start()
    assert followed.asked == [(CLIENT, "desk", followed.entry.data, 30.0)]
    assert followed.users == ["anna", "ben"]
    assert await followed.next_after(60)
    assert await followed.next_after(900)
    assert await followed.next_after(900)


async def test_after_failures_it_is_read_more_and_more_rarely(followed: Followed) -> None:
    followed.answer = DOWN
    await followed.start()
    for seconds in (60, 120, 240, 480, 900, 900):
        assert await followed.next_after(seconds), seconds
    followed.lists(Team="anna")
    assert await followed.pass_time(900.5) == 1
    assert await followed.next_after(900)
    followed.answer = DOWN
    assert await followed.pass_time(900.5) == 1
    assert await followed.next_after(60)


async def test_nothing_is_read_after_the_stop(followed: Followed) -> None:
    await followed.start()
    await followed.sync.async_stop()
    assert await followed.pass_time(5000) == 0


async def test_changed_settings_count_at_once(followed: Followed) -> None:
    followed.lists(Team="anna ben", Other="clara")
    await followed.start()
    assert followed.users == ["anna", "ben", "clara"]
    followed.sync.async_set_settings(ContactListSettings(group="Team", removes=True, labels=False))
    await followed.done()
    assert len(followed.asked) == 2
    assert [each.contact for each in followed.sync.leaving] == [CLARA]
    # The timer of before is gone.
    assert await followed.next_after(900)


@pytest.mark.parametrize("list_settings", [None])
async def test_without_settings_nothing_is_read(followed: Followed) -> None:
    await followed.start()
    assert await followed.pass_time(5000) == 0
    assert followed.asked == []
    assert followed.sync.health == SyncHealth()


# What is done


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


# What is told


async def test_a_reading_and_its_failures(followed: Followed) -> None:
    followed.lists(Team="anna ben")
    await followed.start()
    assert followed.sync.health == SyncHealth(read_at=NOW, contacts=2, tells_absence=True)
    followed.answer = DOWN
    await followed.pass_time(61)
    failing_since = NOW + timedelta(seconds=61)
    health = followed.sync.health
    assert health == SyncHealth(
        read_at=NOW,
        failing_since=failing_since,
        failure=health.failure,
        contacts=2,
        tells_absence=True,
    )
    # A sentence, or its key where no test has loaded the texts.
    assert health.failure
    for seconds in (61, 121, 241, 481, 901, 901):
        await followed.pass_time(seconds)
        assert followed.issue(Issue.CONTACT_LIST_UNAVAILABLE) is None
        assert health.failing_since == failing_since
    await followed.pass_time(901)
    issue = followed.issue(Issue.CONTACT_LIST_UNAVAILABLE)
    assert issue
    assert issue.translation_placeholders == {"title": "CUP", "detail": health.failure}
    followed.lists(Team="anna")
    await followed.pass_time(901)
    assert followed.issue(Issue.CONTACT_LIST_UNAVAILABLE) is None
    assert followed.sync.health == SyncHealth(
        read_at=followed.sync.health.read_at, contacts=1, tells_absence=True
    )


async def test_a_failure_is_told_after_an_hour(
    followed: Followed, freezer: FrozenDateTimeFactory
) -> None:
    followed.answer = DOWN
    await followed.start()
    for seconds, is_told in ((3599, False), (3600, True)):
        freezer.move_to(NOW + timedelta(seconds=seconds))
        await followed.sync.async_read()
        assert bool(followed.issue(Issue.CONTACT_LIST_UNAVAILABLE)) is is_told


async def test_what_a_list_has_told_is_forgotten_with_the_settings(followed: Followed) -> None:
    followed.answer = ContactList((ContactGroup("Team", (ANNA,)),), {ANNA: "Annie"})
    await followed.start()
    followed.sync.async_set_settings(None)
    await followed.done()
    assert "read" not in followed.sync._timers
    followed.lists(Team="ben")
    followed.sync.async_set_settings(ALL)
    await followed.done()
    assert followed.names.nicknames == [{ANNA: "Annie"}, {}, {}]


async def test_others_have_their_turn_between_the_steps_of_a_reading(
    followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With thousands of people each of them takes a while."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    followed.lists(Team="anna ben clara")
    await followed.start()
    people = list(people_of(followed.entry).values())
    monkeypatch.setattr("asyncio.sleep", sleep)
    await followed.sync.async_read()
    assert pauses == [0, 0, 0]
    await followed.sync.async_remove(people[1:])
    assert pauses == [0, 0, 0, 0, 0]
    assert followed.users == ["anna"]


async def test_a_reading_that_is_under_way_ends_with_the_stop(
    followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, told = asyncio.Event(), asyncio.Event()

    async def contact_list(*_: Any, **__: Any) -> ContactList:
        asked.set()
        await told.wait()
        return ContactList((ContactGroup("Team", (BEN,)),))

    monkeypatch.setattr(sync, "async_contact_list", contact_list)
    await followed.sync.async_start(lambda: None)
    await asked.wait()
    await followed.sync.async_stop()
    told.set()
    await followed.done()
    assert followed.users == ["anna"]


async def test_an_empty_list_is_a_failure_and_one_that_is_incomplete_is_none(
    followed: Followed,
) -> None:
    await followed.start()
    assert followed.sync.health.failure
    assert not followed.sync.health.tells_absence
    followed.answer = ContactList((ContactGroup("Team", (ANNA,)),), is_complete=False)
    await followed.pass_time(61)
    assert followed.sync.health == SyncHealth(
        read_at=NOW + timedelta(seconds=61), contacts=1, tells_absence=False
    )


async def test_a_failure_is_forgotten_with_the_settings(followed: Followed) -> None:
    followed.answer = DOWN
    await followed.start()
    for seconds in (61, 121, 241, 481, 901, 901, 901):
        await followed.pass_time(seconds)
    assert followed.issue(Issue.CONTACT_LIST_UNAVAILABLE)
    followed.sync.async_set_settings(None)
    await followed.done()
    assert followed.issue(Issue.CONTACT_LIST_UNAVAILABLE) is None
    assert await followed.pass_time(5000) == 0
