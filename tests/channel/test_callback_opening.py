"""The callback of an entry is opened in the place of what is open, and never left open."""

import asyncio
from collections.abc import Awaitable

from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.cisco_unified_presence.channel import EntryCallback
from custom_components.cisco_unified_presence.channel import callback_opening as module
from custom_components.cisco_unified_presence.channel.callback import (
    CallbackUnavailable,
    NotificationHandler,
)
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.issues import Issue
from tests.common.entry import SECRET


class SlowCallback:
    """Opens when it is let."""

    needs_running_home_assistant = False
    url = "http://hass.example.com:8125/secret"

    def __init__(self) -> None:
        self.may_open = asyncio.Event()
        self.noted: list[str] = []

    async def async_open(self, _handler: NotificationHandler) -> None:
        await self.may_open.wait()
        self.noted.append("opened")

    async def async_close(self) -> None:
        self.noted.append("closed")


def ignore(_subscription: int | None) -> Awaitable[None] | None:
    return None


async def test_entry_that_is_left_while_its_callback_opens_leaves_nothing_open(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = SlowCallback()
    monkeypatch.setattr(module, "choose_callback", lambda *_: slow)
    callback = EntryCallback(hass, entry, ignore)

    opening = asyncio.create_task(callback.async_open())
    await asyncio.sleep(0)
    closing = asyncio.create_task(callback.async_close())
    await asyncio.sleep(0)
    assert callback.url is None
    slow.may_open.set()

    assert await opening is slow
    await closing
    assert slow.noted == ["opened", "closed"]
    assert callback.url is None


async def test_what_is_open_is_closed_before_the_next_is_opened(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = SlowCallback()
    slow.may_open.set()
    monkeypatch.setattr(module, "choose_callback", lambda *_: slow)
    callback = EntryCallback(hass, entry, ignore)

    await callback.async_open()
    assert callback.url == slow.url
    await callback.async_open()
    assert slow.noted == ["opened", "closed", "opened"]


async def test_why_nothing_can_be_opened_is_told_until_something_is(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = MockConfigEntry(
        domain=DOMAIN, title="CUP", data={CONF_WEBHOOK_ID: SECRET}, options={"callback": "webhook"}
    )
    entry.add_to_hass(hass)

    def fail(*_: object) -> None:
        raise CallbackUnavailable(Issue.CALLBACK_NEEDS_HTTP, url="https://ha")

    monkeypatch.setattr(module, "choose_callback", fail)
    callback = EntryCallback(hass, entry, ignore)
    assert await callback.async_open() is None
    assert callback.url is None
    (issue,) = ir.async_get(hass).issues.values()
    assert issue.translation_key == Issue.CALLBACK_NEEDS_HTTP
    assert issue.translation_placeholders == {"title": "CUP", "url": "https://ha"}

    hass.config_entries.async_update_entry(entry, options={"callback": "none"})
    assert await callback.async_open() is None
    assert ir.async_get(hass).issues == {}
