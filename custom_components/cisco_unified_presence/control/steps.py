"""The steps of a reconciliation: which is next, and taking it."""

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ..arbitration import RequestedPresence
from ..people import Person
from .decisions import Decisions
from .next_step import (
    Clear,
    Finding,
    LogOut,
    Situation,
    Step,
    Verify,
    Wait,
    Write,
    next_step,
)
from .publisher import Publisher
from .store import ControlStore
from .write_rate import WriteRate


class Steps:
    """Finds and takes steps, until it is stopped."""

    def __init__(self, store: ControlStore, decisions: Decisions, publisher: Publisher) -> None:
        self._store = store
        self._decisions = decisions
        self._publisher = publisher
        self._rate = WriteRate()
        self._stopped = False

    @callback
    def async_stop(self) -> None:
        """Send nothing more that is not under way yet."""
        self._stopped = True

    @callback
    def async_forget(self, key: str) -> None:
        self._rate.forget(key)

    def next(self, person: Person, *, verify: bool, by_hand: bool = False) -> Step:
        """Decide, and return the next step.

        Args:
            person: The person.
            verify: Whether the step may verify what is published.
            by_hand: Whether someone waits for the answer: then the write rate does not apply.
        """
        key = person.key
        decision = self._decisions.decide(person)
        now = dt_util.utcnow()
        situation = Situation(
            record=self._store.record_of(key),
            verify=verify,
            suspected=self._publisher.is_suspected(key),
            write_allowed_at=now if by_hand else self._rate.allowed_at(key, now),
            by_hand=by_hand,
        )
        step = next_step(situation, decision.requested, now)
        self._decisions.async_set_waiting(person, step.until if isinstance(step, Wait) else None)
        return step

    async def async_take(self, step: Verify | Write | Clear | LogOut, person: Person) -> None:
        """Take a step.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """
        match step:
            case Verify(published):
                found = await self._publisher.async_verify(person, published, dt_util.utcnow())
                if found is Finding.OVERRULED:
                    self._decisions.async_give_way(person, published)
            case LogOut():
                await self._publisher.async_log_out(person)
            case Write(requested, clear_first):
                if await self._async_prepare(person, requested):
                    await self._publisher.async_write(person, requested, clear_first=clear_first)
            case Clear():
                if await self._async_prepare(person, None):
                    await self._publisher.async_clear(person)

    async def _async_prepare(self, person: Person, requested: RequestedPresence | None) -> bool:
        """Store that this is about to be sent; return False if it is out of date by then."""
        await self._publisher.async_prepare(person.key)
        if self._stopped or self._decisions.decide(person).requested != requested:
            self._publisher.async_withdraw(person.key)
            return False
        self._rate.count(person.key, dt_util.utcnow())
        return True
