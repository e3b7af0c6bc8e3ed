"""Every step, error and end of a repair has its texts, and no text is left over."""

import pytest
import voluptuous as vol

from custom_components.cisco_unified_presence.flows import CALLBACK_SCHEMA
from custom_components.cisco_unified_presence.issues import FIXABLE, Issue, PersonIssue
from custom_components.cisco_unified_presence.repairs import FLOWS
from tests.common.source_code import MODULES, literals
from tests.common.texts import TEXTS, check_fields

# The forms and menus of each module; where there is a form, the step init shows nothing.
STEPS = {
    "callback": {"callback"},
    "certificate": {"confirm", "two_certificates"},
    "contact_list": {"certificate", "confirm", "two_certificates"},
    "left_contact_list": {"init"},
    "people": {"init"},
    "server": {"confirm"},
}


def test_who_decides_has_its_texts() -> None:
    texts = TEXTS["issues"][PersonIssue.STOOD_BACK]["fix_flow"]
    assert texts["step"].keys() == {"init"}
    said = literals(MODULES["repair/overruled_rule.py"])
    assert {*texts["abort"], *texts["step"]["init"]["menu_options"]} <= said


@pytest.mark.parametrize("issue", sorted(FIXABLE))
def test_every_repair_has_its_texts(issue: Issue) -> None:
    texts = TEXTS["issues"][issue]["fix_flow"]
    assert texts.keys() <= {"step", "error", "abort"}
    module = FLOWS[issue].__module__.rpartition(".")[2]
    assert texts["step"].keys() == STEPS[module]
    for step, each in texts["step"].items():
        check_fields(CALLBACK_SCHEMA if step == "callback" else vol.Schema({}), each)
    said = literals(MODULES[f"repair/{module}.py"]) | {"callback_url_not_http"}
    assert {*texts.get("abort", ()), *texts.get("error", ())} <= said
