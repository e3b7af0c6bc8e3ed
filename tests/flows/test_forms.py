"""What people type into the form of the server, and what is made of it."""

from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT
from hypothesis import given
from hypothesis import strategies as st
import pytest
import voluptuous as vol
from yarl import URL

from custom_components.cisco_unified_presence.const import (
    CONF_APPLICATION_USER,
    CONF_DIALECT,
    CONF_PRESENCE_DOMAIN,
    CONF_SECURITY,
    CONF_WATCHER,
)
from custom_components.cisco_unified_presence.flows.forms import (
    CONF_ADVANCED,
    SERVER_SCHEMA,
    as_typed,
    is_callable_url,
    read_address,
    read_server,
    read_watcher,
)

TYPED = {
    CONF_HOST: "cup.example.com",
    CONF_SECURITY: "https",
    CONF_APPLICATION_USER: " hass ",
    CONF_PASSWORD: " secret ",
}


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
]


@pytest.mark.parametrize("typed", NO_HOSTS)
def test_what_is_no_host_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (whichever library refuses it)
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
    ("host", "field", "security", "port"),
    [
        ("cup", None, "https", 8083),
        ("cup", None, "http", 8082),
        ("cup", 9000.0, "http", 9000),
        ("cup:9001", None, "http", 9001),
        ("https://cup:9001/", 9000.0, "https", 9001),
    ],
)
def test_the_port_is_the_pasted_one_or_the_fields_or_the_usual(
    host: str, field: float | None, security: str, port: int
) -> None:
    typed: dict[str, object] = {**TYPED, CONF_HOST: host, CONF_SECURITY: security}
    if field is not None:
        typed |= {CONF_PORT: field}
    read = read_server(typed)
    assert (read[CONF_HOST], read[CONF_PORT]) == ("cup", port)
    assert isinstance(read[CONF_PORT], int)


def test_names_lose_their_spaces_and_passwords_keep_them() -> None:
    read = read_server(TYPED)
    assert (read[CONF_APPLICATION_USER], read[CONF_PASSWORD]) == ("hass", " secret ")
    assert read_watcher({CONF_WATCHER: " w ", CONF_PRESENCE_DOMAIN: " @example.com "}) == {
        CONF_WATCHER: "w",
        CONF_PRESENCE_DOMAIN: "example.com",
    }


def test_the_usual_port_is_not_shown_so_that_it_follows_the_connection() -> None:
    assert CONF_PORT not in as_typed({CONF_SECURITY: "https", CONF_PORT: 8083})
    assert CONF_PORT not in as_typed({CONF_SECURITY: "http", CONF_PORT: 8082})
    assert as_typed({CONF_SECURITY: "http", CONF_PORT: 8083})[CONF_PORT] == 8083
    assert as_typed({}) == {}


@pytest.mark.parametrize(
    ("advanced", "dialect"),
    [
        ({}, "automatic"),
        ({CONF_ADVANCED: {}}, "automatic"),
        ({CONF_ADVANCED: {CONF_DIALECT: "soap"}}, "soap"),
    ],
)
def test_the_dialect_is_automatic_unless_one_is_chosen(
    advanced: dict[str, object], dialect: str
) -> None:
    read = read_server({**TYPED, **advanced})
    assert read[CONF_DIALECT] == dialect
    assert CONF_ADVANCED not in read
    shown = as_typed(read)
    assert CONF_DIALECT not in shown
    assert shown[CONF_ADVANCED] == {CONF_DIALECT: dialect}


@pytest.mark.parametrize("dialect", ["", "SOAP", "xmpp", None])
def test_another_dialect_is_refused_by_the_form(dialect: object) -> None:
    with pytest.raises(vol.Invalid):
        SERVER_SCHEMA({**TYPED, CONF_ADVANCED: {CONF_DIALECT: dialect}})


@pytest.mark.parametrize("port", [0, -1, 65536, "eight"])
def test_a_port_out_of_range_is_refused_by_the_form(port: object) -> None:
    with pytest.raises(vol.Invalid):
        SERVER_SCHEMA({**TYPED, CONF_PORT: port})


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
