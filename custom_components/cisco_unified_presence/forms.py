"""The fields of the configuration's forms, and what their values mean."""

from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT
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
import voluptuous as vol
from yarl import URL

from .const import (
    CONF_APPLICATION_USER,
    CONF_PRESENCE_DOMAIN,
    CONF_SECURITY,
    CONF_WATCHER,
    SecurityMode,
)

PORT_SELECTOR = NumberSelector(NumberSelectorConfig(min=1, max=65535, mode=NumberSelectorMode.BOX))
_TEXT = TextSelector()
_PASSWORD = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))

ACCOUNT_SCHEMA = vol.Schema(
    {vol.Required(CONF_APPLICATION_USER): _TEXT, vol.Required(CONF_PASSWORD): _PASSWORD}
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
).extend(ACCOUNT_SCHEMA.schema)

WATCHER_SCHEMA = vol.Schema(
    {vol.Required(CONF_WATCHER): _TEXT, vol.Required(CONF_PRESENCE_DOMAIN): _TEXT}
)


def read_address(typed: str) -> tuple[str, int | None]:
    """Return host and port of what somebody typed as the server: a name, an address or a URL."""
    text = typed.strip()
    if "://" not in text:
        return text.removeprefix("[").removesuffix("]"), None
    try:
        url = URL(text)
    except ValueError:
        return text, None
    return url.host or text, url.explicit_port
