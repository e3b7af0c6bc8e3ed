"""Checked access to YAML values. All functions raise ConfigurationError with the place."""

from collections.abc import Collection, Mapping
import re

from .model import Presence

type Section = Mapping[object, object]

_NAME = re.compile(r"[^\s/@]+")


class ConfigurationError(Exception):
    """The configuration cannot be used; the text says where and why."""


def section(value: object, where: str) -> Section:
    if not isinstance(value, dict):
        raise ConfigurationError(f"{where} must be a mapping of names to values.")
    return value


def only(given: Section, where: str, known: Collection[str]) -> None:
    """Refuse unknown keys."""
    for key in given:
        if key not in known:
            raise ConfigurationError(
                f"{where} has an unknown key {key}; known are {', '.join(sorted(known))}."
            )


def text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{where} must be a text; put numbers and yes or no in quotes.")
    if not value.isprintable():
        raise ConfigurationError(f"{where} must be one line without control characters.")
    return value


def optional_text(given: Section, key: str, where: str) -> str | None:
    return text(given[key], where) if key in given else None


def flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise ConfigurationError(f"{where} must be true or false.")
    return value


def texts(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ConfigurationError(f"{where} must be a list.")
    return tuple(text(each, where) for each in value)


def name(value: object, where: str) -> str:
    """Return a name that is valid in a contact URI and a path."""
    found = text(value, where)
    if not _NAME.fullmatch(found):
        raise ConfigurationError(f"{where} must not have a space, / or @ in it: {found!r}.")
    return found


def presence(value: object, where: str) -> Presence:
    """Return a word that can be set."""
    settable = [word.value for word in Presence if word is not Presence.UNKNOWN]
    if value not in settable:
        raise ConfigurationError(f"{where} must be one of {', '.join(settable)}.")
    return Presence(str(value))


def optional_number(given: Section, key: str, where: str, most: int | None = None) -> int | None:
    """Return a number of 0 or more, None if absent or null."""
    value = given.get(key)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= (most or value):
        return value
    upper = "or more" if most is None else f"to {most}"
    raise ConfigurationError(f"{where} must be a number, 0 {upper}.")
