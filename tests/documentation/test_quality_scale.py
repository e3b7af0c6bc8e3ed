"""Each rule of the quality scale about documentation has a heading."""

import pytest
import yaml

from tests.common.texts import FOLDER

from .pages import page

HEADINGS = {
    "docs-actions": ("docs/actions.md", "Actions"),
    "docs-conditions": ("docs/automations.md", "Conditions"),
    "docs-configuration-parameters": ("docs/installation.md", "Options"),
    "docs-data-update": ("docs/updates.md", "How data is updated"),
    "docs-examples": ("docs/use-cases.md", "Use cases"),
    "docs-high-level-description": ("README.md", "Cisco Unified Presence for Home Assistant"),
    "docs-installation-instructions": ("docs/installation.md", "Install the files"),
    "docs-installation-parameters": ("docs/installation.md", "Add the integration"),
    "docs-known-limitations": ("docs/compatibility.md", "Known limitations"),
    "docs-removal-instructions": ("docs/installation.md", "Remove the integration"),
    "docs-supported-devices": ("docs/compatibility.md", "Supported devices"),
    "docs-supported-functions": ("docs/entities.md", "Entities"),
    "docs-triggers": ("docs/automations.md", "Triggers"),
    "docs-troubleshooting": ("docs/troubleshooting.md", "Troubleshooting"),
    "docs-use-cases": ("docs/use-cases.md", "Use cases"),
}


def test_every_rule_has_a_heading() -> None:
    scale = yaml.safe_load((FOLDER / "quality_scale.yaml").read_text())["rules"]
    assert HEADINGS.keys() == {rule for rule in scale if rule.startswith("docs-")}


@pytest.mark.parametrize("rule", HEADINGS)
def test_the_heading_exists(rule: str) -> None:
    where, heading = HEADINGS[rule]
    assert heading in page(where).headings
