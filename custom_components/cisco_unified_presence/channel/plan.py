"""What the channel does next, given its state and what has happened.

Pure: nothing here waits, sends, or knows Home Assistant. eventing.py carries the steps out.
"""

from copy import replace
from typing import Final

from ..const import Channel
from ..issues import Issue
from ..pws import (
    EndpointRefused,
    InvalidCredentials,
    NoFreeEndpoint,
    NoFreeSubscription,
    NoSuchEndpoint,
    NoSuchSubscription,
    PresenceServiceError,
)
from . import intervals
from .intervals import Timer
from .plan_input import (
    ChannelEvent,
    ChannelState,
    Event,
    Failed,
    Fetched,
    Situation,
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
    Step,
)
from .work_queue import POLLS, ChannelTask

SUBSCRIBING_ISSUES: Final = (
    Issue.ENDPOINT_REFUSED,
    Issue.NO_FREE_ENDPOINT,
    Issue.NO_FREE_SUBSCRIPTION,
)

SUBSCRIBING: Final = frozenset(
    {ChannelTask.OPEN, ChannelTask.RESUBSCRIBE, ChannelTask.CHANGE, ChannelTask.RENEW}
)


def next_step(state: ChannelState, situation: Situation, event: ChannelEvent) -> Step:
    plan = _Plan(state, situation)
    plan.handle(event)
    return Step(plan.state, tuple(plan.actions))


class _Plan:
    def __init__(self, state: ChannelState, situation: Situation) -> None:
        self.state = state
        self.actions: list[Action] = []
        self._situation = situation

    def handle(self, event: ChannelEvent) -> None:
        match event:
            case Event():
                self._handle_plain(event)
            case TimerFired(timer):
                self._handle_timer(timer)
            case Subscribed():
                self._subscribed(called_back=event.called_back)
            case Fetched():
                self._fetched(event)
            case Failed(task, error):
                self._failed(task, error)

    def _handle_plain(self, event: Event) -> None:
        match event:
            case Event.STARTED:
                self._started()
            case Event.NOTIFIED:
                # First, so that the rest is done while the server works on the fetch.
                self._fetch_announced()
                self._called_back(announced=True)
            case Event.CALLED_BACK:
                self._called_back()
            case Event.HOME_ASSISTANT_STARTED:
                # The server's first call came before Home Assistant listened; this brings another.
                self._enqueue(ChannelTask.RESUBSCRIBE)
            case Event.SUBSCRIPTION_CHANGED:
                self._poll_unsubscribed()
            case Event.RENEWED:
                self._start(Timer.RENEW, intervals.RENEW_AFTER)
                self._succeeded()
            case Event.POLLED:
                self._succeeded()
            case _:
                self._handle_change(event)

    def _handle_change(self, event: Event) -> None:
        match event:
            case Event.PEOPLE_CHANGED:
                self._enqueue_on_channel(ChannelTask.CHANGE)
            case Event.NODE_CHANGED:
                # Numbers of endpoints and subscriptions do not carry over to another node.
                self._enqueue_on_channel(ChannelTask.OPEN)
            case Event.CALLBACK_CHANGED:
                self._callback_changed()
            case Event.INTERVALS_CHANGED:
                self._start_intervals()
            case Event.READING_CHANGED:
                self._refresh()

    def _handle_timer(self, timer: Timer) -> None:
        match timer:
            case Timer.POLL:
                self._poll()
            case Timer.FULL_REFRESH:
                self._start_full_refresh()
                self._refresh()
            case Timer.RENEW:
                self._enqueue(ChannelTask.RENEW)
            case Timer.SELF_TEST:
                self._fall_back(Issue.CALLBACK_UNREACHABLE)
            case Timer.RETEST | Timer.RESUBSCRIBE:
                self._enqueue(ChannelTask.RESUBSCRIBE)
            case Timer.RETRY:
                for task in sorted(self.state.failed_tasks):
                    self._enqueue(task)
                self.state = replace(self.state, failed_tasks=frozenset())
            case Timer.REFUSED_LOGIN:
                self._enqueue_on_channel(ChannelTask.OPEN)
                self._start_intervals()
            case Timer.EMPTY_FETCH_PAUSE | Timer.BURST_PAUSE:
                self._enqueue(ChannelTask.FETCH)

    def _started(self) -> None:
        if not self._situation.has_callback:
            self._enqueue(ChannelTask.POLL_ALL)
        self._start_intervals()

    def _callback_changed(self) -> None:
        self.state = replace(self.state, retests=0)
        self.actions += [
            CancelTimers((Timer.SELF_TEST, Timer.RETEST, Timer.RESUBSCRIBE, Timer.RENEW)),
            ClearIssues((Issue.CALLBACK_UNREACHABLE, *SUBSCRIBING_ISSUES)),
            SetChannel(Channel.POLLING),
        ]
        if not self._situation.has_callback:
            self._enqueue(ChannelTask.CLOSE)
        self._enqueue_on_channel(ChannelTask.OPEN)

    # Success

    def _subscribed(self, *, called_back: bool) -> None:
        self.actions.append(ClearIssues(SUBSCRIBING_ISSUES))
        self._poll_unsubscribed()
        self._start(Timer.RENEW, intervals.RENEW_AFTER)
        self.actions.append(CancelTimers((Timer.SELF_TEST,)))
        if called_back:
            self._called_back()
        else:
            self._start_self_test()

    def _fetched(self, event: Fetched) -> None:
        self._succeeded()
        if event.has_unnamed:
            # The server does not say whose news it was.
            self._refresh()
        if event.follows_subscribing:
            self._have_first_picture()
            return
        if event.begun_in.announced:
            empty = 0 if event.brought_news else self.state.empty_fetches + 1
            self.state = replace(self.state, empty_fetches=empty)
            return
        called = self.state.notifications != event.begun_in.notifications
        if event.brought_news and not called and self._situation.channel is Channel.EVENTING:
            # The server owes a notification. It may be on its way.
            self._test_callback()

    def _have_first_picture(self) -> None:
        # Calls that follow subscribing, and are late, are not forged.
        self.state = replace(self.state, empty_fetches=0)
        if self._situation.has_left_out:
            self._enqueue(ChannelTask.POLL_LEFT_OUT)

    def _succeeded(self) -> None:
        self.state = replace(self.state, failures=0)
        self.actions += [Command.SET_REACHABLE, ClearIssues((Issue.CERTIFICATE_CHANGED,))]
        if self.state.news_may_be_lost:
            self.state = replace(self.state, news_may_be_lost=False)
            self._refresh()

    def _called_back(self, *, announced: bool = False) -> None:
        if not self._situation.is_open:
            # A subscription that was given up and not removed tells nothing of the next one, which
            # reports its call once it is made.
            return
        self.state = replace(
            self.state,
            notifications=self.state.notifications + 1,
            retests=0,
            announced=announced or self.state.announced,
        )
        self.actions.append(CancelTimers((Timer.SELF_TEST, Timer.RETEST)))
        if self._situation.channel is Channel.EVENTING:
            return
        self.actions.append(ClearIssues((Issue.CALLBACK_UNREACHABLE,)))
        if not self._situation.has_unsubscribed:
            self.actions.append(ClearIssues(SUBSCRIBING_ISSUES))
        self.actions.append(SetChannel(Channel.EVENTING))

    def _fetch_announced(self) -> None:
        # Not faster than EMPTY_FETCH_PAUSE_SECONDS allow, since notifications may be forged.
        if not self._situation.timers.isdisjoint((Timer.EMPTY_FETCH_PAUSE, Timer.BURST_PAUSE)):
            return
        if self.state.empty_fetches >= intervals.FREE_EMPTY_FETCHES:
            self._start(Timer.EMPTY_FETCH_PAUSE, intervals.EMPTY_FETCH_PAUSE_SECONDS)
        elif self._situation.news_expected >= intervals.MANY_WRITES:
            self._start(Timer.BURST_PAUSE, intervals.BURST_PAUSE_SECONDS)
        else:
            self._enqueue(ChannelTask.FETCH)

    # Failure

    def _failed(self, task: ChannelTask, error: PresenceServiceError) -> None:
        if task in (ChannelTask.FETCH, ChannelTask.CHANGE):
            # The server has announced what the next fetch brings, or was not able to.
            self.state = replace(self.state, news_may_be_lost=True, announced=True)
        match error:
            case NoSuchSubscription() | NoSuchEndpoint() if task is not ChannelTask.OPEN:
                self._enqueue(ChannelTask.OPEN)
            case InvalidCredentials():
                self._login_refused(error)
            case NoFreeEndpoint():
                self._fall_back(Issue.NO_FREE_ENDPOINT)
            case NoFreeSubscription() if task in SUBSCRIBING:
                # After a fetch or a poll it means that the server is busy.
                self._fall_back(Issue.NO_FREE_SUBSCRIPTION)
            case NoFreeSubscription() if task is ChannelTask.REFRESH_ALL:
                # The present subscription goes on; giving it up might leave none.
                self._enqueue(ChannelTask.POLL_ALL)
            case EndpointRefused():
                self._fall_back(Issue.ENDPOINT_REFUSED)
            case _:
                self._retry(task, error)

    def _login_refused(self, error: InvalidCredentials) -> None:
        """Log in hardly ever: many refused logins in a row may lock the account.

        The one try now and then is for a server that refused by mistake, while it was starting.
        """
        self.actions += [SetUnreachable(error), Command.START_REAUTH, Command.STOP_WORK]
        self.state = replace(self.state, failed_tasks=frozenset())
        self._start(Timer.REFUSED_LOGIN, intervals.REFUSED_LOGIN_SECONDS)

    def _retry(self, task: ChannelTask, error: PresenceServiceError) -> None:
        failures = self.state.failures + 1
        failed_tasks = self.state.failed_tasks | {task}
        self.state = replace(self.state, failures=failures, failed_tasks=failed_tasks)
        # A fetch tells whether the server answers; what is beside it may fail again and again.
        beside = task in POLLS or task is ChannelTask.REFRESH_ALL
        tells = not beside or not self._situation.is_open
        if tells and failures >= intervals.FAILURES_UNTIL_UNREACHABLE:
            self.actions.append(SetUnreachable(error))
        self._start(Timer.RETRY, intervals.before_retry(failures))

    def _fall_back(self, issue: Issue) -> None:
        if not self._situation.has_callback:
            self._enqueue(ChannelTask.POLL_ALL)
            return
        self.actions += [RaiseIssue(issue), SetChannel(Channel.POLLING)]
        self._enqueue(ChannelTask.FETCH if self._situation.is_open else ChannelTask.POLL_ALL)
        self._start(Timer.RETEST, intervals.before_retest(self.state.retests))
        self.state = replace(self.state, retests=self.state.retests + 1)

    # Timers and tasks

    def _poll(self) -> None:
        """Fetch although no call came: one small request for all contacts.

        It finds a server that has died or lost the subscription, and it makes the server call
        next time.
        """
        self._start_poll()
        if not self._situation.is_on_primary:
            self._enqueue(ChannelTask.FAIL_BACK)
        if self._situation.is_open:
            self._enqueue(ChannelTask.FETCH)
        elif self._situation.channel is Channel.POLLING:
            self._enqueue(ChannelTask.POLL_ALL)
        if self._situation.has_unsubscribed:
            self._enqueue(ChannelTask.POLL_UNSUBSCRIBED)

    def _poll_unsubscribed(self) -> None:
        if not self._situation.has_unsubscribed:
            return
        self.actions.append(RaiseIssue(Issue.NO_FREE_SUBSCRIPTION))
        self._enqueue(ChannelTask.POLL_UNSUBSCRIBED)
        self._start(Timer.RESUBSCRIBE, intervals.LONGEST_RETEST_SECONDS)

    def _test_callback(self) -> None:
        if Timer.SELF_TEST not in self._situation.timers:
            self._start_self_test()

    def _start_self_test(self) -> None:
        if not self._situation.has_callback:
            return
        if self._situation.callback_opens_later:
            self.actions.append(Command.AWAIT_HOME_ASSISTANT)
        else:
            self._start(Timer.SELF_TEST, intervals.SELF_TEST_SECONDS)

    def _start_intervals(self) -> None:
        self._start_poll()
        self._start_full_refresh()

    def _start_poll(self) -> None:
        self._start(Timer.POLL, self._situation.intervals.poll.total_seconds())

    def _start_full_refresh(self) -> None:
        self._start(Timer.FULL_REFRESH, self._situation.intervals.full_refresh.total_seconds())

    def _start(self, timer: Timer, seconds: float) -> None:
        self.actions.append(StartTimer(timer, seconds))

    def _refresh(self) -> None:
        is_open = self._situation.is_open
        self._enqueue(ChannelTask.REFRESH_ALL if is_open else ChannelTask.POLL_ALL)

    def _enqueue(self, task: ChannelTask) -> None:
        self.actions.append(Enqueue(task))

    def _enqueue_on_channel(self, task: ChannelTask) -> None:
        """Enqueue a task of the subscription; without a callback contacts are polled instead."""
        self._enqueue(task if self._situation.has_callback else ChannelTask.POLL_ALL)
