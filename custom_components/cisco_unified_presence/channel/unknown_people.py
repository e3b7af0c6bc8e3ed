"""The issue that names people whom the server does not know."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..coordinator import PresenceCoordinator
from ..issues import Issue, async_clear_issues, async_ignore_issue, async_raise_issue
from ..people import Person, names_of

# A server may need a moment for a contact that it has not been asked about before.
PATIENCE_SECONDS = 60.0


def unknown_among(coordinator: PresenceCoordinator) -> list[Person]:
    """Return the watched people whom the server does not know."""
    return [coordinator.people[key] for key in sorted(coordinator.unknown)]


class UnknownPeople:
    """Raises and clears the issue until the entry is unloaded.

    An issue of an earlier run stays until the server has had time to find the people.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, coordinator: PresenceCoordinator
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._reported: set[str] = set()
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._start_timer()
        entry.async_on_unload(coordinator.async_subscribe_unknown(self._async_changed))
        entry.async_on_unload(self._async_stop)

    @callback
    def _async_changed(self) -> None:
        if not self._coordinator.unknown:
            self._clear()
        elif self._cancel_timer is None:
            self._start_timer()

    def _start_timer(self) -> None:
        self._cancel_timer = async_call_later(self._hass, PATIENCE_SECONDS, self._async_report)

    @callback
    def _async_report(self, _now: object) -> None:
        self._cancel_timer = None
        unknown = unknown_among(self._coordinator)
        if not unknown:
            self._clear()
            return
        if self._reported and not self._coordinator.unknown <= self._reported:
            # The user ignored the issue while it named other people.
            async_ignore_issue(self._hass, self._entry, Issue.PEOPLE_UNKNOWN, ignore=False)
        self._reported = set(self._coordinator.unknown)
        async_raise_issue(self._hass, self._entry, Issue.PEOPLE_UNKNOWN, people=names_of(unknown))

    def _clear(self) -> None:
        async_clear_issues(self._hass, self._entry, Issue.PEOPLE_UNKNOWN)

    @callback
    def _async_stop(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
