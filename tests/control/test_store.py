"""The records of people: what is loaded, stored, and waited for."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.arbitration import ManualSetting, RequestedPresence
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control.record import (
    FormerPerson,
    PersonRecord,
    PublishedPresence,
)
from custom_components.cisco_unified_presence.control.store import ControlStore
from custom_components.cisco_unified_presence.pws import Presence
from tests.common.people import people
from tests.common.strategies import NOW

FILE = f"{DOMAIN}.entry.kept"
ANNA, BEN, CLARA, DORA = (f"{name}@example.com" for name in ("anna", "ben", "clara", "dora"))
BUSY = RequestedPresence(Presence.BUSY, override=True)
PUBLISHED = PersonRecord(
    manual=ManualSetting(BUSY, NOW), published=PublishedPresence(BUSY, NOW, "session")
)
UNSURE = PersonRecord(unsure=True)


def stored(record: PersonRecord, user: str = "") -> dict[str, Any]:
    named = {"user": user, "contact": f"{user}@example.com"} if user else {}
    return {**named, **record.as_storage()}


@pytest.fixture(autouse=True)
def _at_nine(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(NOW)


@pytest.fixture
def store(hass: HomeAssistant, hass_storage: dict[str, Any]) -> ControlStore:
    return ControlStore(hass, "entry")


def put(hass_storage: dict[str, Any], data: dict[str, Any]) -> None:
    hass_storage[FILE] = {"version": 1, "minor_version": 1, "key": FILE, "data": data}


async def test_what_is_loaded_and_stored_of_whom(
    store: ControlStore, hass_storage: dict[str, Any]
) -> None:
    future = replace(PUBLISHED, manual=ManualSetting(BUSY, NOW + timedelta(hours=1)))
    put(
        hass_storage,
        {
            ANNA: stored(future),
            BEN: stored(PUBLISHED, "ben"),
            CLARA: {"damaged": True},
            DORA: {"damaged": True},
            "idle": stored(PersonRecord(own="away"), "emil"),
            "unnamed": stored(PUBLISHED),
        },
    )
    loaded = await store.async_load(people(ANNA, CLARA))
    assert set(loaded.unreadable) == {CLARA, DORA}
    assert {key: store.record_of(key) for key in store} == {
        # The clock was set back since.
        ANNA: PUBLISHED,
        # Only what has to be cleared is of use of those who are not controlled any more.
        BEN: PersonRecord(published=PUBLISHED.published),
        CLARA: UNSURE,
    }
    published = store.published_people()
    assert published[BEN] == FormerPerson("ben", BEN)
    assert {key: each.user for key, each in published.items()} == {
        ANNA: "anna",
        BEN: "ben",
        CLARA: "clara",
    }
    assert hass_storage[FILE]["data"] == {
        ANNA: stored(PUBLISHED, "anna"),
        BEN: stored(PersonRecord(published=PUBLISHED.published), "ben"),
        CLARA: stored(UNSURE, "clara"),
    }


async def test_a_file_without_faults_is_not_stored_anew(
    store: ControlStore, hass_storage: dict[str, Any]
) -> None:
    put(hass_storage, {ANNA: stored(PUBLISHED, "anna") | {"unknown": 1}})
    await store.async_load(people(ANNA, BEN))
    assert hass_storage[FILE]["data"][ANNA]["unknown"] == 1


@pytest.mark.parametrize(
    "useless",
    [
        {BEN: stored(PersonRecord(own="away"), "ben")},
        {BEN: {"damaged": True}},
        {BEN: stored(PUBLISHED)},
    ],
)
async def test_what_is_of_no_use_is_dropped_from_the_file(
    store: ControlStore, hass_storage: dict[str, Any], useless: dict[str, Any]
) -> None:
    put(hass_storage, {ANNA: stored(PUBLISHED, "anna"), **useless})
    await store.async_load(people(ANNA))
    assert hass_storage[FILE]["data"] == {ANNA: stored(PUBLISHED, "anna")}


async def test_what_was_set_is_waited_for_once(
    store: ControlStore, hass_storage: dict[str, Any]
) -> None:
    await store.async_load(people(ANNA, BEN))
    store.async_set(ANNA, UNSURE)
    store.async_set(BEN, UNSURE)
    assert FILE not in hass_storage
    await store.async_stored(ANNA)
    assert set(hass_storage[FILE]["data"]) == {ANNA, BEN}
    # It is on disk; neither that nor what only confirms it is stored once more for this.
    del hass_storage[FILE]
    store.async_set(ANNA, UNSURE)
    store.async_confirm(ANNA, PUBLISHED)
    await store.async_stored(ANNA, BEN, CLARA)
    assert FILE not in hass_storage
    store.async_set(BEN, PUBLISHED)
    await store.async_stored(ANNA)
    assert FILE not in hass_storage
    await store.async_stored(ANNA, BEN)
    assert hass_storage[FILE]["data"] == {
        ANNA: stored(PUBLISHED, "anna"),
        BEN: stored(PUBLISHED, "ben"),
    }


async def test_what_is_confirmed_is_stored_with_the_next_save(
    store: ControlStore, hass_storage: dict[str, Any]
) -> None:
    await store.async_load(people(ANNA))
    store.async_confirm(ANNA, PersonRecord())
    await store.async_save()
    assert FILE not in hass_storage
    store.async_confirm(ANNA, PUBLISHED)
    await store.async_save()
    assert hass_storage[FILE]["data"] == {ANNA: stored(PUBLISHED, "anna")}
    store.async_set(ANNA, PersonRecord())
    assert list(store) == []
    await store.async_stored(ANNA)
    assert hass_storage[FILE]["data"] == {}


async def test_saves_of_many_wait_for_the_end_of_all_who_set_together(
    store: ControlStore, hass_storage: dict[str, Any]
) -> None:
    await store.async_load(people(ANNA))
    store.async_set(ANNA, UNSURE)
    with store.saving_together():
        with store.saving_together():
            waiting = asyncio.create_task(store.async_stored(ANNA))
            await asyncio.sleep(0)
        for _ in range(10):
            await asyncio.sleep(0)
        assert not waiting.done()
        assert FILE not in hass_storage
    await waiting
    assert hass_storage[FILE]["data"] == {ANNA: stored(UNSURE, "anna")}


async def test_who_was_not_changed_does_not_wait_for_others(store: ControlStore) -> None:
    await store.async_load(people(ANNA, BEN))
    store.async_set(ANNA, UNSURE)
    with store.saving_together():
        async with asyncio.timeout(1):
            await store.async_stored(BEN)


async def test_what_changes_during_a_save_is_saved_after_it(
    store: ControlStore, hass_storage: dict[str, Any]
) -> None:
    await store.async_load(people(ANNA))
    store.async_set(ANNA, UNSURE)
    first = asyncio.create_task(store.async_stored(ANNA))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    store.async_set(ANNA, PUBLISHED)
    await store.async_stored(ANNA)
    assert hass_storage[FILE]["data"] == {ANNA: stored(PUBLISHED, "anna")}
    await first


async def test_a_logout_of_the_account_ends_all_that_is_published(store: ControlStore) -> None:
    await store.async_load(people(ANNA, BEN, CLARA))
    store.async_set(ANNA, PUBLISHED)
    store.async_set(BEN, UNSURE)
    own = PersonRecord(own="away")
    store.async_set(CLARA, own)
    store.async_note_logged_out()
    assert {key: store.record_of(key) for key in store} == {
        ANNA: replace(PUBLISHED, published=None),
        CLARA: own,
    }
    store.async_add_people(people(DORA))
    store.async_set(DORA, UNSURE)
    assert list(store.published_people()) == [DORA]
