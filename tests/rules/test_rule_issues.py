"""What is raised about rules, with which text, and what stays ignored."""

from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.const import DOMAIN
from custom_components.cisco_unified_presence.rules import issues as module
from custom_components.cisco_unified_presence.rules.issues import (
    CONFIRMED,
    MOST_FAILURES,
    Renamed,
    RuleIssue,
    async_clear_rule_issue,
    async_raise_file_lost,
    async_raise_pauses_lost,
    async_raise_records_lost,
    async_raise_renamed,
    async_raise_rule_issue,
    async_raise_rule_warning,
    async_show_failing_tests,
    async_show_problems_of_yaml,
    async_withdraw_rule_issue,
    listed,
)

MISSING = RuleIssue.RULE_ENTITY_MISSING
ISSUE_ID = "rule_entity_missing_desk"


class Around:
    """The repair issues that there are."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.issues: dict[str, dict[str, Any]] = {}
        self.losses: list[object] = []
        self.hass: Any = SimpleNamespace(data={})
        registry = "homeassistant.helpers.issue_registry"
        monkeypatch.setattr(f"{registry}.async_create_issue", self._create)
        monkeypatch.setattr(f"{registry}.async_delete_issue", self._delete)
        monkeypatch.setattr(f"{registry}.async_ignore_issue", self.ignore)
        monkeypatch.setattr(
            f"{registry}.async_get", lambda _: SimpleNamespace(async_get_issue=self._issue)
        )
        monkeypatch.setattr(
            module, "async_raise_loss", lambda _, issue, **said: self.losses.append((issue, said))
        )

    def _create(self, _hass: object, domain: str, issue_id: str, **said: Any) -> None:
        assert domain == DOMAIN
        self.issues[issue_id] = {**said, "ignored": False}

    def _delete(self, _hass: object, domain: str, issue_id: str) -> None:
        assert domain == DOMAIN
        self.issues.pop(issue_id, None)

    def ignore(self, _hass: object, domain: str, issue_id: str, ignore: bool) -> None:  # noqa: FBT001 (Home Assistant's)
        assert domain == DOMAIN
        self.issues[issue_id]["ignored"] = ignore

    def _issue(self, domain: str, issue_id: str) -> Any:
        assert domain == DOMAIN
        if (found := self.issues.get(issue_id)) is None:
            return None
        return SimpleNamespace(
            dismissed_version="1" if found["ignored"] else None,
            translation_placeholders=found["translation_placeholders"],
        )

    def raise_missing(self, entity: str = "light.x") -> None:
        async_raise_rule_issue(self.hass, MISSING, "desk", entity=entity)

    def ignored(self) -> bool:
        found: bool = self.issues[ISSUE_ID]["ignored"]
        return found


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> Around:
    return Around(monkeypatch)


def expected(key: str, severity: str, **placeholders: str) -> dict[str, Any]:
    return {
        "is_fixable": False,
        "severity": severity,
        "translation_key": key,
        "translation_placeholders": placeholders,
        "ignored": False,
    }


def test_an_error_and_a_warning(around: Around) -> None:
    around.raise_missing()
    async_raise_rule_warning(around.hass, RuleIssue.RULE_NEVER_WINS, "desk", rule="Desk")
    assert around.issues == {
        ISSUE_ID: expected("rule_entity_missing", "error", entity="light.x"),
        "rule_never_wins_desk": expected("rule_never_wins", "warning", rule="Desk"),
    }
    async_clear_rule_issue(around.hass, MISSING, "desk")
    async_clear_rule_issue(around.hass, MISSING, "other")
    assert list(around.issues) == ["rule_never_wins_desk"]


def test_another_name_of_an_entity(around: Around) -> None:
    rule: Any = SimpleNamespace(id="desk", name="Desk")
    renamed = Renamed("light.old", "light.new", "condition 1")
    named = {
        "rule": "Desk",
        "entity": "light.old",
        "renamed": "light.new",
        "where": "condition 1",
    }
    assert (
        async_raise_renamed(around.hass, rule, None, renamed) is RuleIssue.RULE_ENTITY_RENAMED_YAML
    )
    issue = async_raise_renamed(around.hass, rule, "entry", renamed)
    assert issue is RuleIssue.RULE_ENTITY_RENAMED
    fixable = expected("rule_entity_renamed", "error", **named)
    fixable |= {
        "is_fixable": True,
        "data": {**named, "entry_id": "entry", "subentry_id": "desk"},
    }
    assert around.issues == {
        "rule_entity_renamed_yaml_desk": expected("rule_entity_renamed_yaml", "error", **named),
        "rule_entity_renamed_desk": fixable,
    }
    around.ignore(None, DOMAIN, "rule_entity_renamed_desk", ignore=True)
    async_withdraw_rule_issue(around.hass, RuleIssue.RULE_ENTITY_RENAMED, "desk")
    async_raise_renamed(around.hass, rule, "entry", renamed)
    assert around.issues["rule_entity_renamed_desk"]["ignored"]


def test_what_is_ignored_stays_so_while_it_says_the_same(around: Around) -> None:
    async_withdraw_rule_issue(around.hass, MISSING, "desk")
    around.raise_missing()
    async_withdraw_rule_issue(around.hass, MISSING, "desk")
    assert around.issues == {}
    around.raise_missing()
    assert not around.ignored()

    around.ignore(None, DOMAIN, ISSUE_ID, ignore=True)
    for _ in range(2):
        async_withdraw_rule_issue(around.hass, MISSING, "desk")
        around.raise_missing()
        assert around.ignored()
    async_withdraw_rule_issue(around.hass, MISSING, "desk")
    around.raise_missing("light.y")
    assert not around.ignored()
    # It was ignored with another text, which is forgotten.
    async_withdraw_rule_issue(around.hass, MISSING, "desk")
    around.raise_missing()
    assert not around.ignored()


def test_problems_of_yaml(around: Around) -> None:
    async_show_problems_of_yaml(around.hass, ("one", "two"))
    told = expected("rules_invalid", "error", problems="- one\n- two")
    assert around.issues == {"rules_invalid": told}
    async_show_problems_of_yaml(around.hass, ())
    assert around.issues == {}


def test_tests_that_fail(around: Around) -> None:
    failures = tuple(str(number) for number in range(MOST_FAILURES + 2))
    async_show_failing_tests(around.hass, failures)
    lines = "\n".join([*(f"- {number}" for number in range(10)), "- … (+2)"])
    assert around.issues == {
        "rule_tests_fail": expected("rule_tests_fail", "warning", failures=lines)
    }
    async_show_failing_tests(around.hass, ())
    assert around.issues == {}


@pytest.mark.parametrize(
    ("count", "last"), [(1, "- 0"), (9, "- 8"), (10, "- 9"), (11, "- … (+1)"), (30, "- … (+20)")]
)
def test_the_first_ten_are_listed(count: int, last: str) -> None:
    lines = listed([str(number) for number in range(count)]).split("\n")
    assert len(lines) == min(count, 11)
    assert (lines[0], lines[-1]) == ("- 0", last)
    assert listed([]) == ""


def test_what_was_lost(around: Around) -> None:
    async_raise_records_lost(around.hass, ["Desk", "Call"])
    async_raise_file_lost(around.hass, "/a/file")
    async_raise_pauses_lost(around.hass)
    assert around.losses == [
        (RuleIssue.RULE_RECORDS_LOST, {"rules": "Desk, Call"}),
        (RuleIssue.RULES_FILE_LOST, {"path": "/a/file"}),
        (RuleIssue.RULE_PAUSES_LOST, {}),
    ]
    assert {
        RuleIssue.RULE_RECORDS_LOST,
        RuleIssue.RULES_FILE_LOST,
        RuleIssue.RULE_PAUSES_LOST,
    } == CONFIRMED
