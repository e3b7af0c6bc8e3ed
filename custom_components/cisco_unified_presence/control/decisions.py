"""Who wins for each controlled person now, recorded and reported."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ..arbitration import NO_REQUEST, Decision, RuleRequest, decide
from ..coordinator import PresenceCoordinator
from ..people import Person
from .decision_log import DecisionLog
from .own_presence import OwnPresences
from .record import PublishedPresence
from .store import ControlStore


class Decisions:
    """Decides for people by their records, their own presence, and what rules request.

    Attributes:
        own: The people's own presence.
    """

    def __init__(
        self,
        coordinator: PresenceCoordinator,
        store: ControlStore,
        requests: Callable[[str], Iterable[RuleRequest]],
        log: DecisionLog,
    ) -> None:
        """Initialize; requests returns what rules request for a person, by key."""
        self.own = OwnPresences(coordinator, store, log.async_report_own)
        self._coordinator = coordinator
        self._store = store
        self._requests = requests
        self._log = log
        self._latest: dict[str, Decision] = {}
        self._waiting: dict[str, datetime | None] = {}

    def latest(self, key: str) -> Decision:
        return self._latest.get(key, NO_REQUEST)

    def are_carried_out(self, now: datetime) -> bool:
        """Tell whether the server has what was decided for all people."""
        return all(
            self._store.record_of(key).agrees_with(self.latest(key).requested, now)
            for key in self._coordinator.controlled
        )

    def waiting_until(self, key: str) -> datetime | None:
        """Return until when a write waits, since the person was written to too often."""
        return self._waiting.get(key)

    def decide(self, person: Person) -> Decision:
        key, now = person.key, dt_util.utcnow()
        record = self._store.record_of(key).at(now)
        decision = decide(
            record.manual, self._requests(key), record.overruled, now, self.own.of(key)
        )
        after = record.after(decision)
        may_hide = decision.requested or record.may_hide_own
        own, by_hand = self.own.to_remember(key) if may_hide else (None, False)
        after = replace(after, own=own, own_by_hand=by_hand)
        before = self._latest.get(key)
        self._latest[key] = decision
        self._store.async_set(key, after)
        if decision != before:
            shown = self._coordinator.presence_of(key)
            self._log.async_report(person, decision, after, shown.presence if shown else None)
        return decision

    @callback
    def async_give_way(self, person: Person, published: PublishedPresence) -> None:
        """Record the takeover, unless something else has been decided meanwhile anyway."""
        decision = self.decide(person)
        if decision.requested == published.requested:
            record = self._store.record_of(person.key)
            self._store.async_set(person.key, record.after_takeover(decision, dt_util.utcnow()))

    @callback
    def async_set_waiting(self, person: Person, until: datetime | None) -> None:
        """Record until when a write waits, None for not at all, and report the change."""
        if self._waiting.get(person.key) == until:
            return
        self._waiting[person.key] = until
        self._log.async_report_waiting(person)

    @callback
    def async_forget(self, key: str) -> None:
        self._latest.pop(key, None)
        self._waiting.pop(key, None)
