"""Reading answers: faults, redirections, sessions and locations."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.pws import (
    AnswerNotUnderstood,
    BadContact,
    InvalidRequest,
    InvalidSession,
    Redirected,
    ServerFailed,
    ServerFault,
    Throttled,
)
from custom_components.cisco_unified_presence.pws.answers import Concerning
from custom_components.cisco_unified_presence.pws.exchange import Answer
from custom_components.cisco_unified_presence.pws.rest_answers import (
    Reply,
    read_location_id,
    read_reply,
    read_session,
)

from .wire import description

ABOUT = Concerning("anna", secrets=("KEY", ""))


HTML = b"<!DOCTYPE html><html><body><h1>It works!</h1></body></html>"


def replied(body: bytes, location: str | None = None) -> Reply:
    """Return a successful answer."""
    return read_reply(Answer.parsed(200, location, body), ABOUT)


def refused(status: int, body: bytes, about: Concerning = ABOUT) -> ServerFault:
    """Return the fault that an answer is."""
    with pytest.raises(ServerFault) as error:
        read_reply(Answer.parsed(status, None, body), about)
    return error.value


@pytest.mark.parametrize("status", [503, 200])
def test_a_fault_as_a_real_server_writes_it(status: int) -> None:
    body = description(210, "Max cpu utilization reached", "Wait before sending another request")
    fault = refused(status, body)
    assert type(fault) is Throttled
    assert (fault.code, fault.message, fault.fix, fault.status, fault.user) == (
        210,
        "Max cpu utilization reached",
        "Wait before sending another request",
        status,
        "anna",
    )


@pytest.mark.parametrize(
    "body",
    [
        b'<description code="133" message="m" fix="f"/>',
        b"<error><description><code>133</code></description></error>",
        b'<d:description xmlns:d="urn:d"><d:code> 133 </d:code></d:description>',
    ],
)
def test_a_fault_in_other_shapes(body: bytes) -> None:
    assert refused(400, body).code == 133


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, InvalidSession), (404, InvalidRequest), (405, InvalidRequest), (503, ServerFailed)],
)
@pytest.mark.parametrize(
    "body", [b"", HTML, b"garbage", b"<description><code>x</code></description>"]
)
def test_a_fault_without_a_code(status: int, kind: type[ServerFault], body: bytes) -> None:
    fault = refused(status, body)
    assert type(fault) is kind
    assert (fault.code, fault.status) == (None, status)


def test_a_fault_shows_no_secret_and_stays_one_line() -> None:
    fault = refused(400, description(101, "Key\n KEY\u2028is\u0085 bad " + "x" * 1000, "KEY?"))
    assert fault.message.startswith("Key *** is bad xxx")
    assert len(fault.message) == 200
    assert fault.fix == "***?"
    assert "KEY" not in str(fault)
    assert "KEY" not in repr(fault)
    assert "KEY" not in repr(ABOUT)


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        (("ben@x",), "ben@x"),
        (("ben@x", "cy@x"), "cy@x"),
        (("ben@x", "di@x"), None),
        ((), None),
    ],
)
def test_a_fault_names_the_contact(asked: tuple[str, ...], named: str | None) -> None:
    fault = refused(400, description(124, "Bad contact cy@x"), Concerning("anna", asked))
    assert type(fault) is BadContact
    assert fault.contact == named


@pytest.mark.parametrize(
    ("status", "body", "what"),
    [
        (200, HTML, "document type|HTML page"),
        (200, b"<HTML><body/></HTML>", "HTML page"),
        (200, b"OK", "not well-formed"),
        (200, b"<description><code/></description>", "error without a code"),
        (200, b"<description/>", "error without a code"),
        (302, b"", "redirection .HTTP status 302"),
        (304, b"", "redirection"),
        (308, HTML, "redirection"),
    ],
)
def test_what_is_no_answer(status: int, body: bytes, what: str) -> None:
    with pytest.raises(AnswerNotUnderstood, match=what):
        read_reply(Answer.parsed(status, "http://elsewhere/", body), ABOUT)


@pytest.mark.parametrize("body", [b"", b"\r\n"])
def test_an_empty_answer(body: bytes) -> None:
    assert replied(body) == Reply(None, None)


NODE = "https://node2.example.com:8083/presence-service/users/anna/session"


@pytest.mark.parametrize(
    ("body", "location", "expected"),
    [
        (
            b'<session><redirect primaryServer="node2" backupServer="node1"/></session>',
            NODE,
            ("node2", "node1", NODE),
        ),
        (
            (
                b'<s:session xmlns:s="urn:s"><s:redirect><s:primaryServer>node2</s:primaryServer>'
                b"</s:redirect></s:session>"
            ),
            None,
            ("node2", None, None),
        ),
        (b"", NODE, ("node2.example.com", None, NODE)),
        (HTML, "http://[", (None, None, "http://[")),
        (b"", None, (None, None, None)),
    ],
)
def test_a_user_homed_elsewhere(
    body: bytes, location: str | None, expected: tuple[str | None, ...]
) -> None:
    with pytest.raises(Redirected) as error:
        read_reply(Answer.parsed(307, location, body), ABOUT)
    assert (error.value.primary, error.value.backup, error.value.location) == expected


@pytest.mark.parametrize(
    "body",
    [
        b"<session><sessionKey>\n k-1 </sessionKey><userName>anna</userName></session>",
        b'<session sessionKey="k-1"/>',
        b'<s:session xmlns:s="urn:s"><s:in><s:sessionKey>k-1</s:sessionKey></s:in></s:session>',
    ],
)
def test_a_session_key(body: bytes) -> None:
    assert read_session(replied(body), "anna").key == "k-1"


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "empty"),
        (b"<session/>", "session key"),
        (b"<session><sessionKey/></session>", "session key"),
        (b"<session><sessionKey>a\nb: c</sessionKey></session>", "session key"),
        (b"<session><sessionKey>\xc3\xbc</sessionKey></session>", "session key"),
        (b"<session><sessionKey>%s</sessionKey></session>" % (b"k" * 1025), "session key"),
        (b"<presenceList/>", "root is 'presenceList', not 'session'"),
    ],
)
def test_no_session_key(body: bytes, what: str) -> None:
    with pytest.raises(AnswerNotUnderstood, match=what):
        read_session(replied(body), "anna")


@pytest.mark.parametrize(
    "location",
    [
        "http://host/presence-service/endpoints/12",
        "https://[::1]:8083/presence-service/endpoints/12/",
        "/presence-service/endpoints/12",
        " http://host/presence-service/endpoints/12?x=1 ",
        "http://host/endpoints/3/endpoints/12",
    ],
)
def test_the_id_in_a_location(location: str) -> None:
    assert read_location_id(replied(b"", location), "endpoints") == 12


@given(st.integers(0, 10**18 - 1), st.text(max_size=20))
def test_any_id_behind_any_user(number: int, user: str) -> None:
    location = f"http://h/presence-service/users/{user.replace('?', '')}/subscriptions/{number}"
    assert read_location_id(replied(b"", location), "subscriptions") == number


@pytest.mark.parametrize(
    "location",
    [
        None,
        "",
        "http://host/presence-service/endpoints/",
        "http://host/presence-service/endpoints/x",
        "http://host/presence-service/endpoints/-1",
        "http://host/presence-service/endpoints/1.5",
        "http://host/presence-service/endpoints/1/2",
        "http://host/presence-service/endpoints/\u0661",
        "http://host/presence-service/endpoints/" + "9" * 19,
        "http://host/presence-service/users/anna/subscriptions/1",
    ],
)
def test_a_location_that_leads_elsewhere(location: str | None) -> None:
    with pytest.raises(AnswerNotUnderstood, match="endpoints"):
        read_location_id(replied(b"", location), "endpoints")


@given(st.text())
def test_any_location_is_an_id_or_refused(location: str) -> None:
    try:
        number = read_location_id(replied(b"", location), "endpoints")
    except AnswerNotUnderstood:
        return
    assert str(number) in location


@pytest.mark.parametrize(("name", "taken"), [("cup2", True), ("c" * 300, True), ("c" * 301, False)])
def test_a_backup_that_can_be_no_name_is_none(name: str, taken: bool) -> None:  # noqa: FBT001 (given)
    body = f'<session backupServer="{name}"><sessionKey>KEY</sessionKey></session>'
    assert read_session(replied(body.encode()), "anna").backup == (name if taken else None)
