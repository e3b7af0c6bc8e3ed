"""Pause rules and resume them: some or all, for some people or all."""

from collections.abc import Iterable
from typing import Final

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetSelection
import voluptuous as vol

from ..const import DOMAIN
from ..rules import PersonId, Rule, Scope, async_rule_engine
from .ends import END_FIELDS, end_of
from .permissions import Caller
from .targets import async_targets_of, invalid

ATTR_RULE: Final = "rule"

RESUME_RULES_SCHEMA: Final = vol.Schema(
    {
        **cv.ENTITY_SERVICE_FIELDS,
        vol.Optional(ATTR_RULE): vol.All(cv.ensure_list, vol.Length(min=1), [cv.string]),
    }
)
PAUSE_RULES_SCHEMA: Final = RESUME_RULES_SCHEMA.extend(END_FIELDS)


async def async_pause_rules(call: ServiceCall) -> None:
    end = end_of(call)
    scope = await _async_scope_of(call)
    pauses = async_rule_engine(call.hass).pauses
    pauses.async_pause(scope, end.at)
    await pauses.async_stored()


async def async_resume_rules(call: ServiceCall) -> None:
    scope = await _async_scope_of(call)
    pauses = async_rule_engine(call.hass).pauses
    pauses.async_resume(scope)
    await pauses.async_stored()


async def _async_scope_of(call: ServiceCall) -> Scope:
    """Return which rules for whom a call means.

    Who is not allowed to control the people may not do it for them, and who is not allowed to
    control the switches of the rules may not do it for all.

    Raises:
        Unauthorized: The user may not do that.
        ServiceValidationError: A rule or a person is not known, or a person is not controlled.
    """
    rules = _rules_of(call)
    people = await _async_people_of(call)
    if people is None:
        concerned = async_rule_engine(call.hass).rules if rules is None else rules
        caller = await Caller.async_of(call)
        caller.require(_switches_of(call.hass, concerned), POLICY_CONTROL)
    return Scope(
        people=people, rules=None if rules is None else frozenset(each.id for each in rules)
    )


def _rules_of(call: ServiceCall) -> list[Rule] | None:
    if ATTR_RULE not in call.data:
        return None
    engine = async_rule_engine(call.hass)
    rules: list[Rule] = []
    for word in call.data[ATTR_RULE]:
        found = engine.rules_called(word)
        if not found:
            raise invalid("unknown_rule", rule=word)
        rules += found
    return rules


async def _async_people_of(call: ServiceCall) -> frozenset[PersonId] | None:
    if not TargetSelection(call.data).has_any_target:
        return None
    targets = await async_targets_of(call, POLICY_CONTROL, controlled=True)
    if targets.left_out:
        raise targets.left_out[0][1]
    return frozenset((each.entry.entry_id, each.person.key) for each in targets.people)


def _switches_of(hass: HomeAssistant, rules: Iterable[Rule]) -> list[str | None]:
    """Return the switches of rules; None stands for a rule without one."""
    registry = er.async_get(hass)
    return [
        registry.async_get_entity_id(Platform.SWITCH, DOMAIN, f"rule_{rule.id}") for rule in rules
    ]
