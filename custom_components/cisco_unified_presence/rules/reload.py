"""Reload of the rules in YAML: all of them are valid and used, or none is."""

from homeassistant.config import async_hass_config_yaml, format_schema_error
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.hass_dict import HassKey
import voluptuous as vol

from ..background import async_detached
from ..const import DOMAIN
from .conditions import ConditionsInvalid, WatchedConditions
from .engine import async_rule_engine
from .issues import async_show_failing_tests, async_show_problems_of_yaml, listed
from .rule_set import YAML
from .rule_test import RuleTest
from .rule_test_run import RuleTestOutcome, async_run_tests
from .schema import CONF_WHEN
from .yaml_config import WrittenRule, YamlRules, read_rules

YAML_TESTS: HassKey[tuple[RuleTest, ...]] = HassKey(f"{DOMAIN}.yaml_tests")


async def async_reload_rules(hass: HomeAssistant) -> None:
    """Run the rules that are now in the configuration.

    Raises:
        HomeAssistantError: A rule or a test is not valid, or a test fails, and the old rules go on;
            the message lists the problems with file and line, or the expectations that fail.
    """
    try:
        config = await async_hass_config_yaml(hass)
    except HomeAssistantError as error:
        raise _not_reloaded(str(error)) from error
    read = read_rules(hass, config)
    if problems := await async_problems_of(hass, config, read):
        raise _not_reloaded("\n".join(problems))
    outcomes = await async_run_tests(hass, read.rules, read.tests)
    if failures := [sentence for each in outcomes for sentence in each.failures]:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="rules_not_reloaded_for_tests",
            translation_placeholders={"failures": listed(failures)},
        )
    async_show_problems_of_yaml(hass, ())
    async_show_failing_tests(hass, ())
    hass.data[YAML_TESTS] = read.tests
    use = async_rule_engine(hass).async_set_yaml_rules(read.rules)
    await async_detached(hass, use, "use rules")


@callback
def async_test_once_started(hass: HomeAssistant, tests: tuple[RuleTest, ...]) -> None:
    """Run the tests of the configuration as soon as people and their labels are there."""
    hass.data[YAML_TESTS] = tests

    async def run(_hass: HomeAssistant) -> None:
        await async_test_rules(hass)

    if tests:
        async_at_started(hass, run)
    else:
        async_show_failing_tests(hass, ())


async def async_test_rules(hass: HomeAssistant) -> list[RuleTestOutcome]:
    """Run the tests on the rules that are in use, and raise an issue for those that fail."""
    rules = async_rule_engine(hass).rules_from(YAML)
    tests = hass.data[YAML_TESTS]
    outcomes = await async_run_tests(hass, rules, tests)
    failures = tuple(sentence for each in outcomes for sentence in each.failures)
    async_show_failing_tests(hass, failures)
    return outcomes


async def async_problems_of(
    hass: HomeAssistant, config: ConfigType, read: YamlRules
) -> tuple[str, ...]:
    """Return what is wrong with rules, with file and line, what their conditions ask included."""
    refusals = [await _async_refusal(hass, config, each) for each in read.written]
    return (*read.problems, *(each for each in refusals if each))


async def _async_refusal(
    hass: HomeAssistant, config: ConfigType, written: WrittenRule
) -> str | None:
    rule = written.rule
    try:
        conditions = await WatchedConditions.async_create(hass, rule.when, rule.name)
    except ConditionsInvalid as error:
        invalid = vol.Invalid(str(error), path=[*written.path, CONF_WHEN])
        return format_schema_error(hass, invalid, DOMAIN, config)
    conditions.async_stop()
    return None


def _not_reloaded(problems: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="rules_not_reloaded",
        translation_placeholders={"problems": problems},
    )
