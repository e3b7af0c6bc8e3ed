"""A client that writes its envelopes by hand, and holds every answer against the schema."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from cup_simulator import Simulator

from .wire import Reply, Wire, parse, request_bytes, send

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
PRESENCE = "urn:cisco:cup:presence:soap"
OLDER = "urn:cisco:cup:tpi:soap"
PATH = "/presence-service/soap"
CONTENT_TYPES = {SOAP_11: "text/xml", SOAP_12: "application/soap+xml"}

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parents[2] / "cup_simulator" / "presence.xsd"))


@dataclass(frozen=True, slots=True)
class SoapReply:
    """An answer: what HTTP says of it, and what is in the body of its envelope."""

    http: Reply
    payload: etree._Element

    @property
    def code(self) -> int | None:
        """The service's error code, None if this is no fault."""
        return self.http.code

    def text(self, name: str) -> str:
        """Return the text of the only element with this name."""
        (element,) = self.payload.iter(f"{{{PRESENCE}}}{name}")
        return element.text or ""

    @property
    def key(self) -> str:
        return self.text("session-key")

    @property
    def words(self) -> dict[str, str]:
        """Basic presence by contact."""
        assert self.payload[0].get("type") == "basic"
        return {
            contact.get("contactURI", ""): contact.get("presenceStatus", "")
            for contact in self.payload[0]
        }


def envelope(
    request: str, key: str | None = None, soap: str = SOAP_11, header_namespace: str = PRESENCE
) -> str:
    """Return an envelope around a request, with a session key in its header."""
    header = ""
    if key is not None:
        block = f'<session-key xmlns="{header_namespace}">{key}</session-key>'
        header = f"<e:Header>{block}</e:Header>"
    return f'<e:Envelope xmlns:e="{soap}">{header}<e:Body>{request}</e:Body></e:Envelope>'


def operation(name: str, fields: str = "") -> str:
    return f'<{name} xmlns="{PRESENCE}">{fields}</{name}>'


def contacts(*users: str) -> str:
    listed = "".join(f'<contact contactURI="{user}@example.com"/>' for user in users)
    return f"<contactsList>{listed}</contactsList>"


def read(reply: Reply) -> SoapReply:
    """Return the element in an envelope's body; asserts that it conforms to the schema."""
    root = etree.fromstring(reply.body)
    soap = etree.QName(root).namespace
    assert soap is not None
    assert reply.headers["content-type"] == f"{CONTENT_TYPES[soap]}; charset=utf-8"
    (payload,) = root.findall(f"{{{soap}}}Body/*")
    described = payload.find(f".//{{{PRESENCE}}}description")
    SCHEMA.assertValid(payload if described is None else described)
    return SoapReply(reply, payload)


class SoapWire(Wire):
    """Speaks SOAP to a simulator, in the version that is set."""

    def __init__(self, simulator: Simulator, soap: str = SOAP_11) -> None:
        super().__init__(simulator)
        self.soap = soap

    async def post(
        self, body: str | bytes, headers: Mapping[str, str] | None = None, port: int | None = None
    ) -> SoapReply:
        data = body.encode() if isinstance(body, str) else body
        said = {"Content-Type": CONTENT_TYPES[self.soap], **(headers or {})}
        request = request_bytes("POST", PATH, said, data)
        return read(parse(await send(port or self.simulator.ports.http, request)))

    async def call(
        self, name: str, fields: str = "", key: str | None = None, port: int | None = None
    ) -> SoapReply:
        return await self.post(envelope(operation(name, fields), key, self.soap), port=port)

    async def enter(self, user: str = "", name: str = "hass") -> str:
        """Log in the application user, and an end user if named; return the key."""
        who = f"<username>{name}</username><password>simulator</password>"
        self.application_key = (await self.call("login", who)).key
        if not user:
            return self.application_key
        who = f"<username>{user}</username><app-session-id>{self.application_key}</app-session-id>"
        return (await self.call("login", who)).key

    async def add_endpoint(self, url: str) -> int:
        fields = registration(f"<url>{url}</url>")
        reply = await self.call("registerEndPoint", fields, self.application_key)
        return int(reply.text("endPointID"))

    async def add_subscription(self, key: str, endpoint: int, *users: str) -> int:
        reply = await self.call("subscribe", subscription(endpoint, *users), key)
        return int(reply.text("subscriptionID"))

    async def news(self, key: str, subscription_id: int) -> dict[str, str]:
        """Fetch a subscription in basic form."""
        fields = f"<subscriptionID>{subscription_id}</subscriptionID>"
        fields += "<presenceType>BASIC_PRESENCE</presenceType>"
        return (await self.call("getSubscribedPresence", fields, key)).words


def registration(url: str = "", endpoint: int | str = 0, expiration: str = "3600") -> str:
    """Return the fields of a registration; `url` is an element."""
    return f"{url}<endPointID>{endpoint}</endPointID><expiration>{expiration}</expiration>"


def unsubscription(subscription_id: int | str, what: str) -> str:
    number = f"<subscriptionID>{subscription_id}</subscriptionID>"
    return f"<unsubscribeRequest>{number}{what}</unsubscribeRequest>"


def subscription(endpoint: int | str, *users: str, expiration: str = "3600") -> str:
    return (
        "<subscriptionID>0</subscriptionID>"
        "<subscriptionType>PRESENCE_NOTIFICATION</subscriptionType>"
        f"<endPointID>{endpoint}</endPointID><expiration>{expiration}</expiration>"
        f"{contacts(*users)}"
    )


def setting(
    word: str, override: str = "true", expiration: str = "3600", kind: str = "basic"
) -> str:
    return (
        f"<presenceType>{kind.upper()}_PRESENCE</presenceType>"
        f"<expiration>{expiration}</expiration>"
        f"<presenceInfo><override>{override}</override>"
        f"<{kind}Presence>{word}</{kind}Presence></presenceInfo>"
    )
