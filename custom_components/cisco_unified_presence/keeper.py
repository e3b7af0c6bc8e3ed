"""What presence is wanted for each controlled person: written, read back, renewed, released.

What is wanted is stored, so that it is renewed after a restart and ends when it should.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from .const import DOMAIN, LOGGER
from .coordinator import PresenceCoordinator
from .looking import Look
from .people import Person
from .pws import (
    MIN_EXPIRY,
    CannotConnect,
    InvalidCredentials,
    Presence,
    PresenceClient,
    PresenceServiceError,
)

if TYPE_CHECKING:
    from .data import CupConfigEntry

STORAGE_VERSION = 1

# How long the server holds a presence that nobody renews, in seconds: long enough to bridge a
# restart, short enough that nobody stays Busy for the day because Home Assistant died.
HOLD_EXPIRY = 2 * MIN_EXPIRY
RENEW_AFTER = timedelta(seconds=HOLD_EXPIRY * 3 / 4)
RETRY_AFTER = timedelta(seconds=30)
# Many refused logins in a row may lock the account.
RETRY_AFTER_REFUSED_LOGIN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Hold:
    """A presence that is wanted for a person.

    Attributes:
        presence: The word.
        override: Whether it stands over everything that the person's devices report.
        until: When it ends, None when it lasts until it is released.
        note: The message beside it, None for none.
    """

    presence: Presence
    override: bool
    until: datetime | None = None
    note: str | None = None

    @classmethod
    def from_storage(cls, stored: dict[str, Any]) -> Self:
        """Return the hold that as_storage wrote down."""
        until = stored["until"]
        return cls(
            presence=Presence(stored["presence"]),
            override=stored["override"],
            until=datetime.fromisoformat(until) if until else None,
            note=stored.get("note"),
        )

    def as_storage(self) -> dict[str, Any]:
        """Return the hold as plain JSON."""
        until = self.until.isoformat() if self.until else None
        return {
            "presence": self.presence.value,
            "override": self.override,
            "until": until,
            "note": self.note,
        }


class Keeper:
    """Holds presence at the server for those who are controlled."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: CupConfigEntry,
        client: PresenceClient,
        coordinator: PresenceCoordinator,
        look: Look,
    ) -> None:
        """Take what is needed; nothing is sent yet."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._coordinator = coordinator
        self._look = look
        self._store = hold_store(hass, entry.entry_id)
        self._holds: dict[str, Hold] = {}
        self._timers: dict[str, CALLBACK_TYPE] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._stopped = False

    @property
    def held_users(self) -> set[str]:
        """Return the users whose sessions carry a presence."""
        people = self._coordinator.people
        return {people[key].user for key in self._holds if key in people}

    async def async_start(self) -> None:
        """Take up what was wanted before the restart."""
        stored = await self._store.async_load() or {}
        self._holds = {
            key: Hold.from_storage(hold) for key, hold in stored.items() if self._is_controlled(key)
        }
        for key in self._holds:
            self._renew_soon(key)

    @callback
    def async_stop(self) -> None:
        """Stop renewing; what is held stays at the server until its expiry."""
        self._stopped = True
        for cancel in self._timers.values():
            cancel()
        self._timers.clear()

    async def async_hold(self, person: Person, hold: Hold) -> None:
        """Set a person's presence and keep it.

        Raises:
            PresenceServiceError: The server refused or did not answer; what was held before is
                still held.
        """
        async with self._lock(person.key):
            try:
                await self._async_make_way(person, hold)
                await self._async_write(person, hold)
            except PresenceServiceError:
                # What was held may have been cleared to make way.
                self._renew_soon(person.key)
                raise
            self._holds[person.key] = hold
            await self._async_save()
        await self._async_read_back(person)

    async def async_release(self, person: Person) -> None:
        """Let the person's own devices speak again.

        Where nothing is held nothing is sent: clearing needs a login, and that alone would show
        the person as Available.

        Raises:
            PresenceServiceError: The server refused or did not answer; what was held is still
                held.
        """
        async with self._lock(person.key):
            if person.key not in self._holds:
                return
            await self._async_release(person)
        await self._async_read_back(person)

    async def async_clear_server(self) -> None:
        """Clear at the server what is held, but go on wanting it.

        Raises:
            CannotConnect: The server did not answer.
        """
        for key in self._holds:
            person = self._coordinator.people[key]
            try:
                await self._client.clear_presence(person.user, person.contact)
            except CannotConnect:
                raise
            except PresenceServiceError as error:
                LOGGER.debug("%s was left to the logout: %s", person.contact, error)

    @callback
    def async_session_lost(self, user: str) -> None:
        """Write anew what was held through a session that is gone."""
        for key in self._holds:
            person = self._coordinator.people.get(key)
            if person and person.user == user:
                self._renew_soon(key)

    @callback
    def async_node_changed(self) -> None:
        """Write everything anew at the node that serves now."""
        for key in self._holds:
            self._renew_soon(key)

    async def async_people_changed(self, before: dict[str, Person]) -> None:
        """Release those who are no longer watched or no longer controlled."""
        for key, person in before.items():
            if key not in self._holds or self._is_controlled(key):
                continue
            async with self._lock(key):
                try:
                    await self._async_release(person)
                except PresenceServiceError as error:
                    LOGGER.debug("%s was left to its expiry: %s", person.contact, error)
                    self._forget(key)
                    await self._async_save()

    async def _async_make_way(self, person: Person, hold: Hold) -> None:
        """Clear what is held where the new hold would not take its place.

        An override would hide a word that is set without one, and a note might stay behind.
        """
        held = self._holds.get(person.key)
        if held and ((held.override and not hold.override) or (held.note and not hold.note)):
            await self._client.clear_presence(person.user, person.contact)

    async def _async_write(self, person: Person, hold: Hold) -> None:
        await self._async_send(person, hold)
        self._schedule(person.key, self._next_visit(hold))

    async def _async_send(self, person: Person, hold: Hold) -> None:
        if hold.note is None:
            await self._client.set_presence(
                person.user, hold.presence, override=hold.override, expiry=HOLD_EXPIRY
            )
            return
        # A word carries no note; a document does.
        await self._client.set_rich_presence(
            person.user,
            person.contact,
            hold.presence,
            note=hold.note,
            override=hold.override,
            expiry=HOLD_EXPIRY,
        )

    async def _async_release(self, person: Person) -> None:
        await self._client.clear_presence(person.user, person.contact)
        self._forget(person.key)
        await self._async_save()
        # Logged in, the person would be Available by our doing.
        await self._client.log_out_user(person.user)

    async def _async_read_back(self, person: Person) -> None:
        """Show at once what the server makes of it.

        The server may show another word than was set (Busy as Away, say), or a stronger word of
        the person's own. The set is a success all the same; people are shown what the server says.
        """
        try:
            await self._look.async_at(person.contact)
        except PresenceServiceError as error:
            LOGGER.debug("%s was set but not read back: %s", person.contact, error)

    @callback
    def _next_visit(self, hold: Hold) -> datetime:
        renewal = dt_util.utcnow() + RENEW_AFTER
        return min(renewal, hold.until) if hold.until else renewal

    @callback
    def _renew_soon(self, key: str) -> None:
        self._schedule(key, dt_util.utcnow())

    @callback
    def _schedule(self, key: str, when: datetime) -> None:
        self._cancel(key)
        if self._stopped:
            return

        @callback
        def visit(_now: datetime) -> None:
            del self._timers[key]
            self._entry.async_create_background_task(
                self._hass, self._async_visit(key), f"cisco_unified_presence keep {key}"
            )

        self._timers[key] = async_track_point_in_utc_time(self._hass, visit, when)

    @callback
    def _cancel(self, key: str) -> None:
        if cancel := self._timers.pop(key, None):
            cancel()

    async def _async_visit(self, key: str) -> None:
        """Renew a hold, or end it."""
        async with self._lock(key):
            hold, person = self._holds.get(key), self._coordinator.people.get(key)
            if hold is None or person is None:
                return
            try:
                if hold.until and hold.until <= dt_util.utcnow():
                    await self._async_release(person)
                else:
                    await self._async_write(person, hold)
            except PresenceServiceError as error:
                LOGGER.debug("The presence of %s was not kept: %s", person.contact, error)
                self._schedule(key, dt_util.utcnow() + _pause_after(error))
                return
        await self._async_read_back(person)

    @callback
    def _forget(self, key: str) -> None:
        self._cancel(key)
        self._holds.pop(key, None)

    def _is_controlled(self, key: str) -> bool:
        person = self._coordinator.people.get(key)
        return person is not None and person.controlled

    def _lock(self, key: str) -> asyncio.Lock:
        return self._locks.setdefault(key, asyncio.Lock())

    async def _async_save(self) -> None:
        await self._store.async_save({key: hold.as_storage() for key, hold in self._holds.items()})


def _pause_after(error: PresenceServiceError) -> timedelta:
    return RETRY_AFTER_REFUSED_LOGIN if isinstance(error, InvalidCredentials) else RETRY_AFTER


def hold_store(hass: HomeAssistant, entry_id: str) -> Store[dict[str, Any]]:
    """Return where the wanted presences of an entry are stored."""
    return Store(hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.holds", private=True)
