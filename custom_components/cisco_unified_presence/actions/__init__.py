"""Whom an action is about, and what the user who calls may see and set."""

from .permissions import Caller
from .targets import Target, async_targets_of, invalid

__all__ = [
    "Caller",
    "Target",
    "async_targets_of",
    "invalid",
]
