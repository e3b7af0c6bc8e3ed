"""The manifest: how Home Assistant knows, loads and lists the integration."""

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any, get_args, get_type_hints

from awesomeversion import AwesomeVersion, AwesomeVersionException, AwesomeVersionStrategy
import homeassistant
from homeassistant.loader import Manifest
from packaging.requirements import InvalidRequirement, Requirement

from .repository import DOMAIN, Finding, Repository

HOME_ASSISTANT = Path(homeassistant.__file__).parent

REQUIRED = frozenset(
    {
        "codeowners",
        "config_flow",
        "documentation",
        "domain",
        "integration_type",
        "iot_class",
        "issue_tracker",
        "name",
        "version",
    }
)
# Home Assistant sets these itself.
OF_THE_LOADER = frozenset({"is_built_in", "overwrites_built_in"})
VERSIONS = [
    AwesomeVersionStrategy.CALVER,
    AwesomeVersionStrategy.SEMVER,
    AwesomeVersionStrategy.SIMPLEVER,
    AwesomeVersionStrategy.BUILDVER,
    AwesomeVersionStrategy.PEP440,
]


def check(repository: Repository) -> Iterator[Finding]:
    """Walk through what is wrong with the manifest."""
    file = repository.in_integration("manifest.json")
    manifest = repository.json(file)
    for sentence in _sentences(manifest):
        yield Finding(file, sentence)


def is_version(version: object) -> bool:
    """Return whether Home Assistant reads this as a version of a custom integration."""
    try:
        AwesomeVersion(str(version), ensure_strategy=VERSIONS)
    except AwesomeVersionException:
        return False
    return True


def _sentences(manifest: dict[str, Any]) -> Iterator[str]:
    yield from _keys(manifest)
    yield from _values(manifest)
    yield from _addresses(manifest)
    yield from _requirements(manifest)
    yield from _dependencies(manifest)


def _keys(manifest: dict[str, Any]) -> Iterator[str]:
    for key in sorted(REQUIRED - manifest.keys()):
        yield f"The key {key} is missing."
    known = get_type_hints(Manifest).keys() - OF_THE_LOADER
    for key in sorted(manifest.keys() - known):
        yield f"Home Assistant knows no key {key}."
    ordered = sorted(manifest, key=lambda key: (key != "domain", key != "name", key))
    if list(manifest) != ordered:
        yield f"The keys have to be domain, name, then by the alphabet: {', '.join(ordered)}."


def _values(manifest: dict[str, Any]) -> Iterator[str]:
    if manifest.get("domain", DOMAIN) != DOMAIN:
        yield f"The domain has to be that of the folder, {DOMAIN}."
    if "version" in manifest and not is_version(manifest["version"]):
        yield f"{manifest['version']} is no version that Home Assistant can read."
    types = get_args(get_type_hints(Manifest)["integration_type"])
    yield from _one_of(manifest, "integration_type", types)
    yield from _one_of(manifest, "iot_class", sorted(iot_classes()))
    if not all(owner.startswith("@") for owner in manifest.get("codeowners", ["@"])):
        yield "A code owner begins with an @."


def iot_classes() -> set[str]:
    """Return the ways to speak to devices that are in use in the installed Home Assistant."""
    everything = json.loads((HOME_ASSISTANT / "generated" / "integrations.json").read_text())
    integrations = everything["integration"].values()
    return {each["iot_class"] for each in integrations if each.get("iot_class")}


def _one_of(
    manifest: dict[str, Any], key: str, choices: list[str] | tuple[str, ...]
) -> Iterator[str]:
    if key in manifest and manifest[key] not in choices:
        yield f"{key} has to be one of {', '.join(choices)}, not {manifest[key]}."


def _addresses(manifest: dict[str, Any]) -> Iterator[str]:
    for key in ("documentation", "issue_tracker"):
        if not str(manifest.get(key, "https://")).startswith("https://"):
            yield f"{key} has to be an address that begins with https://."


def _requirements(manifest: dict[str, Any]) -> Iterator[str]:
    for written in manifest.get("requirements", []):
        try:
            specifier = Requirement(written).specifier
        except InvalidRequirement:
            yield f"{written} is no requirement of a package."
            continue
        if [each.operator for each in specifier] != ["=="] or "*" in str(specifier):
            yield f"The requirement {written} has to be pinned to one version by ==."


def _dependencies(manifest: dict[str, Any]) -> Iterator[str]:
    for key in ("dependencies", "after_dependencies"):
        for domain in manifest.get(key, []):
            if not (HOME_ASSISTANT / "components" / domain / "manifest.json").exists():
                yield f"{key}: the installed Home Assistant has no integration {domain}."
