"""The options of an entry: how often to ask, and where the server calls back."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import (
    BooleanSelector,
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

from .const import (
    CONF_CALLBACK,
    CONF_CALLBACK_PORT,
    CONF_CALLBACK_URL,
    CONF_LOOK_INTERVAL,
    CONF_POLL_INTERVAL,
    CONF_RICH_PRESENCE,
    DEFAULT_CALLBACK_PORT,
    DEFAULT_LOOK_INTERVAL,
    DEFAULT_POLL_INTERVAL,
    CallbackMode,
)
from .forms import PORT_SELECTOR, is_callable_url


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
        vol.Required(CONF_RICH_PRESENCE, default=False): BooleanSelector(),
    }
)


class CupOptionsFlow(OptionsFlow):
    """Asks for the options; the entry reloads itself when they change."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for all options."""
        errors: dict[str, str] = {}
        if user_input is not None:
            options = _without_blanks(user_input)
            if CONF_CALLBACK_URL not in options or is_callable_url(options[CONF_CALLBACK_URL]):
                return self.async_create_entry(data=options)
            errors[CONF_CALLBACK_URL] = "callback_url_not_http"
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                OPTIONS_SCHEMA, user_input or self.config_entry.options
            ),
            errors=errors,
        )


def _without_blanks(typed: dict[str, Any]) -> dict[str, Any]:
    url = typed.get(CONF_CALLBACK_URL, "").strip()
    rest = {key: value for key, value in typed.items() if key != CONF_CALLBACK_URL}
    return {**rest, CONF_CALLBACK_URL: url} if url else rest
