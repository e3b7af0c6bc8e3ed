"""What is known of a person and of each device: the one word, activities, and the note."""

from itertools import combinations

import pytest

from custom_components.cisco_unified_presence.pws import Activity, Device, Note, RichPresence
from custom_components.cisco_unified_presence.pws.presence import Presence

CALL, MEETING = Activity.ON_THE_PHONE, Activity.MEETING

# Before each other one that comes later, of a person and of devices.
OF_PERSON = ("dnd", "busy", "vacation", "away", "unavailable", "available")
OF_DEVICES = ("dnd", "busy", "available", "away", "vacation", "unavailable")


def device(name: str = "phone", *activities: str, is_open: bool | None = None) -> Device:
    return Device(name, activities=frozenset(map(Activity, activities)), is_open=is_open)


def rich(*devices: Device, activities: tuple[str, ...] = ()) -> RichPresence:
    own = frozenset(map(Activity, activities))
    return RichPresence("sip:anna@x", activities=own, devices=devices)


@pytest.mark.parametrize(("first", "second"), combinations(OF_PERSON, 2))
def test_of_several_words_of_a_person_one_counts(first: str, second: str) -> None:
    assert rich(activities=(second, first)).presence == first.upper()


@pytest.mark.parametrize(("first", "second"), combinations(OF_DEVICES, 2))
def test_of_several_words_of_devices_another_one_counts(first: str, second: str) -> None:
    assert device("phone", second, first).presence == first.upper()
    both = rich(device("a", second), device("b", first))
    assert both.presence == first.upper()
    assert both.presence_of_own_devices == first.upper()


@pytest.mark.parametrize(
    ("found", "presence"),
    [
        (device(), "UNKNOWN"),
        (device(is_open=True), "AVAILABLE"),
        (device(is_open=False), "UNAVAILABLE"),
        (device("a", "away", is_open=True), "AWAY"),
        (device("a", "meeting", is_open=False), "BUSY"),
        (device("a", "on-the-phone"), "BUSY"),
        (device("a", "clear", is_open=True), "AVAILABLE"),
        (device("a", "available", "meeting"), "AVAILABLE"),
    ],
)
def test_the_word_of_a_device(found: Device, presence: str) -> None:
    assert found.presence == presence


@pytest.mark.parametrize(
    ("name", "is_override", "is_set"),
    [
        ("pws-override", True, True),
        ("pws-persistent", True, True),
        ("cisco-pws", False, True),
        ("jabber", False, False),
        ("", False, False),
    ],
)
def test_what_is_set_through_the_service(name: str, *, is_override: bool, is_set: bool) -> None:
    found = device(name, "away")
    assert (found.is_override, found.is_set_through_the_service) == (is_override, is_set)
    both = rich(found, device("other", "busy"))
    assert both.overrides == ({Presence.AWAY} if is_override else set())
    assert found in (both.set_devices if is_set else both.own_devices)
    assert found not in (both.own_devices if is_set else both.set_devices)
    # Where something overrides, the devices do not count.
    assert both.presence == ("AWAY" if is_override else "BUSY")
    assert both.presence_of_own_devices == "BUSY"


def test_nobody_is_anywhere() -> None:
    assert rich().presence is Presence.UNKNOWN
    assert rich().presence_of_own_devices is Presence.UNAVAILABLE
    assert rich(device("cisco-pws", "busy")).presence_of_own_devices is Presence.UNAVAILABLE
    assert rich(device()).presence_of_own_devices is Presence.UNAVAILABLE


@pytest.mark.parametrize(
    ("found", "reported", "of_devices", "of_person"),
    [
        (rich(), set(), set(), set()),
        (rich(activities=("busy", "meeting")), {"busy", "meeting"}, set(), {"meeting"}),
        (rich(activities=("busy",)), {"busy"}, set(), set()),
        (
            rich(device("a", "on-the-phone", "away"), activities=("dnd",)),
            {"dnd", "on-the-phone"},
            {"on-the-phone"},
            set(),
        ),
        # What a device does is not the person's.
        (
            rich(device("a", "meeting"), activities=("meeting", "on-the-phone")),
            {"meeting", "on-the-phone"},
            {"meeting"},
            {"on-the-phone"},
        ),
        # What is set is no report.
        (rich(device("cisco-pws", "meeting")), set(), set(), set()),
        (rich(device("pws-override", "on-the-phone")), set(), set(), set()),
    ],
)
def test_calls_and_meetings(
    found: RichPresence, reported: set[str], of_devices: set[str], of_person: set[str]
) -> None:
    assert found.reported_activities == reported
    assert found.activities_of_own_devices == of_devices
    assert found.activities_of_person == of_person


@pytest.mark.parametrize(
    ("tag", "wanted", "distance"),
    [
        ("de", "de", 0),
        ("de-AT", "DE-at", 0),
        ("de-AT", "de", 1),
        ("de", "de-CH", 1),
        ("fr", "de", 3),
        ("fr", "", 3),
        (None, "de", 2),
        ("", "de", 2),
        (None, "", 2),
    ],
)
def test_how_far_a_note_is_from_a_language(tag: str | None, wanted: str, distance: int) -> None:
    assert Note("x", tag).distance_from(wanted) == distance


def test_the_note_of_a_language() -> None:
    notes = (Note("fr", "fr"), Note("de", "de"), Note("none"), Note("at", "de-AT"))
    found = RichPresence("sip:anna@x", notes=notes)
    said = {language: found.note_in(language) for language in ("de", "de-AT", "de-CH", "fr", "it")}
    assert said == {"de": "de", "de-AT": "at", "de-CH": "de", "fr": "fr", "it": "none"}
    assert found.note == "none"
    assert RichPresence("sip:anna@x", notes=notes[:2]).note == "fr"
    assert RichPresence("sip:anna@x").note is None
    assert RichPresence("sip:anna@x").note_in("de") is None
