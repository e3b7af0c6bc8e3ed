"""Flows: every step that has texts is one, and every field that is shown is explained."""

import ast
from collections.abc import Iterator
from typing import Any

from .code import Class, Code
from .repository import Finding, Repository
from .step_ids import sentences_about

CONFIG = ("ConfigFlow",)
OPTIONS = ("OptionsFlow", "OptionsFlowWithReload")
REPAIRS = ("RepairsFlow", "ConfirmRepairFlow")
# The steps that Home Assistant's own flow brings.
OF_HOME_ASSISTANT = {"ConfirmRepairFlow": {"init", "confirm"}}
SUBENTRY_TYPES = "async_get_supported_subentry_types"


def check(repository: Repository) -> Iterator[Finding]:
    """Walk through where the flows and their texts disagree."""
    code = Code.of(repository)
    file = repository.in_integration("translations/en.json")
    for sentence in _sentences(code, repository.english):
        yield Finding(file, sentence)
    for flow in _all_flows(code):
        for sentence in sentences_about(flow, _steps_around(code, flow)):
            yield Finding(flow.file, sentence)


def _sentences(code: Code, english: dict[str, Any]) -> Iterator[str]:
    yield from _flow(code, "config", english.get("config", {}), _names(code, *CONFIG))
    yield from _flow(code, "options", english.get("options", {}), _names(code, *OPTIONS))
    yield from _subentries(code, english.get("config_subentries", {}))
    for key, issue in english.get("issues", {}).items():
        if "fix_flow" in issue:
            place = f"issues.{key}.fix_flow"
            yield from _flow(code, place, issue["fix_flow"], _names(code, *REPAIRS))


def _names(code: Code, *bases: str) -> set[str]:
    return {each.name for each in code.descendants_of(*bases)}


def _subentries(code: Code, texts: dict[str, Any]) -> Iterator[str]:
    offered = _subentry_flows(code)
    for key in sorted(offered.keys() - texts.keys()):
        yield f"config_subentries.{key} is missing, which can be added."
    for key in sorted(texts.keys() - offered.keys()):
        yield f"config_subentries.{key} cannot be added: no flow is offered for it."
    for key in sorted(offered.keys() & texts.keys()):
        place, flow = f"config_subentries.{key}", offered[key]
        yield from _flow(code, place, texts[key], {flow})
        can_change = "reconfigure" in code.steps_of(flow)
        if can_change != ("reconfigure" in texts[key].get("initiate_flow", {})):
            yield f"{place}.initiate_flow has a reconfigure just when {flow} has that step."


def _subentry_flows(code: Code) -> dict[str, str]:
    """Return the names of the flows by the type of what they add."""
    return {
        code.text(key): value.id
        for flow in code.descendants_of(*CONFIG)
        for method in flow.methods
        if method.name == SUBENTRY_TYPES
        for node in ast.walk(method)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(value, ast.Name)
    }


def _flow(code: Code, place: str, texts: dict[str, Any], flows: set[str]) -> Iterator[str]:
    steps = set[str]().union(*(_steps_of(code, flow) for flow in flows))
    for step, of_step in texts.get("step", {}).items():
        there = f"{place}.step.{step}"
        if step not in steps:
            yield f"{there}: no flow has the step async_step_{step}."
        yield from _fields(there, of_step)
        for option in of_step.get("menu_options", {}):
            if option not in steps:
                yield f"{there}.menu_options: no flow has the step async_step_{option}."


def _steps_of(code: Code, flow: str) -> set[str]:
    brought = (OF_HOME_ASSISTANT.get(each, set[str]()) for each in code.ancestors_of(flow))
    return code.steps_of(flow).union(*brought)


def _fields(place: str, texts: dict[str, Any]) -> Iterator[str]:
    fields, explained = texts.get("data", {}).keys(), texts.get("data_description", {}).keys()
    for field in sorted(fields - explained):
        yield f"{place}.data_description.{field} is missing; every field is explained."
    for field in sorted(explained - fields):
        yield f"{place}.data.{field} is missing; there is only its explanation."
    for name, section in texts.get("sections", {}).items():
        yield from _fields(f"{place}.sections.{name}", section)


def _all_flows(code: Code) -> list[Class]:
    return code.descendants_of(*CONFIG, *OPTIONS, *REPAIRS, "ConfigSubentryFlow")


def _steps_around(code: Code, flow: Class) -> set[str]:
    """Return the steps of a flow and of those that are made of it, which it may show as well."""
    heirs = (each.name for each in code.descendants_of(flow.name))
    return _steps_of(code, flow.name).union(*(_steps_of(code, each) for each in heirs))
