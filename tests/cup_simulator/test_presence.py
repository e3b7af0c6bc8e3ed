"""Reference: "Rules that decide whether it works", rules 1 to 6, 21 and 22."""

from itertools import combinations

import pytest

from cup_simulator.clock import ManualClock
from cup_simulator.composition import compose
from cup_simulator.model import Activity, Device, Presence, Status

from .wire import HOUR, Wire


@pytest.fixture
async def key(wire: Wire) -> str:
    """Return the key of user1, whose jabber is AVAILABLE."""
    return await wire.login("user1")


async def shown(wire: Wire, key: str) -> str:
    return await wire.poll(key, "user1", watcher="user1")


@pytest.mark.parametrize("word", ["BUSY", "DND", "AWAY", "UNAVAILABLE", "VACATION"])
async def test_an_override_shows_over_every_device(wire: Wire, key: str, word: str) -> None:
    reply = await wire.set_basic(key, word)

    assert (reply.status, reply.body) == (200, b"")
    assert await shown(wire, key) == word


@pytest.mark.parametrize(
    ("word", "override", "expiry", "failure"),
    [
        ("", "true", "3600", (400, 115)),
        ("  ", "nonsense", "0", (400, 115)),
        ("UNKNOWN", "true", "3600", (400, 120)),
        ("busy", "true", "3600", (400, 120)),
        ("Busy", "nonsense", "0", (400, 120)),
        ("OFFLINE", "true", "3600", (400, 120)),
        ("AVAILABLE", "true", "0", (400, 121)),
        ("DND", "false", "0", (400, 122)),
        ("DND", None, "3600", (400, 122)),
        ("DND", "yes", "0", (400, 125)),
        ("DND", "True", "3600", (400, 125)),
        ("DND", "", "3600", (400, 125)),
        ("DND", "true", None, (400, 131)),
        ("DND", "true", "3599", (400, 131)),
        ("BUSY", "false", "86401", (400, 131)),
        ("AVAILABLE", "false", "x", (400, 131)),
    ],
)
async def test_words_that_cannot_be_set(
    wire: Wire,
    key: str,
    word: str,
    override: str | None,
    expiry: str | None,
    failure: tuple[int, int],
) -> None:
    await wire.set_basic(key, "AWAY")

    reply = await wire.set_basic(key, word, override=override, expiry=expiry)

    assert reply.failure == failure
    assert await shown(wire, key) == "AWAY"


@pytest.mark.parametrize(
    ("body", "failure"), [("", (400, 102)), ("<x>BUSY</x>", (400, 103)), ("BUSY", (400, 102))]
)
async def test_bodies_that_say_no_word(
    wire: Wire, key: str, body: str, failure: tuple[int, int]
) -> None:
    path = "/users/user1/presence/basic"
    reply = await wire.ask("PUT", path, body, key=key, Presence_Expiry="3600")

    assert reply.failure == failure


async def test_a_presence_that_is_neither_basic_nor_rich(wire: Wire, key: str) -> None:
    reply = await wire.ask("PUT", "/users/user1/presence/poor", "<x", key=key)

    assert reply.failure == (400, 110)


async def test_an_override_ends_at_its_expiry(wire: Wire, key: str, clock: ManualClock) -> None:
    await wire.set_basic(key, "DND", expiry="7200")

    clock.advance(7199)
    assert await shown(wire, key) == "DND"
    clock.advance(1)
    assert await shown(wire, key) == "AVAILABLE"


async def test_setting_again_renews_the_expiry(wire: Wire, key: str, clock: ManualClock) -> None:
    await wire.set_basic(key, "DND")
    clock.advance(HOUR - 1)
    await wire.set_basic(key, "DND")
    clock.advance(HOUR - 1)

    assert await shown(wire, key) == "DND"


async def test_available_without_override_clears_the_override(wire: Wire, key: str) -> None:
    await wire.set_basic(key, "DND")

    reply = await wire.set_basic(key, "AVAILABLE", override="false")

    assert reply.status == 200
    assert await shown(wire, key) == "AVAILABLE"
    person = (await wire.state())["people"][0]
    assert (person["override"], person["manual"]) == (None, None)


async def test_override_false_reports_one_device_more(wire: Wire, key: str) -> None:
    await wire.set_basic(key, "AWAY", override="false")
    assert await shown(wire, key) == "AVAILABLE"

    await wire.set_basic(key, "BUSY", override=None)
    assert await shown(wire, key) == "BUSY"

    await wire.set_basic(key, "UNAVAILABLE", override="false")
    assert await shown(wire, key) == "AVAILABLE"
    await wire.choose("user1", "UNAVAILABLE", manual=False)
    assert await shown(wire, key) == "UNAVAILABLE"


async def test_a_device_word_falls_back_at_its_expiry(
    wire: Wire, key: str, clock: ManualClock
) -> None:
    await wire.set_basic(key, "BUSY", override="false")

    clock.advance(HOUR)

    assert await shown(wire, key) == "AVAILABLE"
    devices = (await wire.state())["people"][0]["devices"]
    assert devices == [
        {"id": "jabber", "presence": "AVAILABLE", "activities": []},
        {"id": "cisco-pws", "presence": "AVAILABLE", "activities": []},
    ]


async def test_a_device_word_leaves_the_override(wire: Wire, key: str) -> None:
    await wire.set_basic(key, "DND")

    await wire.set_basic(key, "BUSY", override="false")

    assert await shown(wire, key) == "DND"


async def test_of_two_overrides_the_later_shows(wire: Wire, key: str) -> None:
    await wire.set_basic(key, "DND")
    await wire.choose("user1", "AVAILABLE")
    assert await shown(wire, key) == "AVAILABLE"

    await wire.set_basic(key, "AWAY")
    assert await shown(wire, key) == "AWAY"


async def test_clearing_one_override_leaves_the_other(wire: Wire, key: str) -> None:
    await wire.choose("user1", "BUSY")
    await wire.set_basic(key, "DND")
    await wire.set_basic(key, "AVAILABLE", override="false")
    assert await shown(wire, key) == "BUSY"

    await wire.set_basic(key, "DND")
    await wire.control("DELETE", "/control/people/user1/presence")
    assert await shown(wire, key) == "DND"


async def test_what_a_device_reports_never_beats_an_override(wire: Wire, key: str) -> None:
    await wire.set_basic(key, "AWAY")

    await wire.choose("user1", "DND", manual=False, activities=["on-the-phone"])

    assert await shown(wire, key) == "AWAY"


TRANSLATING = """
domain: example.com
application_users: {hass: {password: simulator}}
people:
  user1: {presence: VACATION}
translate: {BUSY: AWAY, VACATION: AWAY}
"""


@pytest.mark.parametrize("configuration", [TRANSLATING])
async def test_a_word_may_be_displayed_as_another(wire: Wire) -> None:
    key = await wire.login("user1")

    assert (await wire.set_basic(key, "BUSY")).status == 200

    assert await shown(wire, key) == "AWAY"
    rich = await wire.ask("GET", "/users/user1/presence/rich/contacts/user1@example.com", key=key)
    assert b'id="user1">\n                <activities>\n                    <away/>' in rich.body
    await wire.set_basic(key, "DND")
    assert await shown(wire, key) == "DND"


def device(word: Presence, *activities: Activity, note: str = "") -> Device:
    return Device(word, Status(word, activities, note))


RANKED = [
    Presence.DND,
    Presence.BUSY,
    Presence.AVAILABLE,
    Presence.AWAY,
    Presence.VACATION,
    Presence.UNAVAILABLE,
]


@pytest.mark.parametrize(("higher", "lower"), combinations(RANKED, 2))
def test_one_word_from_two_devices(higher: Presence, lower: Presence) -> None:
    assert compose([device(lower), device(higher)]).presence is higher


def test_without_any_device_a_person_is_unavailable() -> None:
    assert compose([]) == Status(Presence.UNAVAILABLE)


def test_activities_are_of_all_devices_and_the_note_of_the_first_that_has_one() -> None:
    composed = compose(
        [
            device(Presence.AWAY, Activity.MEETING, note="Away"),
            device(Presence.AVAILABLE, note="Here"),
            device(Presence.BUSY, Activity.ON_THE_PHONE, Activity.MEETING),
        ]
    )

    assert composed == Status(Presence.BUSY, (Activity.ON_THE_PHONE, Activity.MEETING), note="Here")
