"""What was asked of the presence service, for those who test a client."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

LENGTH = 10_000


@dataclass(slots=True)
class Record:
    """One request.

    `node` is the one that was asked, `operation` what SOAP names. `status` stays None
    while, and if, no answer has gone out.
    """

    time: datetime
    source: str
    method: str
    path: str
    node: str = ""
    operation: str = ""
    status: int | None = None


class RequestLog:
    """The latest requests, oldest first."""

    def __init__(self) -> None:
        """Start empty."""
        self._records: deque[Record] = deque(maxlen=LENGTH)

    def __iter__(self) -> Iterator[Record]:
        """Iterate over the records, oldest first."""
        return iter(self._records)

    def add(self, record: Record) -> None:
        """Keep a record, at the cost of the oldest when there are too many."""
        self._records.append(record)

    def clear(self) -> None:
        """Forget all requests."""
        self._records.clear()
