"""The sentences of the tests, from a file that is easy to read."""

from pathlib import Path
from typing import Any, Final

import yaml

_SENTENCES: Final[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")
)

SAID: Final[dict[str, dict[str, str]]] = _SENTENCES["said"]
UNKNOWN: Final[dict[str, str]] = _SENTENCES["unknown"]
OTHERS: Final[dict[str, list[str]]] = _SENTENCES["others"]
VARIANTS: Final[dict[str, dict[str, str]]] = _SENTENCES["variants"]
PRONOUNS: Final[dict[str, list[str]]] = _SENTENCES["pronouns"]
UNDERSTOOD: Final[dict[str, dict[str, dict[str, str | int | bool]]]] = yaml.safe_load(
    Path(__file__).with_name("understood.yaml").read_text(encoding="utf-8")
)
