"""Counts of the requests to the servers, their results and their durations.

Texts are stored only for the last errors, whose sentences name users and contacts.
"""

from collections import Counter, deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from statistics import median
import time
from typing import Any, Concatenate, Final, Protocol

from .errors import CertificateChanged, PresenceServiceError, UntrustedCertificate

_LAST_ERRORS: Final = 20
_LAST_FETCHES: Final = 100

_FETCH: Final = "fetch"

OK: Final = "ok"


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that failed: when, in UTC, which operation, and the sentence of the error."""

    when: datetime
    operation: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Latency:
    """Durations of the last successful fetches, in seconds."""

    count: int
    median: float
    longest: float


class Traffic:
    """Counts the calls of a client, at all its nodes.

    ``counts`` is keyed by operation, a method of ``Dialect``, and result, ``OK`` or the name of the
    error's class. ``failures`` are the last failed calls, oldest first. ``distrusted`` are the
    addresses of nodes that have not answered since their certificate was refused.
    """

    def __init__(
        self,
        on_failure: Callable[[PresenceServiceError], None] | None = None,
        on_trusted: Callable[[str], None] | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Call ``on_failure`` with each error, ``on_trusted`` with a node that answers after one.

        That is the address of a node whose certificate was refused. Neither may raise.
        """
        self.counts = Counter[tuple[str, str]]()
        self.failures = deque[Failure](maxlen=_LAST_ERRORS)
        self.distrusted = set[str]()
        self._on_failure = on_failure
        self._on_trusted = on_trusted
        self._clock = clock
        self._now = now
        self._fetches = deque[float](maxlen=_LAST_FETCHES)

    @property
    def fetches(self) -> Latency | None:
        if not self._fetches:
            return None
        return Latency(len(self._fetches), median(self._fetches), max(self._fetches))

    async def count[T](self, operation: str, call: Coroutine[Any, Any, T]) -> T:
        """Await a call and count its result."""
        began = self._clock()
        try:
            result = await call
        except PresenceServiceError as error:
            self._note_failure(operation, error)
            raise
        self.counts[operation, OK] += 1
        if operation == _FETCH:
            self._fetches.append(self._clock() - began)
        return result

    def note_trusted(self, address: str) -> None:
        """Note that a node has answered, whose certificate may have been refused before."""
        if address in self.distrusted:
            self.distrusted.remove(address)
            if self._on_trusted is not None:
                self._on_trusted(address)

    def _note_failure(self, operation: str, error: PresenceServiceError) -> None:
        if isinstance(error, (CertificateChanged, UntrustedCertificate)):
            self.distrusted.add(error.address)
        self.counts[operation, type(error).__name__] += 1
        self.failures.append(Failure(self._now(), operation, str(error)))
        if self._on_failure is not None:
            self._on_failure(error)


class Counted(Protocol):
    """An object whose calls are counted."""

    @property
    def traffic(self) -> Traffic: ...


def counted[SelfT: Counted, **P, T](
    method: Callable[Concatenate[SelfT, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[SelfT, P], Coroutine[Any, Any, T]]:
    """Count the calls of a method under its name."""
    operation = method.__name__

    @wraps(method)
    def call(self: SelfT, /, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, T]:
        return self.traffic.count(operation, method(self, *args, **kwargs))

    return call
