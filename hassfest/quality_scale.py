"""The quality scale: every rule is done, or exempt for a reason that is told."""

from collections.abc import Iterator
from typing import Any

from homeassistant.util.yaml import load_yaml_dict
import voluptuous as vol

from .manifest import HOME_ASSISTANT
from .repository import Finding, Repository
from .shape import misshapen

FILE = "quality_scale.yaml"
STATUS = vol.In(("done", "exempt", "todo"), msg="it is done, exempt or todo")
SCHEMA = vol.Schema(
    {
        vol.Required("rules"): {
            str: vol.Any(STATUS, {vol.Required("status"): STATUS, vol.Optional("comment"): str})
        }
    }
)


def check(repository: Repository) -> Iterator[Finding]:
    """Walk through what is wrong with the account of the quality scale."""
    file = repository.in_integration(FILE)
    content = repository.yaml(file)
    wrong = list(misshapen(SCHEMA, content))
    for sentence in wrong or _sentences(content["rules"]):
        yield Finding(file, sentence)


def rules_done(repository: Repository) -> set[str]:
    """Return which rules are said to be kept.

    Raises:
        Unreadable: The account cannot be read.
    """
    content = repository.yaml(repository.in_integration(FILE))
    rules: dict[str, Any] = content.get("rules", {})
    return {rule for rule, account in rules.items() if _status(account) == "done"}


def known_rules() -> set[str]:
    """Return the rules of which the installed Home Assistant's own integrations give account."""
    files = (HOME_ASSISTANT / "components").glob(f"*/{FILE}")
    return {rule for file in files for rule in load_yaml_dict(str(file))["rules"]}


def _sentences(rules: dict[str, Any]) -> Iterator[str]:
    known = known_rules()
    for rule in sorted(known - rules.keys()):
        yield f"The rule {rule} is missing."
    for rule in sorted(rules.keys() - known):
        yield f"There is no rule {rule}."
    for rule, account in rules.items():
        if _status(account) != "done" and not _comment(account):
            yield f"{rule} is {_status(account)}: say why in a comment."


def _status(account: str | dict[str, str]) -> str:
    return account if isinstance(account, str) else account["status"]


def _comment(account: str | dict[str, str]) -> str:
    return "" if isinstance(account, str) else account.get("comment", "").strip()
