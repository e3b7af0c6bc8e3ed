"""The client's parsers of what servers send. Each target allows documented errors only."""

from collections.abc import Coroutine
from contextlib import suppress
import re
from typing import Any, Final

from aiohttp import hdrs
from aiohttp.test_utils import make_mocked_request
from yarl import URL

from custom_components.cisco_unified_presence.channel import callback
from custom_components.cisco_unified_presence.channel.callback import MAX_ID_DIGITS, subscription_in
from custom_components.cisco_unified_presence.pws import (
    AnswerNotUnderstood,
    ContactPresence,
    PinnedCertificate,
    PlainHttp,
    PresenceServiceError,
    Redirected,
    Server,
    ServerFault,
    contacts,
    rest_answers,
    soap_answers,
)
from custom_components.cisco_unified_presence.pws.answers import Concerning
from custom_components.cisco_unified_presence.pws.certificate import read_der
from custom_components.cisco_unified_presence.pws.exchange import Answer
from custom_components.cisco_unified_presence.pws.failures import root_url
from custom_components.cisco_unified_presence.pws.lxml_document import parse_description
from custom_components.cisco_unified_presence.pws.node_policy import NodePolicy
from custom_components.cisco_unified_presence.pws.pidf_reader import read_pidf
from custom_components.cisco_unified_presence.pws.soap_request import Call, Language
from custom_components.cisco_unified_presence.pws.wsdl import ServiceDescription, SoapVersion
from custom_components.cisco_unified_presence.pws.xml import MAX_BODY, parse
from custom_components.cisco_unified_presence.redaction import MAX_SAMPLE, redacted

ABOUT: Final = Concerning("anna", ("anna@example.com",), secrets=("s3cret",))
STATUSES: Final = (200, 201, 204, 302, 307, 400, 401, 404, 409, 500, 503)
LONGEST_MESSAGE: Final = 200

SECURE: Final = Server(
    host="cup1.example.com", port=8083, security=PinnedCertificate(sha256="ab" * 32)
)
PLAIN: Final = Server(host="cup1.example.com", port=8082, security=PlainHttp())

CALLS: Final = (
    Call("login", {"username": "hass", "password": "s3cret", "force": "false"}),
    Call("logout"),
    Call("setPresence", {"presenceType": "BASIC_PRESENCE", "presenceInfo": {"override": "true"}}),
    Call("getPolledPresence", {"contactsList": {"contact": [{"contactURI": "a@b"}]}}),
)


def rest_answer(data: bytes) -> None:
    """Read an answer of the REST dialect with every reader."""
    with suppress(IndexError):
        data, status = data[:-1], STATUSES[data[-1] % len(STATUSES)]
        answer = Answer.parsed(status, None, data)
        with suppress(PresenceServiceError):
            reply = rest_answers.read_reply(answer, ABOUT)
            with suppress(AnswerNotUnderstood):
                _check_key(rest_answers.read_session(reply, "anna").key)
            with suppress(AnswerNotUnderstood):
                _check_contacts(list(rest_answers.read_contacts(reply)))
            with suppress(AnswerNotUnderstood):
                found = list(rest_answers.read_contacts(reply, asked="anna@example.com"))
                _check_contacts([rest_answers.the_one_among(found, "anna@example.com")])


def soap_answer(data: bytes) -> None:
    """Read an answer of the SOAP dialect with every reader."""
    with suppress(IndexError):
        data, status = data[:-1], STATUSES[data[-1] % len(STATUSES)]
        with suppress(PresenceServiceError):
            response = soap_answers.read_response(Answer.parsed(status, None, data), ABOUT)
            with suppress(AnswerNotUnderstood, Redirected):
                _check_key(soap_answers.read_session(response, "anna").key)
            with suppress(AnswerNotUnderstood):
                assert soap_answers.read_id(response, "subscriptionID") >= 0
            with suppress(AnswerNotUnderstood):
                soap_answers.read_status(response)
            for rich in (False, True):
                with suppress(AnswerNotUnderstood):
                    _check_contacts(list(soap_answers.read_presence_list(response, rich=rich)))


def fault(data: bytes) -> None:
    """Read the description of a failure; its message is short and without secrets."""
    error = _refusal(data)
    assert "s3cret" not in str(error), "no secret is in the message"
    assert "\n" not in str(error), "the message is one line"
    if isinstance(error, ServerFault):
        assert len(error.message) <= LONGEST_MESSAGE, "the message is cut"


def _refusal(data: bytes) -> PresenceServiceError:
    try:
        rest_answers.read_reply(Answer.parsed(400, None, data), ABOUT)
    except PresenceServiceError as error:
        return error
    raise AssertionError("status 400 is always a failure")


def pidf(data: bytes) -> None:
    with suppress(AnswerNotUnderstood):
        hash(read_pidf(data).presence)


def wsdl(data: bytes) -> None:
    """Read a WSDL, and write requests as it demands."""
    try:
        root = parse_description(data)
    except AnswerNotUnderstood:
        return
    language = Language.of(ServiceDescription(root), None)
    for call in CALLS:
        for version in SoapVersion:
            _write(Language(language.described, version), call)


def _write(language: Language, call: Call) -> None:
    for name, value in language.headers(call.operation).items():
        assert value.isprintable(), f"{name} must not be split"
    try:
        written = language.write(call, "k3y")
    except AnswerNotUnderstood:
        return
    sent = parse(written)
    assert "k3y" in "".join(map(str, sent.itertext())), "the session key is sent"


def epas(data: bytes) -> None:
    """Read an answer of the Client Configuration Web Service."""
    with suppress(PresenceServiceError):
        response = soap_answers.read_response(Answer.parsed(200, None, data), ABOUT)
        if response is None:
            return
        for group in contacts._contact_list(list(contacts._found_in(response))).groups:
            assert all(re.fullmatch(r"[^\s@]+@[^\s@]+", each) for each in group.contacts)
        with suppress(AnswerNotUnderstood):
            assert not re.search(r"[\s@/]", contacts._domain_in(response))


def location(data: bytes) -> None:
    """Follow a Location header: never to another scheme, and refusals have a message."""
    # As aiohttp decodes headers.
    text = data.decode("utf-8", "surrogateescape")
    reply = rest_answers.Reply(text, None)
    for collection in ("endpoints", "subscriptions"):
        with suppress(AnswerNotUnderstood):
            assert 0 <= rest_answers.read_location_id(reply, collection) < 10**MAX_ID_DIGITS
    answer = Answer(307, text, b"")
    for source in (SECURE, PLAIN):
        try:
            rest_answers.read_reply(answer, ABOUT)
        except Redirected as redirect:
            _follow(redirect, source)


def node_name(data: bytes) -> None:
    for source in (SECURE, PLAIN):
        _follow(Redirected(data.decode("utf-8", "replace"), None, None), source)


def _follow(redirect: Redirected, source: Server) -> None:
    assert str(redirect).isprintable(), "the message is one line"
    target = _target_of(redirect, source)
    if isinstance(target, PresenceServiceError):
        assert str(target).isprintable(), "the message is one line"
        return
    assert target.is_secure == source.is_secure
    assert target.security == source.security
    assert target.bare_host
    assert target.address.isprintable()
    with suppress(PresenceServiceError):
        root_url(target)


def _target_of(redirect: Redirected, source: Server) -> Server | PresenceServiceError:
    try:
        return NodePolicy().target_of(redirect, source)
    except PresenceServiceError as refusal:
        return refusal


def certificate(data: bytes) -> None:
    with suppress(AnswerNotUnderstood):
        read_der(data)


def query(data: bytes) -> None:
    found = subscription_in(data.decode("utf-8", "surrogateescape"))
    assert found is None or 0 <= found < 10**MAX_ID_DIGITS


def notification(data: bytes) -> None:
    """Handle a notification of any method with any query."""
    received: list[int | None] = []
    # aiohttp's parser drops control characters and blanks.
    text = re.sub(r"[\0- \x7f]", "", data[1:].decode("utf-8", "surrogateescape"))
    method = (hdrs.METH_GET, hdrs.METH_POST, "BREW")[data[0] % 3] if data else hdrs.METH_GET
    query, _, fragment = text.partition("#")
    url = URL.build(path="/secret", query_string=query, fragment=fragment, encoded=True)
    request = make_mocked_request(method, "/secret").clone(rel_url=url)
    response = _finished(callback._answer(request, received.append))
    assert response.status == (200 if method == hdrs.METH_GET else 405)
    (found,) = received
    assert found is None or (method == hdrs.METH_GET and 0 <= found < 10**MAX_ID_DIGITS)


def sample(data: bytes) -> None:
    """Redact an unreadable answer for an issue: short, and one block."""
    shown = redacted(data.decode(errors="replace"))
    assert len(shown) <= MAX_SAMPLE
    assert "`" not in shown, "a backtick ends the block"


def _finished[T](running: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine returns that waits for nothing but its turn."""
    while True:
        try:
            running.send(None)
        except StopIteration as stop:
            result: T = stop.value
            return result


def _check_key(key: str) -> None:
    assert re.fullmatch(r"[!-~]+", key), "a key must fit into a header"


def _check_contacts(found: list[ContactPresence]) -> None:
    assert len(found) <= MAX_BODY
    assert all(each.contact for each in found)
