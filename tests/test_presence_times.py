"""Since when people are shown as they are: over changes, outages, restarts and odd clocks."""

from datetime import UTC, datetime, timedelta
import threading
from typing import Any, ClassVar, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.presence_times import (
    PresenceTime,
    PresenceTimes,
    PresenceTimeStore,
)
from custom_components.cisco_unified_presence.pws import ContactPresence, Presence, RichPresence

from .common.server import Cup
from .common.setting_presence import ANNA
from .common.states import shown
from .common.waiting import pass_time, settled

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
KEY = "anna@example.com"
HOUR = timedelta(hours=1)


def seen(presence: Presence, told: datetime | None = None) -> ContactPresence:
    rich = RichPresence(f"sip:{KEY}", since=told) if told else None
    return ContactPresence(KEY, presence, rich)


@pytest.fixture
def times(freezer: FrozenDateTimeFactory) -> PresenceTimes:
    """Times in which Anna is available since nine; it is ten."""
    freezer.move_to(NINE)
    times = PresenceTimes()
    times.async_note(KEY, seen(Presence.AVAILABLE))
    freezer.tick(HOUR)
    return times


@pytest.mark.parametrize(
    ("news", "since"),
    [
        (seen(Presence.AVAILABLE), NINE),
        (seen(Presence.AVAILABLE, NINE + HOUR / 2), NINE),
        (seen(Presence.UNKNOWN), NINE),
        (seen(Presence.BUSY), NINE + HOUR),
        (seen(Presence.BUSY, NINE + HOUR / 2), NINE + HOUR / 2),
        # Not after she was last seen otherwise, and later than now.
        (seen(Presence.BUSY, NINE - HOUR), NINE + HOUR),
        (seen(Presence.BUSY, NINE), NINE + HOUR),
        (seen(Presence.BUSY, NINE + 2 * HOUR), NINE + HOUR),
        (seen(Presence.BUSY, datetime(1, 1, 1, tzinfo=UTC)), NINE + HOUR),
        (seen(Presence.BUSY, datetime(9999, 12, 31, tzinfo=UTC)), NINE + HOUR),
    ],
)
def test_what_news_make_of_it(times: PresenceTimes, news: ContactPresence, since: datetime) -> None:
    times.async_note(KEY, news)
    assert times.since(KEY) == since


@pytest.mark.parametrize(("days", "is_credible"), [(365, True), (366, False), (400, False)])
def test_a_document_may_tell_of_the_last_year(
    freezer: FrozenDateTimeFactory, days: int, *, is_credible: bool
) -> None:
    freezer.move_to(NINE)
    times, changes = PresenceTimes(), [0]

    def note() -> None:
        changes[0] += 1

    times.on_change = note
    told = NINE - timedelta(days=days)
    times.async_note(KEY, seen(Presence.BUSY, told))
    assert times.since(KEY) == (told if is_credible else NINE)
    assert changes == [1]
    # What is said again, or is unknown, is no change.
    times.async_note(KEY, seen(Presence.BUSY))
    times.async_note(KEY, seen(Presence.UNKNOWN))
    times.async_keep_only({KEY})
    assert changes == [1]
    times.async_keep_only(())
    assert changes == [2]
    assert times.since(KEY) is None


def test_what_was_seen_since_the_start_counts_before_what_is_stored(
    times: PresenceTimes,
) -> None:
    earlier = PresenceTime(Presence.BUSY, NINE - HOUR)
    times.async_restore({KEY: earlier, "ben@x": earlier})
    assert dict(times) == {
        KEY: PresenceTime(Presence.AVAILABLE, NINE),
        "ben@x": earlier,
    }


def test_unknown_in_between_changes_nothing(times: PresenceTimes) -> None:
    times.async_note(KEY, seen(Presence.UNKNOWN))
    times.async_note(KEY, seen(Presence.AVAILABLE))
    assert times.since(KEY) == NINE


def test_a_time_from_the_future_ends_with_the_clock(
    times: PresenceTimes, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NINE - HOUR)
    times.async_note(KEY, seen(Presence.AVAILABLE))
    assert times.since(KEY) == NINE - HOUR


def test_only_people_of_the_entry_are_remembered(times: PresenceTimes) -> None:
    times.async_keep_only({"ben@example.com"})
    assert list(times) == []


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"presence": "BUSY"},
        {"presence": "LOST", "since": NINE.isoformat()},
        {"presence": "BUSY", "since": "yesterday"},
        {"presence": "BUSY", "since": "2026-11-23T09:00:00"},
        {"presence": "BUSY", "since": 5},
    ],
)
def test_what_cannot_be_read_is_refused(stored: dict[str, Any]) -> None:
    with pytest.raises((LookupError, TypeError, ValueError)):
        PresenceTime.from_storage(stored)


class Noting(PresenceTime):
    """A presence that notes in which thread it is made JSON of."""

    threads: ClassVar[list[int]] = []

    @override
    def as_storage(self) -> dict[str, Any]:
        self.threads.append(threading.get_ident())
        return super().as_storage()


async def test_the_times_of_thousands_are_made_json_of_in_the_executor(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    times = PresenceTimes()
    store = PresenceTimeStore(hass, "entry", times)
    await store.async_load(())
    times.async_restore({KEY: Noting(Presence.BUSY, NINE)})
    times.async_note("ben@x", seen(Presence.AWAY))
    await store.async_save()
    assert hass_storage[f"{DOMAIN}.entry.since"]["data"].keys() == {KEY, "ben@x"}
    assert Noting.threads
    assert threading.get_ident() not in Noting.threads


async def test_the_times_of_those_who_are_gone_are_not_kept(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    key = f"{DOMAIN}.entry.since"
    time = PresenceTime(Presence.BUSY, NINE).as_storage()
    data = {KEY: time, "ben@x": time}
    hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": data}
    store = PresenceTimeStore(hass, "entry", PresenceTimes())
    await store.async_load({KEY})
    await store.async_save()
    assert hass_storage[key]["data"] == {KEY: time}


def since(hass: HomeAssistant) -> datetime | None:
    state = hass.states.get(ANNA)
    assert state
    time: datetime | None = state.attributes["since"]
    return time


@pytest.fixture
def _at_nine(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(NINE)


@pytest.mark.usefixtures("_at_nine")
async def test_restart_and_outage_leave_it(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
    loaded: MockConfigEntry,
    cup: Cup,
) -> None:
    await settled(cup)
    assert since(hass) == NINE
    await pass_time(freezer, cup, 600)

    await hass.config_entries.async_unload(loaded.entry_id)
    stored = hass_storage[f"{DOMAIN}.{loaded.entry_id}.since"]["data"]
    assert stored[KEY] == {"presence": "AVAILABLE", "since": NINE.isoformat()}
    freezer.tick(HOUR)
    await hass.config_entries.async_setup(loaded.entry_id)
    await settled(cup)

    assert (shown(hass, ANNA), since(hass)) == ("available", NINE)


@pytest.mark.usefixtures("_at_nine")
async def test_a_change_while_home_assistant_is_away_is_noticed_at_its_start(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await hass.config_entries.async_unload(loaded.entry_id)
    await cup.choose("anna", "BUSY")
    freezer.tick(HOUR)
    await hass.config_entries.async_setup(loaded.entry_id)
    await settled(cup)

    assert (shown(hass, ANNA), since(hass)) == ("busy", NINE + HOUR)


async def test_a_removed_entry_leaves_no_times(
    hass: HomeAssistant, hass_storage: dict[str, Any], loaded: MockConfigEntry, cup: Cup
) -> None:
    await settled(cup)
    await hass.config_entries.async_remove(loaded.entry_id)
    assert f"{DOMAIN}.{loaded.entry_id}.since" not in hass_storage
