"""What may be requested, and what a note may be."""

from typing import Any

import pytest
import voluptuous as vol

from custom_components.cisco_unified_presence.automations import (
    ANY_PRESENCE_OPTIONS,
    PRESENCE_OPTIONS,
)
from custom_components.cisco_unified_presence.pws import Presence
from custom_components.cisco_unified_presence.requested_presence import (
    ImpossiblePresence,
    note_of,
    request_presence,
)


@pytest.mark.parametrize(
    ("text", "note"), [(" At lunch ", "At lunch"), ("", None), ("  ", None), ("x" * 140, "x" * 140)]
)
def test_a_note(text: str, note: str | None) -> None:
    assert note_of(text) == note


@pytest.mark.parametrize(
    ("text", "why"), [("x" * 141, "^The note is too long$"), ("x\ud83d", "surrogates")]
)
def test_what_is_no_note(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        note_of(text)


@pytest.mark.parametrize(
    ("presence", "override", "note", "expected"),
    [
        (Presence.AVAILABLE, None, None, False),
        (Presence.AVAILABLE, None, "x", True),
        (Presence.AVAILABLE, True, "x", True),
        (Presence.AVAILABLE, True, None, "available_override"),
        (Presence.DND, None, None, True),
        (Presence.DND, False, None, "dnd_override"),
        (Presence.BUSY, False, None, False),
        (Presence.BUSY, None, None, True),
        (Presence.BUSY, False, "x", "note_needs_override"),
    ],
)
def test_what_may_override(
    presence: Presence, note: str | None, *, override: bool | None, expected: bool | str
) -> None:
    if isinstance(expected, str):
        with pytest.raises(ImpossiblePresence) as error:
            request_presence(presence, override=override, note=note)
        assert error.value.key == expected
    else:
        assert request_presence(presence, override=override, note=note).override is expected


def test_presences_in_the_options_of_triggers_and_conditions() -> None:
    required, optional = vol.Schema(PRESENCE_OPTIONS), vol.Schema(ANY_PRESENCE_OPTIONS)
    assert required({"options": {"presence": "busy"}}) == {"options": {"presence": ["busy"]}}
    assert optional({}) == {"options": {"presence": []}}
    nothing: list[dict[str, Any]] = [{}, {"options": {}}, {"options": {"presence": []}}]
    for refused in nothing:
        with pytest.raises(vol.Invalid):
            required(refused)
    for schema in (required, optional):
        with pytest.raises(vol.Invalid):
            schema({"options": {"presence": "lunch"}})
