"""Checked access to the fields of a JSON object."""

from collections.abc import Mapping
import json

MOST_SECONDS = 10**9
"""About thirty years; larger numbers would overflow clocks."""


class ControlError(Exception):
    """A control request is invalid; the text says why."""


class Fields:
    """The fields of a JSON object; each is taken once. All methods raise ControlError."""

    def __init__(self, body: bytes) -> None:
        try:
            found = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise ControlError("The body must be JSON.") from error
        if not isinstance(found, dict):
            raise ControlError("The body must be a JSON object.")
        self._fields: dict[str, object] = found

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    @property
    def names(self) -> list[str]:
        """The fields that have not been taken."""
        return list(self._fields)

    @property
    def is_empty(self) -> bool:
        """Whether there are no fields, or all have been taken."""
        return not self._fields

    def take[T](self, name: str, kind: type[T], default: T | None = None) -> T:
        """Return a field, which is required unless there is a default."""
        value = self._fields.pop(name, default)
        # In JSON true is not a number; in Python it is 1.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise ControlError(f"{name} must be given as {_KINDS[kind]}.")
        return value

    def take_seconds(self, name: str, default: float | None = None) -> float | None:
        value = self._fields.pop(name, default)
        if value is None:
            return None
        sentence = f"{name} must be a number of seconds, from 0 to {MOST_SECONDS}."
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ControlError(sentence)
        # The comparison is false for a NaN as well.
        if not 0 <= value <= MOST_SECONDS:
            raise ControlError(sentence)
        return value

    def take_count(self, name: str, least: int, default: int | None = None) -> int | None:
        value = self._fields.pop(name, default)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ControlError(f"{name} must be a whole number, {least} or more.")
        return value

    def end(self) -> None:
        """Refuse fields that were not taken."""
        if self._fields:
            raise ControlError(f"Not understood here: {', '.join(sorted(self._fields))}.")


_KINDS: Mapping[type, str] = {str: "a text", bool: "true or false", list: "a list"}
