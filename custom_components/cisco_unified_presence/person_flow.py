"""People as subentries: one or many at a time, with or without control."""

from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import BooleanSelector, TextSelector, TextSelectorConfig
import voluptuous as vol

from .const import (
    CONF_CONTACT,
    CONF_CONTROLLED,
    CONF_PRESENCE_DOMAIN,
    CONF_USER,
    SUBENTRY_PERSON,
)
from .data import CupConfigEntry
from .explanations import explain
from .people import contact_key, people_of
from .person_lines import BadLine, PersonLine, read_person_lines
from .pws import PresenceServiceError

CONF_PEOPLE = "people"

PEOPLE_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_PEOPLE): TextSelector(TextSelectorConfig(multiline=True)),
        vol.Required(CONF_CONTROLLED, default=False): BooleanSelector(),
    }
)
PERSON_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Required(CONF_CONTROLLED): BooleanSelector(),
    }
)


class PersonFlow(ConfigSubentryFlow):
    """Adds people, and changes one."""

    def __init__(self) -> None:
        """Start with nobody entered."""
        self._typed: dict[str, Any] = {}
        self._people: list[PersonLine] = []
        self._controlled = False
        self._unknown: list[str] = []

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for people, one a line."""
        entry: CupConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        if user_input is None:
            return self._form(self._typed)
        self._typed = user_input
        self._controlled = user_input[CONF_CONTROLLED]
        try:
            people = read_person_lines(user_input[CONF_PEOPLE], entry.data[CONF_PRESENCE_DOMAIN])
        except BadLine as error:
            return self._form(user_input, "bad_person", line=error.line)
        self._people = _without_added(people, entry)
        if not self._people:
            return self._form(user_input, "already_added" if people else "nobody")
        try:
            self._unknown = await entry.runtime_data.look.async_unknown_among(
                [each.contact for each in self._people]
            )
        except PresenceServiceError as error:
            explanation = explain(error)
            return self._form(user_input, explanation.key, **explanation.placeholders)
        return await (self.async_step_unknown() if self._unknown else self.async_step_add())

    async def async_step_unknown(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (a menu has none)
    ) -> SubentryFlowResult:
        """Ask whether to add people of whom the server knows nothing."""
        return self.async_show_menu(
            step_id="unknown",
            menu_options=["user", "add"],
            description_placeholders={"contacts": ", ".join(self._unknown)},
        )

    async def async_step_add(
        self,
        user_input: dict[str, Any] | None = None,  # noqa: ARG002 (it asks nothing)
    ) -> SubentryFlowResult:
        """Add everybody who has not been added meanwhile; the flow itself makes the last one."""
        entry = self._get_entry()
        people = _without_added(self._people, entry)
        if not people:
            return self.async_abort(reason="already_configured")
        *others, last = people
        for each in others:
            self.hass.config_entries.async_add_subentry(
                entry,
                ConfigSubentry(
                    data=MappingProxyType(self._data_of(each)),
                    subentry_type=SUBENTRY_PERSON,
                    title=each.name,
                    unique_id=_unique_id(each),
                ),
            )
        return self.async_create_entry(
            title=last.name, data=self._data_of(last), unique_id=_unique_id(last)
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a person's name, and whether the presence is set from here."""
        subentry = self._get_reconfigure_subentry()
        if user_input is None:
            return self.async_show_form(
                step_id="reconfigure",
                data_schema=self.add_suggested_values_to_schema(
                    PERSON_SCHEMA, {CONF_NAME: subentry.title, **subentry.data}
                ),
                description_placeholders={"contact": subentry.data[CONF_CONTACT]},
            )
        return self.async_update_and_abort(
            self._get_entry(),
            subentry,
            title=user_input[CONF_NAME].strip() or subentry.title,
            data={**subentry.data, CONF_CONTROLLED: user_input[CONF_CONTROLLED]},
        )

    def _form(
        self, suggested: dict[str, Any], error: str | None = None, **placeholders: str
    ) -> SubentryFlowResult:
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(PEOPLE_SCHEMA, suggested),
            errors={"base": error} if error else {},
            description_placeholders={
                "domain": self._get_entry().data[CONF_PRESENCE_DOMAIN],
                **placeholders,
            },
        )

    def _data_of(self, person: PersonLine) -> dict[str, Any]:
        return {
            CONF_USER: person.user,
            CONF_CONTACT: person.contact,
            CONF_CONTROLLED: self._controlled,
        }


def _without_added(people: list[PersonLine], entry: ConfigEntry) -> list[PersonLine]:
    present = people_of(entry)
    return [each for each in people if contact_key(each.contact) not in present]


def _unique_id(person: PersonLine) -> str:
    return f"{SUBENTRY_PERSON}_{contact_key(person.contact)}"
