"""What the simulator is to be: read from YAML, or built in.

The file may hold these keys, of which only `domain`, `application_users` and `people`
are needed:

    domain: example.com
    application_users:
      hass: {password: simulator}
    people:
      user1: {name: First User}
      user2: {name: Second User, presence: BUSY, note: Lunch}
    translate: {BUSY: AWAY, VACATION: AWAY}
    limits: {endpoints: 10, subscriptions: 10}
    refuse_callback_ports: [5000]
    backup_server: node2.example.com
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
import re

import yaml

from .model import Presence, Status

type Section = Mapping[object, object]

_NAME = re.compile(r"[^\s/@]+")


class ConfigurationError(Exception):
    """The configuration cannot be used; the text says where and why."""


@dataclass(frozen=True, slots=True)
class ApplicationUser:
    """An account of a third-party application."""

    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConfiguredPerson:
    """A person. `status` is what their own client reports; None without any client."""

    user: str
    name: str
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Configuration:
    """A server as it is freshly started.

    `translation` has the words that the server displays instead of others, limits are
    numbers for the whole server (None: any number), and `refused_ports` are those to
    which no notification is delivered.
    """

    domain: str
    application_users: Mapping[str, ApplicationUser]
    people: tuple[ConfiguredPerson, ...]
    translation: Mapping[Presence, Presence] = field(default_factory=dict)
    endpoint_limit: int | None = None
    subscription_limit: int | None = None
    refused_ports: frozenset[int] = frozenset()
    backup_server: str | None = None


DEFAULT = Configuration(
    domain="example.com",
    application_users={"hass": ApplicationUser("simulator")},
    people=(
        ConfiguredPerson("user1", "First User", Status(Presence.AVAILABLE)),
        ConfiguredPerson("user2", "Second User", Status(Presence.BUSY)),
        ConfiguredPerson("user3", "Third User", Status(Presence.AWAY)),
        ConfiguredPerson("user4", "Fourth User", Status(Presence.AVAILABLE)),
        ConfiguredPerson("user5", "Fifth User", Status(Presence.UNAVAILABLE)),
        ConfiguredPerson("user6", "Sixth User", Status(Presence.AVAILABLE)),
        ConfiguredPerson("watcher", "Watcher"),
    ),
)
"""What is used when no file is given."""


def read_configuration(path: Path) -> Configuration:
    """Read a configuration file.

    Raises:
        ConfigurationError: the file cannot be read or holds something unusable.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}.") from error
    try:
        return parse_configuration(text)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from error


def parse_configuration(text: str) -> Configuration:
    """Return the configuration that a YAML text describes.

    Raises:
        ConfigurationError: it holds something unusable.
    """
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigurationError(f"not YAML: {' '.join(str(error).split())}.") from error
    root = _section(document, "the file")
    _only(
        root,
        "the file",
        {
            "domain",
            "application_users",
            "people",
            "translate",
            "limits",
            "refuse_callback_ports",
            "backup_server",
        },
    )
    limits = _section(root.get("limits", {}), "limits")
    _only(limits, "limits", {"endpoints", "subscriptions"})
    return Configuration(
        domain=_name(root.get("domain"), "domain"),
        application_users=_application_users(root.get("application_users")),
        people=_people(root.get("people")),
        translation=_translation(root.get("translate", {})),
        endpoint_limit=_limit(limits.get("endpoints"), "limits.endpoints"),
        subscription_limit=_limit(limits.get("subscriptions"), "limits.subscriptions"),
        refused_ports=_ports(root.get("refuse_callback_ports", [])),
        backup_server=_optional_text(root, "backup_server", "backup_server"),
    )


def _application_users(value: object) -> dict[str, ApplicationUser]:
    users = {}
    for key, entry in _section(value, "application_users").items():
        name = _name(key, "a name in application_users")
        where = f"application_users.{name}"
        section = _section(entry, where)
        _only(section, where, {"password"})
        users[name] = ApplicationUser(_text(section.get("password"), f"{where}.password"))
    if not users:
        raise ConfigurationError("application_users needs at least one application user.")
    return users


def _people(value: object) -> tuple[ConfiguredPerson, ...]:
    people = {}
    for key, entry in _section(value, "people").items():
        user = _name(key, "a name in people")
        where = f"people.{user}"
        if user.casefold() in people:
            raise ConfigurationError(f"{where} is there twice; upper and lower case are the same.")
        people[user.casefold()] = _person(user, {} if entry is None else entry, where)
    return tuple(people.values())


def _person(user: str, value: object, where: str) -> ConfiguredPerson:
    section = _section(value, where)
    _only(section, where, {"name", "presence", "note"})
    name = _optional_text(section, "name", f"{where}.name") or user
    note = _optional_text(section, "note", f"{where}.note") or ""
    if "presence" not in section:
        if note:
            raise ConfigurationError(f"{where}.note needs {where}.presence beside it.")
        return ConfiguredPerson(user, name)
    presence = _presence(section["presence"], f"{where}.presence")
    return ConfiguredPerson(user, name, Status(presence, note=note))


def _translation(value: object) -> dict[Presence, Presence]:
    return {
        _presence(word, "a word in translate"): _presence(shown, f"translate.{word}")
        for word, shown in _section(value, "translate").items()
    }


def _presence(value: object, where: str) -> Presence:
    settable = [word.value for word in Presence if word is not Presence.UNKNOWN]
    if value not in settable:
        raise ConfigurationError(f"{where} must be one of {', '.join(settable)}.")
    return Presence(str(value))


def _limit(value: object, where: str) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ConfigurationError(f"{where} must be a number, 0 or more.")
    return value


def _ports(value: object) -> frozenset[int]:
    if not isinstance(value, list) or not all(
        isinstance(port, int) and port in range(1, 65536) for port in value
    ):
        raise ConfigurationError("refuse_callback_ports must be a list of port numbers.")
    return frozenset(value)


def _section(value: object, where: str) -> Section:
    if not isinstance(value, dict):
        raise ConfigurationError(f"{where} must be a mapping of names to values.")
    return value


def _only(section: Section, where: str, known: Collection[str]) -> None:
    for key in section:
        if key not in known:
            raise ConfigurationError(
                f"{where} has an unknown key {key}; known are {', '.join(sorted(known))}."
            )


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{where} must be a text; put numbers and yes or no in quotes.")
    if not value.isprintable():
        raise ConfigurationError(f"{where} must be one line without control characters.")
    return value


def _optional_text(section: Section, key: str, where: str) -> str | None:
    return _text(section[key], where) if key in section else None


def _name(value: object, where: str) -> str:
    text = _text(value, where)
    if not _NAME.fullmatch(text):
        raise ConfigurationError(f"{where} must not have a space, / or @ in it: {text!r}.")
    return text
