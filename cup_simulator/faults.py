"""Misbehaviour on request: what may go wrong with a real server.

A fault lasts for a count of uses, for seconds, or until all faults are cleared.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
import re

from .clock import Clock


class FaultKind(StrEnum):
    """What goes wrong."""

    THROTTLE = "throttle"
    ERROR = "error"
    DELAY = "delay"
    GARBAGE = "garbage"
    TRUNCATE = "truncate"
    REFUSE_CONNECTIONS = "refuse_connections"
    REFUSE_CONFIGURATION = "refuse_configuration"
    DROP_NOTIFICATIONS = "drop_notifications"
    LOSE_SESSIONS = "lose_sessions"
    LOSE_SUBSCRIPTIONS = "lose_subscriptions"
    LOSE_ENDPOINTS = "lose_endpoints"


ANSWERED_WITH_AN_ERROR = (FaultKind.THROTTLE, FaultKind.ERROR)
OF_ONE_REQUEST = (*ANSWERED_WITH_AN_ERROR, FaultKind.DELAY, FaultKind.GARBAGE, FaultKind.TRUNCATE)
"""Those that can be restricted to a path and a method."""
OF_PORTS = (FaultKind.REFUSE_CONNECTIONS, FaultKind.REFUSE_CONFIGURATION)
"""Those that shut ports, those of the presence service or of client configuration."""
IMMEDIATE = (FaultKind.LOSE_SESSIONS, FaultKind.LOSE_SUBSCRIPTIONS, FaultKind.LOSE_ENDPOINTS)
"""Those that happen once and are over."""


@dataclass(frozen=True, slots=True)
class Garbage:
    """An answer that did not come from the service."""

    body: str
    status: int
    content_type: str


@dataclass(slots=True, eq=False)
class Fault:
    """One fault. What its kind does not use is None.

    `code` is the error code to answer with, `delay` the seconds before each answer,
    `length` the bytes of the body that go out; `path` and `method` say which requests
    it strikes, and `node` at which node; `remaining` uses and `until` in the clock's
    seconds end it.
    """

    kind: FaultKind
    code: int | None = None
    delay: float | None = None
    garbage: Garbage | None = None
    length: int | None = None
    path: re.Pattern[str] | None = None
    method: str | None = None
    node: str | None = None
    remaining: int | None = None
    until: float | None = None

    def is_at(self, node: str) -> bool:
        """Say whether it strikes at a node."""
        return self.node in (None, node)

    def strikes(self, method: str, path: str, node: str) -> bool:
        """Say whether a request is one of those meant."""
        if not self.is_at(node):
            return False
        if self.method is not None and self.method != method:
            return False
        return self.path is None or self.path.search(path) is not None


class Faults:
    """The faults that are active."""

    def __init__(self, clock: Clock) -> None:
        """Start without any."""
        self._clock = clock
        self._faults: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        """Iterate over the active faults, oldest first."""
        self._drop_ended()
        return iter(self._faults)

    def add(self, fault: Fault) -> None:
        """Let a fault begin."""
        self._faults.append(fault)

    def clear(self) -> None:
        """End all faults."""
        self._faults.clear()

    def is_active(self, kind: FaultKind, node: str) -> bool:
        """Say whether there is a fault of this kind at a node, without using it."""
        return any(fault.kind is kind and fault.is_at(node) for fault in self)

    def use(
        self, *kinds: FaultKind, method: str = "", path: str = "", node: str = ""
    ) -> Fault | None:
        """Return the oldest fault of these kinds that strikes, and count the use."""
        for fault in self:
            if fault.kind in kinds and fault.strikes(method, path, node):
                if fault.remaining is not None:
                    fault.remaining -= 1
                return fault
        return None

    def _drop_ended(self) -> None:
        now = self._clock.seconds()
        self._faults = [
            fault
            for fault in self._faults
            if fault.remaining != 0 and (fault.until is None or fault.until > now)
        ]
