"""The workflows of GitHub Actions run scripts that exist."""

from pathlib import Path
import re
from typing import Any

import pytest
import yaml

from .pages import REPOSITORY

WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yaml"))


def steps_of(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_every_script_of_a_workflow_is_in_the_repository(file: Path) -> None:
    for step in steps_of(yaml.safe_load(file.read_text())):
        for script in re.findall(r"script/[\w-]+", step.get("run", "")):
            assert (REPOSITORY / script).is_file()


def test_the_actions_of_home_assistant_and_hacs_validate() -> None:
    validate = REPOSITORY / ".github" / "workflows" / "validate.yaml"
    steps = steps_of(yaml.safe_load(validate.read_text()))
    actions = {step["uses"].partition("@")[0] for step in steps}
    assert {"home-assistant/actions/hassfest", "hacs/action"} <= actions
