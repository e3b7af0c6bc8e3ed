"""Reading SOAP answers: whatever the body says counts, however it is spelled."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.cisco_unified_presence.pws import (
    AnswerNotUnderstood,
    ContactPresence,
    InvalidRequest,
    InvalidSession,
    LoggedInElsewhere,
    NoSuchSubscription,
    Presence,
    PresenceServiceError,
    Redirected,
    ServerFailed,
    ServerFault,
    Throttled,
)
from custom_components.cisco_unified_presence.pws.answers import Concerning
from custom_components.cisco_unified_presence.pws.exchange import Answer
from custom_components.cisco_unified_presence.pws.soap_answers import (
    read_id,
    read_presence_list,
    read_response,
    read_session,
    read_status,
)

from .soap_wire import SOAP_1_1, SOAP_1_2, description, fault
from .wire import RICH_ANNA
from .wire import description as rest_description

ABOUT = Concerning("anna", secrets=("KEY",))


def answer(body: str, *, status: int = 200, soap: str = SOAP_1_1) -> Answer:
    """Return an answer with this in its envelope."""
    text = f'<s:Envelope xmlns:s="{soap}"><s:Header/><s:Body>{body}</s:Body></s:Envelope>'
    return Answer.parsed(status, None, text.encode())


def refused(given: Answer) -> ServerFault:
    """Return the fault that an answer is."""
    with pytest.raises(ServerFault) as error:
        read_response(given, ABOUT)
    return error.value


def contacts(body: str, *, rich: bool = False) -> list[ContactPresence]:
    """Return what an answer says of contacts."""
    return list(read_presence_list(read_response(answer(body), ABOUT), rich=rich))


@pytest.mark.parametrize(
    "detail",
    [
        description(133, "Gone"),
        f"<e:CupFault xmlns:e='urn:x'><e:inner>{description(133, 'Gone')}</e:inner></e:CupFault>",
        "<fault code='133' message='Gone' fix='Do better'/>",
        "<Code>133</Code><MESSAGE>Gone</MESSAGE><x><fix>Do better</fix></x>",
    ],
)
@pytest.mark.parametrize("status", [200, 400, 500])
def test_a_code_anywhere_in_the_detail(detail: str, status: int) -> None:
    body = f"<s:Fault><faultcode>x</faultcode><detail>{detail}</detail></s:Fault>"
    error = refused(answer(body, status=status))
    assert type(error) is NoSuchSubscription
    assert (error.code, error.message, error.fix) == (133, "Gone", "Do better")


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        (
            "<s:Fault><faultstring>It is &#x2028;KEY</faultstring></s:Fault>",
            InvalidRequest,
            "It is ***",
        ),
        (
            (
                "<s:Fault><s:Code><s:Value>133</s:Value></s:Code><s:Reason><s:Text>It is</s:Text>"
                "</s:Reason></s:Fault>"
            ),
            InvalidRequest,
            "It is",
        ),
        ("<s:Fault/>", InvalidRequest, "SOAP fault"),
    ],
)
def test_a_fault_without_a_code(body: str, kind: type[ServerFault], message: str) -> None:
    error = refused(answer(body))
    assert (type(error), error.code, error.message) == (kind, None, message)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (Answer.parsed(503, None, rest_description(212, "Slow down")), Throttled),
        (Answer.parsed(200, None, rest_description(101, "Gone")), InvalidSession),
        (answer(description(101, "Gone")), InvalidSession),
        (Answer.parsed(500, None, b"Oops"), ServerFailed),
        (Answer.parsed(409, None, b""), LoggedInElsewhere),
        (answer("<ok/>", status=500), ServerFailed),
    ],
)
def test_faults_in_other_clothes(given: Answer, kind: type[ServerFault]) -> None:
    assert type(refused(given)) is kind


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (Answer.parsed(200, None, b"<html><body/></html>"), "an HTML page"),
        (Answer.parsed(200, None, b"<session/>"), "its root is 'session', not a SOAP envelope"),
        (Answer.parsed(200, None, b"<Envelope/>"), "its root is 'Envelope'"),
        (
            Answer.parsed(200, None, f"<{'r' * 41}/>".encode()),
            f"its root is '{'r' * 40}', not a SOAP envelope",
        ),
        (Answer.parsed(302, "http://elsewhere/", b""), "a redirection"),
        (Answer.parsed(200, None, b"<a"), "not well-formed"),
        (Answer.parsed(200, None, b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "document type"),
    ],
)
def test_what_is_no_answer(given: Answer, what: str) -> None:
    with pytest.raises(AnswerNotUnderstood, match=what):
        read_response(given, ABOUT)


def test_nothing_is_an_answer_to_what_has_no_result() -> None:
    for silent in (Answer.parsed(202, None, b""), answer("")):
        assert read_response(silent, ABOUT) is None
        read_status(None)
        with pytest.raises(AnswerNotUnderstood, match="empty"):
            read_id(None, "endPointID")


@pytest.mark.parametrize("soap", [SOAP_1_1, SOAP_1_2, "urn:whatever"])
def test_logins(soap: str) -> None:
    body = (
        "<r><success><session-key> k </session-key><backup-server>b:1</backup-server></success></r>"
    )
    session = read_session(read_response(answer(body, soap=soap), ABOUT), "anna")
    assert (session.name, session.key, session.backup) == ("anna", "k", "b:1")


def test_a_login_with_an_empty_redirection() -> None:
    body = "<r><success sessionKey='k'/><redirect/></r>"
    assert read_session(read_response(answer(body), ABOUT), "anna").key == "k"


@pytest.mark.parametrize(
    "redirect",
    [
        '<redirect primaryServer="a" backupServer="b"/>',
        "<redirect><primaryServer>a</primaryServer><backupServer>b</backupServer></redirect>",
        "<Redirect><x><primary-server>a</primary-server><BackupServer>b</BackupServer></x></Redirect>",
    ],
)
def test_redirections(redirect: str) -> None:
    with pytest.raises(Redirected) as error:
        read_session(read_response(answer(f"<r>{redirect}</r>"), ABOUT), "anna")
    assert (error.value.primary, error.value.backup, error.value.location) == ("a", "b", None)


def test_a_redirection_by_status() -> None:
    body = b'<session><redirect primaryServer="a" backupServer="b"/></session>'
    with pytest.raises(Redirected) as error:
        read_response(Answer.parsed(307, "https://c:8083/x", body), ABOUT)
    assert (error.value.primary, error.value.backup) == ("a", "b")
    assert error.value.location == "https://c:8083/x"


@pytest.mark.parametrize(
    "body", ["<r/>", "<r><session-key/></r>", "<r><session-key>a b</session-key></r>"]
)
def test_logins_without_a_key(body: str) -> None:
    with pytest.raises(AnswerNotUnderstood, match="session key"):
        read_session(read_response(answer(body), ABOUT), "anna")


@pytest.mark.parametrize("text", ["", "-1", "1.5", "seven", "9" * 19, "\N{ARABIC-INDIC DIGIT ONE}"])
def test_ids_that_are_none(text: str) -> None:
    body = f"<r><endPointID>{text}</endPointID></r>"
    with pytest.raises(AnswerNotUnderstood, match="endPointID"):
        read_id(read_response(answer(body), ABOUT), "endPointID")


def test_statuses() -> None:
    for said in ("SUCCESS", " success "):
        read_status(read_response(answer(f"<r><status>{said}</status></r>"), ABOUT))
    with pytest.raises(AnswerNotUnderstood, match="'FAILURE'"):
        read_status(read_response(answer("<r status='FAILURE'/>"), ABOUT))


BUSY = ContactPresence("b@x", Presence.BUSY)


@pytest.mark.parametrize(
    "body",
    [
        '<r><contact contactURI="b@x" presenceStatus="BUSY"/></r>',
        '<r><contacts><contact contact-uri="b@x" basicPresence="busy"/></contacts></r>',
        "<r><l><Contact><contactURI>b@x</contactURI><presenceStatus>BUSY</presenceStatus></Contact></l></r>",
        "<contact><contactURI>b@x</contactURI><x/><basicPresence> BUSY </basicPresence></contact>",
    ],
)
def test_contacts_in_any_shape(body: str) -> None:
    assert contacts(body) == [BUSY]


def test_no_contacts() -> None:
    assert contacts("<r><presenceList type='basic'/></r>") == []


def test_rich_presence_as_element_and_as_text() -> None:
    document = RICH_ANNA.decode()
    escaped = document.replace("&", "&amp;").replace("<", "&lt;")
    seen = contacts(
        f'<r><contact contactURI="a@x">{document}</contact>'
        f"<contact><contactURI>b@x</contactURI><richPresence>{escaped}</richPresence></contact>"
        f"<contact><contactURI>c@x</contactURI><richPresence><![CDATA[{document}]]></richPresence>"
        '</contact><contact contactURI="d@x"/></r>',
        rich=True,
    )
    assert [one.contact for one in seen] == ["a@x", "b@x", "c@x", "d@x"]
    assert [one.presence for one in seen] == [Presence.BUSY] * 3 + [Presence.UNKNOWN]
    assert [one.rich and one.rich.note for one in seen] == ["Custom DND"] * 3 + [None]


@given(st.integers(100, 599), st.binary(max_size=200) | st.just(fault(101).data))
def test_whatever_comes_is_an_answer_or_an_error_of_ours(status: int, body: bytes) -> None:
    with suppress(PresenceServiceError):
        read_response(Answer.parsed(status, None, body), ABOUT)
