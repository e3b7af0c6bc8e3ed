"""Presence rules as subentries: added and changed in a form."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, override

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_FOR, CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    BooleanSelector,
    ConditionSelector,
    DurationSelector,
    DurationSelectorConfig,
    EntityFilterSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TargetSelector,
    TargetSelectorConfig,
    TextSelector,
)
from homeassistant.util import slugify
import voluptuous as vol

from ..const import DOMAIN, SUBENTRY_RULE
from ..requested_presence import ImpossiblePresence
from ..rules import (
    CONF_AT_MOST,
    CONF_GRACE,
    CONF_HOLD,
    CONF_INSIST,
    CONF_NOTE,
    CONF_OVERRIDE,
    CONF_PEOPLE,
    CONF_PRESENCE,
    CONF_PRIORITY,
    CONF_WHEN,
    MAX_PRIORITY,
    MIN_PRIORITY,
    RULE_SCHEMA,
    ConditionsInvalid,
    PeopleDirectory,
    Rule,
    WatchedConditions,
    requested_by,
)
from ..states import PRESENCES

CONF_ADVANCED = "advanced"

OVERRIDE_AS_USUAL = "as_usual"
_OVERRIDES = {"yes": True, "no": False}

_DURATION = DurationSelector(DurationSelectorConfig(enable_day=True))


class RawConditionSelector(ConditionSelector):
    """Checks conditions and leaves them as they were entered, so that they can be stored."""

    @override
    def __call__(self, data: Any) -> Any:
        """Raise Invalid for what are no conditions."""
        super().__call__(deepcopy(data))
        return data


class RawTargetSelector(TargetSelector):
    """Checks a target and leaves it as it was entered; a template could not be stored."""

    @override
    def __call__(self, data: Any) -> dict[str, list[str]]:
        """Raise Invalid for what is no target."""
        super().__call__(data)
        target: dict[str, list[str]] = data
        return target


ADVANCED_SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_FOR): _DURATION,
        vol.Optional(CONF_HOLD): _DURATION,
        vol.Optional(CONF_AT_MOST): _DURATION,
        vol.Optional(CONF_GRACE): _DURATION,
        vol.Required(CONF_PRIORITY, default=0): NumberSelector(
            NumberSelectorConfig(
                min=MIN_PRIORITY, max=MAX_PRIORITY, step=1, mode=NumberSelectorMode.BOX
            )
        ),
        vol.Required(CONF_INSIST, default=False): BooleanSelector(),
    }
)
RULE_FORM = vol.Schema(
    {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Required(CONF_PEOPLE): RawTargetSelector(
            TargetSelectorConfig(entity=EntityFilterSelectorConfig(integration=DOMAIN))
        ),
        vol.Required(CONF_WHEN): RawConditionSelector(),
        vol.Required(CONF_PRESENCE): SelectSelector(
            SelectSelectorConfig(options=list(PRESENCES), translation_key=CONF_PRESENCE)
        ),
        vol.Optional(CONF_NOTE): TextSelector(),
        vol.Required(CONF_OVERRIDE, default=OVERRIDE_AS_USUAL): SelectSelector(
            SelectSelectorConfig(
                options=[OVERRIDE_AS_USUAL, *_OVERRIDES], translation_key=CONF_OVERRIDE
            )
        ),
        vol.Optional(CONF_ADVANCED): section(ADVANCED_SCHEMA, {"collapsed": True}),
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a form is not taken.

    Attributes:
        key: The key of the sentence.
        placeholders: What the sentence names.
    """

    key: str
    placeholders: Mapping[str, str] = field(default_factory=dict)


class RuleFlow(ConfigSubentryFlow):
    """Adds a rule, and changes one."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask what should be true."""
        if user_input is None:
            return self._form("user", {})
        name, data = read_rule(user_input)
        if problem := await self._async_problem(name, data):
            return self._form("user", user_input, problem)
        return self.async_create_entry(title=name, data=data, unique_id=_unique_id(name))

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a rule; its switch and, with the same conditions, its times stay."""
        subentry = self._get_reconfigure_subentry()
        if user_input is None:
            return self._form("reconfigure", as_typed(subentry.title, subentry.data))
        name, data = read_rule(user_input)
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
        """Return what is wrong with a rule, None when nothing is.

        Args:
            name: The rule's name.
            data: The rest of it, as it is to be stored.
            own_id: The subentry that is changed, None for a new one.
        """
        others = (
            each for each in self._get_entry().subentries.values() if each.subentry_id != own_id
        )
        if any(each.unique_id == _unique_id(name) for each in others):
            return Problem("name_taken")
        try:
            requested_by(data)
            rule = Rule.of(RULE_SCHEMA({CONF_NAME: name, **data}))
        except ImpossiblePresence as error:
            return Problem(error.key)
        except vol.Invalid as error:
            return Problem("rule_invalid", {"problem": str(error)})
        # Whether their entry is loaded just now does not matter.
        if unmatched := rule.people.find(PeopleDirectory(self.hass, {})).unmatched:
            return Problem("unknown_people", {"words": ", ".join(unmatched)})
        return await self._async_problem_of_conditions(rule)

    async def _async_problem_of_conditions(self, rule: Rule) -> Problem | None:
        try:
            conditions = await WatchedConditions.async_create(self.hass, rule.when, rule.name)
        except ConditionsInvalid as error:
            return Problem("conditions_invalid", {"problem": str(error)})
        conditions.async_stop()
        return None


def read_rule(typed: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the name and the data of a rule that a form says."""
    advanced = dict(typed.get(CONF_ADVANCED, {}))
    data: dict[str, Any] = {
        CONF_PEOPLE: [typed[CONF_PEOPLE]],
        CONF_WHEN: cv.ensure_list(typed[CONF_WHEN]),
        CONF_PRESENCE: typed[CONF_PRESENCE],
        **advanced,
        CONF_PRIORITY: int(advanced.get(CONF_PRIORITY, 0)),
    }
    if not any(advanced.get(CONF_AT_MOST, {}).values()):
        # An empty field; a rule that never holds would be of no use.
        data.pop(CONF_AT_MOST, None)
    if note := typed.get(CONF_NOTE, "").strip():
        data[CONF_NOTE] = note
    if (override := _OVERRIDES.get(typed.get(CONF_OVERRIDE, OVERRIDE_AS_USUAL))) is not None:
        data[CONF_OVERRIDE] = override
    return typed[CONF_NAME].strip(), data


def as_typed(name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a rule that is stored would be typed."""
    fields = {str(key) for key in ADVANCED_SCHEMA.schema}
    words: dict[bool | None, str] = {value: word for word, value in _OVERRIDES.items()}
    typed = {key: value for key, value in data.items() if key not in fields}
    return {
        **typed,
        CONF_NAME: name,
        CONF_PEOPLE: data[CONF_PEOPLE][0],
        CONF_OVERRIDE: words.get(data.get(CONF_OVERRIDE), OVERRIDE_AS_USUAL),
        CONF_ADVANCED: {key: value for key, value in data.items() if key in fields},
    }


def _unique_id(name: str) -> str:
    return f"{SUBENTRY_RULE}_{slugify(name)}"
