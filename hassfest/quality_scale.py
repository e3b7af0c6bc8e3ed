"""quality_scale.yaml: every rule is done, or has a comment that says why not.

The hassfest action checks this file for Home Assistant's own integrations only.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import homeassistant
from homeassistant.util.yaml import load_yaml_dict
import voluptuous as vol

from .repository import Finding, Repository

FILE = "quality_scale.yaml"
COMPONENTS = Path(homeassistant.__file__).parent / "components"
STATUS = vol.In(("done", "exempt", "todo"), msg="a status is done, exempt or todo")
SCHEMA = vol.Schema(
    {
        vol.Required("rules"): {
            str: vol.Any(STATUS, {vol.Required("status"): STATUS, vol.Optional("comment"): str})
        }
    }
)


def check(repository: Repository) -> Iterator[Finding]:
    file = repository.in_integration(FILE)
    content = repository.yaml(file)
    try:
        SCHEMA(content)
    except vol.MultipleInvalid as error:
        for each in error.errors:
            yield Finding(file, f"{'.'.join(map(str, each.path))}: {each.msg}.")
        return
    for sentence in _sentences(content["rules"]):
        yield Finding(file, sentence)


def rules_done(repository: Repository) -> set[str]:
    """Return the rules with the status done.

    Raises:
        Unreadable: The file is missing or no mapping.
    """
    content = repository.yaml(repository.in_integration(FILE))
    rules: dict[str, Any] = content.get("rules", {})
    return {rule for rule, account in rules.items() if _status(account) == "done"}


def known_rules() -> set[str]:
    """Return all rules that the installed Home Assistant's own integrations list."""
    files = COMPONENTS.glob(f"*/{FILE}")
    return {rule for file in files for rule in load_yaml_dict(str(file))["rules"]}


def _sentences(rules: dict[str, Any]) -> Iterator[str]:
    known = known_rules()
    for rule in sorted(known - rules.keys()):
        yield f"The rule {rule} is missing."
    for rule in sorted(rules.keys() - known):
        yield f"There is no rule {rule}."
    for rule, account in rules.items():
        if _status(account) != "done" and not _comment(account):
            yield f"{rule} is {_status(account)}: a comment has to say why."


def _status(account: str | dict[str, str]) -> str:
    return account if isinstance(account, str) else account["status"]


def _comment(account: str | dict[str, str]) -> str:
    return "" if isinstance(account, str) else account.get("comment", "").strip()
