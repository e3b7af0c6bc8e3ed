"""The live channel: self-test, renewal, fall back to polling and back again.

One task does everything that concerns the subscription, one thing at a time, so that answers
cannot overtake each other. Notifications and timers only note what is due and wake it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from ..background import Background
from ..clock import Timers
from ..const import LOGGER, Channel
from ..coordinator import PresenceCoordinator
from ..issues import Issue, async_clear_issues, async_raise_issue
from ..pws import (
    EndpointRefused,
    InvalidCredentials,
    NoFreeEndpoint,
    NoFreeSubscription,
    NoSuchEndpoint,
    NoSuchSubscription,
    PresenceServiceError,
)
from ..settings import Intervals
from . import intervals as pauses
from .callback import Callback
from .intervals import Timer
from .poller import Poller
from .subscription import WatchersSubscription
from .work_queue import ChannelTask, WorkQueue

SUBSCRIBING_ISSUES = (
    Issue.ENDPOINT_REFUSED,
    Issue.NO_FREE_ENDPOINT,
    Issue.NO_FREE_SUBSCRIPTION,
)

SUBSCRIBING = frozenset(
    {ChannelTask.OPEN, ChannelTask.RESUBSCRIBE, ChannelTask.CHANGE, ChannelTask.RENEW}
)


class Eventing:
    """Keeps the live channel open, and everybody's presence right while it is not."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        coordinator: PresenceCoordinator,
        subscription: WatchersSubscription,
        poller: Poller,
        intervals: Intervals,
    ) -> None:
        """Take what is needed; nothing is sent yet."""
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._subscription = subscription
        self._poller = poller
        self._intervals = intervals
        self._callback: Callback | None = None
        self._performances: dict[ChannelTask, Callable[[], Awaitable[None]]] = {
            ChannelTask.RETURN_TO_HOME_NODE: self._subscription.async_go_home,
            ChannelTask.OPEN: self._async_open,
            ChannelTask.RESUBSCRIBE: self._async_resubscribe,
            ChannelTask.CHANGE: self._async_change,
            ChannelTask.RENEW: self._async_renew,
            ChannelTask.FETCH: self._async_fetch,
            ChannelTask.REFRESH_ALL: self._async_look_at_everybody,
            ChannelTask.POLL_UNSUBSCRIBED: self._async_look_at_placeless,
        }
        self._queue = WorkQueue(self._async_perform)
        self._timers = Timers[Timer](hass)
        self._background = Background(hass, entry)
        self._looking: asyncio.Task[None] | None = None
        self._failures = 0
        self._retests = 0
        self._empty_fetches = 0
        self._calls = 0
        self._again: set[ChannelTask] = set()
        self._hinted = False
        self._news_may_be_lost = False

    async def async_start(self, callback_place: Callback | None) -> None:
        """Open the channel, bring the first picture and keep both up.

        Args:
            callback_place: Where notifications come in, None when there is no such place and
                polling has to do.

        Raises:
            PresenceServiceError: The server refused or did not answer.
        """
        self._callback = callback_place
        if callback_place is None:
            self._queue.async_enqueue(ChannelTask.REFRESH_ALL)
        else:
            await self._async_open_first()
        self._background.async_run(self._queue.async_work(), "work")
        self._schedule_poll()
        self._schedule_look()

    async def async_stop(self) -> None:
        """Stop everything; what stands on the server is taken away, as far as it answers."""
        self._timers.async_cancel_all()
        await self._background.async_stop()
        await self._subscription.async_close()

    @callback
    def async_handle_notification(self, subscription: int) -> bool:
        """Take a notification, from the server or from anyone; return whether it names ours."""
        if not self._subscription.is_named_by(subscription):
            return False
        self._coordinator.async_note_notification(dt_util.utcnow())
        self._heard()
        self._hint()
        return True

    @callback
    def async_people_changed(self) -> None:
        """Watch the people that the coordinator now names."""
        self._queue.async_enqueue(
            ChannelTask.REFRESH_ALL if self._callback is None else ChannelTask.CHANGE
        )

    @callback
    def async_node_changed(self) -> None:
        """Make everything anew at the node that serves now; numbers do not carry over."""
        self._queue.async_enqueue(
            ChannelTask.REFRESH_ALL if self._callback is None else ChannelTask.OPEN
        )

    async def async_open_now(self) -> None:
        """Make everything anew, and return when that was tried; an issue tells of a failure."""
        await self._queue.async_enqueue_and_wait(ChannelTask.OPEN)

    # What is due

    @callback
    def _hint(self) -> None:
        """Fetch, but not faster than a liar may make us."""
        self._hinted = True
        if Timer.EMPTY_FETCH_PAUSE in self._timers:
            return
        if self._empty_fetches < pauses.FREE_EMPTY_FETCHES:
            self._queue.async_enqueue(ChannelTask.FETCH)
            return
        self._require_after(
            pauses.EMPTY_FETCH_PAUSE_SECONDS, ChannelTask.FETCH, Timer.EMPTY_FETCH_PAUSE
        )

    async def _async_perform(self, task: ChannelTask) -> None:
        try:
            await self._performances[task]()
        except PresenceServiceError as error:
            self._handle_failure(task, error)

    # WorkQueue

    async def _async_open_first(self) -> None:
        try:
            await self._async_open()
        except (EndpointRefused, NoFreeEndpoint, NoFreeSubscription) as error:
            self._handle_failure(ChannelTask.OPEN, error)

    async def _async_open(self) -> None:
        await self._async_subscribed(called_back=await self._subscription.async_open())

    async def _async_resubscribe(self) -> None:
        await self._async_subscribed(called_back=await self._subscription.async_resubscribe())

    async def _async_subscribed(self, *, called_back: bool) -> None:
        async_clear_issues(self._hass, self._entry, *SUBSCRIBING_ISSUES)
        self._poll_for_placeless()
        self._require_after(pauses.RENEW_AFTER, ChannelTask.RENEW, Timer.RENEW)
        self._timers.async_cancel(Timer.SELF_TEST)
        if called_back:
            self._heard()
        else:
            self._start_self_test()
        await self._async_fetch(first=True)

    async def _async_change(self) -> None:
        if not await self._subscription.async_change():
            await self._async_resubscribe()
            return
        self._poll_for_placeless()
        await self._async_fetch(first=True)

    async def _async_renew(self) -> None:
        await self._subscription.async_renew()
        self._require_after(pauses.RENEW_AFTER, ChannelTask.RENEW, Timer.RENEW)
        self._succeeded()

    async def _async_fetch(self, *, first: bool = False) -> None:
        if not self._subscription.is_open:
            return
        hinted, self._hinted = self._hinted, False
        calls = self._calls
        news = await self._subscription.async_fetch()
        self._succeeded()
        if first:
            return
        if hinted:
            self._empty_fetches = 0 if news else self._empty_fetches + 1
        elif news and calls == self._calls and self._coordinator.channel is Channel.EVENTING:
            # The server owes us a notification. It may be on its way.
            self._start_self_test()

    async def _async_look_at_everybody(self) -> None:
        self._start_looking(self._async_look_everywhere)

    async def _async_look_everywhere(self) -> None:
        await self._poller.async_refresh_all()
        await self._subscription.async_check_further_nodes()

    async def _async_look_at_placeless(self) -> None:
        self._start_looking(partial(self._poller.async_refresh, self._subscription.unsubscribed))

    @callback
    def _start_looking(self, look: Callable[[], Awaitable[None]]) -> None:
        if not self._is_looking:
            self._looking = self._background.async_run(self._async_look(look), "look")

    async def _async_look(self, look: Callable[[], Awaitable[None]]) -> None:
        try:
            await look()
        except PresenceServiceError as error:
            self._handle_failure(ChannelTask.REFRESH_ALL, error)
        else:
            self._looking = None
            self._succeeded()

    @property
    def _is_looking(self) -> bool:
        return self._looking is not None and not self._looking.done()

    # Success and failure

    @callback
    def _succeeded(self) -> None:
        self._failures = 0
        self._coordinator.async_set_reachable()
        async_clear_issues(self._hass, self._entry, Issue.CERTIFICATE_CHANGED)
        # A look that is under way may have passed the contact before its news came and got lost.
        if self._news_may_be_lost and not self._is_looking:
            self._news_may_be_lost = False
            self._queue.async_enqueue(ChannelTask.REFRESH_ALL)

    @callback
    def _handle_failure(self, task: ChannelTask, error: PresenceServiceError) -> None:
        if task is ChannelTask.FETCH:
            self._news_may_be_lost = True
            # The server has told of what the next fetch brings, or it could not: not its fault.
            self._hinted = True
        match error:
            case NoSuchSubscription() | NoSuchEndpoint() if task is not ChannelTask.OPEN:
                LOGGER.debug("The server has lost the subscription: %s", error)
                self._queue.async_enqueue(ChannelTask.OPEN)
            case InvalidCredentials():
                self._coordinator.async_set_unreachable(error)
                self._entry.async_start_reauth(self._hass)
                self._rest()
            case NoFreeEndpoint():
                self._poll_because(Issue.NO_FREE_ENDPOINT)
            case NoFreeSubscription() if task in SUBSCRIBING:
                # Of a fetch or a look it says that the server is busy.
                self._poll_because(Issue.NO_FREE_SUBSCRIPTION)
            case EndpointRefused():
                self._poll_because(Issue.ENDPOINT_REFUSED)
            case _:
                self._try_again(task, error)

    @callback
    def _rest(self) -> None:
        """Ask hardly ever: many refused logins in a row may lock the account.

        The one try now and then is for a server that refused by mistake, while it was starting.
        """
        self._timers.async_cancel_all()
        self._queue.async_clear()
        self._again.clear()
        self._timers.async_start(Timer.RETRY, pauses.REFUSED_LOGIN_SECONDS, self._wake_up)

    @callback
    def _wake_up(self) -> None:
        self._queue.async_enqueue(
            ChannelTask.REFRESH_ALL if self._callback is None else ChannelTask.OPEN
        )
        self._schedule_poll()
        self._schedule_look()

    @callback
    def _try_again(self, task: ChannelTask, error: PresenceServiceError) -> None:
        self._failures += 1
        # Fetches tell whether the server answers; a look may fail for one contact again and again.
        tells = task is not ChannelTask.REFRESH_ALL or not self._subscription.is_open
        if tells and self._failures >= pauses.FAILURES_UNTIL_UNREACHABLE:
            self._coordinator.async_set_unreachable(error)
        self._again.add(task)
        self._timers.async_start(Timer.RETRY, pauses.before_retry(self._failures), self._retry)

    @callback
    def _retry(self) -> None:
        again, self._again = self._again, set()
        for task in again:
            self._queue.async_enqueue(task)

    @callback
    def _start_self_test(self) -> None:
        if Timer.SELF_TEST in self._timers or self._callback is None:
            return
        if (
            self._callback.needs_running_home_assistant
            and self._hass.state is not CoreState.running
        ):
            self._timers.async_note(
                Timer.SELF_TEST, async_at_started(self._hass, self._async_started)
            )
            return
        self._timers.async_start(
            Timer.SELF_TEST,
            pauses.SELF_TEST_SECONDS,
            partial(self._poll_because, Issue.CALLBACK_UNREACHABLE),
        )

    @callback
    def _async_started(self, _hass: HomeAssistant) -> None:
        """Have the server call again: its first call met a door that was not open yet."""
        self._timers.async_note_done(Timer.SELF_TEST)
        self._queue.async_enqueue(ChannelTask.RESUBSCRIBE)

    @callback
    def _poll_because(self, issue: Issue) -> None:
        """Fall back to polling, and try to come back with growing pauses."""
        url = self._callback.url if self._callback else ""
        async_raise_issue(self._hass, self._entry, issue, url=url)
        self._coordinator.async_set_channel(Channel.POLLING)
        self._queue.async_enqueue(ChannelTask.REFRESH_ALL)
        pause = pauses.before_retest(self._retests)
        self._retests += 1
        self._require_after(pause, ChannelTask.RESUBSCRIBE, Timer.RETEST)

    @callback
    def _poll_for_placeless(self) -> None:
        """Look at those for whom there is no subscription, and ask for one now and then."""
        if not self._subscription.unsubscribed:
            return
        async_raise_issue(self._hass, self._entry, Issue.NO_FREE_SUBSCRIPTION)
        self._queue.async_enqueue(ChannelTask.POLL_UNSUBSCRIBED)
        self._require_after(pauses.LONGEST_RETEST_SECONDS, ChannelTask.RESUBSCRIBE, Timer.PLACE)

    @callback
    def _heard(self) -> None:
        self._calls += 1
        self._timers.async_cancel(Timer.SELF_TEST, Timer.RETEST)
        self._retests = 0
        if self._coordinator.channel is Channel.EVENTING:
            return
        async_clear_issues(self._hass, self._entry, Issue.CALLBACK_UNREACHABLE)
        if not self._subscription.unsubscribed:
            async_clear_issues(self._hass, self._entry, *SUBSCRIBING_ISSUES)
        self._coordinator.async_set_channel(Channel.EVENTING)

    @callback
    def _schedule_poll(self) -> None:
        self._timers.async_start(Timer.POLL, self._intervals.poll.total_seconds(), self._poll)

    @callback
    def _poll(self) -> None:
        """Ask for news even where nobody called: one small request for everybody.

        It notices a server that has died or forgotten us, and it makes the server call next time.
        """
        self._schedule_poll()
        if not self._subscription.is_at_home:
            self._queue.async_enqueue(ChannelTask.RETURN_TO_HOME_NODE)
        if self._subscription.is_open:
            self._queue.async_enqueue(ChannelTask.FETCH)
        if self._coordinator.channel is Channel.POLLING:
            self._queue.async_enqueue(ChannelTask.REFRESH_ALL)
        elif self._subscription.unsubscribed:
            self._queue.async_enqueue(ChannelTask.POLL_UNSUBSCRIBED)

    @callback
    def _schedule_look(self) -> None:
        self._timers.async_start(
            Timer.LOOK, self._intervals.full_refresh.total_seconds(), self._slow_look
        )

    @callback
    def _slow_look(self) -> None:
        self._schedule_look()
        self._queue.async_enqueue(ChannelTask.REFRESH_ALL)

    @callback
    def _require_after(self, seconds: float, task: ChannelTask, timer: Timer) -> None:
        self._timers.async_start(timer, seconds, partial(self._queue.async_enqueue, task))
