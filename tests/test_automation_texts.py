"""Triggers and conditions: their code, fields, texts and icons say the same."""

import json
from typing import Any

import pytest
import yaml

from custom_components.cisco_unified_presence.condition import CONDITIONS
from custom_components.cisco_unified_presence.states import PRESENCES
from custom_components.cisco_unified_presence.trigger import TRIGGERS

from .flows import FOLDER, TEXTS

ICONS: dict[str, Any] = json.loads((FOLDER / "icons.json").read_text())


def described(kind: str) -> dict[str, Any]:
    """Return what a file describes; keys with a dot are only written once and used again."""
    everything = yaml.safe_load((FOLDER / f"{kind}.yaml").read_text())
    return {key: value for key, value in everything.items() if not key.startswith(".")}


@pytest.mark.parametrize(
    ("kind", "icon", "known"),
    [("triggers", "trigger", TRIGGERS), ("conditions", "condition", CONDITIONS)],
)
def test_each_has_fields_texts_and_an_icon(kind: str, icon: str, known: dict[str, type]) -> None:
    files = described(kind)
    assert files.keys() == known.keys() == TEXTS[kind].keys() == ICONS[kind].keys()
    for key, description in files.items():
        texts = TEXTS[kind][key]
        assert texts.keys() == {"name", "description", "fields"}
        assert texts["fields"].keys() == description["fields"].keys()
        assert all(field["name"] for field in texts["fields"].values())
        assert ICONS[kind][key].keys() == {icon}
        assert ICONS[kind][key][icon].startswith("mdi:")
        assert description["fields"]["behavior"]["selector"] == {
            "automation_behavior": {"mode": icon}
        }


@pytest.mark.parametrize(
    ("kind", "key"), [("triggers", "presence_changed_to"), ("conditions", "is_presence")]
)
def test_presences_are_offered_by_their_names(kind: str, key: str) -> None:
    select = described(kind)[key]["fields"]["presence"]["selector"]["select"]
    assert select["options"] == list(PRESENCES)
    assert select["multiple"] is True
    assert TEXTS["selector"][select["translation_key"]]["options"].keys() == PRESENCES.keys()
