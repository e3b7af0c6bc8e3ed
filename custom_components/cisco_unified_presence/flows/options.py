"""The options of an entry: how often to ask, and where the server calls back."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import voluptuous as vol

from ..const import (
    CONF_LOOK_INTERVAL,
    CONF_POLL_INTERVAL,
    CONF_RICH_PRESENCE,
    DEFAULT_LOOK_INTERVAL,
    DEFAULT_POLL_INTERVAL,
)
from .callback_form import CALLBACK_SCHEMA, errors_in_callback, read_callback


def _seconds(minimum: int, maximum: int) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            min=minimum, max=maximum, mode=NumberSelectorMode.BOX, unit_of_measurement="s"
        )
    )


OPTIONS_SCHEMA = CALLBACK_SCHEMA.extend(
    {
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
            options = read_callback(user_input)
            errors = errors_in_callback(options)
            if not errors:
                return self.async_create_entry(data=options)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                OPTIONS_SCHEMA, user_input or self.config_entry.options
            ),
            errors=errors,
        )
