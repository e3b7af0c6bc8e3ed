"""HTTP sessions to a server: TLS, trust and connections.

TLS 1.2 or newer is required; very old nodes, with TLS 1.0 only, cannot be reached over HTTPS.
"""

import asyncio
import socket
import ssl
from typing import Final, override

import aiohttp
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from .model import PinnedCertificate, PlainHttp, Security, Server, SystemTrust, TrustedAuthority

type Trust = ssl.SSLContext | aiohttp.Fingerprint | bool

# A node keeps an idle connection for hours, and a handshake is expensive for it.
# Reference: "Addresses".
_KEEP_ALIVE_SECONDS: Final = 4 * 3600.0

# Bytes. aiohttp parses all heads of answers that are received at once in one go; so many bytes of
# interim answers take some 20 ms. A megabyte a second still comes through at 60 ms of delay.
_RECEIVE_BUFFER: Final = 64 * 1024

# Connections that stay open. A node has 10 to 20 workers for all its clients, and an idle
# connection may hold one.
IDLE_CONNECTIONS: Final = 2

# Requests under way at the same time, when many wait and the node answers.
PARALLEL_REQUESTS: Final = 8

# Seconds for which a further connection waits for another request of the same burst.
_BURST_SECONDS: Final = 1.0


def make_ssl_context(security: Security) -> ssl.SSLContext | None:
    """Return the context that ``open_session`` needs, None where it needs none.

    Reads files and takes about 5 ms: run it in an executor. Raises ValueError when the authority's
    text holds no certificate.
    """
    match security:
        case SystemTrust():
            return ssl.create_default_context()
        case TrustedAuthority(pem):
            return _context_of_authority(pem)
        case PinnedCertificate() | PlainHttp():
            return None


def _context_of_authority(pem: str) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cadata=pem)
    except ssl.SSLError as error:
        raise ValueError("The authority's text is not a certificate in PEM form.") from error
    # Nodes sign their own certificates, which lack extensions that strictness asks for.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def open_session(server: Server, *, ssl_context: ssl.SSLContext | None) -> aiohttp.ClientSession:
    """Open the session that clients of this server share; the caller closes it.

    ``ssl_context`` is the result of ``make_ssl_context``, or for ``SystemTrust`` any context of the
    caller's, None for the system's. Raises ValueError when a ``TrustedAuthority`` comes without.
    """
    return aiohttp.ClientSession(
        connector=_NodeConnector(_trust(server.security, ssl_context)),
        cookie_jar=aiohttp.DummyCookieJar(),
        # Nothing compressed is asked for, so nothing may grow while it is read.
        auto_decompress=False,
        headers={"Accept-Encoding": "identity"},
    )


class _Connector(aiohttp.TCPConnector):
    """Opens connections to a node, up to a limit."""

    def __init__(self, trust: Trust, limit: int, keep_alive: float) -> None:
        super().__init__(
            ssl=trust,
            keepalive_timeout=keep_alive,
            limit=limit,
            # Names as the whole machine resolves them, the ones of its hosts file included.
            resolver=aiohttp.ThreadedResolver(),
            socket_factory=_make_socket,
        )


class _NodeConnector(_Connector):
    """Keeps a few connections open, and has more only while as many requests are under way."""

    def __init__(self, trust: Trust) -> None:
        super().__init__(trust, IDLE_CONNECTIONS, _KEEP_ALIVE_SECONDS)
        self._further = _Connector(trust, PARALLEL_REQUESTS - IDLE_CONNECTIONS, _BURST_SECONDS)
        self._in_use = 0

    @override
    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> Connection:
        if self._in_use >= IDLE_CONNECTIONS:
            return await self._further.connect(req, traces, timeout)
        self._in_use += 1
        try:
            connection = await super().connect(req, traces, timeout)
        except BaseException:
            self._in_use -= 1
            raise
        connection.add_callback(self._released)
        return connection

    def _released(self) -> None:
        self._in_use -= 1

    @override
    async def close(self, *, abort_ssl: bool = False) -> None:
        await super().close(abort_ssl=abort_ssl)
        await self._further.close(abort_ssl=abort_ssl)


def _make_socket(info: aiohttp.AddrInfoType) -> socket.socket:
    """Return a socket that takes no more at a time than can be parsed without blocking the loop."""
    family, kind, protocol, _name, _address = info
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
    return made


async def open_further_session(server: Server) -> aiohttp.ClientSession:
    """Open a session for one more node. Raises ValueError like ``make_ssl_context``."""
    security = server.security
    if not isinstance(security, TrustedAuthority):
        return open_session(server, ssl_context=None)
    context = await asyncio.to_thread(make_ssl_context, security)
    return open_session(server, ssl_context=context)


def _trust(security: Security, ssl_context: ssl.SSLContext | None) -> Trust:
    match security:
        case PinnedCertificate() as pinned:
            # aiohttp verifies nothing but the fingerprint then, and before it sends anything.
            return _AnyFingerprint(pinned)
        case TrustedAuthority() if ssl_context is None:
            raise ValueError("A trusted authority needs the context made from it.")
        case _:
            return True if ssl_context is None else ssl_context


class _AnyFingerprint(aiohttp.Fingerprint):
    """Accepts each of several certificates."""

    def __init__(self, pinned: PinnedCertificate) -> None:
        first, *others = map(bytes.fromhex, pinned.fingerprints)
        super().__init__(first)
        self._others = [aiohttp.Fingerprint(each) for each in others]

    @override
    def check(self, transport: asyncio.Transport) -> None:
        """Raise ServerFingerprintMismatch, which names the first, when none fits."""
        try:
            super().check(transport)
        except aiohttp.ServerFingerprintMismatch:
            if not any(_fits(each, transport) for each in self._others):
                raise


def _fits(fingerprint: aiohttp.Fingerprint, transport: asyncio.Transport) -> bool:
    try:
        fingerprint.check(transport)
    except aiohttp.ServerFingerprintMismatch:
        return False
    return True
