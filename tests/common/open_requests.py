"""Counts the requests that are under way in this process: nothing is quiet before they end."""

from asyncio import AbstractEventLoop, get_running_loop
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from aiohttp import BaseConnector
import pytest

_connectors: WeakKeyDictionary[AbstractEventLoop, WeakSet[BaseConnector]] = WeakKeyDictionary()


def open_requests() -> int:
    """Return how many connections of clients in the running loop are made or in use."""
    connectors = _connectors.get(get_running_loop(), ())
    return sum(len(connector._acquired) for connector in connectors)


@contextmanager
def counted_requests() -> Iterator[None]:
    """Count the requests of every client of aiohttp."""
    initialize = BaseConnector.__init__

    def counted(connector: BaseConnector, *args: Any, **kwargs: Any) -> None:
        initialize(connector, *args, **kwargs)
        _connectors.setdefault(connector._loop, WeakSet()).add(connector)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseConnector, "__init__", counted)
        yield
