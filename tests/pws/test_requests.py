"""What each operation asks of the exchange, and what is said of a request that is refused."""

from collections.abc import Awaitable, Callable
from typing import override

import pytest

from custom_components.cisco_unified_presence.pws import (
    BadContact,
    EndpointRefused,
    InvalidCredentials,
    InvalidRequest,
    PresenceRefused,
    ServerFault,
    UnknownUser,
)
from custom_components.cisco_unified_presence.pws.dialect import (
    Dialect,
    PublishOptions,
    Session,
    SubscriptionSpec,
)
from custom_components.cisco_unified_presence.pws.exchange import Answer, Exchange, Request
from custom_components.cisco_unified_presence.pws.presence_list import ContactReader
from custom_components.cisco_unified_presence.pws.rest import RestDialect
from custom_components.cisco_unified_presence.pws.soap import SoapDialect
from custom_components.cisco_unified_presence.pws.traffic import Traffic

from .wire import description

type Operation = Callable[[Dialect], Awaitable[object]]

APPLICATION = Session("hass", "APPKEY")
ANNA = Session("anna", "ANNAKEY")
SECRETS = "s3cret APPKEY ANNAKEY"
SPEC = SubscriptionSpec(("b@x",), 1, 3600)
OPTIONS = PublishOptions(override=True, expiry=3600)


class Refusing(Exchange):
    """An exchange that refuses all requests but the one for a description."""

    def __init__(self) -> None:
        self.traffic = Traffic()
        self.asked: list[Request] = []

    @override
    async def send(self, request: Request) -> Answer:
        if request.path == "/soap?wsdl":
            return Answer.parsed(404, None, b"")
        self.asked.append(request)
        return Answer.parsed(400, None, description(150, f"No to b@x with {SECRETS}"))


def repeated(request: Request) -> str:
    """Return what may happen when a kept connection turns out to be dead."""
    if request.at_most_once:
        return "never"
    return "always" if request.idempotent else "by aiohttp"


def is_read_in_parts(request: Request) -> bool:
    return isinstance(request.parts, ContactReader)


OPERATIONS: dict[str, Operation] = {
    "log in": lambda d: d.log_in("hass", "s3cret"),
    "log in user": lambda d: d.log_in_end_user("anna", APPLICATION),
    "log out": lambda d: d.log_out(ANNA),
    "register": lambda d: d.register_endpoint(APPLICATION, "http://ha/", 3600),
    "renew endpoint": lambda d: d.renew_endpoint(APPLICATION, 1, 3600),
    "unregister": lambda d: d.unregister_endpoint(APPLICATION, 1),
    "subscribe": lambda d: d.subscribe(ANNA, SPEC),
    "renew": lambda d: d.renew_subscription(ANNA, 7, SPEC),
    "unsubscribe": lambda d: d.unsubscribe(ANNA, 7),
    "remove": lambda d: d.remove_contacts(ANNA, 7, ["b@x"]),
    "fetch": lambda d: d.fetch(ANNA, 7, rich=True),
    "poll": lambda d: d.poll(ANNA, ["b@x"], rich=True),
    "set": lambda d: d.set_presence(ANNA, "BUSY", OPTIONS),
    "set richly": lambda d: d.set_rich_presence(ANNA, b"<presence/>", OPTIONS),
}

REST: dict[str, tuple[str, str, str, bool]] = {
    "log in": ("POST", "/users/hass/sessions", "always", False),
    "log in user": ("POST", "/users/anna/sessions", "always", False),
    "log out": ("DELETE", "/users/anna/session", "by aiohttp", False),
    "register": ("POST", "/endpoints", "by aiohttp", False),
    "renew endpoint": ("PUT", "/endpoints/1", "by aiohttp", False),
    "unregister": ("DELETE", "/endpoints/1", "by aiohttp", False),
    "subscribe": ("POST", "/users/anna/subscriptions", "by aiohttp", False),
    "renew": ("PUT", "/users/anna/subscriptions/7", "by aiohttp", False),
    "unsubscribe": ("DELETE", "/users/anna/subscriptions/7", "by aiohttp", False),
    "fetch": ("GET", "/users/anna/presence/rich/subscriptions/7", "never", True),
    "poll": ("GET", "/users/anna/presence/rich/contacts/b@x", "by aiohttp", False),
    "set": ("PUT", "/users/anna/presence/basic", "by aiohttp", False),
    "set richly": ("PUT", "/users/anna/presence/rich", "by aiohttp", False),
}

# All are POSTs, which aiohttp does not repeat.
SOAP: dict[str, tuple[str, bool]] = {
    "log in": ("always", False),
    "log in user": ("always", False),
    "log out": ("always", False),
    "register": ("by aiohttp", False),
    "renew endpoint": ("always", False),
    "unregister": ("always", False),
    "subscribe": ("by aiohttp", False),
    "renew": ("always", False),
    "unsubscribe": ("always", False),
    "remove": ("always", False),
    "fetch": ("never", True),
    "poll": ("always", True),
    "set": ("always", False),
    "set richly": ("always", False),
}

# Whose key is sent, so that the server might repeat it.
SENT: dict[str, str] = {
    "log in": "s3cret",
    **dict.fromkeys(("log in user", "register", "renew endpoint", "unregister"), "APPKEY"),
}
OF_THE_APPLICATION = ("log in", "register", "renew endpoint", "unregister")
OF_CONTACTS = ("subscribe", "renew", "remove", "poll")


async def refused(dialect: Dialect, operation: str) -> ServerFault:
    with pytest.raises(InvalidRequest) as error:
        await OPERATIONS[operation](dialect)
    return error.value


def said_of(operation: str) -> tuple[str, str | None, str]:
    """Return whom a refusal names, which contact, and the server's words without the secret."""
    user = "hass" if operation in OF_THE_APPLICATION else "anna"
    contact = "b@x" if operation in OF_CONTACTS else None
    return user, contact, f"No to b@x with {SECRETS}".replace(SENT.get(operation, "ANNAKEY"), "***")


@pytest.mark.parametrize("operation", REST)
async def test_over_rest(operation: str) -> None:
    exchange = Refusing()
    fault = await refused(RestDialect(exchange), operation)
    (request,) = exchange.asked
    told = (request.method, request.path, repeated(request), is_read_in_parts(request))
    assert told == REST[operation]
    assert (fault.user, fault.contact, fault.message) == said_of(operation)
    assert exchange.traffic.counts.total() == 1


@pytest.mark.parametrize("operation", SOAP)
async def test_over_soap(operation: str) -> None:
    exchange = Refusing()
    fault = await refused(SoapDialect(exchange), operation)
    (request,) = exchange.asked
    assert (request.method, request.path) == ("POST", "/soap")
    assert (repeated(request), is_read_in_parts(request)) == SOAP[operation]
    assert (fault.user, fault.contact, fault.message) == said_of(operation)
    assert exchange.traffic.counts.total() == 1


UNWRITABLE: list[tuple[Operation, type[ServerFault], str | None, str | None]] = [
    (lambda d: d.log_in("hass", "\0"), InvalidCredentials, "hass", None),
    (lambda d: d.register_endpoint(APPLICATION, "http://\0", 3600), EndpointRefused, None, None),
    (
        lambda d: d.subscribe(ANNA, SubscriptionSpec(("a\0",), 1, 3600)),
        BadContact,
        "anna",
        None,
    ),
]


@pytest.mark.parametrize(("operation", "kind", "user", "contact"), UNWRITABLE)
@pytest.mark.parametrize("dialect", [RestDialect, SoapDialect])
async def test_what_xml_cannot_carry(
    dialect: Callable[[Exchange], Dialect],
    operation: Operation,
    kind: type[ServerFault],
    user: str | None,
    contact: str | None,
) -> None:
    exchange = Refusing()
    with pytest.raises(kind) as error:
        await operation(dialect(exchange))
    assert (error.value.user, error.value.contact) == (user, contact)
    assert exchange.asked == []


@pytest.mark.parametrize(
    ("operation", "kind", "user", "contact"),
    [
        (lambda d: d.log_in_end_user(".", APPLICATION), UnknownUser, ".", None),
        (lambda d: d.poll(ANNA, ["."], rich=False), BadContact, "anna", "."),
        (lambda d: d.log_out(Session("", "KEY")), UnknownUser, "", None),
    ],
)
async def test_what_no_path_can_hold(
    operation: Operation, kind: type[ServerFault], user: str, contact: str | None
) -> None:
    exchange = Refusing()
    with pytest.raises(kind) as error:
        await operation(RestDialect(exchange))
    assert (error.value.user, error.value.contact) == (user, contact)
    assert exchange.asked == []


@pytest.mark.parametrize(
    ("operation", "kind", "user"),
    [
        (lambda d: d.log_in_end_user("a\0", APPLICATION), UnknownUser, "a\0"),
        (lambda d: d.poll(ANNA, ["a\0"], rich=False), BadContact, "anna"),
        (lambda d: d.remove_contacts(ANNA, 7, ["a\0"]), BadContact, "anna"),
        (lambda d: d.fetch(Session("anna", "\0"), 7, rich=False), PresenceRefused, "anna"),
    ],
)
async def test_what_soap_cannot_carry(
    operation: Operation, kind: type[ServerFault], user: str
) -> None:
    exchange = Refusing()
    with pytest.raises(kind) as error:
        await operation(SoapDialect(exchange))
    assert error.value.user == user
    assert exchange.asked == []
