"""The live channel: carries out what plan.py decides.

One background task at a time does everything that concerns the subscription, so that answers cannot
overtake each other. Notifications and timers only enqueue tasks.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from ..background import Background
from ..clock import Timers
from ..const import LOGGER
from ..coordinator import PresenceCoordinator
from ..issues import async_clear_issues, async_raise_issue
from ..pws import EndpointRefused, NoFreeEndpoint, NoFreeSubscription, PresenceServiceError
from ..settings import Intervals
from .callback import Callback
from .intervals import Timer, varied
from .plan import next_step
from .plan_input import (
    ChannelEvent,
    ChannelState,
    Event,
    Failed,
    Fetched,
    Subscribed,
    TimerFired,
)
from .plan_output import (
    Action,
    CancelTimers,
    ClearIssues,
    Command,
    Enqueue,
    RaiseIssue,
    SetChannel,
    SetUnreachable,
    StartTimer,
)
from .poller import Poller
from .situation import CurrentSituation
from .subscription import WatchersSubscription
from .work_queue import POLLS, ChannelTask, WorkQueue


class Eventing:
    """Keeps the live channel open, and presence right while it is not."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        coordinator: PresenceCoordinator,
        subscription: WatchersSubscription,
        poller: Poller,
        intervals: Intervals,
        news_expected: Callable[[], int],
    ) -> None:
        """Initialize; ``news_expected`` returns of how many people news is expected."""
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._subscription = subscription
        self._poller = poller
        self._tasks: dict[ChannelTask, Callable[[], Awaitable[None]]] = {
            ChannelTask.FAIL_BACK: subscription.async_fail_back,
            ChannelTask.CLOSE: subscription.async_close,
            ChannelTask.OPEN: self._async_open,
            ChannelTask.RESUBSCRIBE: self._async_resubscribe,
            ChannelTask.CHANGE: self._async_change,
            ChannelTask.RENEW: self._async_renew,
            ChannelTask.FETCH: self._async_fetch,
            ChannelTask.REFRESH_ALL: self._async_refresh_all,
            ChannelTask.POLL_ALL: self._async_poll_all,
            ChannelTask.POLL_UNSUBSCRIBED: self._async_poll_unsubscribed,
            ChannelTask.POLL_LEFT_OUT: self._async_poll_left_out,
        }
        self._background = Background(hass, entry)
        run = self._background.async_run
        self._queue = WorkQueue(self._async_run, partial(run, name="work"))
        # Beside the other, so that polls hold up no fetch.
        self._polls = WorkQueue(self._async_run, partial(run, name="polls"))
        self._timers = Timers[Timer](hass)
        self._situation = CurrentSituation(
            hass, coordinator, subscription, self._timers, intervals, news_expected
        )
        self._state = ChannelState()

    async def async_start(self, callback_place: Callback | None) -> None:
        """Open the channel, fetch the first picture and keep both up.

        Args:
            callback_place: Where notifications come in; None leaves polling.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """
        self._situation.callback = callback_place
        if callback_place is not None:
            await self._async_open_first()
        self._queue.async_start()
        self._polls.async_start()
        self._handle(Event.STARTED)

    async def async_stop(self) -> None:
        """Stop, and remove endpoint and subscription from the server, as far as it answers."""
        self._timers.async_cancel_all()
        self._queue.async_stop()
        self._polls.async_stop()
        await self._background.async_stop()
        await self._subscription.async_close()

    @callback
    def async_handle_notification(self, subscription: int) -> bool:
        """Take a notification, real or forged; return whether it names a subscription of ours."""
        is_named = self._subscription.is_named_by(subscription)
        if not is_named and not self._subscription.is_unfetched(subscription):
            return False
        self._handle(Event.NOTIFIED if is_named else Event.CALLED_BACK)
        self._coordinator.async_note_notification(dt_util.utcnow())
        return True

    @callback
    def async_people_changed(self) -> None:
        self._handle(Event.PEOPLE_CHANGED)

    @callback
    def async_node_changed(self) -> None:
        self._handle(Event.NODE_CHANGED)

    @callback
    def async_set_callback(self, callback_place: Callback | None) -> None:
        """Let notifications come in at another place; None leaves polling."""
        self._situation.callback = callback_place
        self._handle(Event.CALLBACK_CHANGED)

    @callback
    def async_set_intervals(self, intervals: Intervals) -> None:
        self._situation.intervals = intervals
        self._handle(Event.INTERVALS_CHANGED)

    @callback
    def async_reading_changed(self) -> None:
        """Poll all people anew, since they are read in another way."""
        self._handle(Event.READING_CHANGED)

    @property
    def subscription_counts(self) -> dict[str, int]:
        """How many people the subscription serves, and how many are polled, for diagnostics."""
        return self._subscription.counts

    async def async_open_now(self) -> None:
        """Open the channel anew, and return when that was tried; an issue tells of a failure."""
        await self._queue.async_enqueue_and_wait(ChannelTask.OPEN)

    async def async_refresh_now(self) -> None:
        """Refresh all people, and return when that was tried."""
        await self._queue.async_enqueue_and_wait(ChannelTask.REFRESH_ALL)

    # The plan

    @callback
    def _handle(self, event: ChannelEvent) -> None:
        step = next_step(self._state, self._situation, event)
        self._state = step.state
        for action in step.actions:
            self._do(action)

    def _do(self, action: Action) -> None:
        match action:
            case Command():
                self._do_command(action)
            case Enqueue(task):
                (self._polls if task in POLLS else self._queue).async_enqueue(task)
            case StartTimer(timer, seconds):
                pause = varied(seconds) if timer is Timer.RETRY else seconds
                self._timers.async_start(timer, pause, partial(self._handle, TimerFired(timer)))
            case CancelTimers(timers):
                self._timers.async_cancel(*timers)
            case RaiseIssue(issue):
                place = self._situation.callback
                url = place.url if place else ""
                async_raise_issue(self._hass, self._entry, issue, url=url)
            case ClearIssues(issues):
                async_clear_issues(self._hass, self._entry, *issues)
            case SetChannel(channel):
                self._coordinator.async_set_channel(channel)
            case SetUnreachable(error):
                self._coordinator.async_set_unreachable(error)

    def _do_command(self, command: Command) -> None:
        match command:
            case Command.AWAIT_HOME_ASSISTANT:
                wait = async_at_started(self._hass, self._async_home_assistant_started)
                self._timers.async_add(Timer.SELF_TEST, wait)
            case Command.SET_REACHABLE:
                self._coordinator.async_set_reachable()
            case Command.START_REAUTH:
                self._entry.async_start_reauth(self._hass)
            case Command.STOP_WORK:
                self._timers.async_cancel_all()
                self._queue.async_clear()
                self._polls.async_clear()

    @callback
    def _async_home_assistant_started(self, _hass: HomeAssistant) -> None:
        self._timers.async_remove(Timer.SELF_TEST)
        self._handle(Event.HOME_ASSISTANT_STARTED)

    # Tasks

    async def _async_run(self, task: ChannelTask) -> None:
        try:
            await self._tasks[task]()
        except PresenceServiceError as error:
            self._failed(task, error)

    def _failed(self, task: ChannelTask, error: PresenceServiceError) -> None:
        LOGGER.debug("The channel's task %s failed: %s", task.name, error)
        self._handle(Failed(task, error))

    async def _async_open_first(self) -> None:
        try:
            await self._async_open()
        except (EndpointRefused, NoFreeEndpoint, NoFreeSubscription) as error:
            self._failed(ChannelTask.OPEN, error)

    async def _async_open(self) -> None:
        await self._async_subscribe(self._subscription.async_open)

    async def _async_resubscribe(self) -> None:
        await self._async_subscribe(self._subscription.async_resubscribe)

    async def _async_subscribe(self, subscribe: Callable[[], Awaitable[bool]]) -> None:
        if not self._situation.has_callback:
            # It was taken away while this was due.
            return
        self._handle(Subscribed(called_back=await subscribe()))
        await self._async_fetch(follows_subscribing=True)

    async def _async_change(self) -> None:
        if not await self._subscription.async_change():
            await self._async_resubscribe()
            return
        self._handle(Event.SUBSCRIPTION_CHANGED)
        await self._async_fetch(follows_subscribing=True)

    async def _async_renew(self) -> None:
        await self._subscription.async_renew()
        self._handle(Event.RENEWED)

    async def _async_fetch(self, *, follows_subscribing: bool = False) -> None:
        if not self._subscription.is_open:
            return
        state = self._state
        self._state = state.with_fetch_begun()
        brought_news = await self._subscription.async_fetch()
        self._handle(
            Fetched(
                brought_news=brought_news,
                begun_in=state,
                follows_subscribing=follows_subscribing,
                has_unnamed=self._subscription.has_news_of_unnamed,
            )
        )

    async def _async_refresh_all(self) -> None:
        if not self._subscription.is_open:
            self._polls.async_enqueue(ChannelTask.POLL_ALL)
            return
        state = self._state
        if await self._subscription.async_refresh():
            self._handle(Event.CALLED_BACK)
        self._handle(Fetched(brought_news=True, begun_in=state, follows_subscribing=True))
        self._background.async_run(self._subscription.async_check_further_nodes(), "check sessions")

    # Polls

    async def _async_poll_all(self) -> None:
        await self._poller.async_refresh_all()
        self._handle(Event.POLLED)
        await self._subscription.async_check_further_nodes()

    async def _async_poll_unsubscribed(self) -> None:
        await self._async_poll(self._subscription.unsubscribed)

    async def _async_poll_left_out(self) -> None:
        await self._async_poll(self._subscription.without_first_picture)

    async def _async_poll(self, contacts: Sequence[str]) -> None:
        await self._poller.async_refresh(contacts)
        self._handle(Event.POLLED)
