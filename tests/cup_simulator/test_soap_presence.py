"""Presence over SOAP: polled, set, basic and rich. Reference: "SOAP", rules 1 to 6."""

from xml.sax.saxutils import escape

import pytest

from .soap_wire import SOAP_11, SOAP_12, SoapWire, contacts, setting
from .wire import Wire

BASIC = "<presenceType>BASIC_PRESENCE</presenceType>"
RICH = "<presenceType>RICH_PRESENCE</presenceType>"
PIDF = "urn:ietf:params:xml:ns:pidf"


@pytest.fixture(params=[SOAP_11, SOAP_12], ids=["1.1", "1.2"])
def soap(wire: Wire, request: pytest.FixtureRequest) -> SoapWire:
    return SoapWire(wire.simulator, request.param)


@pytest.fixture
async def key(soap: SoapWire) -> str:
    """Return the key of user1, whose jabber is AVAILABLE."""
    return await soap.enter("user1")


def document(activity: str, tuple_id: str = "pws-override", note: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-16"?>'
        f'<presence xmlns="{PIDF}" entity="sip:user1@example.com">'
        '<person xmlns="urn:cisco:params:xml:ns:pidf:rpid" id="user1">'
        f"<activities><{activity}/></activities><note>{note}</note></person>"
        f'<tuple id="{tuple_id}"><status><basic>open</basic></status>'
        '<source xmlns="urn:cisco:params:xml:ns:pidf:source">Presence Web Service</source>'
        "</tuple></presence>"
    )


async def test_many_contacts_are_looked_at_in_one_call(soap: SoapWire, key: str) -> None:
    users = ("user2", "unknown", "user3", "user2", "USER1")

    reply = await soap.call("getPolledPresence", BASIC + contacts(*users), key)

    listed = [tuple(contact.attrib.values()) for contact in reply.payload[0]]
    assert listed == [
        ("user2@example.com", "BUSY"),
        ("unknown@example.com", "UNKNOWN"),
        ("user3@example.com", "UNAVAILABLE"),
        ("user2@example.com", "BUSY"),
        ("USER1@example.com", "AVAILABLE"),
    ]


async def test_rich_presence_stands_in_the_contact(soap: SoapWire, key: str) -> None:
    reply = await soap.call("getPolledPresence", RICH + contacts("user2", "unknown"), key)

    assert reply.payload[0].get("type") == "rich"
    documents = [list(contact) for contact in reply.payload[0]]
    assert [each.tag for (each,) in documents] == [f"{{{PIDF}}}presence"] * 2
    assert [each.get("entity") for (each,) in documents] == [
        "sip:user2@example.com",
        "sip:unknown@example.com",
    ]
    assert documents[0][0].findtext(".//{urn:cisco:params:xml:ns:pidf:rpid}note") == "Lunch"


async def test_five_thousand_contacts_are_looked_at_and_no_more(soap: SoapWire, key: str) -> None:
    users = [f"u{each}" for each in range(5001)]

    most = await soap.call("getPolledPresence", BASIC + contacts(*users[1:]), key)
    more = await soap.call("getPolledPresence", BASIC + contacts(*users), key)

    assert len(most.words) == 5000
    assert more.code == 135


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ("", 110),
        ("<presenceType/>" + contacts("user1"), 110),
        ("<presenceType>basic</presenceType>" + contacts("user1"), 110),
        (BASIC, 146),
        (f"{BASIC}<contactsList/>", 146),
        (BASIC + contacts(" "), 143),
        (f'{BASIC}<contactsList><contact contactURI=""/></contactsList>', 124),
        (f'{BASIC}<contactsList><contact contactURI="user1"/></contactsList>', 143),
    ],
)
async def test_what_cannot_be_looked_at(soap: SoapWire, key: str, fields: str, code: int) -> None:
    assert (await soap.call("getPolledPresence", fields, key)).code == code


async def test_what_cannot_be_fetched(soap: SoapWire, key: str) -> None:
    which = "<subscriptionID>1</subscriptionID>"

    assert (await soap.call("getSubscribedPresence", which + BASIC, key)).code == 133
    assert (await soap.call("getSubscribedPresence", BASIC, key)).code == 133
    assert (await soap.call("getSubscribedPresence", which, key)).code == 110


@pytest.mark.parametrize("override", ["true", "1", " true\n"])
async def test_an_override_set_over_soap_shows_over_rest(
    soap: SoapWire, key: str, override: str
) -> None:
    reply = await soap.call("setPresence", setting("DND", override), key)

    assert reply.text("status") == "SUCCESS"
    assert await soap.poll(key, "user1", watcher="user1") == "DND"
    person = (await soap.state())["people"][0]
    assert (person["presence"], person["override"]) == ("DND", "DND")


@pytest.mark.parametrize("override", ["false", "0"])
async def test_a_word_without_override_is_one_device_more(
    soap: SoapWire, key: str, override: str
) -> None:
    assert (await soap.call("setPresence", setting("BUSY", override), key)).code is None

    person = (await soap.state())["people"][0]
    assert (person["presence"], person["override"]) == ("BUSY", None)
    assert [each["id"] for each in person["devices"]] == ["jabber", "cisco-pws"]


async def test_of_two_presences_the_one_of_the_type_is_used(soap: SoapWire, key: str) -> None:
    rich = f"<richPresence>{escape(document('vacation'))}</richPresence>"
    both = setting("AWAY").replace("</presenceInfo>", f"{rich}</presenceInfo>")

    assert (await soap.call("setPresence", both, key)).code is None
    assert (await soap.state())["people"][0]["override"] == "AWAY"
    both = both.replace("BASIC_PRESENCE", "RICH_PRESENCE")
    assert (await soap.call("setPresence", both, key)).code is None
    assert (await soap.state())["people"][0]["override"] == "VACATION"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ("", 110),
        (setting("BUSY").replace("BASIC_PRESENCE", "BASIC"), 110),
        (BASIC, 115),
        (f"{BASIC}<presenceInfo/>", 115),
        (setting(""), 115),
        (setting("BUSY").replace("BASIC_PRESENCE", "RICH_PRESENCE"), 115),
        (setting("", kind="rich"), 115),
        (setting("UNKNOWN"), 120),
        (setting("busy"), 120),
        (setting("AVAILABLE"), 121),
        (setting("DND", "false"), 122),
        (setting("DND", "yes"), 125),
        (setting("DND", ""), 125),
        (setting("BUSY").replace("<override>true</override>", ""), 125),
        (setting("BUSY", expiration="3599"), 131),
        (setting("BUSY", expiration="86401"), 131),
        (setting("BUSY", expiration="hour"), 131),
        (setting("BUSY").replace("<expiration>3600</expiration>", ""), 131),
        (setting("no XML", kind="rich"), 102),
        (setting(escape("<!DOCTYPE presence><presence/>"), kind="rich"), 102),
        (setting(escape("<session/>"), kind="rich"), 103),
        (setting(escape("<presence/>"), kind="rich"), 120),
        (setting("<presence/>", kind="rich"), 115),
        (setting(escape(document("dnd", "desk")), kind="rich"), 161),
        (setting(escape(document("dnd").replace(">Presence W", ">W")), kind="rich"), 162),
    ],
)
async def test_what_cannot_be_set(soap: SoapWire, key: str, fields: str, code: int) -> None:
    before = (await soap.state())["people"]

    reply = await soap.call("setPresence", fields, key)

    assert (reply.http.status, reply.code) == (200, code)
    assert (await soap.state())["people"] == before


@pytest.mark.parametrize("quote", [escape, "<![CDATA[{}]]>".format])
async def test_rich_presence_is_set_by_a_document_as_text(
    soap: SoapWire, key: str, quote: type[str]
) -> None:
    text = quote(document("dnd", note="Zu Tisch \N{HOT BEVERAGE}"))

    assert (await soap.call("setPresence", setting(text, kind="rich"), key)).code is None

    person = (await soap.state())["people"][0]
    assert (person["presence"], person["note"]) == ("DND", "Zu Tisch \N{HOT BEVERAGE}")
    clear = setting(escape(document("clear", "cisco-pws")), "false", kind="rich")
    assert (await soap.call("setPresence", clear, key)).code is None
    assert (await soap.state())["people"][0]["presence"] == "AVAILABLE"
