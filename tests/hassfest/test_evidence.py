"""The check of rules that are done and have to show in the code."""

import pytest

from hassfest import evidence
from hassfest.repository import Repository

from .broken_copy import INTEGRATION, replace, said, write


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        (
            "__init__.py",
            "async def async_setup(",
            "async def async_begin(",
            "action-setup has the status done, but __init__.py has no async_setup.",
        ),
        (
            "__init__.py",
            "async_unload_entry",
            "async_end_entry",
            (
                "config-entry-unloading has the status done, but __init__.py has no "
                "async_unload_entry."
            ),
        ),
        (
            "__init__.py",
            "entry.runtime_data = ",
            "entry.other_data = ",
            ("runtime-data has the status done, but __init__.py does not set runtime_data."),
        ),
        (
            "switch.py",
            "PARALLEL_UPDATES = 0",
            "",
            "parallel-updates has the status done, but switch.py does not set PARALLEL_UPDATES.",
        ),
        (
            "repairs.py",
            "async_create_fix_flow",
            "async_create_flow",
            "repair-issues has the status done, but repairs.py has no async_create_fix_flow.",
        ),
        (
            "diagnostics.py",
            "async_get_config_entry_diagnostics",
            "async_get_diagnostics",
            (
                "diagnostics has the status done, but diagnostics.py has no "
                "async_get_config_entry_diagnostics or async_get_device_diagnostics."
            ),
        ),
        (
            "flows/server.py",
            "def async_step_reauth(",
            "def async_step_again(",
            (
                "reauthentication-flow has the status done, but the config flow has no "
                "async_step_reauth."
            ),
        ),
        (
            "flows/server.py",
            "def async_step_reconfigure(",
            "def async_step_change(",
            (
                "reconfiguration-flow has the status done, but the config flow has no "
                "async_step_reconfigure."
            ),
        ),
        (
            "flows/server.py",
            "def async_step_user(",
            "def async_step_begin(",
            "config-flow has the status done, but the config flow has no async_step_user.",
        ),
    ],
)
def test_a_rule_that_is_done_shows_in_the_code(
    copy: Repository, file: str, old: str, new: str, sentence: str
) -> None:
    assert said(evidence.check, copy) == []
    replace(copy, INTEGRATION / file, old, new)
    assert said(evidence.check, copy) == [sentence]


def test_one_server_is_not_added_twice(copy: Repository) -> None:
    flow = INTEGRATION / "flows" / "server.py"
    text = copy.read(flow)
    for call in evidence.UNIQUENESS_CHECKS:
        text = text.replace(f"{call}(", "print(")
    write(copy, flow, text)
    assert said(evidence.check, copy) == [
        (
            "unique-config-entry has the status done, but the config flow does not check "
            "whether the server is configured already."
        )
    ]


def test_a_brand_has_an_icon(copy: Repository) -> None:
    (copy.root / INTEGRATION / "brand" / "icon.png").unlink()
    assert said(evidence.check, copy) == [
        "brands has the status done, but there is no brand/icon.png."
    ]


def test_a_rule_that_is_not_done_needs_no_trace(copy: Repository) -> None:
    scale = INTEGRATION / "quality_scale.yaml"
    replace(copy, scale, "diagnostics: done", "diagnostics: {status: todo, comment: Later.}")
    (copy.root / INTEGRATION / "diagnostics.py").unlink()
    assert said(evidence.check, copy) == []


def test_the_config_flow_may_be_in_any_module(copy: Repository) -> None:
    (copy.root / INTEGRATION / "flows" / "deeper").mkdir()
    (copy.root / INTEGRATION / "flows" / "server.py").rename(
        copy.root / INTEGRATION / "flows" / "deeper" / "first.py"
    )
    assert said(evidence.check, copy) == []


def test_a_module_inside_a_package_is_no_platform(copy: Repository) -> None:
    write(copy, INTEGRATION / "rules" / "event.py", "")
    assert said(evidence.check, copy) == []
