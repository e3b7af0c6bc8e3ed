"""Keeps an entry's people in step with the watcher's contact list."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from ..background import Background
from ..clock import Timers
from ..const import CONF_FROM_LIST, DOMAIN, LOGGER
from ..error_messages import async_sentence, without_markup
from ..issues import Issue, async_clear_issues, async_ignore_issue, async_raise_issue
from ..people import Person, names_of, new_person, people_of, person_device_identifier
from ..pws import ContactList, PresenceClient, PresenceServiceError
from ..settings import ContactListSettings
from .contact_service import async_contact_list
from .labels import GroupLabels
from .names import DisplayNames, readable_name
from .plan import ListedPerson, Membership, SyncPlan, SyncRecord, membership, plan_sync
from .record import StoredSync, SyncStore

READ_SECONDS: Final = 900.0
# After people were added, so that it is known soon whom the user removes again. After a failure it
# doubles.
_SOON_SECONDS: Final = 60.0
_QUICK_RETRIES: Final = 5
_ANSWER_SECONDS: Final = 30.0
# A server that restarts is no reason for an issue.
PATIENCE: Final = timedelta(hours=1)

# Adding a person takes Home Assistant a fraction of a millisecond.
_PEOPLE_PER_BATCH: Final = 25
# Beyond that, names come later: the server is asked for them one by one.
_MOST_NAMES_ASKED: Final = 50


@dataclass(slots=True)
class SyncHealth:
    """How the latest readings went, for diagnostics.

    Attributes:
        read_at: When the list was last read.
        failing_since: Since when it cannot be read, or is not what was chosen.
        failure: Why, in Home Assistant's language.
        contacts: How many people are on it, or in the group that is followed.
        tells_absence: Whether it tells who is not on it.
    """

    read_at: datetime | None = None
    failing_since: datetime | None = None
    failure: str | None = None
    contacts: int = 0
    tells_absence: bool = False


class ContactListSync:
    """Reads the contact list now and then, and adds, names, labels and removes people.

    Attributes:
        health: How the latest readings went.
        is_changing: Whether people are being added or removed at the moment; the rest of the
            integration takes them over in one step when it has ended.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: PresenceClient,
        watcher: str,
        names: DisplayNames,
        settings: ContactListSettings | None,
    ) -> None:
        """Initialize. Without settings, the list is not followed."""
        self._hass = hass
        self._entry = entry
        self._client = client
        self._watcher = watcher
        self._names = names
        self._settings = settings
        self._store = SyncStore(hass, entry.entry_id)
        self._stored = StoredSync()
        self._groups: Mapping[str, tuple[str, ...]] = {}
        self._nicknames: dict[str, str] = {}
        self._reported: frozenset[str] = frozenset()
        self._background = Background(hass, entry)
        self._timers = Timers[str](hass)
        self._labels_wait = False
        self._failures = 0
        self._lock = asyncio.Lock()
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._on_changed: Callable[[], None] = lambda: None
        self.health = SyncHealth()
        self.is_changing = False

    @property
    def _labels(self) -> GroupLabels:
        return GroupLabels(self._hass, self._entry, self._stored.labels)

    @property
    def record(self) -> SyncRecord:
        return self._stored.record

    @property
    def leaving(self) -> list[Person]:
        """The people who are missing from the list, and will go."""
        missing = self.record.missing
        people = people_of(self._entry) if missing else {}
        return [people[key] for key in sorted(missing) if key in people]

    async def async_start(self, on_changed: Callable[[], None]) -> None:
        """Begin; ``on_changed`` is called when ``is_changing`` has ended."""
        self._on_changed = on_changed
        self._stored = await self._store.async_load()
        self._unsubscribe = [
            self._hass.bus.async_listen(
                dr.EVENT_DEVICE_REGISTRY_UPDATED, self._device_created, self._is_to_be_labelled
            )
        ]
        self._async_restart()

    async def async_stop(self) -> None:
        while self._unsubscribe:
            self._unsubscribe.pop()()
        self._timers.async_cancel_all()
        await self._background.async_stop()

    @callback
    def async_set_settings(self, settings: ContactListSettings | None) -> None:
        self._settings = settings
        self._async_restart()

    @callback
    def _async_restart(self) -> None:
        self._timers.async_cancel_all()
        self._background.async_run(self.async_read(), "contact list")

    async def async_read(self) -> None:
        """Read the list now and do what it comes to; without settings, forget what was done."""
        async with self._lock:
            if self._settings is None:
                await self._async_forget()
                return
            added = await self._async_follow(self._settings)
        self._failures = self._failures + 1 if self.health.failure else 0
        seconds = _SOON_SECONDS if added else READ_SECONDS
        if 0 < self._failures < _QUICK_RETRIES:
            seconds = _SOON_SECONDS * 2 ** (self._failures - 1)
        self._timers.async_start("read", seconds, self._async_read_later)

    @callback
    def _async_read_later(self) -> None:
        self._background.async_run(self.async_read(), "contact list")

    async def async_let_stay(self, people: Sequence[Person]) -> None:
        """Keep people although they are not on the list, as if the user had added them."""
        async with self._lock:
            for person in people:
                self._async_let_stay(person)
            await self._async_forget_missing({person.key for person in people})

    @callback
    def _async_let_stay(self, person: Person) -> None:
        if subentry := self._entry.subentries.get(person.subentry_id):
            data = {key: each for key, each in subentry.data.items() if key != CONF_FROM_LIST}
            self._hass.config_entries.async_update_subentry(self._entry, subentry, data=data)

    async def async_remove(self, people: Sequence[Person]) -> None:
        """Remove people now who are not on the list."""
        async with self._lock:
            await self._async_change((), [person.key for person in people])
            await self._async_forget_missing({person.key for person in people})

    async def _async_forget_missing(self, keys: set[str]) -> None:
        record = self.record
        missing = {key: since for key, since in record.missing.items() if key not in keys}
        await self._async_remember(SyncRecord(record.present, missing))

    async def _async_forget(self) -> None:
        """Take back the labels, and forget who was on the list."""
        self._groups = {}
        self._nicknames = {}
        self._names.async_set_nicknames({})
        self.health = SyncHealth()
        await self._labels.async_apply({})
        await self._async_remember(SyncRecord())
        async_clear_issues(self._hass, self._entry, Issue.CONTACT_LIST_UNAVAILABLE)

    async def _async_follow(self, settings: ContactListSettings) -> bool:
        """Read the list once; return whether people were added."""
        try:
            listed = await async_contact_list(
                self._hass,
                self._client,
                self._watcher,
                self._entry.data,
                within=_ANSWER_SECONDS,
            )
        except PresenceServiceError as error:
            self._note_failure(without_markup(async_sentence(self._hass, error)))
            return False
        members = membership(listed, settings.group)
        self._note_reading(listed, members, settings)
        # With thousands of people each of these takes a while.
        await asyncio.sleep(0)
        people = people_of(self._entry)
        await asyncio.sleep(0)
        plan = plan_sync(members, people, self.record, dt_util.utcnow(), removes=settings.removes)
        await asyncio.sleep(0)
        await self._async_apply(plan, settings)
        return bool(plan.add)

    async def _async_apply(self, plan: SyncPlan, settings: ContactListSettings) -> None:
        # Who is missing keeps the nickname until it is clear who stays.
        names = {key: name for key, name in self._nicknames.items() if key not in plan.groups}
        names |= {key: readable_name(name) or "" for key, name in plan.nicknames.items()}
        self._nicknames = {key: name for key, name in names.items() if name}
        self._names.async_set_nicknames(self._nicknames)
        await self._async_change(plan.add, plan.remove)
        self._groups = plan.groups if settings.labels else {}
        is_complete = self.health.tells_absence or not settings.labels
        await self._labels.async_apply(self._groups, is_complete=is_complete)
        await self._async_remember(plan.record)

    async def _async_change(self, add: Sequence[ListedPerson], remove: Sequence[str]) -> None:
        if not add and not remove:
            return
        asked = add if len(add) <= _MOST_NAMES_ASKED else ()
        told = await self._names.async_ask([each.contact for each in asked])
        self.is_changing = True
        try:
            await self._async_add(add, told)
            await self._async_remove_all(remove)
        finally:
            self.is_changing = False
            self._on_changed()
        LOGGER.debug("The contact list has added %s people, removed %s", len(add), len(remove))

    async def _async_add(self, add: Sequence[ListedPerson], told: dict[str, str]) -> None:
        for batch in batched(add, _PEOPLE_PER_BATCH, strict=False):
            present = {each.unique_id for each in self._entry.subentries.values()}
            for each in batch:
                added = new_person(
                    each.user,
                    each.contact,
                    controlled=False,
                    told_name=self._names.name_of(each.contact, told),
                    is_from_list=True,
                )
                # The user may have added the person meanwhile.
                if added.unique_id not in present:
                    self._hass.config_entries.async_add_subentry(self._entry, added)
            await asyncio.sleep(0)

    async def _async_remove_all(self, keys: Sequence[str]) -> None:
        people = people_of(self._entry) if keys else {}
        for person in (people[key] for key in keys if key in people):
            subentry = self._entry.subentries.get(person.subentry_id)
            # The user may have decided otherwise meanwhile.
            if subentry is None or not subentry.data.get(CONF_FROM_LIST):
                continue
            self._labels.async_take_away(person.key)
            self._hass.config_entries.async_remove_subentry(self._entry, person.subentry_id)
            # Home Assistant searches all its devices and entities for each.
            await asyncio.sleep(0)

    async def _async_remember(self, record: SyncRecord) -> None:
        self._stored.record = record
        await self._store.async_save(self._stored)
        leaving = self.leaving
        if not leaving:
            self._reported = frozenset()
            async_clear_issues(self._hass, self._entry, Issue.PEOPLE_LEFT_CONTACT_LIST)
            return
        keys = frozenset(person.key for person in leaving)
        if self._reported and not keys <= self._reported:
            # The user ignored the issue while it named other people.
            async_ignore_issue(
                self._hass, self._entry, Issue.PEOPLE_LEFT_CONTACT_LIST, ignore=False
            )
        self._reported = keys
        async_raise_issue(
            self._hass, self._entry, Issue.PEOPLE_LEFT_CONTACT_LIST, people=names_of(leaving)
        )

    def _note_reading(
        self, listed: ContactList, members: Membership, settings: ContactListSettings
    ) -> None:
        self.health.read_at = dt_util.utcnow()
        self.health.contacts = len(members.members)
        self.health.tells_absence = members.tells_absence
        if members.tells_absence or not listed.is_complete:
            self._note_success()
            return
        self._note_failure(
            without_markup(async_sentence(self._hass, _why_useless(listed, settings)))
        )

    def _note_success(self) -> None:
        if self.health.failing_since is not None:
            LOGGER.debug("The contact list can be read again")
        self.health.failing_since = self.health.failure = None
        async_clear_issues(self._hass, self._entry, Issue.CONTACT_LIST_UNAVAILABLE)

    def _note_failure(self, failure: str) -> None:
        now = dt_util.utcnow()
        if self.health.failing_since is None:
            LOGGER.debug("The contact list cannot be followed: %s", failure)
            self.health.failing_since = now
        self.health.failure = failure
        if now - self.health.failing_since >= PATIENCE:
            async_raise_issue(
                self._hass, self._entry, Issue.CONTACT_LIST_UNAVAILABLE, detail=failure
            )

    @callback
    def _is_to_be_labelled(self, data: dr.EventDeviceRegistryUpdatedData) -> bool:
        return bool(self._groups) and not self._labels_wait and data["action"] == "create"

    @callback
    def _device_created(self, event: Event[dr.EventDeviceRegistryUpdatedData]) -> None:
        """Label the device of a person that has been created, with others of the same moment."""
        device = dr.async_get(self._hass).async_get(event.data["device_id"])
        prefix = person_device_identifier(self._entry.entry_id, "")
        if device and any(each[1].startswith(prefix[1]) for each in device.identifiers):
            self._labels_wait = True
            self._background.async_run(self._async_label(), "labels")

    async def _async_label(self) -> None:
        async with self._lock:
            self._labels_wait = False
            await self._labels.async_apply(self._groups, is_complete=False)
            await self._store.async_save(self._stored)


def _why_useless(listed: ContactList, settings: ContactListSettings) -> HomeAssistantError:
    """Return why a list that was read does not tell who is not on it."""
    if settings.group and listed.groups:
        return HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="contact_list_group_missing",
            translation_placeholders={"group": settings.group},
        )
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="contact_list_empty")
