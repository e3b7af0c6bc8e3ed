"""What people type into the form of the server, and what is made of it."""

from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT
import pytest
import voluptuous as vol

from custom_components.cisco_unified_presence.const import (
    CONF_APPLICATION_USER,
    CONF_DIALECT,
    CONF_PRESENCE_DOMAIN,
    CONF_SECURITY,
    CONF_WATCHER,
)
from custom_components.cisco_unified_presence.flows.server_form import (
    CONF_ADVANCED,
    SERVER_SCHEMA,
    as_typed,
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
    ("host", "field", "security", "port"),
    [
        ("cup", None, "https", 8083),
        ("cup", None, "http", 8082),
        ("cup", 9000.0, "http", 9000),
        ("cup:9001", None, "http", 9001),
        ("https://cup:9001/", 9000.0, "https", 9001),
    ],
)
def test_the_port_is_the_pasted_one_or_the_fields_or_the_default(
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


def test_a_watcher_without_any_domain_has_an_empty_one() -> None:
    assert read_watcher({CONF_WATCHER: "w"}) == {CONF_WATCHER: "w", CONF_PRESENCE_DOMAIN: ""}


def test_the_default_port_is_not_shown_so_that_it_follows_the_connection() -> None:
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
