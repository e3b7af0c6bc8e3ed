"""What the server shows of a contact, as actions return it."""

import pytest

from custom_components.cisco_unified_presence.pws import (
    Activity,
    ContactPresence,
    Device,
    Note,
    Presence,
    RichPresence,
)
from custom_components.cisco_unified_presence.states import PRESENCES, presence_in_words


@pytest.mark.parametrize(
    ("presence", "state"),
    [
        (Presence.AVAILABLE, "available"),
        (Presence.BUSY, "busy"),
        (Presence.DND, "do_not_disturb"),
        (Presence.AWAY, "away"),
        (Presence.VACATION, "vacation"),
        (Presence.UNAVAILABLE, "offline"),
        (Presence.UNKNOWN, None),
    ],
)
def test_a_word_alone(presence: Presence, state: str | None) -> None:
    assert presence_in_words(ContactPresence("anna@x", presence), "en") == {"presence": state}
    if state is not None:
        assert PRESENCES[state] is presence
    assert len(PRESENCES) == 6


def test_rich_presence() -> None:
    document = RichPresence(
        "sip:anna@x",
        activities=frozenset({Activity.BUSY, Activity.MEETING}),
        notes=(Note("Meeting", "en"), Note("Besprechung", "de")),
        devices=(
            Device("jabber", is_open=True),
            Device("phone", activities=frozenset({Activity.ON_THE_PHONE})),
            Device("lost"),
        ),
    )
    assert presence_in_words(ContactPresence("anna@x", Presence.BUSY, document), "de") == {
        "presence": "busy",
        "note": "Besprechung",
        "activities": ["busy", "meeting", "on-the-phone"],
        "devices": {"jabber": "available", "phone": "busy", "lost": None},
    }
    nothing = RichPresence("sip:anna@x")
    assert presence_in_words(ContactPresence("anna@x", Presence.UNKNOWN, nothing), "de") == {
        "presence": None,
        "note": None,
        "activities": [],
        "devices": {},
    }
