"""HTTP around the dialects of a node, with faults and the request log. Reference: "Addresses"."""

from collections.abc import Callable, Mapping
import re

from aiohttp import web

from .budget import cost
from .call import Answer, Call
from .clock import Clock
from .connection import connection_to
from .deployment import Deployment, Node
from .errors import Code, PresenceServiceError
from .faults import ANSWERED_WITH_AN_ERROR, FaultKind, Faults
from .request_body import read_body
from .request_log import Record, RequestLog
from .rest import RestDialect
from .soap import PATH as SOAP_PATH
from .soap import SoapDialect

MAX_BODY_BYTES = 4 * 1024 * 1024

# Of REST and, with the operation behind the path, of SOAP.
_LOGINS = ("/session", "/sessions", "/login")

_AUTHORITY = re.compile(r"[\w.%:\[\]-]+", re.ASCII)


class PresenceFront:
    """The HTTP application of one node's presence service."""

    def __init__(
        self,
        deployment: Deployment,
        node: Node,
        *,
        faults: Faults,
        log: RequestLog,
        clock: Clock,
        on_change: Callable[[], None],
    ) -> None:
        """`on_change` is called after every request."""
        self._deployment = deployment
        self._node = node
        self._rest = RestDialect(node.service)
        self._soap = SoapDialect(node.service)
        self._faults = faults
        self._log = log
        self._clock = clock
        self._on_change = on_change

    def application(self) -> web.Application:
        application = web.Application(
            client_max_size=MAX_BODY_BYTES,
            middlewares=[self._node.workers.middleware(), connection_to(self._node)],
        )
        # (?s): the path may contain an encoded line break.
        application.router.add_route("*", "/{path:(?s:.*)}", self._handle)
        return application

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        record = Record(
            self._clock.utc(), _source(request), request.method, request.path_qs, self._node.name
        )
        self._log.add(record)
        call, unreadable = await _read(request)
        dialect = self._soap if _is_soap(call) else self._rest
        record.operation = dialect.operation(call)
        path = f"{SOAP_PATH}/{record.operation}" if record.operation else call.path
        strikes = {"method": call.method, "path": path, "node": self._node.name}
        answer = self._answer(call, dialect, unreadable, strikes)
        self._on_change()
        delay = self._faults.use(FaultKind.DELAY, **strikes)
        if delay is not None and delay.delay is not None:
            await self._clock.sleep(delay.delay)
        truncation = self._faults.use(FaultKind.TRUNCATE, **strikes)
        if truncation is not None and truncation.length is not None:
            return await _cut(request, answer, truncation.length, record)
        record.status = answer.status
        return web.Response(status=answer.status, body=answer.body, headers=_headers(answer))

    def _answer(
        self,
        call: Call,
        dialect: RestDialect | SoapDialect,
        unreadable: PresenceServiceError | None,
        strikes: Mapping[str, str],
    ) -> Answer:
        garbage = self._faults.use(FaultKind.GARBAGE, **strikes)
        if garbage is not None and garbage.garbage is not None:
            content = garbage.garbage
            return Answer(content.status, content.encoded, content.content_type)
        error = self._faults.use(*ANSWERED_WITH_AN_ERROR, **strikes)
        if error is not None and error.code is not None:
            return dialect.failure(PresenceServiceError(error.code), call)
        try:
            self._node.meter.admit()
        except PresenceServiceError as beyond:
            return dialect.failure(beyond, call)
        answer = self._answer_admitted(call, dialect, unreadable)
        milliseconds = cost(
            is_login=call.method in ("POST", "PUT") and strikes["path"].endswith(_LOGINS),
            received=len(call.body),
            sent=len(answer.body),
        )
        self._node.meter.charge(milliseconds)
        return answer

    def _answer_admitted(
        self,
        call: Call,
        dialect: RestDialect | SoapDialect,
        unreadable: PresenceServiceError | None,
    ) -> Answer:
        if unreadable is not None:
            return dialect.failure(unreadable, call)
        self._deployment.expire()
        return dialect.answer(call)


async def _read(request: web.Request) -> tuple[Call, PresenceServiceError | None]:
    """Return the request, and the error if its body cannot be read."""
    unreadable = None
    try:
        body = await _body(request)
    except PresenceServiceError as error:
        unreadable, body = error, b""
    call = Call(
        request.method,
        request.rel_url.raw_path,
        request.rel_url.raw_query_string,
        request.headers,
        body,
        request.scheme,
        _authority(request),
    )
    return call, unreadable


def _is_soap(call: Call) -> bool:
    return call.path.removesuffix("/") == SOAP_PATH


async def _body(request: web.Request) -> bytes:
    """Return the body. Codes: 150."""
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        raise PresenceServiceError(Code.UNREADABLE_BODY)
    return await read_body(request, MAX_BODY_BYTES)


async def _cut(
    request: web.Request, answer: Answer, length: int, record: Record
) -> web.StreamResponse:
    """Send the head and the first bytes of the body, then close the connection.

    An answer without a body is not sent at all.
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


def _authority(request: web.Request) -> str:
    """Return the requested host and port; those of the socket if the header is invalid."""
    asked = request.headers.get("Host", "")
    if _AUTHORITY.fullmatch(asked):
        return asked
    return _address(request.get_extra_info("sockname"))


def _source(request: web.Request) -> str:
    return _address(request.get_extra_info("peername"))


def _address(name: tuple[str, int] | None) -> str:
    """Format a socket address; None, of a closed connection, is empty."""
    if name is None:
        return ""
    host, port = name[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
