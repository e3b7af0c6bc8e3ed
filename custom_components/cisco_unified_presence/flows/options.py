"""The options of an entry: how presence arrives, how long it is set, whom people follow."""

from contextlib import suppress
from typing import Any, Final, override

from homeassistant.config_entries import ConfigFlowContext, ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import BooleanSelector
import voluptuous as vol

from ..const import (
    CONF_BOARD,
    CONF_CONTACT_LIST,
    CONF_CONTROLLED,
    CONF_FULL_REFRESH_INTERVAL,
    CONF_MANUAL_END,
    CONF_MANUAL_HOURS,
    CONF_POLL_INTERVAL,
    CONF_RICH_PRESENCE,
    CONF_VOICE,
    DEFAULT_FULL_REFRESH_INTERVAL,
    DEFAULT_MANUAL_HOURS,
    DEFAULT_POLL_INTERVAL,
    ManualEndMode,
)
from ..people import people_of
from ..pws import PresenceServiceError
from ..runtime import CupConfigEntry
from .callback_form import CALLBACK_SCHEMA, errors_in_callback, read_callback
from .contact_list import ContactListSteps
from .contact_list_form import contact_list_schema, read_contact_list_form
from .people_form import CONF_PEOPLE, controlled_schema
from .selectors import HOURS, choice, seconds

# Leads to a form of its own, and is no option.
CONF_CHOOSE_CONTROLLED: Final = "choose_controlled"

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
        vol.Required(CONF_CONTACT_LIST, default=False): BooleanSelector(),
        vol.Required(CONF_BOARD, default=True): BooleanSelector(),
        vol.Required(CONF_VOICE, default=False): BooleanSelector(),
        vol.Required(CONF_CHOOSE_CONTROLLED, default=False): BooleanSelector(),
    }
)


class CupOptionsFlow(ContactListSteps[ConfigFlowContext, ConfigFlowResult, str], OptionsFlow):
    """Asks for all options; they are applied when they change."""

    def __init__(self) -> None:
        self._options: dict[str, Any] = {}
        self._chooses_controlled = False

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            options = read_callback(user_input)
            errors = errors_in_callback(options)
            if not errors:
                return await self._async_go_on(options)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                OPTIONS_SCHEMA, user_input or self.config_entry.options
            ),
            errors=errors,
        )

    async def _async_go_on(self, options: dict[str, Any]) -> ConfigFlowResult:
        self._chooses_controlled = options.pop(CONF_CHOOSE_CONTROLLED)
        if not options.pop(CONF_CONTACT_LIST):
            self._options = options
            return await self._async_finish()
        self._options = {**options, CONF_CONTACT_LIST: True}
        answer = await self._access.async_read()
        if answer.distrust:
            with suppress(PresenceServiceError):
                return await self._async_ask_to_trust(answer.distrust)
        return await self.async_step_contact_list()

    async def async_step_contact_list(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how people follow the watcher's contact list."""
        if user_input is not None:
            self._options |= read_contact_list_form(user_input)
            return await self._async_finish()
        answer = await self._access.async_read()
        return self.async_show_form(
            step_id="contact_list",
            data_schema=self.add_suggested_values_to_schema(
                contact_list_schema(answer.groups), self.config_entry.options
            ),
            description_placeholders={"contact_list": answer.what_was_read(self.hass)},
        )

    async def _async_finish(self) -> ConfigFlowResult:
        if self._chooses_controlled and people_of(self.config_entry):
            return await self.async_step_controlled()
        return self.async_create_entry(data=self._options)

    async def async_step_controlled(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whose presence is set, of all people at once."""
        people = people_of(self.config_entry)
        if user_input is not None:
            self._set_controlled(set(user_input.get(CONF_PEOPLE, ())))
            return self.async_create_entry(data=self._options)
        controlled = [key for key, person in people.items() if person.controlled]
        return self.async_show_form(
            step_id="controlled",
            data_schema=self.add_suggested_values_to_schema(
                controlled_schema(people), {CONF_PEOPLE: controlled}
            ),
        )

    def _set_controlled(self, keys: set[str]) -> None:
        entry = self.config_entry
        for key, person in people_of(entry).items():
            if person.controlled != (key in keys):
                subentry = entry.subentries[person.subentry_id]
                data = {**subentry.data, CONF_CONTROLLED: key in keys}
                self.hass.config_entries.async_update_subentry(entry, subentry, data=data)

    @property
    @override
    def _contact_list_entry(self) -> CupConfigEntry:
        entry: CupConfigEntry = self.config_entry
        return entry

    @override
    async def _async_trusted(self) -> ConfigFlowResult:
        return await self.async_step_contact_list()
