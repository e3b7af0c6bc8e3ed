"""What the templates of conditions may name, and the time for which conditions are evaluated."""

from datetime import UTC, datetime

from freezegun.api import FrozenDateTimeFactory

from custom_components.cisco_unified_presence.rules.condition_result import (
    TRUE,
    ConditionResult,
    Scope,
)
from custom_components.cisco_unified_presence.rules.truth import TruthValue

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_a_scope_names_nothing_and_tells_the_present_time(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(NOON)
    scope = Scope()
    assert (scope.variables, scope.links, scope.now()) == ({}, {}, NOON)


def test_a_scope_tells_what_it_was_given() -> None:
    scope = Scope({"a": 1}, {"desk": "light.a"}, lambda: NOON)
    assert (scope.variables, scope.links, scope.now()) == ({"a": 1}, {"desk": "light.a"}, NOON)


def test_what_is_true_has_no_words() -> None:
    assert ConditionResult(TruthValue.TRUE, "", None) == TRUE
