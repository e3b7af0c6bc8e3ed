"""Errors of aiohttp and ssl turned into the client's own."""

import socket
import ssl
from typing import Final

import aiohttp
from yarl import URL

from .errors import (
    AnswerNotUnderstood,
    CannotConnect,
    CertificateChanged,
    ConnectFailure,
    PresenceServiceError,
    UntrustedCertificate,
)
from .model import SERVICE_PATH, Server

# What OpenSSL calls bytes that are no TLS record.
_NOT_TLS: Final = frozenset(
    {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"}
)

# The first that fits counts.
_REASONS: Final[tuple[tuple[type[OSError], ConnectFailure], ...]] = (
    (ssl.SSLError, ConnectFailure.TLS_FAILED),
    (socket.gaierror, ConnectFailure.HOST_NOT_FOUND),
    (TimeoutError, ConnectFailure.TIMED_OUT),
    (ConnectionRefusedError, ConnectFailure.REFUSED),
    (ConnectionError, ConnectFailure.DROPPED),
)


def root_url(server: Server, path: str = SERVICE_PATH) -> URL:
    """Return the URL of a service. Raises CannotConnect for a host that is none."""
    try:
        url = URL(server.url_of(path))
        # Resolving raises UnicodeError for an empty or a long label, and nobody catches that.
        (url.raw_host or "").encode("idna")
    except ValueError as error:
        raise CannotConnect(ConnectFailure.HOST_NOT_FOUND, server.address) from error
    return url


def request_failure(
    error: aiohttp.ClientError | TimeoutError, address: str
) -> PresenceServiceError:
    """Return the error to raise for a request without a complete answer."""
    match error:
        case TimeoutError():
            return CannotConnect(ConnectFailure.TIMED_OUT, address)
        case aiohttp.ServerFingerprintMismatch():
            return CertificateChanged(error.expected.hex(), error.got.hex(), address)
        case aiohttp.ClientConnectorCertificateError():
            return _certificate_failure(error.certificate_error, address)
        case aiohttp.ClientConnectorError():
            return connect_failure(error.os_error, address)
        case aiohttp.ClientResponseError():
            return AnswerNotUnderstood("it is not HTTP")
        case _:
            return CannotConnect(ConnectFailure.DROPPED, address)


def _certificate_failure(error: Exception, address: str) -> CannotConnect:
    if isinstance(error, OSError):
        return connect_failure(error, address)
    return CannotConnect(ConnectFailure.TLS_FAILED, address)


def connect_failure(error: OSError, address: str) -> CannotConnect:
    """Return the error to raise for a failed connection."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return UntrustedCertificate(error.verify_message, address)
    return CannotConnect(_reason(error), address)


def _reason(error: OSError) -> ConnectFailure:
    if isinstance(error, ssl.SSLError) and error.reason in _NOT_TLS:
        return ConnectFailure.NOT_TLS
    reasons = (reason for kind, reason in _REASONS if isinstance(error, kind))
    return next(reasons, ConnectFailure.UNREACHABLE)
