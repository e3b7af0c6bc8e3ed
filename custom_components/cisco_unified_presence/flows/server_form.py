"""The forms of the server, its application user and its watcher: their fields and values."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT
from homeassistant.data_entry_flow import section
import voluptuous as vol

from ..const import (
    CONF_APPLICATION_USER,
    CONF_DIALECT,
    CONF_PRESENCE_DOMAIN,
    CONF_SECURITY,
    CONF_WATCHER,
    SecurityMode,
)
from ..pws import DEFAULT_HTTP_PORT, DEFAULT_HTTPS_PORT, DialectMode, without_scheme
from .addresses import read_address
from .selectors import PASSWORD, PORT, TEXT, choice

CONF_ADVANCED = "advanced"

ACCOUNT_SCHEMA = vol.Schema(
    {vol.Required(CONF_APPLICATION_USER): TEXT, vol.Required(CONF_PASSWORD): PASSWORD}
)
ADVANCED_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_DIALECT, default=DialectMode.AUTOMATIC.value): choice(
            DialectMode, CONF_DIALECT
        )
    }
)
SERVER_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_HOST): TEXT,
        vol.Required(CONF_SECURITY, default=SecurityMode.HTTPS.value): choice(
            SecurityMode, CONF_SECURITY
        ),
        vol.Optional(CONF_PORT): PORT,
        **ACCOUNT_SCHEMA.schema,
        vol.Optional(CONF_ADVANCED): section(ADVANCED_SCHEMA, {"collapsed": True}),
    }
)
# An empty password is the one before.
RECONFIGURE_SCHEMA = vol.Schema(
    {
        (vol.Optional(CONF_PASSWORD) if key == CONF_PASSWORD else key): each
        for key, each in SERVER_SCHEMA.schema.items()
    }
)
WATCHER_SCHEMA = vol.Schema(
    {vol.Required(CONF_WATCHER): TEXT, vol.Optional(CONF_PRESENCE_DOMAIN): TEXT}
)


def read_server(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entry data that the form of the server says, with a default port.

    A port in a pasted address counts before the field's, which may be left from earlier.

    Raises:
        ValueError: The host is neither a name nor an address nor a URL.
    """
    host, port = read_address(typed[CONF_HOST])
    security = typed[CONF_SECURITY]
    return {
        CONF_HOST: host,
        CONF_SECURITY: security,
        CONF_PORT: int(port or typed.get(CONF_PORT) or _default_port(security)),
        **read_account(typed),
        **ADVANCED_SCHEMA(typed.get(CONF_ADVANCED, {})),
    }


def read_account(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entry data of the application user, without a password that is left empty."""
    account = {CONF_APPLICATION_USER: typed[CONF_APPLICATION_USER].strip()}
    password = typed.get(CONF_PASSWORD)
    return {**account, CONF_PASSWORD: password} if password else account


def read_watcher(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entry data of the watcher; the domain may be typed with its @.

    The domain of a watcher that is typed as name@domain counts. Without any it is empty.
    """
    watcher, _, domain = without_scheme(typed[CONF_WATCHER]).partition("@")
    typed_domain = typed.get(CONF_PRESENCE_DOMAIN, "")
    return {
        CONF_WATCHER: watcher.strip(),
        CONF_PRESENCE_DOMAIN: (domain or typed_domain).strip().removeprefix("@"),
    }


def as_typed(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return entry data as values of the form, without the password and without a default port."""
    shown = {key: value for key, value in data.items() if key not in (CONF_PASSWORD, CONF_DIALECT)}
    if CONF_DIALECT in data:
        shown[CONF_ADVANCED] = {CONF_DIALECT: data[CONF_DIALECT]}
    if CONF_SECURITY in data and data[CONF_PORT] == _default_port(data[CONF_SECURITY]):
        del shown[CONF_PORT]
    return shown


def _default_port(security: str) -> int:
    return DEFAULT_HTTP_PORT if security == SecurityMode.HTTP else DEFAULT_HTTPS_PORT
