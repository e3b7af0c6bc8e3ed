"""What stays pending in the queue, whatever becomes of it, and what is forgotten."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control.pending_clears import PendingClear
from custom_components.cisco_unified_presence.trust import KnownNodes, NodeStore
from tests.control.queued import CLEARED, DATA, KEY, LOST, Queued


def put(hass_storage: dict[str, Any], entry_id: str, user: str) -> None:
    """Store what an earlier run has left of an entry."""
    until = (dt_util.utcnow() + timedelta(hours=1)).isoformat()
    people = {f"{user}@x": {"user": user, "contact": f"{user}@x", "until": until}}
    data = {entry_id: {"people": people, "account": None}}
    hass_storage[KEY] = {"version": 1, "minor_version": 1, "key": KEY, "data": data}


async def test_what_is_cleared_is_not_stored_any_more_while_others_wait(
    queued: Queued, hass_storage: dict[str, Any]
) -> None:
    queued.client.failure = LOST
    queued.client.unaffected = {"anna"}
    queued.attach()
    until = dt_util.utcnow() + timedelta(hours=1)
    clears = [PendingClear(user, f"{user}@x", until) for user in ("anna", "ben")]
    await queued.queue.async_add(queued.entry.entry_id, clears)
    await queued.after()
    await queued.after(2)
    (stored,) = hass_storage[KEY]["data"].values()
    assert list(stored["people"]) == ["ben@x"]


async def test_what_expires_while_it_is_tried_is_forgotten(
    queued: Queued, hass_storage: dict[str, Any]
) -> None:
    queued.client.failure = LOST
    queued.client.answers.clear()
    queued.attach()
    await queued.add(seconds=5)
    await queued.after(6)
    queued.client.answers.set()
    await queued.after()
    await queued.after(2)
    assert len(queued.client.asked) == 1
    assert hass_storage[KEY]["data"] == {}


async def test_what_nobody_knows_how_to_clear_is_forgotten(
    queued: Queued, hass_storage: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    put(hass_storage, "lost", "anna")
    await queued.queue.async_load()
    queued.attach()
    await queued.after(10.5)
    await queued.after(2)
    assert queued.client.asked == queued.other.asked == []
    assert hass_storage[KEY]["data"] == {}
    assert "was not cleared" not in caplog.text


async def test_what_is_added_before_the_load_costs_nothing_that_was_left(
    queued: Queued, hass_storage: dict[str, Any]
) -> None:
    put(hass_storage, queued.entry.entry_id, "anna")
    queued.attach()
    await queued.add("ben")
    cleared = {each for each in queued.client.asked if each[0] == "clear"}
    assert cleared == {("clear", "anna", "anna@x"), ("clear", "ben", "ben@x")}


async def test_what_is_cleared_is_not_cleared_again_though_it_is_still_stored(
    queued: Queued, hass_storage: dict[str, Any]
) -> None:
    queued.attach()
    await queued.add()
    assert hass_storage[KEY]["data"]
    await queued.add("ben")
    assert queued.client.asked == [*CLEARED, ("clear", "ben", "ben@x"), ("log out", "ben")]


async def test_nothing_is_under_way_any_more_once_an_entry_is_left(queued: Queued) -> None:
    queued.attach()
    queued.client.answers.clear()
    await queued.add()
    await queued.queue.async_detach(queued.entry.entry_id)
    assert queued.client.is_broken_off


async def test_an_entry_of_another_account_breaks_off_nothing_that_is_under_way(
    queued: Queued,
) -> None:
    queued.client.answers.clear()
    queued.other.answers = queued.client.answers
    await queued.add()
    assert queued.other.asked == CLEARED[:1]
    queued.attach("other")
    await queued.after()
    assert not queued.other.is_broken_off
    queued.client.answers.set()
    await queued.after()
    assert queued.other.asked[:2] == CLEARED


async def test_entries_of_other_accounts_do_not_hide_one_that_needs_the_account(
    queued: Queued, hass: HomeAssistant
) -> None:
    for data in (DATA | {"application_user": "other"}, DATA):
        entry = MockConfigEntry(domain=DOMAIN, data=data)
        entry.add_to_hass(hass)
        await NodeStore(hass, entry.entry_id).async_remember(KnownNodes(logged_in=True))
    await queued.add()
    assert queued.other.asked == CLEARED
