"""hacs.json, by which HACS and the Marketplace offer the integration."""

from collections.abc import Iterator
from pathlib import Path

from awesomeversion import AwesomeVersion
from homeassistant.const import __version__ as installed

from .manifest import is_version
from .repository import Finding, Repository

FILE = Path("hacs.json")
KEYS = frozenset(
    {
        "content_in_root",
        "country",
        "filename",
        "hacs",
        "hide_default_branch",
        "homeassistant",
        "name",
        "persistent_directory",
        "zip_release",
    }
)


def check(repository: Repository) -> Iterator[Finding]:
    """Walk through what is wrong with hacs.json."""
    content = repository.json(FILE)
    manifest = repository.json(repository.in_integration("manifest.json"))
    for key in sorted(content.keys() - KEYS):
        yield Finding(FILE, f"HACS knows no key {key}.")
    if content.get("name") != manifest.get("name"):
        yield Finding(FILE, f"The name has to be the manifest's, {manifest.get('name')}.")
    if content.get("content_in_root"):
        yield Finding(FILE, "The integration is in custom_components, not in the root.")
    oldest = content.get("homeassistant", "")
    if not is_version(oldest):
        yield Finding(FILE, "homeassistant has to be the oldest version that it runs on.")
    elif AwesomeVersion(oldest) > AwesomeVersion(installed):
        yield Finding(FILE, f"It is tested with {installed}, which is older than {oldest}.")
