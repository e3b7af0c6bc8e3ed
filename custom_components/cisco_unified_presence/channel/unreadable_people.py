"""The issue that names people of whom the server's answers cannot be read."""

from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..coordinator import PresenceCoordinator
from ..issues import Issue, async_clear_issues, async_raise_issue
from ..people import names_of
from ..redaction import redacted

# What is unreadable for a moment, during an upgrade for example, is no reason for an issue.
UNREADABLE_PATIENCE_SECONDS = 900.0


class UnreadablePeople:
    """Raises and clears the issue until the entry is unloaded."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, coordinator: PresenceCoordinator
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._since: dict[str, datetime] = {}
        self._cancel_timer: CALLBACK_TYPE | None = None
        entry.async_on_unload(coordinator.async_subscribe_unreadable(self._async_changed))
        entry.async_on_unload(self._async_stop)

    @callback
    def _async_changed(self) -> None:
        now = dt_util.utcnow()
        unreadable = self._coordinator.unreadable
        self._since = {key: self._since.get(key, now) for key in unreadable}
        if not unreadable:
            self._async_stop()
            async_clear_issues(self._hass, self._entry, Issue.PEOPLE_UNREADABLE)
        elif self._cancel_timer is None:
            self._start_timer()

    def _start_timer(self) -> None:
        self._cancel_timer = async_call_later(
            self._hass, UNREADABLE_PATIENCE_SECONDS, self._async_report
        )

    @callback
    def _async_report(self, now: datetime) -> None:
        self._start_timer()
        lasting = sorted(
            key
            for key, since in self._since.items()
            if (now - since).total_seconds() >= UNREADABLE_PATIENCE_SECONDS
        )
        if not lasting:
            return
        unreadable = self._coordinator.unreadable[lasting[0]]
        async_raise_issue(
            self._hass,
            self._entry,
            Issue.PEOPLE_UNREADABLE,
            people=names_of([self._coordinator.people[key] for key in lasting]),
            detail=unreadable.detail,
            sample=redacted(unreadable.sample),
        )

    @callback
    def _async_stop(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None
