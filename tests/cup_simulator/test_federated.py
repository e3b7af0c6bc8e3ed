"""People of another vendor's server. Reference: rule 20."""

import pytest

from cup_simulator import Simulator

from .soap_wire import SoapWire
from .wire import Callback, Wire

PARTNER = "partner@other.example"
CONTACTS = f'<contactsList><contact contactURI="{PARTNER}"/></contactsList>'

CONFIGURATION = """
domain: example.com
application_users:
  hass: {password: simulator}
people:
  watcher: {name: Watcher}
federated:
  partner@other.example: {name: Partner, presence: BUSY, note: Abroad}
"""


@pytest.fixture
def configuration() -> str:
    return CONFIGURATION


def polling(kind: str) -> str:
    return f"/users/watcher/presence/{kind}/contacts/{PARTNER}"


async def test_rich_presence_is_all_there_is(wire: Wire) -> None:
    key = await wire.login("watcher")

    basic = await wire.ask("GET", polling("basic"), key=key)
    rich = await wire.ask("GET", polling("rich"), key=key)

    assert basic.words == {PARTNER: "UNKNOWN"}
    assert rich.status == 200
    for said in (b'entity="sip:partner@other.example"', b"<busy/>", b"<note>Abroad</note>"):
        assert said in rich.body


async def test_rich_presence_is_all_there_is_over_soap(simulator: Simulator) -> None:
    soap = SoapWire(simulator)
    key = await soap.enter("watcher")

    basic = await soap.call(
        "getPolledPresence", f"<presenceType>BASIC_PRESENCE</presenceType>{CONTACTS}", key
    )
    rich = await soap.call(
        "getPolledPresence", f"<presenceType>RICH_PRESENCE</presenceType>{CONTACTS}", key
    )

    assert basic.words == {PARTNER: "UNKNOWN"}
    assert b"<busy/>" in rich.http.body


async def test_what_changes_is_news(wire: Wire, callback: Callback) -> None:
    key = await wire.login("watcher")
    endpoint = await wire.register(callback.url)
    body = (
        f"<subscription>{CONTACTS}<subscriptionType>PRESENCE_NOTIFICATION</subscriptionType>"
        f"<endPointID>{endpoint}</endPointID></subscription>"
    )
    await wire.ask("POST", "/users/watcher/subscriptions", body, key=key, Presence_Expiry="3600")
    await callback.next()
    news = "/users/watcher/presence/rich/subscriptions/1"
    await wire.ask("GET", news, key=key)

    assert (await wire.choose(PARTNER, "DND")).status == 200

    assert await callback.next()
    assert b"<dnd/>" in (await wire.ask("GET", news, key=key)).body


async def test_federated_people_cannot_log_in(wire: Wire) -> None:
    key = await wire.login_application()

    assert (await wire.ask("POST", f"/users/{PARTNER}/sessions", key=key)).failure == (400, 114)
    path = f"/users/{PARTNER}/presence/basic/contacts/watcher@example.com"
    watcher = await wire.login("watcher")
    assert (await wire.ask("GET", path, key=watcher)).failure == (404, 113)


async def test_the_state_tells_who_is_federated(wire: Wire) -> None:
    people = (await wire.state())["people"]

    assert [(each["user"], each.get("federated")) for each in people] == [
        ("watcher", None),
        (PARTNER, True),
    ]
    assert (people[1]["contact"], people[1]["presence"]) == (PARTNER, "BUSY")


async def test_a_reset_brings_them_back(wire: Wire) -> None:
    await wire.choose(PARTNER, "DND")

    await wire.control("POST", "/control/reset")

    assert (await wire.state())["people"][1]["presence"] == "BUSY"
