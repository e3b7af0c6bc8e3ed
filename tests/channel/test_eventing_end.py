"""The live channel ends, or changes its callback, whatever is under way."""

import asyncio
from typing import cast
from unittest.mock import Mock

from homeassistant.core import CoreState, HomeAssistant
import pytest

from custom_components.cisco_unified_presence.channel import Callback
from custom_components.cisco_unified_presence.pws import InvalidCredentials, NoFreeEndpoint
from tests.channel.eventing_parts import Channelled, Place


async def test_after_the_stop_nothing_is_asked_for(live: Channelled) -> None:
    await live.eventing.async_stop()
    assert await live.after() == ["close"]
    live.eventing.async_people_changed()
    live.eventing.async_set_callback(None)
    assert await live.after() == []


async def test_what_is_under_way_ends_before_the_channel_is_closed(
    live: Channelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fetch() -> bool:
        try:
            await asyncio.Event().wait()
        finally:
            live.subscription.asked.append("fetch ended")
        return False

    monkeypatch.setattr(live.subscription, "async_fetch", fetch)
    live.eventing.async_handle_notification(7)
    assert await live.after() == []
    await live.eventing.async_stop()
    assert await live.after() == ["fetch ended", "close"]


async def test_a_refused_login_drops_what_is_due(
    live: Channelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = asyncio.Event()

    async def fetch() -> bool:
        await answered.wait()
        raise InvalidCredentials

    monkeypatch.setattr(live.entry, "async_start_reauth", lambda _hass: None, raising=False)
    monkeypatch.setattr(live.subscription, "async_fetch", fetch)
    live.eventing.async_handle_notification(7)
    await live.after()
    answered.set()
    live.eventing.async_people_changed()
    live.subscription.is_open = False
    live.eventing.async_reading_changed()
    assert await live.after() == []


@pytest.mark.parametrize("task", ["work", "polls"])
async def test_a_bug_is_logged_with_the_work_that_it_ended(
    live: Channelled,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    task: str,
) -> None:
    reloads: list[str] = []
    monkeypatch.setattr(live.hass.config_entries, "async_schedule_reload", reloads.append)
    live.subscription.is_open = task == "work"
    bug = LookupError("not foreseen")
    monkeypatch.setattr(live.subscription, "_ask", Mock(side_effect=bug))
    live.eventing.async_reading_changed()
    await live.after()
    assert f"cisco_unified_presence {task} ended unexpectedly" in caplog.text
    assert reloads == [live.entry.entry_id]
    monkeypatch.undo()


async def test_a_webhook_that_is_given_up_is_not_tested_once_home_assistant_runs(
    channelled: Channelled, hass: HomeAssistant
) -> None:
    hass.set_state(CoreState.starting)
    channelled.subscription.calls_back = False
    await channelled.start(Place(needs_running=True))
    channelled.eventing.async_set_callback(cast("Callback", Place()))
    assert await channelled.after() == ["open", "fetch"]
    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    assert await channelled.after() == []


@pytest.mark.parametrize("step", ["async_open", "async_resubscribe"])
async def test_a_channel_whose_callback_is_taken_away_while_it_opens_stays_closed(
    live: Channelled, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    answered = asyncio.Event()

    async def refuse() -> bool:
        await answered.wait()
        raise NoFreeEndpoint

    monkeypatch.setattr(live.subscription, step, refuse)
    live.subscription.can_change = False
    if step == "async_open":
        live.eventing.async_node_changed()
    else:
        live.eventing.async_people_changed()
    await live.after()
    live.eventing.async_set_callback(None)
    answered.set()
    assert set(await live.after()) == {"check nodes", "close", "poll all"}
    assert await live.after(31) == []
    assert live.issues == {}


@pytest.mark.parametrize("change", ["node", "people"])
async def test_what_is_due_on_a_channel_whose_callback_is_taken_away_is_left(
    live: Channelled, change: str
) -> None:
    live.subscription.can_change = False
    if change == "node":
        live.eventing.async_node_changed()
    else:
        live.eventing.async_people_changed()
    live.eventing.async_set_callback(None)
    asked = await live.after()
    assert not {"open", "resubscribe"} & set(asked)
    assert not live.subscription.is_open
