"""A server that speaks the shapes of the reference and nothing else; written apart from all others.

SOAP requests are held against a schema of their own, in its order and nesting. What does not fit is
102; an unsubscribe that does not name its subscription where it must is 133, as a server says that
reads 0 there.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Self

from aiohttp import web
from aiohttp.test_utils import TestServer
from lxml import etree

from .strict_shapes import NAMESPACE, OPERATIONS, schema, wsdl
from .strict_wire import (
    ENVELOPE,
    Refusal,
    description,
    enveloped,
    made_at,
    require_expiry,
    root_of,
    word_of,
    xml_answer,
)

DOMAIN = "example.com"
PASSWORD = "s3cret & more"


@dataclass
class Watch:
    """A subscription."""

    watcher: str
    endpoint: int
    contacts: list[str]
    news: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """A request of REST."""

    server: StrictServer
    request: web.Request
    body: bytes

    @property
    def key(self) -> str | None:
        return self.request.headers.get("Presence-Session-Key")

    @property
    def expiry(self) -> int:
        return int(self.request.headers.get("Presence-Expiry", "0"))

    @property
    def number(self) -> int:
        return int(self.request.match_info.get("id", "0"))

    def part(self, name: str) -> str:
        return self.request.match_info[name]

    def require_user(self) -> str:
        """Return the user of the path, whose key must be in the header."""
        user = self.server.user_of(self.key)
        if user != self.part("name"):
            raise Refusal(101)
        return user


type Answering = Callable[[Asked], web.Response]


class StrictServer:
    """Holds what clients make, and notes each operation by name, ``REFUSED`` with its code."""

    def __init__(self, form: str | None = "qualified") -> None:
        """``form`` is that of the elements in its description; None describes nothing."""
        self.form = form
        self.keys: dict[str, str] = {}
        self.endpoints: dict[int, str] = {}
        self.watches: dict[int, Watch] = {}
        self.set: dict[str, tuple[str, bool]] = {}
        self.words: dict[str, str] = {}
        self.operations: list[str] = []
        self._numbers = iter(range(1, 1000))
        self._schema = etree.XMLSchema(etree.fromstring(schema(form or "qualified")))

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/presence-service/soap", self._soap)
        for method, path, answering in self._rest_routes():
            app.router.add_route(method, f"/presence-service/{path}", self._in_rest(answering))
        self._server = TestServer(app, host="127.0.0.1")
        await self._server.start_server()
        assert self._server.port is not None
        self.port = self._server.port
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    def tell(self, user: str, word: str) -> None:
        """Let a person's presence become this word."""
        contact = f"{user}@{DOMAIN}"
        self.words[contact] = word
        for watch in self.watches.values():
            if contact in watch.contacts and contact not in watch.news:
                watch.news.append(contact)

    # What both dialects do

    def log_in(self, name: str, password: str | None, application: str | None) -> str:
        if (name == "hass") is (password is None):
            raise Refusal(112)
        if password is not None and password != PASSWORD:
            raise Refusal(114)
        if password is None and self.user_of(application) != "hass":
            raise Refusal(141)
        known = (key for key, user in self.keys.items() if user == name)
        key = next(known, f"key-of-{name}-{next(self._numbers)}")
        self.keys[key] = name
        return key

    def user_of(self, key: str | None) -> str:
        if not key:
            raise Refusal(100)
        if key not in self.keys:
            raise Refusal(101)
        return self.keys[key]

    def log_out(self, key: str | None) -> None:
        user = self.user_of(key)
        self.keys = {k: u for k, u in self.keys.items() if user not in (u, "hass")}

    def register(self, url: str, number: int, expiry: int) -> int:
        require_expiry(expiry)
        if url and number:
            raise Refusal(123)
        if number and number not in self.endpoints:
            raise Refusal(132)
        if not number and not url:
            raise Refusal(130)
        number = number or next(self._numbers)
        self.endpoints.setdefault(number, url)
        return number

    def unregister(self, number: int) -> None:
        if self.endpoints.pop(number, None) is None:
            raise Refusal(132)

    def subscribe(
        self, watcher: str, number: int, endpoint: int, expiry: int | None, contacts: list[str]
    ) -> int:
        if endpoint not in self.endpoints:
            raise Refusal(132)
        if not number:
            require_expiry(expiry)
            number = next(self._numbers)
            self.watches[number] = Watch(watcher, endpoint, contacts, list(contacts))
            return number
        if number not in self.watches:
            raise Refusal(133)
        if expiry:
            require_expiry(expiry)
        elif not contacts:
            raise Refusal(145)
        self.watches[number].contacts += contacts
        self.watches[number].news += contacts
        return number

    def unsubscribe(self, number: int, contacts: list[str] | None) -> None:
        if number not in self.watches:
            raise Refusal(133)
        if contacts is None:
            del self.watches[number]
            return
        for contact in contacts:
            if contact not in self.watches[number].contacts:
                raise Refusal(144)
            self.watches[number].contacts.remove(contact)

    def fetch(self, number: int) -> list[str]:
        if number not in self.watches:
            raise Refusal(133)
        news, self.watches[number].news = self.watches[number].news, []
        return news

    def publish(self, user: str, word: str, *, override: bool, expiry: int) -> None:
        require_expiry(expiry)
        if word == "AVAILABLE" and override:
            raise Refusal(121)
        if word == "DND" and not override:
            raise Refusal(122)
        self.set[user] = word, override
        self.tell(user, word)

    def listed(self, contacts: list[str], *, rich: bool) -> str:
        """Return a presence list, without a namespace of its own."""
        entries = "".join(self._entry(contact, rich=rich) for contact in contacts)
        return f'<presenceList type="{"rich" if rich else "basic"}">{entries}</presenceList>'

    def _entry(self, contact: str, *, rich: bool) -> str:
        word = self.words.get(contact, "UNKNOWN")
        if not rich:
            return f'<contact contactURI="{contact}" presenceStatus="{word}"/>'
        activity = f"<activities><{word.lower()}/></activities>"
        document = (
            f'<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:{contact}">'
            f'<person xmlns="urn:cisco:params:xml:ns:pidf:rpid" id="x">{activity}</person>'
            "</presence>"
        )
        return f'<contact contactURI="{contact}">{document}</contact>'

    # REST

    def _rest_routes(self) -> list[tuple[str, str, Answering]]:
        return [
            ("POST", "users/{name}/sessions", self._rest_login),
            ("DELETE", "users/{name}/session", self._rest_logout),
            ("POST", "endpoints", self._rest_endpoint),
            ("PUT", "endpoints/{id}", self._rest_endpoint),
            ("DELETE", "endpoints/{id}", self._rest_unregister),
            ("POST", "users/{name}/subscriptions", self._rest_subscribe),
            ("PUT", "users/{name}/subscriptions/{id}", self._rest_subscribe),
            ("DELETE", "users/{name}/subscriptions/{id}", self._rest_unsubscribe),
            ("GET", "users/{name}/presence/{kind}/subscriptions/{id}", self._rest_fetch),
            ("GET", "users/{name}/presence/{kind}/contacts/{contact}", self._rest_poll),
            ("PUT", "users/{name}/presence/{kind}", self._rest_set),
        ]

    def _in_rest(self, answering: Answering) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            self.operations.append(f"{request.method} {request.path}")
            body = await request.read()
            try:
                if body and request.content_length is None:
                    return xml_answer(description(150), 400)
                return answering(Asked(self, request, body))
            except Refusal as refusal:
                self.operations.append(f"REFUSED {refusal.code}")
                status = 401 if refusal.code in (100, 101) else 400
                return xml_answer(description(refusal.code), status)

        return handle

    def _rest_login(self, asked: Asked) -> web.Response:
        password = root_of(asked.body, "session").findtext("password") if asked.body else None
        key = self.log_in(asked.part("name"), password, asked.key)
        return xml_answer(f"<session><sessionKey>{key}</sessionKey></session>", 201)

    def _rest_logout(self, asked: Asked) -> web.Response:
        asked.require_user()
        self.log_out(asked.key)
        return web.Response()

    def _rest_endpoint(self, asked: Asked) -> web.Response:
        url = (root_of(asked.body, "endpoint").findtext("url") if asked.body else None) or ""
        return made_at(f"endpoints/{self.register(url, asked.number, asked.expiry)}")

    def _rest_unregister(self, asked: Asked) -> web.Response:
        self.unregister(asked.number)
        return web.Response()

    def _rest_subscribe(self, asked: Asked) -> web.Response:
        user = asked.require_user()
        root = root_of(asked.body, "subscription")
        if root.findtext("subscriptionType") != "PRESENCE_NOTIFICATION":
            raise Refusal(134)
        contacts = [each.get("contactURI", "") for each in root.findall("contactsList/contact")]
        endpoint = int(root.findtext("endPointID") or 0)
        made = self.subscribe(user, asked.number, endpoint, asked.expiry, contacts)
        return made_at(f"users/{user}/subscriptions/{made}")

    def _rest_unsubscribe(self, asked: Asked) -> web.Response:
        asked.require_user()
        self.unsubscribe(asked.number, None)
        return web.Response()

    def _rest_fetch(self, asked: Asked) -> web.Response:
        asked.require_user()
        return xml_answer(self.listed(self.fetch(asked.number), rich=asked.part("kind") == "rich"))

    def _rest_poll(self, asked: Asked) -> web.Response:
        asked.require_user()
        return xml_answer(self.listed([asked.part("contact")], rich=asked.part("kind") == "rich"))

    def _rest_set(self, asked: Asked) -> web.Response:
        user = asked.require_user()
        override = asked.request.headers["Presence-Override"]
        if override not in {"true", "false"}:
            raise Refusal(125)
        word = word_of(asked.part("kind"), asked.body.decode())
        self.publish(user, word, override=override == "true", expiry=asked.expiry)
        return web.Response()

    # SOAP

    async def _soap(self, request: web.Request) -> web.Response:
        body = await request.read()
        if request.method == "GET":
            if self.form is None or request.query_string != "wsdl":
                return web.Response(status=404)
            return xml_answer(wsdl(self.form))
        try:
            return enveloped(self._answer(body))
        except Refusal as refusal:
            self.operations.append(f"REFUSED {refusal.code}")
            return enveloped(
                "<e:Fault><faultcode>e:Client</faultcode><faultstring>Refused</faultstring>"
                f"<detail>{description(refusal.code)}</detail></e:Fault>"
            )

    def _answer(self, body: bytes) -> str:
        root = etree.fromstring(body)
        found = root.findall(f"{{{ENVELOPE}}}Body/*")
        if root.tag != f"{{{ENVELOPE}}}Envelope" or len(found) != 1:
            raise Refusal(103)
        operation = etree.QName(found[0])
        name = operation.localname
        self.operations.append(name)
        if operation.namespace != NAMESPACE or name not in OPERATIONS:
            raise Refusal(103)
        if not self._schema.validate(found[0]):
            raise Refusal(133 if name == "unsubscribe" else 102)
        key = root.findtext(f"{{{ENVELOPE}}}Header/{{{NAMESPACE}}}session-key")
        if name != "login":
            self.user_of(key)
        return _call(self, name, found[0], key)


def _call(server: StrictServer, name: str, sent: etree._Element, key: str | None) -> str:
    """Do an operation whose shape is right, and return its answer."""

    def text(field_name: str) -> str:
        return "".join(each.text or "" for each in sent.iter(f"{{*}}{field_name}"))

    contacts = [each.get("contactURI", "") for each in sent.iter("{*}contact")]
    rich = text("presenceType") == "RICH_PRESENCE"
    number = int(text("subscriptionID") or 0)
    endpoint = int(text("endPointID") or 0)
    expiry = int(text("expiration") or 0)

    def log_in() -> str:
        application = text("app-session-id") or None
        made = server.log_in(text("username"), text("password") or None, application)
        return f"<success><session-key>{made}</session-key></success>"

    def publish() -> str:
        word = word_of(
            "rich" if rich else "basic", text("richPresence" if rich else "basicPresence")
        )
        override = text("override") in {"true", "1"}
        server.publish(server.keys[key or ""], word, override=override, expiry=expiry)
        return "<status>SUCCESS</status>"

    def subscribe() -> str:
        if text("subscriptionType") != "PRESENCE_NOTIFICATION":
            raise Refusal(134)
        watcher = server.keys[key or ""]
        made = server.subscribe(watcher, number, endpoint, expiry, contacts)
        return f"<subscriptionID>{made}</subscriptionID>"

    def register() -> str:
        return f"<endPointID>{server.register(text('url'), endpoint, expiry)}</endPointID>"

    def unsubscribe() -> None:
        everything = text("unsubscribeAll") in {"true", "1"}
        server.unsubscribe(number, None if everything else contacts)

    calls: dict[str, Callable[[], str | None]] = {
        "login": log_in,
        "logout": lambda: server.log_out(key),
        "registerEndPoint": register,
        "unregisterEndPoint": lambda: server.unregister(endpoint),
        "subscribe": subscribe,
        "unsubscribe": unsubscribe,
        "getSubscribedPresence": lambda: server.listed(server.fetch(number), rich=rich),
        "getPolledPresence": lambda: server.listed(contacts, rich=rich),
        "setPresence": publish,
    }
    inside = calls[name]() or "<status>SUCCESS</status>"
    return f'<r:{name}Response xmlns:r="{NAMESPACE}">{inside}</r:{name}Response>'
