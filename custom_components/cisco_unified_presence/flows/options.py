"""The options of an entry: where the server calls back, how often to poll, how long to set."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import BooleanSelector
import voluptuous as vol

from ..const import (
    CONF_FULL_REFRESH_INTERVAL,
    CONF_MANUAL_END,
    CONF_MANUAL_HOURS,
    CONF_POLL_INTERVAL,
    CONF_RICH_PRESENCE,
    DEFAULT_FULL_REFRESH_INTERVAL,
    DEFAULT_MANUAL_HOURS,
    DEFAULT_POLL_INTERVAL,
    ManualEndMode,
)
from .callback_form import CALLBACK_SCHEMA, errors_in_callback, read_callback
from .selectors import HOURS, choice, seconds

OPTIONS_SCHEMA = CALLBACK_SCHEMA.extend(
    {
        vol.Required(
            CONF_POLL_INTERVAL, default=int(DEFAULT_POLL_INTERVAL.total_seconds())
        ): seconds(5, 3600),
        vol.Required(
            CONF_FULL_REFRESH_INTERVAL, default=int(DEFAULT_FULL_REFRESH_INTERVAL.total_seconds())
        ): seconds(60, 86400),
        vol.Required(CONF_RICH_PRESENCE, default=False): BooleanSelector(),
        # Of entries that an earlier version made; a new entry says another.
        vol.Required(CONF_MANUAL_END, default=ManualEndMode.NEVER.value): choice(
            ManualEndMode, CONF_MANUAL_END
        ),
        vol.Required(CONF_MANUAL_HOURS, default=DEFAULT_MANUAL_HOURS): HOURS,
    }
)


class CupOptionsFlow(OptionsFlow):
    """Asks for all options; the entry reloads itself when they change."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
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
