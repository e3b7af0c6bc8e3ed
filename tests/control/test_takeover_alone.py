"""When a takeover is suspected, by what is shown in the place of what is published."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.cisco_unified_presence.arbitration import RequestedPresence
from custom_components.cisco_unified_presence.control.record import (
    PersonRecord,
    PublishedPresence,
)
from custom_components.cisco_unified_presence.control.store import ControlStore
from custom_components.cisco_unified_presence.control.takeover import TakeoverDetector
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.pws import (
    Activity,
    ContactPresence,
    Device,
    Presence,
    RichPresence,
)
from tests.common.people import people
from tests.common.strategies import NOW

(ANNA,) = people("anna@example.com").values()
BUSY = RequestedPresence(Presence.BUSY, override=True)
PUBLISHED = PublishedPresence(BUSY, NOW, "session", Presence.BUSY)
PHONE = Device("phone", activities=frozenset({Activity.BUSY}))
OVERRIDE = Device("pws-override", is_open=True)


class Detected:
    """A detector for Anna, of whom Busy is published, and who is suspected."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        self._hass = hass
        self._freezer = freezer
        self.coordinator = PresenceCoordinator("cup", {ANNA.key: ANNA})
        self.store = ControlStore(hass, "entry")
        self.publish(PUBLISHED)
        self.suspected: list[str] = []
        self.detector = TakeoverDetector(hass, self.coordinator, self.store, self.suspected.append)

    def publish(self, published: PublishedPresence | None) -> None:
        self.store.async_confirm(ANNA.key, PersonRecord(published=published))

    def show(self, presence: Presence, *devices: Device) -> None:
        rich = RichPresence("sip:anna@example.com", devices=devices) if devices else None
        self.coordinator.async_merge_fetch([ContactPresence(ANNA.contact, presence, rich)])

    async def after(self, seconds: float) -> int:
        """Let time pass, and return how often Anna was suspected so far."""
        self._freezer.tick(timedelta(seconds=seconds))
        async_fire_time_changed(self._hass)
        await self._hass.async_block_till_done()
        assert set(self.suspected) <= {ANNA.key}
        return len(self.suspected)


@pytest.fixture
def detected(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Detected:
    detected = Detected(hass, freezer)
    detected.show(Presence.BUSY)
    detected.detector.async_watch(ANNA)
    return detected


async def test_another_word_that_is_shown_for_five_seconds_is_suspected(
    detected: Detected,
) -> None:
    detected.show(Presence.DND)
    assert await detected.after(4) == 0
    # Whichever it is.
    detected.show(Presence.AVAILABLE)
    assert await detected.after(1.1) == 1
    assert await detected.after(60) == 1
    detected.show(Presence.DND)
    assert await detected.after(5.1) == 2
    detected.detector.async_stop()


async def test_a_word_that_is_passed_through_is_not(detected: Detected) -> None:
    detected.show(Presence.DND)
    await detected.after(4)
    detected.show(Presence.BUSY)
    assert await detected.after(10) == 0
    detected.show(Presence.UNKNOWN)
    assert await detected.after(10) == 0


async def test_what_is_shown_already_when_the_watch_begins_counts(detected: Detected) -> None:
    detected.detector.async_forget(ANNA.key)
    detected.show(Presence.DND)
    assert await detected.after(10) == 0
    detected.detector.async_watch(ANNA)
    assert await detected.after(5.1) == 1
    # Watched already.
    detected.detector.async_watch(ANNA)
    assert await detected.after(5.1) == 1


async def test_nothing_is_suspected_of_whom_nothing_is_published(detected: Detected) -> None:
    detected.publish(None)
    detected.show(Presence.DND)
    assert await detected.after(10) == 0
    assert not detected.detector.is_unmarked(ANNA.key)


async def test_nothing_is_suspected_before_anything_is_shown(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    detected = Detected(hass, freezer)
    detected.detector.async_watch(ANNA)
    assert await detected.after(10) == 0
    detected.show(Presence.DND)
    assert await detected.after(5.1) == 1


@pytest.mark.parametrize("stops", [False, True])
async def test_a_watch_that_has_ended_suspects_nothing_and_listens_no_more(
    detected: Detected, *, stops: bool
) -> None:
    detected.show(Presence.DND)
    if stops:
        detected.detector.async_stop()
    else:
        detected.detector.async_forget(ANNA.key)
    assert await detected.after(10) == 0
    detected.show(Presence.AVAILABLE)
    assert await detected.after(10) == 0
    assert not any(detected.coordinator._contact_listeners.values())
    detected.detector.async_forget(ANNA.key)


async def test_a_missing_mark_is_suspected_until_it_counts_as_lost(detected: Detected) -> None:
    detected.show(Presence.BUSY, PHONE, OVERRIDE)
    assert not detected.detector.is_unmarked(ANNA.key)
    detected.show(Presence.BUSY, PHONE)
    assert detected.detector.is_unmarked(ANNA.key)
    assert await detected.after(4) == 0
    assert await detected.after(1.1) == 1
    detected.detector.note_lost_by_mark(ANNA.key)
    assert not detected.detector.is_unmarked(ANNA.key)
    await detected.after(901)
    assert detected.detector.is_unmarked(ANNA.key)


async def test_the_mark_of_what_is_written_anew_is_noted_at_once(detected: Detected) -> None:
    detected.show(Presence.BUSY, PHONE, OVERRIDE)
    detected.publish(PublishedPresence(BUSY, NOW + timedelta(hours=1), "session", Presence.BUSY))
    detected.detector.async_watch(ANNA)
    detected.show(Presence.BUSY, PHONE)
    assert detected.detector.is_unmarked(ANNA.key)
    assert await detected.after(5.1) == 1
    # What is known of it ends with the watch.
    detected.detector.async_forget(ANNA.key)
    assert not detected.detector.is_unmarked(ANNA.key)
