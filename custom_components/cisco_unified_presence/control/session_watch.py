"""Sessions that end unasked: found within seconds while they carry presences, and told.

All programs that use one application user share its sessions. When one of them logs out, or logs an
end user out, the server ends the sessions of all, and with them what was published, and tells
nobody.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
import logging
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ..background import Background
from ..clock import Burst, LogPace
from ..const import LOGGER
from ..issues import Issue, async_raise_issue
from ..people import Watcher
from ..pws import PresenceClient, PresenceServiceError

CHECK_EVERY: Final = timedelta(seconds=10)

# A certificate changes with a restart, too.
NOT_CONNECTED: Final = frozenset(
    {"AnswerLost", "CannotConnect", "CertificateChanged", "UntrustedCertificate"}
)

# A user whose session has ended is logged in again by then, unless another account holds the user.
LOG_IN_SECONDS: Final = 1.0

# After so recent a failure to connect, the server is taken to have been restarted.
RESTART_WITHIN: Final = timedelta(minutes=10)


class SessionWatch:
    """Asks the server whether sessions live, while they carry presences, and tells of their end."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: PresenceClient,
        watcher: Watcher,
        published: Callable[[], Mapping[str, str]],
        application_user: str,
        on_shared: Callable[[], None],
    ) -> None:
        """Initialize.

        Args:
            hass: Home Assistant.
            entry: The entry.
            client: Speaks to the server.
            watcher: The user whose session ends with all others.
            published: Returns the contacts by users for whom something may be published.
            application_user: The name of the account.
            on_shared: Called when another program that uses the account has ended the sessions of
                some users.
        """
        self._hass = hass
        self._entry = entry
        self._client = client
        self._watcher = watcher
        self._published = published
        self._application_user = application_user
        self._on_shared = on_shared
        self._background = Background(hass, entry)
        self._cancel: CALLBACK_TYPE | None = None
        self._is_checking = False
        self._lost = set[str]()
        # Those of them for whom something was published.
        self._lost_published = set[str]()
        self._asked_last = ""
        self._node_changed = False
        self._burst = Burst(hass, self._async_report)
        self._pace = LogPace()
        self._connect_failures = 0
        self._failed_at: datetime | None = None

    @callback
    def async_start(self) -> None:
        self._cancel = async_track_time_interval(self._hass, self._async_check_soon, CHECK_EVERY)

    async def async_stop(self) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
        await self._background.async_stop()

    @callback
    def async_note_lost(self, user: str) -> None:
        """Note that the client has found the session of an end user ended.

        What was published is not forgotten before.
        """
        self._lost.add(user)
        if user in self._published():
            self._lost_published.add(user)
        self._burst.async_note()

    @callback
    def async_note_node_changed(self) -> None:
        """Note that sessions were given up with the node that they were at."""
        self._node_changed = True
        self._burst.async_note()

    @callback
    def _async_check_soon(self, _now: datetime) -> None:
        if self._published() and not self._is_checking:
            self._is_checking = True
            self._background.async_run(self._async_check(), "check sessions")

    async def _async_check(self) -> None:
        """Make a small request with the watcher's session, which ends with all others.

        And one with a session that carries a presence, another one each time.
        """
        self._note_connect_failures()
        try:
            await self._client.poll_contact(self._watcher.user, self._watcher.contact)
            if carrying := self._next_to_ask():
                await self._client.check_session(*carrying)
            await self._client.check_sessions()
        except PresenceServiceError as error:
            LOGGER.debug("Whether sessions live is not known: %s", error)
        finally:
            self._is_checking = False

    def _next_to_ask(self) -> tuple[str, str] | None:
        """Return the next user whose session carries a presence, and the contact."""
        published = self._published()
        users = sorted(published.keys() & self._client.logged_in_users)
        if not users:
            return None
        self._asked_last = user = next(
            (each for each in users if each > self._asked_last), users[0]
        )
        return user, published[user]

    @callback
    def _async_report(self) -> None:
        lost, published, moved = self._lost, self._lost_published, self._node_changed
        self._lost, self._lost_published, self._node_changed = set(), set(), False
        if moved or self._cancel is None:
            return
        if self._watcher.user in lost:
            self._async_tell()
        elif published:
            self._background.async_run(self._async_find_cause(published), "find cause of loss")

    async def _async_find_cause(self, users: set[str]) -> None:
        """Tell of another program unless users moved to another node, or to another account."""
        await asyncio.sleep(LOG_IN_SECONDS)
        if self._client.has_abandoned or self._has_failed_to_connect():
            return
        if users & self._client.logged_in_users:
            self._async_tell()
            self._on_shared()

    @callback
    def _async_tell(self) -> None:
        self._pace.log(
            logging.WARNING,
            "The server has ended the sessions of %s unasked, and what they have published; it is "
            "published again. The server was restarted, or another program uses the same user",
            self._application_user,
        )
        if not self._has_failed_to_connect():
            async_raise_issue(
                self._hass, self._entry, Issue.ACCOUNT_SHARED, user=self._application_user
            )

    def _has_failed_to_connect(self) -> bool:
        self._note_connect_failures()
        return bool(self._failed_at and dt_util.utcnow() - self._failed_at < RESTART_WITHIN)

    def _note_connect_failures(self) -> None:
        counts = self._client.traffic.counts.items()
        failures = sum(count for (_, result), count in counts if result in NOT_CONNECTED)
        if failures != self._connect_failures:
            self._connect_failures = failures
            self._failed_at = dt_util.utcnow()
