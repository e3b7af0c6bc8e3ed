"""Presence rules as subentries: added and changed in a form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.util import slugify
import voluptuous as vol

from ..const import SUBENTRY_RULE
from ..requested_presence import ImpossiblePresence
from ..rules import (
    CONF_YIELDS_TO,
    RULE_SCHEMA,
    ConditionsInvalid,
    PeopleDirectory,
    Rule,
    WatchedConditions,
    requested_by,
)
from .rule_form import AS_USUAL, CONF_ADVANCED, RULE_FORM, as_typed, read_rule


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a form is refused: the key of a translated error, and its placeholders."""

    key: str
    placeholders: Mapping[str, str] = field(default_factory=dict)


class RuleFlow(ConfigSubentryFlow):
    """Adds a rule, and changes one."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        if user_input is None:
            return self._form("user", {CONF_ADVANCED: {CONF_YIELDS_TO: [AS_USUAL]}})
        try:
            name, data = read_rule(user_input)
        except vol.Invalid as error:
            return self._form("user", user_input, _invalid(error))
        if problem := await self._async_problem(name, data):
            return self._form("user", user_input, problem)
        return self.async_create_entry(title=name, data=data, unique_id=_unique_id(name))

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a rule; its switch stays, and with the same conditions its times too."""
        subentry = self._get_reconfigure_subentry()
        if user_input is None:
            return self._form("reconfigure", as_typed(subentry.title, subentry.data))
        try:
            name, data = read_rule(user_input)
        except vol.Invalid as error:
            return self._form("reconfigure", user_input, _invalid(error))
        if problem := await self._async_problem(name, data, subentry.subentry_id):
            return self._form("reconfigure", user_input, problem)
        return self.async_update_and_abort(
            self._get_entry(), subentry, title=name, data=data, unique_id=_unique_id(name)
        )

    def _form(
        self, step: str, typed: dict[str, Any], problem: Problem | None = None
    ) -> SubentryFlowResult:
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(RULE_FORM, typed),
            errors={"base": problem.key} if problem else {},
            description_placeholders=problem.placeholders if problem else None,
        )

    async def _async_problem(
        self, name: str, data: dict[str, Any], own_id: str | None = None
    ) -> Problem | None:
        if self._is_taken(name, own_id):
            return Problem("name_taken")
        try:
            requested_by(data)
            rule = Rule.of(RULE_SCHEMA({CONF_NAME: name, **data}))
        except ImpossiblePresence as error:
            return Problem(error.key)
        except vol.Invalid as error:
            return _invalid(error)
        # The people of an entry that is not loaded at the moment count too.
        directory = PeopleDirectory(self.hass, {})
        named = (rule.people.resolve(directory), rule.left_out.resolve(directory))
        if unmatched := [word for each in named for word in each.unmatched]:
            return Problem("unknown_people", {"words": ", ".join(unmatched)})
        return await self._async_problem_of_conditions(rule)

    def _is_taken(self, name: str, own_id: str | None) -> bool:
        unique_id = _unique_id(name)
        return any(
            each.unique_id == unique_id and each.subentry_id != own_id
            for each in self._get_entry().subentries.values()
        )

    async def _async_problem_of_conditions(self, rule: Rule) -> Problem | None:
        try:
            conditions = await WatchedConditions.async_create(self.hass, rule.when, rule.name)
        except ConditionsInvalid as error:
            return Problem("conditions_invalid", {"problem": str(error)})
        conditions.async_stop()
        return None


def _invalid(error: vol.Invalid) -> Problem:
    return Problem("rule_invalid", {"problem": str(error)})


def _unique_id(name: str) -> str:
    return f"{SUBENTRY_RULE}_{slugify(name)}"
