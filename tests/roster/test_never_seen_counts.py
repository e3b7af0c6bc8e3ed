"""How long people are offline without having been seen, counted person by person."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.issues import Issue
from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    ConnectFailure,
    ContactPresence,
    Presence,
)
from custom_components.cisco_unified_presence.roster import following
from custom_components.cisco_unified_presence.roster.never_seen import (
    NeverSeen,
    Observation,
    store_key,
)
from tests.common.entry import SECRET
from tests.common.people import people
from tests.common.waiting import all_done

ANNA, BEN, CLARA, DORA = (f"{user}@example.com" for user in ("anna", "ben", "clara", "dora"))
WEEK = 7 * 24 * 3600.0
OFFLINE, UNKNOWN, AWAY = Presence.UNAVAILABLE, Presence.UNKNOWN, Presence.AWAY


class Observed:
    """Anna and Ben, observed by a clock that the test sets."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        self.now = 1000.0
        self.coordinator = PresenceCoordinator("cup", people(ANNA, BEN))
        self.coordinator.async_set_reachable()
        self.never_seen = NeverSeen(hass, entry, self.coordinator, lambda: self.now)

    def show(self, presence: Presence, contact: str = ANNA) -> None:
        self.coordinator.async_merge_fetch([ContactPresence(contact, presence)])

    def check(self) -> list[str]:
        """Count up to now, and return who is named."""
        self.never_seen._async_check(None)
        found = [person.contact for person in self.never_seen.people]
        issue_id = f"{Issue.PEOPLE_NEVER_SEEN}_{self._entry.entry_id}"
        issue = ir.async_get(self._hass).async_get_issue(DOMAIN, issue_id)
        named = (issue.translation_placeholders or {})["people"] if issue else None
        assert named == (", ".join(found) or None)
        return found

    async def stored(self, hass_storage: dict[str, Any]) -> dict[str, Any]:
        await self.never_seen.async_stop()
        if not hass_storage:
            # It is to be stored within a minute.
            await self.never_seen._store.async_stored()
        data: dict[str, Any] = hass_storage[store_key(self._entry.entry_id)]["data"]
        return data


@pytest.fixture
def entry(hass: HomeAssistant, hass_storage: dict[str, Any]) -> MockConfigEntry:
    entry = MockConfigEntry(domain=DOMAIN, data={CONF_WEBHOOK_ID: SECRET})
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def observed(hass: HomeAssistant, entry: MockConfigEntry) -> AsyncGenerator[Observed]:
    observed = Observed(hass, entry)
    observed.show(OFFLINE)
    await observed.never_seen.async_start()
    yield observed
    await observed.never_seen.async_stop()


async def test_only_time_offline_counts(observed: Observed, hass_storage: dict[str, Any]) -> None:
    observed.now += WEEK / 2
    observed.show(UNKNOWN)
    observed.now += WEEK
    observed.show(OFFLINE)
    observed.now += WEEK / 2 - 1
    assert observed.check() == []
    observed.now += 1
    assert observed.check() == [ANNA]
    observed.now += 5
    stored = await observed.stored(hass_storage)
    assert stored == {ANNA: {"offline": round(WEEK) + 5, "seen": False}}


async def test_who_is_seen_is_named_no_more(
    observed: Observed, hass_storage: dict[str, Any]
) -> None:
    observed.now += WEEK
    assert observed.check() == [ANNA]
    observed.show(AWAY)
    observed.show(OFFLINE)
    observed.now += WEEK
    assert observed.check() == []
    observed.show(AWAY, BEN)
    stored = await observed.stored(hass_storage)
    seen = {"offline": 0, "seen": True}
    assert stored == {ANNA: seen, BEN: seen}


async def test_time_without_a_server_does_not_count(observed: Observed) -> None:
    observed.now += WEEK - 1
    observed.coordinator.async_set_unreachable(CannotConnect(ConnectFailure.REFUSED))
    observed.now += WEEK
    assert observed.check() == []
    observed.coordinator.async_set_reachable()
    observed.now += 1
    assert observed.check() == [ANNA]


async def test_who_is_gone_begins_anew(observed: Observed, hass_storage: dict[str, Any]) -> None:
    observed.now += WEEK
    assert observed.check() == [ANNA]
    observed.coordinator.async_set_people(people(BEN))
    observed.now += WEEK
    assert observed.check() == []
    observed.coordinator.async_set_people(people(ANNA, BEN))
    observed.show(OFFLINE)
    observed.now += 5
    stored = await observed.stored(hass_storage)
    assert stored == {ANNA: {"offline": 5, "seen": False}}


async def test_who_goes_after_the_stop_is_not_named(observed: Observed) -> None:
    observed.now += WEEK
    await observed.never_seen.async_stop()
    assert [person.contact for person in observed.never_seen.people] == [ANNA]
    observed.coordinator.async_set_people(people(BEN))
    assert observed.never_seen.people == []


async def test_who_is_seen_at_the_start_is_not_followed(
    hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    observed = Observed(hass, entry)
    observed.show(AWAY)
    await observed.never_seen.async_start()
    assert set(observed.never_seen._followed.keys) == {BEN}
    assert await observed.stored(hass_storage) == {ANNA: {"offline": 0, "seen": True}}


async def test_counting_goes_on_over_a_restart(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    observed: Observed,
    hass_storage: dict[str, Any],
) -> None:
    observed.now += WEEK - 1
    await observed.stored(hass_storage)
    again = Observed(hass, entry)
    again.show(OFFLINE)
    await again.never_seen.async_start()
    assert again.check() == []
    again.now += 1
    assert again.check() == [ANNA]
    await again.never_seen.async_stop()
    again.now += WEEK
    again.show(AWAY)
    assert not again.never_seen._followed.keys


async def test_who_was_never_seen_is_named_at_the_start(
    hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    key = store_key(entry.entry_id)
    data = {
        ANNA: {"offline": WEEK, "seen": False},
        BEN: {"offline": "long", "seen": False},
        "gone@example.com": {"offline": WEEK, "seen": False},
    }
    hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": data}
    observed = Observed(hass, entry)
    await observed.never_seen.async_start()
    issue_id = f"{Issue.PEOPLE_NEVER_SEEN}_{entry.entry_id}"
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert observed.check() == [ANNA]
    await observed.never_seen.async_stop()


async def test_what_was_counted_is_stored_with_the_stop(
    observed: Observed, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    observed.now += 5
    await observed.never_seen.async_stop()
    assert hass_storage[store_key(entry.entry_id)]["data"] == {ANNA: {"offline": 5, "seen": False}}


async def test_the_stop_of_what_was_never_started_leaves_what_is_stored(
    hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    """As where the entry could not log in."""
    key, data = store_key(entry.entry_id), {ANNA: {"offline": 5, "seen": False}}
    hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": data}
    await Observed(hass, entry).never_seen.async_stop()
    assert hass_storage[key]["data"] == data


async def test_what_was_counted_is_stored_within_a_minute(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    observed: Observed,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    observed.show(AWAY)
    freezer.tick(timedelta(seconds=59.5))
    await all_done(hass)
    assert hass_storage == {}
    freezer.tick(timedelta(seconds=1))
    await all_done(hass)
    assert hass_storage[store_key(entry.entry_id)]["data"] == {ANNA: {"offline": 0, "seen": True}}


async def test_nothing_is_stored_while_nothing_is_counted(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    observed = Observed(hass, entry)
    await observed.never_seen.async_start()
    assert observed.check() == []
    freezer.tick(timedelta(seconds=61))
    await all_done(hass)
    await observed.never_seen.async_stop()
    assert hass_storage == {}


async def test_who_is_gone_when_the_turn_comes_is_not_followed(
    observed: Observed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "PEOPLE_PER_TURN", 1)
    observed.coordinator.async_set_people(people(ANNA, BEN, CLARA, DORA))
    observed.coordinator.async_set_people(people(ANNA, BEN))
    for _ in range(5):
        await asyncio.sleep(0)
    assert set(observed.never_seen._followed.keys) == {ANNA, BEN}


async def test_that_someone_was_seen_is_stored(
    observed: Observed, hass_storage: dict[str, Any]
) -> None:
    observed.show(AWAY)
    assert await observed.stored(hass_storage) == {ANNA: {"offline": 0, "seen": True}}


@pytest.mark.parametrize("seen", [True, False])
def test_what_is_stored_of_a_person_is_read_as_it_was(*, seen: bool) -> None:
    observation = Observation(offline=7.0, is_seen=seen)
    assert observation.as_storage() == {"offline": 7, "seen": seen}
    assert Observation.from_storage({"offline": 7, "seen": seen}) == observation
