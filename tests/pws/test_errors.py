"""Errors: their sentences."""

import pytest
from syrupy.assertion import SnapshotAssertion

from custom_components.cisco_unified_presence.pws import (
    AnswerLost,
    AnswerNotUnderstood,
    BadContact,
    CannotConnect,
    CertificateChanged,
    ConnectFailure,
    PresenceServiceError,
    Redirected,
    RedirectRefusal,
    RedirectRefused,
    ServerFailed,
    Throttled,
    UntrustedCertificate,
)


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


def test_the_sentences_of_every_reason(snapshot: SnapshotAssertion) -> None:
    failures = {each.value: str(CannotConnect(each, "cup:8083")) for each in ConnectFailure}
    refusals = {each.value: str(RedirectRefused("cup1", "cup2", each)) for each in RedirectRefusal}
    assert {"connect": failures, "redirect": refusals} == snapshot
