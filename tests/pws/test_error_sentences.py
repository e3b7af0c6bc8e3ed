"""What errors of the client say, and what they say of the server."""

from asyncio import CancelledError
from collections.abc import Callable
from inspect import signature

import pytest

from custom_components.cisco_unified_presence import pws
from custom_components.cisco_unified_presence.pws import (
    AnswerLost,
    AnswerNotUnderstood,
    BadContact,
    CannotConnect,
    CannotRemoveContacts,
    CertificateChanged,
    ConfigurationUnavailable,
    ConnectFailure,
    ContactService,
    EndpointRefused,
    InvalidCredentials,
    InvalidRequest,
    InvalidSession,
    LoggedInElsewhere,
    NoFreeEndpoint,
    NoFreeSubscription,
    NoSuchEndpoint,
    NoSuchSubscription,
    PinnedCertificate,
    PlainHttp,
    Presence,
    PresenceClient,
    PresenceRefused,
    Server,
    ServerFailed,
    ServerFault,
    SessionTakenOver,
    Throttled,
    UnknownApplicationUser,
    UnknownUser,
    UntrustedCertificate,
    make_ssl_context,
    transport,
    write_pidf,
)
from custom_components.cisco_unified_presence.pws.addresses import read_url
from custom_components.cisco_unified_presence.pws.model import TrustedAuthority
from custom_components.cisco_unified_presence.pws.rest import _segment
from custom_components.cisco_unified_presence.pws.soap_defaults import default_element


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: read_url("//[a]@"), "There is no host."),
        (lambda: PinnedCertificate("ab"), "A SHA-256 fingerprint has 64 hexadecimal digits."),
        (
            lambda: Server(host="cup", port=0, security=PlainHttp()),
            "A port lies between 1 and 65535, 0 does not.",
        ),
        (lambda: write_pidf("a@x", Presence.UNKNOWN), "UNKNOWN cannot be set."),
        (lambda: _segment(" . "), "A path cannot hold an empty name."),
        (
            lambda: make_ssl_context(TrustedAuthority("no certificate")),
            "The authority's text is not a certificate in PEM form.",
        ),
        (
            lambda: transport._trust(TrustedAuthority(""), None),
            "A trusted authority needs the context made from it.",
        ),
    ],
)
def test_why_a_value_is_refused(call: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as error:
        call()
    assert str(error.value) == sentence


def test_what_the_reference_lacks() -> None:
    with pytest.raises(LookupError) as error:
        default_element("log-around", None)
    assert str(error.value) == "The reference has no log-around."


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (ServerFault, "The server refused the request."),
        (InvalidSession, "The session is not valid any more."),
        (
            SessionTakenOver,
            (
                "The session keeps ending; another copy of the application, perhaps, logs in by"
                " force with the same account."
            ),
        ),
        (InvalidCredentials, "The server refused the user name or the password."),
        (UnknownApplicationUser, "The server does not know this application user."),
        (UnknownUser, "The server does not know this user."),
        (LoggedInElsewhere, "The user is logged in elsewhere."),
        (Throttled, "The server is too busy at the moment."),
        (NoFreeEndpoint, "The server has no free endpoint for notifications."),
        (NoFreeSubscription, "The server has no free subscription."),
        (NoSuchEndpoint, "The server does not know the endpoint any more."),
        (NoSuchSubscription, "The server does not know the subscription any more."),
        (BadContact, "The server does not accept the contact."),
        (PresenceRefused, "The presence cannot be set."),
        (EndpointRefused, "The server does not accept the callback address."),
        (ServerFailed, "The server failed."),
        (InvalidRequest, "The server did not understand the request."),
    ],
)
def test_faults_of_which_nothing_is_known(kind: type[ServerFault], sentence: str) -> None:
    fault = kind()
    assert str(fault) == sentence
    assert (fault.code, fault.message, fault.fix, fault.status) == (None, "", "", None)
    assert (fault.user, fault.contact) == (None, None)
    assert fault.args == (None, "", "", None)


def test_what_a_fault_says() -> None:
    said = ServerFault(5, "No.", "Do", 400, user="anna", contact="b@x")
    assert str(said) == ("The server refused the request (user anna, contact b@x, code 5, No).")
    assert str(ServerFault(status=502)) == "The server refused the request (HTTP status 502)."
    assert str(ServerFault(0, status=502)) == "The server refused the request (code 0)."


def test_errors_of_which_little_is_known() -> None:
    assert str(CannotConnect(ConnectFailure.TIMED_OUT)) == "No answer came from the server in time."
    assert str(UntrustedCertificate()) == "The certificate of the server is not trusted."
    assert CertificateChanged("a", "b").address == AnswerLost().address == "the server"
    assert AnswerNotUnderstood("x").sample == ""
    assert str(CannotRemoveContacts()) == (
        "The server cannot take single contacts out of a subscription."
    )
    assert str(ConfigurationUnavailable()) == (
        "The server does not tell its presence domain or its contact lists."
    )


@pytest.mark.parametrize(
    ("error", "may_have_been_done"),
    [
        (CannotConnect(ConnectFailure.DROPPED), True),
        (CannotConnect(ConnectFailure.TIMED_OUT), True),
        (CannotConnect(ConnectFailure.REFUSED), False),
        (UntrustedCertificate(), False),
        (AnswerLost(), True),
        (AnswerNotUnderstood("x"), True),
        (CancelledError(), True),
        (Throttled(), False),
        (ValueError(), False),
    ],
)
def test_what_may_have_been_done(error: BaseException, *, may_have_been_done: bool) -> None:
    assert pws.may_have_been_done(error) is may_have_been_done


def test_how_long_is_waited_for_a_server() -> None:
    def usual(made: Callable[..., object], name: str) -> object:
        return signature(made).parameters[name].default

    assert usual(PresenceClient, "timeout") == 10
    assert usual(PresenceClient, "patience") == 60
    assert usual(ContactService, "timeout") == 10
