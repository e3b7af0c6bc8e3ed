"""The names that the templates of a rule use, which tell whether it depends on the person."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from homeassistant.helpers.template import is_template_string
from jinja2 import Environment, TemplateSyntaxError, meta, nodes

PERSON: Final = "person"
EVENT: Final = "event"

# Only parses; Home Assistant's own environment renders.
_PARSER: Final = Environment(
    autoescape=True, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"]
)


def texts_in(value: object) -> Iterable[str]:
    """Yield the templates anywhere in a value."""
    match value:
        case str():
            if is_template_string(value):
                yield value
        case Mapping():
            for each in value.values():
                yield from texts_in(each)
        case list() | tuple():
            for each in value:
                yield from texts_in(each)


def names_in(value: object) -> frozenset[str]:
    """Return the names that the templates anywhere in a value use."""
    return frozenset[str]().union(*(_names_of(text) for text in texts_in(value)))


def personal_names(variables: Mapping[str, Any]) -> frozenset[str]:
    """Return `person` and the variables that depend on it."""
    names = {PERSON}
    for name, value in variables.items():
        if names_in(value) & names:
            names.add(name)
    return frozenset(names)


def asks_for_event(value: object) -> bool:
    """Return whether a template anywhere in a value uses an event that it does not make itself."""
    return any(EVENT in text and _is_event_undeclared(text) for text in texts_in(value))


def _is_event_undeclared(text: str) -> bool:
    try:
        return EVENT in meta.find_undeclared_variables(_PARSER.parse(text))
    except TemplateSyntaxError:
        return False


@lru_cache(maxsize=1024)
def _names_of(text: str) -> frozenset[str]:
    try:
        tree = _PARSER.parse(text)
    except TemplateSyntaxError:
        # Home Assistant refuses it, and says why.
        return frozenset()
    names = {node.name for node in tree.find_all(nodes.Name)}
    attributes = {node.attr for node in tree.find_all(nodes.Getattr)}
    imports = (nodes.Import, nodes.FromImport, nodes.Include)
    if any(getattr(node, "with_context", False) for node in tree.find_all(imports)):
        # What is imported may use all that the template may.
        names.add(PERSON)
    return frozenset(names | {f".{attribute}" for attribute in attributes})
