"""Actions, triggers and conditions: described for the interface, with texts and icons for all."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from homeassistant.helpers.service import _SERVICES_SCHEMA
from homeassistant.helpers.trigger.descriptions import _TRIGGERS_DESCRIPTION_SCHEMA
import voluptuous as vol

from .repository import Finding, Repository
from .shape import misshapen

FIELD_KEYS = frozenset({"context", "default", "example", "filter", "required", "selector"})


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that a file describes.

    Attributes:
        key: What it is called in the texts and icons; the file has the same name.
        schema: Home Assistant's own, by which the file is loaded.
    """

    key: str
    schema: vol.Schema

    @property
    def file(self) -> str:
        """Return the name of the file."""
        return f"{self.key}.yaml"


def _schema_of_conditions() -> vol.Schema:
    """Return how conditions.yaml is loaded; Home Assistant 2026.11 has it in another place."""
    try:
        module = import_module("homeassistant.helpers.condition.descriptions")
    except ModuleNotFoundError:
        module = import_module("homeassistant.helpers.condition")
    return vars(module)["_CONDITIONS_DESCRIPTION_SCHEMA"]


KINDS = (
    Kind("services", _SERVICES_SCHEMA),
    Kind("triggers", _TRIGGERS_DESCRIPTION_SCHEMA),
    Kind("conditions", _schema_of_conditions()),
)


def check(repository: Repository) -> Iterator[Finding]:
    """Walk through what is wrong with the descriptions."""
    for kind in KINDS:
        file = repository.in_integration(kind.file)
        described = repository.yaml(file)
        wrong = list(misshapen(kind.schema, described))
        for sentence in wrong or _sentences(kind, described, repository):
            yield Finding(file, sentence)


def _sentences(kind: Kind, described: dict[str, Any], repository: Repository) -> Iterator[str]:
    # What begins with a dot is written once and used again.
    items = {key: item or {} for key, item in described.items() if not key.startswith(".")}
    english = repository.english
    texts = english.get(kind.key, {})
    icons = repository.json(repository.in_integration("icons.json")).get(kind.key, {})
    yield from _differing("", items.keys(), texts.keys(), "en.json")
    yield from _differing("", items.keys(), icons.keys(), "icons.json")
    for key in sorted(items.keys() & texts.keys()):
        yield from _item(key, items[key], texts[key])
        for place, field in _fields(items[key]):
            yield from _field(f"{key}.{place}", field, english.get("selector", {}))


def _differing(
    place: str, here: AbstractSet[str], there: AbstractSet[str], where: str
) -> Iterator[str]:
    for key in sorted(here - there):
        yield f"{place}{key} is missing in {where}."
    for key in sorted(there - here):
        yield f"{place}{key} is in {where}, but not here."


def _item(key: str, item: dict[str, Any], texts: dict[str, Any]) -> Iterator[str]:
    fields = {place for place, _ in _fields(item)}
    yield from _differing(f"{key}.", fields, texts.get("fields", {}).keys(), "en.json")
    sections = {name for name, field in item.get("fields", {}).items() if "fields" in field}
    yield from _differing(f"{key}.", sections, texts.get("sections", {}).keys(), "en.json")


def _fields(item: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Walk through the fields, those in sections included."""
    for name, field in item.get("fields", {}).items():
        if "fields" in field:
            yield from _fields(field)
        else:
            yield name, field


def _field(place: str, field: dict[str, Any], choices: dict[str, Any]) -> Iterator[str]:
    for key in sorted(field.keys() - FIELD_KEYS):
        yield f"{place}: a field has no {key}."
    if "selector" not in field:
        yield f"{place}: without a selector it cannot be filled in."
        return
    select = field["selector"].get("select") or {}
    if choice := select.get("translation_key"):
        texts = choices.get(choice, {}).get("options", {})
        if set(select["options"]) != texts.keys():
            yield f"{place}: its options are not those of selector.{choice} in en.json."
