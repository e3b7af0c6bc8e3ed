"""Repair issues of rules."""

from enum import StrEnum

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN


class RuleIssue(StrEnum):
    """The kinds of issues; the value is the translation key."""

    RULES_INVALID = "rules_invalid"
    RULE_CONDITIONS = "rule_conditions"
    RULE_PEOPLE = "rule_people"


@callback
def async_raise_rule_issue(
    hass: HomeAssistant, issue: RuleIssue, rule_id: str, **placeholders: str
) -> None:
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
    ir.async_delete_issue(hass, DOMAIN, _issue_id(issue, rule_id))


@callback
def async_show_problems_of_yaml(hass: HomeAssistant, problems: tuple[str, ...]) -> None:
    """Raise an issue that lists the problems of the rules in YAML, or delete it without any."""
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
