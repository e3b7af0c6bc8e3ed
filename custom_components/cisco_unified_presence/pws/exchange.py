"""One request and its answer over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import logging
from typing import Final, Self

import aiohttp
from aiohttp import hdrs
from multidict import CIMultiDict
from yarl import URL

from .certificate import speaks_tls
from .errors import (
    AnswerLost,
    AnswerNotUnderstood,
    CannotConnect,
    ConnectFailure,
    PresenceServiceError,
)
from .failures import request_failure, root_url
from .model import SERVICE_PATH, Server
from .traffic import Traffic
from .xml import MAX_BODY, PartReader, XmlElement, parse, parse_in_turns, too_large

_LOGGER = logging.getLogger(__name__)

# Seconds for finding out whether a port that dropped a plain request speaks TLS.
_PROBE_SECONDS: Final = 3.0

_LONGEST_CONTENT_TYPE: Final = 256


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. ``path`` is percent-encoded, starts below the service's root, may have a query.

    aiohttp repeats most methods, but not POST, by itself when a kept connection turns out to be
    dead. ``at_most_once`` forbids that; ``idempotent`` allows it to a POST.
    ``parts`` reads parts of a long answer while it is parsed.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    at_most_once: bool = False
    idempotent: bool = False
    parts: PartReader | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole.

    Attributes:
        status: HTTP status.
        location: The header of that name, None without one.
        body: The bytes.
        root: The root of the body, None when it is empty or no XML.
        refusal: Why the body is no XML that is read, None when it is empty or was parsed.
        charset: The encoding by the header ``Content-Type``, None when it says none.
    """

    status: int
    location: str | None
    body: bytes = field(repr=False)
    root: XmlElement | None = field(default=None, repr=False)
    refusal: AnswerNotUnderstood | None = field(default=None, repr=False)
    charset: str | None = None

    @classmethod
    def parsed(
        cls, status: int, location: str | None, body: bytes, charset: str | None = None
    ) -> Self:
        """Return an answer whose body is parsed at once, whatever it is."""
        if not body.strip():
            return cls(status, location, body)
        try:
            return cls(status, location, body, parse(body, charset), charset=charset)
        except AnswerNotUnderstood as refusal:
            return cls(status, location, body, refusal=refusal, charset=charset)

    def document(self) -> XmlElement | None:
        """Return the root of the body, None when there is no body.

        Raises:
            AnswerNotUnderstood: The body is no XML that is read.
        """
        if self.refusal is not None:
            raise self.refusal
        return self.root


class Exchange:
    """Sends requests to one server, and tells in our own errors why one failed."""

    def __init__(
        self,
        server: Server,
        session: aiohttp.ClientSession,
        timeout: float,
        root: str = SERVICE_PATH,
        traffic: Traffic | None = None,
    ) -> None:
        """Take the session as opened by ``open_session``; ``timeout`` is seconds per request.

        ``root`` is the path of the service at that server; what is asked there is counted in
        ``traffic``.
        """
        self.traffic = traffic or Traffic()
        self._server = server
        self._session = session
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._probe_seconds = min(timeout, _PROBE_SECONDS)
        self._has_answered = False
        self._root = root
        self._root_url: str | None = None

    async def send(self, request: Request) -> Answer:
        """Send a request and read its whole answer.

        Raises:
            CannotConnect: No connection, or it broke.
            AnswerLost: It broke after a request that must not be repeated was sent, perhaps.
            AnswerNotUnderstood: The answer is too large, or is not HTTP.
        """
        try:
            return await self._send(request)
        except CannotConnect as error:
            if not request.idempotent or error.reason is not ConnectFailure.DROPPED:
                raise
        return await self._send(request)

    async def _send(self, request: Request) -> Answer:
        if self._root_url is None:
            self._root_url = str(root_url(self._server, self._root))
        url = URL(f"{self._root_url}{request.path}", encoded=True)
        if self._session.closed:
            # The session was closed while this request waited for its turn.
            raise CannotConnect(ConnectFailure.DROPPED, self._server.address)
        try:
            async with self._session.request(
                request.method,
                url,
                headers=CIMultiDict(request.headers),
                data=request.body,
                allow_redirects=False,
                timeout=self._timeout,
                middlewares=(_never_twice,) if request.at_most_once else (),
            ) as response:
                body = await _read_body(response)
        except _Broken as error:
            raise AnswerLost(self._server.address) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise await self._failure(request, error) from error
        self._has_answered = True
        if self.traffic.distrusted:
            self.traffic.note_trusted(self._server.address)
        _LOGGER.debug("%s %s: %s", request.method, request.path, response.status)
        return await _parsed(response, body, request.parts)

    async def _failure(
        self, request: Request, error: aiohttp.ClientError | TimeoutError
    ) -> PresenceServiceError:
        address = self._server.address
        failure = request_failure(error, address)
        if self._may_be_the_wrong_port(failure) and await speaks_tls(
            self._server, within=self._probe_seconds
        ):
            return CannotConnect(ConnectFailure.TLS_REQUIRED, address)
        if request.at_most_once and isinstance(error, aiohttp.ClientPayloadError):
            return AnswerLost(address)
        return failure

    def _may_be_the_wrong_port(self, failure: PresenceServiceError) -> bool:
        """Tell whether a TLS port that is spoken to in plain HTTP could fail like this."""
        if self._has_answered or self._server.is_secure:
            return False
        dropped = isinstance(failure, CannotConnect) and failure.reason is ConnectFailure.DROPPED
        return dropped or isinstance(failure, AnswerNotUnderstood)


async def _read_body(response: aiohttp.ClientResponse) -> bytes:
    """Return the body, reading no more than ``MAX_BODY``; the request's time-out bounds the time.

    Raises:
        AnswerNotUnderstood: It is larger.
        aiohttp.ClientError: The connection broke.
    """
    if (response.content_length or 0) > MAX_BODY:
        raise too_large()
    body = bytearray()
    while chunk := await response.content.readany():
        body += chunk
        if len(body) > MAX_BODY:
            raise too_large()
    return bytes(body)


async def _parsed(
    response: aiohttp.ClientResponse, body: bytes, parts: PartReader | None
) -> Answer:
    status, location = response.status, response.headers.get("Location")
    if not body.strip():
        return Answer(status, location, body)
    charset = _charset_of(response)
    try:
        root = await parse_in_turns(body, charset, parts)
    except AnswerNotUnderstood as refusal:
        return Answer(status, location, body, refusal=refusal, charset=charset)
    return Answer(status, location, body, root, charset=charset)


def _charset_of(response: aiohttp.ClientResponse) -> str | None:
    # aiohttp has the header parsed as that of a mail, which takes long where it has many parts.
    content_type = response.headers.get(hdrs.CONTENT_TYPE, "")
    return response.charset if len(content_type) <= _LONGEST_CONTENT_TYPE else None


class _Broken(Exception):
    """A connection died after a request was sent on it, perhaps.

    Not an error of aiohttp, so that aiohttp does not send the request again: the server may have
    handled it already, and a fetch consumes the news it returns.
    """


async def _never_twice(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _Broken from error
