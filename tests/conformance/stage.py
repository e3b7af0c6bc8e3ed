"""What a case has at hand: a server, a dialect beneath the client, and who is logged in."""

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

import aiohttp
from lxml import etree

from cup_simulator import Simulator
from cup_simulator.clock import ManualClock
from custom_components.cisco_unified_presence.pws import (
    ContactPresence,
    Session,
    SoapVersion,
    write_clear,
)
from custom_components.cisco_unified_presence.pws.answers import Concerning
from custom_components.cisco_unified_presence.pws.dialect import Dialect, Hold, Watch
from custom_components.cisco_unified_presence.pws.errors import (
    AnswerNotUnderstood,
    PresenceServiceError,
)
from custom_components.cisco_unified_presence.pws.exchange import Answer, Exchange, Request
from custom_components.cisco_unified_presence.pws.rest import RestDialect
from custom_components.cisco_unified_presence.pws.rest_answers import read_reply
from custom_components.cisco_unified_presence.pws.soap import SoapDialect
from custom_components.cisco_unified_presence.pws.soap_answers import read_response
from custom_components.cisco_unified_presence.pws.soap_request import Call, Language, envelope
from custom_components.cisco_unified_presence.pws.wsdl import ServiceDescription
from custom_components.cisco_unified_presence.pws.xml import XmlElement, parse

from .callback import Callback
from .case import Differs, Skipped, Spoken
from .target import Target

HOUR: Final = 3600
OVERRIDE: Final = Hold(override=True, expiry=HOUR)
DEVICE: Final = Hold(override=False, expiry=HOUR)

_TIMEOUT: Final = 15.0
_VERSIONS: Final = {Spoken.SOAP_1_1: SoapVersion.V1_1, Spoken.SOAP_1_2: SoapVersion.V1_2}


class Stage:
    """One case's conversation with a server. What it makes there, ``leave`` takes away."""

    def __init__(
        self,
        target: Target,
        spoken: Spoken,
        http: aiohttp.ClientSession,
        callback: Callback,
        simulator: Simulator | None = None,
    ) -> None:
        """Have nobody logged in yet. ``simulator`` is None for a real server."""
        self.target = target
        self.spoken = spoken
        self.http = http
        self.callback = callback
        self.exchange = Exchange(target.server, http, _TIMEOUT)
        self.dialect: Dialect = (
            RestDialect(self.exchange)
            if spoken is Spoken.REST
            else SoapDialect(self.exchange, _VERSIONS[spoken])
        )
        self._simulator = simulator
        self._language: Language | None = None
        self._sessions: dict[str, Session] = {}
        self._endpoints: list[int] = []
        self._subscriptions: list[tuple[Session, int]] = []
        self._has_set = False

    @property
    def is_rest(self) -> bool:
        """Whether it is REST that is spoken."""
        return self.spoken is Spoken.REST

    @property
    def is_simulated(self) -> bool:
        """Whether the server is a simulator of this case's own."""
        return self._simulator is not None

    @property
    def simulator(self) -> Simulator:
        """The simulator, in cases that say that they need it."""
        if self._simulator is None:
            raise RuntimeError("The case does not say that it needs the simulator.")
        return self._simulator

    def pass_time(self, seconds: float) -> None:
        """Let the server's clock advance."""
        clock = self.simulator.clock
        assert isinstance(clock, ManualClock)
        clock.advance(seconds)

    async def jabber(self, word: str, **more: object) -> None:
        """Let the person's own client do something: by hand, or with manual=False as a device."""
        await self.control("PUT", f"people/{self.target.person}/presence", presence=word, **more)

    async def control(self, method: str, path: str, **body: object) -> None:
        """Ask something of the simulator's control interface."""
        port = self.simulator.ports.control
        url = f"http://127.0.0.1:{port}/control/{path}"
        async with self.http.request(method, url, json=body or None) as response:
            assert response.ok, await response.text()

    async def application(self) -> Session:
        """Return the application user's session, logging in the first time."""
        name = self.target.application_user
        if name not in self._sessions:
            self._sessions[name] = await self.dialect.log_in(name, self.target.password)
        return self._sessions[name]

    async def user(self, name: str) -> Session:
        """Return an end user's session, logging in the first time."""
        if name not in self._sessions:
            application = await self.application()
            self._sessions[name] = await self.dialect.log_in_end_user(name, application)
        return self._sessions[name]

    async def watcher(self) -> Session:
        """Return the watcher's session."""
        return await self.user(self.target.watcher)

    async def person(self) -> Session:
        """Return the session of the person whose presence may be set."""
        return await self.user(self.target.person)

    def forget(self, *names: str) -> None:
        """Have these users' sessions, or everybody's, log in anew when next asked for."""
        for name in names or list(self._sessions):
            self._sessions.pop(name, None)

    def remember(self, session: Session) -> None:
        """Log this session out in the end."""
        self._sessions[session.name] = session

    async def endpoint(self, url: str | None = None, expiry: int = HOUR) -> int:
        """Register an endpoint, that of our callback unless another is named."""
        application = await self.application()
        endpoint = await self.dialect.register_endpoint(application, url or self.url, expiry)
        self._endpoints.append(endpoint)
        return endpoint

    @property
    def url(self) -> str:
        """A URL for endpoints of which no notification is waited for."""
        try:
            return self.callback.url
        except Skipped:
            return "http://192.0.2.1/conformance"

    async def subscription(
        self,
        contacts: Sequence[str] | None = None,
        *,
        endpoint: int | None = None,
        expiry: int = HOUR,
        session: Session | None = None,
    ) -> int:
        """Subscribe, the watcher to the person and the watcher unless others are named."""
        session = session or await self.watcher()
        watch = Watch(
            self.contacts if contacts is None else contacts,
            await self.endpoint() if endpoint is None else endpoint,
            expiry,
        )
        subscription = await self.dialect.subscribe(session, watch)
        self._subscriptions.append((session, subscription))
        return subscription

    @property
    def contact(self) -> str:
        """The person's contact URI."""
        return self.target.contact(self.target.person)

    @property
    def contacts(self) -> list[str]:
        """The contact URIs of person and watcher."""
        return [self.contact, self.target.contact(self.target.watcher)]

    async def fetch(self, subscription: int, *, rich: bool = False) -> list[ContactPresence]:
        """Fetch the watcher's subscription."""
        return await self.dialect.fetch(await self.watcher(), subscription, rich=rich)

    async def poll(self, *, rich: bool = False) -> ContactPresence:
        """Look at the person."""
        found = await self.dialect.poll(await self.watcher(), [self.contact], rich=rich)
        if len(found) != 1:
            raise Differs(f"{len(found)} contacts instead of the one that was asked for")
        return found[0]

    async def set(self, word: str, hold: Hold) -> None:
        """Set the person's basic presence, unchecked."""
        self._has_set = True
        await self.dialect.set_presence(await self.person(), word, hold)

    async def set_rich(self, document: bytes, hold: Hold) -> None:
        """Set the person's rich presence, unchecked."""
        self._has_set = True
        await self.dialect.set_rich_presence(await self.person(), document, hold)

    async def shows(self, *words: str) -> None:
        """Make sure that the watcher sees one of these words, a real server's after a while."""
        for _ in range(1 if self._simulator else 10):
            seen = (await self.poll()).presence
            if seen in words:
                return
            if self._simulator is None:
                await asyncio.sleep(0.5)
        raise Differs(f"the person is {seen}, not {' or '.join(words)}")

    async def settle(self) -> None:
        """Wait until notifications that are due have come."""
        if self._simulator is None:
            await asyncio.sleep(self.target.patience)
        else:
            await self._simulator.notifier.deliver_all()

    async def send(self, session: Session | None, rest: Request, soap: Call) -> XmlElement | None:
        """Send what no method of the dialect sends, and return the root or the body's element.

        Raises:
            PresenceServiceError: As the dialects do.
        """
        key = None if session is None else session.key
        if not self.is_rest:
            language = await self.language()
            headers = language.headers(soap.operation)
            return await self.post(language.write(soap, key), headers, session)
        said = {"Content-Type": "text/xml", **rest.headers}
        if key is not None:
            said["Presence-Session-Key"] = key
        answer = await self.exchange.send(replace(rest, headers=said))
        return read_reply(answer, _about(session)).root

    async def post(
        self, body: bytes, headers: dict[str, str] | None = None, session: Session | None = None
    ) -> XmlElement | None:
        """Send bytes to the address of SOAP; ``session`` is whose key is in them."""
        said = headers or (await self.language()).headers("login")
        answer = await self.exchange.send(Request("POST", "/soap", said, body))
        return read_response(answer, _about(session))

    async def post_operation(self, element: XmlElement) -> XmlElement | None:
        """Send an operation that no description has."""
        return await self.post(envelope(_VERSIONS[self.spoken], None, element))

    async def language(self) -> Language:
        """Return the spelling of the server's own description, or the default one."""
        if self._language is None:
            answer = await self.exchange.send(Request("GET", "/soap?wsdl"))
            self._language = Language.of(_description(answer), _VERSIONS[self.spoken])
        return self._language

    async def leave(self) -> None:
        """Take away what is left at the server; what is gone already is no matter."""
        person = self._sessions.get(self.target.person)
        if self._has_set and person is not None:
            clear = write_clear(self.contact)
            await _gone(self.dialect.set_rich_presence(person, clear, DEVICE))
        for session, subscription in self._subscriptions:
            await _gone(self.dialect.unsubscribe(session, subscription))
        application = self._sessions.pop(self.target.application_user, None)
        if application is not None:
            for endpoint in self._endpoints:
                await _gone(self.dialect.unregister_endpoint(application, endpoint))
        for session in self._sessions.values():
            await _gone(self.dialect.log_out(session))
        if application is not None:
            await _gone(self.dialect.log_out(application))


def element(name: str, *children: XmlElement, text: str = "", **attributes: str) -> XmlElement:
    """Return an element without a namespace."""
    made = etree.Element(name, attributes)
    made.text = text or None
    made.extend(children)
    return made


def written(root: XmlElement) -> bytes:
    """Return an element as bytes."""
    return etree.tostring(root)


def _about(session: Session | None) -> Concerning:
    return Concerning("") if session is None else Concerning(session.name, (), (session.key,))


def _description(answer: Answer) -> ServiceDescription | None:
    try:
        return ServiceDescription(parse(answer.body))
    except AnswerNotUnderstood:
        return None


async def _gone(removing: Awaitable[None]) -> None:
    with suppress(PresenceServiceError):
        await removing
