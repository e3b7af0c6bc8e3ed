"""Faults on request, as real servers have them.

A fault lasts for a number of uses, for seconds, or until the faults are cleared.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
import re

from .clock import Clock


class FaultKind(StrEnum):
    """The kinds of faults."""

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
"""Kinds that can be limited to a path and a method."""
OF_PORTS = (FaultKind.REFUSE_CONNECTIONS, FaultKind.REFUSE_CONFIGURATION)
"""Kinds that close ports: of the presence service, or of client configuration."""
IMMEDIATE = (FaultKind.LOSE_SESSIONS, FaultKind.LOSE_SUBSCRIPTIONS, FaultKind.LOSE_ENDPOINTS)
"""Kinds that act once and do not last."""


@dataclass(frozen=True, slots=True)
class Garbage:
    """An answer that the service would never give."""

    body: str
    status: int
    content_type: str

    @property
    def encoded(self) -> bytes:
        """The body in the charset of the content type; UTF-8 if it names none that Python knows."""
        said = re.search(r'charset="?([\w.:-]+)', self.content_type, re.ASCII | re.IGNORECASE)
        try:
            return self.body.encode(said[1] if said else "utf-8", "replace")
        except LookupError, UnicodeError:
            return self.body.encode()


@dataclass(slots=True, eq=False)
class Fault:
    """One fault; fields that its kind does not use are None.

    `delay` is in seconds, `length` in bytes of the body to send. `path`, `method` and `node` limit
    it to some requests. It ends after `remaining` uses, or at `until` in the clock's seconds.
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
        return self.node in (None, node)

    def strikes(self, method: str, path: str, node: str) -> bool:
        if not self.is_at(node):
            return False
        if self.method is not None and self.method != method:
            return False
        return self.path is None or self.path.search(path) is not None


class Faults:
    """The active faults."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._faults: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        self._drop_ended()
        return iter(self._faults)

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)

    def clear(self) -> None:
        self._faults.clear()

    def is_active(self, kind: FaultKind, node: str) -> bool:
        """Return whether a node has a fault of this kind, without counting a use."""
        return any(fault.kind is kind and fault.is_at(node) for fault in self)

    def use(
        self, *kinds: FaultKind, method: str = "", path: str = "", node: str = ""
    ) -> Fault | None:
        """Return the oldest matching fault of these kinds and count one use."""
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
