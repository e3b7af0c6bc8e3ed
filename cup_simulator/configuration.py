"""The configuration: read from YAML (keys: docs/simulator.md), or the built-in default."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from .budget import NO_LIMIT, Budget
from .configured_nodes import ONE_NODE, ConfiguredNode, read_nodes
from .configured_people import ConfiguredPerson, read_federated, read_people
from .model import Presence, Status
from .tls import TlsSettings
from .yaml_fields import (
    ConfigurationError,
    flag,
    name,
    only,
    optional_number,
    optional_text,
    presence,
    section,
    text,
    texts,
)

__all__ = [
    "DEFAULT",
    "ApplicationUser",
    "Configuration",
    "ConfigurationError",
    "ConfiguredNode",
    "ConfiguredPerson",
    "parse_configuration",
    "read_configuration",
]


@dataclass(frozen=True, slots=True)
class ApplicationUser:
    """The account of a third-party application."""

    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Configuration:
    """The state of a server after its start.

    `translation` maps words to those displayed instead. A limit of None is no limit; `workers` are
    those of each node. Without `sharing` users see only themselves.
    `refused_ports` are never called.
    """

    domain: str
    application_users: Mapping[str, ApplicationUser]
    people: tuple[ConfiguredPerson, ...]
    translation: Mapping[Presence, Presence] = field(default_factory=dict)
    endpoint_limit: int | None = None
    subscription_limit: int | None = None
    refused_ports: frozenset[int] = frozenset()
    backup_server: str | None = None
    federated: tuple[ConfiguredPerson, ...] = ()
    nodes: tuple[ConfiguredNode, ...] = ONE_NODE
    tls: TlsSettings = field(default_factory=TlsSettings)
    workers: int | None = None
    budget: Budget = NO_LIMIT
    sharing: bool = True


_KEYS = {
    "domain",
    "application_users",
    "people",
    "translate",
    "limits",
    "refuse_callback_ports",
    "backup_server",
    "federated",
    "nodes",
    "sharing",
    "tls",
    "workers",
    "budget",
}

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
"""The configuration if no file is given."""


def read_configuration(path: Path) -> Configuration:
    """Read a configuration file.

    Raises:
        ConfigurationError: The file cannot be read or is invalid.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}.") from error
    try:
        return parse_configuration(text)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from error


def parse_configuration(content: str) -> Configuration:
    """Return the configuration that a YAML text describes.

    Raises:
        ConfigurationError: The text is invalid.
    """
    try:
        document = yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise ConfigurationError(f"not YAML: {' '.join(str(error).split())}.") from error
    root = section(document, "the file")
    only(root, "the file", _KEYS)
    limits = section(root.get("limits", {}), "limits")
    only(limits, "limits", {"endpoints", "subscriptions"})
    domain = name(root.get("domain"), "domain")
    nodes = _nodes(root)
    return Configuration(
        domain=domain,
        application_users=_application_users(root.get("application_users")),
        people=read_people(root.get("people"), domain, {node.name for node in nodes}),
        translation=_translation(root.get("translate", {})),
        endpoint_limit=optional_number(limits, "endpoints", "limits.endpoints"),
        subscription_limit=optional_number(limits, "subscriptions", "limits.subscriptions"),
        refused_ports=_ports(root.get("refuse_callback_ports", [])),
        backup_server=optional_text(root, "backup_server", "backup_server"),
        federated=read_federated(root.get("federated", {}), domain),
        nodes=nodes,
        tls=_tls(root.get("tls", {})),
        workers=optional_number(root, "workers", "workers"),
        budget=_budget(root.get("budget", {})),
        sharing=flag(root.get("sharing", True), "sharing"),
    )


def _nodes(root: Mapping[object, object]) -> tuple[ConfiguredNode, ...]:
    if "nodes" not in root:
        return ONE_NODE
    if "backup_server" in root:
        raise ConfigurationError("backup_server is for a single node; give the nodes a backup.")
    return read_nodes(root["nodes"])


def _tls(value: object) -> TlsSettings:
    given = section(value, "tls")
    only(given, "tls", {"shows", "versions"})
    try:
        return TlsSettings(
            **{str(key): texts(listed, f"tls.{key}") for key, listed in given.items()}
        )
    except ValueError as error:
        raise ConfigurationError(f"tls.{error}") from error


def _budget(value: object) -> Budget:
    given = section(value, "budget")
    only(given, "budget", {"requests", "cpu"})
    return Budget(
        optional_number(given, "requests", "budget.requests"),
        optional_number(given, "cpu", "budget.cpu"),
    )


def _application_users(value: object) -> dict[str, ApplicationUser]:
    users = {}
    for key, entry in section(value, "application_users").items():
        user = name(key, "a name in application_users")
        where = f"application_users.{user}"
        given = section(entry, where)
        only(given, where, {"password"})
        users[user] = ApplicationUser(text(given.get("password"), f"{where}.password"))
    if not users:
        raise ConfigurationError("application_users needs at least one application user.")
    return users


def _translation(value: object) -> dict[Presence, Presence]:
    return {
        presence(word, "a word in translate"): presence(shown, f"translate.{word}")
        for word, shown in section(value, "translate").items()
    }


def _ports(value: object) -> frozenset[int]:
    if not isinstance(value, list) or not all(
        isinstance(port, int) and port in range(1, 65536) for port in value
    ):
        raise ConfigurationError("refuse_callback_ports must be a list of port numbers.")
    return frozenset(value)
