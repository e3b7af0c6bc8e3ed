"""Makes the server agree with who wins for each controlled person.

Specified in docs/rules.md. arbitration.py decides who wins, next_step.py what has to be done about
it, and publisher.py does it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..arbitration import Decision, ManualSetting, RequestedPresence, RuleRequest
from ..const import DOMAIN, LOGGER
from ..coordinator import PresenceCoordinator
from ..people import Person
from ..pws import PresenceServiceError
from .decision_log import DecisionLog, WriteOutcome
from .decisions import Decisions
from .losses import async_report_losses
from .manual_changes import ManualChanges, with_usual_end
from .mistakes import Mistakes
from .next_step import Settled, Wait
from .own_presence import OwnPresences
from .pending_clears import pending_clear
from .publisher import Publisher
from .record import Addressee, PersonRecord
from .refusals import is_refusal
from .schedule import ReconcileSchedule
from .steps import Steps
from .store import ControlStore
from .takeover import TakeoverDetector
from .undo import async_undo_queue
from .writer import PresenceWriter

RETRY_AFTER = timedelta(seconds=30)
FINISH_SECONDS = 2.0


class Reconciler:
    """Decides for the controlled people of an entry, and reconciles the server with it."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        writer: PresenceWriter,
        coordinator: PresenceCoordinator,
        requests: Callable[[str], Iterable[RuleRequest]],
        rules_stored: Callable[[], Awaitable[None]],
        decision_log: DecisionLog,
    ) -> None:
        """Initialize.

        ``requests`` returns what rules request for a person, by key, and ``rules_stored`` returns
        once that is on disk.
        """
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._decision_log = decision_log
        self._store = ControlStore(hass, entry.entry_id)
        self._decisions = Decisions(coordinator, self._store, requests, decision_log)
        self._publisher = Publisher(
            writer,
            self._store,
            TakeoverDetector(hass, coordinator, self._store, self._async_suspect),
            rules_stored,
        )
        self._schedule = ReconcileSchedule(hass, entry, self._async_reconcile)
        self._steps = Steps(self._store, self._decisions, self._publisher)
        self._mistakes = Mistakes()
        self._running = False
        self._manual = ManualChanges(
            hass, self._store, self._decisions, self._publisher, self._schedule
        )
        self._locks = defaultdict[str, asyncio.Lock](asyncio.Lock)

    @property
    def publishing_users(self) -> dict[str, str]:
        """Return the users whose sessions carry a presence, with their contacts."""
        return {each.user: each.contact for each in self._store.published_people().values()}

    @property
    def is_settled(self) -> bool:
        """Return whether the server is known to have what is requested for all people."""
        are_carried_out = self._decisions.are_carried_out(dt_util.utcnow())
        return are_carried_out and not any(map(self._is_unverified, self._coordinator.controlled))

    @property
    def own_presences(self) -> OwnPresences:
        return self._decisions.own

    def decision_of(self, person: Person) -> Decision:
        return self._decisions.latest(person.key)

    def waiting_until(self, person: Person) -> datetime | None:
        """Return until when a write waits, since the person was written to too often."""
        return self._decisions.waiting_until(person.key)

    def refused_until(self, person: Person) -> datetime | None:
        """Return when the server is tried again that has refused what was decided."""
        record = self._store.record_of(person.key)
        if record.agrees_with(self.decision_of(person).requested, dt_util.utcnow()):
            return None
        return self._schedule.refusals.until(person.key)

    def record_of(self, person: Person) -> PersonRecord:
        return self._store.record_of(person.key)

    # From start to stop

    async def async_load(self) -> None:
        await self._decision_log.history.async_load(self._coordinator.controlled)
        loaded = await self._store.async_load(self._coordinator.controlled)
        async_report_losses(self._hass, self._entry, loaded)

    @callback
    def async_note_outdated(self) -> None:
        """Note that the records may be older than what was published last."""
        self._publisher.async_note_outdated()

    @callback
    def async_start(self) -> None:
        """Begin to reconcile, from the records and from what rules request now."""
        self._running = True
        people = self._coordinator.controlled
        for key, person in people.items():
            self._decision_log.async_recall(key, self._store.record_of(key))
            self._publisher.async_resume(person)
        for key, former in self._store.published_people().items():
            if key not in people:
                self._entry.async_create_background_task(
                    self._hass, self._async_dismiss(former), f"{DOMAIN} dismiss {key}"
                )
        self.async_requests_changed(people)

    @callback
    def async_stop(self) -> None:
        """Stop writing; what is published stays at the server until it expires."""
        self._running = False
        self._steps.async_stop()
        self._publisher.async_stop()
        self._schedule.async_stop()

    async def async_finish(self) -> None:
        """Let steps that are under way end after async_stop, but do not wait for long.

        A session that one of them opens just now would be missed by the logout that follows.
        """
        under_way = [lock for lock in self._locks.values() if lock.locked()]
        with suppress(TimeoutError):
            async with asyncio.timeout(FINISH_SECONDS):
                for lock in under_way:
                    async with lock:
                        pass

    async def async_save(self) -> None:
        await self._store.async_save()
        await self._decision_log.history.async_save()

    async def async_clear_server(self) -> None:
        """Clear what is published; the next run publishes it again.

        Raises:
            CannotConnect: The server did not answer.
        """
        await self._publisher.async_clear_before_leaving(self._store.published_people().values())

    @callback
    def async_note_logged_out(self) -> None:
        """Note that the logout of the account has ended all that was published."""
        self._store.async_note_logged_out()

    # Manual settings

    def saving_together(self) -> AbstractContextManager[None]:
        """Save at the end of this context what is set for many people in it."""
        return self._store.saving_together()

    async def async_set_manual(
        self,
        person: Person,
        requested: RequestedPresence,
        until: datetime | None,
        *,
        ends_by_clock: bool = False,
        set_by: str | None = None,
        for_note: bool = False,
    ) -> None:
        """Set a person's presence, whatever rules request.

        Args:
            person: The person.
            requested: What to set.
            until: When it ends; None for the end that the entry's options say.
            ends_by_clock: Whether `until` is a time of day, rather than the end of a duration.
            set_by: The name of the user who sets it.
            for_note: Whether it is set for its note only.

        Raises:
            PresenceServiceError: The server refused or did not answer; the earlier manual setting
                stays.
        """
        set_now = ManualSetting(requested, dt_util.utcnow(), until, ends_by_clock, set_by, for_note)
        manual = with_usual_end(set_now, self._entry.options)
        self._manual.note_set(person.key)
        await self._async_change(person, lambda record: replace(record.resumed(), manual=manual))

    async def async_clear_manual(self, person: Person) -> None:
        """Let rules decide again, and where none holds the person's own devices.

        Nothing is sent where nothing is published: clearing needs a login, and that alone would
        show the person as available.

        Raises:
            PresenceServiceError: The server refused or did not answer; the manual setting stays.
        """
        await self._async_change(person, PersonRecord.resumed)

    async def _async_change(
        self, person: Person, change: Callable[[PersonRecord], PersonRecord]
    ) -> None:
        async with self._locks[person.key]:
            settle = partial(self._async_settle, person, verify=False, by_hand=True)
            await self._manual.async_carry_out(person, change, settle)
        if self._is_unverified(person.key):
            self._schedule.async_soon(person.key)

    # Events

    @callback
    def async_requests_changed(self, keys: Iterable[str]) -> None:
        """Decide again for people for whom rules request something else."""
        for key in keys:
            self._async_decide_again(key)

    @callback
    def async_session_lost(self, user: str) -> None:
        """Publish again what the lost session of a user carried."""
        for key, person in self._coordinator.people.items():
            if self._running and person.user == user and self._publisher.async_note_lost(key):
                self._schedule.async_soon(key)

    @callback
    def async_verify_all(self) -> None:
        """Ask the server whether all that is published is still there."""
        for key in self._store.published_people():
            self._async_suspect(key)

    @callback
    def async_node_changed(self) -> None:
        """Publish everything again at the node that serves now.

        A start asks the node that serves by then what is published.
        """
        for key in self._store:
            if self._running and self._publisher.async_note_node_changed(key):
                self._schedule.async_soon(key)

    @callback
    def async_clock_jumped(self, by: timedelta) -> None:
        """Decide again with every time, since the clock has jumped by so much."""
        now = dt_util.utcnow()
        for key in self._store:
            if self._manual.is_set_since_jump(key, now):
                continue
            self._store.async_set(key, self._store.record_of(key).after_jump(by))
            # The times of the winner are others now, and nothing else of it.
            self._decision_log.async_recall(key, self._store.record_of(key))
        self._schedule.refusals.clear()
        self.async_requests_changed(self._coordinator.controlled)

    async def async_people_changed(self, before: dict[str, Person]) -> None:
        """Dismiss people who are no longer controlled, and decide for those who are now."""
        controlled = self._coordinator.controlled
        self._store.async_add_people(controlled)
        for key, person in before.items():
            if person.controlled and key not in controlled:
                await self._async_dismiss(person)
                self._decision_log.async_forget(person)
        self.async_requests_changed(controlled)

    async def async_adopt(self, key: str, *, anew: bool = False) -> bool:
        """Take over a person for whom something may be published, if that person is controlled.

        With ``anew`` also where the record says what is published, which may be gone.
        """
        if self._coordinator.controlled_person(key) is None:
            return False
        async with self._locks[key]:
            record = self._store.record_of(key)
            if anew or not record.may_be_published:
                self._store.async_set(key, record.doubtful())
                self._schedule.async_soon(key)
        return True

    async def _async_dismiss(self, person: Addressee) -> None:
        """Leave to the queue what is published for a person, and forget the person."""
        key = person.key
        async with self._locks[key]:
            record = self._store.record_of(key)
            if record.may_be_published or record.idle_session:
                clear = pending_clear(person.user, person.contact, record, dt_util.utcnow())
                await async_undo_queue(self._hass).async_add(self._entry.entry_id, [clear])
            self._schedule.async_cancel(key)
            self._publisher.async_forget(key)
            self._steps.async_forget(key)
            self._mistakes.forget(key)
            self._manual.forget(key)
            self._decisions.async_forget(key)
            self._store.async_set(key, PersonRecord())
        await self._store.async_stored(key)

    @callback
    def _async_suspect(self, key: str) -> None:
        self._publisher.async_suspect(key)
        self._schedule.async_soon(key)

    @callback
    def _async_decide_again(self, key: str) -> None:
        person = self._coordinator.controlled_person(key)
        if person is None:
            return
        try:
            step = self._steps.next(person, verify=True)
        except Exception:  # noqa: BLE001 (whatever it is)
            self._async_note_mistake(person)
            return
        if isinstance(step, Settled):
            self._async_rest(key, step)
        else:
            self._schedule.async_soon(key)

    @callback
    def _async_note_mistake(self, person: Person) -> None:
        """Log the mistake in the code that is being handled, and try again later.

        Without another try the person would be left alone.
        """
        LOGGER.exception("The presence of %s was not reconciled", person.contact)
        again_after = self._mistakes.note(person.key)
        self._schedule.async_at(person.key, dt_util.utcnow() + again_after)

    # Deciding and reconciling

    async def _async_reconcile(self, key: str) -> None:
        async with self._locks[key]:
            self._schedule.async_note_begun(key)
            person = self._coordinator.controlled_person(key)
            if person is None:
                return
            try:
                await self._async_settle(person, verify=True)
            except PresenceServiceError as error:
                now = dt_util.utcnow()
                self._schedule.refusals.note(key, error, now)
                outcome = self._outcome_of(person)
                self._decision_log.async_report_failure(
                    person, error, outcome, refused=is_refusal(error)
                )
                self._schedule.async_at(key, now + RETRY_AFTER)
            except Exception:  # noqa: BLE001 (whatever it is)
                self._async_note_mistake(person)

    async def _async_settle(self, person: Person, *, verify: bool, by_hand: bool = False) -> None:
        """Take steps until the server agrees; the decision may change meanwhile."""
        step = self._steps.next(person, verify=verify, by_hand=by_hand)
        while not isinstance(step, (Settled, Wait)):
            if not self._running:
                # The next run goes on from the store.
                return
            await self._steps.async_take(step, person)
            step = self._steps.next(person, verify=False, by_hand=by_hand)
        if isinstance(step, Wait):
            LOGGER.debug("%s is not written to before %s", person.contact, step.until)
            self._schedule.async_at(person.key, step.until)
            return
        self._schedule.refusals.forget(person.key)
        self._mistakes.forget(person.key)
        self._decision_log.async_report_success(person, self._outcome_of(person))
        self._async_rest(person.key, step)

    def _is_unverified(self, key: str) -> bool:
        return bool(self._store.record_of(key).published and self._publisher.is_suspected(key))

    def _outcome_of(self, person: Person) -> WriteOutcome:
        return WriteOutcome.of(self.record_of(person), self.refused_until(person))

    @callback
    def _async_rest(self, key: str, settled: Settled) -> None:
        self._schedule.async_cancel(key)
        if settled.until:
            self._schedule.async_at(key, settled.until)
