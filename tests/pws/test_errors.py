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


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (ConnectFailure.HOST_NOT_FOUND, "The host of cup was not found; check its name."),
        (ConnectFailure.UNREACHABLE, "The network has no way to cup."),
        (ConnectFailure.REFUSED, "Nothing accepts connections at cup; check host and port."),
        (ConnectFailure.TIMED_OUT, "No answer came from cup in time."),
        (
            ConnectFailure.NOT_TLS,
            "There is no TLS at cup; the HTTPS port is usually 8083, the plain HTTP port 8082.",
        ),
        (ConnectFailure.TLS_REQUIRED, "TLS is needed at cup, which was spoken to in plain HTTP."),
        (ConnectFailure.TLS_FAILED, "No secure connection to cup could be agreed on."),
        (ConnectFailure.DROPPED, "The connection to cup broke before the answer was complete."),
    ],
)
def test_what_is_said_of_each_failure_to_connect(reason: ConnectFailure, sentence: str) -> None:
    assert str(CannotConnect(reason, "cup")) == sentence


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (
            RedirectRefusal.NOT_ALLOWED,
            "one sends a user on to two, which is not among the nodes that may be used.",
        ),
        (
            RedirectRefusal.OTHER_SCHEME,
            (
                "one sends a user on to two with another kind of connection; use HTTPS, or plain"
                " HTTP, for all nodes alike."
            ),
        ),
        (
            RedirectRefusal.UNREADABLE,
            (
                "one sends a user on to another node, which it does not name in a way that can be"
                " understood (two)."
            ),
        ),
        (
            RedirectRefusal.LOOP,
            (
                "one sends a user on to two, which sent that user here; the nodes disagree about"
                " the user's home."
            ),
        ),
        (
            RedirectRefusal.TOO_MANY,
            "one sends a user on to two, after too many other nodes.",
        ),
    ],
)
def test_what_is_said_of_each_redirection(refusal: RedirectRefusal, sentence: str) -> None:
    assert str(RedirectRefused("one", "two", refusal)) == sentence


def test_what_is_said_of_an_answer_that_is_lost() -> None:
    assert str(AnswerLost("cup")) == (
        "The answer of cup was lost on the way, and its news perhaps too."
    )
    assert AnswerLost("cup").address == "cup"
