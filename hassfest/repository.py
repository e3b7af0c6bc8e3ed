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
    """Something to mend.

    Attributes:
        file: Where, from the repository's root.
        sentence: What is wrong, and what would be right.
    """

    file: Path
    sentence: str

    @override
    def __str__(self) -> str:
        """Return it as a line for people."""
        return f"{self.file}: {self.sentence}"


class Unreadable(Exception):
    """A file is missing or is not of its kind, so that nothing in it can be checked."""

    def __init__(self, finding: Finding) -> None:
        """Take what to tell about it."""
        super().__init__(str(finding))
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository with one integration.

    Attributes:
        root: Its folder.
    """

    root: Path

    @property
    def integration(self) -> Path:
        """Return the integration's folder, from the root, as all paths are."""
        return Path("custom_components") / DOMAIN

    def in_integration(self, name: str) -> Path:
        """Return where a file of the integration is."""
        return self.integration / name

    def glob(self, pattern: str) -> list[Path]:
        """Return which files there are, in order."""
        return sorted(path.relative_to(self.root) for path in self.root.glob(pattern))

    def read(self, file: Path) -> str:
        """Return what a file says.

        Raises:
            Unreadable: There is none.
        """
        try:
            return (self.root / file).read_text()
        except FileNotFoundError:
            raise Unreadable(Finding(file, "This file is missing.")) from None

    def json(self, file: Path) -> dict[str, Any]:
        """Return what a JSON file says.

        Raises:
            Unreadable: It is missing, it is not an object, or a key is there twice.
        """
        try:
            content = json.loads(self.read(file), object_pairs_hook=_without_doubles)
        except ValueError as error:
            raise Unreadable(Finding(file, f"This is not sound JSON: {error}.")) from error
        return _dictionary(file, content)

    def yaml(self, file: Path) -> dict[str, Any]:
        """Return what a YAML file says.

        Raises:
            Unreadable: It is missing, or is not a mapping.
        """
        self.read(file)
        try:
            return _dictionary(file, load_yaml_dict(str(self.root / file)))
        except HomeAssistantError as error:
            raise Unreadable(Finding(file, f"This is not sound YAML: {error}")) from error

    @property
    def english(self) -> dict[str, Any]:
        """Return the English texts.

        Raises:
            Unreadable: They cannot be read.
        """
        return self.json(self.in_integration("translations/en.json"))


def _dictionary(file: Path, content: object) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise Unreadable(Finding(file, "This has to have keys at its top."))
    return content


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        double = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"{double} is there twice")
    return found
