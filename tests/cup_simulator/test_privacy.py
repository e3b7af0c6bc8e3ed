"""Who sees whom: "polite blocking", and sharing that is switched off. Reference: section 9."""

from lxml import etree
import pytest

from cup_simulator import Simulator

from .soap_wire import SoapWire
from .wire import Callback, Wire

PIDF = "urn:ietf:params:xml:ns:pidf"


async def block(wire: Wire, user: str, *watchers: str) -> None:
    reply = await wire.control(
        "PUT", f"/control/people/{user}/blocks", {"watchers": list(watchers)}
    )
    assert reply.status == 200


async def test_a_blocked_watcher_sees_a_person_as_offline(wire: Wire, simulator: Simulator) -> None:
    watcher, other = await wire.login("watcher"), await wire.login("user3")
    await block(wire, "user2", "watcher")

    assert await wire.poll(watcher, "user2") == "UNAVAILABLE"
    assert await wire.poll(other, "user2", watcher="user3") == "BUSY"
    soap = SoapWire(simulator)
    fields = (
        "<presenceType>RICH_PRESENCE</presenceType>"
        '<contactsList><contact contactURI="user2@example.com"/></contactsList>'
    )
    (contact,) = (await soap.call("getPolledPresence", fields, watcher)).payload[0]
    assert contact.findall(f".//{{{PIDF}}}tuple") == []
    (activities,) = contact.iter("{*}activities")
    assert [etree.QName(each).localname for each in activities] == ["unavailable"]
    assert contact.findtext(".//{*}note") is None

    await block(wire, "user2")
    assert await wire.poll(watcher, "user2") == "BUSY"


async def test_changes_are_news_to_those_only_who_see_them(wire: Wire, callback: Callback) -> None:
    watcher = await wire.login("watcher")
    subscription = await wire.subscribe(watcher, await wire.register(callback.url), "user1")
    assert await callback.next()
    assert await wire.fetch(watcher, subscription) == {"user1@example.com": "AVAILABLE"}

    await block(wire, "user1", "watcher")
    assert await callback.next()
    assert await wire.fetch(watcher, subscription) == {"user1@example.com": "UNAVAILABLE"}
    await wire.choose("user1", "DND")
    assert await wire.fetch(watcher, subscription) == {}

    await block(wire, "user1")
    assert await callback.next()
    assert await wire.fetch(watcher, subscription) == {"user1@example.com": "DND"}


async def test_without_sharing_everybody_sees_only_oneself(wire: Wire) -> None:
    key = await wire.login("user2")
    reply = await wire.control("PUT", "/control/sharing", {"sharing": False})
    assert isinstance(reply.json, dict)
    assert reply.json["sharing"] is False

    assert await wire.poll(key, "user2", watcher="user2") == "BUSY"
    assert await wire.poll(key, "user1", watcher="user2") == "UNAVAILABLE"
    assert await wire.poll(key, "nobody", watcher="user2") == "UNKNOWN"

    await wire.control("POST", "/control/reset")
    assert "sharing" not in await wire.state()


CONFIGURED = """
domain: example.com
application_users: {hass: {password: simulator}}
people:
  user1: {presence: BUSY, blocks: [watcher]}
  user2: {presence: BUSY}
  watcher:
"""


@pytest.mark.parametrize(
    ("configuration", "seen"),
    [(CONFIGURED, "BUSY"), (f"{CONFIGURED}sharing: false", "UNAVAILABLE")],
)
async def test_both_can_be_configured(wire: Wire, seen: str) -> None:
    await wire.login_application()
    key = await wire.login("watcher")
    assert await wire.poll(key, "user1") == "UNAVAILABLE"
    assert await wire.poll(key, "user2") == seen
    assert (await wire.state())["people"][0]["blocks"] == ["watcher"]


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("people/user1/blocks", {}, "watchers must be given as a list."),
        ("people/user1/blocks", {"watchers": [1]}, "Each of watchers must be a text."),
        ("sharing", {"sharing": 1}, "sharing must be given as true or false."),
    ],
)
async def test_requests_that_make_no_sense(
    wire: Wire, path: str, body: dict[str, object], sentence: str
) -> None:
    reply = await wire.control("PUT", f"/control/{path}", body)
    assert (reply.status, reply.json) == (400, {"error": sentence})
