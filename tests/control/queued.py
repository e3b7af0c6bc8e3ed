"""The queue of what has to be cleared for one entry, over clients that note what they are asked."""

import asyncio
from datetime import timedelta
from typing import Any, cast

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.control.pending_clears import PendingClear
from custom_components.cisco_unified_presence.control.record import EXPIRY
from custom_components.cisco_unified_presence.control.undo import (
    RunningEntry,
    UndoQueue,
    account_of,
)
from custom_components.cisco_unified_presence.pws import (
    CannotConnect,
    ConnectFailure,
    PresenceClient,
    ServerFailed,
)

KEY = f"{DOMAIN}.undo"
DATA = {"host": "CUP", "port": 8083, "application_user": "hass", "password": "secret"}
LOST = CannotConnect(ConnectFailure.TIMED_OUT)
CLEARED = [("clear", "anna", "anna@x"), ("log out", "anna")]


class Client:
    """Notes what it is asked for, and fails or waits where a test says so."""

    is_on_primary = True
    has_abandoned = False

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.failure: Exception | None = None
        # Who is cleared in spite of the failure.
        self.unaffected = set[str]()
        self.is_broken_off = False
        self.answers = asyncio.Event()
        self.answers.set()

    async def clear_presence(self, user: str, contact: str) -> None:
        self.asked.append(("clear", user, contact))
        try:
            await self.answers.wait()
        except asyncio.CancelledError:
            self.is_broken_off = True
            raise
        if self.failure and user not in self.unaffected:
            raise self.failure

    async def log_out_user(self, user: str) -> None:
        self.asked.append(("log out", user))

    async def log_in(self) -> None:
        self.asked.append(("log in",))
        if self.failure:
            raise self.failure

    async def log_out(self) -> None:
        self.asked.append(("log out all",))


class Queued:
    """A queue for one entry."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        self.hass = hass
        self._freezer = freezer
        self.entry = MockConfigEntry(domain=DOMAIN, data=DATA)
        self.entry.add_to_hass(hass)
        self.client = Client()
        # Of the queue's own.
        self.other = Client()
        self.own_clients: list[tuple[Any, ...]] = []
        self.adopted = set[str]()
        self.refreshed: list[str] = []
        self.queue = UndoQueue(hass)

    def attach(self, application_user: str = "hass") -> None:
        async def adopt(key: str) -> bool:
            return key in self.adopted

        async def refresh(contact: str) -> None:
            self.refreshed.append(contact)
            raise ServerFailed

        self.queue.async_attach(
            self.entry.entry_id,
            RunningEntry(
                account=account_of({**DATA, "host": "cup", "application_user": application_user}),
                client=cast("PresenceClient", self.client),
                watcher="watcher",
                adopt=adopt,
                doubt=adopt,
                refresh=refresh,
            ),
        )

    async def add(self, user: str = "anna", *, seconds: float = EXPIRY, **named: Any) -> None:
        until = dt_util.utcnow() + timedelta(seconds=seconds)
        clear = PendingClear(user, f"{user}@x", until)
        await self.queue.async_add(self.entry.entry_id, [clear], **named)
        await self.after()

    async def after(self, seconds: float = 0) -> None:
        self._freezer.tick(timedelta(seconds=seconds))
        async_fire_time_changed(self.hass)
        for _ in range(3):
            await self.hass.async_block_till_done(
                wait_background_tasks=self.client.answers.is_set()
            )
