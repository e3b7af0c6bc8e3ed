"""Finds what an earlier run has published and the records know nothing of.

docs/security.md, "Whose override is it". The server shows an override as a tuple of the document of
rich presence, and answers 160 when a session of another application holds the person. An override
without that answer is in a session of this account, and nothing but that is touched.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..background import Background
from ..const import LOGGER
from ..coordinator import PresenceCoordinator
from ..people import Person, contact_key
from ..pws import (
    AnswerNotUnderstood,
    ContactPresence,
    LoggedInElsewhere,
    PresenceClient,
    PresenceServiceError,
)
from .reconciler import Reconciler
from .run_marker import RunMarker

# The id of the tuple that shows an override set through the service. Reference: rule 5.
OVERRIDE_TUPLE: Final = "pws-override"

CONTACTS_PER_POLL: Final = 100
RETRY_SECONDS: Final = 30.0
STAMP_CHECK: Final = timedelta(minutes=1)


class UntrackedPresences:
    """Has presences cleared that an earlier run published, where the records are not its last."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: PresenceClient,
        coordinator: PresenceCoordinator,
        reconciler: Reconciler,
        watcher: str,
    ) -> None:
        self._hass = hass
        self._client = client
        self._coordinator = coordinator
        self._reconciler = reconciler
        self._watcher = watcher
        self._marker = RunMarker(hass, entry.entry_id)
        self._background = Background(hass, entry)
        self._trusted = False
        self._cancel: CALLBACK_TYPE | None = None

    async def async_load(self) -> None:
        """Find out whether the records, which are loaded, are those of the last run."""
        self._trusted = await self._marker.async_is_trusted(self._published)
        if not self._trusted:
            self._reconciler.async_note_outdated()

    @callback
    def async_start(self) -> None:
        """Search in the background if that is needed; the reconciler runs."""
        self._cancel = async_track_time_interval(self._hass, self._async_stamp_soon, STAMP_CHECK)
        self._background.async_run(self._async_search_and_stamp(), "search untracked presences")

    async def async_stop(self) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
        await self._background.async_stop()

    async def async_stamp(self) -> None:
        """Note for the next run what stays published, if all of that is known."""
        if self._trusted:
            await self._marker.async_stamp(self._published)

    @property
    def _published(self) -> int:
        return len(self._reconciler.publishing_users)

    @callback
    def _async_stamp_soon(self, _now: datetime) -> None:
        # Nothing is due before the first stamp, which follows a search that is needed.
        if self._marker.is_due(self._published):
            self._background.async_run(self._marker.async_stamp(self._published), "stamp run")

    async def _async_search_and_stamp(self) -> None:
        while not self._trusted:
            try:
                await self._async_search()
            except AnswerNotUnderstood as error:
                LOGGER.debug("Overrides of an earlier run cannot be searched for: %s", error)
            except PresenceServiceError as error:
                LOGGER.debug("Overrides of an earlier run are searched for later: %s", error)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            self._trusted = True
        await self.async_stamp()

    async def _async_search(self) -> None:
        unpublished = [
            person
            for person in self._coordinator.controlled.values()
            if not self._reconciler.record_of(person).may_be_published
        ]
        for batch in batched(unpublished, CONTACTS_PER_POLL, strict=False):
            contacts = [person.contact for person in batch]
            seen = await self._client.poll_contacts(self._watcher, contacts, rich=True)
            for person in _overridden(batch, seen):
                await self._async_take_over(person)

    async def _async_take_over(self, person: Person) -> None:
        try:
            # Hands back the session that is still open, and shows nobody as available anew.
            await self._client.log_in_user(person.user)
        except LoggedInElsewhere:
            LOGGER.debug("The override of %s is another application's", person.contact)
            return
        LOGGER.info("%s: what an earlier run has set is cleared", person.name)
        await self._reconciler.async_adopt(person.key)


def _overridden(people: Sequence[Person], seen: Iterable[ContactPresence]) -> list[Person]:
    overridden = {
        contact_key(each.contact)
        for each in seen
        if each.rich and any(device.id == OVERRIDE_TUPLE for device in each.rich.devices)
    }
    return [person for person in people if person.key in overridden]
