"""What the plan of the channel is made from: its state, the situation, and what has happened."""

from collections.abc import Set as AbstractSet
from copy import replace
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import NamedTuple, Protocol

from ..const import Channel
from ..pws import PresenceServiceError
from ..settings import Intervals
from .intervals import Timer
from .work_queue import ChannelTask


class ChannelState(NamedTuple):
    """What the plan remembers between two events.

    A tuple, of which a copy is made in a tenth of the time: each notification needs some.

    Attributes:
        failures: Failed tasks since the last success.
        retests: Tests of the callback since the server last called back.
        notifications: Calls of the server so far.
        empty_fetches: Fetches in a row that a notification announced and that brought nothing.
        announced: Whether a notification came in since the last fetch began.
        news_may_be_lost: Whether a fetch failed, which may have consumed news.
        failed_tasks: To be run again by the next retry.
    """

    failures: int = 0
    retests: int = 0
    notifications: int = 0
    empty_fetches: int = 0
    announced: bool = False
    news_may_be_lost: bool = False
    failed_tasks: frozenset[ChannelTask] = frozenset()

    def with_fetch_begun(self) -> ChannelState:
        """Return it once a fetch has begun, which brings what was announced until then."""
        return replace(self, announced=False)


class Situation(Protocol):
    """What the plan finds when something happens. Each part is found when it is read."""

    @property
    def channel(self) -> Channel:
        """How changes arrive at the moment."""

    @property
    def has_callback(self) -> bool:
        """Whether there is an address at which the server can call."""

    @property
    def callback_opens_later(self) -> bool:
        """Whether calls arrive only once Home Assistant has started, and it has not."""

    @property
    def is_open(self) -> bool:
        """Whether there is a subscription to fetch from."""

    @property
    def has_unsubscribed(self) -> bool:
        """Whether there are contacts for whom the server has no subscription."""

    @property
    def is_on_primary(self) -> bool:
        """Whether the node that should serve does, and not its backup."""

    @property
    def has_left_out(self) -> bool:
        """Whether there are contacts whom a first fetch did not bring."""

    @property
    def news_expected(self) -> int:
        """Of how many people news is expected, since they are being set."""

    @property
    def timers(self) -> AbstractSet[Timer]:
        """Those that run."""

    @property
    def intervals(self) -> Intervals:
        """What the user chose."""


class Event(StrEnum):
    """Something that has happened, of which there is no more to say."""

    STARTED = auto()
    NOTIFIED = auto()
    # The server has called, and what it announces is about to be fetched.
    CALLED_BACK = auto()
    PEOPLE_CHANGED = auto()
    NODE_CHANGED = auto()
    CALLBACK_CHANGED = auto()
    INTERVALS_CHANGED = auto()
    READING_CHANGED = auto()
    HOME_ASSISTANT_STARTED = auto()
    SUBSCRIPTION_CHANGED = auto()
    RENEWED = auto()
    POLLED = auto()


@dataclass(frozen=True, slots=True)
class TimerFired:
    """The time of a timer has come."""

    timer: Timer


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """The subscription was made.

    Attributes:
        called_back: Whether the server has called back already.
    """

    called_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A fetch has ended well.

    Attributes:
        brought_news: Whether any contact was in it.
        begun_in: The state before the fetch began.
        follows_subscribing: Whether it brought the first picture, which is not announced.
        has_unnamed: Whether there was news of a contact that is not named.
    """

    brought_news: bool
    begun_in: ChannelState
    follows_subscribing: bool = False
    has_unnamed: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """A task has failed."""

    task: ChannelTask
    error: PresenceServiceError


type ChannelEvent = Event | TimerFired | Subscribed | Fetched | Failed
