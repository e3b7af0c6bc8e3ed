"""News that confirms writes while the channel is live."""

import asyncio
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.cisco_unified_presence.channel.confirmation import WriteConfirmation
from custom_components.cisco_unified_presence.const import Channel
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    ConnectFailure,
    ContactPresence,
    Presence,
)
from tests.common.people import people

ANNA, BEN = "anna@example.com", "ben@example.com"
BUSY = (Presence.BUSY, Presence.AWAY)


@pytest.fixture
def coordinator() -> PresenceCoordinator:
    """A live channel that shows Anna as available."""
    made = PresenceCoordinator("cup", people(ANNA, BEN))
    made.async_set_reachable()
    made.async_set_channel(Channel.EVENTING)
    show(made, Presence.AVAILABLE)
    return made


def show(coordinator: PresenceCoordinator, presence: Presence, contact: str = ANNA) -> None:
    coordinator.async_merge_fetch([ContactPresence(contact, presence)])


async def test_the_first_expected_word_is_the_answer(coordinator: PresenceCoordinator) -> None:
    writes = WriteConfirmation(coordinator)
    with writes.expecting("Anna@Example.com", BUSY) as expectation:
        assert expectation
        show(coordinator, Presence.DND)
        show(coordinator, Presence.BUSY, BEN)
        show(coordinator, Presence.AWAY)
        show(coordinator, Presence.BUSY)
        assert await expectation.async_wait() is Presence.AWAY


async def test_news_that_does_not_come_within_two_seconds_is_none(
    coordinator: PresenceCoordinator, freezer: FrozenDateTimeFactory
) -> None:
    with WriteConfirmation(coordinator).expecting(ANNA, BUSY) as expectation:
        assert expectation
        waiting = asyncio.create_task(expectation.async_wait())
        await asyncio.sleep(0)
        for seconds, is_done in ((1.9, False), (0.2, True)):
            freezer.tick(timedelta(seconds=seconds))
            for _ in range(5):
                await asyncio.sleep(0)
            assert waiting.done() is is_done
        assert await waiting is None


async def test_how_many_people_news_is_expected_of(coordinator: PresenceCoordinator) -> None:
    show(coordinator, Presence.AVAILABLE, BEN)
    writes = WriteConfirmation(coordinator)

    async def write(contact: str) -> None:
        with writes.expecting(contact, BUSY):
            await asyncio.Event().wait()

    tasks = [asyncio.create_task(write(contact)) for contact in (ANNA, BEN)]
    await asyncio.sleep(0)
    for expected, task in zip((2, 1), tasks, strict=True):
        assert writes.expected == expected
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert writes.expected == 0
    assert not any(coordinator._contact_listeners.values())


async def test_no_news_is_expected_of_a_word_that_is_shown(
    coordinator: PresenceCoordinator,
) -> None:
    show(coordinator, Presence.AWAY)
    writes = WriteConfirmation(coordinator)
    with writes.expecting(ANNA, BUSY) as expectation:
        assert expectation is None
        assert writes.expected == 0


async def test_no_news_is_expected_of_whom_nothing_is_known(
    coordinator: PresenceCoordinator,
) -> None:
    with WriteConfirmation(coordinator).expecting(BEN, BUSY) as expectation:
        assert expectation is None


@pytest.mark.parametrize("reachable", [True, False])
async def test_no_news_is_expected_while_the_channel_is_not_live(
    coordinator: PresenceCoordinator, *, reachable: bool
) -> None:
    if reachable:
        coordinator.async_set_channel(Channel.POLLING)
    else:
        coordinator.async_set_unreachable(CannotConnect(ConnectFailure.REFUSED))
    with WriteConfirmation(coordinator).expecting(ANNA, BUSY) as expectation:
        assert expectation is None


async def test_no_word_comes_of_a_person_who_is_removed_meanwhile(
    coordinator: PresenceCoordinator,
) -> None:
    with WriteConfirmation(coordinator).expecting(ANNA, BUSY) as expectation:
        assert expectation
        coordinator.async_set_people(people(BEN))
        coordinator.async_set_unreachable(CannotConnect(ConnectFailure.REFUSED))
        coordinator.async_set_people(people(ANNA, BEN))
        show(coordinator, Presence.AWAY)
        assert await expectation.async_wait() is Presence.AWAY
