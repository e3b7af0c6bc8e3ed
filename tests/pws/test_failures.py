"""What errors of the network, of TLS and of HTTP are told as."""

import socket
import ssl
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import aiohttp
import pytest

from custom_components.cisco_unified_presence.pws import (
    AnswerNotUnderstood,
    CannotConnect,
    CertificateChanged,
    ConnectFailure,
    PlainHttp,
    PresenceServiceError,
    Server,
    SystemTrust,
    UntrustedCertificate,
    exchange,
    open_session,
)
from custom_components.cisco_unified_presence.pws.exchange import Answer, Exchange, Request
from custom_components.cisco_unified_presence.pws.failures import (
    connect_failure,
    request_failure,
    root_url,
)

from .byte_server import ByteServer, Reply, Then, http

HERE = "cup:8083"


def tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, reason)
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (tls_error("WRONG_VERSION_NUMBER"), ConnectFailure.NOT_TLS),
        (tls_error("RECORD_LAYER_FAILURE"), ConnectFailure.NOT_TLS),
        (tls_error("HTTP_REQUEST"), ConnectFailure.NOT_TLS),
        (tls_error("PACKET_LENGTH_TOO_LONG"), ConnectFailure.NOT_TLS),
        (tls_error("SSLV3_ALERT_HANDSHAKE_FAILURE"), ConnectFailure.TLS_FAILED),
        (socket.gaierror(socket.EAI_NONAME, "unknown"), ConnectFailure.HOST_NOT_FOUND),
        (TimeoutError(), ConnectFailure.TIMED_OUT),
        (ConnectionRefusedError(), ConnectFailure.REFUSED),
        (ConnectionResetError(), ConnectFailure.DROPPED),
        (BrokenPipeError(), ConnectFailure.DROPPED),
        (OSError(113, "No route to host"), ConnectFailure.UNREACHABLE),
    ],
)
def test_failed_connections(error: OSError, reason: ConnectFailure) -> None:
    failure = connect_failure(error, HERE)
    assert type(failure) is CannotConnect
    assert (failure.reason, failure.address) == (reason, HERE)
    # aiohttp wraps it.
    wrapped = request_failure(aiohttp.ClientConnectorError(Mock(), error), HERE)
    assert isinstance(wrapped, CannotConnect)
    assert (wrapped.reason, wrapped.address) == (reason, HERE)


def told(error: PresenceServiceError) -> tuple[type[PresenceServiceError], dict[str, Any]]:
    return type(error), vars(error)


def test_a_certificate_that_is_not_trusted() -> None:
    error = ssl.SSLCertVerificationError(1, "x")
    error.verify_message = "self-signed certificate"
    expected = UntrustedCertificate("self-signed certificate", HERE)
    assert told(connect_failure(error, HERE)) == told(expected)
    wrapped = aiohttp.ClientConnectorCertificateError(Mock(), error)
    assert told(request_failure(wrapped, HERE)) == told(expected)
    strange = aiohttp.ClientConnectorCertificateError(Mock(), ValueError("strange"))
    failure = request_failure(strange, HERE)
    assert told(failure) == told(CannotConnect(ConnectFailure.TLS_FAILED, HERE))


def test_another_certificate() -> None:
    error = aiohttp.ServerFingerprintMismatch(b"\xaa", b"\xbb", "cup", 8083)
    expected = CertificateChanged("aa", "bb", HERE)
    assert told(request_failure(error, HERE)) == told(expected)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TimeoutError(), CannotConnect(ConnectFailure.TIMED_OUT, HERE)),
        (aiohttp.ServerTimeoutError(), CannotConnect(ConnectFailure.TIMED_OUT, HERE)),
        (aiohttp.ServerDisconnectedError(), CannotConnect(ConnectFailure.DROPPED, HERE)),
        (aiohttp.ClientPayloadError(), CannotConnect(ConnectFailure.DROPPED, HERE)),
        (
            aiohttp.ClientResponseError(Mock(), ()),
            AnswerNotUnderstood("it is not HTTP"),
        ),
    ],
)
def test_failed_requests(
    error: aiohttp.ClientError | TimeoutError, expected: PresenceServiceError
) -> None:
    assert told(request_failure(error, HERE)) == told(expected)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("cup", "https://cup:8083/presence-service"),
        ("[fd00::5]", "https://[fd00::5]:8083/presence-service"),
        ("", None),
        ("a b", None),
        ("cup..example.com", None),
    ],
)
def test_the_root_of_the_service(host: str, url: str | None) -> None:
    server = Server(host=host, port=8083, security=SystemTrust())
    if url is not None:
        assert str(root_url(server)) == url
        assert str(root_url(server, "/x")) == url.replace("presence-service", "x")
        return
    with pytest.raises(CannotConnect) as error:
        root_url(server)
    assert (error.value.reason, error.value.address) == (
        ConnectFailure.HOST_NOT_FOUND,
        f"{host}:8083",
    )


# Answers


@pytest.mark.parametrize(("length", "charset"), [(256, "latin1"), (257, None)])
def test_a_long_content_type_is_not_read(length: int, charset: str | None) -> None:
    response: Any = SimpleNamespace(headers={"Content-Type": "x" * length}, charset="latin1")
    assert exchange._charset_of(response) == charset


def test_an_answer_that_is_parsed_at_once() -> None:
    empty = Answer.parsed(200, "/x", b" \n")
    assert (empty.status, empty.location, empty.body) == (200, "/x", b" \n")
    assert empty.document() is None
    whole = Answer.parsed(201, None, b"<a>\xe4</a>", "latin1")
    root = whole.document()
    assert root is not None
    assert (root.text, whole.charset, whole.refusal) == ("ä", "latin1", None)
    broken = Answer.parsed(200, None, b"<a>", "latin1")
    assert (broken.root, broken.charset) == (None, "latin1")
    with pytest.raises(AnswerNotUnderstood, match="not well-formed") as error:
        broken.document()
    assert error.value is broken.refusal


ANSWER = b"<a>\xe4</a>"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (
            http(201, ANSWER, Location="/x", Content_Type="text/xml; charset=latin1"),
            (201, "/x", ANSWER, "ä", None, "latin1"),
        ),
        (
            http(400, b"<a>", Content_Type="text/xml; charset=latin1"),
            (400, None, b"<a>", None, "it is not well-formed XML", "latin1"),
        ),
        (http(200, b" \n", Location="/y"), (200, "/y", b" \n", None, None, None)),
    ],
)
async def test_what_is_answered(
    server: ByteServer, reply: Reply, expected: tuple[object, ...]
) -> None:
    server.will(reply)
    target = Server(host="127.0.0.1", port=server.port, security=PlainHttp())
    async with open_session(target, ssl_context=None) as session:
        answer = await Exchange(target, session, 5, root="/root").send(
            Request("POST", "/a%20b?c", {"X-Y": "z"}, b"body")
        )
    (request,) = server.received
    assert request.line == "POST /root/a%20b?c"
    assert (request.headers["X-Y"], request.body) == ("z", b"body")
    text = None if answer.root is None else answer.root.text
    refusal = answer.refusal and answer.refusal.detail
    told = (answer.status, answer.location, answer.body, text, refusal, answer.charset)
    assert told == expected


@pytest.mark.parametrize(
    ("patience", "within"), [(5.0, 3.0), (2.0, 2.0)], ids=["patient", "impatient"]
)
@pytest.mark.parametrize("answer", [b"", b"\x15\x03\x03\x00\x02\x02\x46"])
async def test_a_plain_request_to_a_port_that_speaks_tls(
    server: ByteServer,
    monkeypatch: pytest.MonkeyPatch,
    answer: bytes,
    patience: float,
    within: float,
) -> None:
    probed: list[tuple[Server, float]] = []

    async def speaks_tls(asked: Server, *, within: float) -> bool:
        probed.append((asked, within))
        return True

    monkeypatch.setattr(exchange, "speaks_tls", speaks_tls)
    server.will(Reply(answer, Then.CLOSE))
    target = Server(host="127.0.0.1", port=server.port, security=PlainHttp())
    async with open_session(target, ssl_context=None) as session:
        with pytest.raises(CannotConnect) as error:
            await Exchange(target, session, patience).send(Request("POST", "/"))
    assert (error.value.reason, error.value.address) == (
        ConnectFailure.TLS_REQUIRED,
        target.address,
    )
    assert probed == [(target, within)]


@pytest.mark.parametrize("is_told", [True, False])
@pytest.mark.parametrize(("size", "is_read"), [(20, True), (21, False)])
async def test_an_answer_has_a_limit(
    server: ByteServer, monkeypatch: pytest.MonkeyPatch, size: int, *, is_read: bool, is_told: bool
) -> None:
    monkeypatch.setattr(exchange, "MAX_BODY", 20)
    body = b"<a>" + b"x" * (size - 7) + b"</a>"
    head = b"HTTP/1.0 200 OK\r\n\r\n"
    server.will(http(200, body) if is_told else Reply(head + body, Then.CLOSE))
    target = Server(host="127.0.0.1", port=server.port, security=PlainHttp())
    async with open_session(target, ssl_context=None) as session:
        asked = Exchange(target, session, 5)
        if is_read:
            assert (await asked.send(Request("GET", "/"))).body == body
        else:
            with pytest.raises(AnswerNotUnderstood, match="larger than 8 MiB"):
                await asked.send(Request("GET", "/"))
