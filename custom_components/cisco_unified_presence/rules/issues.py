"""Repair issues of rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..issues import async_raise_loss, first_names
from .rule import Rule

# What the texts of issues named that were withdrawn while a user ignored them, by issue id.
_IGNORED: HassKey[dict[str, dict[str, str]]] = HassKey(f"{DOMAIN}.ignored_rule_issues")


class RuleIssue(StrEnum):
    """The kinds of issues; the value is the translation key."""

    RULES_INVALID = "rules_invalid"
    RULE_TESTS_FAIL = "rule_tests_fail"
    RULE_CONDITIONS = "rule_conditions"
    RULE_ENTITY_MISSING = "rule_entity_missing"
    RULE_ENTITY_RENAMED = "rule_entity_renamed"
    RULE_ENTITY_RENAMED_YAML = "rule_entity_renamed_yaml"
    RULE_EQUAL_PRIORITY = "rule_equal_priority"
    RULE_LOOP = "rule_loop"
    RULE_NEVER_WINS = "rule_never_wins"
    RULE_PEOPLE = "rule_people"
    RULE_READS_OWN = "rule_reads_own"
    RULE_RECORDS_LOST = "rule_records_lost"
    RULE_TEMPLATE = "rule_template"
    RULE_WITHOUT_HOLD = "rule_without_hold"
    RULES_FILE_LOST = "rules_file_lost"
    RULE_PAUSES_LOST = "rule_pauses_lost"


@dataclass(frozen=True, slots=True)
class Renamed:
    """An entity that has another name now, and where a rule asks for it by the one before."""

    before: str
    now: str
    where: str


# Losses are confirmed by the user.
CONFIRMED = frozenset(
    {RuleIssue.RULE_RECORDS_LOST, RuleIssue.RULES_FILE_LOST, RuleIssue.RULE_PAUSES_LOST}
)


@callback
def async_raise_rule_issue(
    hass: HomeAssistant, issue: RuleIssue, rule_id: str, **placeholders: str
) -> None:
    """Say what keeps a rule from working."""
    _create(hass, issue, rule_id, ir.IssueSeverity.ERROR, placeholders)


@callback
def async_raise_rule_warning(
    hass: HomeAssistant, issue: RuleIssue, rule_id: str, **placeholders: str
) -> None:
    """Say what is likely a mistake in a rule, and may be intended."""
    _create(hass, issue, rule_id, ir.IssueSeverity.WARNING, placeholders)


@callback
def async_raise_renamed(
    hass: HomeAssistant, rule: Rule, entry_id: str | None, entity: Renamed
) -> RuleIssue:
    """Say that a rule asks for an entity that has another name now, and return the issue.

    A rule of the interface can be changed by its fix flow, one in YAML by the user only.
    """
    placeholders = {
        "rule": rule.name,
        "entity": entity.before,
        "renamed": entity.now,
        "where": entity.where,
    }
    if entry_id is None:
        issue = RuleIssue.RULE_ENTITY_RENAMED_YAML
        async_raise_rule_issue(hass, issue, rule.id, **placeholders)
        return issue
    issue = RuleIssue.RULE_ENTITY_RENAMED
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(issue, rule.id),
        is_fixable=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key=issue,
        translation_placeholders=placeholders,
        data={**placeholders, "entry_id": entry_id, "subentry_id": rule.id},
    )
    _ignore_again(hass, _issue_id(issue, rule.id), placeholders)
    return issue


@callback
def async_clear_rule_issue(hass: HomeAssistant, issue: RuleIssue, rule_id: str) -> None:
    ir.async_delete_issue(hass, DOMAIN, _issue_id(issue, rule_id))


@callback
def async_withdraw_rule_issue(hass: HomeAssistant, issue: RuleIssue, rule_id: str) -> None:
    """Delete an issue of a rule that may only not run for a while, as while its entry is reloaded.

    One that the user ignores is ignored again when it is raised with the same text.
    """
    issue_id = _issue_id(issue, rule_id)
    raised = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    if raised and raised.dismissed_version is not None:
        ignored = hass.data.setdefault(_IGNORED, {})
        ignored[issue_id] = dict(raised.translation_placeholders or {})
    ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def async_show_problems_of_yaml(hass: HomeAssistant, problems: tuple[str, ...]) -> None:
    """Raise an issue that lists the problems of the rules in YAML, or delete it without any."""
    told = "\n".join(f"- {each}" for each in problems)
    _show(hass, RuleIssue.RULES_INVALID, ir.IssueSeverity.ERROR, problems=told)


# So that the text of an issue stays readable.
MOST_FAILURES: Final = 10


def listed(sentences: Sequence[str]) -> str:
    """Return sentences as a list, of many the first ones and how many more there are."""
    lines = [f"- {each}" for each in sentences[:MOST_FAILURES]]
    more = len(sentences) - MOST_FAILURES
    return "\n".join([*lines, f"- … (+{more})"] if more > 0 else lines)


@callback
def async_show_failing_tests(hass: HomeAssistant, failures: tuple[str, ...]) -> None:
    """Raise an issue that lists the expectations that fail, or delete it without any."""
    told = listed(failures)
    _show(hass, RuleIssue.RULE_TESTS_FAIL, ir.IssueSeverity.WARNING, failures=told)


@callback
def async_raise_records_lost(hass: HomeAssistant, names: Sequence[str]) -> None:
    """Say that the stored state of these rules could not be read."""
    async_raise_loss(hass, RuleIssue.RULE_RECORDS_LOST, rules=first_names(names))


@callback
def async_raise_file_lost(hass: HomeAssistant, path: str) -> None:
    """Say that the stored state of no rule could be read, and where the file now is."""
    async_raise_loss(hass, RuleIssue.RULES_FILE_LOST, path=path)


@callback
def async_raise_pauses_lost(hass: HomeAssistant) -> None:
    """Say that some pauses, or switches of people, could not be read."""
    async_raise_loss(hass, RuleIssue.RULE_PAUSES_LOST)


def _show(hass: HomeAssistant, issue: RuleIssue, severity: ir.IssueSeverity, **told: str) -> None:
    """Raise an issue of all rules in YAML, or delete it with nothing to tell."""
    if not any(told.values()):
        ir.async_delete_issue(hass, DOMAIN, issue)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue,
        is_fixable=False,
        severity=severity,
        translation_key=issue,
        translation_placeholders=told,
    )


def _create(
    hass: HomeAssistant,
    issue: RuleIssue,
    rule_id: str,
    severity: ir.IssueSeverity,
    placeholders: dict[str, str],
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(issue, rule_id),
        is_fixable=False,
        severity=severity,
        translation_key=issue,
        translation_placeholders=placeholders,
    )
    _ignore_again(hass, _issue_id(issue, rule_id), placeholders)


def _ignore_again(hass: HomeAssistant, issue_id: str, placeholders: dict[str, str]) -> None:
    """Ignore an issue that was withdrawn while it was ignored, and says the same now."""
    if hass.data.get(_IGNORED, {}).pop(issue_id, None) == placeholders:
        ir.async_ignore_issue(hass, DOMAIN, issue_id, ignore=True)


def _issue_id(issue: RuleIssue, rule_id: str) -> str:
    return f"{issue}_{rule_id}"
