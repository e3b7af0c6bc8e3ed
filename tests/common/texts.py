"""The integration's folder and its English texts, and what tests ask of them."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import string
from typing import Any

from homeassistant.data_entry_flow import section
import voluptuous as vol

import custom_components.cisco_unified_presence as integration

FOLDER = Path(integration.__file__).parent
TEXTS: dict[str, Any] = json.loads((FOLDER / "translations" / "en.json").read_text())


def texts_in(tree: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield all texts of a translation, each after its place ("config.step.user.title")."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from texts_in(value, (*path, key))
    else:
        assert isinstance(tree, str), path
        yield ".".join(path), tree


ALL_TEXTS = dict(texts_in(TEXTS))


def placeholders_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def check_fields(schema: vol.Schema, texts: Mapping[str, Any]) -> None:
    """Assert that every field has its texts, those in sections included, and no other has."""
    sections = {str(key): each for key, each in schema.schema.items() if isinstance(each, section)}
    fields = {str(key) for key in schema.schema} - sections.keys()
    assert texts.get("data", {}).keys() == fields
    assert texts.get("data_description", {}).keys() == fields
    assert texts.get("sections", {}).keys() == sections.keys()
    for name, each in sections.items():
        within = texts["sections"][name]
        assert within.keys() == {"name", "description", "data", "data_description"}
        check_fields(each.schema, within)
