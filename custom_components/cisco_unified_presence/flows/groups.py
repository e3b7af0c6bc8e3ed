"""Groups of people as subentries: a name, and who is in it."""

from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import EntityFilterSelectorConfig, TargetSelectorConfig
from homeassistant.util import slugify
import voluptuous as vol

from ..const import DOMAIN, SUBENTRY_GROUP
from ..rules import CONF_PEOPLE, PeopleDirectory, PeopleSelection
from .problem import Problem
from .selectors import TEXT, RawTargetSelector

GROUP_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_NAME): TEXT,
        vol.Required(CONF_PEOPLE): RawTargetSelector(
            TargetSelectorConfig(entity=EntityFilterSelectorConfig(integration=DOMAIN))
        ),
    }
)


class GroupFlow(ConfigSubentryFlow):
    """Adds a group, and changes one."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        if user_input is None:
            return self._form("user", {})
        name, people = user_input[CONF_NAME].strip(), user_input[CONF_PEOPLE]
        if problem := self._problem(name, people):
            return self._form("user", user_input, problem)
        return self.async_create_entry(
            title=name, data={CONF_PEOPLE: [people]}, unique_id=_unique_id(name)
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        subentry = self._get_reconfigure_subentry()
        if user_input is None:
            typed = {CONF_NAME: subentry.title, CONF_PEOPLE: subentry.data[CONF_PEOPLE][0]}
            return self._form("reconfigure", typed)
        name, people = user_input[CONF_NAME].strip(), user_input[CONF_PEOPLE]
        if problem := self._problem(name, people, subentry.subentry_id):
            return self._form("reconfigure", user_input, problem)
        return self.async_update_and_abort(
            self._get_entry(),
            subentry,
            title=name,
            data={CONF_PEOPLE: [people]},
            unique_id=_unique_id(name),
        )

    def _form(
        self, step: str, typed: dict[str, Any], problem: Problem | None = None
    ) -> SubentryFlowResult:
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(GROUP_SCHEMA, typed),
            errors={"base": problem.key} if problem else {},
            description_placeholders=problem.placeholders if problem else None,
        )

    def _problem(
        self, name: str, people: dict[str, Any], own_id: str | None = None
    ) -> Problem | None:
        """Return what is wrong with a group; own_id is the subentry that is changed."""
        if not any(map(str.isalnum, name)):
            return Problem("no_name")
        unique_id = _unique_id(name)
        if any(
            each.unique_id == unique_id and each.subentry_id != own_id
            for each in self._get_entry().subentries.values()
        ):
            return Problem("name_taken")
        if not any(people.values()):
            return Problem("no_people")
        directory = PeopleDirectory(self.hass, {}, controlled_only=False)
        unmatched = PeopleSelection.of([people]).resolve(directory).unmatched
        if unmatched:
            return Problem("unknown_people", {"words": ", ".join(unmatched)})
        return None


def _unique_id(name: str) -> str:
    return f"{SUBENTRY_GROUP}_{slugify(name)}"
