"""In which order the parts of an entry are started and left."""

import asyncio
from unittest.mock import AsyncMock, Mock

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.cisco_unified_presence import runtime
from custom_components.cisco_unified_presence.background import async_schedule_reload
from custom_components.cisco_unified_presence.issues import (
    ISSUES_OF_A_RUN,
    Issue,
    async_raise_issue,
)
from custom_components.cisco_unified_presence.pws import CannotConnect, ConnectFailure
from tests.runtime.noted_parts import Parts

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
