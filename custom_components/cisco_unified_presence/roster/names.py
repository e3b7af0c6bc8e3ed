"""Takes over the names of people from the server, where the user gave none.

Of several names the first counts: what the watcher's contact list calls a person, if it is
followed; the display name in the document of rich presence, which the server tells of everybody;
and the one in the person's own configuration. That comes last since only a person who is logged in
can be asked for it, and nobody is logged in for a name. Where rich presence is off, the documents
of people without a name of the user's are read once a day.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import batched
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later, async_track_time_interval

from ..background import Background
from ..clock import PacedBurst
from ..const import CONF_PRESENCE_DOMAIN, CONF_TOLD_NAME, LOGGER
from ..coordinator import PresenceCoordinator
from ..people import Person, contact_key
from ..pws import ContactPresence, PresenceClient, PresenceServiceError
from .contact_service import async_display_name
from .following import FollowedPeople

READ_INTERVAL: Final = timedelta(days=1)
# By then the documents have come.
_FIRST_READ: Final = timedelta(minutes=1)
MAX_NAME_LENGTH: Final = 100

# Storing a name takes Home Assistant a fraction of a millisecond.
_NAMES_PER_BATCH: Final = 25
# Names change rarely. Each time, Home Assistant writes all entries to the disk.
_TAKEN_OVER_AT_ONCE: Final = 5
_REST_SECONDS: Final = 60.0
# The user waits for the form.
_ASK_SECONDS: Final = 10.0


def readable_name(told: str | None) -> str | None:
    """Return a display name on one line, without control characters; None when nothing is left."""
    printable = (each if each.isprintable() else " " for each in told or "")
    return " ".join("".join(printable).split())[:MAX_NAME_LENGTH].strip() or None


class DisplayNames:
    """Gives people who have no name of the user's the one that the server tells."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        coordinator: PresenceCoordinator,
        client: PresenceClient,
        watcher: str,
        *,
        rich: bool,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._client = client
        self._watcher = watcher
        # With rich presence the documents are read anyway.
        self._reads = not rich
        self._background = Background(hass, entry)
        self._nicknames: Mapping[str, str] = {}
        self._documents: dict[str, str] = {}
        self._configured: dict[str, str] = {}
        # Those to whom the server gives another name than they have.
        self._renamed: set[str] = set()
        self._burst = PacedBurst(
            hass, self._take_over_renamed, at_once=_TAKEN_OVER_AT_ONCE, rest=_REST_SECONDS
        )
        self._followed = FollowedPeople(
            hass, coordinator, self._async_presence_changed, self._is_named_by_server
        )
        self._unsubscribe: list[CALLBACK_TYPE] = []

    @callback
    def async_start(self) -> None:
        self._followed.async_start()
        self._unsubscribe = [
            self._coordinator.async_subscribe_people(self._async_follow),
            async_track_time_interval(self._hass, self._async_read_all, READ_INTERVAL),
            async_call_later(self._hass, _FIRST_READ, self._async_first_read),
        ]
        self._async_follow()

    @callback
    def async_set_rich(self, *, rich: bool) -> None:
        """Go on with or without reading documents of its own."""
        self._reads = not rich

    @callback
    def async_set_nicknames(self, nicknames: Mapping[str, str]) -> None:
        """Take over what the contact list calls people, by contact key."""
        changed = {
            key
            for key in nicknames.keys() | self._nicknames.keys()
            if nicknames.get(key) != self._nicknames.get(key)
        }
        self._nicknames = nicknames
        if changed:
            self._background.async_run(self._async_take_over_all(changed), "nicknames")

    def name_of(self, contact: str, told: Mapping[str, str]) -> str | None:
        """Return the name of a person to add, among the names told by contact key."""
        key = contact_key(contact)
        return self._nicknames.get(key) or told.get(key)

    async def async_stop(self) -> None:
        while self._unsubscribe:
            self._unsubscribe.pop()()
        self._followed.async_stop()
        self._burst.async_stop()
        await self._background.async_stop()

    async def async_ask(self, contacts: Sequence[str]) -> dict[str, str]:
        """Return the names that the server tells, by contact key; none when it does not answer."""
        told = await self._async_ask_documents(contacts)
        for contact in contacts:
            if name := self.name_of(contact, told):
                told[contact_key(contact)] = name
        return told

    async def _async_ask_documents(self, contacts: Sequence[str]) -> dict[str, str]:
        if not contacts:
            return {}
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                seen = await self._client.poll_contacts(self._watcher, contacts, rich=True)
        except (PresenceServiceError, TimeoutError) as error:
            LOGGER.debug("The server told no display names: %r", error)
            return {}
        return dict(_names_in(seen))

    @callback
    def _async_follow(self) -> None:
        """Take over what is known of people, and begin to listen for what is not."""
        unnamed = {key for key in self._coordinator.people if self._is_named_by_server(key)}
        for key in self._followed.keys - unnamed:
            self._followed.async_unfollow(key)
            self._documents.pop(key, None)
            self._configured.pop(key, None)
        if new := tuple(unnamed - self._followed.keys):
            self._followed.async_follow(new)
            if self._reads:
                self._async_read(new)

    def _is_named_by_server(self, key: str) -> bool:
        person = self._coordinator.people.get(key)
        return person is not None and person.is_named_by_server

    @callback
    def _async_presence_changed(self, key: str) -> None:
        if presence := self._coordinator.presence_of(key):
            self._documents.update(_names_in([presence]))
        person, name = self._coordinator.people.get(key), self._told(key)
        if person and name and name != person.name:
            self._renamed.add(key)
            self._burst.async_note()

    def _take_over_renamed(self) -> None:
        renamed, self._renamed = self._renamed, set()
        self._background.async_run(self._async_take_over_all(renamed), "changed names")

    def _told(self, key: str) -> str | None:
        """Return the first name of a person that there is."""
        sources = (self._nicknames, self._documents, self._configured)
        return next(filter(None, (each.get(key) for each in sources)), None)

    @callback
    def _async_first_read(self, _now: object) -> None:
        self._background.async_run(
            self._async_read_configured(tuple(self._followed.keys)), "user names"
        )

    @callback
    def _async_read_all(self, _now: object) -> None:
        self._async_read(self._followed.keys)

    @callback
    def _async_read(self, keys: Collection[str]) -> None:
        self._background.async_run(self._async_read_names(tuple(keys)), "display names")

    async def _async_read_names(self, keys: Collection[str]) -> None:
        if self._reads:
            people = self._coordinator.people
            contacts = [people[key].contact for key in keys if key in people]
            self._documents.update(await self._async_ask_documents(contacts))
            await self._async_take_over_all(keys)
        await self._async_read_configured(keys)

    async def _async_read_configured(self, keys: Collection[str]) -> None:
        """Read the configuration of people whose documents have no name and who are logged in."""
        people = self._coordinator.people
        for person in [people[key] for key in set(keys) - self._documents.keys() if key in people]:
            if not self._is_logged_in(person):
                continue
            try:
                name = await async_display_name(
                    self._hass, self._client, person.user, self._entry.data
                )
            except PresenceServiceError as error:
                LOGGER.debug("The server told no names of users: %r", error.__cause__ or error)
                return
            if readable := readable_name(name):
                self._configured[person.key] = readable
                self._async_take_over(person.key)

    def _is_logged_in(self, person: Person) -> bool:
        own = f"{person.user}@{self._entry.data[CONF_PRESENCE_DOMAIN]}"
        is_own = contact_key(own) == person.key
        return is_own and person.user in self._client.logged_in_users

    async def _async_take_over_all(self, keys: Collection[str]) -> None:
        for batch in batched(keys, _NAMES_PER_BATCH, strict=False):
            for key in batch:
                self._async_take_over(key)
            await asyncio.sleep(0)

    @callback
    def _async_take_over(self, key: str) -> None:
        """Name a person as the server does, if the user gave no name."""
        name = self._told(key)
        person = self._coordinator.people.get(key)
        subentry = self._entry.subentries.get(person.subentry_id) if person else None
        # The user may have named the person since the coordinator was told of the people.
        if not name or subentry is None or not Person.from_subentry(subentry).is_named_by_server:
            return
        if subentry.title != name:
            self._hass.config_entries.async_update_subentry(
                self._entry, subentry, title=name, data={**subentry.data, CONF_TOLD_NAME: name}
            )


def _names_in(seen: Iterable[ContactPresence]) -> Iterable[tuple[str, str]]:
    for each in seen:
        if name := readable_name(each.rich.display_name if each.rich else None):
            yield contact_key(each.contact), name
