"""Reference: "Rich presence: the PIDF document", and rules 4 and 5."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
import pytest

from cup_simulator import pidf
from cup_simulator.clock import ManualClock
from cup_simulator.errors import PresenceServiceError
from cup_simulator.model import (
    EXTRA_ACTIVITIES,
    Activity,
    Capabilities,
    Device,
    Presence,
    PublishedPresence,
    PublishedTuple,
    Seen,
    Shown,
    Source,
    Status,
)

from .wire import HOUR, Wire

SOURCE = '<source xmlns="urn:cisco:params:xml:ns:pidf:source">Presence Web Service</source>'
OVERRIDE = f'<tuple id="pws-override"><status><basic>open</basic></status>{SOURCE}</tuple>'


def document(activities: str, tuples: str = OVERRIDE, more: str = "") -> str:
    return (
        '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:user1@example.com">'
        '<person xmlns="urn:cisco:params:xml:ns:pidf:rpid" id="user1">'
        f"<activities>{activities}</activities>{more}</person>{tuples}</presence>"
    )


FULL = f"""<?xml version="1.0" encoding="UTF-8"?>
<p:presence xmlns:p="urn:ietf:params:xml:ns:pidf" xmlns:r="urn:cisco:params:xml:ns:pidf:rpid"
    xmlns:s="urn:ietf:params:xml:ns:pidf:servcaps" entity="sip:user1@example.com">
  <r:person id="user1">
    <r:activities><r:dnd/><r:meeting/><r:phone-status>ringing</r:phone-status>
      <r:user-input>active</r:user-input><r:unheard-of/></r:activities>
    <r:class>manual</r:class>
    <r:note>Custom DND</r:note>
  </r:person>
  <p:tuple id="pws-override">
    <p:status><p:basic>open</p:basic></p:status>
    <s:servcaps><s:text>true</s:text><s:audio>false</s:audio><s:type>desk</s:type></s:servcaps>
    {SOURCE}
  </p:tuple>
</p:presence>
"""


@pytest.fixture
async def key(wire: Wire) -> str:
    """Return the key of user1, whose jabber is AVAILABLE."""
    return await wire.login("user1")


async def poll(wire: Wire, key: str, user: str = "user1") -> bytes:
    path = f"/users/user1/presence/rich/contacts/{user}@example.com"
    reply = await wire.ask("GET", path, key=key)
    assert reply.status == 200
    return reply.body


async def word(wire: Wire, key: str) -> str:
    return await wire.poll(key, "user1", watcher="user1")


async def test_a_rich_list_to_the_byte(wire: Wire, key: str) -> None:
    await wire.choose("user2", "DND", note="Häns & Co", activities=["meeting"])

    assert (await poll(wire, key, "user2")).decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<presenceList type="rich">\n'
        '    <contact contactURI="user2@example.com">\n'
        '        <presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:user2@example.com">\n'
        '            <person xmlns="urn:cisco:params:xml:ns:pidf:rpid" id="user2">\n'
        "                <activities>\n"
        "                    <dnd/>\n"
        "                    <meeting/>\n"
        "                </activities>\n"
        "                <class>manual</class>\n"
        "                <note>Häns &amp; Co</note>\n"
        '                <display-name xmlns="urn:ietf:params:xml:ns:pidf:cipid">'
        "Second User</display-name>\n"
        "            </person>\n"
        '            <tuple id="jabber">\n'
        "                <status>\n"
        "                    <basic>open</basic>\n"
        "                </status>\n"
        '                <activities xmlns="urn:cisco:params:xml:ns:pidf:rpid">\n'
        "                    <available/>\n"
        "                </activities>\n"
        '                <contact priority="0.8">sip:user2@example.com</contact>\n'
        "            </tuple>\n"
        "        </presence>\n"
        "    </contact>\n"
        "</presenceList>\n"
    )


async def test_what_is_set_is_seen_again(wire: Wire, key: str) -> None:
    reply = await wire.set_rich(key, FULL, override="true")

    assert (reply.status, reply.body) == (200, b"")
    assert await word(wire, key) == "DND"
    seen = await poll(wire, key)
    for expected in (
        b"<dnd/>",
        b"<meeting/>",
        b"<phone-status>ringing</phone-status>",
        b"<user-input>active</user-input>",
        b"<note>Custom DND</note>",
        b'<tuple id="pws-override">',
        b"<text>true</text>",
        b"<audio>false</audio>",
        b"<type>desk</type>",
        SOURCE.encode(),
    ):
        assert expected in seen
    assert b"unheard-of" not in seen
    assert b"<video>" not in seen
    assert b"manual" not in seen


async def test_who_is_not_known_has_an_empty_document(wire: Wire, key: str) -> None:
    assert (
        b'        <presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:x@example.com"/>\n'
        in await poll(wire, key, "x")
    )


async def test_a_device_that_is_unavailable_is_closed(wire: Wire, key: str) -> None:
    await wire.choose("user2", "UNAVAILABLE", manual=False)

    assert b"<basic>closed</basic>" in await poll(wire, key, "user2")


async def test_what_is_set_ends_at_its_expiry(wire: Wire, key: str, clock: ManualClock) -> None:
    await wire.set_rich(key, document("<busy/><meeting/>"), override="true")
    clock.advance(HOUR)

    seen = await poll(wire, key)
    assert b"<available/>" in seen
    assert b"meeting" not in seen


async def test_a_device_word(wire: Wire, key: str) -> None:
    tuples = f'<tuple id="mine"><status><basic>open</basic></status>{SOURCE}</tuple>'

    reply = await wire.set_rich(key, document("<busy/><on-the-phone/>", tuples))

    assert reply.status == 200
    assert await word(wire, key) == "BUSY"
    person = (await wire.state())["people"][0]
    assert person["override"] is None
    assert person["activities"] == ["on-the-phone"]
    assert person["devices"] == [
        {"id": "jabber", "presence": "AVAILABLE", "activities": []},
        {"id": "cisco-pws", "presence": "BUSY", "activities": ["on-the-phone"]},
    ]


async def test_available_may_be_an_override(wire: Wire, key: str) -> None:
    await wire.choose("user1", "DND")

    assert (await wire.set_rich(key, document("<available/>"), override="true")).status == 200
    assert await word(wire, key) == "AVAILABLE"
    assert (await wire.state())["people"][0]["override"] == "AVAILABLE"


@pytest.mark.parametrize("activities", ["<clear/>", "<available/>"])
async def test_clearing(wire: Wire, key: str, activities: str) -> None:
    await wire.set_rich(key, document("<away/>", more="<note>Gone</note>"), override="true")
    await wire.set_basic(key, "BUSY", override="false")

    assert (await wire.set_rich(key, document(activities, ""))).status == 200

    assert await word(wire, key) == "AVAILABLE"
    assert b"Gone" not in await poll(wire, key)
    assert (await wire.state())["people"][0]["override"] is None


async def test_clearing_leaves_what_was_chosen_by_hand(wire: Wire, key: str) -> None:
    await wire.choose("user1", "BUSY")
    await wire.set_basic(key, "DND")

    await wire.set_rich(key, document("<clear/>", ""))

    assert await word(wire, key) == "BUSY"


@pytest.mark.parametrize("tuple_id", ["pws-override", "pws-persistent"])
@pytest.mark.parametrize("source", ["Presence Web Service", "Human"])
async def test_tuples_of_an_override(wire: Wire, key: str, tuple_id: str, source: str) -> None:
    tuples = OVERRIDE.replace("pws-override", tuple_id).replace("Presence Web Service", source)

    assert (await wire.set_rich(key, document("<dnd/>", tuples), override="true")).status == 200
    seen = await poll(wire, key)
    assert f'<tuple id="{tuple_id}">'.encode() in seen
    assert f':source">{source}</source>'.encode() in seen


SOURCELESS = '<tuple id="pws-override"><status><basic>open</basic></status></tuple>'


@pytest.mark.parametrize(
    ("body", "override", "expiry", "failure"),
    [
        ("", "true", "3600", (400, 102)),
        ("<presence", "true", "3600", (400, 102)),
        ("<person/>", "true", "3600", (400, 103)),
        ("<presence/>", "no", "0", (400, 120)),
        ("<presence>BUSY</presence>", "true", "3600", (400, 120)),
        (document("<unheard-of/>", ""), "false", "3600", (400, 120)),
        (document("<clear/>"), "true", "3600", (400, 120)),
        (document("<dnd/>"), "maybe", "0", (400, 125)),
        (document("<clear/>", ""), "false", "0", (400, 131)),
        (document("<dnd/>"), "true", "0", (400, 131)),
        (document("<busy/>", ""), "false", "86401", (400, 131)),
        (document("<dnd/>", ""), "true", "0", (400, 161)),
        (document("<dnd/>", OVERRIDE.replace("override", "x")), "true", "0", (400, 161)),
        (document("<dnd/>", SOURCELESS.replace("override", "x")), "true", "0", (400, 161)),
        (document("<dnd/>", SOURCELESS), "true", "0", (400, 162)),
        (document("<dnd/>", OVERRIDE + SOURCELESS), "true", "0", (400, 162)),
        (document("<dnd/>", OVERRIDE.replace("Web", "x")), "true", "0", (400, 162)),
        (document("<busy/>", SOURCELESS), "false", "0", (400, 162)),
    ],
)
async def test_what_cannot_be_set(
    wire: Wire, key: str, body: str, override: str, expiry: str, failure: tuple[int, int]
) -> None:
    await wire.set_basic(key, "AWAY")

    reply = await wire.set_rich(key, body, override=override, expiry=expiry)

    assert reply.failure == failure
    assert await word(wire, key) == "AWAY"


def read(text: str) -> PublishedPresence:
    return pidf.read(etree.fromstring(text))


@pytest.mark.parametrize(
    ("activities", "presence"),
    [
        ("<away/>", Presence.AWAY),
        ("<vacation/>", Presence.VACATION),
        ("<unavailable/>", Presence.UNAVAILABLE),
        ("<meeting/><busy/><dnd/>", Presence.BUSY),
        ("<on-the-phone/>", Presence.BUSY),
        ("<meeting/>", Presence.BUSY),
        ("<unheard-of/>", Presence.AVAILABLE),
    ],
)
def test_the_word_of_activities(activities: str, presence: Presence) -> None:
    assert read(document(activities)).status.presence is presence


@pytest.mark.parametrize(
    ("basic", "presence"), [("open", Presence.AVAILABLE), ("closed", Presence.UNAVAILABLE)]
)
def test_without_activities_the_status_of_the_tuples_says_the_word(
    basic: str, presence: Presence
) -> None:
    body = OVERRIDE.replace("open", basic)

    assert read(f"<presence>{body}</presence>").status.presence is presence


def test_activities_and_note_of_a_tuple_serve_when_the_person_has_none() -> None:
    body = '<tuple id="a"><activities><dnd/></activities><note> Mine </note></tuple>'

    published = read(f"<presence>{body}</presence>")

    assert published.status == Status(Presence.DND, note="Mine")
    assert published.tuples == (PublishedTuple("a", ""),)


def test_a_status_that_is_neither_open_nor_closed_says_nothing() -> None:
    with pytest.raises(PresenceServiceError):
        read(f"<presence>{OVERRIDE.replace('open', 'ajar')}</presence>")


TEXTS = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_categories=["C", "Z"])
)
STATUSES = st.builds(
    Status,
    presence=st.sampled_from([word for word in Presence if word is not Presence.UNKNOWN]),
    activities=st.sets(st.sampled_from(EXTRA_ACTIVITIES)).map(
        lambda found: tuple(each for each in EXTRA_ACTIVITIES if each in found)
    ),
    note=TEXTS,
    details=st.lists(st.tuples(st.sampled_from(pidf.DETAILS), TEXTS), max_size=3).map(tuple),
)
MAYBE = st.sampled_from([None, True, False])
DEVICES = st.builds(
    Device,
    id=TEXTS,
    status=st.just(Status(Presence.AVAILABLE)),
    source=st.sampled_from(Source),
    capabilities=st.builds(Capabilities, text=MAYBE, audio=MAYBE, video=MAYBE, type=TEXTS),
)


@given(STATUSES, TEXTS, st.lists(DEVICES, max_size=3), st.booleans())
def test_what_is_written_is_read(
    status: Status,
    name: str,
    devices: list[Device],
    by_hand: bool,  # noqa: FBT001 - given
) -> None:
    shown = Shown("anna", name, "anna@example.com", status, by_hand, tuple(devices), None)
    written = etree.tostring(pidf.write(Seen("anna@example.com", shown)))

    published = pidf.read(etree.fromstring(written))

    assert published == PublishedPresence(
        status,
        clear=False,
        tuples=tuple(
            PublishedTuple(each.id, str(each.source), each.capabilities) for each in devices
        ),
    )


@given(st.recursive(st.sampled_from([*Activity, "x"]), lambda inner: st.lists(inner, max_size=4)))
def test_any_tree_is_read_or_refused(tree: object) -> None:
    def build(node: object) -> str:
        if isinstance(node, list):
            return f"<person><activities>{''.join(map(build, node))}</activities></person>"
        return f"<{node}/>"

    try:
        published = read(f"<presence>{build(tree)}</presence>")
    except PresenceServiceError as error:
        assert error.code == 120  # noqa: PT017 - either outcome is right
    else:
        assert published.status.presence is not Presence.UNKNOWN
