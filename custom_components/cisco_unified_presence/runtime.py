"""The running parts of an entry: how they are put together, started and left."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
import logging
from typing import Self

from aiohttp import ClientSession
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback

from .background import async_is_reloading
from .channel import (
    ChannelHistory,
    EntryCallback,
    Eventing,
    Notifications,
    OrphanStore,
    Poller,
    UnknownPeople,
    UnreadablePeople,
    WatchersSubscription,
    WriteConfirmation,
    reader_of_entry,
)
from .clock import LogPace, async_track_clock_jumps
from .const import CONF_APPLICATION_USER, LOGGER, ManualDuration
from .control import (
    AbandonedSessions,
    DecisionLog,
    PresenceWriter,
    Reconciler,
    RunningEntry,
    SessionWatch,
    UntrackedPresences,
    account_of,
    async_leave_server,
    async_undo_queue,
)
from .coordinator import PresenceCoordinator
from .groups import Groups
from .issues import ISSUES_OF_A_RUN, Issue, async_clear_issues, async_raise_issue
from .people import Watcher, people_of
from .presence_times import PresenceTimeStore
from .pws import (
    PresenceClient,
    PresenceServiceError,
    Server,
    make_ssl_context,
    open_session,
)
from .roster import Roster
from .rules import async_rule_engine, people_in_groups
from .settings import AppliedOptions, dialect_in
from .trust import (
    NodeStore,
    async_clear_distrust,
    async_report_distrust,
    client_in,
    server_in,
)

# Home Assistant waits ten seconds for an entry when it stops. What a server that is gone still
# holds then is cleaned up by the next run, or expires.
LEAVE_SECONDS = 8.0

# How long new entities wait for what they show.
READ_SECONDS = 30.0

# What changes is taken over in these states only: Home Assistant adds entities also to a platform
# that it has unloaded, where nothing removes them again.
_IN_USE = (ConfigEntryState.SETUP_IN_PROGRESS, ConfigEntryState.LOADED)


type CupConfigEntry = ConfigEntry[Runtime]


class Runtime:
    """The running parts of one entry.

    Attributes:
        client: Speaks to the server.
        coordinator: Holds the presence of the entry's people.
        poller: Reads presence when it is not notified of.
        eventing: Keeps the subscription, or polls.
        reconciler: Makes the server agree with the decisions.
        decision_log: Reports the decisions.
        groups: The groups of people.
        channel_history: The latest update channels, for diagnostics.
        roster: Knows who the people are.
        durations: How long what is set with a person's entities lasts, by contact key, where a
            duration is chosen.
        notifications: Counts what came in at the callback, for diagnostics.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: CupConfigEntry,
        session: ClientSession,
        nodes: NodeStore,
    ) -> None:
        """Put the parts together; nothing is sent yet."""
        self._hass = hass
        self._entry = entry
        self._engine = async_rule_engine(hass)
        self._session = session
        self._orphans = OrphanStore(hass, entry.entry_id)
        self._watcher = Watcher.of(entry.data)
        self._node_pace = LogPace()
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._leaving = asyncio.Lock()
        self._was_left = False
        server = server_in(entry.data)
        self.client = self._make_client(nodes.known.backup)
        self._account = account_of(entry.data)
        self._applied = AppliedOptions.of(entry)
        self.coordinator = PresenceCoordinator(server.address, people_of(entry))
        self._presence_times = PresenceTimeStore(hass, entry.entry_id, self.coordinator.times)
        in_groups = partial(people_in_groups, hass, entry.entry_id)
        self.groups = Groups(entry, self.coordinator, in_groups)
        self.durations: dict[str, ManualDuration] = {}
        self.channel_history = ChannelHistory(self.coordinator)
        self.notifications = Notifications()
        self._unknown_people = UnknownPeople(hass, entry, self.coordinator)
        self._unreadable_people = UnreadablePeople(hass, entry, self.coordinator)
        self._reader = reader_of_entry(
            hass, entry, self.client, self._watcher.user, rich=self._applied.rich
        )
        self.poller = Poller(self._reader, self.coordinator)
        self._confirmation = WriteConfirmation(self.coordinator)
        self.eventing = self._make_eventing()
        take = self.eventing.async_handle_notification
        handler = self.notifications.counting(take, self.poller.gate)
        self._callback = EntryCallback(hass, entry, handler)
        self.decision_log = DecisionLog(
            hass,
            entry,
            self._engine.requests,
            partial(self._engine.async_set_winner, entry.entry_id),
        )
        self.reconciler = self._make_reconciler()
        self._untracked = UntrackedPresences(
            hass, entry, self.client, self.coordinator, self.reconciler, self._watcher.user
        )
        self._abandoned = AbandonedSessions(
            hass, entry, self.client, nodes, lambda: self.reconciler.is_settled
        )
        self._session_watch = SessionWatch(
            hass,
            entry,
            self.client,
            self._watcher,
            lambda: self.reconciler.publishing_users,
            entry.data[CONF_APPLICATION_USER],
            self.reconciler.async_verify_all,
        )
        self.roster = Roster(
            hass, entry, self.coordinator, self.client, self._watcher.user, self._applied
        )

    def _make_client(self, backup: str | None) -> PresenceClient:
        data = self._entry.data
        client = client_in(data, self._session, dialect=dialect_in(data), backup=backup)
        client.on_session_lost = self._session_lost
        client.on_session_taken_over = self._session_taken_over
        client.on_node_changed = self._node_changed
        client.on_distrusted = partial(async_report_distrust, self._hass, self._entry)
        client.on_trusted = partial(async_clear_distrust, self._hass, self._entry)
        return client

    def _make_eventing(self) -> Eventing:
        subscription = WatchersSubscription(
            self.client,
            self._reader,
            self.coordinator,
            self._orphans,
            self.poller,
            watcher=self._watcher,
            callback_url=lambda: self.callback_url or "",
        )
        return Eventing(
            self._hass,
            self._entry,
            self.coordinator,
            subscription,
            self.poller,
            self._applied.intervals,
            lambda: self._confirmation.expected,
        )

    def _make_reconciler(self) -> Reconciler:
        return Reconciler(
            self._hass,
            self._entry,
            PresenceWriter(self.client, self.poller, self._watcher, self._confirmation),
            self.coordinator,
            partial(self._engine.requests_for, self._entry.entry_id),
            self._engine.async_stored,
            self.decision_log,
        )

    @classmethod
    async def async_create(cls, hass: HomeAssistant, entry: CupConfigEntry) -> Self:
        """Return the parts of an entry, with an HTTP session of its own.

        Home Assistant's shared session drops connections after 15 idle seconds; a handshake
        would then cost more than everything else that an event needs.
        """
        server = server_in(entry.data)
        ssl_context = await hass.async_add_executor_job(make_ssl_context, server.security)
        nodes = NodeStore(hass, entry.entry_id)
        await nodes.async_load()
        session = open_session(server, ssl_context=ssl_context)
        return cls(hass, entry, session, nodes)

    @property
    def entry_id(self) -> str:
        return self._entry.entry_id

    @property
    def is_in_use(self) -> bool:
        """Whether the entry is set up or loaded with these parts, and not being unloaded."""
        return self._entry.state in _IN_USE and not self._was_left

    @property
    def callback_url(self) -> str | None:
        """The address that the server is to call, None when there is none."""
        return self._callback.url

    async def async_start(self, on_logged_in: Callable[[], None] = lambda: None) -> None:
        """Log in, clean up after earlier runs, and bring presence up.

        Args:
            on_logged_in: Called once the server has let the application user in; the first
                presence of thousands of people takes it a while from then on.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """
        await self.reconciler.async_load()
        await self._untracked.async_load()
        await self._presence_times.async_load(self.coordinator.people)
        await self._abandoned.async_load()
        await self.client.log_in()
        on_logged_in()
        await self._orphans.async_clean_up(self.client, self._watcher.user)
        async_clear_issues(self._hass, self._entry, *ISSUES_OF_A_RUN)
        await self.eventing.async_start(await self._callback.async_open())
        entry_id, engine, reconciler = self._entry.entry_id, self._engine, self.reconciler
        # Before anything is decided, rules know people's own presences.
        own_changed = partial(engine.async_own_changed, entry_id)
        self._unsubscribe.append(reconciler.own_presences.async_start(own_changed))
        self.reconciler.async_start()
        await self.roster.async_start()
        self._session_watch.async_start()
        self._untracked.async_start()
        self._abandoned.async_start()
        self.groups.async_update()
        self._unsubscribe += [
            self.groups.async_stop,
            self.coordinator.async_subscribe_people(self.groups.async_update),
            engine.async_subscribe_directory(self.groups.async_update),
            engine.async_subscribe_requests(entry_id, reconciler.async_requests_changed),
            async_track_clock_jumps(self._hass, reconciler.async_clock_jumped),
            self._hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._configuration_changed),
        ]
        async_undo_queue(self._hass).async_attach(entry_id, self._as_running_entry())

    def _as_running_entry(self) -> RunningEntry:
        return RunningEntry(
            account=self._account,
            client=self.client,
            watcher=self._watcher.user,
            adopt=self.reconciler.async_adopt,
            doubt=partial(self.reconciler.async_adopt, anew=True),
            refresh=self.poller.async_poll,
        )

    async def async_leave(self, *, keep_published: bool = False) -> None:
        """Leave nothing behind on the server, as far as it answers.

        Args:
            keep_published: Leave the sessions that carry a published presence; the server would
                drop it with the session. That goes as well for a reload of the integration's own
                with the same account.
        """
        self._was_left = True
        async with self._leaving:
            if self._session.closed:
                # Home Assistant has stopped, and then unloads the entry.
                return
            try:
                await self._async_leave(keep_published=keep_published)
            finally:
                # Also where Home Assistant stops during a reload, and cancels it.
                await self._async_close()

    async def _async_leave(self, *, keep_published: bool) -> None:
        self.reconciler.async_stop()
        while self._unsubscribe:
            self._unsubscribe.pop()()
        await self._session_watch.async_stop()
        await self._untracked.async_stop()
        await self._abandoned.async_stop()
        await async_undo_queue(self._hass).async_detach(self._entry.entry_id)
        was_logged_in, logged_out = bool(self.client.application_sessions), False
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await self.reconciler.async_finish()
                await self.roster.async_stop()
                await self.eventing.async_stop()
                keep_published = keep_published or self._is_reloading
                await async_leave_server(
                    self.client, self.reconciler, keep_published=keep_published
                )
            logged_out = was_logged_in and not self.client.application_sessions
        except (PresenceServiceError, TimeoutError) as error:
            LOGGER.debug("The server was not left cleanly: %r", error)
        finally:
            await self.reconciler.async_save()
            await self._presence_times.async_save()
            await self._untracked.async_stamp()
            await self._abandoned.async_save(logged_in=not logged_out)

    async def _async_close(self) -> None:
        await self._callback.async_close()
        await self.client.close()
        await self._session.close()
        # Actions that waited for the server have failed by that; their records are as before.
        await self.reconciler.async_finish()
        await self.reconciler.async_save()

    @property
    def _is_reloading(self) -> bool:
        same_account = self._account == account_of(self._entry.data)
        return same_account and async_is_reloading(self._hass, self._entry)

    async def async_options_changed(self) -> None:
        """Take over the options that the entry now has."""
        before, now = self._applied, AppliedOptions.of(self._entry)
        self._applied = now
        self.roster.async_set_options(now)
        if now.intervals != before.intervals:
            self.eventing.async_set_intervals(now.intervals)
        if now.rich != before.rich:
            async_clear_issues(self._hass, self._entry, Issue.RICH_PRESENCE_NOT_UNDERSTOOD)
            self._reader.async_set_rich(rich=now.rich)
            self.eventing.async_reading_changed()
            if now.rich:
                # New entities begin with what they show, rather than with a change from unknown.
                with suppress(TimeoutError):
                    async with asyncio.timeout(READ_SECONDS):
                        await self.eventing.async_refresh_now()
            # Entities come and go with it.
            self.coordinator.async_set_people(self.coordinator.people)
        if now.callback != before.callback:
            await self._async_change_callback()

    async def _async_change_callback(self) -> None:
        opened = await self._callback.async_open()
        if self._session.closed:
            # The entry was left meanwhile.
            await self._callback.async_close()
        else:
            self.eventing.async_set_callback(opened)

    async def async_people_changed(self) -> None:
        """Take over the people whom the entry now names."""
        before = self.coordinator.people
        self.coordinator.async_set_people(people_of(self._entry))
        if before.keys() != self.coordinator.people.keys():
            self.eventing.async_people_changed()
        await self.reconciler.async_people_changed(before)

    @callback
    def _node_changed(self, old: Server, new: Server) -> None:
        # Home Assistant retries a set-up that fails, and logs that once.
        level = logging.INFO if self._entry.state is ConfigEntryState.LOADED else logging.DEBUG
        self._node_pace.log(level, "%s serves now in the place of %s", new.address, old.address)
        self.eventing.async_node_changed()
        self.reconciler.async_node_changed()
        self._session_watch.async_note_node_changed()

    @callback
    def _configuration_changed(self, _event: Event) -> None:
        """Decide again at once: Home Assistant may be in another time zone now."""
        self.reconciler.async_requests_changed(self.coordinator.controlled)

    @callback
    def _session_taken_over(self, user: str) -> None:
        async_raise_issue(self._hass, self._entry, Issue.SESSION_TAKEN_OVER, user=user)

    @callback
    def _session_lost(self, user: str) -> None:
        self._session_watch.async_note_lost(user)
        self.reconciler.async_session_lost(user)
