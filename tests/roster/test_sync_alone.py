"""Following a contact list: when it is read, and what is told of failures."""

import asyncio
from datetime import timedelta
import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.cisco_unified_presence.issues import Issue
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    ConnectFailure,
    ContactGroup,
    ContactList,
)
from custom_components.cisco_unified_presence.roster import sync
from custom_components.cisco_unified_presence.roster.sync import SyncHealth
from custom_components.cisco_unified_presence.settings import ContactListSettings
from tests.common.pauses import note_pauses
from tests.roster.followed_alone import ALL, ANNA, BEN, CLARA, CLIENT, NOW, Followed

DOWN = CannotConnect(ConnectFailure.REFUSED, "node:8443")


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


async def test_failures_in_a_row_are_logged_once_and_so_is_their_end(
    followed: Followed, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    followed.lists(Team="anna")
    await followed.start()
    assert "The contact list can" not in caplog.text
    followed.answer = DOWN
    for seconds in (901, 61):
        await followed.pass_time(seconds)
    assert caplog.text.count("The contact list cannot be followed") == 1
    followed.lists(Team="anna")
    for seconds in (121, 901):
        await followed.pass_time(seconds)
    assert caplog.text.count("The contact list can be read again") == 1


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
    followed.lists(Team="anna ben clara")
    await followed.start()
    people = list(people_of(followed.entry).values())
    pauses = note_pauses(monkeypatch)
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
