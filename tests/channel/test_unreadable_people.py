"""When the issue that names people with unreadable answers is raised and cleared."""

from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_fire_time_changed_exact,
)

from custom_components.cisco_unified_presence.channel.unreadable_people import (
    UNREADABLE_PATIENCE_SECONDS,
    UnreadablePeople,
)
from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.coordinator import PresenceCoordinator
from custom_components.cisco_unified_presence.issues import Issue
from tests.common.entry import SECRET

HALF = UNREADABLE_PATIENCE_SECONDS / 2


class Watched:
    """The issue of one entry, and what its coordinator finds unreadable."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        self._hass = hass
        self._freezer = freezer
        self.entry = MockConfigEntry(domain=DOMAIN, data={CONF_WEBHOOK_ID: SECRET})
        self.entry.add_to_hass(hass)
        self._coordinator = SimpleNamespace(
            people={key: SimpleNamespace(name=key.title()) for key in ("anna", "ben", "clara")},
            unreadable={},
            async_subscribe_unreadable=self._subscribe,
        )
        UnreadablePeople(hass, self.entry, cast("PresenceCoordinator", self._coordinator))

    def _subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        self._listener = listener

        def unsubscribe() -> None:
            self._listener = lambda: None

        return unsubscribe

    def change(self, *keys: str) -> None:
        self._coordinator.unreadable = {
            key: SimpleNamespace(detail=f"{key} broken", sample="<a>secret</a>") for key in keys
        }
        self._listener()

    async def after(self, seconds: float) -> ir.IssueEntry | None:
        self._freezer.tick(timedelta(seconds=seconds))
        async_fire_time_changed(self._hass)
        await self._hass.async_block_till_done()
        issue_id = f"{Issue.PEOPLE_UNREADABLE}_{self.entry.entry_id}"
        return ir.async_get(self._hass).async_get_issue(DOMAIN, issue_id)


@pytest.fixture
async def watched(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> AsyncGenerator[Watched]:
    watched = Watched(hass, freezer)
    yield watched
    await watched.entry._async_process_on_unload(hass)


async def test_who_is_unreadable_for_long_is_named(watched: Watched) -> None:
    watched.change("clara", "ben")
    assert await watched.after(HALF) is None
    watched.change("anna", "clara", "ben")
    issue = await watched.after(HALF + 1)
    assert issue
    shown = issue.translation_placeholders or {}
    assert (shown["people"], shown["detail"]) == ("Ben, Clara", "ben broken")
    assert "secret" not in shown["sample"]
    # The others are named at the next look.
    issue = await watched.after(UNREADABLE_PATIENCE_SECONDS + 1)
    assert issue
    assert (issue.translation_placeholders or {})["people"] == "Anna, Ben, Clara"


async def test_who_was_readable_meanwhile_begins_anew(watched: Watched) -> None:
    watched.change("anna", "ben")
    await watched.after(HALF)
    watched.change("anna")
    watched.change("anna", "ben")
    issue = await watched.after(HALF + 1)
    assert issue
    assert (issue.translation_placeholders or {})["people"] == "Anna"


async def test_what_is_readable_again_clears_the_issue_and_the_time(watched: Watched) -> None:
    watched.change("anna")
    assert await watched.after(UNREADABLE_PATIENCE_SECONDS + 1)
    watched.change()
    assert await watched.after(0) is None
    watched.change("anna")
    assert await watched.after(UNREADABLE_PATIENCE_SECONDS - 1) is None
    assert await watched.after(2)


async def test_the_patience_ends_at_its_last_moment(
    watched: Watched, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    watched.change("anna")
    freezer.tick(timedelta(seconds=UNREADABLE_PATIENCE_SECONDS))
    async_fire_time_changed_exact(hass, dt_util.utcnow())
    await hass.async_block_till_done()
    assert await watched.after(0)


async def test_nothing_is_told_after_the_entry_is_unloaded(
    watched: Watched, hass: HomeAssistant
) -> None:
    watched.change("anna")
    await watched.entry._async_process_on_unload(hass)
    assert await watched.after(UNREADABLE_PATIENCE_SECONDS + 1) is None
    watched.change("anna", "ben")
    assert await watched.after(UNREADABLE_PATIENCE_SECONDS + 1) is None
