"""The simulator's parsers of what clients send. Each target allows documented answers only."""

from contextlib import suppress
from http import HTTPStatus
import json
import re
from types import SimpleNamespace
from typing import Final, cast

from aiohttp import web
from lxml import etree
from multidict import CIMultiDict

from cup_simulator import control_view
from cup_simulator.call import Answer, Call
from cup_simulator.changes import Changes
from cup_simulator.clock import ManualClock
from cup_simulator.configuration import ApplicationUser, Configuration, ConfiguredPerson
from cup_simulator.control import Control
from cup_simulator.control_request import (
    read_advance,
    read_choice,
    read_fault,
    read_node_change,
    read_person,
)
from cup_simulator.deployment import Deployment
from cup_simulator.epas import ConfigurationFront
from cup_simulator.errors import DESCRIPTIONS, PresenceServiceError
from cup_simulator.faults import Faults
from cup_simulator.fields import callback_url
from cup_simulator.json_fields import ControlError
from cup_simulator.model import Presence, Status
from cup_simulator.notifier import address, notification_url
from cup_simulator.request_log import RequestLog
from cup_simulator.rest import RestDialect
from cup_simulator.rest_request import ROOT
from cup_simulator.service import PresenceService
from cup_simulator.soap import PATH, SoapDialect
from cup_simulator.tls import TlsSettings

from .damage import WORDS
from .documents import REST_PATHS

EXPIRIES: Final = ("3600", "86400", "", *WORDS)
OVERRIDES: Final = ("false", "true", "", *WORDS)
KEYS: Final = ("application", "end user", "none", "foreign", *WORDS)
CONTENT_TYPES: Final = (
    "text/xml",
    "application/soap+xml; charset=x",
    "text/xml; charset=utf-16le",
    "text/xml; charset*=\udce4''\udce4",
    *WORDS,
)
STATUSES: Final = frozenset({200, 201, 307, 400, 401, 404, 405, 409, 503})

CONFIGURATION: Final = Configuration(
    domain="example.com",
    application_users={"hass": ApplicationUser("simulator")},
    people=(
        ConfiguredPerson("anna", "Anna", Status(Presence.AVAILABLE)),
        ConfiguredPerson("ben", "Ben"),
    ),
)


class UnconnectedServer:
    """A server without ports, with Anna logged in, an endpoint and a subscription."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.notified = 0
        self.deployment = Deployment(CONFIGURATION, self.clock, self._notify)
        self.service: PresenceService = self.deployment.first.service
        application = self.service.login_application("hass", "simulator", force=False)
        anna = self.service.login_end_user(application, "anna", force=False)
        endpoint = self.service.register_endpoint(application, "http://192.0.2.1/", 3600)
        self.keys = {"application": application.key, "end user": getattr(anna, "key", "")}
        anna_session = self.service.sessions.with_key(self.keys["end user"])
        self.service.subscribe(anna_session, endpoint.id, ("ben@example.com",), 3600)

    def _notify(self, *_: object) -> None:
        self.notified += 1

    async def apply_faults(self) -> None:
        """Do nothing, since there are no ports."""

    def key(self, kind: str) -> str:
        """Return the session key of this kind, or the word itself when there is none."""
        return self.keys.get(kind, kind)

    @property
    def snapshot(self) -> str:
        """The server's whole state."""
        return json.dumps(control_view.state(self.deployment, self.clock))


def _choices(data: bytes, count: int) -> tuple[list[int], bytes]:
    """Split an input into choices and the rest."""
    return list(data[:count].ljust(count, b"\0")), data[count:]


def _call(
    server: UnconnectedServer, method: str, path: str, body: bytes, choices: list[int]
) -> Call:
    expiry, override, key, content = choices
    headers = CIMultiDict(
        {
            "Presence-Expiry": EXPIRIES[expiry % len(EXPIRIES)],
            "Presence-Override": OVERRIDES[override % len(OVERRIDES)],
            "Presence-Session-Key": server.key(KEYS[key % len(KEYS)]),
            "Content-Type": CONTENT_TYPES[content % len(CONTENT_TYPES)],
        }
    )
    return Call(method, path, "", headers, body, "http", "cup.example.com:8082")


def rest_request(data: bytes) -> None:
    """Send a body to every operation of REST, with headers of all kinds."""
    server = UnconnectedServer()
    (number, *choices), body = _choices(data, 5)
    method, path = REST_PATHS[number % len(REST_PATHS)].split()
    call = _call(server, method, ROOT + path, body, choices)
    before = server.snapshot
    answer = RestDialect(server.service).answer(call)
    _check(answer, server, before)


def path(data: bytes) -> None:
    """Request any path."""
    server = UnconnectedServer()
    (number, *choices), text = _choices(data, 5)
    method = REST_PATHS[number % len(REST_PATHS)].split()[0]
    # aiohttp hands paths on percent-encoded and in ASCII.
    encoded = re.sub(r"[^!-~]", "%ff", text.decode("latin-1"))
    call = _call(server, method, ROOT + encoded, b"<presence>BUSY</presence>", choices)
    before = server.snapshot
    answer = RestDialect(server.service).answer(call)
    _check(answer, server, before)


def soap_request(data: bytes) -> None:
    """Send an envelope with a valid or an invalid session key."""
    server = UnconnectedServer()
    (kind, content), body = _choices(data, 2)
    key = server.key(KEYS[kind % 2])
    call = _call(server, "POST", PATH, body.replace(b"KEY", key.encode()), [0, 0, 3, content])
    dialect = SoapDialect(server.service)
    dialect.operation(call)
    before = server.snapshot
    _check(dialect.answer(call), server, before)


def epas_request(data: bytes) -> None:
    """Send a request to the Client Configuration Web Service."""
    server = UnconnectedServer()
    body = data.replace(b"KEY", server.keys["end user"].encode())
    before = server.snapshot
    answer = ConfigurationFront(server.deployment, server.deployment.first)._answer(body)
    _check(answer, server, before)
    assert server.snapshot == before


def control_request(data: bytes) -> None:
    """Send a control request; one that can be read can be carried out and shown."""
    server = UnconnectedServer()
    with suppress(ControlError):
        read_choice(data)
    with suppress(ControlError):
        read_node_change(data, TlsSettings())
    nodes = server.deployment.nodes
    with suppress(ControlError):
        new = read_person(data, nodes)
        with suppress(ValueError):
            server.deployment.people.add(new.user, new.name, home=new.home)
    with suppress(ControlError):
        server.clock.advance(read_advance(data, server.clock))
        server.deployment.expire()
        json.dumps(control_view.time(server.clock))
    with suppress(ControlError):
        fault = read_fault(data, server.clock, nodes)
        shown = control_view.fault(fault, server.clock.seconds())
        json.dumps(shown, allow_nan=False)
        if fault.garbage is not None:
            fault.garbage.body.encode()
        faults = Faults(server.clock)
        faults.add(fault)
        faults.use(fault.kind, method="GET", path="/users/anna", node="cup1")
    assert server.snapshot


def control_headers(data: bytes) -> None:
    """Send headers of any web site to the control interface; only its own page gets an answer."""
    host, _, origin = data.decode("utf-8", "surrogateescape").partition("\n")
    server = UnconnectedServer()
    control = Control(
        server.deployment,
        faults=Faults(server.clock),
        log=RequestLog(),
        clock=server.clock,
        changes=Changes(),
        apply_faults=server.apply_faults,
        host="127.0.0.1",
    )
    headers = CIMultiDict({"Host": host, **({"Origin": origin} if origin else {})})
    request = SimpleNamespace(headers=headers, method="GET", path="/control/state")
    answering = control._guard(cast("web.Request", request), _agree)
    try:
        # The guard does not wait for anything.
        answering.send(None)
    except StopIteration as stop:
        status = stop.value.status
    if status == HTTPStatus.OK:
        assert not origin or origin == f"http://{host}"
        name = host.rpartition("@")[2].rpartition(":")[0] or host.rpartition("@")[2]
        assert "evil" not in name.casefold(), "the name of a site may point to any address"


async def _agree(_: web.Request) -> web.StreamResponse:
    return web.Response()


def callback(data: bytes) -> None:
    """Register a callback URL; the notification goes to one address in one request."""
    with suppress(PresenceServiceError, ValueError):
        url = callback_url(data.decode("utf-8", "replace"))
        called = address(notification_url(url, 7))
        if called.scheme not in {"http", "https"} or not called.host:
            # The HTTP library refuses other URLs.
            return
        assert not re.search(r"[\r\n ]", str(called)), "a request line is not split"
        assert called.raw_query_string.endswith("id=7&eventType=PRESENCE_NOTIFICATION")


def _check(answer: Answer, server: UnconnectedServer, before: str) -> None:
    assert answer.status in STATUSES
    for name, value in answer.headers.items():
        assert f"{name}{value}".isprintable(), "no header is split"
    failed = answer.status >= HTTPStatus.BAD_REQUEST or b":Fault>" in answer.body
    if answer.body:
        root = etree.fromstring(answer.body)
        for code in root.iter("{*}code") if failed else ():
            assert int(code.text or "") in DESCRIPTIONS
    # A refused request has changed nothing.
    assert not failed or server.snapshot == before
    assert server.snapshot
