"""Which parts of an entry are told of what: each change, and each event of the client."""

import asyncio
from typing import Any
from unittest.mock import Mock, call

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence import runtime
from custom_components.cisco_unified_presence.background import async_schedule_reload
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import Issue, async_raise_issue
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.pws import DialectMode, PinnedCertificate, Server
from custom_components.cisco_unified_presence.runtime import Runtime
from custom_components.cisco_unified_presence.trust import NodeStore
from tests.common.entry import add_person
from tests.runtime.noted_parts import DATA, ONE, TWO, Parts

# Options


async def test_unchanged_options_touch_nothing(parts: Parts) -> None:
    assert await parts.change() == []
    assert await parts.change(board=False) == []


@pytest.mark.parametrize("option", ["poll_interval", "look_interval"])
async def test_changed_intervals(parts: Parts, option: str) -> None:
    calls = await parts.change(**{option: 1234})
    intervals = parts.runtime._applied.intervals
    assert 1234 in (intervals.poll.total_seconds(), intervals.full_refresh.total_seconds())
    assert calls == [call.eventing.async_set_intervals(intervals)]
    assert await parts.change(**{option: 1234}) == []


async def test_rich_presence_comes_and_goes(hass: HomeAssistant, parts: Parts) -> None:
    told: list[bool] = []
    parts.runtime.coordinator.async_subscribe_people(lambda: told.append(True))
    async_raise_issue(hass, parts.entry, Issue.RICH_PRESENCE_NOT_UNDERSTOOD)
    async_raise_issue(hass, parts.entry, Issue.ACCOUNT_SHARED)
    assert await parts.change(rich_presence=True) == [
        call.reader.async_set_rich(rich=True),
        call.eventing.async_reading_changed(),
        call.eventing.async_refresh_now(),
    ]
    assert [each.translation_key for each in ir.async_get(hass).issues.values()] == [
        "account_shared"
    ]
    assert told == [True]
    assert await parts.change() == [
        call.reader.async_set_rich(rich=False),
        call.eventing.async_reading_changed(),
    ]
    assert told == [True, True]
    assert set(parts.runtime.coordinator.people) == {"anna@example.com", "ben@example.com"}


async def test_new_entities_wait_for_what_they_show_only_for_a_while(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []
    parts.runtime.coordinator.async_subscribe_people(lambda: told.append(True))
    monkeypatch.setattr(runtime, "READ_SECONDS", 0)
    parts.calls.eventing.async_refresh_now.side_effect = asyncio.Event().wait
    await parts.change(rich_presence=True)
    assert told == [True]


@pytest.mark.parametrize(
    "options", [{"callback": "none"}, {"callback_url": "http://ha"}, {"callback_port": 9000}]
)
async def test_another_callback(parts: Parts, options: dict[str, Any]) -> None:
    assert await parts.change(**options) == [
        call.callback.async_open(),
        call.eventing.async_set_callback("opened"),
    ]


async def test_a_callback_that_is_opened_while_the_entry_is_left(parts: Parts) -> None:
    await parts.runtime._session.close()
    assert await parts.change(callback="none") == [
        call.callback.async_open(),
        call.callback.async_close(),
    ]


# People


async def test_changed_people(hass: HomeAssistant, parts: Parts) -> None:
    before = parts.runtime.coordinator.people
    add_person(hass, parts.entry, "clara")
    await parts.runtime.async_people_changed()
    assert parts.calls.mock_calls == [
        call.eventing.async_people_changed(),
        call.reconciler.async_people_changed(before),
    ]
    assert parts.runtime.coordinator.people == people_of(parts.entry)
    parts.calls.reset_mock()
    anna = next(iter(parts.entry.subentries.values()))
    hass.config_entries.async_update_subentry(parts.entry, anna, title="Annie")
    await parts.runtime.async_people_changed()
    (told,) = parts.calls.mock_calls
    assert told[0] == "reconciler.async_people_changed"
    assert parts.runtime.coordinator.people["anna@example.com"].name == "Annie"


# Events


def test_how_the_client_is_made(parts: Parts) -> None:
    client = parts.runtime.client
    assert client.node == ONE
    assert client.dialect is None
    assert client.backup is None


async def test_what_an_entry_says_of_its_client(hass: HomeAssistant, parts: Parts) -> None:
    data = {**DATA, "security": "https", "fingerprint": "ab" * 32, "dialect": "soap"}
    entry = MockConfigEntry(domain=DOMAIN, data=data)
    entry.add_to_hass(hass)
    nodes = NodeStore(hass, entry.entry_id)
    client = Runtime(hass, entry, parts.runtime._session, nodes).client
    assert client.node == Server(host="one", port=8082, security=PinnedCertificate("ab" * 32))
    assert client.dialect is DialectMode.SOAP
    await entry._async_process_on_unload(hass)


async def test_a_lost_session_is_told(parts: Parts) -> None:
    tell = parts.runtime.client.on_session_lost
    assert tell is not None
    tell("anna")
    assert parts.calls.mock_calls == [
        call.session_watch.async_note_lost("anna"),
        call.reconciler.async_session_lost("anna"),
    ]


async def test_another_node_is_told(parts: Parts) -> None:
    tell = parts.runtime.client.on_node_changed
    assert tell is not None
    tell(ONE, TWO)
    assert parts.calls.mock_calls == [
        call.eventing.async_node_changed(),
        call.reconciler.async_node_changed(),
        call.session_watch.async_note_node_changed(),
    ]


async def test_a_session_that_is_taken_over_is_an_issue(hass: HomeAssistant, parts: Parts) -> None:
    tell = parts.runtime.client.on_session_taken_over
    assert tell is not None
    tell("anna")
    (issue,) = ir.async_get(hass).issues.values()
    assert issue.translation_key == "session_taken_over"
    assert issue.translation_placeholders == {"title": "CUP", "user": "anna"}


async def test_another_time_zone_is_told(hass: HomeAssistant, parts: Parts) -> None:
    parts.runtime._configuration_changed(Mock(event_type=EVENT_CORE_CONFIG_UPDATE))
    (told,) = parts.calls.mock_calls
    assert told == call.reconciler.async_requests_changed(parts.runtime.coordinator.controlled)
    assert set(parts.runtime.coordinator.controlled) == {"anna@example.com"}


# Leaving


async def test_what_is_left_already_is_not_left_again(parts: Parts) -> None:
    await parts.runtime._session.close()
    await parts.runtime.async_leave()
    assert parts.calls.mock_calls == []


async def test_which_reloads_leave_what_is_published(
    hass: HomeAssistant, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hass.config_entries, "async_schedule_reload", Mock())
    assert not parts.runtime._is_reloading
    async_schedule_reload(hass, parts.entry)
    assert parts.runtime._is_reloading
    other = {**DATA, "application_user": "another"}
    hass.config_entries.async_update_entry(parts.entry, data=other)
    assert not parts.runtime._is_reloading


async def test_an_undo_runs_with_these_parts(parts: Parts) -> None:
    made = parts.runtime._as_running_entry()
    assert made.client is parts.runtime.client
    assert made.watcher == "desk"
    assert made.account == parts.runtime._account
    await made.adopt("anna", 5)  # type: ignore[call-arg]
    await made.doubt("anna")
    assert parts.calls.mock_calls == [
        call.reconciler.async_adopt("anna", 5),
        call.reconciler.async_adopt("anna", anew=True),
    ]
    assert made.refresh == parts.runtime.poller.async_poll
