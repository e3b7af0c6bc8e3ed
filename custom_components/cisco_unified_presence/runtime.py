"""The running parts of an entry: how they are put together, started and left."""

import asyncio
from functools import partial
import logging
from typing import Self

from aiohttp import ClientSession
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_PASSWORD
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from .channel import (
    Callback,
    CallbackUnavailable,
    ChannelHistory,
    Eventing,
    Notifications,
    OrphanStore,
    Poller,
    PresenceReader,
    UnknownPeople,
    WatchersSubscription,
    choose_callback,
)
from .clock import LogPace, async_track_clock_jumps
from .const import CONF_APPLICATION_USER, LOGGER, CallbackMode
from .control import DecisionLog, Reconciler
from .coordinator import PresenceCoordinator
from .issues import Issue, async_clear_issues, async_raise_issue
from .people import Watcher, people_of
from .pws import (
    AnswerNotUnderstood,
    PresenceClient,
    PresenceServiceError,
    Server,
    make_ssl_context,
    open_session,
)
from .redaction import redacted
from .rules import async_rule_engine
from .settings import CallbackSettings, Intervals, dialect_in, is_rich
from .trust import BackupStore, async_report_distrust, node_policy, security_at, server_in

# Leaving takes a few requests. A server that is gone must not hold up Home Assistant, which waits
# for ten seconds; what then stays behind is cleaned up by the next run, or ends with its expiry.
LEAVE_SECONDS = 8.0

# Found out anew by each run.
ISSUES_OF_A_RUN = (
    Issue.CALLBACK_NO_URL,
    Issue.CALLBACK_NEEDS_HTTP,
    Issue.CALLBACK_PORT_CLOSED,
    Issue.NODE_NOT_TRUSTED,
    Issue.RICH_PRESENCE_NOT_UNDERSTOOD,
    Issue.SESSION_TAKEN_OVER,
)


type CupConfigEntry = ConfigEntry[Runtime]


class Runtime:
    """One entry's conversation with its server."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: CupConfigEntry,
        session: ClientSession,
        backups: BackupStore,
        backup: str | None,
    ) -> None:
        """Put the parts together; nothing is sent yet."""
        self._backups = backups
        self._hass = hass
        self._entry = entry
        self._engine = async_rule_engine(hass)
        self._session = session
        watcher = Watcher.of(entry.data)
        self._watcher = watcher.user
        self._node_pace = LogPace()
        self._callback: Callback | None = None
        self._unsubscribe: list[CALLBACK_TYPE] = []
        server = server_in(entry.data)
        self.client = PresenceClient(
            server,
            entry.data[CONF_APPLICATION_USER],
            entry.data[CONF_PASSWORD],
            session,
            dialect=dialect_in(entry.data),
            nodes=node_policy(server, backup, partial(security_at, entry.data)),
            on_session_lost=self._session_lost,
            on_session_taken_over=self._session_taken_over,
            on_node_changed=self._node_changed,
            on_distrusted=partial(async_report_distrust, hass, entry),
        )
        self.coordinator = PresenceCoordinator(server.address, people_of(entry))
        self.channel_history = ChannelHistory(self.coordinator)
        self.notifications = Notifications()
        self.unknown_people = UnknownPeople(hass, entry, self.coordinator)
        reader = PresenceReader(
            self.client,
            watcher.user,
            rich=is_rich(entry.options),
            on_not_understood=self._tell_of_unread_document,
        )
        self.poller = Poller(reader, self.coordinator)
        self._orphans = OrphanStore(hass, entry.entry_id)
        subscription = WatchersSubscription(
            self.client,
            reader,
            self.coordinator,
            self._orphans,
            self.poller,
            watcher=watcher,
            callback_url=lambda: self.callback_url or "",
        )
        self.eventing = Eventing(
            hass, entry, self.coordinator, subscription, self.poller, Intervals.of(entry.options)
        )
        self.report = DecisionLog(
            hass, entry, partial(self._engine.async_set_winner, entry.entry_id)
        )
        self.reconciler = Reconciler(
            hass,
            entry,
            self.client,
            self.coordinator,
            self.poller,
            partial(self._engine.requests_for, entry.entry_id),
            self.report,
        )

    @classmethod
    async def async_create(cls, hass: HomeAssistant, entry: CupConfigEntry) -> Self:
        """Return the connection of an entry, with an HTTP session of its own.

        Home Assistant's shared session drops connections after 15 idle seconds; a handshake
        would then cost more than everything else that an event needs.
        """
        server = server_in(entry.data)
        ssl_context = await hass.async_add_executor_job(make_ssl_context, server.security)
        backups = BackupStore(hass, entry.entry_id)
        backup = await backups.async_load()
        session = open_session(server, ssl_context=ssl_context)
        return cls(hass, entry, session, backups, backup)

    async def async_start(self) -> None:
        """Log in, clean up after earlier runs, and bring presence up.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """
        await self.reconciler.async_load()
        await self.client.log_in()
        await self._backups.async_remember(self.client.backup)
        await self._orphans.async_clean_up(self.client, self._watcher)
        self._callback = await self._async_open_callback()
        await self.eventing.async_start(self._callback)
        self.reconciler.async_start()
        reconciler = self.reconciler
        self._unsubscribe = [
            self._engine.async_subscribe_requests(
                self._entry.entry_id, reconciler.async_requests_changed
            ),
            async_track_clock_jumps(self._hass, reconciler.async_clock_jumped),
        ]

    async def async_leave(self, *, keep_held: bool = False) -> None:
        """Leave nothing behind on the server, as far as it answers.

        Args:
            keep_held: Leave the sessions through which a presence is held; logging them out
                would drop it.
        """
        if self._session.closed:
            # Home Assistant had stopped, and then the entry was unloaded.
            return
        while self._unsubscribe:
            self._unsubscribe.pop()()
        self.reconciler.async_stop()
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await self.eventing.async_stop()
                if not keep_held:
                    await self.reconciler.async_clear_server()
                await self._async_log_out(self.reconciler.publishing_users if keep_held else set())
        except (PresenceServiceError, TimeoutError) as error:
            LOGGER.debug("The server was not left cleanly: %r", error)
        finally:
            await self.reconciler.async_save()
            if self._callback is not None:
                await self._callback.async_close()
            await self.client.close()
            await self._session.close()

    async def _async_log_out(self, held: set[str]) -> None:
        """Log out everybody but those whose sessions carry a presence.

        A session of an earlier run that this one has not met yet hangs on the application user's
        all the same.
        """
        unmet = held - self.client.logged_in_users
        spare = self.client.application_sessions if unmet else ()
        await self.client.log_out(keep=held, spare=spare)

    async def async_people_changed(self) -> None:
        """Watch and keep the people whom the entry now names."""
        before = self.coordinator.people
        self.coordinator.async_set_people(people_of(self._entry))
        if before.keys() != self.coordinator.people.keys():
            self.eventing.async_people_changed()
        await self.reconciler.async_people_changed(before)

    async def _async_open_callback(self) -> Callback | None:
        async_clear_issues(self._hass, self._entry, *ISSUES_OF_A_RUN)
        settings = CallbackSettings.of(self._entry.data, self._entry.options)
        if settings.mode is CallbackMode.NONE:
            return None
        try:
            place = choose_callback(self._hass, settings)
            take = self.eventing.async_handle_notification
            await place.async_open(
                self.notifications.counting(take, self.poller.gate.wait_for_next)
            )
        except CallbackUnavailable as error:
            async_raise_issue(self._hass, self._entry, error.issue, **error.placeholders)
            return None
        return place

    def _tell_of_unread_document(self, error: AnswerNotUnderstood) -> None:
        LOGGER.warning("Rich presence is not understood and is left out: %s", error)
        async_raise_issue(
            self._hass,
            self._entry,
            Issue.RICH_PRESENCE_NOT_UNDERSTOOD,
            detail=error.detail,
            sample=redacted(error.sample),
        )

    @property
    def callback_url(self) -> str | None:
        """Return the address that the server is to call, None when there is none."""
        return self._callback.url if self._callback else None

    @callback
    def _node_changed(self, old: Server, new: Server) -> None:
        # A set-up that fails is tried again and again, which Home Assistant tells of once.
        level = logging.INFO if self._entry.state is ConfigEntryState.LOADED else logging.DEBUG
        self._node_pace.log(level, "%s serves now in the place of %s", new.address, old.address)
        self.eventing.async_node_changed()
        self.reconciler.async_node_changed()

    @callback
    def _session_taken_over(self, user: str) -> None:
        async_raise_issue(self._hass, self._entry, Issue.SESSION_TAKEN_OVER, user=user)

    def _session_lost(self, user: str) -> None:
        self.reconciler.async_session_lost(user)
