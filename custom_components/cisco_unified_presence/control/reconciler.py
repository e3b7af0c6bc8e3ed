"""Each controlled person's presence at the server: what wins is published, renewed, released.

Specified in docs/rules.md. arbitration.py decides who wins, takeover.py notices manual changes.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..arbitration import (
    NO_REQUEST,
    Decision,
    ManualSetting,
    RequestedPresence,
    RuleRequest,
    decide,
)
from ..const import LOGGER
from ..coordinator import PresenceCoordinator
from ..people import Person, Watcher
from ..pws import CannotConnect, Presence, PresenceClient, PresenceServiceError
from .decision_log import DecisionLog
from .record import PersonRecord, PublishedPresence
from .refusals import is_refusal
from .schedule import ReconcileSchedule
from .store import ControlStore
from .takeover import TakeoverDetector
from .write_rate import WriteRate
from .writer import ContactPoll, PresenceWriter, may_have_been_done, stands_in_the_way

RETRY_AFTER = timedelta(seconds=30)


class Reconciler:
    """Keeps the presence of those who are controlled."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: PresenceClient,
        coordinator: PresenceCoordinator,
        poll: ContactPoll,
        requests: Callable[[str], Iterable[RuleRequest]],
        decision_log: DecisionLog,
    ) -> None:
        """Take what is needed; nothing is sent yet.

        Args:
            hass: Home Assistant.
            entry: The entry whose people are reconciled.
            client: Speaks to the server.
            coordinator: Knows what is shown.
            poll: Asks the server what it shows.
            requests: Tells by a person's key which rules hold.
            decision_log: Told of every decision.
        """
        self._client = client
        self._coordinator = coordinator
        self._poll = poll
        self._requests = requests
        self._decision_log = decision_log
        self._writer = PresenceWriter(client, poll, Watcher.of(entry.data))
        self._store = ControlStore(hass, entry.entry_id)
        self._decisions: dict[str, Decision] = {}
        self._takeover = TakeoverDetector(hass, coordinator, self._is_beaten, self._suspect)
        self._rate = WriteRate()
        self._doubted = set[str]()
        self._lingering = set[str]()
        self._schedule = ReconcileSchedule(hass, entry, self._async_attend)
        self._locks = defaultdict[str, asyncio.Lock](asyncio.Lock)

    # What others ask

    @property
    def publishing_users(self) -> set[str]:
        """Return the users whose sessions carry a presence."""
        people = self._coordinator.people
        return {
            people[key].user for key in self._store if self._store.record_of(key).may_be_published
        }

    def decision_of(self, person: Person) -> Decision:
        """Return who wins for a person now."""
        return self._decisions.get(person.key, NO_REQUEST)

    def record_of(self, person: Person) -> PersonRecord:
        """Return what is remembered of a person."""
        return self._store.record_of(person.key)

    # Coming and going

    async def async_load(self) -> None:
        """Recall what was wanted before the restart, and what may still stand at the server."""
        await self._store.async_load(self._coordinator.controlled)

    @callback
    def async_start(self) -> None:
        """Take up what was wanted before the restart, and what rules request now."""
        people = self._coordinator.controlled
        for key, person in people.items():
            self._decision_log.async_recall(key, self._store.record_of(key))
            if self._published(key):
                # Whether it still stands is for the server to say.
                self._doubted.add(key)
                self._takeover.async_watch(person)
        self.async_requests_changed(people)

    @callback
    def async_stop(self) -> None:
        """Stop writing; what is held stays at the server until its expiry."""
        self._takeover.async_stop()
        self._schedule.async_stop()

    async def async_save(self) -> None:
        """Store what is remembered."""
        await self._store.async_save()

    async def async_clear_server(self) -> None:
        """Clear at the server what is held, but go on wanting it.

        Raises:
            CannotConnect: The server did not answer.
        """
        for key in self._store:
            if not self._store.record_of(key).may_be_published:
                continue
            person, before = self._coordinator.people[key], self._store.record_of(key)
            # Who leaves in a hurry does not hear whether it was done.
            self._store.async_note_unsure(key)
            try:
                await self._client.clear_presence(person.user, person.contact)
            except CannotConnect as error:
                if not may_have_been_done(error):
                    self._store.async_note(key, before)
                raise
            except PresenceServiceError as error:
                LOGGER.debug("%s was left to the logout: %s", person.contact, error)
            self._note_published(key, None)

    # Manual settings

    async def async_set_manual(
        self, person: Person, requested: RequestedPresence, until: datetime | None
    ) -> None:
        """Set a person's presence and keep it, whatever rules say.

        Raises:
            PresenceServiceError: The server refused or did not answer; the earlier hold stays.
        """
        hold = ManualSetting(requested, dt_util.utcnow(), until)
        await self._async_want(person, lambda record: replace(record.resumed(), manual=hold))

    async def async_clear_manual(self, person: Person) -> None:
        """Let rules decide again, and where none holds the person's own devices.

        Where nothing is held nothing is sent: clearing needs a login, and that alone would show
        the person as Available.

        Raises:
            PresenceServiceError: The server refused or did not answer; the hold stays.
        """
        await self._async_want(person, PersonRecord.resumed)

    async def _async_want(
        self, person: Person, change: Callable[[PersonRecord], PersonRecord]
    ) -> None:
        key = person.key
        async with self._locks[key]:
            before = self._store.record_of(key)
            self._store.async_note(key, change(before))
            try:
                await self._async_confirm(person)
                await self._async_settle(person)
            except PresenceServiceError:
                now = self._store.record_of(key)
                if self._decide(person).requested or now.may_be_published:
                    self._store.async_note(key, before.with_published_of(now))
                    self._decide(person)
                self._schedule.async_soon(key)
                raise
            finally:
                await self.async_save()

    async def _async_confirm(self, person: Person) -> None:
        """Have it sent again if it is no longer shown: whoever asks for it anew says so."""
        published = self._published(person.key)
        if published and published.is_contradicted_by(await self._async_see(person)):
            self._store.async_note_unsure(person.key)

    # What changes around

    @callback
    def async_requests_changed(self, keys: Iterable[str]) -> None:
        """Reckon anew for people about whom a rule has something else to say."""
        for key in keys:
            self._take_up(key)

    @callback
    def async_session_lost(self, user: str) -> None:
        """Write anew what was held through a session that is gone."""
        for key, person in self._coordinator.people.items():
            if person.user == user:
                self._lose(key)

    @callback
    def async_node_changed(self) -> None:
        """Write everything anew at the node that serves now."""
        for key in self._store:
            self._lose(key)

    @callback
    def async_clock_jumped(self, by: timedelta) -> None:
        """Reckon anew with every time, since the clock has jumped by so much."""
        self._store.async_clock_jumped(by)
        self._schedule.refusals.clear()
        self.async_requests_changed(self._coordinator.controlled)

    async def async_people_changed(self, before: dict[str, Person]) -> None:
        """Release those who are no longer watched or controlled, and take up who is now."""
        controlled = self._coordinator.controlled
        for key, person in before.items():
            if person.controlled and key not in controlled:
                await self._async_dismiss(person)
        self.async_requests_changed(controlled)

    async def _async_dismiss(self, person: Person) -> None:
        key = person.key
        async with self._locks[key]:
            try:
                if self._store.record_of(key).may_be_published:
                    await self._writer.async_clear(person)
                    await self._writer.async_log_out(person)
            except PresenceServiceError as error:
                LOGGER.debug("%s was left to its expiry: %s", person.contact, error)
            self._schedule.async_cancel(key)
            self._takeover.async_forget(key)
            self._rate.forget(key)
            self._doubted.discard(key)
            self._lingering.discard(key)
            self._decisions.pop(key, None)
            self._store.async_note(key, PersonRecord())
            self._decision_log.async_forget(person)
        await self.async_save()

    def _lose(self, key: str) -> None:
        """Note that what was published is gone."""
        if self._store.record_of(key).may_be_published:
            self._note_published(key, None)
            self._schedule.async_soon(key)

    # Making the server agree

    def _decide(self, person: Person) -> Decision:
        now = dt_util.utcnow()
        record = self._store.record_of(person.key).at(now)
        decision = decide(record.manual, self._requests(person.key), record.overruled, now)
        after = record.after(decision)
        told = self._decisions.get(person.key)
        self._decisions[person.key] = decision
        self._store.async_note(person.key, after)
        if decision != told:
            self._decision_log.async_tell(person, decision, after, self._takeover.shown(person))
        return decision

    async def _async_settle(self, person: Person) -> None:
        """Make the server agree with what is wanted, which may change meanwhile.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """
        key = person.key
        while not self._agrees(key, decision := self._decide(person)):
            if decision.requested is None and not self._store.record_of(key).may_be_published:
                await self._writer.async_log_out(person)
                self._note_published(key, None)
                continue
            now = dt_util.utcnow()
            allowed_at = self._rate.allowed_at(key, now)
            if allowed_at > now:
                LOGGER.debug("%s is not written to before %s", person.contact, allowed_at)
                self._schedule.async_at(key, allowed_at)
                return
            self._rate.count(key, now)
            await self._async_write(person, decision.requested)
        self._schedule.refusals.forget(key)
        self._decision_log.async_tell_success(person)
        self._schedule_next(key)

    def _agrees(self, key: str, decision: Decision) -> bool:
        lingers = decision.requested is None and key in self._lingering
        return not lingers and self._store.record_of(key).agrees_with(
            decision.requested, dt_util.utcnow()
        )

    async def _async_write(self, person: Person, requested: RequestedPresence | None) -> None:
        key, before = person.key, self._published(person.key)
        try:
            if requested is None:
                await self._writer.async_clear(person)
                self._note_published(key, None)
                self._lingering.add(key)
                self._takeover.async_forget(key)
                return
            if before and stands_in_the_way(before.requested, requested):
                await self._writer.async_clear(person)
                self._note_published(key, None)
            published = await self._writer.async_write(person, requested)
        except (PresenceServiceError, asyncio.CancelledError) as error:
            if may_have_been_done(error):
                self._store.async_note_unsure(key)
            raise
        self._note_published(key, published)
        self._takeover.async_watch(person)

    def _published(self, key: str) -> PublishedPresence | None:
        return self._store.record_of(key).published

    @callback
    def _note_published(self, key: str, published: PublishedPresence | None) -> None:
        self._store.async_note_published(key, published)
        self._doubted.discard(key)
        self._lingering.discard(key)

    # Whether it still stands

    def _is_beaten(self, key: str, shown: Presence | None) -> bool:
        published = self._published(key)
        return published is not None and published.is_contradicted_by(shown)

    @callback
    def _suspect(self, key: str) -> None:
        self._doubted.add(key)
        self._schedule.async_soon(key)

    async def _async_examine(self, person: Person, published: PublishedPresence) -> None:
        """Find out whether what was published still stands, and what to make of it if not.

        Raises:
            PresenceServiceError: The server did not answer.
        """
        now = dt_util.utcnow()
        beaten = published.is_contradicted_by(await self._async_see(person))
        if beaten or person.key in self._doubted:
            is_gone = await self._writer.async_is_gone(person, published)
            if is_gone or published.may_have_ended(now):
                LOGGER.debug("The server has lost what was held for %s", person.contact)
                self._note_published(person.key, None)
                # Asking has logged the person in, if nothing else had.
                self._lingering.add(person.key)
            elif beaten:
                self._yield(person, published, now)
        self._doubted.discard(person.key)

    def _yield(self, person: Person, published: PublishedPresence, now: datetime) -> None:
        """Give way to the person's own hand, unless somebody else wins by now anyway."""
        decision = self._decide(person)
        if decision.requested == published.requested:
            record = self._store.record_of(person.key)
            self._store.async_note(person.key, record.after_takeover(decision, now))

    async def _async_see(self, person: Person) -> Presence:
        return (await self._poll.async_poll(person.contact)).presence

    def _is_in_doubt(self, key: str) -> bool:
        published = self._published(key)
        return published is not None and (
            key in self._doubted or published.is_due(dt_util.utcnow())
        )

    async def _async_attend(self, key: str) -> None:
        """See to a person: examine what stands there, then make it what it should be."""
        async with self._locks[key]:
            self._schedule.async_note_begun(key)
            person = self._coordinator.controlled_person(key)
            if person is None:
                return
            try:
                if (published := self._published(key)) and self._is_in_doubt(key):
                    await self._async_examine(person, published)
                await self._async_settle(person)
            except PresenceServiceError as error:
                now = dt_util.utcnow()
                self._schedule.refusals.note(key, error, now)
                self._decision_log.async_tell_failure(person, error, refused=is_refusal(error))
                self._schedule.async_at(key, now + RETRY_AFTER)

    @callback
    def _take_up(self, key: str) -> None:
        """Reckon who wins, and see to the person if the server does not agree."""
        person = self._coordinator.controlled_person(key)
        if person is None:
            return
        decision = self._decide(person)
        if self._is_in_doubt(key) or not self._agrees(key, decision):
            self._schedule.async_soon(key)
        else:
            self._schedule_next(key)

    @callback
    def _schedule_next(self, key: str) -> None:
        record = self._store.record_of(key)
        moments = (
            record.published and record.published.renew_at,
            record.manual and record.manual.until,
        )
        self._schedule.async_cancel(key)
        if due := [moment for moment in moments if moment]:
            self._schedule.async_at(key, min(due))
