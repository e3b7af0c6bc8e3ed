"""How answers name a node. Reference: "REST", the redirect, and "Addresses"."""

import pytest

from cup_simulator.place import NodeAddress


@pytest.mark.parametrize(
    ("host", "scheme", "name", "authority"),
    [
        ("node2", "http", "node2", "node2:8082"),
        ("node2", "https", "node2:8443", "node2:8443"),
        ("", "http", "cup", "cup:8082"),
        ("", "https", "cup:8443", "cup:8443"),
        ("::1", "http", "::1", "[::1]:8082"),
        ("::1", "https", "[::1]:8443", "[::1]:8443"),
    ],
)
def test_the_port_is_named_where_it_is_not_the_standard_one(
    host: str, scheme: str, name: str, authority: str
) -> None:
    address = NodeAddress(host, 8082, 8443, 0)

    assert address.name(scheme, "cup") == name
    assert address.authority(scheme, "cup") == authority
