"""The options of an entry: how often to ask, and where the server calls back."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
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
    CONF_CALLBACK,
    CONF_CALLBACK_PORT,
    CONF_CALLBACK_URL,
    CONF_LOOK_INTERVAL,
    CONF_POLL_INTERVAL,
    DEFAULT_CALLBACK_PORT,
    DEFAULT_LOOK_INTERVAL,
    DEFAULT_POLL_INTERVAL,
    CallbackMode,
)
from .forms import PORT_SELECTOR


def _seconds(minimum: int, maximum: int) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            min=minimum, max=maximum, mode=NumberSelectorMode.BOX, unit_of_measurement="s"
        )
    )


OPTIONS_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_CALLBACK, default=CallbackMode.AUTOMATIC.value): SelectSelector(
            SelectSelectorConfig(
                options=[mode.value for mode in CallbackMode], translation_key=CONF_CALLBACK
            )
        ),
        vol.Optional(CONF_CALLBACK_URL): TextSelector(
            TextSelectorConfig(type=TextSelectorType.URL)
        ),
        vol.Required(CONF_CALLBACK_PORT, default=DEFAULT_CALLBACK_PORT): PORT_SELECTOR,
        vol.Required(
            CONF_POLL_INTERVAL, default=int(DEFAULT_POLL_INTERVAL.total_seconds())
        ): _seconds(5, 3600),
        vol.Required(
            CONF_LOOK_INTERVAL, default=int(DEFAULT_LOOK_INTERVAL.total_seconds())
        ): _seconds(60, 86400),
    }
)


class CupOptionsFlow(OptionsFlow):
    """Asks for the options; the entry reloads itself when they change."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for all options."""
        errors: dict[str, str] = {}
        if user_input is not None:
            if _is_callable_url(user_input.get(CONF_CALLBACK_URL)):
                return self.async_create_entry(data=user_input)
            errors[CONF_CALLBACK_URL] = "callback_url_not_http"
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                OPTIONS_SCHEMA, user_input or self.config_entry.options
            ),
            errors=errors,
        )


def _is_callable_url(typed: str | None) -> bool:
    """Return whether the server could call this address; it speaks plain HTTP and no query."""
    if not typed:
        return True
    try:
        url = URL(typed)
    except ValueError:
        return False
    return url.scheme == "http" and bool(url.host) and not url.query_string and not url.fragment
