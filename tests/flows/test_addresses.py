"""Addresses as they are typed, and what is made of them."""

from hypothesis import given
from hypothesis import strategies as st
import pytest
from yarl import URL

from custom_components.cisco_unified_presence.flows.addresses import (
    MisspelledScheme,
    is_callable_url,
    read_address,
)


@pytest.mark.parametrize(
    ("typed", "host", "port"),
    [
        ("cup.example.com", "cup.example.com", None),
        ("  CUP.example.com.  ", "cup.example.com", None),
        ("cup", "cup", None),
        ("cup_1", "cup_1", None),
        ("münchen.example", "münchen.example", None),
        ("192.0.2.10", "192.0.2.10", None),
        ("2001:db8::1", "2001:db8::1", None),
        ("[2001:db8::1]", "2001:db8::1", None),
        ("[2001:db8::1]:8443", "2001:db8::1", 8443),
        ("cup.example.com:8443", "cup.example.com", 8443),
        ("cup.example.com:8443/presence-service", "cup.example.com", 8443),
        ("https://cup.example.com/", "cup.example.com", None),
        ("https://cup.example.com:8083/presence-service", "cup.example.com", 8083),
        ("http://[2001:db8::1]:8082/presence-service/soap?wsdl", "2001:db8::1", 8082),
        ("HTTPS://cup.example.com", "cup.example.com", None),
        ("https.example.com", "https.example.com", None),
        ("http-proxy", "http-proxy", None),
    ],
)
def test_a_server_may_be_typed_in_many_ways(typed: str, host: str, port: int | None) -> None:
    assert read_address(typed) == (host, port)


NO_HOSTS = [
    "",
    " ",
    ".",
    "..",
    "a..b",
    "a b",
    "http://",
    "https://a b/",
    "[::1",
    "host:port",
    "https://cup:99999",
    "cup:0",
    "x" * 64,
    "ü" * 60,
    "\x00",
    "\ud800",
    "hass@cup",
    "https://hass:secret@cup/",
    "[]@",
    "<cup.example.com>",
    "cup01,cup02",
    "cup01;cup02",
    '"cup01"',
    "cup01\\presence",
    # What a URL makes of it is not accepted in a URL.
    "CUP_1.münchen.example",
]


@pytest.mark.parametrize("typed", NO_HOSTS)
def test_what_is_no_host_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (whichever library refuses it)
        read_address(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "http:/cup01",
        "https//cup01",
        "http//cup01:8082/presence-service",
        "https:/cup01:8083",
        "HTTPS:/cup01",
        "https:cup01",
        "https:\\\\cup01",
        "https;//cup01",
        "https.//cup01",
        "https: //cup01",
        "https:///cup01",
        "htps://cup01",
        "ttps://cup01",
        "htps//cup01",
        "ftp://cup01",
        "://cup01",
        "//cup01",
        "/cup01",
        "https",
        "https:8083",
        "https://https://cup01",
        "https://http:/cup01",
        "http://https//cup01",
        "https://https",
    ],
)
def test_a_misspelled_beginning_is_no_host(typed: str) -> None:
    with pytest.raises(MisspelledScheme):
        read_address(typed)


@given(st.text(max_size=80) | st.text(alphabet="a.:/[]@% 1é-", max_size=40))
def test_whatever_is_accepted_makes_a_url_and_can_be_looked_up(typed: str) -> None:
    try:
        host, port = read_address(typed)
    except ValueError:
        return
    url = URL.build(scheme="https", host=host, port=port or 8083, path="/presence-service")
    assert url.port == (port or 8083)
    assert host.encode("idna")


@pytest.mark.parametrize(
    ("typed", "callable_"),
    [
        ("http://homeassistant.local:8123", True),
        ("http://192.0.2.1", True),
        ("http://[2001:db8::1]:80/ha/", True),
        ("https://homeassistant.local", False),
        ("homeassistant.local:8123", False),
        ("http://", False),
        ("http://a b", False),
        ("http://host:99999", False),
        ("http://host/?x=1", False),
        ("http://host/#x", False),
        ("http://me:secret@host/", False),
        ("ftp://host", False),
        ("", False),
    ],
)
def test_the_server_calls_plain_http_addresses_only(typed: str, *, callable_: bool) -> None:
    assert is_callable_url(typed) is callable_
