"""Checks of script/hassfest that compare the code with what is said about it."""

from pathlib import Path

import pytest

from hassfest import evidence, flows
from hassfest.repository import Repository

from .broken_copy import ENGLISH, INTEGRATION, Change, change_json, copy_to, replace, said, write

PERSON_STEP = "config_subentries.person.step"


@pytest.fixture(name="copy")
def copy_fixture(tmp_path: Path) -> Repository:
    return copy_to(tmp_path)


@pytest.mark.parametrize(
    ("change", "sentences"),
    [
        (
            lambda its: its["config"]["step"].update(third={}),
            ["config.step.third: no flow has the step async_step_third."],
        ),
        (
            lambda its: its["options"]["step"].update(third={}),
            ["options.step.third: no flow has the step async_step_third."],
        ),
        (
            lambda its: its["config_subentries"]["person"]["step"].update(third={}),
            [f"{PERSON_STEP}.third: no flow has the step async_step_third."],
        ),
        (
            lambda its: its["issues"]["people_unknown"]["fix_flow"]["step"].update(third={}),
            ["issues.people_unknown.fix_flow.step.third: no flow has the step async_step_third."],
        ),
        (
            lambda its: its["config"]["step"]["domain"]["menu_options"].update(third="A"),
            ["config.step.domain.menu_options: no flow has the step async_step_third."],
        ),
        (
            lambda its: its["config"]["step"]["user"]["data_description"].pop("host"),
            ["config.step.user.data_description.host is missing; every field is explained."],
        ),
        (
            lambda its: its["options"]["step"]["init"]["data"].pop("poll_interval"),
            ["options.step.init.data.poll_interval is missing; there is only its explanation."],
        ),
        (
            lambda its: its["config"]["step"]["user"]["sections"]["advanced"].pop(
                "data_description"
            ),
            [
                (
                    "config.step.user.sections.advanced.data_description.dialect is missing; "
                    "every field is explained."
                )
            ],
        ),
        (
            lambda its: its["config_subentries"].pop("rule"),
            ["config_subentries.rule is missing, which can be added."],
        ),
        (
            lambda its: its["config_subentries"].update(room={}),
            ["config_subentries.room cannot be added: no flow is offered for it."],
        ),
        (
            lambda its: its["config_subentries"]["rule"]["initiate_flow"].pop("reconfigure"),
            [
                (
                    "config_subentries.rule.initiate_flow has a reconfigure just when RuleFlow has "
                    "that step."
                )
            ],
        ),
    ],
)
def test_texts_of_flows(copy: Repository, change: Change, sentences: list[str]) -> None:
    assert said(flows.check, copy) == []
    change_json(copy, ENGLISH, change)
    assert said(flows.check, copy) == sentences


@pytest.mark.parametrize(
    ("file", "old", "new", "sentences"),
    [
        (
            "flows/server.py",
            'step_id="domain"',
            'step_id="user"',
            ["ServerFlow.async_step_domain shows user, so that another method would go on."],
        ),
        (
            "flows/server.py",
            'step_id="domain"',
            'step_id="third"',
            ["ServerFlow.async_step_domain shows third, but there is no async_step_third."],
        ),
        (
            "flows/server.py",
            'step_id="domain",',
            "",
            ["ServerFlow.async_step_domain shows something without a step_id."],
        ),
        (
            "flows/server.py",
            'menu_options=["watcher", "finish"]',
            'menu_options={"watcher": "A", "third": "B"}',
            ["ServerFlow.async_step_domain offers third, but there is no async_step_third."],
        ),
        (
            "flows/people.py",
            'step_id="contacts" if',
            'step_id="third" if',
            ["PersonFlow._form shows third, but there is no async_step_third."],
        ),
        (
            "flows/options.py",
            "async_step_init",
            "async_step_first",
            [
                "options.step.init: no flow has the step async_step_init.",
                "CupOptionsFlow.async_step_first shows init, but there is no async_step_init.",
            ],
        ),
    ],
)
def test_steps_in_the_code(
    copy: Repository, file: str, old: str, new: str, sentences: list[str]
) -> None:
    replace(copy, INTEGRATION / file, old, new)
    assert said(flows.check, copy) == sentences


def test_a_type_may_be_written_out(copy: Repository) -> None:
    replace(
        copy, INTEGRATION / "flows" / "server.py", "SUBENTRY_RULE: RuleFlow", '"rule": RuleFlow'
    )
    assert said(flows.check, copy) == []


def test_a_flow_inherits_the_steps_that_home_assistant_brings(copy: Repository) -> None:
    code = "class Plain(ConfirmRepairFlow):\n    pass\n"
    write(copy, INTEGRATION / "plain.py", code)
    steps = {"init": {"title": "A"}, "confirm": {"title": "A"}}
    change_json(
        copy, ENGLISH, lambda its: its["issues"].update(plain={"fix_flow": {"step": steps}})
    )
    assert said(flows.check, copy) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        (
            "__init__.py",
            "async def async_setup(",
            "async def async_begin(",
            "action-setup is said to be done, but __init__.py has no async_setup.",
        ),
        (
            "__init__.py",
            "async_unload_entry",
            "async_end_entry",
            "config-entry-unloading is said to be done, but __init__.py has no async_unload_entry.",
        ),
        (
            "__init__.py",
            "entry.runtime_data = connection",
            "CONNECTION = connection",
            (
                "runtime-data is said to be done, but __init__.py does not keep anything in "
                "runtime_data."
            ),
        ),
        (
            "switch.py",
            "PARALLEL_UPDATES = 0",
            "",
            "parallel-updates is said to be done, but switch.py does not set PARALLEL_UPDATES.",
        ),
        (
            "repairs.py",
            "async_create_fix_flow",
            "async_create_flow",
            "repair-issues is said to be done, but repairs.py has no async_create_fix_flow.",
        ),
        (
            "diagnostics.py",
            "async_get_config_entry_diagnostics",
            "async_get_diagnostics",
            (
                "diagnostics is said to be done, but diagnostics.py has no "
                "async_get_config_entry_diagnostics or async_get_device_diagnostics."
            ),
        ),
        (
            "flows/server.py",
            "def async_step_reauth(",
            "def async_step_again(",
            (
                "reauthentication-flow is said to be done, but the config flow has no "
                "async_step_reauth."
            ),
        ),
        (
            "flows/server.py",
            "def async_step_reconfigure(",
            "def async_step_change(",
            (
                "reconfiguration-flow is said to be done, but the config flow has no "
                "async_step_reconfigure."
            ),
        ),
        (
            "flows/server.py",
            "def async_step_user(",
            "def async_step_begin(",
            "config-flow is said to be done, but the config flow has no async_step_user.",
        ),
    ],
)
def test_what_is_said_to_be_done_is_in_the_code(
    copy: Repository, file: str, old: str, new: str, sentence: str
) -> None:
    assert said(evidence.check, copy) == []
    replace(copy, INTEGRATION / file, old, new)
    assert said(evidence.check, copy) == [sentence]


def test_one_server_is_not_added_twice(copy: Repository) -> None:
    flow = INTEGRATION / "flows" / "server.py"
    text = copy.read(flow)
    for call in evidence.NOT_TWICE:
        text = text.replace(f"{call}(", "print(")
    write(copy, flow, text)
    assert said(evidence.check, copy) == [
        (
            "unique-config-entry is said to be done, but the config flow does not look whether the "
            "server is there already."
        )
    ]


def test_a_brand_has_an_icon(copy: Repository) -> None:
    (copy.root / INTEGRATION / "brand" / "icon.png").unlink()
    assert said(evidence.check, copy) == [
        "brands is said to be done, but there is no brand/icon.png."
    ]


def test_what_is_not_said_to_be_done_needs_no_trace(copy: Repository) -> None:
    scale = INTEGRATION / "quality_scale.yaml"
    replace(copy, scale, "diagnostics: done", "diagnostics: {status: todo, comment: Later.}")
    (copy.root / INTEGRATION / "diagnostics.py").unlink()
    assert said(evidence.check, copy) == []
