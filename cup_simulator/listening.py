"""Listeners that can be closed and reopened on the same ports."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import chain
import logging
import os
import socket
import ssl
from typing import override

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

_LOGGER = logging.getLogger(__name__)

KEEP_ALIVE_SECONDS = 4 * 3600
"""A real node keeps an idle connection for hours. Reference: "Addresses"."""

SHUTDOWN_SECONDS = 0.25


class _OnlyOurFaults(logging.Filter):
    """Shortens aiohttp's stack traces of malformed requests to one line without their content."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, HttpProcessingError | web.RequestPayloadError):
            return True
        _LOGGER.info("Refused what is no readable request: %s", type(error).__name__)
        return False


_HTTP_LOGGER = logging.getLogger(f"{__name__}.http")
_HTTP_LOGGER.addFilter(_OnlyOurFaults())


class ListenError(Exception):
    """A port cannot be bound; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; port 0 is any free port. With `tls` it is HTTPS."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None


class Listener:
    """An application on one or more addresses; keeps its port numbers while closed."""

    def __init__(self, application: Callable[[], web.Application], *addresses: Address) -> None:
        """`application` creates a new application for each opening."""
        self._application = application
        self._addresses = addresses
        self._runner: web.AppRunner | None = None
        self.ports = tuple(address.port for address in addresses)

    @property
    def is_open(self) -> bool:
        return self._runner is not None

    async def open(self) -> None:
        """Listen on all addresses, or on none if one of them fails.

        Raises:
            ListenError: A port is taken.
        """
        bound = self._bind()
        self._runner = web.AppRunner(
            self._application(),
            access_log=None,
            logger=_HTTP_LOGGER,
            # A handler that waits for a client that has gone would outlive the server.
            handler_cancellation=True,
            keepalive_timeout=KEEP_ALIVE_SECONDS,
            shutdown_timeout=SHUTDOWN_SECONDS,
        )
        await self._runner.setup()
        for address, sockets in zip(self._addresses, bound, strict=True):
            for each in sockets:
                await web.SockSite(self._runner, each, ssl_context=address.tls).start()
        self.ports = tuple(sockets[0].getsockname()[1] for sockets in bound)

    def _bind(self) -> list[list[socket.socket]]:
        bound: list[list[socket.socket]] = []
        try:
            for address, port in zip(self._addresses, self.ports, strict=True):
                bound.append(_bind(address.host, port))
        except ListenError:
            for each in chain.from_iterable(bound):
                each.close()
            raise
        return bound

    def use_tls(self, tls: ssl.SSLContext) -> None:
        """Speak HTTPS in this way from the next opening on."""
        self._addresses = tuple(
            each if each.tls is None else replace(each, tls=tls) for each in self._addresses
        )

    async def close(self) -> None:
        """Stop accepting connections and close the open ones."""
        if self._runner is None:
            return
        runner, self._runner = self._runner, None
        await runner.cleanup()


def _bind(host: str, port: int) -> list[socket.socket]:
    """Return a socket for each address of a host, all on one port."""
    sockets: list[socket.socket] = []
    try:
        for family, address in _resolve(host):
            each = socket.create_server((address, port), family=family)
            sockets.append(each)
            port = each.getsockname()[1]
    except OSError as error:
        for each in sockets:
            each.close()
        raise ListenError(f"Cannot listen on {host} port {port}: {_reason(error)}.") from error
    return sockets


def _reason(error: OSError) -> str:
    """Return the system's error message without Python's additions."""
    if isinstance(error, socket.gaierror) or error.errno is None:
        return error.strerror or str(error)
    return os.strerror(error.errno)


def _resolve(host: str) -> list[tuple[socket.AddressFamily, str]]:
    found = socket.getaddrinfo(
        host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_ADDRCONFIG
    )
    # IPv4 first: a free port is chosen there and used for the others.
    found.sort(key=lambda each: each[0] is not socket.AF_INET)
    return list(dict.fromkeys((each[0], str(each[4][0])) for each in found))
