"""Triggers and conditions: what their files describe is what the code has.

Home Assistant's hassfest action checks that they have texts and icons.
"""

from typing import Any

import pytest
import yaml

from custom_components.cisco_unified_presence.condition import CONDITIONS
from custom_components.cisco_unified_presence.states import PRESENCES
from custom_components.cisco_unified_presence.trigger import TRIGGERS

from .common.texts import FOLDER


def described(kind: str) -> dict[str, Any]:
    """Return what a file describes, without the anchors, whose keys have a dot."""
    everything = yaml.safe_load((FOLDER / f"{kind}.yaml").read_text())
    return {key: value for key, value in everything.items() if not key.startswith(".")}


# They are no conditions on entities of people.
WITHOUT_BEHAVIOR = {"calendar_event", "linked_entity"}


@pytest.mark.parametrize(
    ("kind", "mode", "known"),
    [("triggers", "trigger", TRIGGERS), ("conditions", "condition", CONDITIONS)],
)
def test_what_is_described_is_there(kind: str, mode: str, known: dict[str, type]) -> None:
    files = described(kind)
    assert files.keys() == known.keys()
    for key, description in files.items():
        if key in WITHOUT_BEHAVIOR:
            continue
        assert description["fields"]["behavior"]["selector"] == {
            "automation_behavior": {"mode": mode}
        }


@pytest.mark.parametrize("kind", ["triggers", "conditions"])
def test_groups_are_offered_beside_people(kind: str) -> None:
    """Entities of groups have no device class, and one of each kind of entity."""
    for key, description in described(kind).items():
        if key in WITHOUT_BEHAVIOR:
            continue
        offered = description["target"]["entity"]
        assert offered.keys() == {"integration", "domain"}
        assert offered["domain"] in {"sensor", "binary_sensor"}


@pytest.mark.parametrize(
    ("kind", "key"), [("triggers", "presence_changed_to"), ("conditions", "is_presence")]
)
def test_presences_are_offered_by_their_names(kind: str, key: str) -> None:
    select = described(kind)[key]["fields"]["presence"]["selector"]["select"]
    assert select["options"] == list(PRESENCES)
    assert select["multiple"] is True
