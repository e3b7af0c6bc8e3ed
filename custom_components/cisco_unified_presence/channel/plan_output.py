"""What the plan of the channel asks for: steps of actions, which eventing.py carries out."""

from dataclasses import dataclass
from enum import StrEnum, auto

from ..const import Channel
from ..issues import Issue
from ..pws import PresenceServiceError
from .intervals import Timer
from .plan_input import ChannelState
from .work_queue import ChannelTask


class Command(StrEnum):
    """An action of which there is no more to say."""

    # The self-test begins when Home Assistant has started.
    AWAIT_HOME_ASSISTANT = auto()
    SET_REACHABLE = auto()
    START_REAUTH = auto()
    # Cancel all timers, and drop the tasks that are due.
    STOP_WORK = auto()


@dataclass(frozen=True, slots=True)
class Enqueue:
    """Have a task run as soon as its turn comes."""

    task: ChannelTask


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Start a timer, or start it anew."""

    timer: Timer
    seconds: float


@dataclass(frozen=True, slots=True)
class CancelTimers:
    """Cancel those of these timers that run."""

    timers: tuple[Timer, ...]


@dataclass(frozen=True, slots=True)
class RaiseIssue:
    """Show an issue to the user."""

    issue: Issue


@dataclass(frozen=True, slots=True)
class ClearIssues:
    """Take issues away."""

    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class SetChannel:
    """Set how changes arrive from now on."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class SetUnreachable:
    """Mark the server as unreachable."""

    error: PresenceServiceError


type Action = (
    Command
    | Enqueue
    | StartTimer
    | CancelTimers
    | RaiseIssue
    | ClearIssues
    | SetChannel
    | SetUnreachable
)


@dataclass(frozen=True, slots=True)
class Step:
    """The state after an event, and what is to be done about it, in this order."""

    state: ChannelState
    actions: tuple[Action, ...]
