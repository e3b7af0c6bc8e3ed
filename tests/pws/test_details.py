"""What is said of answers that are not understood, each sentence whole, and the sample of each."""

from asyncio import CancelledError
from collections.abc import Callable
from inspect import signature
from xml.etree.ElementTree import Element

from lxml import etree
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
    NodePolicy,
    NoFreeEndpoint,
    NoFreeSubscription,
    NoSuchEndpoint,
    NoSuchSubscription,
    PinnedCertificate,
    PlainHttp,
    Presence,
    PresenceClient,
    PresenceRefused,
    Redirected,
    RedirectRefusal,
    RedirectRefused,
    Server,
    ServerFailed,
    ServerFault,
    SessionTakenOver,
    Throttled,
    UnknownApplicationUser,
    UnknownUser,
    UntrustedCertificate,
    contacts,
    encodings,
    make_ssl_context,
    read_pidf,
    salvage,
    transport,
    write_pidf,
    xml,
)
from custom_components.cisco_unified_presence.pws.addresses import read_url
from custom_components.cisco_unified_presence.pws.answers import Concerning, raise_fault
from custom_components.cisco_unified_presence.pws.batches import _matched
from custom_components.cisco_unified_presence.pws.certificate import read_der
from custom_components.cisco_unified_presence.pws.exchange import Answer
from custom_components.cisco_unified_presence.pws.lxml_document import parse_description
from custom_components.cisco_unified_presence.pws.model import TrustedAuthority
from custom_components.cisco_unified_presence.pws.presence_list import read_listed
from custom_components.cisco_unified_presence.pws.rest import _segment
from custom_components.cisco_unified_presence.pws.rest_answers import (
    Reply,
    read_contacts,
    read_location_id,
    read_reply,
    read_session,
    the_one_among,
)
from custom_components.cisco_unified_presence.pws.soap_answers import (
    read_id,
    read_presence_list,
    read_response,
    read_status,
)
from custom_components.cisco_unified_presence.pws.soap_answers import (
    read_session as read_session_of_soap,
)
from custom_components.cisco_unified_presence.pws.soap_defaults import default_element
from custom_components.cisco_unified_presence.pws.soap_writer import _unknown
from custom_components.cisco_unified_presence.pws.wsdl import ServiceDescription
from custom_components.cisco_unified_presence.pws.xml import parse

ANNA = Concerning("anna")
HTML = b"<html><body>x</body></html>"
BLANKS = b" " * 9


def rest(status: int, body: bytes = b"") -> Reply:
    return read_reply(Answer.parsed(status, None, body), ANNA)


def soap(status: int, body: bytes = b"") -> object:
    return read_response(Answer.parsed(status, None, body), ANNA)


def listed(text: str) -> object:
    (found,) = read_listed(parse(text.encode()), rich=False)
    assert found.unreadable is not None
    raise AnswerNotUnderstood(found.unreadable.detail, found.unreadable.sample)


def too_long_a_contact() -> None:
    list(salvage._parsed(b"x" * (256 * 1024 + 1), lambda _: iter(())))  # type: ignore[arg-type, return-value]


ROOT = parse(b"<r>text</r>")


@pytest.mark.parametrize(
    ("read", "detail", "sample"),
    [
        (lambda: raise_fault(200, None, ANNA), "it is an error without a code", ""),
        (lambda: read_session(Reply(None, None), "anna"), "it is empty", ""),
        (
            lambda: read_session(Reply(None, ROOT), "anna"),
            "its root is 'r', not 'session'",
            "<r>text</r>",
        ),
        (
            lambda: read_session(Reply(None, parse(b"<session/>")), "anna"),
            "a login without a session key",
            "",
        ),
        (lambda: rest(300), "it is a redirection (HTTP status 300)", ""),
        (lambda: rest(399), "it is a redirection (HTTP status 399)", ""),
        (lambda: rest(200, HTML), "it is an HTML page", HTML.decode()),
        (
            lambda: read_location_id(Reply(None, None), "endpoints"),
            "it does not say where in endpoints the new one is",
            "",
        ),
        (
            lambda: the_one_among((), "a@x"),
            "it does not speak of the contact that was asked for",
            "",
        ),
        (
            lambda: next(read_contacts(Reply(None, parse(b"<presence/>")))),
            "a rich presence that names nobody",
            "<presence></presence>",
        ),
        (
            lambda: _matched(("a@x", "b@x"), ()),
            "it does not speak of the contacts that were asked for",
            "",
        ),
        (lambda: soap(300), "it is a redirection (HTTP status 300)", ""),
        (lambda: soap(399), "it is a redirection (HTTP status 399)", ""),
        (lambda: soap(200, HTML), "it is an HTML page", ""),
        (lambda: soap(200, b"<r/>"), "its root is 'r', not a SOAP envelope", ""),
        (lambda: read_id(None, "endPointID"), "it is empty", ""),
        (lambda: read_id(ROOT, "endPointID"), "it does not tell the endPointID", ""),
        (lambda: next(read_presence_list(None, rich=False)), "it is empty", ""),
        (
            lambda: read_status(parse(b"<r status='BROKEN'/>")),
            "its status is 'BROKEN'",
            "",
        ),
        (lambda: read_session_of_soap(None, "anna"), "it is empty", ""),
        (lambda: read_der(b"x"), "its certificate is unreadable", ""),
        (
            lambda: contacts._domain_in(ROOT),
            "it does not tell the presence domain",
            "",
        ),
        (
            lambda: encodings.encoding_of(b"<?xml encoding='utf-7'?>", None),
            "it is not well-formed XML",
            "",
        ),
        (
            lambda: parse_description(b"<!DOCTYPE a><a/>"),
            "it holds too much for the description of a service",
            "",
        ),
        (lambda: parse_description(b"<a>"), "it is not well-formed XML", ""),
        (
            lambda: read_pidf(ROOT),
            "a rich presence that is no PIDF document",
            "<r>text</r>",
        ),
        (
            lambda: read_pidf("x" * (128 * 1024 + 1)),
            "a rich presence that is too long",
            "x" * 2000,
        ),
        (lambda: read_pidf("x"), "it is not well-formed XML", "x"),
        (
            lambda: listed("<l><contact/></l>"),
            "a contact without a presence",
            "<contact></contact>",
        ),
        (
            lambda: listed("<l><contact presenceStatus='BUSY'/></l>"),
            "a contact without a URI",
            '<contact presenceStatus="BUSY"></contact>',
        ),
        (too_long_a_contact, "a contact that is too long", ""),
        (
            lambda: (_ for _ in ()).throw(_unknown("{urn:x}since")),
            "its description requires a field that is not known, since",
            "",
        ),
        (lambda: parse(b"x" * (8 * 1024 * 1024 + 1)), "it is larger than 8 MiB", ""),
        (lambda: parse(BLANKS), "it is empty", ""),
        (lambda: parse(b"X<a/>"), "it is not well-formed XML", "X<a/>"),
        (lambda: parse(b"<a>"), "it is not well-formed XML", "<a>"),
        (lambda: parse(b"<a><html>"), "it is an HTML page", "<a><html>"),
        (lambda: parse(b"<a>" + b" " * 600 + b"<html>"), "it is not well-formed XML", None),
        (
            lambda: parse(b"<!DOCTYPE a><a/>"),
            "it holds a document type, which the service never sends",
            "",
        ),
        (lambda: parse(b"<!DOCTYPE HTML><a/>"), "it is an HTML page", ""),
        (lambda: parse(b"<a " + b"x" * 90_000), "it holds too long a tag", None),
    ],
)
def test_why_an_answer_is_not_understood(
    read: Callable[[], object], detail: str, sample: str | None
) -> None:
    with pytest.raises(AnswerNotUnderstood) as error:
        read()
    assert error.value.detail == detail
    assert str(error.value) == f"The server's answer was not understood: {detail}."
    if sample is not None:
        assert error.value.sample == sample


@pytest.mark.parametrize(
    ("name", "body", "detail"),
    [
        ("MAX_ELEMENTS", b"<r><a/></r>", "it holds too many elements"),
        ("MAX_NAMES", b"<r><a/></r>", "it holds too many different names"),
    ],
)
def test_why_a_large_document_is_not_read(
    monkeypatch: pytest.MonkeyPatch, name: str, body: bytes, detail: str
) -> None:
    monkeypatch.setattr(xml, name, 1)
    with pytest.raises(AnswerNotUnderstood) as error:
        parse(body)
    assert (error.value.detail, error.value.sample) == (detail, body.decode())


def test_a_sample_is_cut() -> None:
    with pytest.raises(AnswerNotUnderstood) as error:
        parse(b"x" * 20_001)
    assert error.value.sample == "x" * 20_000


SERVER = Server(host="cup", port=8082, security=PlainHttp())


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


def test_the_sample_of_a_document_in_a_contact() -> None:
    text = "<l><contact contactURI='a@x'>&lt;presence&gt;&lt;x</contact></l>"
    (found,) = read_listed(parse(text.encode()), rich=True)
    assert found.unreadable is not None
    assert found.unreadable.sample == "<presence><x"


async def test_long_documents_are_parsed_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("asyncio.sleep", sleep)
    short, long = b"<r/>", b"<r>" + b"x" * 16 * 1024 + b"</r>"
    assert (await xml.parse_in_turns(short)).tag == "r"
    assert pauses == []
    assert len((await xml.parse_in_turns(long)).text or "") == 16 * 1024
    # It is decoded, counted and parsed in two slices each.
    assert pauses == [0, 0, 0]


@pytest.mark.parametrize("location", [None, "", "//[", "/path"])
def test_a_redirection_that_names_no_node(location: str | None) -> None:
    with pytest.raises(RedirectRefused) as error:
        NodePolicy().target_of(Redirected(None, None, location), SERVER)
    assert (error.value.refusal, error.value.target) == (RedirectRefusal.UNREADABLE, "")


# Small things that nothing else shows


def test_the_language_of_a_note_beside_other_attributes() -> None:
    found = read_pidf(
        '<presence><note id="x" xml:lang="de">a</note><note id="y" lang="fr">b</note></presence>'
    )
    assert [note.language for note in found.notes] == ["de", "fr"]


def test_a_contact_of_whom_a_child_tells_the_uri_alone() -> None:
    root = parse(b"<l><contact><contactURI>a@x</contactURI></contact></l>")
    (found,) = read_listed(root, rich=True)
    assert (found.contact, found.presence, found.unreadable) == ("a@x", Presence.UNKNOWN, None)


def test_where_a_contact_begins() -> None:
    def begins(text: bytes) -> int | None:
        return salvage._beginning_before(text, text.index(b"contactURI"))

    assert begins(b"<l><contact contactURI=") == 3
    assert begins(b"<l><contact><contactURI") == 3
    assert begins(b"<l><contact><y contactURI") == 3
    assert begins(b"<l><contact><y><contactURI") is None
    assert begins(b"contactURI") is None


def test_a_contact_whose_tag_names_the_field_twice_is_one() -> None:
    text = b"<l><contact contactURI='a@x' of='contactURI'/></l>"
    steps = salvage._beginnings(text)
    with pytest.raises(StopIteration) as end:
        next(steps)
    assert end.value.value == [3]


def test_a_document_may_say_its_encoding() -> None:
    text = b"<?xml version='1.0' encoding='latin1'?><a>\xe4</a>"
    assert encodings.utf8_at_once(text, None).decode().endswith("<a>ä</a>")
    assert parse(text).text == "ä"


def test_elements_of_the_contact_service() -> None:
    made = contacts._element("session-key", "KEY")
    assert etree.tostring(made) == (
        b'<epas:session-key xmlns:epas="urn:cisco:epas:soap">KEY</epas:session-key>'
    )


def test_a_sample_of_an_element() -> None:
    element = Element("a")
    element.text = "x" * 9
    with pytest.raises(AnswerNotUnderstood) as error:
        read_pidf(element)
    assert error.value.sample == "<a>xxxxxxxxx</a>"


class Parts:
    """Counts how often parts were taken, and forgotten."""

    def __init__(self) -> None:
        self.taken = 0
        self.forgotten = 0

    def take(self, root: Element) -> None:
        assert root.tag == "r"
        self.taken += 1

    def forget(self) -> None:
        self.forgotten += 1


async def test_parts_of_a_document_that_is_refused_are_forgotten() -> None:
    inside = b"<a/>" * 5000
    whole, broken = Parts(), Parts()
    await xml.parse_in_turns(b"<r>" + inside + b"</r>", parts=whole)
    assert (whole.taken, whole.forgotten) == (1, 0)
    with pytest.raises(AnswerNotUnderstood):
        await xml.parse_in_turns(b"<r>" + inside + b"<b></r>", parts=broken)
    assert (broken.taken, broken.forgotten) == (1, 1)


def test_an_operation_without_a_message_is_the_element_of_its_name() -> None:
    described = ServiceDescription(
        etree.fromstring(
            '<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/"><w:types>'
            '<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t">'
            '<x:element name="LogOut"/></x:schema></w:types>'
            '<w:portType name="P"><w:operation name="logout"/></w:portType></w:definitions>'
        )
    )
    declared = described.request("logout")
    assert declared is not None
    assert declared.tag == "{urn:t}LogOut"
