"""Three-valued logic: docs/rules.md, "When a rule is active", rule 1."""

import pytest

from custom_components.cisco_unified_presence.rules.truth import (
    TruthValue,
    all_of,
    any_of,
    none_of,
)

TRUE, FALSE, UNKNOWN = TruthValue.TRUE, TruthValue.FALSE, TruthValue.UNKNOWN


def test_values_are_told_as_words() -> None:
    """Texts, and what the board is told, are looked up by them."""
    assert [each.value for each in TruthValue] == ["true", "false", "unknown"]


@pytest.mark.parametrize(
    ("values", "all_are", "any_is", "none_is"),
    [
        ((), TRUE, FALSE, TRUE),
        ((TRUE,), TRUE, TRUE, FALSE),
        ((FALSE,), FALSE, FALSE, TRUE),
        ((UNKNOWN,), UNKNOWN, UNKNOWN, UNKNOWN),
        ((TRUE, FALSE), FALSE, TRUE, FALSE),
        ((TRUE, UNKNOWN), UNKNOWN, TRUE, FALSE),
        ((FALSE, UNKNOWN), FALSE, UNKNOWN, UNKNOWN),
        ((TRUE, FALSE, UNKNOWN), FALSE, TRUE, FALSE),
    ],
)
def test_a_value_that_decides_does_so_whichever_others_are_unknown(
    values: tuple[TruthValue, ...], all_are: TruthValue, any_is: TruthValue, none_is: TruthValue
) -> None:
    for ordered in (values, values[::-1]):
        assert (all_of(ordered), any_of(ordered), none_of(ordered)) == (all_are, any_is, none_is)
