"""Who is told of changes of people's own presence, and what is remembered of it."""

import asyncio
from dataclasses import replace

from homeassistant.core import HomeAssistant
import pytest

from custom_components.cisco_unified_presence.arbitration import OwnPresence, RequestedPresence
from custom_components.cisco_unified_presence.control.own_presence import OwnPresences
from custom_components.cisco_unified_presence.control.record import (
    PersonRecord,
    PublishedPresence,
)
from custom_components.cisco_unified_presence.control.store import ControlStore
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

ANNA, BEN = (replace(each, controlled=True) for each in people("anna@x", "ben@x").values())
BUSY = RequestedPresence(Presence.BUSY, override=True)
PUBLISHED = PersonRecord(
    published=PublishedPresence(BUSY, NOW, "session", Presence.BUSY), own="away"
)
JABBER = Device("jabber", is_open=True, activities=frozenset({Activity.AVAILABLE}))
OURS = Device("pws-override", is_open=True, activities=frozenset({Activity.BUSY}))
AWAY, BUSY_NOW = frozenset({Activity.AWAY}), frozenset({Activity.BUSY})


class Told:
    """The own presences of Anna, who is controlled, and of Ben, who is not; and what is told."""

    def __init__(self, hass: HomeAssistant) -> None:
        ben = replace(BEN, controlled=False)
        self.coordinator = PresenceCoordinator("cup", {ANNA.key: ANNA, BEN.key: ben})
        self.store = ControlStore(hass, "entry")
        self.told: list[tuple[str, bool]] = []
        self.changed: list[str] = []
        self.own = OwnPresences(self.coordinator, self.store, self.changed.append)

    def hear(self, key: str, /, *, follows: bool) -> None:
        assert self.changed[-1] == key
        self.told.append((key, follows))

    def show(
        self,
        presence: Presence,
        *devices: Device,
        activities: frozenset[Activity] = frozenset(),
        manual: bool = False,
        contact: str = ANNA.contact,
    ) -> None:
        rich = RichPresence("sip:x", activities=activities, devices=devices, manual=manual)
        self.coordinator.async_merge_fetch(
            [ContactPresence(contact, presence, rich if devices else None)]
        )

    def took(self) -> list[tuple[str, bool]]:
        told, self.told = self.told, []
        return told


@pytest.fixture
def told(hass: HomeAssistant) -> Told:
    return Told(hass)


async def test_changes_of_controlled_people_are_told_until_the_stop(told: Told) -> None:
    told.show(Presence.AWAY)
    # What is asked for before the start is no reason not to tell it.
    assert told.own.of(ANNA.key) == OwnPresence("away")
    stop = told.own.async_start(told.hear)
    assert told.took() == [(ANNA.key, False)]
    told.show(Presence.AWAY)
    told.show(Presence.BUSY, contact=BEN.contact)
    assert told.took() == []
    told.show(Presence.BUSY)
    assert told.took() == [(ANNA.key, False)]
    assert told.own.of(ANNA.key) == OwnPresence("busy")
    stop()
    told.show(Presence.AWAY)
    assert told.took() == []
    told.coordinator.async_set_people({ANNA.key: ANNA, BEN.key: BEN})
    assert not any(told.coordinator._contact_listeners.values())
    assert not any(told.coordinator._read_listeners.values())


async def test_a_document_that_was_asked_for_before_the_start_is_told_of_at_it(told: Told) -> None:
    told.show(Presence.AWAY, JABBER, activities=AWAY)
    assert told.own.of(ANNA.key) == OwnPresence("away")
    told.own.async_start(told.hear)
    assert told.took() == [(ANNA.key, False)]


async def test_people_may_come_and_go(told: Told) -> None:
    told.own.async_start(told.hear)
    told.show(Presence.BUSY, contact=BEN.contact)
    told.show(Presence.AWAY)
    told.took()
    told.coordinator.async_set_people({BEN.key: BEN})
    assert told.took() == [(BEN.key, False)]
    assert ANNA.key not in told.own._known
    assert not told.coordinator._contact_listeners[ANNA.key]
    told.coordinator.async_set_people({ANNA.key: ANNA, BEN.key: BEN})
    told.show(Presence.AWAY)
    assert told.took() == [(ANNA.key, False)]


async def test_a_change_that_a_decision_finds_is_told_after_it(told: Told) -> None:
    stop = told.own.async_start(told.hear)
    told.store.async_confirm(ANNA.key, PUBLISHED)
    assert told.own.of(ANNA.key) == OwnPresence("away")
    assert told.took() == []
    await asyncio.sleep(0)
    assert told.took() == [(ANNA.key, False)]
    told.store.async_confirm(ANNA.key, replace(PUBLISHED, own="busy"))
    told.own.of(ANNA.key)
    stop()
    told.changed.clear()
    await asyncio.sleep(0)
    assert told.changed == []


async def test_what_is_set_follows_from_a_decision_and_what_devices_report_does_not(
    told: Told,
) -> None:
    told.own.async_start(told.hear)
    told.show(Presence.AVAILABLE, JABBER, activities=frozenset({Activity.AVAILABLE}))
    assert told.took() == [(ANNA.key, False)]
    told.show(Presence.AWAY, JABBER, activities=AWAY, manual=True)
    assert told.took() == [(ANNA.key, False)]
    # The choice is gone, or only hidden; the documents differ by what is set.
    told.store.async_confirm(ANNA.key, PUBLISHED)
    told.show(Presence.DND, JABBER, OURS, activities=frozenset({Activity.DND}), manual=True)
    assert told.took() == [(ANNA.key, True)]
    phone = Device("phone", activities=BUSY_NOW)
    told.show(Presence.AWAY, JABBER, OURS, phone, activities=AWAY, manual=True)
    assert told.took() == [(ANNA.key, False)]


async def test_what_is_remembered_while_something_is_published(told: Told) -> None:
    assert told.own.to_remember(ANNA.key) == (None, False)
    told.show(Presence.BUSY)
    assert told.own.to_remember(ANNA.key) == ("busy", False)
    told.store.async_confirm(ANNA.key, PUBLISHED)
    assert told.own.to_remember(ANNA.key) == ("away", False)
    told.store.async_confirm(ANNA.key, replace(PUBLISHED, own_by_hand=True))
    assert told.own.to_remember(ANNA.key) == ("away", True)


@pytest.mark.parametrize(("manual", "remembered"), [(True, "away"), (False, None)])
async def test_of_documents_only_a_choice_is_remembered(
    told: Told, *, manual: bool, remembered: str | None
) -> None:
    told.show(Presence.AWAY, JABBER, activities=AWAY, manual=manual)
    assert told.own.to_remember(ANNA.key) == (remembered, manual)


async def test_what_is_shown_before_its_write_is_answered_is_what_was_set(told: Told) -> None:
    told.own.async_start(told.hear)
    told.show(Presence.AWAY, JABBER, activities=AWAY, manual=True)
    told.show(Presence.BUSY, JABBER, OURS, activities=BUSY_NOW)
    assert told.own.of(ANNA.key) == OwnPresence("away")
    told.store.async_confirm(ANNA.key, PUBLISHED)
    assert told.own.of(ANNA.key) == OwnPresence("away")
    # Only the person can have made a choice of it since.
    told.show(Presence.BUSY, JABBER, OURS, activities=BUSY_NOW, manual=True)
    assert told.own.of(ANNA.key) == OwnPresence("busy")


async def test_a_choice_of_an_earlier_run_is_known_while_it_is_hidden(told: Told) -> None:
    told.store.async_confirm(ANNA.key, replace(PUBLISHED, own_by_hand=True))
    told.show(Presence.BUSY, JABBER, OURS, activities=BUSY_NOW)
    assert told.own.of(ANNA.key) == OwnPresence("away")
    assert told.own.to_remember(ANNA.key) == ("away", True)
    assert told.own.of(BEN.key) == OwnPresence()


async def test_documents_tell_more_than_what_was_shown_before_there_were_any(told: Told) -> None:
    """Rich presence is turned on: what was remembered may be what devices reported then."""
    told.store.async_confirm(ANNA.key, PUBLISHED)
    assert told.own.of(ANNA.key) == OwnPresence("away")
    told.show(Presence.BUSY, JABBER, OURS, activities=BUSY_NOW)
    assert told.own.of(ANNA.key) == OwnPresence("available")
    assert told.own.to_remember(ANNA.key) == (None, False)


async def test_what_was_cleared_and_is_still_shown_is_not_the_own_presence(told: Told) -> None:
    told.show(Presence.AWAY)
    assert told.own.of(ANNA.key) == OwnPresence("away")
    told.store.async_confirm(ANNA.key, PUBLISHED)
    told.show(Presence.BUSY)
    assert told.own.of(ANNA.key) == OwnPresence("away")
    told.store.async_confirm(ANNA.key, PersonRecord())
    assert told.own.of(ANNA.key) == OwnPresence("away")
    told.show(Presence.DND)
    assert told.own.of(ANNA.key) == OwnPresence("do_not_disturb")


async def test_what_a_lost_session_had_set_is_not_the_own_presence_though_it_was_read_again(
    told: Told,
) -> None:
    told.own.async_start(told.hear)
    told.store.async_confirm(ANNA.key, PUBLISHED)
    told.show(Presence.BUSY)
    told.took()
    told.show(Presence.BUSY)
    told.store.async_confirm(ANNA.key, PersonRecord())
    assert told.own.of(ANNA.key) == OwnPresence("away")
    assert told.own.to_remember(ANNA.key) == ("away", False)


async def test_what_is_read_once_nothing_is_set_is_told_though_the_same_was_shown(
    told: Told,
) -> None:
    told.own.async_start(told.hear)
    told.store.async_confirm(ANNA.key, PUBLISHED)
    told.show(Presence.AVAILABLE)
    told.took()
    told.store.async_confirm(ANNA.key, PersonRecord())
    assert told.own.of(ANNA.key) == OwnPresence("away")
    told.show(Presence.AVAILABLE)
    assert told.took() == [(ANNA.key, False)]
    assert told.own.of(ANNA.key) == OwnPresence("available")


async def test_a_document_counts_again_after_words(told: Told) -> None:
    rich = RichPresence("sip:x", activities=AWAY, devices=(JABBER,))
    document = ContactPresence(ANNA.contact, Presence.AWAY, rich)
    told.own.async_start(told.hear)
    told.coordinator.async_merge_fetch([document])
    told.show(Presence.BUSY)
    assert told.own.of(ANNA.key) == OwnPresence("busy")
    told.took()
    told.coordinator.async_merge_fetch([document])
    assert told.own.of(ANNA.key) == OwnPresence("away")
    assert told.took() == [(ANNA.key, False)]
