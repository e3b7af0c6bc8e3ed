"""Whether the server agrees with the winner of the arbitration, and making it so."""

from .abandoned_sessions import AbandonedSessions
from .announcements import (
    ATTR_MESSAGE,
    ATTR_RULE,
    ATTR_SET_ASIDE,
    ATTR_SET_BY,
    ATTR_SOURCE,
    ATTR_UNTIL,
    EVENT_WINNER_CHANGED,
)
from .decision_log import DecisionLog
from .history import Cause, DecisionHistory, PastDecision
from .leaving import async_leave_server
from .reconciler import Reconciler
from .session_watch import SessionWatch
from .undo import RunningEntry, account_of, async_undo_queue
from .undo_sources import async_start_undoing, async_undo_removed
from .untracked import UntrackedPresences
from .writer import PresenceWriter

__all__ = [
    "ATTR_MESSAGE",
    "ATTR_RULE",
    "ATTR_SET_ASIDE",
    "ATTR_SET_BY",
    "ATTR_SOURCE",
    "ATTR_UNTIL",
    "EVENT_WINNER_CHANGED",
    "AbandonedSessions",
    "Cause",
    "DecisionHistory",
    "DecisionLog",
    "PastDecision",
    "PresenceWriter",
    "Reconciler",
    "RunningEntry",
    "SessionWatch",
    "UntrackedPresences",
    "account_of",
    "async_leave_server",
    "async_start_undoing",
    "async_undo_queue",
    "async_undo_removed",
]
