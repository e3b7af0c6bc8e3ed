"""Blueprints, validated as Home Assistant validates them when it loads one."""

from collections.abc import Iterator
from pathlib import Path

from homeassistant.components.blueprint.errors import InvalidBlueprint
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.components.blueprint.schemas import BLUEPRINT_SCHEMA

from .repository import Finding, Repository


def check(repository: Repository) -> Iterator[Finding]:
    for file in repository.glob("blueprints/*/*/*.yaml"):
        for sentence in _sentences(repository, file):
            yield Finding(file, sentence)


def _sentences(repository: Repository, file: Path) -> Iterator[str]:
    content = repository.yaml(file)
    domain = file.parts[1]
    try:
        blueprint = Blueprint(
            content, path=file.name, expected_domain=domain, schema=BLUEPRINT_SCHEMA
        )
    except InvalidBlueprint as error:
        yield f"{str(error).rstrip('.')}."
        return
    for each in blueprint.validate() or ():
        yield f"It does not run on the installed Home Assistant: {each.rstrip('.')}."
    for key in ("author", "description", "homeassistant", "source_url"):
        if not blueprint.metadata.get(key):
            yield f"It has no {key}."
