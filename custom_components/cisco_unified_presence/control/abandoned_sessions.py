"""Ends sessions that are not used any more, once what they carry is published elsewhere.

docs/architecture.md, "Several nodes". A node that cannot be reached keeps its sessions, and a
backup keeps those of the users that return to their own node; they would show the users available.
What a later run could not find is stored.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..background import Background
from ..pws import PresenceClient
from ..trust import KnownNodes, NodeStore

CHECK_EVERY: Final = timedelta(seconds=10)
# A mass setting changes hundreds of sessions a second.
RECORD_EVERY_SECONDS: Final = 1.0
# What cannot be published does not keep sessions open for longer than so many checks.
CHECKS_UNSETTLED: Final = 30
# A node that fails is asked after so many more checks each time, up to the greatest number.
LONGEST_PAUSE: Final = 30


class AbandonedSessions:
    """Stores which sessions a later run has to end, and ends those that are not used any more."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: PresenceClient,
        nodes: NodeStore,
        is_settled: Callable[[], bool],
    ) -> None:
        """Initialize; is_settled tells whether all that is requested is published."""
        self._hass = hass
        self._client = client
        self._nodes = nodes
        self._is_settled = is_settled
        self._background = Background(hass, entry)
        self._cancel: CALLBACK_TYPE | None = None
        self._ending: asyncio.Task[None] | None = None
        self._recording: asyncio.Task[None] | None = None
        self._checks_unsettled = 0
        self._checks_to_skip = 0
        self._pause = 1

    async def async_load(self) -> None:
        """Take over what earlier runs have left, and store that this one is about to log in."""
        await self._client.abandon(self._nodes.known.elsewhere)
        self._client.on_sessions_changed = self._async_sessions_changed
        await self._async_record()

    @callback
    def async_start(self) -> None:
        self._cancel = async_track_time_interval(self._hass, self._async_check, CHECK_EVERY)

    async def async_stop(self) -> None:
        self._client.on_sessions_changed = None
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
        await self._background.async_stop()

    async def async_save(self, *, logged_in: bool) -> None:
        """Store for the next run what stays open."""
        await self._async_record(logged_in=logged_in)

    @callback
    def _async_sessions_changed(self) -> None:
        if self._recording is None or self._recording.done():
            self._recording = self._background.async_run(
                self._async_record_soon(), "record sessions"
            )

    async def _async_record_soon(self) -> None:
        """Store what has changed until this turn of the loop ends, and, a while later, since."""
        await asyncio.sleep(0)
        recorded = None
        while recorded != (recorded := self._client.sessions_elsewhere):
            await self._async_record()
            await asyncio.sleep(RECORD_EVERY_SECONDS)

    async def _async_record(self, *, logged_in: bool = True) -> None:
        await self._nodes.async_remember(
            KnownNodes(
                backup=self._client.backup,
                logged_in=logged_in,
                elsewhere=self._client.sessions_elsewhere,
            )
        )

    @callback
    def _async_check(self, _now: datetime) -> None:
        if not self._client.has_abandoned or (self._ending and not self._ending.done()):
            return
        if not self._is_settled() and self._checks_unsettled < CHECKS_UNSETTLED:
            self._checks_unsettled += 1
            return
        if self._checks_to_skip:
            self._checks_to_skip -= 1
            return
        self._ending = self._background.async_run(self._async_end(), "end abandoned sessions")

    async def _async_end(self) -> None:
        if await self._client.end_abandoned():
            self._checks_unsettled, self._pause = 0, 1
            return
        self._checks_to_skip = self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
