"""The files that are checked, read as Home Assistant reads them."""

from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any, override

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.yaml import load_yaml_dict

DOMAIN = "cisco_unified_presence"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of a file.

    Attributes:
        file: Relative to the repository's root.
        sentence: What is wrong, and what would be right.
    """

    file: Path
    sentence: str

    @override
    def __str__(self) -> str:
        return f"{self.file}: {self.sentence}"


class Unreadable(Exception):
    """A file is missing or cannot be parsed, so that nothing in it can be checked."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository with one integration.

    Attributes:
        root: Its folder. All other paths are relative to it.
    """

    root: Path

    @property
    def integration(self) -> Path:
        return Path("custom_components") / DOMAIN

    def in_integration(self, name: str) -> Path:
        return self.integration / name

    def glob(self, pattern: str) -> list[Path]:
        return sorted(path.relative_to(self.root) for path in self.root.glob(pattern))

    def read(self, file: Path) -> str:
        """Return the text of a file.

        Raises:
            Unreadable: The file is missing.
        """
        try:
            return (self.root / file).read_text()
        except FileNotFoundError:
            raise Unreadable(Finding(file, "This file is missing.")) from None

    def json(self, file: Path) -> dict[str, Any]:
        """Return the object in a JSON file.

        Raises:
            Unreadable: The file is missing, is not an object, or has a key twice.
        """
        try:
            content = json.loads(self.read(file), object_pairs_hook=_without_duplicates)
        except ValueError as error:
            raise Unreadable(Finding(file, f"This is not valid JSON: {error}.")) from error
        return _dictionary(file, content)

    def yaml(self, file: Path) -> dict[str, Any]:
        """Return the mapping in a YAML file.

        Raises:
            Unreadable: The file is missing, or is not a mapping.
        """
        self.read(file)
        try:
            return _dictionary(file, load_yaml_dict(str(self.root / file)))
        except HomeAssistantError as error:
            raise Unreadable(Finding(file, f"This is not valid YAML: {error}")) from error


def _dictionary(file: Path, content: object) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise Unreadable(Finding(file, "This has to be a mapping."))
    return content


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        duplicate = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {duplicate} is there twice")
    return found
