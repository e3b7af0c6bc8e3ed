"""The log of requests, for tests of clients."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

LENGTH = 10_000


@dataclass(slots=True)
class Record:
    """One request.

    `operation` is the SOAP operation, empty in REST. `status` is None until an answer is sent.
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
        self._records: deque[Record] = deque(maxlen=LENGTH)

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records)

    def add(self, record: Record) -> None:
        self._records.append(record)

    def clear(self) -> None:
        self._records.clear()
