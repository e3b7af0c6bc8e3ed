"""The queue of what has to be cleared: when it tries, by whose sessions, and what it stores."""

from datetime import timedelta
from typing import Any, cast

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import CoreState
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
)

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control import undo
from custom_components.cisco_unified_presence.control.pending_clears import (
    PendingClear,
    RemovedAccount,
)
from custom_components.cisco_unified_presence.control.record import EXPIRY
from custom_components.cisco_unified_presence.control.undo import (
    RunningEntry,
    account_of,
)
from custom_components.cisco_unified_presence.pws import (
    InvalidCredentials,
    OpenSession,
    PresenceClient,
)
from custom_components.cisco_unified_presence.trust import KnownNodes, NodeStore
from tests.control.queued import CLEARED, DATA, KEY, LOST, Client, Queued


async def test_what_is_added_is_cleared_by_the_running_entry(
    queued: Queued, hass_storage: dict[str, Any]
) -> None:
    queued.attach()
    await queued.add()
    assert queued.client.asked == CLEARED
    assert queued.refreshed == ["anna@x"]
    await queued.after(2)
    assert hass_storage[KEY]["data"] == {}
    await queued.add("watcher")
    assert queued.client.asked[2:] == [("clear", "watcher", "watcher@x")]
    assert queued.other.asked == []


async def test_what_is_pending_is_stored(queued: Queued, hass_storage: dict[str, Any]) -> None:
    queued.client.failure = LOST
    queued.attach()
    await queued.add()
    (stored,) = hass_storage[KEY]["data"].values()
    assert list(stored["people"]) == ["anna@x"]


async def test_what_is_added_while_clearing_is_under_way_is_cleared_too(queued: Queued) -> None:
    queued.attach()
    queued.client.answers.clear()
    await queued.add()
    await queued.add("ben")
    assert queued.client.asked == [("clear", "anna", "anna@x")]
    queued.client.answers.set()
    await queued.after(2)
    cleared = [each for each in queued.client.asked if each[0] == "clear"]
    assert cleared == [("clear", "anna", "anna@x"), ("clear", "ben", "ben@x")]


async def test_whom_the_entry_takes_over_is_not_cleared(queued: Queued) -> None:
    queued.adopted = {"anna@x"}
    queued.attach()
    await queued.add()
    assert queued.client.asked == []
    assert queued.refreshed == ["anna@x"]


async def test_failures_are_tried_again_less_and_less_often(queued: Queued) -> None:
    queued.client.failure = LOST
    queued.attach()
    await queued.add()
    for count, seconds in enumerate((10, 20, 40, 80, 160, 320, 600, 600), 1):
        assert len(queued.client.asked) == count
        await queued.after(seconds - 1)
        assert len(queued.client.asked) == count
        await queued.after(1.5)
    queued.client.failure = None
    await queued.after(600.5)
    assert queued.client.asked[-2:] == CLEARED


async def test_a_refusal_is_tried_again_after_a_quarter_of_an_hour(queued: Queued) -> None:
    queued.client.failure = InvalidCredentials()
    queued.attach()
    await queued.add()
    await queued.after(899)
    assert len(queued.client.asked) == 1
    await queued.after(2)
    assert len(queued.client.asked) == 2


async def test_what_is_added_anew_is_tried_at_once(queued: Queued) -> None:
    queued.client.failure = LOST
    queued.attach()
    await queued.add()
    await queued.after(10.5)
    assert len(queued.client.asked) == 2
    await queued.add("ben")
    assert len(queued.client.asked) == 4
    # The count of failures begins anew, too.
    await queued.after(10.5)
    assert len(queued.client.asked) == 6
    await queued.add("ben", seconds=EXPIRY - 10.5)
    assert len(queued.client.asked) == 6


async def test_what_expires_is_tried_once_more_and_forgotten(
    queued: Queued, hass_storage: dict[str, Any]
) -> None:
    queued.client.failure = LOST
    queued.attach()
    await queued.add(seconds=5)
    await queued.after(5.5)
    await queued.after(2)
    assert len(queued.client.asked) == 1
    assert hass_storage[KEY]["data"] == {}


async def test_a_mistake_is_logged_and_tried_again(
    queued: Queued, caplog: pytest.LogCaptureFixture
) -> None:
    queued.client.failure = ZeroDivisionError("a mistake")
    queued.attach()
    await queued.add()
    assert "What an entry has published was not cleared" in caplog.text
    assert "a mistake" in caplog.text
    caplog.clear()
    queued.client.failure = None
    await queued.after(10.5)
    assert queued.client.asked[-2:] == CLEARED


async def test_an_entry_that_is_left_breaks_off_what_is_under_way(queued: Queued) -> None:
    queued.attach()
    queued.client.answers.clear()
    await queued.add()
    assert len(queued.client.asked) == 1
    await queued.queue.async_detach(queued.entry.entry_id)
    queued.client.answers.set()
    await queued.after(9)
    assert queued.other.asked == []
    await queued.after(1.5)
    assert queued.client.asked == CLEARED[:1]
    # Nobody else uses the account, so that it is logged out as well.
    assert queued.other.asked == [*CLEARED, ("log in",), ("log out all",)]
    await queued.queue.async_detach("another")


async def test_an_entry_that_loads_takes_over_what_is_under_way(queued: Queued) -> None:
    queued.client.answers.clear()
    queued.other.answers = queued.client.answers
    await queued.add()
    assert queued.other.asked == CLEARED[:1]
    queued.adopted.add("anna@x")
    queued.attach()
    await queued.after()
    assert queued.refreshed == ["anna@x"]
    queued.client.answers.set()
    await queued.after()
    assert queued.other.asked == CLEARED[:1]
    assert queued.client.asked == []


async def test_nothing_is_sent_once_home_assistant_stops(queued: Queued) -> None:
    queued.client.failure = LOST
    queued.attach()
    await queued.add()
    queued.hass.set_state(CoreState.stopping)
    queued.hass.bus.async_fire("homeassistant_stop")
    await queued.after(60)
    await queued.queue.async_add(
        queued.entry.entry_id, [PendingClear("ben", "ben@x", dt_util.utcnow() + timedelta(hours=1))]
    )
    await queued.after(60)
    assert len(queued.client.asked) == 1


async def test_what_earlier_runs_have_left_is_cleared_once_entries_had_time_to_load(
    queued: Queued, hass_storage: dict[str, Any]
) -> None:
    until = (dt_util.utcnow() + timedelta(hours=1)).isoformat()
    good = {
        "people": {"anna@x": {"user": "anna", "contact": "anna@x", "until": until}},
        "account": None,
    }
    data = {queued.entry.entry_id: good, "broken": {"people": 7, "account": None}}
    hass_storage[KEY] = {"version": 1, "minor_version": 1, "key": KEY, "data": data}
    await queued.queue.async_load()
    await queued.queue.async_load()
    await queued.after(2)
    assert list(hass_storage[KEY]["data"]) == [queued.entry.entry_id]
    await queued.after(7)
    assert queued.other.asked == []
    queued.attach()
    await queued.after()
    assert queued.client.asked == CLEARED


@pytest.mark.parametrize(
    ("has_abandoned", "is_on_primary"), [(False, True), (True, True), (False, False)]
)
async def test_a_removed_account_is_logged_out_everywhere(
    queued: Queued, hass_storage: dict[str, Any], *, has_abandoned: bool, is_on_primary: bool
) -> None:
    await queued.hass.config_entries.async_remove(queued.entry.entry_id)
    queued.other.has_abandoned = has_abandoned
    queued.other.is_on_primary = is_on_primary
    removed = RemovedAccount(DATA, KnownNodes(logged_in=True))
    await queued.queue.async_add(queued.entry.entry_id, [], removed=removed)
    await queued.after()
    await queued.after(2)
    assert queued.other.asked == [("log in",), ("log out all",)]
    assert bool(hass_storage[KEY]["data"]) is (has_abandoned or not is_on_primary)
    assert queued.own_clients == [(DATA, KnownNodes(logged_in=True))]


async def test_of_a_removed_entry_that_has_left_nothing_nothing_is_stored(
    queued: Queued, hass_storage: dict[str, Any]
) -> None:
    await queued.queue.async_add("removed", [], removed=RemovedAccount(DATA))
    await queued.after(2)
    assert queued.own_clients == []
    assert KEY not in hass_storage


async def test_a_logout_that_fails_is_tried_again_only_for_a_removed_account(
    queued: Queued, hass_storage: dict[str, Any]
) -> None:
    async def fail() -> None:
        queued.other.asked.append(("log in",))
        raise LOST

    queued.other.log_in = fail  # type: ignore[method-assign]
    await queued.add()
    await queued.after(60)
    assert queued.other.asked == [*CLEARED, ("log in",)]
    removed = RemovedAccount(DATA, KnownNodes(logged_in=True))
    await queued.queue.async_add("removed", [], removed=removed)
    await queued.after()
    await queued.after(11)
    assert queued.other.asked[3:] == [("log in",)] * 2


@pytest.mark.parametrize(
    ("data", "logged_in", "disabled", "is_needed"),
    [
        ({}, True, False, True),
        ({"host": "CUP"}, True, False, True),
        ({}, False, False, False),
        ({}, True, True, False),
        ({"application_user": "other"}, True, False, False),
        ({"port": 8443}, True, False, False),
    ],
)
async def test_an_account_that_another_entry_may_use_is_not_logged_out(
    queued: Queued, data: dict[str, Any], *, logged_in: bool, disabled: bool, is_needed: bool
) -> None:
    other = MockConfigEntry(
        domain=DOMAIN,
        data={**DATA, "host": "cup", **data},
        disabled_by=ConfigEntryDisabler.USER if disabled else None,
    )
    other.add_to_hass(queued.hass)
    await NodeStore(queued.hass, other.entry_id).async_remember(KnownNodes(logged_in=logged_in))
    known = KnownNodes(elsewhere=frozenset({OpenSession("cup2", "anna", "key")}))
    await NodeStore(queued.hass, queued.entry.entry_id).async_remember(known)

    await queued.add()

    log_out = [] if is_needed else [("log in",), ("log out all",)]
    assert queued.other.asked == [*CLEARED, *log_out]
    assert queued.own_clients == [(DATA, known)]


async def test_an_entry_of_another_account_is_not_used(queued: Queued) -> None:
    other = Client()
    running = RunningEntry(
        account=account_of({**DATA, "application_user": "other"}),
        client=cast("PresenceClient", other),
        watcher="watcher",
        adopt=undo._no_one,
        doubt=undo._no_one,
        refresh=undo._no_one,
    )
    queued.queue.async_attach("another", running)
    await queued.add()
    assert other.asked == []
    assert queued.other.asked[:2] == CLEARED
