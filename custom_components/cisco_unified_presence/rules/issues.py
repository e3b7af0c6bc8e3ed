"""Repair issues of rules: what keeps one from doing what it says."""

from enum import StrEnum

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN


class RuleIssue(StrEnum):
    """What may be wrong; the value is the key of its text."""

    RULES_INVALID = "rules_invalid"
    RULE_CONDITIONS = "rule_conditions"
    RULE_PEOPLE = "rule_people"


@callback
def async_raise_rule_issue(
    hass: HomeAssistant, issue: RuleIssue, rule_id: str, **placeholders: str
) -> None:
    """Show what is wrong with a rule."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(issue, rule_id),
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=issue,
        translation_placeholders=placeholders,
    )


@callback
def async_clear_rule_issue(hass: HomeAssistant, issue: RuleIssue, rule_id: str) -> None:
    """Take away what was wrong with a rule."""
    ir.async_delete_issue(hass, DOMAIN, _issue_id(issue, rule_id))


@callback
def async_show_problems_of_yaml(hass: HomeAssistant, problems: tuple[str, ...]) -> None:
    """Show what is wrong with the rules in YAML, or that nothing is any more."""
    if not problems:
        ir.async_delete_issue(hass, DOMAIN, RuleIssue.RULES_INVALID)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        RuleIssue.RULES_INVALID,
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=RuleIssue.RULES_INVALID,
        translation_placeholders={"problems": "\n".join(f"- {each}" for each in problems)},
    )


def _issue_id(issue: RuleIssue, rule_id: str) -> str:
    return f"{issue}_{rule_id}"
