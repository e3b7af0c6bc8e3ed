"""Whether the server agrees with the winner of the arbitration, and making it so."""

from .announcements import ATTR_MESSAGE, EVENT_WINNER_CHANGED
from .decision_log import DecisionLog
from .reconciler import Reconciler
from .store import control_store

__all__ = [
    "ATTR_MESSAGE",
    "EVENT_WINNER_CHANGED",
    "DecisionLog",
    "Reconciler",
    "control_store",
]
