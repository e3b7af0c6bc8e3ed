"""Each issue of a rule has its text."""

from custom_components.cisco_unified_presence.rules.issues import RuleIssue
from tests.common.texts import TEXTS


def test_every_issue_has_a_text_and_no_text_is_left_over() -> None:
    assert {key for key in TEXTS["issues"] if key.startswith("rule")} == {*RuleIssue}
