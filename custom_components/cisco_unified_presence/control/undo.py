"""Clears at servers what entries have left there, also after an entry is gone.

docs/rules.md, "Writing". What has to be cleared is stored before anything is sent, and tried until
it is done or the server has dropped it by itself.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from homeassistant.const import CONF_HOST, CONF_PORT, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..clock import Timers
from ..const import CONF_APPLICATION_USER, DOMAIN, LOGGER
from ..pws import PresenceClient, PresenceServiceError
from ..storage import RecordStore, Stored
from ..trust import NodeStore
from .pending_clears import PendingClear, PendingClears, RemovedAccount
from .refusals import PAUSE, is_refusal
from .undo_client import open_client

STORAGE_KEY: Final = f"{DOMAIN}.undo"
SAVE_WITHIN: Final = 1.0

# Entries are given so long to load before a client of their account is opened here. Seconds.
LOADING_SECONDS: Final = 10.0
FIRST_PAUSE: Final = 10.0
LONGEST_PAUSE: Final = 600.0

# Server and application user; two entries that agree in both share their sessions.
type AccountId = tuple[str, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningEntry:
    """An entry that is loaded, as far as clearing needs it.

    Attributes:
        client: Is used in place of a client of the queue's own.
        watcher: The user who stays logged in.
        adopt: Takes over the person with a key, if the entry controls that person.
        doubt: Has it published again what is requested for such a person.
        refresh: Reads the presence of a contact anew.
    """

    account: AccountId
    client: PresenceClient
    watcher: str
    adopt: Callable[[str], Awaitable[bool]]
    doubt: Callable[[str], Awaitable[bool]]
    refresh: Callable[[str], Awaitable[object]]


def account_of(data: Mapping[str, Any]) -> AccountId:
    return data[CONF_HOST].casefold(), data[CONF_PORT], data[CONF_APPLICATION_USER]


class UndoQueue:
    """What has to be cleared for all entries, by their ids."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._store = RecordStore(hass, STORAGE_KEY, self._as_storage, within=SAVE_WITHIN)
        self._loading: asyncio.Task[None] | None = None
        self._pending: dict[str, PendingClears] = {}
        self._running: dict[str, RunningEntry] = {}
        self._failures: dict[str, int] = {}
        self._timers = Timers[str](hass)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._async_stop)

    async def async_load(self) -> None:
        """Load what earlier runs have left, and begin to work it off."""
        if self._loading is None:
            self._loading = self._hass.async_create_task(self._async_load(), "load undo queue")
        await self._loading

    async def async_add(
        self,
        entry_id: str,
        clears: Iterable[PendingClear],
        *,
        removed: RemovedAccount | None = None,
    ) -> None:
        """Clear these presences, and all that a removed entry has left; return once stored.

        Args:
            entry_id: The entry that has published them.
            clears: What has to be cleared.
            removed: How to log in, once the entry does not exist any more.
        """
        await self.async_load()
        known = self._pending.get(entry_id, PendingClears({}))
        pending = known.with_added(clears)
        if removed:
            pending = pending.of_removed(removed, dt_util.utcnow())
        if pending.is_done or pending == known:
            return
        self._pending[entry_id] = pending
        self._failures.pop(entry_id, None)
        await self._store.async_save()
        self._async_try_in(entry_id, 0)

    @callback
    def async_attach(self, entry_id: str, running: RunningEntry) -> None:
        """Use a loaded entry's sessions for its account from now on, and no other client."""
        self._running[entry_id] = running
        for each in self._pending_at(running.account):
            if task := self._tasks.pop(each, None):
                task.cancel()
            self._async_try_in(each, 0)

    async def async_detach(self, entry_id: str) -> None:
        """Stop using an entry's sessions; what is under way is broken off, and tried later."""
        detached = self._running.pop(entry_id, None)
        if detached is None:
            return
        for each in self._pending_at(detached.account):
            if task := self._tasks.pop(each, None):
                task.cancel()
                await asyncio.wait([task])
            self._async_try_in(each, LOADING_SECONDS)

    def _pending_at(self, account: AccountId) -> list[str]:
        return [entry_id for entry_id in self._pending if self._account_of(entry_id) == account]

    async def _async_load(self) -> None:
        loaded = await self._store.async_load(PendingClears.from_storage)
        now = dt_util.utcnow()
        for entry_id, pending in loaded.records.items():
            self._pending[entry_id] = pending.at(now)
            self._async_try_in(entry_id, LOADING_SECONDS)
        if not loaded.complete:
            self._store.async_note_change()

    def _as_storage(self) -> Stored:
        return {entry_id: pending.as_storage() for entry_id, pending in self._pending.items()}

    # When

    @callback
    def _async_try_in(self, entry_id: str, seconds: float) -> None:
        if self._hass.is_stopping:
            return
        if seconds > 0:
            self._timers.async_start(entry_id, seconds, partial(self._async_begin, entry_id))
        else:
            self._timers.async_cancel(entry_id)
            self._async_begin(entry_id)

    @callback
    def _async_begin(self, entry_id: str) -> None:
        task = self._tasks.get(entry_id)
        if entry_id not in self._pending or (task and not task.done()):
            # The attempt that is under way finds what was added, and goes on with it.
            return
        self._tasks[entry_id] = self._hass.async_create_background_task(
            self._async_attempt(entry_id), f"{DOMAIN} undo {entry_id}", eager_start=False
        )

    @callback
    def _async_stop(self, _event: Event) -> None:
        self._timers.async_cancel_all()
        for task in tuple(self._tasks.values()):
            task.cancel()

    async def _async_attempt(self, entry_id: str) -> None:
        error: Exception | None
        try:
            error = await self._async_clear_all(entry_id)
        except Exception as mistake:  # noqa: BLE001 - the rest must not wait for the next start
            LOGGER.error("What an entry has published was not cleared", exc_info=mistake)
            error = mistake
        remaining = self._pending[entry_id].at(dt_util.utcnow())
        self._pending[entry_id] = remaining
        if error and not remaining.is_done:
            self._async_try_in(entry_id, self._pause(entry_id, remaining, error))
            return
        # With it goes the password of an entry that was removed.
        self._pending.pop(entry_id)
        self._failures.pop(entry_id, None)
        self._store.async_note_change()

    def _pause(self, entry_id: str, remaining: PendingClears, error: Exception) -> float:
        """Return after how many seconds to try again."""
        failures = self._failures.get(entry_id, 0)
        self._failures[entry_id] = failures + 1
        if is_refusal(error):
            # An account that is refused again and again is locked.
            pause = PAUSE.total_seconds()
        else:
            pause = min(FIRST_PAUSE * 2 ** min(failures, 6), LONGEST_PAUSE)
        return min(pause, (remaining.next_end - dt_util.utcnow()).total_seconds())

    # What

    async def _async_clear_all(self, entry_id: str) -> PresenceServiceError | None:
        """Clear until nothing is pending, or return an error."""
        while True:
            pending = self._pending[entry_id] = self._pending[entry_id].at(dt_util.utcnow())
            data = self._data_of(entry_id)
            if pending.is_done or data is None:
                return None
            async with self._running_entry(entry_id, data) as running:
                error = await self._async_clear_many(
                    entry_id, running, pending.people.values()
                ) or await self._async_log_out(entry_id, running)
            if error:
                return error

    async def _async_clear_many(
        self, entry_id: str, running: RunningEntry, clears: Iterable[PendingClear]
    ) -> PresenceServiceError | None:
        errors = await asyncio.gather(
            *(self._async_clear(entry_id, running, each) for each in clears)
        )
        return next((error for error in errors if error), None)

    async def _async_clear(
        self, entry_id: str, running: RunningEntry, clear: PendingClear
    ) -> PresenceServiceError | None:
        try:
            if not await running.adopt(clear.key):
                await running.client.clear_presence(clear.user, clear.contact)
                # The person may have been added again meanwhile, and set.
                is_wanted = await running.doubt(clear.key)
                if clear.user != running.watcher and not is_wanted:
                    await running.client.log_out_user(clear.user)
                    await running.doubt(clear.key)
        except PresenceServiceError as error:
            LOGGER.debug("%s is not cleared yet: %s", clear.contact, error)
            return error
        self._pending[entry_id] = self._pending[entry_id].without([clear])
        self._store.async_note_change()
        with suppress(PresenceServiceError):
            await running.refresh(clear.contact)
        return None

    @asynccontextmanager
    async def _running_entry(
        self, entry_id: str, data: Mapping[str, Any]
    ) -> AsyncGenerator[RunningEntry]:
        """Provide a loaded entry of the same account, or else a client for the moment."""
        account = account_of(data)
        running = next((each for each in self._running.values() if each.account == account), None)
        if running:
            yield running
            return
        removed = self._pending[entry_id].account
        known = removed.nodes if removed else await NodeStore(self._hass, entry_id).async_load()
        async with open_client(self._hass, data, known) as client:
            yield RunningEntry(
                account=account,
                client=client,
                watcher="",
                adopt=_no_one,
                doubt=_no_one,
                refresh=_no_one,
            )

    async def _async_log_out(
        self, entry_id: str, running: RunningEntry
    ) -> PresenceServiceError | None:
        """Log out the account unless an entry may use it; return an error if that has to be done.

        What is published is cleared by then.
        """
        if not await self._async_is_needed(running.account):
            try:
                await _async_log_out_everywhere(running.client)
            except PresenceServiceError as error:
                LOGGER.debug("The account is not logged out yet: %s", error)
                if self._pending[entry_id].log_out_until:
                    return error
        self._pending[entry_id] = self._pending[entry_id].logged_out()
        return None

    async def _async_is_needed(self, account: AccountId) -> bool:
        """Tell whether an entry may use the account's sessions, or has left presences in them."""
        for entry in self._hass.config_entries.async_entries(DOMAIN):
            if account_of(entry.data) != account or entry.disabled_by:
                continue
            known = await NodeStore(self._hass, entry.entry_id).async_load()
            if entry.entry_id in self._running or known.logged_in:
                return True
        return False

    def _account_of(self, entry_id: str) -> AccountId | None:
        data = self._data_of(entry_id)
        return account_of(data) if data else None

    def _data_of(self, entry_id: str) -> Mapping[str, Any] | None:
        """Return what says how to log in, None if it is lost."""
        if removed := self._pending[entry_id].account:
            return removed.data
        entry = self._hass.config_entries.async_get_entry(entry_id)
        return entry.data if entry else None


async def _no_one(_contact: str) -> bool:
    return False


class _NotEverywhere(PresenceServiceError):
    """A node with sessions of the account was not reached."""


async def _async_log_out_everywhere(client: PresenceClient) -> None:
    await client.log_in()
    await client.log_out()
    if client.has_abandoned or not client.is_on_primary:
        raise _NotEverywhere


_UNDO_QUEUE: HassKey[UndoQueue] = HassKey(f"{DOMAIN}.undo")


@callback
def async_undo_queue(hass: HomeAssistant) -> UndoQueue:
    """Return the queue, which exists also while no entry is loaded."""
    if _UNDO_QUEUE not in hass.data:
        hass.data[_UNDO_QUEUE] = UndoQueue(hass)
    return hass.data[_UNDO_QUEUE]
