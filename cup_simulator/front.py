"""The ports of the presence service: HTTP around the dialects, faults and the log.

Reference: "Addresses".
"""

from collections.abc import Callable

from aiohttp import web

from .call import Answer, Call
from .clock import Clock
from .errors import Code, PresenceServiceError
from .faults import ANSWERED_WITH_AN_ERROR, FaultKind, Faults
from .request_log import Record, RequestLog
from .rest import RestDialect, failure
from .state import PresenceService

MAX_BODY_BYTES = 4 * 1024 * 1024


class PresenceFront:
    """Answers what comes in on the HTTP and HTTPS ports."""

    def __init__(
        self,
        service: PresenceService,
        *,
        faults: Faults,
        log: RequestLog,
        clock: Clock,
        on_change: Callable[[], None],
    ) -> None:
        """Answer for this service; `on_change` is called after every request."""
        self._service = service
        self._rest = RestDialect(service)
        self._faults = faults
        self._log = log
        self._clock = clock
        self._on_change = on_change

    def application(self) -> web.Application:
        """Return what a listener serves."""
        application = web.Application(client_max_size=MAX_BODY_BYTES)
        # The dot is to match an encoded line break as well.
        application.router.add_route("*", "/{path:(?s:.*)}", self._handle)
        return application

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        record = Record(self._clock.utc(), _source(request), request.method, request.path_qs)
        self._log.add(record)
        method, path = request.method, request.rel_url.raw_path
        answer = await self._answer(request, method, path)
        self._on_change()
        delay = self._faults.use(FaultKind.DELAY, method=method, path=path)
        if delay is not None and delay.delay is not None:
            await self._clock.sleep(delay.delay)
        truncation = self._faults.use(FaultKind.TRUNCATE, method=method, path=path)
        if truncation is not None and truncation.length is not None:
            return await _cut(request, answer, truncation.length, record)
        record.status = answer.status
        return web.Response(status=answer.status, body=answer.body, headers=_headers(answer))

    async def _answer(self, request: web.Request, method: str, path: str) -> Answer:
        garbage = self._faults.use(FaultKind.GARBAGE, method=method, path=path)
        if garbage is not None and garbage.garbage is not None:
            content = garbage.garbage
            return Answer(content.status, content.body.encode(), content.content_type)
        error = self._faults.use(*ANSWERED_WITH_AN_ERROR, method=method, path=path)
        if error is not None and error.code is not None:
            return failure(PresenceServiceError(error.code))
        try:
            body = await _body(request)
        except PresenceServiceError as unreadable:
            return failure(unreadable)
        self._service.expire()
        return self._rest.answer(Call(method, path, request.headers, body, _host(request)))


async def _body(request: web.Request) -> bytes:
    """Return the body.

    Raises:
        PresenceServiceError: 150, it is chunked, too long, or ends too early.
    """
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        raise PresenceServiceError(Code.UNREADABLE_BODY)
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise PresenceServiceError(Code.UNREADABLE_BODY)
    try:
        return await request.read()
    except (web.HTTPRequestEntityTooLarge, web.RequestPayloadError) as error:
        raise PresenceServiceError(Code.UNREADABLE_BODY) from error


async def _cut(
    request: web.Request, answer: Answer, length: int, record: Record
) -> web.StreamResponse:
    """Send the head and the first bytes of the body, then cut the connection.

    Of an answer without a body nothing goes out at all.
    """
    response = web.StreamResponse(status=answer.status, headers=_headers(answer))
    response.content_length = len(answer.body)
    if answer.body:
        record.status = answer.status
        await response.prepare(request)
        await response.write(answer.body[:length])
    request.protocol.force_close()
    return response


def _headers(answer: Answer) -> dict[str, str]:
    if not answer.body:
        return dict(answer.headers)
    return {"Content-Type": answer.content_type, **answer.headers}


def _host(request: web.Request) -> str:
    """Return the host that was asked, without its port, an IPv6 literal in brackets."""
    host = request.headers.get("Host") or _address(request.get_extra_info("sockname"))
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _source(request: web.Request) -> str:
    """Return the address and port a request came from."""
    return _address(request.get_extra_info("peername"))


def _address(name: tuple[str, int] | None) -> str:
    """Return a socket's address as text, empty when its connection is gone already."""
    if name is None:
        return ""
    host, port = name[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
