"""Carries out at once what a user sets or clears, and undoes what the server refuses."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant

from ..arbitration import ManualSetting
from ..people import Person
from ..pws import PresenceServiceError
from ..settings import ManualEnd
from .decisions import Decisions
from .publisher import Publisher
from .record import PersonRecord
from .schedule import ReconcileSchedule
from .store import ControlStore


def with_usual_end(manual: ManualSetting, options: Mapping[str, Any]) -> ManualSetting:
    """Return a setting with the end that an entry's options say, where it has none."""
    if manual.until is not None:
        return manual
    usual = ManualEnd.of(options)
    return replace(manual, until=usual.after(manual.since), ends_by_clock=usual.is_by_clock)


class ManualChanges:
    """Changes the manual settings of people, one change of a person at a time."""

    def __init__(
        self,
        hass: HomeAssistant,
        store: ControlStore,
        decisions: Decisions,
        publisher: Publisher,
        schedule: ReconcileSchedule,
    ) -> None:
        self._hass = hass
        self._store = store
        self._decisions = decisions
        self._publisher = publisher
        self._schedule = schedule
        # When people's manual settings were set, by the clock that only counts.
        self._set_at: dict[str, float] = {}

    def note_set(self, key: str) -> None:
        self._set_at[key] = self._hass.loop.time()

    def is_set_since_jump(self, key: str, now: datetime) -> bool:
        """Return whether a person's setting was set after a jump of the clock noticed only now."""
        counted = self._hass.loop.time()
        since = timedelta(seconds=counted - self._set_at.get(key, counted))
        return bool(since) and self._store.record_of(key).is_set_at(now - since)

    def forget(self, key: str) -> None:
        self._set_at.pop(key, None)

    async def async_carry_out(
        self,
        person: Person,
        change: Callable[[PersonRecord], PersonRecord],
        settle: Callable[[], Awaitable[None]],
    ) -> None:
        """Change a person's record, and let `settle` make the server agree with it.

        Raises:
            PresenceServiceError: The server refused or did not answer; the record is as before,
                but for what is published by now.
        """
        key = person.key
        before = self._store.record_of(key)
        self._store.async_set(key, change(before))
        try:
            await self._publisher.async_republish_unless_shown(person)
            await settle()
        except PresenceServiceError:
            self._schedule.async_soon(key)
            if self._is_undone(person, before):
                raise
        except BaseException:
            # Cancelled, perhaps in the middle of a write, or a mistake.
            self._schedule.async_soon(key)
            raise
        finally:
            await self._store.async_stored(key)

    def _is_undone(self, person: Person, before: PersonRecord) -> bool:
        """Return to the earlier record after a failure, unless nothing but a logout has failed."""
        now = self._store.record_of(person.key)
        if self._decisions.decide(person).requested is None and not now.may_be_published:
            return False
        self._store.async_set(person.key, before.with_published_of(now))
        self._decisions.decide(person)
        return True
