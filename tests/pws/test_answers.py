"""What faults mean, and what is said of whom, in either dialect."""

import pytest

from custom_components.cisco_unified_presence.pws import (
    BadContact,
    InvalidCredentials,
    InvalidSession,
    LoggedInElsewhere,
    ServerFault,
    UnknownApplicationUser,
    UnknownUser,
)
from custom_components.cisco_unified_presence.pws.answers import (
    Concerning,
    logging_in_application,
    logging_in_end_user,
    redirected,
    refusing,
    turned_into,
)
from custom_components.cisco_unified_presence.pws.xml import parse


def told(fault: ServerFault) -> tuple[type[ServerFault], tuple[object, ...]]:
    said = (fault.code, fault.message, fault.fix, fault.status, fault.user, fault.contact)
    return type(fault), said


def fault_of(kind: type[ServerFault], code: int) -> ServerFault:
    return kind(code, "No", "Do", 400, user="anna", contact="b@x")


SAID_OF_ANNA = ("No", "Do", 400, "anna", None)


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (InvalidSession, InvalidCredentials),
        (UnknownUser, UnknownApplicationUser),
        (InvalidCredentials, InvalidCredentials),
        (LoggedInElsewhere, LoggedInElsewhere),
    ],
)
def test_a_login_of_the_application(raised: type[ServerFault], expected: type[ServerFault]) -> None:
    fault = fault_of(raised, 101)
    with pytest.raises(ServerFault) as error, logging_in_application():
        raise fault
    if raised is expected:
        assert error.value is fault
    else:
        assert told(error.value) == (expected, (101, *SAID_OF_ANNA))
        assert error.value.__cause__ is fault


@pytest.mark.parametrize(
    ("raised", "code", "expected"),
    [
        (InvalidCredentials, 114, UnknownUser),
        (InvalidCredentials, 111, InvalidCredentials),
        (InvalidSession, 101, InvalidSession),
    ],
)
def test_a_login_of_an_end_user(
    raised: type[ServerFault], code: int, expected: type[ServerFault]
) -> None:
    fault = fault_of(raised, code)
    with pytest.raises(ServerFault) as error, logging_in_end_user():
        raise fault
    if raised is expected:
        assert error.value is fault
    else:
        assert told(error.value) == (expected, (code, *SAID_OF_ANNA))


def test_what_cannot_be_sent() -> None:
    refusal = BadContact(user="anna")
    with pytest.raises(BadContact) as error, refusing(refusal):
        raise ValueError("no XML")
    assert error.value is refusal
    with pytest.raises(KeyError), refusing(refusal):
        raise KeyError
    with refusing(refusal):
        pass


def test_a_fault_as_another_one() -> None:
    assert told(turned_into(UnknownUser, fault_of(BadContact, 5))) == (
        UnknownUser,
        (5, *SAID_OF_ANNA),
    )


@pytest.mark.parametrize(
    ("secrets", "text", "shown"),
    [
        ((), " a\nb ", "a b"),
        (("", "KEY"), "a KEY b", "a *** b"),
        (("one", "two"), "twoone", "******"),
        ((), "x" * 201, "x" * 200),
    ],
)
def test_words_without_secrets(secrets: tuple[str, ...], text: str, shown: str) -> None:
    assert Concerning("anna", secrets=secrets).without_secrets(text) == shown


@pytest.mark.parametrize(
    ("location", "body", "primary", "backup"),
    [
        (None, None, None, None),
        ("https://two.example:8083/x", None, "two.example", None),
        ("https://[:/", None, None, None),
        ("", b"<r><primaryServer>one</primaryServer></r>", "one", None),
        (
            "https://two/x",
            b"<r primaryServer='one'><backupServer> three </backupServer></r>",
            "one",
            "three",
        ),
        ("https://two/x", b"<r><backupServer>three</backupServer></r>", "two", "three"),
        (None, f"<r><primaryServer>{'n' * 301}</primaryServer></r>".encode(), None, None),
        (None, f"<r><primaryServer>{'n' * 300}</primaryServer></r>".encode(), "n" * 300, None),
    ],
)
def test_where_a_user_is_sent(
    location: str | None, body: bytes | None, primary: str | None, backup: str | None
) -> None:
    redirect = redirected(location, None if body is None else parse(body))
    assert (redirect.primary, redirect.backup, redirect.location) == (primary, backup, location)
