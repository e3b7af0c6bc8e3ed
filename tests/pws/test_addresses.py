"""Addresses that servers send, and that users type."""

import pytest

from custom_components.cisco_unified_presence.pws import PlainHttp, Server
from custom_components.cisco_unified_presence.pws.addresses import read_url


def test_a_url_without_a_host_is_none() -> None:
    assert read_url("http://h:8082/x").host == "h"
    with pytest.raises(ValueError, match="There is no host"):
        read_url("http://[]@")


@pytest.mark.parametrize(
    ("host", "ascii_host"),
    [
        ("cup.example.com", "cup.example.com"),
        ("straße.example", "xn--strae-oqa.example"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("No Host", "no host"),
    ],
)
def test_the_host_in_ascii(host: str, ascii_host: str) -> None:
    assert Server(host=host, port=8082, security=PlainHttp()).ascii_host == ascii_host
