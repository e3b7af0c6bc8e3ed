"""Valid documents of each kind that comes from the network, written by hand."""

from datetime import UTC, datetime, timedelta
from importlib.resources import files

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.pws.soap_wire import ONLY_1_2, OTHER_SPELLING
from tests.pws.wire import FIRST_FETCH, RICH_ANNA, description, login_answer

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
CUP = "urn:cisco:cup:presence:soap"
EPAS = "urn:cisco:epas:soap"


def enveloped(body: str, header: str = "", *, soap: str = SOAP) -> bytes:
    """Return a SOAP envelope; ``c`` is the service's namespace, ``e`` that of EPAS."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<s:Envelope xmlns:s="{soap}" xmlns:c="{CUP}"'
        f' xmlns:e="{EPAS}"><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>'
    ).encode()


ESCAPED_ANNA = RICH_ANNA.replace(b"&", b"&amp;").replace(b"<", b"&lt;")

REST_ANSWERS = (
    FIRST_FETCH,
    login_answer("4a7d1ed4-14474e40-33bb", backup="cup2.example.com"),
    description(210, "Max cpu utilization reached"),
    RICH_ANNA,
    b'<presenceList type="rich"><contact contactURI="anna@example.com">%s</contact>'
    b'<contact contactURI="ben@example.com">%s</contact></presenceList>'
    % (RICH_ANNA, ESCAPED_ANNA),
    b'<session><redirect primaryServer="cup2.example.com" backupServer="[2001:db8::7]"/></session>',
    b"<html><head><title>Sorry</title></head><body>503</body></html>",
)

SOAP_ANSWERS = (
    enveloped(
        "<c:loginResponse><c:success><c:session-key>4a7d1ed4</c:session-key>"
        "<c:backupServer>cup2.example.com</c:backupServer></c:success></c:loginResponse>"
    ),
    enveloped(
        "<c:loginResponse><c:redirect><c:primaryServer>cup2.example.com</c:primaryServer>"
        "</c:redirect></c:loginResponse>"
    ),
    enveloped(
        "<s:Fault><faultcode>s:Client</faultcode><faultstring>It failed</faultstring><detail>"
        "<c:description><c:code>133</c:code><c:message>Unknown subscription ID</c:message>"
        "<c:fix>Subscribe</c:fix></c:description></detail></s:Fault>"
    ),
    enveloped(
        "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text>No</s:Text>"
        "</s:Reason><s:Detail><c:code>101</c:code></s:Detail></s:Fault>",
        soap=SOAP_12,
    ),
    enveloped("<c:subscribeResponse><c:subscriptionID>7</c:subscriptionID></c:subscribeResponse>"),
    enveloped("<c:setPresenceResponse><c:status>SUCCESS</c:status></c:setPresenceResponse>"),
    enveloped(
        '<c:getSubscribedPresenceResponse><c:presenceList type="rich"><c:contact'
        f' contactURI="ben@example.com">{ESCAPED_ANNA.decode()}</c:contact></c:presenceList>'
        "</c:getSubscribedPresenceResponse>"
    ),
    enveloped(
        "<c:getPolledPresenceResponse><c:contact><c:contactURI>ben@example.com</c:contactURI>"
        "<c:basicPresence>BUSY</c:basicPresence></c:contact></c:getPolledPresenceResponse>"
    ),
)

EPAS_ANSWERS = (
    enveloped(
        "<e:get-all-config-resp><e:get-system-config-resp>"
        '<e:property name="Presence.Domain">example.com</e:property></e:get-system-config-resp>'
        '<e:get-contact-info-resp><e:group name="Contacts">'
        '<e:persona-id domain="example.com">anna</e:persona-id></e:group>'
        '<e:persona-id domain="example.com">ben</e:persona-id></e:get-contact-info-resp>'
        "</e:get-all-config-resp>",
        soap=SOAP_12,
    ),
)

FAULTS = tuple(
    description(code, message)
    for code, message in ((210, "Max cpu"), (114, "The password s3cret of anna@example.com"))
)

DESCRIPTIONS_OF_SERVICES = (
    OTHER_SPELLING.encode(),
    ONLY_1_2.encode(),
    *(files("cup_simulator").joinpath(f"presence.{kind}").read_bytes() for kind in ("wsdl", "xsd")),
)

LOCATIONS = (
    b"http://cup1/presence-service/endpoints/7",
    b"http://cup1/presence-service/users/anna/subscriptions/10?x=1",
    b"https://cup2.example.com:8083/presence-service/users/anna/session",
    b"https://[2001:db8::7]:8083/presence-service/users/anna/session",
    b"//cup2/x",
    b"",
)

NAMES = (b"cup2.example.com", b"cup2:8083", b"192.0.2.7", b"[2001:db8::7]:8083", b"fe80::1%eth0")

QUERIES = (b"id=10&eventType=PRESENCE_NOTIFICATION", b"id=%31%30", b"a=b;id=1&id=2#id=3")

CALLBACKS = (
    b"http://192.0.2.1:8080/0123456789abcdef",
    b"http://[2001:db8::7]:80/a%20b?c=d#e",
    b"HTTP://user:word@home/",
)

# What the header Host says, and after a line break Origin.
CONTROL_HEADERS = (
    b"127.0.0.1:8084\nhttp://127.0.0.1:8084",
    b"localhost:8084",
    b"[::1]:8084\nnull",
    b"evil.example:8084\nhttp://evil.example:8084",
    b"localhost:8084\nhttp://evil.example",
)

REST_REQUESTS = (
    b"<session><password>simulator</password></session>",
    b"<endpoint><url>http://127.0.0.1:1/callback</url></endpoint>",
    (
        b'<subscription><contactsList><contact contactURI="anna@example.com"/>'
        b'<contact contactURI="ben@example.com"/></contactsList>'
        b"<subscriptionType>PRESENCE_NOTIFICATION</subscriptionType>"
        b"<endPointID>1</endPointID></subscription>"
    ),
    b"<presence>BUSY</presence>",
    RICH_ANNA,
    RICH_ANNA.replace(b"Jabber1234", b"pws-override"),
    b"",
)

REST_PATHS = (
    "POST /users/hass/sessions",
    "PUT /users/anna/session",
    "DELETE /users/anna/session",
    "POST /endpoints",
    "PUT /endpoints/1",
    "DELETE /endpoints/1",
    "POST /users/anna/subscriptions",
    "PUT /users/anna/subscriptions/1",
    "DELETE /users/anna/subscriptions/1",
    "GET /users/anna/presence/basic/subscriptions/1",
    "GET /users/anna/presence/rich/contacts/ben@example.com",
    "PUT /users/anna/presence/basic",
    "PUT /users/anna/presence/rich",
)

SOAP_REQUESTS = tuple(
    enveloped(f"<c:{name}>{inside}</c:{name}>", "<c:session-key>KEY</c:session-key>")
    for name, inside in (
        ("login", "<c:username>hass</c:username><c:password>simulator</c:password>"),
        ("login", "<c:username>anna</c:username><c:app-session-id>KEY</c:app-session-id>"),
        ("logout", ""),
        ("registerEndPoint", "<c:url>http://127.0.0.1:1/</c:url><c:expiration>3600</c:expiration>"),
        ("unregisterEndPoint", "<c:endPointID>1</c:endPointID>"),
        (
            "subscribe",
            (
                "<c:subscriptionID>0</c:subscriptionID>"
                "<c:subscriptionType>PRESENCE_NOTIFICATION</c:subscriptionType>"
                "<c:endPointID>1</c:endPointID><c:expiration>3600</c:expiration>"
                '<c:contactsList><c:contact contactURI="ben@example.com"/></c:contactsList>'
            ),
        ),
        (
            "unsubscribe",
            "<c:subscriptionID>1</c:subscriptionID><c:unsubscribeAll>true</c:unsubscribeAll>",
        ),
        (
            "getSubscribedPresence",
            "<c:subscriptionID>1</c:subscriptionID><c:presenceType>BASIC_PRESENCE</c:presenceType>",
        ),
        (
            "getPolledPresence",
            (
                "<c:presenceType>RICH_PRESENCE</c:presenceType><c:contactsList>"
                '<c:contact contactURI="ben@example.com"/></c:contactsList>'
            ),
        ),
        (
            "setPresence",
            (
                "<c:presenceType>RICH_PRESENCE</c:presenceType><c:expiration>3600</c:expiration>"
                "<c:presenceInfo><c:override>false</c:override>"
                f"<c:richPresence>{ESCAPED_ANNA.decode()}</c:richPresence></c:presenceInfo>"
            ),
        ),
    )
)

EPAS_REQUESTS = (
    enveloped(
        "<e:get-all-config><e:system-config/><e:contact-info/></e:get-all-config>",
        "<e:session-key>KEY</e:session-key>",
        soap=SOAP_12,
    ),
)

CONTROL_REQUESTS = (
    b'{"presence": "BUSY", "activities": ["meeting"], "note": "At lunch", "manual": true}',
    b'{"user": "dora", "name": "Dora", "node": "cup1"}',
    b'{"state": "running"}',
    b'{"kind": "throttle", "code": 212, "seconds": 5, "count": 3, "path": "^/users", "node": ""}',
    b'{"kind": "delay", "delay": 0.5, "method": "get"}',
    b'{"kind": "garbage", "status": 200, "body": "<html/>", "content_type": "text/html"}',
    b'{"kind": "truncate", "bytes": 10}',
    b'{"advance": 3600}',
    b'{"kind": "error", "code": 133}',
)

REQUESTS = (
    b"GET /PLACE?id=10&eventType=PRESENCE_NOTIFICATION HTTP/1.1\r\nHost: home:8080\r\n\r\n",
    b"POST /PLACE?id=10 HTTP/1.1\r\nHost: home\r\nContent-Length: 4\r\n\r\nid=1",
    (
        b"POST /PLACE HTTP/1.1\r\nHost: home\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"4\r\nid=1\r\n0\r\n\r\n"
    ),
    b"HEAD /PLACE?id=%31%30 HTTP/1.0\r\nConnection: close\r\nX-Long: aaaaaaaaaaaaaaa\r\n\r\n",
    (
        b"GET / HTTP/1.1\r\nHost: home\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ),
)

ANSWERS = tuple(
    b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (head, len(body), body)
    for head in (
        b"200 OK",
        b"307 Temporary Redirect\r\nLocation: http://192.0.2.1:8082/presence-service/x",
        b"401 Unauthorized\r\nWWW-Authenticate: Basic\r\nSet-Cookie: a=b",
    )
    for body in (REST_ANSWERS[0], REST_ANSWERS[2])
)

PATHS = tuple(path.split()[1].encode() for path in REST_PATHS)


def certificates() -> tuple[bytes, ...]:
    """Return a new certificate in DER form."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cup1.example.com")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=start,
        not_valid_after=start + timedelta(days=1),
    )
    return (builder.sign(key, SHA256()).public_bytes(Encoding.DER),)
