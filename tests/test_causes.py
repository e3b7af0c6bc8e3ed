"""Which input changed a rule."""

from datetime import UTC, datetime, timedelta

from homeassistant.core import Context, State
import pytest

from custom_components.cisco_unified_presence.causes import RuleChange, change_by

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)


def changed(entity_id: str, seconds_ago: float) -> State:
    at = NOW - timedelta(seconds=seconds_ago)
    attributes = {"friendly_name": entity_id.partition(".")[2].title()}
    context = Context(id=entity_id)
    return State(entity_id, "on", attributes, last_updated=at, context=context)


@pytest.mark.parametrize("inputs", [[], [changed("light.lamp", 1)], [changed("light.lamp", 3600)]])
def test_time_changes_a_rule_where_no_input_did_just_now(inputs: list[State]) -> None:
    assert change_by(inputs, NOW) == RuleChange(at=NOW)


def test_the_latest_input_changes_a_rule() -> None:
    inputs = [
        changed("light.lamp", 0.5),
        changed("light.desk", 0),
        changed("light.old", 5),
        # It changes while the rule is evaluated.
        changed("light.next", -0.1),
    ]
    change = change_by(inputs, NOW)
    assert change == RuleChange(at=NOW, entity_id="light.desk", name="Desk", state="on")
    assert change.context
    assert change.context.id == "light.desk"
