"""Errors: their classes by code, and their sentences."""

import pytest

from custom_components.cisco_unified_presence.pws import (
    AnswerLost,
    AnswerNotUnderstood,
    BadContact,
    CannotConnect,
    CertificateChanged,
    ConnectFailure,
    EndpointRefused,
    InvalidCredentials,
    InvalidRequest,
    InvalidSession,
    LoggedInElsewhere,
    NoFreeEndpoint,
    NoFreeSubscription,
    NoSuchEndpoint,
    NoSuchSubscription,
    PresenceRefused,
    PresenceServiceError,
    Redirected,
    ServerFailed,
    ServerFault,
    Throttled,
    UnknownUser,
    UntrustedCertificate,
)
from custom_components.cisco_unified_presence.pws.errors import fault_class

# The table of the reference, "Error codes", written out.
CODES = {
    InvalidSession: [100, 101],
    InvalidCredentials: [111, 114],
    UnknownUser: [113],
    LoggedInElsewhere: [160],
    Throttled: [210, 212],
    NoFreeEndpoint: [138],
    NoFreeSubscription: [139, 211],
    NoSuchEndpoint: [132, 136],
    NoSuchSubscription: [133, 137],
    BadContact: [124, 143, 147, 148],
    PresenceRefused: [115, 120, 121, 122, 125, 161, 162],
    EndpointRefused: [130, 142],
    ServerFailed: [200, 201, 202, 203, 204, 205, 206, 207, 208, 209],
    InvalidRequest: [102, 103, 110, 112, 123, 131, 134, 135, 140, 141, 144, 145, 146, 150, 999],
}


@pytest.mark.parametrize(
    ("code", "kind"), [(code, kind) for kind, codes in CODES.items() for code in codes]
)
def test_a_code_decides_whatever_the_status(code: int, kind: type[ServerFault]) -> None:
    assert fault_class(code, 400) is kind
    assert fault_class(code, 200) is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidRequest),
        (401, InvalidSession),
        (404, InvalidRequest),
        (405, InvalidRequest),
        (409, LoggedInElsewhere),
        (499, InvalidRequest),
        (500, ServerFailed),
        (503, ServerFailed),
        (599, ServerFailed),
    ],
)
def test_without_a_code_the_status_decides(status: int, kind: type[ServerFault]) -> None:
    assert fault_class(None, status) is kind


def test_an_unknown_code_is_judged_by_its_status() -> None:
    assert fault_class(250, 500) is ServerFailed
    assert fault_class(250, 401) is InvalidRequest


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            BadContact(124, "Bad contact.", "Fix it", 400, user="anna", contact="x@y"),
            (
                "The server does not accept the contact (user anna, contact x@y, code 124, "
                "Bad contact)."
            ),
        ),
        (ServerFailed(status=502), "The server failed (HTTP status 502)."),
        (Throttled(), "The server is too busy at the moment."),
        (
            CannotConnect(ConnectFailure.REFUSED, "cup:8083"),
            "Nothing accepts connections at cup:8083; check host and port.",
        ),
        (CannotConnect(ConnectFailure.TIMED_OUT), "No answer came from the server in time."),
        (
            UntrustedCertificate("self-signed certificate", "cup:8083"),
            "The certificate of cup:8083 is not trusted (self-signed certificate).",
        ),
        (UntrustedCertificate(), "The certificate of the server is not trusted."),
        (
            CertificateChanged("aa", "bb", "cup:8083"),
            (
                "The certificate of cup:8083 has changed: "
                "its SHA-256 fingerprint is bb, but aa was trusted."
            ),
        ),
        (
            AnswerNotUnderstood("it is an HTML page"),
            "The server's answer was not understood: it is an HTML page.",
        ),
        (
            AnswerLost("cup:8083"),
            "The answer of cup:8083 was lost on the way, and its news perhaps too.",
        ),
        (
            Redirected("cup2", None, "https://cup2:8083/x"),
            "The user is homed on another node: cup2.",
        ),
        (Redirected(None, None, None), "The user is homed on another node: it was not named."),
    ],
)
def test_an_error_is_a_sentence(error: PresenceServiceError, sentence: str) -> None:
    assert str(error) == sentence


@pytest.mark.parametrize("reason", ConnectFailure)
def test_every_failure_to_connect_names_the_address(reason: ConnectFailure) -> None:
    error = CannotConnect(reason, "cup:8083")
    assert "cup:8083" in str(error)
    assert str(error).endswith(".")
    assert error.reason is reason
