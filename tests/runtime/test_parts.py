"""Which parts of an entry are told of what: each change, and each event of the client."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any
from unittest.mock import AsyncMock, Mock, call

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence import runtime
from custom_components.cisco_unified_presence.background import async_schedule_reload
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import (
    ISSUES_OF_A_RUN,
    Issue,
    async_raise_issue,
)
from custom_components.cisco_unified_presence.people import people_of
from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    ConnectFailure,
    DialectMode,
    PinnedCertificate,
    PlainHttp,
    Server,
    open_session,
)
from custom_components.cisco_unified_presence.rules import RULE_ENGINE, RuleEngine
from custom_components.cisco_unified_presence.runtime import Runtime
from custom_components.cisco_unified_presence.trust import NodeStore
from tests.common.entry import SECRET, add_person, person

DATA: dict[str, Any] = {
    "host": "one",
    "port": 8082,
    "security": "http",
    "application_user": "hass",
    "password": "simulator",
    "watcher": "desk",
    "presence_domain": "example.com",
    "webhook_id": SECRET,
}
ONE, TWO = (Server(host=host, port=8082, security=PlainHttp()) for host in ("one", "two"))
# The parts that are told of something.
PARTS = ("eventing", "reconciler", "_session_watch", "roster", "_reader", "_callback")


class Parts:
    """The parts of an entry, put together and not started; calls to some are noted."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry, made: Runtime) -> None:
        self._hass = hass
        self.entry = entry
        self.runtime = made
        self.calls = Mock()
        for name in PARTS:
            part = AsyncMock()
            for sync in (
                "async_set_intervals",
                "async_reading_changed",
                "async_set_callback",
                "async_node_changed",
                "async_note_node_changed",
                "async_note_lost",
                "async_session_lost",
                "async_requests_changed",
                "async_set_options",
                "async_set_rich",
            ):
                setattr(part, sync, Mock())
            if name == "eventing":
                part.async_people_changed = Mock()
            setattr(made, name, part)
            self.calls.attach_mock(part, name.removeprefix("_"))
        self.calls.callback.async_open.return_value = "opened"

    async def change(self, **options: Any) -> list[Any]:
        """Change the options, and return the calls but for that of the roster."""
        self._hass.config_entries.async_update_entry(self.entry, options=options)
        self.calls.reset_mock()
        await self.runtime.async_options_changed()
        told, *others = self.calls.mock_calls
        assert told == call.roster.async_set_options(self.runtime._applied)
        return others


@pytest.fixture
async def parts(hass: HomeAssistant, hass_storage: dict[str, Any]) -> AsyncGenerator[Parts]:
    hass.data[RULE_ENGINE] = RuleEngine(hass)
    people = [person("anna", controlled=True), person("ben")]
    entry = MockConfigEntry(domain=DOMAIN, title="CUP", data=DATA, subentries_data=people)
    entry.add_to_hass(hass)
    async with open_session(ONE, ssl_context=None) as session:
        yield Parts(hass, entry, Runtime(hass, entry, session, NodeStore(hass, entry.entry_id)))
    await entry._async_process_on_unload(hass)


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
    assert parts.calls.mock_calls == [call.reconciler.async_adopt("anna", 5)]
    assert made.refresh == parts.runtime.poller.async_poll


# Start and end


class Course:
    """An entry of which every part is replaced: what it starts, and how it leaves, in order."""

    def __init__(self, parts: Parts, hass: HomeAssistant, patch: pytest.MonkeyPatch) -> None:
        self.hass = hass
        self.parts = parts
        self.runtime = made = parts.runtime
        self.calls = Mock()
        asynchronous = {
            "reconciler": ("async_load", "async_finish", "async_save"),
            "_untracked": ("async_load", "async_stop", "async_stamp"),
            "_presence_times": ("async_load", "async_save"),
            "_abandoned": ("async_load", "async_stop", "async_save"),
            "client": ("log_in", "close"),
            "_orphans": ("async_clean_up",),
            "eventing": ("async_start", "async_stop"),
            "roster": ("async_start", "async_stop"),
            "_session_watch": ("async_stop",),
            "_callback": ("async_open", "async_close"),
            "groups": (),
            "_engine": (),
        }
        for name, methods in asynchronous.items():
            part = Mock()
            for method in methods:
                setattr(part, method, AsyncMock())
            setattr(made, name, part)
            self.calls.attach_mock(part, name.removeprefix("_"))
        self.calls.callback.async_open.return_value = "opened"
        self.calls.client.application_sessions = {"session"}
        self.calls.undo.async_detach = AsyncMock()
        self.calls.leave_server = AsyncMock()
        patch.setattr(runtime, "async_undo_queue", lambda _hass: self.calls.undo)
        patch.setattr(runtime, "async_leave_server", self.calls.leave_server)
        patch.setattr(runtime, "async_track_clock_jumps", self.calls.track_clock_jumps)
        patch.setattr(made.coordinator, "async_subscribe_people", self.calls.subscribe_people)

    def taken(self) -> list[str]:
        """Return the names of the calls so far, without those of values that were returned."""
        names = [name for name, _, _ in self.calls.mock_calls if "()" not in name]
        self.calls.reset_mock()
        return names


@pytest.fixture
def course(parts: Parts, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Course:
    return Course(parts, hass, monkeypatch)


async def test_what_is_started_in_which_order(course: Course) -> None:
    made, calls = course.runtime, course.calls
    await made.async_start(calls.logged_in)
    calls.presence_times.async_load.assert_awaited_once_with(made.coordinator.people)
    calls.orphans.async_clean_up.assert_awaited_once_with(made.client, "desk")
    calls.eventing.async_start.assert_awaited_once_with("opened")
    calls.subscribe_people.assert_called_once_with(calls.groups.async_update)
    calls.engine.async_subscribe_directory.assert_called_once_with(calls.groups.async_update)
    calls.engine.async_subscribe_requests.assert_called_once_with(
        made.entry_id, calls.reconciler.async_requests_changed
    )
    calls.track_clock_jumps.assert_called_once_with(
        course.hass, calls.reconciler.async_clock_jumped
    )
    ((entry_id, _), _) = calls.undo.async_attach.call_args
    assert entry_id == made.entry_id
    (own_changed,) = calls.reconciler.own_presences.async_start.call_args.args
    assert course.taken() == [
        "reconciler.async_load",
        "untracked.async_load",
        "presence_times.async_load",
        "abandoned.async_load",
        "client.log_in",
        "logged_in",
        "orphans.async_clean_up",
        "callback.async_open",
        "eventing.async_start",
        "reconciler.own_presences.async_start",
        "reconciler.async_start",
        "roster.async_start",
        "session_watch.async_start",
        "untracked.async_start",
        "abandoned.async_start",
        "groups.async_update",
        "subscribe_people",
        "engine.async_subscribe_directory",
        "engine.async_subscribe_requests",
        "track_clock_jumps",
        "undo.async_attach",
    ]
    own_changed("anna@example.com")
    calls.engine.async_own_changed.assert_called_once_with(made.entry_id, "anna@example.com")
    calls.reset_mock()
    course.hass.bus.async_fire(EVENT_CORE_CONFIG_UPDATE)
    await course.hass.async_block_till_done()
    assert course.taken() == ["reconciler.async_requests_changed"]
    await made.async_leave()


async def test_a_start_clears_what_it_finds_out_again(hass: HomeAssistant, course: Course) -> None:
    for issue in Issue:
        async_raise_issue(hass, course.parts.entry, issue)
    await course.runtime.async_start()
    left = {str(each.translation_key) for each in ir.async_get(hass).issues.values()}
    assert set(Issue) - left == set(ISSUES_OF_A_RUN)
    await course.runtime.async_leave()


LEAVING = [
    "reconciler.async_stop",
    "session_watch.async_stop",
    "untracked.async_stop",
    "abandoned.async_stop",
    "undo.async_detach",
]
LEAVING_THE_SERVER = [
    "reconciler.async_finish",
    "roster.async_stop",
    "eventing.async_stop",
    "leave_server",
]
SAVING = [
    "reconciler.async_save",
    "presence_times.async_save",
    "untracked.async_stamp",
    "abandoned.async_save",
]
CLOSING = [
    "callback.async_close",
    "client.close",
    "reconciler.async_finish",
    "reconciler.async_save",
]


@pytest.mark.parametrize("keep_published", [True, False])
@pytest.mark.parametrize("logs_out", [True, False])
async def test_what_is_left_in_which_order(
    course: Course, *, keep_published: bool, logs_out: bool
) -> None:
    async def leave(*_: object, **__: object) -> None:
        if logs_out:
            course.calls.client.application_sessions = set()

    course.calls.leave_server.side_effect = leave
    await course.runtime.async_leave(keep_published=keep_published)
    course.calls.leave_server.assert_awaited_once_with(
        course.runtime.client, course.runtime.reconciler, keep_published=keep_published
    )
    course.calls.undo.async_detach.assert_awaited_once_with(course.runtime.entry_id)
    course.calls.abandoned.async_save.assert_awaited_once_with(logged_in=not logs_out)
    assert course.taken() == [*LEAVING, *LEAVING_THE_SERVER, *SAVING, *CLOSING]
    assert course.runtime._session.closed
    await course.runtime.async_leave()
    assert course.taken() == []


async def test_a_reload_keeps_what_is_published(
    hass: HomeAssistant, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hass.config_entries, "async_schedule_reload", Mock())
    async_schedule_reload(hass, course.parts.entry)
    await course.runtime.async_leave()
    assert course.calls.leave_server.call_args.kwargs == {"keep_published": True}


@pytest.mark.parametrize("failure", [CannotConnect(ConnectFailure.REFUSED), TimeoutError()])
async def test_a_server_that_cannot_be_left(course: Course, failure: Exception) -> None:
    course.calls.roster.async_stop.side_effect = failure
    await course.runtime.async_leave()
    course.calls.abandoned.async_save.assert_awaited_once_with(logged_in=True)
    assert course.taken() == [*LEAVING, *LEAVING_THE_SERVER[:2], *SAVING, *CLOSING]


async def test_a_server_that_does_not_let_go(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(runtime, "LEAVE_SECONDS", 0)
    course.calls.leave_server.side_effect = hang
    course.calls.reconciler.async_finish.side_effect = [None, None]
    await course.runtime.async_leave()
    assert course.taken()[-len(SAVING + CLOSING) :] == [*SAVING, *CLOSING]


async def test_a_run_that_never_logged_in_did_not_log_out(course: Course) -> None:
    course.calls.client.application_sessions = set()
    await course.runtime.async_leave()
    course.calls.abandoned.async_save.assert_awaited_once_with(logged_in=True)


async def test_what_was_listened_to_is_not_any_more(course: Course) -> None:
    await course.runtime.async_start()
    ends = [
        course.calls.groups.async_stop,
        course.calls.subscribe_people.return_value,
        course.calls.engine.async_subscribe_directory.return_value,
        course.calls.engine.async_subscribe_requests.return_value,
        course.calls.track_clock_jumps.return_value,
        course.calls.reconciler.own_presences.async_start.return_value,
    ]
    assert not any(each.called for each in ends)
    await course.runtime.async_leave()
    for each in ends:
        each.assert_called_once_with()
    course.calls.reset_mock()
    course.hass.bus.async_fire(EVENT_CORE_CONFIG_UPDATE)
    await course.hass.async_block_till_done()
    assert course.taken() == []
