"""The nodes section of a configuration: ports and backups."""

from dataclasses import dataclass

from .yaml_fields import (
    ConfigurationError,
    name,
    only,
    optional_number,
    optional_text,
    section,
)

LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class ConfiguredNode:
    """A node. The command line supplies `host` and ports that are None."""

    name: str
    host: str | None = None
    http_port: int | None = None
    https_port: int | None = None
    epas_port: int | None = None
    backup: str | None = None


ONE_NODE = (ConfiguredNode("node1"),)
"""The nodes if none are configured."""


def read_nodes(value: object) -> tuple[ConfiguredNode, ...]:
    """Return the nodes of a `nodes` section, in order. Raises ConfigurationError."""
    nodes = tuple(_node(key, entry) for key, entry in section(value, "nodes").items())
    if not nodes:
        raise ConfigurationError("nodes needs at least one node.")
    names = {node.name for node in nodes}
    for node in nodes:
        if node.backup is not None and node.backup not in names - {node.name}:
            raise ConfigurationError(f"nodes.{node.name}.backup must be another of the nodes.")
    return nodes


def _node(key: object, value: object) -> ConfiguredNode:
    node = name(key, "a name in nodes")
    where = f"nodes.{node}"
    given = section({} if value is None else value, where)
    only(given, where, {"host", "http_port", "https_port", "epas_port", "backup"})
    return ConfiguredNode(
        node,
        host=optional_text(given, "host", f"{where}.host"),
        http_port=optional_number(given, "http_port", f"{where}.http_port", LAST_PORT),
        https_port=optional_number(given, "https_port", f"{where}.https_port", LAST_PORT),
        epas_port=optional_number(given, "epas_port", f"{where}.epas_port", LAST_PORT),
        backup=optional_text(given, "backup", f"{where}.backup"),
    )
