"""The check of the blueprints."""

from pathlib import Path

import pytest

from hassfest import blueprints
from hassfest.repository import Repository

from .broken_copy import replace, said

BLUEPRINT = Path("blueprints/automation/cisco_unified_presence/busy_while.yaml")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "  author:",
            "  writer:",
            (
                "Invalid blueprint: not a valid option at 'blueprint.writer'. "
                "Got 'Cisco Unified Presence for Home Assistant'."
            ),
        ),
        ("  author: ", "  author: ''  # ", "It has no author."),
        (
            "  domain: automation",
            "  domain: script",
            "Invalid blueprint: Found incorrect blueprint type script, expected automation.",
        ),
        (
            "min_version: 2026.10.0",
            "min_version: 2099.1.0",
            (
                "It does not run on the installed Home Assistant: "
                "Requires at least Home Assistant 2099.1.0."
            ),
        ),
        (
            "!input people",
            "!input persons",
            "Invalid blueprint: Missing input definition for persons.",
        ),
    ],
)
def test_blueprints(copy: Repository, old: str, new: str, sentence: str) -> None:
    replace(copy, BLUEPRINT, old, new)
    assert said(blueprints.check, copy) == [sentence]
