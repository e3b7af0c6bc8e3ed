"""The fields of the configuration's forms, and what their values mean."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.util.network import is_ip_address
import voluptuous as vol
from yarl import URL

from ..const import (
    CONF_APPLICATION_USER,
    CONF_DIALECT,
    CONF_PRESENCE_DOMAIN,
    CONF_SECURITY,
    CONF_WATCHER,
    SecurityMode,
)
from ..pws import DEFAULT_HTTP_PORT, DEFAULT_HTTPS_PORT, DialectChoice

CONF_ADVANCED = "advanced"

PORT_SELECTOR = NumberSelector(NumberSelectorConfig(min=1, max=65535, mode=NumberSelectorMode.BOX))
_TEXT = TextSelector()
_PASSWORD = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))

ACCOUNT_SCHEMA = vol.Schema(
    {vol.Required(CONF_APPLICATION_USER): _TEXT, vol.Required(CONF_PASSWORD): _PASSWORD}
)

ADVANCED_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_DIALECT, default=DialectChoice.AUTOMATIC.value): SelectSelector(
            SelectSelectorConfig(
                options=[choice.value for choice in DialectChoice], translation_key=CONF_DIALECT
            )
        )
    }
)

SERVER_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_HOST): _TEXT,
        vol.Required(CONF_SECURITY, default=SecurityMode.HTTPS.value): SelectSelector(
            SelectSelectorConfig(
                options=[mode.value for mode in SecurityMode], translation_key=CONF_SECURITY
            )
        ),
        vol.Optional(CONF_PORT): PORT_SELECTOR,
    }
).extend(
    {
        **ACCOUNT_SCHEMA.schema,
        vol.Optional(CONF_ADVANCED): section(ADVANCED_SCHEMA, {"collapsed": True}),
    }
)

WATCHER_SCHEMA = vol.Schema(
    {vol.Required(CONF_WATCHER): _TEXT, vol.Required(CONF_PRESENCE_DOMAIN): _TEXT}
)


def read_server(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form of the server says, with the port that is usual when none is said.

    A port in a pasted address counts before the field's, which may be left from earlier.

    Raises:
        ValueError: The host is neither a name nor an address nor a URL.
    """
    host, port = read_address(typed[CONF_HOST])
    security = typed[CONF_SECURITY]
    return {
        CONF_HOST: host,
        CONF_SECURITY: security,
        CONF_PORT: int(port or typed.get(CONF_PORT) or _usual_port(security)),
        **read_account(typed),
        **ADVANCED_SCHEMA(typed.get(CONF_ADVANCED, {})),
    }


def as_typed(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what to show of stored data in a form: no password, and no port that is the usual."""
    shown = {key: value for key, value in data.items() if key not in (CONF_PASSWORD, CONF_DIALECT)}
    if CONF_DIALECT in data:
        shown[CONF_ADVANCED] = {CONF_DIALECT: data[CONF_DIALECT]}
    if CONF_SECURITY in data and data[CONF_PORT] == _usual_port(data[CONF_SECURITY]):
        del shown[CONF_PORT]
    return shown


def read_account(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the account that a form says."""
    return {
        CONF_APPLICATION_USER: typed[CONF_APPLICATION_USER].strip(),
        CONF_PASSWORD: typed[CONF_PASSWORD],
    }


def read_watcher(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the watcher that a form says; the domain may be typed with its @."""
    return {
        CONF_WATCHER: typed[CONF_WATCHER].strip(),
        CONF_PRESENCE_DOMAIN: typed[CONF_PRESENCE_DOMAIN].strip().removeprefix("@"),
    }


def _usual_port(security: str) -> int:
    return DEFAULT_HTTP_PORT if security == SecurityMode.HTTP else DEFAULT_HTTPS_PORT


def read_address(typed: str) -> tuple[str, int | None]:
    """Return host and port of what somebody typed as the server: a name, an address or a URL.

    The port is None when it is not said.

    Raises:
        ValueError: It is none of these.
    """
    text = typed.strip()
    if is_ip_address(text):
        return text, None
    url = _read_url(text if "://" in text else f"//{text}")
    host = (url.host or "").removesuffix(".")
    _require_host(host)
    if url.explicit_port == 0:
        raise ValueError("No server listens at port 0.")
    return host, url.explicit_port


def _read_url(text: str) -> URL:
    """Return a URL. Raises ValueError when it is none, or names a user."""
    if "@" in text:
        raise ValueError("A server's address names no user.")
    return URL(text)


def _require_host(host: str) -> None:
    """Raise ValueError for what an HTTP client or the name service would stumble over."""
    if not host:
        raise ValueError("There is no host.")
    URL.build(scheme="http", host=host)
    host.encode("idna")


def is_callable_url(typed: str) -> bool:
    """Return whether the server could call this address; it speaks plain HTTP and no query."""
    try:
        url = _read_url(typed)
        _require_host(url.host or "")
    except ValueError:
        return False
    return url.scheme == "http" and not url.query_string and not url.fragment
