"""Three-valued logic: a condition is unknown while one of its inputs says nothing."""

from collections.abc import Callable, Iterable
from enum import StrEnum


class TruthValue(StrEnum):
    """What a condition evaluates to."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


NEGATED = {
    TruthValue.TRUE: TruthValue.FALSE,
    TruthValue.FALSE: TruthValue.TRUE,
    TruthValue.UNKNOWN: TruthValue.UNKNOWN,
}


def all_of(values: Iterable[TruthValue]) -> TruthValue:
    """Return whether all are true; a false one decides, whichever others are unknown."""
    seen = tuple(values)
    if TruthValue.FALSE in seen:
        return TruthValue.FALSE
    return TruthValue.UNKNOWN if TruthValue.UNKNOWN in seen else TruthValue.TRUE


def any_of(values: Iterable[TruthValue]) -> TruthValue:
    """Return whether one is true; a true one decides, whichever others are unknown."""
    seen = tuple(values)
    if TruthValue.TRUE in seen:
        return TruthValue.TRUE
    return TruthValue.UNKNOWN if TruthValue.UNKNOWN in seen else TruthValue.FALSE


def none_of(values: Iterable[TruthValue]) -> TruthValue:
    """Return whether none is true, as Home Assistant's `not` means it."""
    return NEGATED[any_of(values)]


OPERATORS: dict[str, Callable[[Iterable[TruthValue]], TruthValue]] = {
    "and": all_of,
    "or": any_of,
    "not": none_of,
}
